import Health
import Reports

/// A backtest, for people and machines.
struct BacktestOutput: Report {
  let report: BacktestReport

  var title: String {
    let only = report.filter.isEmpty ? "" : " where \(report.filter)"
    let known = report.knowing == .now ? ", with all that is known now" : ""
    return "\(report.card) against \(report.outcome) within \(report.horizon) days, \(report.from) to \(report.to)\(known)\(only)"
  }

  var notes: [String] {
    var notes = [
      "Scored on \(Human.plural(report.days, "day")), every \(report.every), with what was known "
        + (report.knowing == .then ? "\(Human.plural(report.lag, "day")) later" : "by now")
    ]
    if report.knowing == .now { notes.append("This is no test of a prediction: it also knows what was told after the day.") }
    if report.lateShare > 0.5 {
      notes.append(
        "\(Human.percent(report.lateShare)) of the facts became known more than a month after their day and not by a backfill, so little "
          + "was known then; `vitals imports mark N --backfill` says that an import is history")
    }
    return notes
  }

  func blocks(_ style: Style) -> [Block] {
    var blocks: [Block] = [.paragraph(verdict(style)), .paragraph(figures(style)), .gap, .table(bands(style))]
    if let precision = report.precision, let recall = report.recall {
      blocks.append(
        .paragraph(
          "The worst band holds \(Human.percent(recall)) of the events; \(Human.percent(precision)) of its observations were followed by one."
        ))
    }
    if !report.leads.isEmpty { blocks += [.gap, .heading("Before the event"), .table(leads(style))] }
    if let rival = report.against { blocks += [.gap, .heading("Against \(rival.card)"), .paragraph(words(rival, style))] }
    if let by = report.by { blocks += [.gap, .heading("By \(by)"), .table(segments(by, style))] }
    if !report.calibration.isEmpty {
      blocks += [.gap, .heading(report.isBad ? "By tenths of risk" : "By tenths of the score"), .table(calibration(style))]
    }
    if !report.floors.isEmpty { blocks += [.gap, .heading("Floors"), .table(floors(style))] }
    return blocks
  }

  // MARK: In words

  func verdict(_ style: Style) -> String {
    let (overall, name) = (report.overall, report.outcome)
    guard let auc = overall.auc, let interval = overall.interval else {
      let least = JudgedRanking.leastOutcomes
      if overall.isEnough { return "No intervals were asked for, and so there is no AUC." }
      return
        "Not enough to say: \(Human.plural(overall.outcomes, "account")) had the outcome, and \(least) with and \(least) without it are needed."
    }
    let figures = "AUC \(three(auc)), 95 % interval \(words(interval, style))"
    if interval.low > 0.5 {
      return "It tells who is \(report.isBad ? "at risk of" : "on the way to") \(name) better than chance: \(figures)."
    }
    if interval.high < 0.5 { return "It points the wrong way for \(name): \(figures)." }
    return "It does not predict \(name): \(figures), which covers 0.5."
  }

  func figures(_ style: Style) -> String {
    let overall = report.overall
    var text = "\(Human.count(overall.n)) observations, \(Human.count(overall.events)) of them followed by the outcome"
    if let rate = overall.baseRate { text += " (\(percent(rate)), \(Human.plural(overall.outcomes, "account")))" }
    if let lift = overall.liftTopDecile {
      text += "; the tenth \(report.isBad ? "at most risk" : "with the best scores") has \(Human.number(lift, decimals: 1)) times that rate"
    }
    if report.unknown > 0 { text += "; \(Human.count(report.unknown)) unknown left out" }
    return text + "."
  }

  private func words(_ rival: BacktestReport.Rival, _ style: Style) -> String {
    guard let auc = rival.auc, let other = rival.other, let difference = rival.difference, let interval = rival.interval else {
      return "Not enough to say on the \(Human.plural(rival.n, "observation")) that both know."
    }
    let who =
      interval.low > 0 ? report.card + " is better" : interval.high < 0 ? rival.card + " is better" : "neither is better than the other"
    return
      "AUC \(three(auc)) against \(three(other)) on \(Human.plural(rival.n, "observation")): a difference of \(Human.change(difference, decimals: 3, style: style)), "
      + "95 % interval \(Human.change(interval.low, decimals: 3, style: style)) to \(Human.change(interval.high, decimals: 3, style: style)); \(who)."
  }

  private func words(_ interval: Interval?, _ style: Style) -> String {
    interval.map { "\(three($0.low)) to \(three($0.high))" } ?? style.absent
  }

  private func three(_ value: Double) -> String { Human.number(value, decimals: 3) }
  private func percent(_ share: Double) -> String { "\(Human.number(share * 100, decimals: 1)) %" }

