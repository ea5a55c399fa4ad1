import Health
import Testing

@testable import Import

/// Reading of CSV: what is a row, what is refused, and where.
struct CSVReaderTests {
  @Test func plainRowsUnderEachLineEnd() throws {
    for end in ["\n", "\r\n", "\r"] {
      #expect(try transcript("a,b\(end)1,2\(end)3,\(end)") == [.row(["1", "2"], line: 2), .row(["3", ""], line: 3)])
      #expect(try transcript("a,b\(end)1,2") == [.row(["1", "2"], line: 2)])
    }
  }

  @Test func rowsLongerThanABlock() throws {
    let wide = (0..<200).map { "cell\($0)" }
    let text = wide.joined(separator: ",")
    #expect(try transcript("\(text)\n\(text)\n") == [.row(wide, line: 2)])
  }

  @Test func quotedCells() throws {
    #expect(try transcript("a,b\n\"x,y\",\"\"\n") == [.row(["x,y", ""], line: 2)])
    #expect(try transcript("a,b\n1,\"say \"\"hi\"\"\"\n") == [.row(["1", "say \"hi\""], line: 2)])
    #expect(try transcript("a,b\n\"\"\"\",\"q\"") == [.row(["\"", "q"], line: 2)])
  }

  @Test func lineEndsInsideQuotesCountAsPhysicalLines() throws {
    let text = "a,b\n\"1\n2\r\n3\r4\",x\n5,6\n"
    #expect(try transcript(text) == [.row(["1\n2\r\n3\r4", "x"], line: 2), .row(["5", "6"], line: 6)])
  }

