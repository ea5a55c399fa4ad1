import Health
import Reports
import Storage
import Testing

/// Sixty accounts over ten months: usage is told every week, half of them leave, and who uses less is a little more likely to.
///
/// A month after an account left, somebody enters that its usage had been 0 since seven weeks before: late, and true only of those
/// that left. Whoever looks at what is known now sees it in the past.
private final class Leavers {
  static let first = Day(year: 2025, month: 6, day: 1)!
  static let last = first + 300
  static let accounts = (0..<60).map { "a\($0 < 10 ? "0" : "")\($0)" }
  static let catalogue = Catalogue([
    Signal(key: "product.usage", kind: .gauge, expire: 400), Signal(key: "financial.renewal_on", kind: .date, expire: 800),
    Signal(key: "product.visits", kind: .count, darkAfter: 60),
  ])
  static let card = Card(
    name: "usage", outcome: .event("churn"), horizon: 60,
    bands: [
      Card.Band(name: "low", color: "red", start: 0), Card.Band(name: "middle", color: "yellow", start: 30),
      Card.Band(name: "high", color: "green", start: 60),
    ],
    groups: [
      Card.Group(
        name: "use", weight: 1,
        inputs: [
          Card.Input(expression: Expression("product.usage"), curve: .points([.init(0, 0), .init(100, 100)]), weight: 1, missing: .skip)
        ])
    ])

  let sample: SampleHistory
  /// By account.
  private(set) var churns: [String: Day] = [:]

  /// Outcomes are told up to `told`, and the weekly feed is silent in the weeks of `silent`.
  init(hasLeak: Bool, churning: Int = 30, told: Day = last, silent: ClosedRange<Int>? = nil) throws {
    sample = try SampleHistory()
    var draws = SeededDraws(seed: 9)
    for (index, account) in Self.accounts.enumerated() where index < churning { churns[account] = Self.first + 90 + draws.below(200) }
    try sample.take(
      "crm", fileDay: Self.first, at: night(after: Self.first),
      Self.accounts.flatMap { account -> [(String, SampleHistory.Fact)] in
        [
          (account, .attribute("started", from: Self.first, "2024-01-01")),
          (account, .attribute("size", from: Self.first, account < "a15" ? "small" : "large")),
          (account, .reading("financial.renewal_on", .date, on: Moment(Self.first), Double((Self.first + 200).number))),
        ]
      })
    for week in 0...42 {
      let day = Self.first + week * 7
      if silent?.contains(week) ?? false { continue }
      try sample.take(
        "usage", fileDay: day, at: night(after: day),
        Self.accounts.flatMap { account -> [(String, SampleHistory.Fact)] in
          let level = Double(draws.below(80) + (churns[account] == nil ? 20 : 0))
          let visits = account < "a20" && week > 20 ? 0.0 : 1.0
          return [
            (account, .reading("product.usage", .gauge, on: Moment(day), level)),
            (account, .reading("product.visits", .count, on: Moment(day), visits)),
          ]
        })
    }
    for (account, day) in churns.sorted(by: { $0.key < $1.key }) where day <= told {
      try sample.take(
        "outcomes", fileDay: day, at: night(after: day), [(account, .event("outcome.churn", .event, on: Moment(day), 100, id: account))])
      guard hasLeak, day + 30 < Self.last else { continue }
      let late = (1...49).map { (account, SampleHistory.Fact.reading("product.usage", .gauge, on: Moment(day - $0), 0)) }
      try sample.take("corrections", fileDay: day + 30, at: night(after: day + 30), late)
    }
    try sample.take("usage", fileDay: Self.last, at: night(after: Self.last), [])
    try sample.take("outcomes", fileDay: told, at: night(after: told), event: "outcome.churn", [])
  }

  func viewpoint(knownBy: Int64? = nil) throws -> Viewpoint { try sample.viewpoint(Self.catalogue, knownBy: knownBy) }

  func backtest(_ request: JudgingRequest? = nil, by: String? = nil, against: Card? = nil, leads: [Int] = [60, 30]) throws -> BacktestReport
  {
    try BacktestReport(
      viewpoint(), .card(Self.card), request ?? Self.request(), leads: leads, by: by, against: against.map { .card($0) }, today: Self.last)
  }

