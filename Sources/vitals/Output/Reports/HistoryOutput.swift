import Health
import Reports

extension HistoryReport: TableReport {
  var title: String {
    let known = knownBy.map { ", known by \(InstantText.machine($0))" } ?? ""
    return "\(name)\(name == account ? "" : " (\(account))")\(known): \(Human.plural(rows.count { $0.importID != nil }, "fact"))"
  }

  func table(_ style: Style) -> Table {
    Table(
      rows,
      columns: [
        TableColumn("at") { Cell($0.at) },
        TableColumn("type", kind: .word, importance: 0) { Cell($0.type, $0.importID == nil ? .bold : .plain) },
        TableColumn("signal", importance: 5, least: 20) { Cell($0.signal) },
        TableColumn("value", kind: .number) { Cell($0.value.map(Human.measured) ?? "") },
        TableColumn("text", importance: 4) { Cell($0.text ?? "") },
        TableColumn("author", importance: 2) { Cell($0.author ?? "") },
        TableColumn("import", kind: .number, importance: 1) { Cell($0.importID.map(String.init) ?? "") },
        TableColumn("state", kind: .word, importance: 3) { Cell($0.state, .dim) },
        TableColumn("merged_from", importance: 2, isExtra: rows.allSatisfy { $0.mergedFrom == nil }) { Cell($0.mergedFrom ?? "") },
        TableColumn("kind", isExtra: true) { Cell($0.kind ?? "") },
        TableColumn("known", isExtra: true) { Cell($0.known.map(InstantText.machine) ?? "") },
      ],
      whenEmpty: "Nothing is known.")
  }

  var records: Records {
    Records(
      rows,
      fields: [
        RecordField("account") { [account] _ in account },
        RecordField("type") { $0.type },
        RecordField("kind") { $0.kind },
        RecordField("signal") { $0.signal },
        RecordField("at") { $0.at },
        RecordField("value") { $0.value },
        RecordField("text") { $0.text },
        RecordField("author") { $0.author },
        RecordField("reason") { $0.reason },
        RecordField("import") { $0.importID },
        RecordField("known") { $0.known.map(InstantText.machine) },
        RecordField("in_force") { !$0.isSuperseded && !$0.isWithdrawn },
        RecordField("merged_from") { $0.mergedFrom },
      ])
  }
}

extension HistoryReport.Row {
  fileprivate var state: String { isWithdrawn ? "withdrawn" : isSuperseded ? "superseded" : "" }
}
