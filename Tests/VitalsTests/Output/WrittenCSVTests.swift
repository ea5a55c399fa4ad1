import Import
import TestSupport
import Testing

@testable import vitals

/// What the command writes as CSV, its own reader reads as it was: a list that was exported can be imported.
@Suite struct WrittenCSVTests {
  private static let pieces = ["a", "é", "😎", "\"", ",", "\n", "\r\n", " ", "\t", "'", ";", "word ", "\u{301}", "-1"]

  // Control characters other than line ends are written as pictures of themselves, see `HarmlessText`.
  @Test("cells of any text come back")
  func cells() throws {
    var random = Seeded(3)
    for _ in 0..<200 {
      let width = 1 + random.below(3)
      func cell() -> String { (0..<random.below(5)).map { _ in random.pick(Self.pieces) }.joined() }
      let rows = (0..<1 + random.below(5)).map { _ in (0..<width).map { _ in cell() } }
      let fields = (0..<width).map { Records.Field(name: "c\($0)", form: .column) }
      let written = try CSVWriter.text(Records(fields: fields, rows: rows.map { $0.map(\.json) }), columns: nil)
      #expect(try read(written).map { $0.map { Array($0.unicodeScalars) } } == rows.map { $0.map { Array($0.unicodeScalars) } })
    }
  }

  @Test("a quote with an accent after it is a quote")
  func accentedQuote() throws {
    let fields = [Records.Field(name: "a", form: .column)]
    #expect(try CSVWriter.text(Records(fields: fields, rows: [["\"\u{301}".json]]), columns: nil) == "a\n\"\"\"\u{301}\"\n")
  }

  @Test("cells of megabytes come back")
  func megabytes() throws {
    let long = String(repeating: "word, \"quoted\"\r\n", count: 150_000)
    let fields = ["a", "b"].map { Records.Field(name: $0, form: .column) }
    let written = try CSVWriter.text(Records(fields: fields, rows: [[long.json, "x".json]]), columns: nil)
    #expect(try read(written) == [[long, "x"]])
  }

  private func read(_ text: String) throws -> [[String]] {
    var reader = try CSVReader(source: MemorySource(text), dialect: CSVDialect(), file: "written.csv")
    var rows: [[String]] = []
    while true {
      switch try reader.next() {
      case .row: rows.append((0..<reader.row.count).map { reader.row.text($0) })
      case .broken: Issue.record("\(reader.broken)")
      case .end: return rows
      }
    }
  }
}
