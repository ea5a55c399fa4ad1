import Health
import Reports

/// A forecast by month, or with `isList` by account.
struct ForecastOutput: TableReport {
  let report: ForecastReport
  var isList = false
  var most: Int?

  var title: String {
    let only = report.filter.isEmpty ? "" : " where \(report.filter)"
    return "\(report.outcome) to be expected under \(report.card) after \(report.asOf)\(only)"
  }

  var notes: [String] {
    var notes = ["made of \(Human.count(report.observations)) past scores on \(Human.plural(report.days, "day")); intervals are 95 %"]
    if report.unknown > 0 { notes.append("\(Human.plural(report.unknown, "account")) unknown, of which nothing is expected") }
    if let unpriced = report.unpriced, unpriced > 0 {
      notes.append("\(Human.plural(unpriced, "account")) without revenue, left out of amounts")
    }
    if let refused = report.months.first(where: { $0.expected == nil }) { notes.append("month \(refused.month): \(refused.why ?? "")") }
    return notes
  }

  func table(_ style: Style) -> Table { isList ? accounts(style) : months(style) }

  private func months(_ style: Style) -> Table {
    func range(_ interval: Interval?, _ words: (Double) -> String) -> Cell {
      Cell(interval.map { "\(words($0.low)) to \(words($0.high))" } ?? style.absent)
    }
    let group = report.by.map { by in
      [TableColumn<ForecastReport.Month>("group", title: by) { Cell(($0.group ?? "").isEmpty ? style.absent : $0.group ?? "") }]
    }
    return Table(
      report.months,
      columns: (group ?? []) + [
        TableColumn("month", kind: .number) { Cell("\($0.month)") },
        TableColumn("from", kind: .word, importance: 0) { Cell($0.from.description) },
        TableColumn("to", kind: .word, importance: 1) { Cell($0.to.description) },
        TableColumn("accounts", kind: .number, importance: 2) { Cell(Human.count($0.accounts)) },
        TableColumn("expected", kind: .number) { Cell($0.expected.map { Human.number($0, decimals: 1) } ?? style.absent) },
        TableColumn("interval", kind: .word) { range($0.interval) { Human.number($0) } },
        TableColumn("amount", kind: .number) { Cell($0.amount.map(Human.money) ?? style.absent) },
        TableColumn("amount_interval", title: "interval", kind: .word, importance: 3) { range($0.amountInterval, Human.money) },
        TableColumn("past", title: "past outcomes", kind: .number, importance: 1) { Cell(Human.count($0.pastOutcomes)) },
      ])
  }

  private var listed: ArraySlice<ForecastReport.Row> { report.rows.prefix(most ?? .max) }
  private var monthCount: Int { report.rows.first?.probabilities.count ?? 0 }

  private func accounts(_ style: Style) -> Table {
    Table(
      listed,
      columns: [
        TableColumn("account", text: \.account), TableColumn("name", importance: 2, text: \.name),
        TableColumn("score", kind: .number) { Cell(Human.score(Card.shown($0.score), style: style)) }, TableColumn("band", text: \.band),
        TableColumn("revenue", kind: .number, importance: 1) { Cell($0.revenue.map(Human.money) ?? style.absent) },
        TableColumn("total", title: "in all", kind: .number) { Cell(percent($0.total)) },
      ]
        + (0..<monthCount).map { month in
          TableColumn("month_\(month + 1)", title: "month \(month + 1)", kind: .number, importance: 0) {
            Cell($0.probabilities[month].map(percent) ?? style.absent)
          }
        },
      whenEmpty: "Nobody is at risk.")
  }

  private func percent(_ share: Double) -> String { "\(Human.number(share * 100, decimals: 1)) %" }

  var records: Records {
    if isList {
      return Records(
        listed,
        fields: [
          RecordField("account", \.account), RecordField("name", \.name), RecordField("card") { [report] _ in report.card },
          RecordField("outcome") { [report] _ in report.outcome }, RecordField("as_of") { [report] _ in report.asOf },
          RecordField("score", \.score), RecordField("band", \.band), RecordField("revenue", \.revenue), RecordField("total", \.total),
        ] + (0..<monthCount).map { month in RecordField("month_\(month + 1)") { $0.probabilities[month] } })
    }
    return Records(
      report.months,
      fields: [
        RecordField("card") { [report] _ in report.card }, RecordField("outcome") { [report] _ in report.outcome },
        RecordField("as_of") { [report] _ in report.asOf }, RecordField("month", \.month), RecordField("from", \.from),
        RecordField("to", \.to), RecordField("group", \.group), RecordField("accounts", \.accounts), RecordField("expected", \.expected),
        RecordField("low") { $0.interval?.low }, RecordField("high") { $0.interval?.high }, RecordField("amount", \.amount),
        RecordField("amount_low") { $0.amountInterval?.low }, RecordField("amount_high") { $0.amountInterval?.high },
        RecordField("past_outcomes", \.pastOutcomes), RecordField("why", \.why),
      ])
  }
}
