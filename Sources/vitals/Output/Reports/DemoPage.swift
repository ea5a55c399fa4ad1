import Reports

/// The three things that the demo shows, one below the other.
struct DemoPage: Report {
  let trend: TrendOutput
  let urgent: UrgentAccounts
  let account: ShowReport
  let database: String

  var title: String { "" }

  var notes: [String] {
    [
      "Look further: vitals show fernwood --db \(database)   ·   vitals trend --weekly --db \(database)   ·   vitals history acme --db \(database)"
    ]
  }

  func blocks(_ style: Style) -> [Block] {
    [.heading("1. The portfolio: \(trend.title)"), .gap] + trend.blocks(style)
      + [.gap, .heading("2. Who needs someone first: most revenue at risk as of \(urgent.asOf)"), .gap, .table(urgentTable(style)), .gap]
      + [.heading("3. One of them before a call: \(account.title)"), .gap] + account.blocks(style)
  }

  private func urgentTable(_ style: Style) -> Table {
    Table(
      urgent.rows,
      columns: [
        TableColumn("account", text: \.account),
        TableColumn("name", importance: 1, text: \.name),
        TableColumn("score", kind: .number) { $0.standing.scoreCell(style) },
        TableColumn("band") { Cell($0.standing.band, Ink(colorWord: $0.standing.color ?? "gray")) },
        TableColumn("trend_30d", title: "30 d", kind: .number, importance: 0) { Cell(TrendText.text($0.standing.trend, style: style)) },
        TableColumn("revenue", kind: .number) { Cell($0.revenue.map(Human.money) ?? style.absent) },
      ])
  }

  var records: Records { trend.records }

  var json: JSONValue { JSONValue.object(["trend": trend.json, "urgent": urgent.records.objects, "account": account.json]) }
}

extension UrgentAccounts {
  var records: Records {
    Records(
      rows,
      fields: [
        RecordField("account") { $0.account }, RecordField("name") { $0.name }, RecordField("shown") { $0.standing.shown },
        RecordField("band") { $0.standing.band }, RecordField("revenue") { $0.revenue },
      ])
  }
}
