import Health

/// What is wrong with cards, or rarely meant.
struct CardLintReport: TableReport {
  /// A card that was looked at.
  struct Checked {
    var file: String
    /// Nil where the file could not be read.
    var card: String?
    var errors: [Problem] = []
    var warnings: [Problem] = []
  }

  let cards: [Checked]

  var errors: Int { cards.reduce(0) { $0 + $1.errors.count } }

  var title: String { "" }

  func table(_ style: Style) -> Table {
    Table(
      cards,
      columns: [
        TableColumn("file", importance: 0, least: 24, text: \.file),
        TableColumn("card") { Cell($0.card ?? style.absent) },
        TableColumn("finding", kind: .word) { $0.verdict },
      ],
      whenEmpty: "There are no cards in cards/.")
  }

  /// One row for each finding.
  var records: Records {
    let findings = cards.flatMap { card in card.errors.map { (card, $0, "error") } + card.warnings.map { (card, $0, "warning") } }
    return Records(
      findings,
      fields: [
        RecordField("file") { $0.1.place?.file ?? $0.0.file },
        RecordField("card") { $0.0.card },
        RecordField("line") { ($0.1.place?.line).flatMap { $0 > 0 ? $0 : nil } },
        RecordField("column") { ($0.1.place?.column).flatMap { $0 > 0 ? $0 : nil } },
        RecordField("severity") { $0.2 },
        RecordField("name") { $0.1.name },
        RecordField("message") { $0.1.message },
        RecordField("hint") { $0.1.hint },
      ])
  }
}

extension CardLintReport.Checked {
  fileprivate var verdict: Cell {
    var words: [String] = []
    if !errors.isEmpty { words.append(Human.plural(errors.count, "error")) }
    if !warnings.isEmpty { words.append(Human.plural(warnings.count, "warning")) }
    let ink: Ink = errors.isEmpty ? warnings.isEmpty ? .green : .yellow : .red
    return Cell(words.isEmpty ? "clean" : words.joined(separator: ", "), ink)
  }
}