  static func request(_ change: (inout JudgingRequest) -> Void = { _ in }) -> JudgingRequest {
    var request = JudgingRequest(outcome: .event("churn"), horizon: 60)
    request.rounds = 200
    change(&request)
    return request
  }
}

struct BacktestReportTests {
  /// Everything again, the long way: the score of every account on each day as known the day after, and its pairs counted.
  @Test func theFiguresAreThoseOfScoresKnownThenAndOutcomesKnownNow() throws {
    let leavers = try Leavers(hasLeak: true)
    let report = try leavers.backtest(by: "size")
    var (rows, day) = ([(account: String, score: Double, band: String, ahead: Int?)](), Leavers.last - 61)
    while day >= Leavers.first {
      let known = try leavers.viewpoint(knownBy: night(after: day + 1) - 7_200_001)
      for row in try ScoreReport(known, .card(Leavers.card), asOf: day).rows where !row.standing.isUnknown {
        let churn = leavers.churns[row.account]
        if let churn, churn <= day + 1 { continue }
        let ahead = churn.map { $0 - day - 1 }
        rows.append((row.account, row.standing.score!, row.standing.band, ahead.flatMap { $0 <= 60 ? $0 : nil }))
      }
      day = day - 30
    }
    let with = rows.filter { $0.ahead != nil }
    let without = rows.filter { $0.ahead == nil }
    #expect(report.overall.n == rows.count && report.overall.events == with.count && with.count > 30)
    #expect(report.overall.outcomes == Set(with.map(\.account)).count)
    var won = 0.0
    for a in with { for b in without { won += a.score < b.score ? 1 : a.score == b.score ? 0.5 : 0 } }
    let auc = won / Double(with.count * without.count)
    #expect(abs((report.overall.auc ?? 0) - auc) < 1e-12)
    #expect(report.bands.map(\.band) == ["low", "middle", "high"])
    #expect(report.bands.map(\.observations) == ["low", "middle", "high"].map { name in rows.count { $0.band == name } })
    #expect(report.bands.map(\.events) == ["low", "middle", "high"].map { name in with.count { $0.band == name } })
    // Each churn came to 100, and counts once however many observations saw it coming.
    #expect(report.bands.compactMap(\.amount).reduce(0, +) == Double(Set(with.map(\.account)).count) * 100)
    let low = with.count { $0.band == "low" }
    #expect(report.recall == Double(low) / Double(with.count))
    #expect(report.precision == Double(low) / Double(rows.count { $0.band == "low" }))
    // Of each churn one observation is 31 to 60 days before it, and one 1 to 30.
    for (lead, least) in zip(report.leads, [31, 1]) {
      let before = with.filter { ($0.ahead ?? 0) >= least && ($0.ahead ?? 0) < least + 30 }
      #expect(lead.ranking.events == before.count && lead.ranking.n == before.count + without.count)
      #expect(abs((lead.meanWith ?? 0) - before.map(\.score).reduce(0, +) / Double(before.count)) < 1e-9)
    }
    #expect(report.segments.map(\.value) == ["large", "small"])
    #expect(report.segments.map(\.ranking.n).reduce(0, +) == rows.count)
    #expect(report.calibration.map(\.observations).reduce(0, +) == rows.count)
    #expect(report.scores.map(\.with).reduce(0, +) == with.count)
    // No outcome of the last day that is looked at lies beyond what is known.
    #expect(report.to == Leavers.last - 61)
  }

  @Test func whatWasToldLaterDoesNotCountUnlessSomebodyAsksForNow() throws {
    let (leak, clean) = (try Leavers(hasLeak: true), try Leavers(hasLeak: false))
    let honest = try leak.backtest()
    #expect(honest == (try clean.backtest().with(lateShare: honest.lateShare)))
    let leaking = try leak.backtest(Leavers.request { $0.knowing = .now })
    let auc = try #require(honest.overall.auc)
    #expect(try #require(leaking.overall.auc) > auc + 0.15)
    // Without the leak there is nothing to see in hindsight.
    #expect(try clean.backtest(Leavers.request { $0.knowing = .now }).overall.auc == auc)
  }

