import Health
import Storage
import Testing

@testable import Reports

/// Why scores and means changed, on the sample portfolio and on random ones.
struct WhyReportTests {
  private func account(_ key: String, _ history: History) throws -> Account {
    try #require(try history.account(key: key, history.knowledge()))
  }

  /// acme: usage 60 with 100 % weight of its group on 1 March, 80 on 31 March, no tickets at either end: 0.6·20.
  @Test func oneAccountBetweenTwoDays() throws {
    let portfolio = try SamplePortfolio()
    let report = try WhyReport(
      portfolio.sample.viewpoint(), .card(sampleCard), account: try account("acme", portfolio.history), days: day(3, 1)...day(3, 31))
    #expect(report.name == "Acme Ltd" && report.card == "sample" && near([report.change ?? 0], [12]))
    #expect(report.parts.map(\.kind) == [.data] && report.parts[0].signal == "product.usage" && report.parts[0].measure == "last")
    #expect(report.parts[0].before == 60 && report.parts[0].after == 80 && near([report.parts[0].amount], [12]))
    #expect(report.before.standing == .counted && report.before.score?.shown == 76 && report.after.score?.shown == 88)
  }

  /// gamma's usage of 30 on 31 January is past its 20 days on 1 March: 5 of use on 31 March comes back, three tickets came, and
  /// the rule lifts 3 to 20.
  @Test func silenceTicketsAndARule() throws {
    let portfolio = try SamplePortfolio()
    let report = try WhyReport(
      portfolio.sample.viewpoint(), .card(sampleCard), account: try account("gamma", portfolio.history), days: day(3, 1)...day(3, 31))
    // raw goes from 100 (tickets alone) to 3: S̄ = 51.5; use: (5 − 51.5)·0.6, tickets: W̄ 0.7·(0 − 100) and (50 − 51.5)·(−0.6).
    let amounts = Dictionary(grouping: report.parts, by: { "\($0.kind.rawValue) \($0.signal ?? "-")" }).mapValues { $0.map(\.amount) }
    #expect(near(amounts["silence product.usage"] ?? [], [-27.9]) && near(amounts["data service.tickets"] ?? [], [-70]))
    #expect(near(amounts["silence service.tickets"] ?? [], [0.9]) && near(amounts["rules -"] ?? [], [17]))
    #expect(report.parts.first?.signal == "service.tickets" && report.parts.first?.kind == .data)
    #expect(report.parts.first { $0.kind == .rules }?.began == ["floor 20: Just begun"])
    #expect(near([report.change ?? 0, report.parts.reduce(0) { $0 + $1.amount }], [-80, -80]))
  }

  @Test func whatWasBelievedAndByWhichImportItChanged() throws {
    let portfolio = try SamplePortfolio()
    let id = try portfolio.sample.take(
      "usage", fileDay: day(3, 31), at: night(after: day(4, 2)), [("acme", .reading("product.usage", .gauge, on: Moment(day(3, 31)), 30))])
    let (then, now) = (
      try portfolio.sample.viewpoint(knownBy: night(after: day(4, 1))), try portfolio.sample.viewpoint()
    )
    let report = try WhyReport(
      believed: then, now: now, .card(sampleCard), account: try account("acme", portfolio.history), on: day(3, 31))
    #expect(report.before.score?.shown == 88 && report.after.score?.shown == 58)
    #expect(near(report.parts.map(\.amount), [-30]) && report.parts[0].imports?.contains(id) == true)
    #expect(report.before.knownBy != nil && report.after.knownBy == nil)
  }

  @Test func anotherCardAppliesLater() throws {
    let portfolio = try SamplePortfolio()
    var (enterprise, other) = (sampleCard, sampleCard)
    (enterprise.name, enterprise.conditions, enterprise.priority) = ("enterprise", ["segment": ["enterprise"]], 5)
    (enterprise.groups[0].weight, enterprise.rules) = (10, [])
    other.name = "other"
    // gamma is small until 1 March.
    let report = try WhyReport(
      portfolio.sample.viewpoint(), .outcome("renewal", [enterprise, other]), account: try account("gamma", portfolio.history),
      days: day(2, 5)...day(3, 31))
    #expect(report.card == "other" && report.after.score?.card == "enterprise")
    let part = report.parts.first { $0.kind == .card }
    #expect(part?.ended == ["other"] && part?.began == ["enterprise"])
    #expect(near([report.parts.reduce(0) { $0 + $1.amount }], [report.change ?? .nan]))
  }

