import Health
import Reports
import Testing

struct TrendReportTests {
  private let portfolio: SamplePortfolio
  private let quarter = day(1, 15)...day(3, 31)

  init() throws { portfolio = try SamplePortfolio() }

  private func trend(_ period: Period = .monthly, _ days: ClosedRange<Day>, by attribute: String? = nil) throws -> TrendReport {
    try TrendReport(portfolio.sample.viewpoint(), .card(sampleCard), period: period, days: days, by: attribute.map { .init($0) })
  }

  @Test func aPeriodIsScoredOnItsLastDay() throws {
    let report = try trend(.monthly, quarter)
    #expect(report.days == day(1, 1)...day(3, 31))  // a begin inside a period moves back
    #expect(report.rows.map(\.period) == ["2026-01", "2026-02", "2026-03"])
    #expect(report.rows.map(\.accounts) == [4, 4, 3])
    // January: acme 0.6·40 + 40 = 64, gamma 58, delta 82; beta has no usage, so service has all the weight: 100, coverage 40 %.
    // February: acme 76, delta 82; gamma's usage is past its 20 days: unknown like beta.
    #expect(report.rows.map(\.unknown) == [1, 2, 1])
    #expect(near(report.rows.compactMap(\.mean), [68, 79, 54]))
    #expect(report.rows[0].change == nil)
    #expect(near(report.rows.compactMap(\.change), [11, -25]))
    #expect(report.rows.map(\.revenue) == [1500, 1500, 1500])
    #expect(report.rows.map { $0.bands.map(\.accounts) } == [[0, 1, 2], [0, 0, 2], [1, 0, 1]])
  }

  @Test func aRunningPeriodIsScoredOnTheLastDayAskedFor() throws {
    let report = try trend(.monthly, day(2, 1)...day(3, 25))
    #expect(report.rows.map(\.isRunning) == [false, true])
    #expect(report.rows.map(\.asOf) == [day(2, 28), day(3, 25)])
    #expect(report.rows.map(\.to) == [day(2, 28), day(3, 31)])
  }

  @Test func groupsAreThoseOfTheDay() throws {
    let report = try trend(.monthly, quarter, by: "Segment")
    let groups = Dictionary(grouping: report.rows) { $0.group ?? "?" }.mapValues { $0.map(\.accounts) }
    #expect(groups == ["": [2, 2, 1], "Enterprise": [1, 1, 1], "enterprise": [0, 0, 1], "small": [1, 1, 0]])
    let whole = try trend(.monthly, quarter)
    for period in 0..<3 {
      #expect(groups.values.reduce(0) { $0 + $1[period] } == whole.rows[period].accounts)
    }
  }

  /// 31 March: acme 88 with 1000 of revenue, gamma 20 with 500, beta unknown without any.
  @Test func revenueAndTheMedian() throws {
    let row = try #require(try trend(.monthly, quarter).rows.last)
    #expect(near([row.median ?? 0, row.revenueMean ?? 0], [54, (88 * 1000 + 20 * 500) / 1500.0]))
    #expect(row.unpriced == 1 && row.bands.map(\.revenue) == [500, 0, 1000])
    #expect(near([row.changeShare ?? 0], [-25 / 79.0]))
    let january = try trend(.monthly, quarter).rows[0]
    // 64, 58 and 82.
    #expect(near([january.median ?? 0], [64]) && january.unpriced == 2)
  }

  @Test func partsOfTheScoreAndBands() throws {
    for (by, names) in [("dimension", ["product", "service"]), ("group", ["use", "service"])] {
      let rows = try trend(.monthly, quarter, by: by).rows.filter { $0.period == "2026-03" }
      #expect(rows.map(\.group) == names)
      #expect(near(rows.compactMap(\.mean), [42.5, 50]) && rows.map(\.unknown) == [1, 1])
    }
    let bands = try trend(.monthly, quarter, by: "band").rows.filter { $0.period == "2026-03" }
    #expect(bands.map(\.group) == ["unhealthy", "neutral", "healthy", "unknown"])
    #expect(bands.map(\.accounts) == [1, 0, 1, 1] && bands.map(\.mean) == [20, nil, 88, nil])
    #expect(bands.map(\.revenue) == [500, 0, 1000, 0])
  }

  /// A dimension that is spread over groups: its points by their weights in the whole score.
  @Test func dimensionsThatAreNotGroups() throws {
    var card = sampleCard
    card.groups = [
      Card.Group(name: "all", weight: 1, inputs: [sampleCard.groups[0].inputs[0], sampleCard.groups[1].inputs[0]]),
      Card.Group(name: "more", weight: 1, inputs: [sampleCard.groups[0].inputs[0]]),
    ]
    let report = try TrendReport(
      portfolio.sample.viewpoint(), .card(card), period: .monthly, days: day(3, 1)...day(3, 31), by: .dimension)
    #expect(report.rows.map(\.group) == ["product", "service"])
    #expect(near(report.rows.compactMap(\.mean), [42.5, 50]))
  }

