import Health
import Import
import Storage

/// What came of each file of an import.
struct ImportReport: TableReport {
  let results: [ImportResult]

  /// The files that people are shown one by one: of a folder's many those that were imported already are only counted.
  private var shown: [ImportResult] { results.count > 1 ? results.filter { $0.state != .already } : results }

  var title: String { "" }

  var notes: [String] {
    let failed = results.filter { $0.state == .failed }.count
    let refused = results.filter { $0.rows[.rejected] > 0 && $0.state == .imported }
    var notes: [String] = []
    if results.count > 1 {
      let tried = results.filter { $0.state == .dryRun }.count
      let imported = results.filter { $0.state == .imported }.count
      let wentIn = tried > 0 ? "\(tried) would be imported" : "\(imported) imported"
      let already = results.filter { $0.state == .already }.count
      notes.append("\(Human.plural(results.count, "file")): \(wentIn), \(already) already imported, \(failed) failed")
    }
    for result in refused.prefix(3) {
      notes.append("`vitals imports rejects \(result.importID ?? 0)` lists the refused rows of \(result.file)")
    }
    return notes
  }

  func table(_ style: Style) -> Table {
    let shown = shown
    func has(_ outcome: Outcome) -> Bool { shown.contains { $0.rows[outcome] > 0 } }
    var table = Table(
      shown,
      columns: [
        TableColumn("import", title: "Import", kind: .number) { Cell($0.importID.map(String.init) ?? style.absent) },
        TableColumn("feed", title: "Feed", importance: 1) { Cell($0.feed ?? style.absent) },
        TableColumn("file", title: "File", importance: 9, least: 12) { Cell(String($0.file.split(separator: "/").last ?? "")) },
        TableColumn("rows", title: "Rows", kind: .number) { Cell(Human.count($0.rows.total)) },
        TableColumn("new", title: "New", kind: .number, importance: 5) { Cell(Human.count($0.rows[.new])) },
        TableColumn("corrected", title: "Corrected", kind: .number, importance: 4) { Cell(Human.count($0.rows[.corrected])) },
        TableColumn("older", title: "Older", kind: .number, importance: 3, isExtra: !has(.older)) { Cell(Human.count($0.rows[.older])) },
        TableColumn("unchanged", title: "Unchanged", kind: .number, importance: 3) { Cell(Human.count($0.rows[.unchanged])) },
        TableColumn("rejected", title: "Rejected", kind: .number) {
          Cell(Human.count($0.rows[.rejected]), $0.rows[.rejected] > 0 ? .red : .plain)
        },
        TableColumn("skipped", title: "Skipped", kind: .number, importance: 2, isExtra: !has(.skipped)) {
          Cell(Human.count($0.rows[.skipped]))
        },
        TableColumn("warnings", title: "Warnings", kind: .number, importance: 2, isExtra: shown.allSatisfy { $0.warnings == 0 }) {
          Cell(Human.count($0.warnings))
        },
        TableColumn("seconds", title: "Seconds", kind: .number, importance: 0) { Cell(Human.number($0.seconds, decimals: 2)) },
        TableColumn("state", title: "State") { Cell(Self.words($0.state), $0.state == .failed ? .red : .plain) },
      ])
    table.whenEmpty = results.isEmpty ? "There was nothing to import." : "All of it was imported already."
    if shown.count > 1 { table.totals = [totals(shown, columns: table.columns.map(\.name))] }
    return table
  }

  private func totals(_ shown: [ImportResult], columns: [String]) -> [Cell] {
    let outcomes: [String: Outcome] = [
      "new": .new, "corrected": .corrected, "older": .older, "unchanged": .unchanged, "rejected": .rejected, "skipped": .skipped,
    ]
    return columns.map { name in
      if let outcome = outcomes[name] { return Cell(Human.count(shown.reduce(0) { $0 + $1.rows[outcome] })) }
      switch name {
      case "rows": return Cell(Human.count(shown.reduce(0) { $0 + $1.rows.total }))
      case "warnings": return Cell(Human.count(shown.reduce(0) { $0 + $1.warnings }))
      case "seconds": return Cell(Human.number(shown.reduce(0) { $0 + $1.seconds }, decimals: 2))
      default: return ""
      }
    }
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
        RecordField("state", \.state.rawValue), RecordField("backfill", \.backfill), RecordField("mends", \.mends),
        RecordField("rows", \.rows.total),
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
        RecordField("error", csv: .columns(prefix: "error", keys: ["name", "message"])) { result in
          result.problem.map { JSONValue.object(["name": $0.name, "message": $0.message]) }
        },
        RecordField("remarks", \.remarks),
      ])
  }
}
