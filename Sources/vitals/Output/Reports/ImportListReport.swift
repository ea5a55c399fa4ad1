import Health
import Storage

/// The log of imports.
struct ImportListReport: TableReport {
  let imports: [ImportRecord]
  let zone: CalendarZone
  /// How many imports of what people typed were left out.
  let typed: Int

  var title: String {
    let counts = ["imported", "reverted", "purged", "failed"].compactMap { state -> String? in
      let count = imports.filter { $0.state == state }.count
      return count > 0 ? "\(Human.count(count)) \(state)" : nil
    }
    return counts.isEmpty ? "Imports" : "Imports: \(counts.joined(separator: ", "))"
  }

  var notes: [String] {
    typed > 0 ? ["\(Human.plural(typed, "import")) of what people typed left out; --all lists them too."] : []
  }

  func table(_ style: Style) -> Table {
    func count(
      _ name: String, _ title: String, importance: Int? = nil, isExtra: Bool = false, _ value: @escaping (ImportRecord) -> Int
    ) -> TableColumn<ImportRecord> {
      TableColumn(name, title: title, kind: .number, importance: importance, isExtra: isExtra, text: { Human.count(value($0)) })
    }
    return Table(
      imports,
      columns: [
        TableColumn("id", title: "Import", kind: .number) { Cell(String($0.id)) },
        TableColumn("feed", title: "Feed", importance: 5, text: \.feed),
        TableColumn("file", title: "File", importance: 9, least: 12, text: \.file),
        TableColumn("file_day", title: "File day", kind: .word, importance: 2) { Cell($0.fileDay?.description ?? style.absent) },
        TableColumn("state", title: "State") { Cell($0.stateWords, $0.error != nil ? .red : $0.isLive ? .plain : .yellow) },
        TableColumn("finished", title: "Finished", kind: .word, importance: 0) { [zone] in Cell(InstantText.human($0.finished, in: zone)) },
        count("rows", "Rows") { $0.rows.total }, count("new", "New", importance: 4) { $0.rows[.new] },
        count("corrected", "Corrected", importance: 3) { $0.rows[.corrected] },
        count("older", "Older", isExtra: !imports.contains { $0.rows[.older] > 0 }) { $0.rows[.older] },
        count("unchanged", "Unchanged", importance: 1) { $0.rows[.unchanged] },
        TableColumn("rejected", title: "Rejected", kind: .number) { record in
          Cell(Human.count(record.rows[.rejected]), record.rows[.rejected] > 0 ? .red : .plain)
        },
        count("skipped", "Skipped", isExtra: !imports.contains { $0.rows[.skipped] > 0 }) { $0.rows[.skipped] },
        count("warnings", "Warnings", isExtra: true, \.warnings),
      ], whenEmpty: "There are no such imports.")
  }

  var records: Records { Records(imports, fields: ImportRecord.fields) }
}

extension ImportRecord {
  /// How it stands: imported, reverted, purged or failed.
  var state: String { error != nil ? "failed" : isLive ? "imported" : isPurged ? "purged" : "reverted" }

  var stateWords: String { backfill ? "\(state), backfill" : state }

  /// What names it in a sentence.
  var words: String { "import \(id) (\(feed), \(file))" }

  /// The fields that every report of imports has.
  static var fields: [RecordField<ImportRecord>] {
    [
      RecordField("id", \.id), RecordField("feed", \.feed), RecordField("file", \.file), RecordField("file_day", \.fileDay),
      RecordField("state", \.state), RecordField("backfill", \.backfill), RecordField("started") { InstantText.machine($0.started) },
      RecordField("finished") { InstantText.machine($0.finished) }, RecordField("rows", \.rows.total), RecordField("new") { $0.rows[.new] },
      RecordField("corrected") { $0.rows[.corrected] }, RecordField("older") { $0.rows[.older] },
      RecordField("unchanged") { $0.rows[.unchanged] }, RecordField("rejected") { $0.rows[.rejected] },
      RecordField("skipped") { $0.rows[.skipped] }, RecordField("warnings", \.warnings),
      RecordField("facts", csv: .columns(prefix: "facts", keys: ["new", "corrected", "older", "unchanged", "skipped"])) { record in
        JSONValue.object([
          "new": record.facts[.new], "corrected": record.facts[.corrected], "older": record.facts[.older],
          "unchanged": record.facts[.unchanged], "skipped": record.facts[.skipped],
        ])
      },
      RecordField("author", \.author), RecordField("error", \.error), RecordField("mends", \.mends),
    ]
  }
}
