import Health
import Reports
import Storage
import Testing

struct ShowReportTests {
  private let portfolio: SamplePortfolio
  private let end = day(3, 31)

  init() throws { portfolio = try SamplePortfolio() }

  private func show(_ word: String, on day: Day? = nil, settings: Settings = Settings()) throws -> ShowReport {
    let viewpoint = try portfolio.sample.viewpoint(sampleCatalogue, settings)
    let account = try AccountFinder(viewpoint, asOf: day ?? end).find(word)
    return try ShowReport(viewpoint, account: account, asOf: day ?? end) { _ in [sampleCard] }
  }

  @Test func whatIsKnownOfTheAccount() throws {
    let report = try show("acme")
    #expect(report.name == "Acme Ltd" && report.standing == .counted && report.scoredOn == end)
    #expect(report.attributes == ["segment": "Enterprise", "started": "2025-01-01"])
    #expect(report.aliases == ["subscription-1"] && report.renewalOn == day(6, 30) && report.revenue == 1000)
  }

  @Test func contributionsSumToTheRawScore() throws {
    for account in ["acme", "beta", "gamma"] {
      let score = try show(account).scores[0]
      let sum = score.contributions.reduce(0) { $0 + $1.contribution }
      #expect(abs(sum - (try #require(score.standing.raw))) < 1e-9)
      #expect(abs(score.contributions.reduce(0) { $0 + $1.weight } - 1) < 1e-12)
    }
  }

  @Test func anAgeingInputDrifts() throws {
    let parts = try show("beta").scores[0].contributions
    #expect(parts.map(\.state) == [.ageing, .fresh] && parts.map(\.ageDays) == [6, 0])
    #expect(parts.map(\.measured) == [90, 1] && parts.map(\.measure) == ["last", "sum 30d"])
    #expect(near(parts.compactMap(\.points), [60, 50]))
    #expect(near(parts.map(\.contribution), [36, 20]))
    #expect(near(parts.map(\.lift), [6, 0]))
  }

  @Test func whatIsSkippedSaysWhyAndGivesItsWeightAway() throws {
    // Gamma's usage of 31 January is past its 20 days on 28 February; nothing was ever measured of beta by then.
    let stale = try show("gamma", on: day(2, 20)).scores[0].contributions
    #expect(stale.map(\.state) == [.ageing, .fresh])
    let missing = try show("beta", on: day(2, 28)).scores[0].contributions
    #expect(missing.map(\.state) == [.missing, .fresh] && missing.map(\.weight) == [0, 1] && missing[0].points == nil)
    // The last word of the tickets' feed is of 31 March; on 2 April it is late, on 3 April dark.
    let dark = try show("acme", on: day(4, 3)).scores[0].contributions
    #expect(dark.map(\.state) == [.ageing, .dark] && dark.map(\.weight) == [1, 0])
    #expect(try show("acme", on: day(4, 2)).scores[0].contributions.map(\.state) == [.fresh, .fresh])
  }

  @Test func whoHasLeftIsScoredOnTheDayBefore() throws {
    let report = try show("delta")
    #expect(report.standing == .gone(day(3, 20)) && report.scoredOn == day(3, 19))
    #expect(report.scores[0].standing.asOf == day(3, 19))
    #expect(try show("delta", on: day(3, 19)).standing == .counted)
  }

  @Test func whoHasLeftTwiceLeftTheFirstTime() throws {
    try portfolio.sample.take(
      "outcomes", fileDay: day(3, 25), at: night(after: day(3, 25)),
      [("delta", .event("outcome.churn", .event, on: Moment(day(3, 25)), 1, id: "c2"))])
    let report = try show("delta")
    #expect(report.standing == .gone(day(3, 20)) && report.scoredOn == day(3, 19))
  }

  @Test func whatWasNotKnownByThenIsSaid() throws {
    let then = try portfolio.sample.viewpoint(knownBy: night(after: day(1, 1)) - 1)
    func name(_ body: () throws -> Void) -> Problem? {
      do { try body() } catch { return error as? Problem }
      return nil
    }
    let problems = [name { _ = try then.defaultDay(today: end) }, name { _ = try AccountFinder(then, asOf: end).find("acme") }]
    for problem in problems {
      #expect(problem?.name == "nothing-known" && problem?.category == .missing)
      #expect(problem?.message == "nothing was known by 2026-01-02T01:59:59.999")
    }
    let eve = try portfolio.sample.viewpoint(knownBy: CalendarZone.utc.end(of: day(1, 1)))
    #expect(name { _ = try eve.defaultDay(today: end) }?.message == "nothing was known by 2026-01-01")
    let empty = try SampleHistory()
    #expect(name { _ = try empty.viewpoint(knownBy: 0).defaultDay(today: end) }?.name == "nothing-imported")
  }

  @Test func whoIsExcludedOrHasNotBegunHasAScoreAllTheSame() throws {
    let report = try show("acme", settings: Settings(exclude: ["segment": ["enterprise"]]))
    #expect(report.standing == .excluded && report.scores[0].standing.shown == 88)
    let early = try #require(Day(year: 2024, month: 12, day: 31))
    #expect(try show("acme", on: early).standing == .notStarted(Day(year: 2025, month: 1, day: 1)))
  }

  @Test func notesAreTheLastThatPeopleWrote() throws {
    for (index, month) in [1, 2, 4].enumerated() {
      try portfolio.sample.take(
        "@note", at: night(after: day(month, 5)),
        [("acme", .event("human.note", .event, on: Moment(day(month, 5)), nil, id: "n\(index)", text: "Note \(index)", author: "dana"))])
    }
    let notes = try show("acme").notes
    #expect(notes.map(\.text) == ["Note 2", "Note 1", "Note 0"] && notes.map(\.isLater) == [true, false, false])
    #expect(notes[0].author == "dana" && notes[0].at == "2026-04-05")
  }

  @Test func anAccountIsFoundByWhatPeopleCallIt() throws {
    let finder = AccountFinder(try portfolio.sample.viewpoint(), asOf: end)
    for word in ["acme", "ACME", "acme ltd", "subscription-1", "Subscription", "Acme L"] { #expect(try finder.find(word).key == "acme") }
    #expect(try finder.find("acme g").key == "gamma")
    #expect { try finder.find("acmé") } throws: { error in
      let problem = error as? Problem
      return problem?.name == "unknown-account" && problem?.category == .usage && problem?.hint == "did you mean acme?"
    }
    // "Acme Ltd" and "Acme Garden" begin alike; the key acme is not asked for with a blank at its end.
    #expect { try finder.find("acme ") } throws: { error in
      let problem = error as? Problem
      return problem?.name == "ambiguous-account" && problem?.category == .usage && problem?.message.contains("gamma (Acme Garden)") == true
    }
  }
}
