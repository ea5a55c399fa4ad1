import Health
import Import
import Storage

/// What came of each file of an import.
struct ImportReport: TableReport {
  let results: [ImportResult]

  var title: String { "" }

  var notes: [String] {
    let failed = results.filter { $0.state == .failed }.count
    let refused = results.filter { $0.rows[.rejected] > 0 && $0.state == .imported }
    var notes: [String] = []
    if results.count > 1 {
      let imported = results.filter { $0.state == .imported }.count
      let already = results.filter { $0.state == .already }.count
      notes.append("\(Human.plural(results.count, "file")): \(imported) imported, \(already) already imported, \(failed) failed")
    }
    for result in refused.prefix(3) {
      notes.append("`vitals imports rejects \(result.importID ?? 0)` lists the refused rows of \(result.file)")
    }
    return notes
  }

  func table(_ style: Style) -> Table {
    var table = Table(
      results,
      columns: [
        TableColumn("feed", title: "Feed", text: \.feed),
        TableColumn("file", title: "File") { Cell(String($0.file.split(separator: "/").last ?? "")) },
        TableColumn("rows", title: "Rows", kind: .number) { Cell(Human.count($0.rows.total)) },
        TableColumn("new", title: "New", kind: .number) { Cell(Human.count($0.rows[.new])) },
        TableColumn("corrected", title: "Corrected", kind: .number) { Cell(Human.count($0.rows[.corrected])) },
        TableColumn("older", title: "Older", kind: .number) { Cell(Human.count($0.rows[.older])) },
        TableColumn("unchanged", title: "Unchanged", kind: .number) { Cell(Human.count($0.rows[.unchanged])) },
        TableColumn("rejected", title: "Rejected", kind: .number) {
          Cell(Human.count($0.rows[.rejected]), $0.rows[.rejected] > 0 ? .red : .plain)
        },
        TableColumn("skipped", title: "Skipped", kind: .number) { Cell(Human.count($0.rows[.skipped])) },
        TableColumn("warnings", title: "Warnings", kind: .number) { Cell(Human.count($0.warnings)) },
        TableColumn("seconds", title: "Seconds", kind: .number) { Cell(Human.number($0.seconds, decimals: 2)) },
        TableColumn("state", title: "State") { Cell(Self.words($0.state), $0.state == .failed ? .red : .plain) },
      ])
    table.whenEmpty = "There was nothing to import."
    return table
  }

  private static func words(_ state: ImportResult.State) -> String {
    switch state {
    case .imported: "imported"
    case .already: "already imported"
    case .failed: "FAILED, nothing kept"
    case .dryRun: "dry run, nothing kept"
    }
  }

  var records: Records {
    Records(
      results,
      fields: [
        RecordField("file", \.file), RecordField("feed", \.feed), RecordField("file_day", \.fileDay), RecordField("import", \.importID),
        RecordField("state", \.state.rawValue), RecordField("backfill", \.backfill), RecordField("rows", \.rows.total),
        RecordField("new") { $0.rows[.new] }, RecordField("corrected") { $0.rows[.corrected] }, RecordField("older") { $0.rows[.older] },
        RecordField("unchanged") { $0.rows[.unchanged] }, RecordField("rejected") { $0.rows[.rejected] },
        RecordField("skipped") { $0.rows[.skipped] }, RecordField("warnings", \.warnings),
        RecordField("facts", csv: .columns(prefix: "facts", keys: ["new", "corrected", "older", "unchanged", "skipped"])) { result in
          JSONValue.object([
            "new": result.facts[.new], "corrected": result.facts[.corrected], "older": result.facts[.older],
            "unchanged": result.facts[.unchanged], "skipped": result.facts[.skipped],
          ])
        },
        RecordField("seconds", \.seconds),
      ])
  }
}
