import Health
import Reports
import Storage
import Testing

struct ScoreReportTests {
  private let portfolio: SamplePortfolio
  private let end = day(3, 31)

  init() throws { portfolio = try SamplePortfolio() }

  private func report(_ request: ListRequest = .init(), knownBy: Int64? = nil) throws -> ScoreReport {
    try ScoreReport(portfolio.sample.viewpoint(knownBy: knownBy), .card(sampleCard), asOf: end, request)
  }

  @Test func eachCountedAccountHasItsScoreAndWhatStandsBehindIt() throws {
    let report = try report()
    #expect(report.rows.map(\.account) == ["gamma", "acme", "beta"])  // worst first, unknown last
    #expect(report.rows.map(\.name) == ["Acme Garden", "Acme Ltd", "beta"])
    let scores = report.rows.map(\.standing)
    #expect(scores.map(\.band) == ["unhealthy", "healthy", "unknown"])
    #expect(near(scores.compactMap(\.raw), [3, 88, 56]))
    #expect(near(scores.compactMap(\.score), [20, 88, 56]))
    #expect(scores.map(\.shown) == [20, 88, 56])
    #expect(near(scores.map(\.coverage), [1, 1, 0.4]))
    #expect(scores[0].rules.map(\.effect) == ["floor"] && scores[0].rules[0].bound == 20 && scores[0].rules[0].reason == "Just begun")
    #expect(scores[1].rules.isEmpty && scores[1].outcome == "renewal" && scores[1].asOf == end)
    #expect(scores[1].groups.map(\.name) == ["use", "service"] && scores[1].groups.compactMap(\.score) == [80, 100])
    #expect(abs(try #require(scores[1].trend) - 12) < 1e-9)
    #expect(scores[2].trend == nil)
    #expect(report.rows.map(\.revenue) == [500, 1000, nil])
  }

  @Test func theFiguresAreThoseOfKnownAccounts() throws {
    let report = try report()
    #expect(report.accounts == 3 && report.unknown == 1 && report.revenue == 1500)
    #expect(abs(try #require(report.mean) - 54) < 1e-9)  // (88 + 20) / 2
    #expect(report.bands.map(\.accounts) == [1, 0, 1])
    #expect(report.accounts == report.unknown + report.bands.reduce(0) { $0 + $1.accounts })
  }

  @Test func filtersBandsSortsAndTop() throws {
    var request = ListRequest()
    request.filter = AttributeFilter([try .init("segment=ENTERPRISE")])
    #expect(try report(request).rows.map(\.account) == ["gamma", "acme"])  // gamma became one in March
    request.sort = "score:desc"
    #expect(try report(request).rows.map(\.account) == ["acme", "gamma"])
    request = .init()
    request.bands = ["Red", "unknown"]
    #expect(try report(request).rows.map(\.account) == ["gamma", "beta"])
    #expect(try report(request).accounts == 3)
    request.top = 1
    #expect(try report(request).rows.map(\.account) == ["gamma"])
    request = .init()
    request.sort = "trend"
    #expect(try report(request).rows.map(\.account) == ["acme", "beta", "gamma"])  // two without a trend
    request.sort = "account:desc"
    #expect(try report(request).rows.map(\.account) == ["gamma", "beta", "acme"])
  }

  @Test func whatIsNotThereIsNamed() throws {
    var request = ListRequest()
    request.bands = ["purple"]
    #expect(throws: Problem.self) { try report(request) }
    var typo = ListRequest()
    typo.filter = AttributeFilter([try .init("segmnt=small")])
    #expect { try report(typo) } throws: { ($0 as? Problem)?.hint?.hasPrefix("did you mean segment?") == true }
    for wrong in ["colour", "score:up"] {
      var unsorted = ListRequest()
      unsorted.sort = wrong
      #expect { try report(unsorted) } throws: { ($0 as? Problem)?.name == "bad-sort" }
    }
  }

  @Test func aCorrectionCountsFromTheMomentItWasKnown() throws {
    let late = night(after: day(4, 3))
    try portfolio.sample.take("usage", fileDay: day(4, 3), at: late, [("acme", .reading("product.usage", .gauge, on: Moment(end), 20))])
    let raws = try [late - 1, late, nil].map { instant in
      try #require(report(knownBy: instant).rows.first { $0.account == "acme" }?.standing.raw)
    }
    #expect(near(raws, [88, 52, 52]))  // 0.6·20 + 0.4·100
  }

  @Test func anOutcomeUsesTheCardThatAppliesOnTheDay() throws {
    var enterprise = sampleCard
    enterprise.name = "for-enterprise"
    enterprise.conditions = ["segment": ["enterprise"]]
    let selection = CardSelection.outcome("renewal", [enterprise, sampleCard])
    func cards(_ day: Day) throws -> [String: String] {
      let rows = try ScoreReport(portfolio.sample.viewpoint(), selection, asOf: day).rows
      return Dictionary(uniqueKeysWithValues: rows.map { ($0.account, $0.standing.card) })
    }
    #expect(try cards(end) == ["acme": "for-enterprise", "gamma": "for-enterprise", "beta": "sample"])
    #expect(try cards(day(2, 28))["gamma"] == "sample")
  }

  @Test func theDefaultDayIsTheLastThatTheFeedsToldOf() throws {
    #expect(try portfolio.sample.viewpoint().defaultDay(today: day(4, 5)) == end)
    #expect(try portfolio.sample.viewpoint().defaultDay(today: day(3, 15)) == day(3, 15))
    // What people type does not move it.
    try portfolio.sample.take(
      "@pulse", at: night(after: day(4, 4)), [("acme", .event("human.note", .event, on: Moment(day(4, 4)), nil, id: "p", text: "Well"))])
    #expect(try portfolio.sample.viewpoint().defaultDay(today: day(4, 5)) == end)
    let empty = try SampleHistory()
    #expect { try empty.viewpoint().defaultDay(today: end) } throws: { ($0 as? Problem)?.category == .missing }
  }
}
