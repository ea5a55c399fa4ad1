import Health
import Reports

extension BookReport: TableReport {
  var title: String {
    let known = knownBy.map { ", known by \(InstantText.machine($0))" } ?? ""
    let only = filter.isEmpty ? "" : " where \(filter)"
    let what = next.map { "renewals of the next \(Human.plural($0, "day"))" } ?? "book"
    return "\(what) under \(card) as of \(asOf)\(known): \(rows.count) of \(Human.plural(accounts, "account"))\(only)"
  }

  var notes: [String] {
    var notes = ["rank = revenue × risk × nearness of renewal"]
    if rows.contains(where: { !$0.isRevenueKnown }) { notes.append("~ revenue is not known: the median of the book") }
    let pending = rows.filter { !$0.pending.isEmpty }
    if !pending.isEmpty {
      let words = pending.prefix(10).map { "\($0.account): \($0.pending.joined(separator: ", "))" }.joined(separator: "; ")
      notes.append("not yet in the score: \(words)\(pending.count > 10 ? "; …" : "")")
    }
    return notes
  }

  func table(_ style: Style) -> Table {
    Table(
      rows,
      columns: [
        TableColumn("account", text: \.account),
        TableColumn("name", importance: 5, text: \.name),
        TableColumn("rank", kind: .number) { Cell(Human.money($0.rank)) },
        TableColumn("revenue", kind: .number) { Cell(($0.isRevenueKnown ? "" : "~") + Human.money($0.revenue)) },
        TableColumn("risk", kind: .number) { Cell(Human.number($0.risk, decimals: 2)) },
        TableColumn("nearness", title: "near", kind: .number) { Cell(Human.number($0.nearness, decimals: 2)) },
        TableColumn("score", kind: .number) { $0.standing.scoreCell(style) },
        TableColumn("band", kind: .word) { Cell($0.standing.band, Ink(colorWord: $0.standing.color ?? "gray")) },
        TableColumn("trend_30d", title: "30 d", kind: .number, importance: 4) { Cell(TrendText.text($0.standing.trend, style: style)) },
        TableColumn("renewal_on", title: "renewal", kind: .word, importance: 6) { Cell($0.renewalOn?.description ?? style.absent) },
        TableColumn("csm", importance: 1) { Cell($0.csm ?? "") },
      ] + TableColumn.extras(with, of: rows, style) + [
        TableColumn("marks", title: "look at", importance: 3) { Cell($0.marks.joined(separator: ", ")) },
        TableColumn("play", importance: 2, least: 16) { Cell($0.play ?? "") },
      ],
      whenEmpty: "No account fits.")
  }

  var records: Records {
    Records(
      rows,
      fields: [
        RecordField("account", \.account), RecordField("name", \.name), RecordField("csm", \.csm), RecordField("card") { $0.standing.card },
        RecordField("as_of") { $0.standing.asOf }, RecordField("rank", \.rank), RecordField("revenue", \.revenue),
        RecordField("revenue_known", \.isRevenueKnown), RecordField("risk", \.risk), RecordField("nearness", \.nearness),
        RecordField("score") { $0.standing.score }, RecordField("shown") { $0.standing.shown }, RecordField("band") { $0.standing.band },
        RecordField("coverage") { $0.standing.coverage }, RecordField("trend_30d") { $0.standing.trend },
        RecordField("renewal_on", \.renewalOn), RecordField("dropped_from", \.droppedFrom), RecordField("pulse_overdue", \.pulseOverdue),
        RecordField("play", \.play), RecordField("pending", \.pending),
      ] + RecordField.extras(with))
  }
}

extension BookReport.Row {
  fileprivate var marks: [String] {
    let dropped = droppedFrom.map { "dropped from \($0)" }
    let pulse = pulseOverdue.map { "pulse \($0) d old" }
    let typed = pending.isEmpty ? nil : "\(pending.count) not yet in the score"
    return [dropped, pulse, typed].compactMap { $0 }
  }
}