  // MARK: Tables

  private func bands(_ style: Style) -> Table {
    Table(
      report.bands,
      columns: [
        TableColumn("band") { Cell($0.band, Ink(colorWord: $0.color ?? "")) },
        TableColumn("observations", kind: .number) { Cell(Human.count($0.observations)) },
        TableColumn("events", kind: .number) { Cell(Human.count($0.events)) },
        TableColumn("rate", kind: .number) { Cell($0.rate.map(percent) ?? style.absent) },
        TableColumn("lift", title: "× base", kind: .number) { Cell($0.lift.map { Human.number($0, decimals: 1) } ?? style.absent) },
        TableColumn("amount", kind: .number, importance: 0) { Cell($0.amount.map(Human.money) ?? style.absent) },
      ])
  }

  private func leads(_ style: Style) -> Table {
    Table(
      report.leads,
      columns: [
        TableColumn("lead", title: "days before", kind: .number) { Cell("\(max(0, $0.days - report.every) + 1) to \($0.days)") },
        TableColumn("events", kind: .number) { Cell(Human.count($0.ranking.events)) },
        TableColumn("mean_with", title: "their score", kind: .number) {
          Cell($0.meanWith.map { Human.number($0, decimals: 1) } ?? style.absent)
        },
        TableColumn("mean_without", title: "of the others", kind: .number, importance: 1) {
          Cell($0.meanWithout.map { Human.number($0, decimals: 1) } ?? style.absent)
        },
      ] + ranking(\.ranking, style))
  }

  private func segments(_ by: String, _ style: Style) -> Table {
    Table(
      report.segments,
      columns: [
        TableColumn("segment", title: by) { Cell($0.value.isEmpty ? style.absent : $0.value) },
        TableColumn("n", title: "observations", kind: .number) { Cell(Human.count($0.ranking.n)) },
        TableColumn("events", kind: .number) { Cell(Human.count($0.ranking.events)) },
        TableColumn("rate", kind: .number) { Cell($0.ranking.baseRate.map(percent) ?? style.absent) },
      ] + ranking(\.ranking, style))
  }

  private func ranking<Row>(_ ranking: @escaping (Row) -> JudgedRanking, _ style: Style) -> [TableColumn<Row>] {
    [
      TableColumn("auc", title: "AUC", kind: .number) { Cell(ranking($0).auc.map(three) ?? style.absent) },
      TableColumn("auc_interval", title: "95 % interval", kind: .word, importance: 2) { Cell(words(ranking($0).interval, style)) },
      TableColumn("verdict", title: "", importance: 0) { row in
        Cell(ranking(row).interval.map { $0.low > 0.5 ? "predicts" : "does not predict" } ?? "not enough to say")
      },
    ]
  }

  private func calibration(_ style: Style) -> Table {
    Table(
      report.calibration,
      columns: [
        TableColumn("score", title: "mean score", kind: .number) {
          Cell(Human.number(report.isBad ? 100 - $0.predicted * 100 : $0.predicted * 100, decimals: 1))
        },
        TableColumn("observations", kind: .number) { Cell(Human.count($0.observations)) },
        TableColumn("events", kind: .number) { Cell(Human.count($0.events)) },
        TableColumn("rate", kind: .number) { Cell(percent($0.observed)) },
      ])
  }

  func floors(_ style: Style) -> Table {
    Table(
      report.floors,
      columns: [
        TableColumn("floor", importance: 3, least: 16) { Cell($0.kind.words) },
        TableColumn("value", title: "is", kind: .number) { Cell($0.words($0.value) ?? style.absent) },
        TableColumn("bound", title: "should be", kind: .word, importance: 0) { Cell($0.boundWords) },
        TableColumn("holds", title: "", importance: 2) {
          Cell($0.holds.map { $0 ? "holds" : "fails" } ?? "does not apply: \($0.why ?? "")", $0.holds == false ? .red : .plain)
        },
      ])
  }
}

extension BacktestReport.Floor {
  fileprivate func words(_ value: Double?) -> String? {
    value.map { kind == .worstBandLift ? "\(Human.number($0, decimals: 1)) ×" : "\(Human.number($0 * 100)) %" }
  }
  fileprivate var boundWords: String { "\(kind == .bestBandShare ? "at most" : "at least") \(words(bound) ?? "")" }
}

extension BacktestReport.Floor.Kind {
  fileprivate var words: String {
    switch self {
    case .worstBandLift: "rate of the worst band, of the base rate"
    case .seenComing: "events below the best band 75 days before"
    case .bestBandShare: "share of the book in the best band"
    }
  }
}
