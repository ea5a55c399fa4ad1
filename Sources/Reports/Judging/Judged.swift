import Health

/// All observations of a backtest, and what they come to.
struct Judged {
  private(set) var all: [Observation] = []
  /// By observation.
  private(set) var risks: [Double] = []
  private var segmentOf: [String] = []
  /// The days that were looked at.
  let days: [Day]
  var unknown = 0

  init(days: [Day]) { self.days = days }

  mutating func add(_ one: Observation, risk: Double, segment: String?) {
    all.append(one)
    risks.append(risk)
    if let segment { segmentOf.append(segment) }
  }

  func ranking(_ rounds: Int, where isMeant: (Int) -> Bool) -> JudgedRanking {
    let chosen = all.indices.filter(isMeant)
    return JudgedRanking(
      risks: chosen.map { risks[$0] }, happened: chosen.map { all[$0].happened }, accounts: chosen.map { all[$0].account }, rounds: rounds)
  }

  func bands(_ selection: CardSelection, _ overall: JudgedRanking) -> [BacktestReport.Band] {
    var bands = BandTally(selection.cards).counts.map { BacktestReport.Band(band: $0.band, color: $0.color) }
    struct Outcome: Hashable {
      var account: Int
      var day: Int
    }
    var last: [Outcome: Int] = [:]  // several observations see one outcome coming; its amount is that of the last
    for (place, one) in all.enumerated() {
      bands[one.band].observations += 1
      guard let ahead = one.ahead else { continue }
      bands[one.band].events += 1
      last[Outcome(account: one.account, day: Int(days[one.day].number) + ahead)] = place
    }
    for place in last.values.sorted() where !all[place].amount.isNaN {
      bands[all[place].band].amount = (bands[all[place].band].amount ?? 0) + all[place].amount
    }
    guard overall.isEnough else { return bands }
    for place in bands.indices where bands[place].observations > 0 {
      let rate = Double(bands[place].events) / Double(bands[place].observations)
      bands[place].rate = rate
      bands[place].lift = overall.baseRate.flatMap { $0 > 0 ? rate / $0 : nil }
    }
    return bands
  }

  func worst(_ overall: JudgedRanking) -> (precision: Double?, recall: Double?) {
    guard overall.isEnough else { return (nil, nil) }
    let (inIt, events) = (all.filter(\.isWorst), all.count(where: \.happened))
    let hits = Double(inIt.count(where: \.happened))
    return (inIt.isEmpty ? nil : hits / Double(inIt.count), events == 0 ? nil : hits / Double(events))
  }

  func scores() -> [BacktestReport.ScoreBin] {
    var bins = (0..<10).map { BacktestReport.ScoreBin(from: $0 * 10) }
    for one in all {
      let bin = min(9, max(0, Int(one.score / 10)))
      if one.happened { bins[bin].with += 1 } else { bins[bin].without += 1 }
    }
    return bins
  }

  /// The last step before the lead: of each outcome one observation.
  func lead(_ days: Int, every: Int, _ rounds: Int) -> BacktestReport.Lead {
    func isBefore(_ one: Observation) -> Bool { one.ahead.map { $0 > days - every && $0 <= days } ?? false }
    let with = all.filter(isBefore).map(\.score)
    let without = all.filter { !$0.happened }.map(\.score)
    func mean(_ scores: [Double]) -> Double? { scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count) }
    return BacktestReport.Lead(
      days: days, ranking: ranking(rounds) { !all[$0].happened || isBefore(all[$0]) }, meanWith: mean(with), meanWithout: mean(without))
  }

  func segments(_ rounds: Int) -> [BacktestReport.Segment] {
    Set(segmentOf).sorted().map { value in
      BacktestReport.Segment(value: value, ranking: ranking(rounds) { segmentOf[$0] == value })
    }
  }

  // MARK: Floors

  /// Days before an event at which it should be seen coming.
  private static let warning = 75

  func floors(_ request: JudgingRequest, _ overall: JudgedRanking) -> [BacktestReport.Floor] {
    let inWorst = all.count(where: \.isWorst)
    let (precision, _) = worst(overall)
    let lift = precision.flatMap { rate in overall.baseRate.flatMap { $0 > 0 ? rate / $0 : nil } }
    var first = BacktestReport.Floor(kind: .worstBandLift, bound: 3, value: lift)
    if inWorst * 3 > all.count {
      first.why = "the worst band holds over a third of the observations"
    } else if !overall.isEnough {
      first.why = "fewer than \(JudgedRanking.leastOutcomes) accounts had the outcome, or had not"
    } else {
      first.holds = lift.map { $0 >= 3 }
      if lift == nil { first.why = "nobody was in the worst band" }
    }
    return [first, seenComing(request), bestBandShare()]
  }

  private func seenComing(_ request: JudgingRequest) -> BacktestReport.Floor {
    var floor = BacktestReport.Floor(kind: .seenComing, bound: 2.0 / 3)
    let half = Double(request.every) / 2
    guard request.outcome.isEvent, Double(request.horizon) >= Double(Self.warning) + half else {
      floor.why =
        request.outcome.isEvent
        ? "the horizon is shorter than \(Self.warning + request.every / 2) days" : "an absence has no day before which to look"
      return floor
    }
    let before = all.filter { one in
      one.ahead.map { Double($0) > Double(Self.warning) - half && Double($0) <= Double(Self.warning) + half } ?? false
    }
    guard before.count >= JudgedRanking.leastOutcomes else {
      floor.why = "fewer than \(JudgedRanking.leastOutcomes) events were known \(Self.warning) days before"
      return floor
    }
    let share = Double(before.count { !$0.isBest }) / Double(before.count)
    (floor.value, floor.holds) = (share, share >= floor.bound)
    return floor
  }

  private func bestBandShare() -> BacktestReport.Floor {
    var floor = BacktestReport.Floor(kind: .bestBandShare, bound: 0.8)
    let byDay = Dictionary(grouping: all, by: \.day).sorted { $0.key < $1.key }.map(\.value)
    guard !byDay.isEmpty else {
      floor.why = "nobody was scored"
      return floor
    }
    let share = byDay.reduce(0) { $0 + Double($1.count(where: \.isBest)) / Double($1.count) } / Double(byDay.count)
    (floor.value, floor.holds) = (share, share <= floor.bound)
    return floor
  }

  // MARK: Another card

  /// Both cards on the observations that both know.
  func rival(_ selection: CardSelection, _ observations: Observations, _ rounds: Int) throws -> BacktestReport.Rival {
    struct Key: Hashable {
      var account: Int
      var day: Int
    }
    var others: [Key: Double] = [:]
    try observations.forEach { one, _ in others[Key(account: one.account, day: one.day)] = observations.risk(one.score) }
    let pairs = all.indices.compactMap { place in
      others[Key(account: all[place].account, day: all[place].day)].map { (place, $0) }
    }
    let happened = pairs.map { all[$0.0].happened }
    let accounts = JudgedRanking.numbered(pairs.map { all[$0.0].account })
    let own = RankedOutcomes(risks: pairs.map { risks[$0.0] }, happened: happened, clusters: accounts)
    let other = RankedOutcomes(risks: pairs.map(\.1), happened: happened, clusters: accounts)
    var rival = BacktestReport.Rival(card: selection.name, n: pairs.count)
    guard JudgedRanking.outcomes(of: accounts, happened).areEnough, rounds > 1, let a = own.auc, let b = other.auc else { return rival }
    rival.interval = own.aucDifference(from: other, rounds: rounds)
    (rival.auc, rival.other, rival.difference) = (a, b, a - b)
    return rival
  }
}