  /// February's usage of acme is corrected in March: each period is scored with what was known a day after its end.
  @Test func periodsAsTheyWereKnownThen() throws {
    try portfolio.sample.take(
      "usage", fileDay: day(2, 28), at: night(after: day(3, 15)), [("acme", .reading("product.usage", .gauge, on: Moment(day(2, 28)), 90))])
    func means(_ knowing: TrendReport.Knowing) throws -> [Double] {
      try TrendReport(
        portfolio.sample.viewpoint(), .card(sampleCard), period: .monthly, days: day(1, 1)...day(3, 31), knowing: knowing
      ).rows.compactMap(\.mean)
    }
    #expect(near(try means(.then), [68, 79, 54]))
    // acme's February is 0.6·90 + 40.
    #expect(near(try means(.viewpoint), [68, (94 + 82) / 2.0, 54]))
  }

  /// Medians of many accounts, ties among them, against sorting.
  @Test func mediansOfManyAccounts() throws {
    for (accounts, salt) in [(1, 3), (2, 5), (7, 11), (40, 17), (41, 1), (100, 7)] {
      let sample = try SampleHistory()
      let values = (0..<accounts).map { Double(($0 * $0 * salt + $0) % 23) * 4 }
      try sample.take(
        "usage", fileDay: day(3, 1), at: night(after: day(3, 1)),
        values.enumerated().flatMap { account, value in
          [
            ("a\(account)", SampleHistory.Fact.attribute("started", from: day(3, 1), "2025-01-01")),
            ("a\(account)", .reading("product.usage", .gauge, on: Moment(day(3, 1)), value)),
          ]
        })
      var card = sampleCard
      (card.groups, card.rules) = ([sampleCard.groups[0]], [])
      let report = try TrendReport(sample.viewpoint(), .card(card), period: .daily, days: day(3, 1)...day(3, 1))
      let sorted = values.sorted()
      let expected = (sorted[(accounts - 1) / 2] + sorted[accounts / 2]) / 2
      #expect(near([report.rows[0].median ?? -1], [expected]), "\(accounts)")
    }
  }

  @Test func aSweepGivesTheBitsOfTheDayAlone() throws {
    let report = try trend(.daily, day(1, 20)...day(3, 31))
    for row in report.rows where row.asOf.number % 7 == 0 || row.asOf == day(3, 31) {
      let alone = try ScoreReport(portfolio.sample.viewpoint(), .card(sampleCard), asOf: row.asOf)
      #expect(alone.mean == row.mean && alone.bands == row.bands && alone.unknown == row.unknown && alone.revenue == row.revenue)
    }
  }

  @Test func manyShardsAddUpInOneOrder() throws {
    let sample = try SampleHistory()
    var state: UInt64 = 42
    func random() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 33) / Double(UInt64(1) << 31) * 100
    }
    let values = (0..<1100).map { _ in random() }
    let end = day(3, 31)
    let keys = (0..<1100).map { "a\(10_000 + $0)" }
    try sample.take(
      "usage", fileDay: end, at: night(after: end), zip(keys, values).map { ($0, .reading("product.usage", .gauge, on: Moment(end), $1)) })
    var card = sampleCard
    card.groups.removeLast()
    let report = try ScoreReport(sample.viewpoint(), .card(card), asOf: end)
    // 60·p ÷ 60 and the floor of 20 below 10, added one after the other.
    let expected = values.reduce(0) { $0 + max($1 < 10 ? 20 : 0, 60 * $1 / 60) } / 1100
    #expect(report.accounts == 1100 && report.unknown == 0)
    #expect(abs(try #require(report.mean) - expected) < 1e-9)
    let trend = try TrendReport(sample.viewpoint(), .card(card), period: .daily, days: end - 3...end)
    #expect(trend.rows.last?.mean == report.mean)
    #expect(trend.rows.map(\.accounts) == [0, 0, 0, 1100])
  }

  @Test func theUsualBeginIsTwelvePeriodsBackButNotBeforeAnythingWasTold() throws {
    let viewpoint = try portfolio.sample.viewpoint()
    func start(_ period: Period, before last: Day) throws -> Day { try TrendReport.usualStart(period, before: last, viewpoint) }
    #expect(try start(.daily, before: day(3, 31)) == day(3, 20))
    #expect(try start(.weekly, before: day(3, 31)) == day(3, 30) - 77)
    #expect(try start(.monthly, before: day(12, 31) + 31) == day(2, 1))
    // The first word is of 1 January 2026: eleven months or years before it would be empty rows.
    for period in [Period.monthly, .quarterly, .yearly] { #expect(try start(period, before: day(3, 31)) == day(1, 1)) }
    let early = try TrendReport.usualStart(.weekly, before: day(1, 8), viewpoint)
    #expect(early == day(1, 1) - 3)  // the whole week in which it was told
    #expect(try start(.monthly, before: day(1, 1) - 1) == Day(year: 2025, month: 1, day: 1))
  }
}
