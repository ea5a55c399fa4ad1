import Health
import Reports

/// What a check found; with `all` also how everything stands.
struct CheckOutput: Report {
  let report: CheckReport
  var all = false

  var title: String { all ? "check of \(report.asOf)" : "" }

  func blocks(_ style: Style) -> [Block] {
    let findings = Table(
      report.findings,
      columns: [
        TableColumn("kind", kind: .word) { Cell($0.kind.rawValue, $0.kind.isOfData ? .red : .yellow) },
        TableColumn("subject", text: \.subject),
        TableColumn("message", title: "what", importance: 0, least: 30) { finding in
          let names = finding.accounts.isEmpty ? "" : ": \(finding.accounts.joined(separator: ", "))"
          return Cell(finding.message + names)
        },
        TableColumn("day", kind: .word, isExtra: true) { Cell($0.day?.description ?? "") },
      ],
      whenEmpty: "Nothing found.")
    guard all else { return [.table(findings)] }
    return [.table(findings), .gap, .heading("Signals"), .table(signals(style)), .gap, .heading("Feeds"), .table(feeds(style))]
  }

  private func signals(_ style: Style) -> Table {
    Table(
      report.signals,
      columns: [
        TableColumn("signal", text: \.signal),
        TableColumn("last_day", title: "last day", kind: .word) { Cell($0.lastDay.description) },
        TableColumn("every", kind: .number, importance: 0) { Cell($0.every.map { "\($0) d" } ?? style.absent) },
        TableColumn("accounts", kind: .number) { Cell(Human.count($0.accounts)) },
        TableColumn("usual_accounts", title: "usual", kind: .number) { Cell($0.usualAccounts.map { Human.measured($0) } ?? style.absent) },
        TableColumn("jump", title: "all moved", kind: .number, importance: 1) {
          Cell($0.jump.map { Human.change($0 * 100, style: style) + " %" } ?? style.absent)
        },
      ],
      whenEmpty: "No feed has told of a signal yet.")
  }

  private func feeds(_ style: Style) -> Table {
    Table(
      report.feeds,
      columns: [
        TableColumn("feed", text: \.feed),
        TableColumn("last_day", title: "last day", kind: .word) { Cell($0.lastDay.description) },
        TableColumn("every", kind: .number) { Cell($0.every.map { "\($0) d" } ?? style.absent) },
      ],
      whenEmpty: "No feed has told of anything yet.")
  }

  /// One row for each finding.
  var records: Records {
    Records(
      report.findings,
      fields: [
        RecordField("kind") { $0.kind.rawValue }, RecordField("subject", \.subject), RecordField("day", \.day),
        RecordField("found", \.found),
        RecordField("usual", \.usual), RecordField("message", \.message), RecordField("accounts", \.accounts),
      ])
  }

  var json: JSONValue {
    guard all else { return .array(records.objects) }
    return .object([
      "as_of": report.asOf, "findings": records.objects,
      "signals": report.signals.map { signal in
        JSONValue.object([
          "signal": signal.signal, "last_day": signal.lastDay, "every": signal.every, "accounts": signal.accounts,
          "usual_accounts": signal.usualAccounts, "jump": signal.jump,
        ])
      },
      "feeds": report.feeds.map { JSONValue.object(["feed": $0.feed, "last_day": $0.lastDay, "every": $0.every]) },
    ])
  }
}
