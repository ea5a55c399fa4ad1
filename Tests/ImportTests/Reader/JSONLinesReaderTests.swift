import Health
import Testing

@testable import Import

/// Reading of JSON Lines: what is a row, what is refused, and where.
struct JSONLinesReaderTests {
  private func rows(_ text: String, _ columns: [String] = ["a", "b"]) throws -> [Seen] { try jsonTranscript(text, columns).seen }
  private func cells(_ value: String) throws -> [[String]?] { try rows("{\"a\":\(value),\"b\":1}").map(\.cells) }

  @Test func linesUnderEachLineEnd() throws {
    for end in ["\n", "\r\n", "\r"] {
      let text = "{\"a\":1,\"b\":\"x\"}\(end)\(end)  \(end){\"b\":2,\"a\":\"y\",\"c\":3}"
      let expected: [Seen] = [.row(["1", "x"], line: 1), .row(["y", "2"], line: 4)]
      #expect(try rows(text) == expected)
      #expect(try rows(text + end) == expected)
    }
    #expect(try rows("\u{FEFF}{ \"a\" : 1 ,\t\"b\":2 } ") == [.row(["1", "2"], line: 1)])
  }

  @Test func valuesStayAsTheyAreWritten() throws {
    for number in ["0", "-0", "17850.0", "1e3", "1.5E-07", "9223372036854775807", "12345678901234567890.000"] {
      #expect(try cells(number) == [[number, "1"]])
    }
    #expect(try cells("true") == [["true", "1"]] && cells("false") == [["false", "1"]])
    #expect(try cells("null") == [["", "1"]] && cells("\"\"") == [["", "1"]])
    #expect(try rows("{\"b\":1}").map(\.cells) == [["", "1"]])
  }

  @Test func textsAreUnescaped() throws {
    #expect(try cells(#""a\"b\\c\/d\b\f\n\r\te""#) == [["a\"b\\c/d\u{8}\u{C}\n\r\te", "1"]])
    #expect(try cells(#""caf\u00E9 \ud83d\ude0e \u0000\u20ac""#) == [["café 😎 \0€", "1"]])
    #expect(try cells(#""\uDBFF\uDFFF""#) == [["\u{10FFFF}", "1"]])
    // A text next to an escaped one, and a key that is written with an escape.
    #expect(try rows(#"{"a":"é\n","b":"plain"}"#).map(\.cells) == [["é\n", "plain"]])
    #expect(try rows(#"{"\u0061":"x","b":null}"#).map(\.cells) == [["x", ""]])
  }

  @Test func nestedObjectsAreFlatPaths() throws {
    let columns = ["user.id", "user.plan.name", "dotted.key", "n"]
    let text = #"{"n":1,"user":{"id":"u","more":[1,{"id":"no"}],"plan":{"name":"pro"}},"dotted.key":2}"#
    #expect(try jsonTranscript(text, columns).seen == [.row(["u", "pro", "2", "1"], line: 1)])
    #expect(try jsonTranscript(text, columns).further == ["user.more"])
    #expect(try rows(#"{"a":1,"b":2,"c":{},"d":[],"e":[[],[{}],"x",null,true,-1.5e3]}"#).map(\.cells) == [["1", "2"]])
  }

