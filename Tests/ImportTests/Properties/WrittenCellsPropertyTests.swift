import Health
import TestSupport
import Testing

@testable import Import

/// What is written as CSV, and as a feed's file, reads as it was.
struct WrittenCellsPropertyTests {
  private static let pieces = [
    "a", "é", "😎", "\"", "'", ",", ";", "\t", "|", "\n", "\r", "\r\n", " ", "\0", "\u{1}", "\u{202E}", "#", "\\", "word ", "\u{FEFF}x",
  ]

  private func cell(_ dice: inout Seeded) -> String { (0..<dice.below(6)).map { _ in dice.pick(Self.pieces) }.joined() }

  /// By the letter of RFC 4180, with quotes wherever they are needed and sometimes where they are not.
  private func written(_ cell: String, _ dialect: CSVDialect, _ dice: inout Seeded) -> [UInt8] {
    guard let quote = dialect.quote else { return Array(cell.utf8) }
    let bytes = Array(cell.utf8)
    guard dice.oneIn(4) || bytes.contains(where: { [dialect.delimiter, quote, 10, 13].contains($0) }) else { return bytes }
    return [quote] + bytes.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
  }

  @Test func cellsReadAsTheyWereWritten() throws {
    var dice = Seeded(20_260_331)
    for round in 0..<400 {
      let dialect = try CSVDialect(delimiter: dice.pick(Array(",;\t|~".utf8)), quote: dice.pick(Array("\"'".utf8)))
      let end = dice.pick(["\n", "\r\n", "\r"])
      let width = 2 + dice.below(4)
      let rows = (0..<1 + dice.below(8)).map { _ in (0..<width).map { _ in cell(&dice) } }
      var bytes: [UInt8] = []
      for (index, row) in ([(0..<width).map { "c\($0)" }] + rows).enumerated() {
        let line = row.map { written($0, dialect, &dice) }.joined(separator: [dialect.delimiter])
        bytes += line + (index == rows.count && dice.oneIn(2) ? [] : Array(end.utf8))
      }
      let read = try transcript(bytes, dialect, bufferSize: dice.pick([1, 5, 64, 1 << 16])).seen
      #expect(read.map { $0.cells.map(scalars) ?? [] } == rows.map(scalars), "round \(round), \(bytes)")
    }
  }

  /// A text and its canonical equivalents are equal as strings, and are not the same text.
  private func scalars(_ cells: [String]) -> [[Unicode.Scalar]] { cells.map { Array($0.unicodeScalars) } }

  @Test func cellsOfMegabytesReadAsTheyWereWritten() throws {
    var dice = Seeded(5)
    let unit = (0..<40).map { _ in dice.pick(Self.pieces) }.joined()
    let cells = [String(repeating: unit, count: 20_000), "x", String(repeating: "\"", count: 300_000)]
    let dialect = try CSVDialect()
    let bytes = Array("a,b,c\n".utf8) + cells.map { written($0, dialect, &dice) }.joined(separator: [44])
    for size in [1 << 12, 1 << 18] {
      let read = try transcript(bytes, dialect, bufferSize: size).seen
      #expect(read.count == 1 && read[0].cells == cells)
    }
  }
}