  /// delta left on 20 March and acme begins with 2025: there is no score outside of that, whatever their last facts would come to.
  @Test func anAccountThatIsNotThereHasNoScore() throws {
    let portfolio = try SamplePortfolio()
    let viewpoint = try portfolio.sample.viewpoint()
    let gone = try WhyReport(
      viewpoint, .card(sampleCard), account: try account("delta", portfolio.history), days: day(3, 1)...day(3, 31))
    #expect(gone.before.score?.shown == 82 && gone.after.score == nil && gone.after.standing == .gone(day(3, 20)))
    #expect(gone.change == nil && gone.parts.isEmpty)
    let early = try WhyReport(
      viewpoint, .card(sampleCard), account: try account("acme", portfolio.history), days: (day(1, 1) - 2)...day(3, 31))
    #expect(early.before.standing == .counted && early.after.score?.shown == 88)
    let tooEarly = try WhyReport(
      viewpoint, .card(sampleCard), account: try account("acme", portfolio.history), days: (day(1, 1) - 366)...day(3, 31))
    #expect(tooEarly.before.score == nil && tooEarly.change == nil && tooEarly.parts.isEmpty)
  }

  /// beta's 90 of 25 March is in full until it is 2 days old; 4 days later a quarter of its distance from 50 is left:
  /// 0.6·(90 − 50)·(0.25 − 1).
  @Test func dataGrowOlder() throws {
    let portfolio = try SamplePortfolio()
    let report = try WhyReport(
      portfolio.sample.viewpoint(), .card(sampleCard), account: try account("beta", portfolio.history), days: day(3, 27)...day(3, 31))
    let part = try #require(report.parts.first)
    #expect(report.parts.count == 1 && part.kind == .freshness && part.signal == "product.usage" && near([part.amount], [-18]))
    #expect(part.factorBefore == 1 && part.factorAfter == 0.25 && part.ageBefore == 2 && part.ageAfter == 6)
  }

  /// gamma's use of 2 becomes 5, which lifts the raw score by 0.6·3 under a floor that holds it at 20 on both days.
  @Test func aRuleThatHoldsAtBothEnds() throws {
    let portfolio = try SamplePortfolio()
    try portfolio.sample.take(
      "usage", fileDay: day(3, 30), at: night(after: day(3, 30)),
      [("gamma", .reading("product.usage", .gauge, on: Moment(day(3, 30)), 2))])
    let report = try WhyReport(
      portfolio.sample.viewpoint(), .card(sampleCard), account: try account("gamma", portfolio.history), days: day(3, 30)...day(3, 31))
    // Equal but for their sign, and so in whichever order rounding leaves them.
    let parts = report.parts.sorted { $0.amount > $1.amount }
    #expect(report.change == 0 && parts.map(\.kind) == [.data, .rules] && near(parts.map(\.amount), [1.8, -1.8]))
    let rules = try #require(parts.last)
    #expect(rules.held == ["floor 20: Just begun"] && rules.began.isEmpty && rules.ended.isEmpty)
  }

  /// A late correction takes gamma's use from 5 to 50, and with it the rule that looks at use: both parts are that import's.
  @Test func theImportThatEndedARule() throws {
    let portfolio = try SamplePortfolio()
    let id = try portfolio.sample.take(
      "usage", fileDay: day(3, 31), at: night(after: day(4, 2)),
      [("gamma", .reading("product.usage", .gauge, on: Moment(day(3, 31)), 50))])
    let report = try WhyReport(
      believed: portfolio.sample.viewpoint(knownBy: night(after: day(4, 1))), now: portfolio.sample.viewpoint(), .card(sampleCard),
      account: try account("gamma", portfolio.history), on: day(3, 31))
    #expect(report.parts.map(\.kind) == [.data, .rules] && near(report.parts.map(\.amount), [27, -17]))
    #expect(report.parts[1].ended == ["floor 20: Just begun"])
    #expect(report.parts.allSatisfy { $0.imports?.last == id && $0.imports?.count == 2 })
  }

  /// On 5 April the feed of tickets has been silent for five days, which is dark. A file without a row for acme that comes later makes
  /// that a zero: the part is that import's, though acme has no new facts.
  @Test func anImportThatOnlySpoke() throws {
    let portfolio = try SamplePortfolio()
    let id = try portfolio.sample.take("tickets", fileDay: day(4, 5), at: night(after: day(4, 7)), event: "service.tickets", [])
    try portfolio.sample.take("tickets", fileDay: day(4, 6), at: night(after: day(4, 7)) + 1, event: "service.tickets", [])
    let report = try WhyReport(
      believed: portfolio.sample.viewpoint(knownBy: night(after: day(4, 6))), now: portfolio.sample.viewpoint(), .card(sampleCard),
      account: try account("acme", portfolio.history), on: day(4, 5))
    let parts = Dictionary(uniqueKeysWithValues: report.parts.map { ($0.signal ?? "", $0) })
    #expect(parts.count == 2 && report.parts.allSatisfy { $0.kind == .silence })
    #expect(parts["service.tickets"]?.imports == [id] && parts["service.tickets"]?.after == 0)
    #expect(parts["product.usage"]?.imports == [])
  }