  @Test(arguments: [
    (#"{"a":1,"b":}"#, 12, "a value is missing here"), (#"{"a":1,"b":2"#, 1, "the object that begins here is not closed"),
    (#"{"a":1 "b":2}"#, 8, "a comma or } is missing here"), (#"{"a":1,}"#, 8, "a key in quotes is missing here"),
    (#"{a:1}"#, 2, "a key in quotes is missing here"), (#"{"a" 1}"#, 6, "a colon after the key is missing here"),
    (#"{"é":1,"a":tru}"#, 12, "a word that is not true, false or null"), (#"{"a":nullx}"#, 10, "a comma or } is missing here"),
    (#"{"a":01}"#, 6, "not written as JSON writes numbers"), (#"{"a":+1}"#, 6, "a value is missing here"),
    (#"{"a":1.}"#, 6, "not written as JSON writes numbers"), (#"{"a":.5}"#, 6, "a value is missing here"),
    (#"{"a":-}"#, 6, "not written as JSON writes numbers"), (#"{"a":1e+}"#, 6, "not written as JSON writes numbers"),
    (#"{"a":NaN}"#, 6, "a value is missing here"), (#"{"a":"x}"#, 6, "the text that begins here is not closed"),
    (#"{"a":"x\q"}"#, 8, "a backslash that begins no escape, or half of a surrogate pair"),
    (#"{"a":"\ud83d"}"#, 7, "a backslash that begins no escape, or half of a surrogate pair"),
    (#"{"a":"\ude0e"}"#, 7, "a backslash that begins no escape, or half of a surrogate pair"),
    (#"{"a":"\ud83d\u0041"}"#, 7, "a backslash that begins no escape, or half of a surrogate pair"),
    (#"{"a":"\u12g4"}"#, 7, "a backslash that begins no escape, or half of a surrogate pair"),
    ("{\"a\":\"x\ty\"}", 8, "a control character within a text"), (#"{"a":1} {"a":2}"#, 9, "text after the object"),
    (#"[1,2]"#, 1, "a line holds one object, which begins with {"), ("42", 1, "a line holds one object, which begins with {"),
    (#"{"a":1,"c":[1,2}"#, 16, "a comma or ] is missing here"), (#"{"a":1,"c":[1,2"#, 12, "the array that begins here is not closed"),
  ]) func aBrokenLineIsNamedWithItsPlaceAndLaterLinesCome(line: String, column: Int, message: String) throws {
    let found = try jsonTranscript("{\"a\":0}\n\(line)\n{\"a\":9}", ["a", "b"])
    #expect(found.seen == [.row(["0", ""], line: 1), .broken("bad-json", line: 2, column: column, raw: line), .row(["9", ""], line: 3)])
    #expect(found.messages == [message])
  }

  @Test func aKeyThatComesTwiceIsRefused() throws {
    func codes(_ text: String) throws -> [String?] { try rows(text).map { $0.code.map { "\($0)" } } }
    #expect(try rows(#"{"a":1,"b":2,"a":1}"#) == [.broken("duplicate-key", line: 1, column: 14, raw: #"{"a":1,"b":2,"a":1}"#)])
    #expect(try codes(#"{"x":1,"x":2}"#) == ["duplicate-key"])
    #expect(try codes(#"{"x":{"y":1},"x.y":2}"#) == ["duplicate-key"])
    #expect(try codes(#"{"x":{"y":1},"z":{"y":2},"y":3}"#) == [nil])
    #expect(try codes(#"{"x":{},"x":{}}"#) == ["duplicate-key"])
    #expect(try codes(#"{"\u0061":1,"a":2}"#) == ["duplicate-key"])
    let many = "{" + (0..<500).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
    #expect(try codes(many + "}\n" + many + ",\"k77\":0}") == [nil, "duplicate-key"])
  }

  @Test func anObjectOrArrayIsNoValue() throws {
    let found = try jsonTranscript(#"{"a":{"x":1}}"# + "\n" + #"{"b":[1]}"# + "\n" + #"{"a":{}}"#, ["a", "b"])
    #expect(found.seen.map(\.code) == ["nested-value", "nested-value", "nested-value"])
    #expect(found.messages.first == "a is an object, and the feed reads it as one value")
    #expect(found.columnNames == ["a", "b", "a"])
  }

  @Test func depthKeysAndPathsAreBounded() throws {
    func deep(_ depth: Int) -> String {
      "{\"x\":" + String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1) + "}"
    }
    #expect(try rows(deep(64)).map(\.code) == [nil] && rows(deep(65)).map(\.code) == ["bad-json"])
    #expect(try rows(String(repeating: "{\"a\":", count: 1_000_000), ["z"]).map(\.code) == ["bad-json"])
    #expect(try rows("{\"x\":" + String(repeating: "[", count: 1_000_000)).map(\.code) == ["bad-json"])
    func long(_ length: Int) -> String { "{\"\(String(repeating: "k", count: length))\":1}" }
    #expect(try rows(long(1024)).map(\.code) == [nil] && rows(long(1025)).map(\.code) == ["bad-json"])
    func keys(_ count: Int) -> String { "{" + (0..<count).map { "\"\($0)\":1" }.joined(separator: ",") + "}" }
    #expect(try rows(keys(65_536)).map(\.code) == [nil] && rows(keys(65_537)).map(\.code) == ["bad-json"])
  }

  @Test func invalidUTF8IsARejectAtItsByte() throws {
    for bytes: [UInt8] in [[0x80], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF8]] {
      let found = try jsonTranscript(Array("{\"a\":\"é".utf8) + bytes + Array("\"}\n{\"a\":\"ü\"}".utf8), ["a"]).seen
      guard found.count == 2, case .broken("encoding", line: 1, column: 8, _) = found[0] else {
        Issue.record("\(bytes) gave \(found)")
        continue
      }
      #expect(found[1] == .row(["ü"], line: 2))
    }
  }

  @Test func emptyFilesAndOtherEncodings() throws {
    #expect(problem { _ = try rows("") }?.name == "empty-file")
    #expect(try rows("\n\n") == [])
    for mark: [UInt8] in [[0xFF, 0xFE], [0xFE, 0xFF]] {
      #expect(problem { _ = try jsonTranscript(mark + [0x7B, 0], ["a"]) }?.name == "utf-16")
    }
  }

  @Test func aLineOfMegabytesAndOneBeyondTheLimit() throws {
    let long = String(repeating: "word, \\\"quoted\\\"\\n", count: 300_000)
    let seen = try jsonTranscript(Array("{\"a\":\"\(long)\"}\n{\"a\":2}\n".utf8), ["a"], bufferSize: 4096).seen
    let expected = long.replacing("\\\"", with: "\"").replacing("\\n", with: "\n")
    #expect(seen == [.row([expected], line: 1), .row(["2"], line: 2)])
    func limited(_ text: String) throws -> [String] { try jsonTranscript(Array(text.utf8), ["a"], rowLimit: 8).seen.map(\.description) }
    #expect(try limited("{\"a\":12}\r\n{\"a\":3}") == ["1: [\"12\"]", "2: [\"3\"]"])
    #expect(try limited("{\"a\":123}\n{\"a\":3}") == ["1:0: row-too-long \"{\\\"a\\\":123\"", "2: [\"3\"]"])
    #expect(try limited("{\"a\":3}\n{\"a\":1234567890}") == ["1: [\"3\"]", "2:0: row-too-long \"{\\\"a\\\":123\""])
  }

  @Test func columnsThatNoLineHasAndFurtherOnes() throws {
    let found = try jsonTranscript(#"{"a":null,"x":1}"# + "\n" + #"{"y":{"z":1},"broken"#, ["a", "b", "c.d"])
    #expect(found.absent == ["b", "c.d"])
    #expect(found.further.prefix(2) == ["x", "y.z"])
    // An object that is null states all that could be in it; without a single sound line nothing is known of columns.
    #expect(try jsonTranscript(#"{"a":1,"b":1,"c":null}"#, ["a", "b", "c.d"]).absent == [])
    #expect(try jsonTranscript(#"{"a":1,"b":1,"c":null}"#, ["a", "b", "c.d"]).further == [])
    #expect(try jsonTranscript("\n{\n", ["a"]).absent == [])
  }

  @Test func places() throws {
    var reader = try JSONLinesReader(source: MemorySource("\n{\"é\":0,\"a\": \"x\"}"), columns: ["a", "b"], file: "t.jsonl", bufferSize: 3)
    #expect(try reader.next() == .row)
    #expect(reader.place(ofCell: 0) == (2, 13) && reader.place(ofCell: 1) == (2, 0))
    #expect(String(decoding: reader.row.raw, as: UTF8.self) == "{\"é\":0,\"a\": \"x\"}")
    #expect(try reader.next() == .end)
    #expect(reader.bytesRead == 18)
  }
}

/// What a reader of JSON Lines gave.
struct JSONTranscript {
  var seen: [Seen] = []
  var messages: [String] = []
  var columnNames: [String] = []
  var absent: [String] = []
  var further: [String] = []
}

/// Reads all of some bytes.
func jsonTranscript(
  _ bytes: [UInt8], _ columns: [String], bufferSize: Int = 1 << 16, rowLimit: Int = CSVReader.defaultRowLimit
) throws -> JSONTranscript {
  var reader = try JSONLinesReader(
    source: MemorySource(bytes), columns: columns, file: "t.jsonl", bufferSize: bufferSize, rowLimit: rowLimit)
  var found = JSONTranscript()
  while true {
    switch try reader.next() {
    case .row: found.seen.append(.row((0..<reader.row.count).map { reader.row.text($0) }, line: reader.row.line))
    case .broken:
      let raw = String(decoding: reader.row.raw, as: UTF8.self)
      found.seen.append(.broken(reader.broken.code, line: reader.broken.line, column: reader.broken.column, raw: raw))
      found.messages.append(reader.broken.message)
      found.columnNames.append(reader.broken.columnName)
    case .end:
      (found.absent, found.further) = (reader.absentColumns, reader.furtherColumns)
      return found
    }
  }
}

func jsonTranscript(_ text: String, _ columns: [String]) throws -> JSONTranscript { try jsonTranscript(Array(text.utf8), columns) }
