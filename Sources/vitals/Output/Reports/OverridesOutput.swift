import Health
import Reports

extension OverridesReport: TableReport {
  var title: String { "overrides as of \(asOf)" + (knownBy.map { ", known by \(InstantText.machine($0))" } ?? "") }

  func table(_ style: Style) -> Table {
    Table(
      rows,
      columns: [
        TableColumn("id", kind: .number) { Cell("\($0.id)") },
        TableColumn("account", text: \.account),
        TableColumn("name", importance: 1, text: \.name),
        TableColumn("override", kind: .word) { Cell("\($0.kind.rawValue) \(Human.measured($0.value))") },
        TableColumn("card", kind: .word, importance: 0) { Cell($0.card ?? "every") },
        TableColumn("from", kind: .word) { Cell($0.from.description) },
        TableColumn("until", kind: .word) { Cell($0.until.description) },
        TableColumn("state", kind: .word) { Cell($0.state.rawValue + ($0.ended.map { " \($0)" } ?? "")) },
        TableColumn("author", importance: 3) { Cell($0.author ?? "") },
        TableColumn("note", importance: 2, least: 16, text: \.note),
      ],
      whenEmpty: "No override acts.")
  }

  var records: Records {
    Records(
      rows,
      fields: [
        RecordField("id", \.id), RecordField("account", \.account), RecordField("name", \.name), RecordField("kind") { $0.kind.rawValue },
        RecordField("value", \.value), RecordField("card", \.card), RecordField("from", \.from), RecordField("until", \.until),
        RecordField("ended", \.ended), RecordField("author", \.author), RecordField("note", \.note),
        RecordField("state") { $0.state.rawValue },
      ])
  }
}

extension NotesReport: TableReport {
  var title: String { "notes with \(words.joined(separator: " "))" }
  var notes: [String] { isCut ? ["There are more; --top N shows them."] : [] }

  func table(_ style: Style) -> Table {
    Table(
      rows,
      columns: [
        TableColumn("account", text: \.account),
        TableColumn("name", importance: 0, text: \.name),
        TableColumn("at", kind: .word, text: \.at),
        TableColumn("signal", importance: 1, text: \.signal),
        TableColumn("value", kind: .number, importance: 2) { Cell($0.value.map(Human.measured) ?? "") },
        TableColumn("author", importance: 3) { Cell($0.author ?? "") },
        TableColumn("text", importance: 4, least: 20, text: \.text),
        TableColumn("reason", isExtra: true) { Cell($0.reason ?? "") },
        TableColumn("import", kind: .number, isExtra: true) { Cell("\($0.importID)") },
      ],
      whenEmpty: "Nobody wrote that.")
  }

  var records: Records {
    Records(
      rows,
      fields: [
        RecordField("account", \.account), RecordField("name", \.name), RecordField("at", \.at), RecordField("signal", \.signal),
        RecordField("value", \.value), RecordField("text", \.text), RecordField("author", \.author), RecordField("reason", \.reason),
        RecordField("import", \.importID),
      ])
  }
}