  @Test func aBrokenQuoteIsNamedWithItsPlaceAndLaterRowsCome() throws {
    #expect(
      try transcript("a,b\n1,x\"y\n3,4\n") == [.broken("stray-quote", line: 2, column: 4, raw: "1,x\"y"), .row(["3", "4"], line: 3)])
    #expect(
      try transcript("a,b\n1,\"x\" y\n3,4\n") == [.broken("after-quote", line: 2, column: 6, raw: "1,\"x\" y"), .row(["3", "4"], line: 3)])
    #expect(
      try transcript("a,b\n1,\"xy\n3,4\n5,6")
        == [.broken("unterminated-quote", line: 2, column: 3, raw: "1,\"xy"), .row(["3", "4"], line: 3), .row(["5", "6"], line: 4)])
    // The fault lies on the second physical line of its row, after two characters of more than one byte.
    #expect(
      try transcript("a,b\n\"1\né😎\"x,2\n3,4\n")
        == [.broken("after-quote", line: 3, column: 4, raw: "\"1\né😎\"x,2"), .row(["3", "4"], line: 4)])
  }

  @Test func cellsMustBeAsManyAsColumns() throws {
    #expect(
      try transcript("a,b,c\n1,2\n1,2,3,4\n1,2,\"3\",\"4\"\n5,6,7")
        == [
          .broken("too-few-cells", line: 2, column: 4, raw: "1,2"), .broken("too-many-cells", line: 3, column: 7, raw: "1,2,3,4"),
          .broken("too-many-cells", line: 4, column: 9, raw: "1,2,\"3\",\"4\""), .row(["5", "6", "7"], line: 5),
        ])
    #expect(try transcript("a,b\n\"\"\n") == [.broken("too-few-cells", line: 2, column: 3, raw: "\"\"")])
  }

  @Test func aBlankLineIsARowOnlyOfOneColumn() throws {
    #expect(try transcript("a\n\n1\n\n") == [.row([""], line: 2), .row(["1"], line: 3), .row([""], line: 4)])
    #expect(try transcript("a,b\n\n\r\n1,2\n\n") == [.row(["1", "2"], line: 4)])
  }

  @Test func invalidUTF8IsARejectAtItsByte() throws {
    let bad: [[UInt8]] = [
      [0x80], [0xC0, 0xAF], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF8], [0xE0, 0x80, 0x80],
      [0xF0, 0x80, 0x80, 0x80], [0xC3, 0x28],
    ]
    for bytes in bad {
      let text = Array("a,b\né,".utf8) + bytes + Array("\n1,ü€😎\n".utf8)
      let seen = try transcript(text, CSVDialect()).seen
      #expect(seen.count == 2)
      guard case .broken("encoding", line: 2, column: 3, _) = seen.first else {
        Issue.record("\(bytes) gave \(seen)")
        continue
      }
      #expect(seen.last == .row(["1", "ü€😎"], line: 3))
    }
  }

  @Test func otherEncodingsBecomeUTF8() throws {
    let bytes: [UInt8] = Array("a,b\n".utf8) + [0xE9, 0x2C, 0x80, 0x0A, 0x22, 0xFF, 0x22, 0x22, 0x22, 0x2C, 0x9C, 0x0A]
    #expect(
      try transcript(bytes, CSVDialect(encoding: .latin1)).seen == [.row(["é", "\u{80}"], line: 2), .row(["ÿ\"", "\u{9C}"], line: 3)])
    #expect(try transcript(bytes, CSVDialect(encoding: .windows1252)).seen == [.row(["é", "€"], line: 2), .row(["ÿ\"", "œ"], line: 3)])
    let undefined = try transcript(Array("a,b\n1,".utf8) + [0x81, 0x0A], CSVDialect(encoding: .windows1252)).seen
    #expect(undefined.map(\.code) == ["encoding"])
  }

  @Test func byteOrderMarksAndEmptyFiles() throws {
    let marked = try transcript([0xEF, 0xBB, 0xBF] + Array("a,b\n1,2".utf8), CSVDialect())
    #expect(marked.columns == ["a", "b"] && marked.seen == [.row(["1", "2"], line: 2)])
    for mark: [UInt8] in [[0xFF, 0xFE], [0xFE, 0xFF]] {
      #expect(problem { _ = try transcript(mark + [0x61, 0], CSVDialect()) }?.name == "utf-16")
    }
    #expect(problem { _ = try transcript([], CSVDialect()) }?.name == "empty-file")
    #expect(problem { _ = try transcript([], CSVDialect(header: ["a"])) }?.name == "empty-file")
    #expect(problem { _ = try transcript(Array("#x".utf8), CSVDialect(comment: 35)) }?.name == "empty-file")
    #expect(problem { _ = try transcript(Array("a,\"b\n1,2".utf8), CSVDialect()) }?.place == Place(file: "t.csv", line: 1, column: 3))
  }

  @Test func dialects() throws {
    #expect(try transcript("a;b\n'x;y';2\n", CSVDialect(delimiter: 59, quote: 39)) == [.row(["x;y", "2"], line: 2)])
    #expect(try transcript("a,b\n\"x,y\n", CSVDialect(quote: nil)) == [.row(["\"x", "y"], line: 2)])
    let comment = try CSVDialect(comment: 35)
    #expect(try transcript("#c,\"\na,b\n# it's \"one\n1,#2\n#", comment) == [.row(["1", "#2"], line: 4)])
    #expect(try transcript("1,2\n3,4", CSVDialect(header: ["a", "b"])) == [.row(["1", "2"], line: 1), .row(["3", "4"], line: 2)])
    #expect(problem { _ = try CSVDialect(delimiter: 34) }?.name == "bad-dialect")
    #expect(problem { _ = try CSVDialect(delimiter: 10) }?.name == "bad-dialect")
    #expect(try transcript("a,b\n\0,\0\0") == [.row(["\0", "\0\0"], line: 2)])
  }

  @Test func aCellOfMegabytes() throws {
    let long = String(repeating: "word, \"\"quoted\"\"\n", count: 300_000)
    let seen = try transcript(Array("a,b\n\"\(long)\",2\n3,4\n".utf8), CSVDialect(), bufferSize: 4096).seen
    #expect(seen == [.row([long.replacing("\"\"", with: "\""), "2"], line: 2), .row(["3", "4"], line: 300_003)])
  }

  @Test func aRowBeyondTheLimitIsGivenUp() throws {
    func read(_ text: String) throws -> [String] { try transcript(Array(text.utf8), CSVDialect(), rowLimit: 10).seen.map(\.description) }
    #expect(try read("a,b\n1234567,90\n3,4") == ["2: [\"1234567\", \"90\"]", "3: [\"3\", \"4\"]"])
    #expect(try read("a,b\n12345678,90\n3,4") == ["2:0: row-too-long \"12345678,9\"", "3: [\"3\", \"4\"]"])
    #expect(
      try read("a,b\n1,\"xxx\n3,4\n5,6\n7,8\n") == [
        "2:3: row-too-long \"1,\\\"xxx\\n3,4\"", "3: [\"3\", \"4\"]", "4: [\"5\", \"6\"]", "5: [\"7\", \"8\"]",
      ])
  }

  @Test func placesAndBytes() throws {
    let text = "a,b,c\n\"x\ny,\"\"é\",é€,z\n"
    var hashed: [UInt8] = []
    try withReader(text, bufferSize: 7, onRead: { hashed.append(contentsOf: $0) }) { reader in
      _ = try reader.next()
      #expect([0, 1, 2].map { reader.place(ofCell: $0).line } == [2, 3, 3])
      #expect([0, 1, 2].map { reader.place(ofCell: $0).column } == [1, 8, 11])
      #expect(String(decoding: reader.row.raw, as: UTF8.self) == "\"x\ny,\"\"é\",é€,z")
      #expect(try reader.next() == .end)
      #expect(reader.bytesRead == text.utf8.count)
    }
    #expect(hashed == Array(text.utf8))
  }

  private func withReader(
    _ text: String, bufferSize: Int, onRead: @escaping (UnsafeRawBufferPointer) -> Void, _ body: (inout CSVReader) throws -> Void
  ) throws {
    var reader = try CSVReader(source: MemorySource(text), dialect: CSVDialect(), file: "t.csv", bufferSize: bufferSize, onRead: onRead)
    try body(&reader)
  }
}

/// The problem that something throws, the first of several.
func problem(_ body: () throws -> Void) -> Problem? {
  do { try body() } catch let problem as Problem { return problem } catch let problems as Problems { return problems.all.first } catch {}
  return nil
}
