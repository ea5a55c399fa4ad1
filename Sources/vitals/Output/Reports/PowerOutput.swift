import Health
import Reports

/// The power of a card's inputs, for people and machines.
struct PowerOutput: Report {
  let report: PowerReport

  var title: String {
    let only = report.filter.isEmpty ? "" : " where \(report.filter)"
    return "inputs of \(report.card) against \(report.outcome) within \(report.horizon) days, \(report.from) to \(report.to)\(only)"
  }

  var notes: [String] {
    [
      "\(Human.count(report.overall.n)) observations on \(Human.plural(report.days, "day")), \(Human.count(report.overall.events)) followed by the "
        + "outcome (\(Human.plural(report.overall.outcomes, "account"))); AUC of the whole score \(words(report.overall))",
      "odds: what one standard deviation of points towards risk does to the odds of the outcome, by this input alone",
    ]
  }

  func blocks(_ style: Style) -> [Block] {
    var blocks: [Block] = [.table(table(style)), .gap]
    if !report.together.isEmpty {
      blocks.append(.heading("Linked by correlations above 0.5, one to the next"))
      blocks += report.together.map { .paragraph($0.map(name).joined(separator: " · ")) }
      blocks.append(.gap)
    }
    blocks.append(.paragraph(suggestion(style)))
    return blocks
  }

  private func name(_ place: Int) -> String { "\(report.inputs[place].signal) (\(report.inputs[place].measure))" }

  private func words(_ ranking: JudgedRanking) -> String {
    guard let auc = ranking.auc, let interval = ranking.interval else { return "not enough to say" }
    return "\(three(auc)) (\(three(interval.low)) to \(three(interval.high)))"
  }

  private func three(_ value: Double) -> String { Human.number(value, decimals: 3) }

  private func suggestion(_ style: Style) -> String {
    guard let suggested = report.suggestion else { return "No weights are suggested: \(report.whyNone ?? "")." }
    var text = "The suggested weights were learned from the days \(suggested.trainedFrom) to \(suggested.trainedTo). "
    if let auc = suggested.auc, let own = suggested.own, let interval = suggested.interval, let difference = suggested.difference {
      let change = { (value: Double) in Human.change(value, decimals: 3, style: style) }
      text += "On \(suggested.judgedFrom) to \(suggested.judgedTo) their AUC is \(three(auc)), that of the card \(three(own)): "
      text += "\(change(difference)), 95 % interval \(change(interval.low)) to \(change(interval.high)). "
      text += interval.low > 0 ? "They are better." : interval.high < 0 ? "They are worse." : "That may be chance."
    } else {
      text += "There is not enough to say how they do on the days after."
    }
    return text
  }

  private func table(_ style: Style) -> Table {
    Table(
      report.inputs,
      columns: [
        TableColumn("signal", text: \.signal),
        TableColumn("measure", importance: 3, text: \.measure),
        TableColumn("group", importance: 0, text: \.group),
        TableColumn("weight", kind: .number) { Cell(Human.percent($0.weight)) },
        TableColumn("suggested", kind: .number, importance: 1) {
          Cell($0.suggested.map { $0 > 0 ? Human.percent($0) : style.absent } ?? "")
        },
        TableColumn("known", kind: .number, importance: 2) { Cell(Human.percent($0.known)) },
        TableColumn("auc", title: "AUC", kind: .number) { Cell($0.ranking.auc.map(three) ?? style.absent) },
        TableColumn("interval", title: "95 % interval", kind: .word, importance: 4) {
          Cell($0.ranking.interval.map { "\(three($0.low)) to \(three($0.high))" } ?? style.absent)
        },
        TableColumn("odds", kind: .number, importance: 1) {
          Cell($0.oddsRatio.map { "× \(Human.number($0, decimals: 2))" } ?? style.absent)
        },
        TableColumn("verdict", title: "", importance: 5) { Cell($0.verdict.words, $0.verdict == .against ? .red : .plain) },
      ])
  }

  var records: Records {
    Records(
      report.inputs.enumerated().map { ($0, $1) },
      fields: [
        RecordField("card") { [report] _ in report.card }, RecordField("outcome") { [report] _ in report.outcome },
        RecordField("group") { $0.1.group }, RecordField("signal") { $0.1.signal }, RecordField("measure") { $0.1.measure },
        RecordField("weight") { $0.1.weight }, RecordField("suggested") { $0.1.suggested }, RecordField("known") { $0.1.known },
        RecordField("n") { $0.1.ranking.n }, RecordField("events") { $0.1.ranking.events }, RecordField("auc") { $0.1.ranking.auc },
        RecordField("auc_low") { $0.1.ranking.interval?.low }, RecordField("auc_high") { $0.1.ranking.interval?.high },
        RecordField("verdict") { $0.1.verdict.rawValue }, RecordField("odds_ratio") { $0.1.oddsRatio },
        RecordField("together") { [report] item in report.together.firstIndex { $0.contains(item.0) }.map { $0 + 1 } },
      ])
  }

  var json: JSONValue {
    .object([
      "card": report.card, "outcome": report.outcome, "direction": report.isBad ? "down" : "up", "horizon": report.horizon,
      "from": report.from, "to": report.to, "days": report.days, "filter": report.filter, "overall": report.overall.json,
      "inputs": JSONValue.array(records.objects), "why_none": report.whyNone, "suggestion": report.suggestion?.json ?? JSONValue.null,
    ])
  }
}

extension PowerReport.Input.Verdict {
  fileprivate var words: String {
    switch self {
    case .with: "tells"
    case .against: "tells the other way"
    case .silent: "tells nothing"
    case .unsaid: "not enough to say"
    case .dead: "dead"
    }
  }
}

extension PowerReport.Suggestion {
  fileprivate var json: JSONValue {
    .object([
      "trained_from": trainedFrom, "trained_to": trainedTo, "judged_from": judgedFrom, "judged_to": judgedTo, "auc": auc, "own_auc": own,
      "difference": difference, "difference_low": interval?.low, "difference_high": interval?.high, "card": card,
    ])
  }
}
