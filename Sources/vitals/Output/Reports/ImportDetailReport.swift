import Health
import Storage

/// All that is kept of one import.
struct ImportDetailReport: Report {
  let detail: ImportDetail
  let zone: CalendarZone

  private var record: ImportRecord { detail.record }

  var title: String { "Import \(record.id): \(record.feed), \(record.file)" }

  var notes: [String] {
    record.rows[.rejected] + record.warnings > 0 ? ["`vitals imports rejects \(record.id)` lists what was refused or remarked on."] : []
  }

  func blocks(_ style: Style) -> [Block] {
    var blocks: [Block] = [.table(facts(style)), .gap, .table(counts)]
    if !detail.leanedOnBy.isEmpty { blocks += [.gap, .heading("Live imports that lean on it"), .table(Self.leaning(detail.leanedOnBy))] }
    if !detail.leansOn.isEmpty { blocks += [.gap, .heading("Imports that it leans on"), .table(Self.leaning(detail.leansOn))] }
    if !detail.log.isEmpty { blocks += [.gap, .heading("How it stood"), .table(log)] }
    return blocks
  }

  private func facts(_ style: Style) -> Table {
    var facts = [
      ("state", record.stateWords), ("file day", record.fileDay?.description ?? style.absent),
      ("started", InstantText.human(record.started, in: zone)), ("finished", InstantText.human(record.finished, in: zone)),
      ("size", Human.bytes(Int64(record.bytes))),
    ]
    if let mended = record.mends { facts.append(("mends", "import \(mended)")) }
    if let author = record.author { facts.append(("author", author)) }
    if let error = record.error { facts.append(("error", error)) }
    if detail.introduced > 0 { facts.append(("vouches for", Human.plural(detail.introduced, "account"))) }
    if !detail.signals.isEmpty { facts.append(("signals", detail.signals.joined(separator: ", "))) }
    if !detail.days.isEmpty { facts.append(("days", Self.words(detail.days))) }
    if !detail.covers.isEmpty { facts.append(("covers", detail.covers.map(\.description).joined(separator: ", "))) }
    return Table(facts, columns: [TableColumn("field", title: "What", text: \.0), TableColumn("value", title: "Value", text: \.1)])
  }

  /// The runs of days, the long lists of a history shortened in the middle.
  private static func words(_ runs: [ClosedRange<Day>]) -> String {
    let words = runs.map { $0.lowerBound == $0.upperBound ? "\($0.lowerBound)" : "\($0.lowerBound) to \($0.upperBound)" }
    guard words.count > 6 else { return words.joined(separator: ", ") }
    return (words.prefix(3) + ["\(words.count - 6) more"] + words.suffix(3)).joined(separator: ", ")
  }

  private var counts: Table {
    let outcomes: [(String, Outcome, Bool)] = [
      ("new", .new, true), ("corrected", .corrected, true), ("older", .older, true), ("unchanged", .unchanged, true),
      ("rejected", .rejected, false), ("skipped", .skipped, true),
    ]
    var table = Table(
      outcomes,
      columns: [
        TableColumn("result", title: "Result", text: \.0),
        TableColumn("rows", title: "Rows", kind: .number) { [record] in Cell(Human.count(record.rows[$0.1])) },
        TableColumn("facts", title: "Facts", kind: .number) { [record] in Cell($0.2 ? Human.count(record.facts[$0.1]) : "") },
      ])
    table.totals = [["", Cell(Human.count(record.rows.total)), Cell(Human.count(record.facts.total))]]
    return table
  }

  private var log: Table {
    Table(
      detail.log,
      columns: [
        TableColumn("at", title: "From") { [zone] in Cell(InstantText.human($0.at, in: zone)) },
        TableColumn("state", title: "State") { Cell($0.isLive ? "live" : "reverted") },
        TableColumn("backfill", title: "Kind") { Cell($0.backfill ? "backfill" : "as it came") },
      ])
  }

  static func leaning(_ imports: [ImportDetail.Leaning]) -> Table {
    Table(
      imports,
      columns: [
        TableColumn("id", title: "Import", kind: .number) { Cell(String($0.record.id)) },
        TableColumn("feed", title: "Feed", text: \.record.feed),
        TableColumn("file", title: "File", importance: 1, text: \.record.file),
        TableColumn("facts", title: "Facts", kind: .number) { Cell(Human.count($0.facts)) },
      ])
  }

  static func json(_ imports: [ImportDetail.Leaning]) -> JSONValue {
    .array(
      imports.map { leaning in
        .object([
          "id": leaning.record.id, "feed": leaning.record.feed, "file": leaning.record.file, "file_day": leaning.record.fileDay,
          "facts": leaning.facts,
        ])
      })
  }

  var records: Records {
    var records = Records([record], fields: ImportRecord.fields)
    let more: [(String, any JSONRepresentable)] = [
      ("bytes", record.bytes), ("digest", record.error == nil ? String(record.digest, radix: 16) : nil), ("feed_hash", record.feedHash),
      ("introduced", detail.introduced), ("signals", detail.signals), ("covers", detail.covers),
      ("days", detail.days.map { JSONValue.object(["from": $0.lowerBound, "to": $0.upperBound]) }),
      ("leans_on", Self.json(detail.leansOn)), ("leaned_on_by", Self.json(detail.leanedOnBy)),
      ("log", detail.log.map { JSONValue.object(["at": InstantText.machine($0.at), "live": $0.isLive, "backfill": $0.backfill]) }),
    ]
    records.fields += more.map { Records.Field(name: $0.0, form: .column) }
    records.rows[0] += more.map(\.1.json)
    return records
  }

  var json: JSONValue { records.objects[0] }
}
