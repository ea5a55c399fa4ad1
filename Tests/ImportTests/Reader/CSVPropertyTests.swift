import Health
import TestSupport
import Testing

@testable import Import

/// Any bytes give the same rows for every buffer size, and those of a reader that looks at one byte at a time.
struct CSVPropertyTests {
  private static let words = ["a", "b", ",", ",", "\"", "\"", "\"\"", "\n", "\r", "\r\n", "é", ",\"", "\",", "xyz", "#"]
  private static let alphabet: [[UInt8]] = words.map { Array($0.utf8) } + [[0xC3], [0x80], [0]]

  private func sample(_ random: inout Seeded, quotes: Bool) -> [UInt8] {
    let length = Int.random(in: 0...(Bool.random(using: &random) ? 30 : 300), using: &random)
    let pieces = quotes ? CSVPropertyTests.alphabet : CSVPropertyTests.alphabet.filter { !$0.contains(34) }
    let head: [UInt8] = Array(["a\n", "a,b\n", "a,b,c\r\n"].randomElement(using: &random)!.utf8)
    return head + (0..<length).flatMap { _ in pieces.randomElement(using: &random)! }
  }

  @Test func everyBufferSizeGivesTheSameRows() throws {
    var random = Seeded(20260331)
    for round in 0..<600 {
      let bytes = sample(&random, quotes: round % 3 != 0)
      let dialect = try CSVDialect(
        comment: round % 5 == 0 ? 35 : nil, encoding: [.utf8, .latin1, .windows1252][round % 7 % 3])
      let limit = round % 4 == 0 ? Int.random(in: 1...40, using: &random) : CSVReader.defaultRowLimit
      let sizes = [1, 2, 3, 5, 8, 13, 63, 64, 65, 127, 128, 1 << 16]
      let whole = outcome(bytes, dialect, 1 << 20, limit)
      for size in sizes { #expect(outcome(bytes, dialect, size, limit) == whole, "size \(size), \(bytes)") }
    }
  }

  private func outcome(_ bytes: [UInt8], _ dialect: CSVDialect, _ size: Int, _ limit: Int) -> [String] {
    do {
      let (columns, seen) = try transcript(bytes, dialect, bufferSize: size, rowLimit: limit)
      return ["\(columns)"] + seen.map(\.description)
    } catch { return ["\(error)"] }
  }

  @Test func theSameAsOneByteAtATime() throws {
    var random = Seeded(7)
    for _ in 0..<3000 {
      let bytes = sample(&random, quotes: true)
      let read = try transcript(bytes, CSVDialect())
      var slow = Slow(bytes: bytes, columns: read.columns.count)
      #expect(read.seen.map(shape) == slow.read(), "\(bytes)")
    }
  }

  private func shape(_ seen: Seen) -> String {
    switch seen {
    case .row(let cells, let line): "\(line) \(cells)"
    case .broken(let code, _, _, _): code
    }
  }
}

/// RFC 4180 by the letter, one byte at a time, over the whole file in memory.
private struct Slow {
  let bytes: [UInt8]
  let columns: Int
  var at = 0
  var line = 1

  init(bytes: [UInt8], columns: Int) { (self.bytes, self.columns) = (bytes, columns) }

  mutating func endOfLine() {
    while at < bytes.count, bytes[at] != 10, bytes[at] != 13 { at += 1 }
    passLineEnd()
  }

  mutating func passLineEnd() {
    if at < bytes.count { at += bytes[at...].starts(with: [13, 10]) ? 2 : 1 }
    line += 1
  }

  mutating func read() -> [String] {
    var rows: [String] = []
    endOfLine()
    while at < bytes.count {
      let (start, first) = (at, line)
      var cells: [[UInt8]] = []
      var code: String?
      row: while true {
        switch cell(&code) {
        case .some(let cell): cells.append(cell)
        case .none: break row
        }
        guard at < bytes.count, bytes[at] == 44 else { break }
        at += 1
      }
      if let code {
        rows.append(code)
        continue
      }
      let raw = bytes[start..<at]
      passLineEnd()
      if raw.isEmpty, columns > 1 { continue }
      if String(validating: raw, as: UTF8.self) == nil {
        rows.append("encoding")
      } else if cells.count != columns {
        rows.append(cells.count < columns ? "too-few-cells" : "too-many-cells")
      } else {
        rows.append("\(first) \(cells.map { String(decoding: $0, as: UTF8.self) })")
      }
    }
    return rows
  }

  /// Reads a cell up to the delimiter or line end after it; nil with a code where it is broken, standing on the next line.
  mutating func cell(_ code: inout String?) -> [UInt8]? {
    guard at < bytes.count, bytes[at] == 34 else {
      let start = at
      while at < bytes.count, ![44, 10, 13].contains(bytes[at]) {
        if bytes[at] == 34 {
          code = "stray-quote"
          endOfLine()
          return nil
        }
        at += 1
      }
      return Array(bytes[start..<at])
    }
    let (open, openLine) = (at, line)
    var cell: [UInt8] = []
    at += 1
    while at < bytes.count {
      let byte = bytes[at]
      if byte == 34, at + 1 < bytes.count, bytes[at + 1] == 34 {
        cell.append(34)
        at += 2
      } else if byte == 34 {
        at += 1
        if at == bytes.count || [44, 10, 13].contains(bytes[at]) { return cell }
        code = "after-quote"
        endOfLine()
        return nil
      } else {
        if byte == 13 || (byte == 10 && bytes[at - 1] != 13) { line += 1 }
        cell.append(byte)
        at += 1
      }
    }
    code = "unterminated-quote"
    (at, line) = (open, openLine)
    endOfLine()
    return nil
  }
}
