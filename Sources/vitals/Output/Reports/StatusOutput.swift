import Health
import Reports
import Storage

extension StatusReport: Report {
  var title: String { "\(database): \(Human.bytes(Int64(bytes))), schema version \(schema)" }

  func blocks(_ style: Style) -> [Block] {
    let days = firstDay.flatMap { first in lastDay.map { "\(first) to \($0)" } } ?? style.absent
    let last = lastImport.map { "\($0)" } ?? style.absent
    let when = lastImported.map { " at \(InstantText.machine($0))" } ?? ""
    return [
      .line([Cell("accounts   \(Human.count(accounts)), of which \(Human.count(counted)) counted and \(Human.count(gone)) gone")]),
      .line([Cell("facts      \(Human.count(facts)) of \(Human.plural(signals, "signal"))")]),
      .line([Cell("days       \(days)")]),
      .line([Cell("as-of day  \(asOf?.description ?? "nothing imported yet")")]),
      .line([Cell("imports    \(Human.count(live)) live, \(Human.count(reverted)) reverted, \(Human.count(failed)) failed")]),
      .line([Cell("last       import \(last)\(when)")]),
      .line([Cell("recorded   \(recorded.map(\.phrase) ?? "no scores yet")")]),
      .gap, .table(table(style)),
    ]
  }

  private func table(_ style: Style) -> Table {
    Table(
      feeds,
      columns: [
        TableColumn("feed") { Cell($0.feed) },
        TableColumn("imports", kind: .number) { Cell(Human.count($0.imports)) },
        TableColumn("first_day", title: "first day") { Cell($0.firstDay?.description ?? style.absent) },
        TableColumn("last_day", title: "last day") { Cell($0.lastDay?.description ?? style.absent) },
      ],
      whenEmpty: "No feed has told of anything yet.")
  }

  var records: Records {
    Records(
      [self],
      fields: [
        RecordField("database") { $0.database },
        RecordField("schema") { $0.schema },
        RecordField("bytes") { $0.bytes },
        RecordField("accounts") { $0.accounts },
        RecordField("counted") { $0.counted },
        RecordField("gone") { $0.gone },
        RecordField("facts") { $0.facts },
        RecordField("signals") { $0.signals },
        RecordField("first_day") { $0.firstDay },
        RecordField("last_day") { $0.lastDay },
        RecordField("as_of") { $0.asOf },
        RecordField("live") { $0.live },
        RecordField("reverted") { $0.reverted },
        RecordField("failed") { $0.failed },
        RecordField("last_import") { $0.lastImport },
        RecordField("last_imported") { $0.lastImported.map(InstantText.machine) },
        RecordField("recorded") { $0.recorded?.json ?? .null },
        RecordField("feeds") { $0.feeds.map(\.json) },
      ])
  }

  var json: JSONValue { records.objects[0] }
}

extension RecordedScores.Run {
  /// `run 3: 198 accounts as of 2026-03-31, at 2026-04-01T06:00:00Z`
  var phrase: String { "run \(id): \(Human.plural(accounts, "account")) as of \(asOf), at \(InstantText.machine(recorded))" }

  var json: JSONValue {
    .object(["run": id, "as_of": asOf, "recorded": InstantText.machine(recorded), "accounts": accounts])
  }
}

extension StatusReport.Feed {
  fileprivate var json: JSONValue { .object(["feed": feed, "imports": imports, "first_day": firstDay, "last_day": lastDay]) }
}
