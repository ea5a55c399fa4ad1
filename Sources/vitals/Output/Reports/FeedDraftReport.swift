import Import

/// What `vitals feeds new` made of a file, column by column.
struct FeedDraftReport: TableReport {
  let draft: FeedDraft
  /// Where the feed was written, and the catalogue.
  let path: String
  let signals: String
  /// The file as the person named it.
  let file: String

  var title: String {
    let rows = Human.plural(draft.rows, "row")
    return "Feed \(draft.name): \(path), from \(draft.isWhole ? "the \(rows)" : "the first \(rows)") of \(draft.file)"
  }

  var notes: [String] {
    var notes = draft.questions.map { "Question: \($0)." }
    if !draft.entries.isEmpty {
      notes.append("Added to \(signals): \(draft.entries.map(\.key).joined(separator: ", ")). Say there which way is good.")
    }
    return notes + ["Next: look at \(path), then `vitals import \(file) --dry-run`."]
  }

  func table(_ style: Style) -> Table {
    Table(
      draft.columns,
      columns: [
        TableColumn("column", title: "Column", importance: 5, least: 12, text: \.name),
        TableColumn("becomes", title: "Becomes", importance: 4, least: 12) {
          Cell($0.becomes ?? style.absent, $0.becomes == nil ? .dim : .plain)
        },
        TableColumn("why", title: "Why", importance: 0, least: 16, text: \.why),
      ], whenEmpty: "The file has no columns.")
  }

  var records: Records {
    let draft = draft
    return Records(
      draft.columns,
      fields: [
        RecordField("feed") { _ in draft.name }, RecordField("column", \.name), RecordField("becomes", \.becomes),
        RecordField("why", \.why),
      ])
  }
}