  @Test func tooFewOutcomesGiveNoFigure() throws {
    let report = try Leavers(hasLeak: false, churning: 9).backtest()
    #expect(report.overall.auc == nil && report.overall.interval == nil && report.overall.liftTopDecile == nil)
    #expect(report.overall.events > 0 && report.overall.baseRate != nil)
    #expect(report.floors.first?.holds == nil && report.floors.first?.why != nil)
    let unasked = try Leavers(hasLeak: false).backtest(Leavers.request { $0.rounds = 0 })
    #expect(unasked.overall.auc == nil && unasked.overall.outcomes >= 10)
  }

  @Test func aCardIsNoBetterThanItself() throws {
    let leavers = try Leavers(hasLeak: false)
    let rival = try #require(leavers.backtest(against: Leavers.card).against)
    #expect(rival.difference == 0 && rival.interval == Interval(low: 0, high: 0))
    var opposite = Leavers.card
    opposite.name = "opposite"
    opposite.groups[0].inputs[0].curve = .points([.init(0, 100), .init(100, 0)])
    let other = try #require(leavers.backtest(against: opposite).against)
    #expect(abs((other.auc ?? 0) + (other.other ?? 0) - 1) < 1e-9)
    #expect(try #require(other.interval).low > 0)
  }

  @Test func ofRenewalsOnlyThoseDueAreAtRisk() throws {
    let leavers = try Leavers(hasLeak: false, churning: 0)
    let due = Leavers.first + 200
    let report = try leavers.backtest(Leavers.request { $0.outcome = .event("renewal") })
    let days = (0..<20).map { Leavers.last - 61 - 30 * $0 }.filter { $0 >= Leavers.first && (1...60).contains(due - $0 - 1) }
    #expect(report.overall.n == 60 * days.count && days.count == 2 && !report.isBad)
    #expect(report.overall.events == 0 && report.floors.isEmpty)
  }

  /// A third of the accounts stop coming after week 20.
  @Test func anAbsenceIsAnOutcomeToo() throws {
    let leavers = try Leavers(hasLeak: false, churning: 0)
    let report = try leavers.backtest(
      Leavers.request { $0.outcome = .absence(name: "lapse", signal: "product.visits", days: 60) }, leads: [])
    let stop = Leavers.first + 20 * 7
    let days = (0..<20).map { Leavers.last - 61 - 30 * $0 }.filter { $0 >= Leavers.first }
    #expect(report.overall.n == 60 * days.count)
    #expect(report.overall.events == 20 * days.count { $0 + 1 >= stop })
    #expect(report.isBad && report.leads.isEmpty)
  }

  /// Whoever left after the feed of outcomes fell silent would otherwise be taken for one that stayed.
  @Test func outcomesCountOnlyAsFarAsTheirOwnFeedHasTold() throws {
    let told = Leavers.first + 220
    let report = try Leavers(hasLeak: false, told: told).backtest()
    #expect(report.to == told - 61)
    // The same observations as where all is told: what came later changes nothing about them.
    let whole = try Leavers(hasLeak: false).backtest(Leavers.request { $0.to = told - 61 })
    #expect(report.overall == whole.overall && report.bands == whole.bands)
  }

  /// Of seven weeks without a word nobody can say that somebody stayed away.
  @Test func anAbsenceIsNotToldFromASilentFeed() throws {
    let leavers = try Leavers(hasLeak: false, churning: 0, silent: 14...24)
    let report = try leavers.backtest(
      Leavers.request { $0.outcome = .absence(name: "lapse", signal: "product.visits", days: 60) }, leads: [])
    let dark = (Leavers.first + 13 * 7 + 1)...(Leavers.first + 25 * 7 - 1)
    let days = (0..<20).map { Leavers.last - 61 - 30 * $0 }.filter { day in
      day >= Leavers.first && !dark.overlaps((day + 2)...(day + 61))
    }
    #expect(report.days == days.count && days.count >= 3 && report.overall.n == 60 * days.count)
  }

  @Test func whatCannotBeJudgedIsSaid() throws {
    let leavers = try Leavers(hasLeak: false)
    #expect { try leavers.backtest(Leavers.request { $0.horizon = 400 }) } throws: { ($0 as? Problem)?.name == "too-little-history" }
    #expect { try leavers.backtest(leads: [90]) } throws: { ($0 as? Problem)?.name == "long-lead" }
  }
}

extension BacktestReport {
  fileprivate func with(lateShare: Double) -> BacktestReport {
    var copy = self
    copy.lateShare = lateShare
    return copy
  }
}
