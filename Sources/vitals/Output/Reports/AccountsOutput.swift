import Health
import Reports

extension AccountsReport: TableReport {
  var title: String {
    let known = knownBy.map { ", known by \(InstantText.machine($0))" } ?? ""
    return "\(Human.plural(rows.count, "account")) as of \(asOf)\(known)\(filter.isEmpty ? "" : ", \(filter)")"
  }

  func table(_ style: Style) -> Table {
    var columns: [TableColumn<Row>] = [
      TableColumn("account", title: "Account", text: \.account),
      TableColumn("name", title: "Name", importance: 4, least: 12, text: \.name),
      TableColumn("aliases", title: "Aliases", importance: 0, least: 12) { Cell($0.aliases.joined(separator: ", ")) },
      TableColumn("first_day", title: "First day", kind: .word, importance: 1) { Cell($0.firstDay?.description ?? style.absent) },
      TableColumn("last_day", title: "Last day", kind: .word, importance: 2) { Cell($0.lastDay?.description ?? style.absent) },
    ]
    columns += attributes.map { name in TableColumn(name, importance: 3) { Cell($0.attributes[name] ?? "") } }
    columns.append(
      TableColumn("merged_into", title: "Merged into", isExtra: rows.allSatisfy { $0.mergedInto == nil }) { Cell($0.mergedInto ?? "") })
    return Table(rows, columns: columns, whenEmpty: "There are no such accounts.")
  }

  var records: Records {
    Records(
      rows,
      fields: [
        RecordField("account", \.account), RecordField("name", \.name), RecordField("aliases", \.aliases),
        RecordField("first_day", \.firstDay), RecordField("last_day", \.lastDay),
        RecordField("attributes", csv: .columns(prefix: "attributes", keys: attributes)) { [attributes] row in
          JSONValue.object(attributes.map { JSONValue.Member(key: $0, value: row.attributes[$0].json) })
        },
        RecordField("merged_into", \.mergedInto),
      ])
  }
}

extension UnmatchedReport: TableReport {
  var title: String { "\(Human.plural(rows.count, "id")) that no account is known by" }

  var notes: [String] {
    rows.isEmpty ? [] : ["`vitals accounts alias ACCOUNT ID` lets an id find an account; import the files again then."]
  }

  func table(_ style: Style) -> Table {
    Table(
      rows,
      columns: [
        TableColumn("id", title: "Id", text: \.text),
        TableColumn("rows", title: "Rows", kind: .number) { Cell(Human.count($0.rows)) },
        TableColumn("imports", title: "Imports", kind: .number, importance: 0) { Cell(Human.count($0.imports)) },
        TableColumn("import", title: "Last", kind: .number, importance: 2) { Cell("\($0.importID)") },
        TableColumn("feed", title: "Feed", importance: 1, text: \.feed),
        TableColumn("file", title: "File", importance: 3, least: 12, text: \.file),
        TableColumn("nearest", title: "Nearest") { Cell($0.nearest ?? style.absent) },
        TableColumn("account", title: "Account", importance: 4) { Cell($0.account ?? style.absent) },
      ], whenEmpty: "Every id that files named is known.")
  }

  var records: Records {
    Records(
      rows,
      fields: [
        RecordField("id", \.text), RecordField("rows", \.rows), RecordField("imports", \.imports), RecordField("import", \.importID),
        RecordField("feed", \.feed), RecordField("file", \.file), RecordField("nearest", \.nearest), RecordField("account", \.account),
      ])
  }
}