  /// From 28 February to 31 March: acme stays, delta leaves, gamma becomes known; beta is unknown at both ends.
  @Test func thePortfolio() throws {
    let portfolio = try SamplePortfolio()
    let report = try PortfolioWhyReport(
      portfolio.sample.viewpoint(), .card(sampleCard), days: day(2, 28)...day(3, 31))
    let group = try #require(report.groups.first)
    #expect(report.groups.count == 1 && group.name == nil)
    let scores = try [day(2, 28), day(3, 31)].map { day in
      try ScoreReport(portfolio.sample.viewpoint(), .card(sampleCard), asOf: day)
    }
    #expect(group.before.accounts == scores[0].accounts && group.after.accounts == scores[1].accounts)
    #expect(near([group.before.mean ?? 0, group.after.mean ?? 0], scores.map { $0.mean ?? .nan }))
    #expect(near([group.parts.reduce(0) { $0 + $1.amount }], [(scores[1].mean ?? 0) - (scores[0].mean ?? 0)]))
    #expect(group.parts.contains { $0.mix == .left && $0.accounts == 1 })
  }

  /// Arrivals, departures, silence, attribute changes that move accounts between groups and cards.
  @Test(arguments: 0..<6)
  func thePartsOfEveryGroupSumToItsChange(_ seed: UInt64) throws {
    let random = try RandomPortfolio(seed)
    var compared = 0
    for (first, last) in [(day(2, 1), day(3, 1)), (day(2, 10), day(3, 20)), (day(3, 5), day(3, 5))] {
      for by in [nil, "segment"] {
        for selection in random.selections {
          let viewpoint = try random.sample.viewpoint()
          let report = try PortfolioWhyReport(viewpoint, selection, days: first...last, by: by)
          let ends = try [first, last].map { try ScoreReport(viewpoint, selection, asOf: $0) }
          if by == nil {
            #expect(report.groups.map(\.after.mean) == [ends[1].mean] || near([report.groups[0].after.mean ?? 0], [ends[1].mean ?? 0]))
          }
          #expect(report.groups.reduce(0) { $0 + $1.before.accounts } == ends[0].accounts)
          for group in report.groups {
            guard let a = group.before.mean, let b = group.after.mean else {
              #expect(group.parts.isEmpty && group.change == nil)
              continue
            }
            #expect(abs(group.parts.reduce(0) { $0 + $1.amount } - (b - a)) < 1e-9, "\(group.name ?? "all") \(first) to \(last)")
            compared += 1
          }
          for key in ["a1", "a5", "a9"] {
            let one = try WhyReport(viewpoint, selection, account: try account(key, random.sample.history), days: first...last)
            if let change = one.change { #expect(abs(one.parts.reduce(0) { $0 + $1.amount } - change) < 1e-9) }
          }
        }
      }
    }
    #expect(compared >= 10)
  }
}

/// Twenty accounts whose facts, segments, starts and churns are random.
private struct RandomPortfolio {
  let sample: SampleHistory
  let selections: [CardSelection]

  init(_ seed: UInt64) throws {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func below(_ n: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(n))
    }
    sample = try SampleHistory()
    let segments = ["small", "enterprise"]
    var book: [(String, SampleHistory.Fact)] = []
    for account in 0..<20 {
      book.append(("a\(account)", .attribute("started", from: day(1, 1), (day(1, 1) - (below(3) == 0 ? -below(60) : 300)).description)))
      book.append(("a\(account)", .attribute("segment", from: day(1, 1), segments[below(2)])))
      if below(3) == 0 { book.append(("a\(account)", .attribute("segment", from: day(2, 1) + below(50), segments[below(2)]))) }
    }
    try sample.take("crm", fileDay: day(1, 1), at: night(after: day(1, 1)), book)
    for offset in 0..<90 {
      let date = day(1, 1) + offset
      let readings = (0..<20).filter { _ in below(9) == 0 }.map {
        ("a\($0)", SampleHistory.Fact.reading("product.usage", .gauge, on: Moment(date), Double(below(800)) / 8))
      }
      let tickets = (0..<20).filter { _ in below(12) == 0 }.map {
        ("a\($0)", SampleHistory.Fact.event("service.tickets", .event, on: Moment(date), 1, id: "t\(offset)-\($0)"))
      }
      try sample.take("usage", fileDay: date, at: night(after: date), readings)
      if below(8) > 0 { try sample.take("tickets", fileDay: date, at: night(after: date), event: "service.tickets", tickets) }
    }
    let gone = (0..<4).map { index in
      ("a\(index * 5)", SampleHistory.Fact.event("outcome.churn", .event, on: Moment(day(2, 1) + below(50)), 1, id: "c\(index)"))
    }
    try sample.take("outcomes", fileDay: day(3, 31), at: night(after: day(3, 31)), gone)
    var enterprise = sampleCard
    (enterprise.name, enterprise.conditions, enterprise.priority) = ("enterprise", ["segment": ["enterprise"]], 5)
    enterprise.groups[1].inputs[0].missing = .points(35)
    selections = [.card(sampleCard), .outcome("renewal", [enterprise, sampleCard])]
  }
}
