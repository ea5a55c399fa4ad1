import Health
import Reports

// For machines. CSV has a row for each thing that is judged; what it is says `part`, which one `name`.
extension BacktestOutput {
  private struct Row {
    var part: String
    var name = ""
    var n: Int?
    var events: Int?
    var outcomes: Int?
    var rate: Double?
    var lift: Double?
    var auc: Double?
    var interval: Interval?
    var amount: Double?
    var value: Double?
    var bound: Double?
    var holds: Bool?

    init(_ part: String, _ name: String = "") { (self.part, self.name) = (part, name) }

    init(_ part: String, _ name: String, _ ranking: JudgedRanking) {
      self.init(part, name)
      (n, events, outcomes, rate) = (ranking.n, ranking.events, ranking.outcomes, ranking.baseRate)
      (lift, auc, interval) = (ranking.liftTopDecile, ranking.auc, ranking.interval)
    }
  }

  private var rows: [Row] {
    var rows = [Row("overall", report.card, report.overall)]
    rows += report.bands.map { band in
      var row = Row("band", band.band)
      (row.n, row.events, row.rate, row.lift, row.amount) = (band.observations, band.events, band.rate, band.lift, band.amount)
      return row
    }
    rows += report.calibration.enumerated().map { place, bin in
      var row = Row("calibration", "\(place + 1)")
      (row.n, row.events, row.rate, row.value) = (bin.observations, bin.events, bin.observed, bin.predicted)
      return row
    }
    for (name, value) in [
      ("precision", report.precision), ("recall", report.recall), ("average_precision", report.overall.averagePrecision),
    ] {
      var row = Row("figure", name)
      row.value = value
      rows.append(row)
    }
    rows += report.scores.map { bin in
      var row = Row("scores", "\(bin.from)")
      (row.n, row.events) = (bin.with + bin.without, bin.with)
      return row
    }
    rows += report.leads.map { lead in
      var row = Row("lead", "\(lead.days)d", lead.ranking)
      row.value = lead.meanWith
      return row
    }
    rows += report.segments.map { Row("segment", $0.value, $0.ranking) }
    rows += report.floors.map { floor in
      var row = Row("floor", floor.kind.rawValue)
      (row.value, row.bound, row.holds) = (floor.value, floor.bound, floor.holds)
      return row
    }
    if let rival = report.against {
      var row = Row("against", rival.card)
      (row.n, row.auc, row.value, row.interval) = (rival.n, rival.other, rival.difference, rival.interval)
      rows.append(row)
    }
    return rows
  }

  var records: Records {
    Records(
      rows,
      fields: [
        RecordField("card") { [report] _ in report.card }, RecordField("outcome") { [report] _ in report.outcome },
        RecordField("horizon") { [report] _ in report.horizon }, RecordField("from") { [report] _ in report.from },
        RecordField("to") { [report] _ in report.to }, RecordField("part", \.part), RecordField("name", \.name), RecordField("n", \.n),
        RecordField("events", \.events), RecordField("outcomes", \.outcomes), RecordField("rate", \.rate), RecordField("lift", \.lift),
        RecordField("auc", \.auc), RecordField("low") { $0.interval?.low }, RecordField("high") { $0.interval?.high },
        RecordField("amount", \.amount), RecordField("value", \.value), RecordField("bound", \.bound), RecordField("holds", \.holds),
      ])
  }

  var json: JSONValue {
    let overall = report.overall
    return .object([
      "card": report.card, "outcome": report.outcome, "direction": report.isBad ? "down" : "up", "horizon": report.horizon,
      "every": report.every, "from": report.from, "to": report.to, "days": report.days, "known_by": report.knowing.rawValue,
      "filter": report.filter, "n": overall.n, "events": overall.events, "outcomes": overall.outcomes, "base_rate": overall.baseRate,
      "auc": overall.auc, "auc_low": overall.interval?.low, "auc_high": overall.interval?.high, "predicts": overall.predicts,
      "average_precision": overall.averagePrecision, "lift_top_decile": overall.liftTopDecile, "unknown": report.unknown,
      "bands": JSONValue.array(report.bands.map(\.json)), "precision": report.precision, "recall": report.recall,
      "calibration": JSONValue.array(report.calibration.map(\.json)), "scores": JSONValue.array(report.scores.map(\.json)),
      "leads": JSONValue.array(report.leads.map(\.json)), "by": report.by,
      "segments": JSONValue.array(report.segments.map { .object(["value": $0.value, "ranking": $0.ranking.json]) }),
      "floors": JSONValue.array(report.floors.map(\.json)), "against": report.against?.json ?? JSONValue.null,
      "late_share": report.lateShare,
    ])
  }
}

extension JudgedRanking {
  var json: JSONValue {
    .object([
      "n": n, "events": events, "outcomes": outcomes, "base_rate": baseRate, "auc": auc, "auc_low": interval?.low,
      "auc_high": interval?.high, "average_precision": averagePrecision, "lift_top_decile": liftTopDecile,
    ])
  }
}

extension BacktestReport.Band {
  fileprivate var json: JSONValue {
    .object(["band": band, "n": observations, "events": events, "rate": rate, "lift": lift, "amount": amount])
  }
}

extension CalibrationBin {
  fileprivate var json: JSONValue { .object(["n": observations, "events": events, "predicted": predicted, "rate": observed]) }
}

extension BacktestReport.ScoreBin {
  fileprivate var json: JSONValue { .object(["from": from, "with": with, "without": without]) }
}

extension BacktestReport.Lead {
  fileprivate var json: JSONValue {
    .object(["days": days, "mean_with": meanWith, "mean_without": meanWithout, "ranking": ranking.json])
  }
}

extension BacktestReport.Floor {
  fileprivate var json: JSONValue { .object(["floor": kind.rawValue, "value": value, "bound": bound, "holds": holds, "why": why]) }
}

extension BacktestReport.Rival {
  fileprivate var json: JSONValue {
    .object([
      "card": card, "n": n, "auc": auc, "other_auc": other, "difference": difference, "difference_low": interval?.low,
      "difference_high": interval?.high,
    ])
  }
}
