import Health
import Testing

/// Trends, endings, statuses and what people decide.
struct RuleTests {
  private let today = LanguageSamples.today

  private func usage(_ values: (Int, Double?)...) -> MemoryHistory {
    let history = LanguageSamples.history()
    for value in values { history.add("product.usage", value) }
    return history
  }

  private func card(_ rules: [Card.Rule], floor: Double = 0) -> Card {
    LanguageSamples.card(LanguageSamples.input(Expression("product.usage")), rules: rules, floor: floor)
  }

  private func rule(_ effect: Card.Effect, until: String? = nil, _ conditions: (Card.Condition.Subject, [Card.Test])...) -> Card.Rule {
    Card.Rule(when: conditions.map { Card.Condition(subject: $0.0, tests: $0.1) }, effect: effect, until: until)
  }

  @Test func aTrendIsTheChangeOfTheRawScore() throws {
    let history = usage((today - 40, 70), (today - 5, 60))
    let fallen = rule(.cap(10), (.trend(days: 30), [.below(-9)]))
    #expect(try history.score(card([fallen])).final[0, 0] == 10)
    #expect(try history.score(card([fallen])).raw[0, 0] == 60)
    #expect(try history.score(card([rule(.cap(10), (.trend(days: 30), [.below(-10)]))])).final[0, 0] == 60)
    #expect(try history.score(card([rule(.cap(10), (.trend(days: 6), [.equals(-10)]))])).final[0, 0] == 10)
    // Nothing was there to compare with.
    #expect(try history.score(card([rule(.cap(10), (.trend(days: 41), [.below(100)]))])).final[0, 0] == 60)
    // Raw, not what a cap left of it: the sweep's days before have been capped too.
    let both = card([fallen, rule(.cap(50), (.rawScore, [.from(0)]))])
    let swept = try history.score(both, LanguageSamples.catalogue, days: today - 6...today + 30)
    #expect((0...36).map { swept.final[$0, 0] } == [50] + [Double](repeating: 10, count: 30) + [Double](repeating: 50, count: 6))
  }

  @Test func stagnantIsABandWithoutATrend() throws {
    let stagnant = rule(.status("stagnant"), (.band(["neutral"]), []), (.trend(days: 90), [.above(-3), .below(3)]))
    func fires(_ before: Double, _ now: Double) throws -> Bool {
      try usage((today - 90, before), (today, now)).score(card([stagnant])).fired[0][0, 0] > 0
    }
    #expect(try fires(50, 52))
    #expect(try !fires(50, 53))
    #expect(try !fires(70, 70))
    let scores = try usage((today - 90, 50), (today, 52)).score(card([stagnant]))
    #expect(scores.final[0, 0] == 52)
  }

  @Test func anEventAfterTheOneThatFiredItEndsARule() throws {
    let history = usage((today - 100, 80))
    history.add("service.tickets", (today - 20, 1), (today - 10, 0))
    let open = rule(.cap(10), until: "human.note", (.expression(Expression("service.tickets", .since)), [.to(90)]))
    func final(_ rule: Card.Rule) throws -> Double { try history.score(card([rule])).final[0, 0] }
    #expect(try final(open) == 10)
    history.add("human.note", (today - 20, 1))
    #expect(try final(open) == 10)
    // Any event ends it, even one that says nothing or zero.
    history.facts["human.note"] = nil
    history.add("human.note", (today - 15, 0))
    #expect(try final(open) == 80)
    history.facts["human.note"] = nil
    history.add("human.note", (today - 15, nil))
    #expect(try final(open) == 80)
    // `sum` saw the zero ten days ago as well, so the note came before what fired it.
    let sum = rule(.cap(10), until: "human.note", (.expression(Expression("service.tickets", .sum, window: 30)), [.from(1)]))
    #expect(try final(sum) == 10)
    // Beyond the window it did not.
    let older = rule(.cap(10), until: "human.note", (.expression(Expression("service.tickets", .count, window: 9)), [.to(0)]))
    #expect(try final(older) == 10)
  }

  // MARK: Overrides

  private func decide(_ decisions: Override...) throws -> (TileScores, Card) {
    let history = usage((today - 1, 60))
    history.decisions = decisions
    let card = card([rule(.cap(50), (.rawScore, [.from(0)]))], floor: 0.5)
    return (try history.score(card, LanguageSamples.catalogue, days: today - 2...today + 2), card)
  }

  private func override(
    _ kind: Override.Kind, _ value: Double, card: String? = nil, from: Int = 0, until: Int = 9, order: Int = 0
  ) -> Override {
    Override(account: 0, card: card, kind: kind, value: value, from: Day(today + from), until: Day(today + until), order: order)
  }

  @Test func overridesActAfterRulesByTheSameFormula() throws {
    func final(_ decisions: Override...) throws -> Double {
      let history = usage((today - 1, 60))
      history.decisions = decisions
      return try history.score(card([rule(.cap(50), (.rawScore, [.from(0)]))])).final[0, 0]
    }
    #expect(try final(override(.cap, 40)) == 40)
    #expect(try final(override(.cap, 55)) == 50)
    #expect(try final(override(.floor, 70)) == 70)
    #expect(try final(override(.floor, 70), override(.cap, 65)) == 65)
    #expect(try final(override(.cap, 30), override(.set, 90)) == 90)
    #expect(try final(override(.set, 20, order: 2), override(.set, 90, order: 1)) == 20)
    #expect(try final(override(.cap, 30, card: "x")) == 30)
    #expect(try final(override(.cap, 30, card: "y")) == 50)
  }

  @Test func overridesHoldOnTheirDaysAndSayWhichTheyAre() throws {
    let (scores, _) = try decide(override(.cap, 30, from: -1, until: 1))
    #expect((1..<5).map { scores.final[$0, 0] } == [30, 30, 30, 50])
    #expect((1..<5).map { scores.raw[$0, 0] } == [60, 60, 60, 60])
    #expect(scores.overrides(1, 0) == [override(.cap, 30, from: -1, until: 1)])
    #expect(scores.overrides(4, 0).isEmpty)
    let (both, _) = try decide(override(.cap, 30, order: 1), override(.set, 40, order: 2), override(.set, 45, order: 3))
    #expect(both.overrides(2, 0) == [override(.set, 45, order: 3)])
  }

  @Test func onlySetGivesABandBelowTheFloor() throws {
    let history = LanguageSamples.history()
    let card = card([], floor: 0.5)
    func band(_ decision: Override) throws -> String? {
      history.decisions = [decision]
      let scores = try history.score(card)
      return scores.band(card, 0, 0)?.name
    }
    #expect(try band(override(.set, 90)) == "healthy")
    #expect(try band(override(.floor, 90)) == nil)
    #expect(try band(override(.cap, 90)) == nil)
    history.add("product.usage", (today - 1, 20))
    #expect(try band(override(.floor, 90)) == "healthy")
    #expect(try band(override(.set, 90, from: 1)) == "unhealthy")
  }
}
