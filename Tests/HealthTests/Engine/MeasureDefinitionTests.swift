import Health
import Testing

/// Definitions of measures that no vector of the design shows.
struct MeasureDefinitionTests {
  private let today = LanguageSamples.today

  // MARK: Patterns

  private func features() -> MemoryHistory {
    let history = LanguageSamples.history()
    history.add("product.feature:a", (today - 3, 4), (today - 2, 3))
    history.add("product.feature:b", (today - 29, 2), (today - 40, 9))
    history.add("product.feature:c", (today - 35, 1))
    return history
  }

  private func breadth(_ of: Expression.Population = .seen, atLeast: Double? = nil, weights: [String: Double] = [:]) -> Expression {
    Expression("product.feature:*", .breadth, window: 30, atLeast: atLeast, of: of, weights: weights)
  }

  @Test func breadthIsTheShareOfNamesInUse() throws {
    let history = features()
    #expect(try history.measure(breadth()) == 2.0 / 3)
    #expect(try history.measure(breadth(), on: today + 1) == 1.0 / 3)
    #expect(try history.measure(breadth(atLeast: 7)) == 1.0 / 3)
    #expect(try history.measure(breadth(atLeast: 7.5)) == 0)
    // Of a list: b and c of a, b, c and one that nobody ever used.
    #expect(try history.measure(breadth(.names(["b", "c", "d"]))) == 1.0 / 3)
    #expect(try history.measure(breadth(.names(["b", "c", "d"]), weights: ["d": 3, "b": 2])) == 2.0 / 6)
    #expect(try history.measure(breadth(weights: ["a": 4, "c": 5])) == 0.5)
    #expect(try history.measure(breadth(.signal("product.licensed"))) == nil)
    history.add("product.licensed", (today - 30, 8))
    #expect(try history.measure(breadth(.signal("product.licensed"))) == 0.25)
    #expect(try history.measure(breadth(.signal("product.licensed")), on: today + 1) == nil)
    // Nothing used ever, so nothing to be a share of.
    #expect(try LanguageSamples.history().measure(breadth()) == nil)
  }

  @Test func aNameIsSeenFromItsFirstUseOn() throws {
    let history = features()
    #expect(try history.measure(breadth(), on: today - 36) == 1)
    history.start = Day(today - 19)
    // b was used before the start: seen, and not in a window of lived days.
    #expect(try history.measure(breadth()) == 1.0 / 3)
    history.start = Day(today - 12)
    #expect(try history.measure(breadth()) == nil)
  }

  @Test func lapsedIsTheShareThatFellOutOfUse() throws {
    let history = features()
    let lapsed = Expression("product.feature:*", .lapsed, window: 30)
    // Used in the window before: b on day −40 and c on −35; of those b is used still.
    #expect(try history.measure(lapsed) == 0.5)
    #expect(try history.measure(lapsed, on: today + 1) == 1)
    #expect(try history.measure(lapsed, on: today - 41) == nil)
    history.start = Day(today - 59)
    #expect(try history.measure(lapsed) == 0.5)
    history.start = Day(today - 58)
    #expect(try history.measure(lapsed) == nil)
  }

  @Test func theSumOfAPatternIsThatOfItsNames() throws {
    let history = features()
    #expect(try history.measure(Expression("product.feature:*", .sum, window: 30)) == 9)
    #expect(try history.measure(Expression("product.feature:*", .sum, window: 30, versus: .previous)) == 9.0 / 10 - 1)
    // Half of the window lived.
    history.start = Day(today - 14)
    #expect(try history.measure(Expression("product.feature:*", .sum, window: 30)) == 14)
  }

  @Test func aPatternGoesDarkWhenNoFeedSpeaksOfAnyOfItsNames() throws {
    let history = features()
    for name in ["a", "b", "c"] { history.spoken["product.feature:\(name)"] = [today - 1000...today - 3] }
    #expect(try history.measure(breadth()) == nil)
    #expect(try history.measure(breadth(), on: today - 1) != nil)
    history.spoken["product.feature:c"] = [today - 1000...today - 2]
    #expect(try history.measure(breadth()) == 2.0 / 3)
  }

  // MARK: States

  @Test func ofTwoReadingsOfAGaugeOnOneDayTheLaterCounts() throws {
    let history = LanguageSamples.history()
    history.add("product.usage", (today - 2, 90), (today - 2, 10), (today, 20))
    #expect(try history.measure(Expression("product.usage", .mean, window: 3)) == 15)
    #expect(try history.measure(Expression("product.usage", .max, window: 3)) == 20)
    #expect(try history.measure(Expression("product.usage", .count, window: 3)) == 2)
    // Two events are two.
    history.add("service.csat", (today, 3), (today, 5), (today - 1, 4))
    #expect(try history.measure(Expression("service.csat", .count, window: 3)) == 3)
    #expect(try history.measure(Expression("service.csat", .min, window: 3)) == 3)
  }

  @Test func aTextWithoutANumberIsCountedAndNothingElse() throws {
    let history = LanguageSamples.history()
    history.add("human.note", (today - 5, 2), (today - 3, nil), (today - 3, nil), (today - 9, 0))
    #expect(try history.measure(Expression("human.note", .count, window: 30)) == 4)
    #expect(try history.measure(Expression("human.note", .days, window: 30)) == 2)
    #expect(try history.measure(Expression("human.note", .since)) == 3)
    #expect(try history.measure(Expression("human.note", .mean, window: 30)) == 1)
    #expect(try history.measure(Expression("human.note")) == 2)
  }

  @Test func theSlopeOfALineIsItsRise() throws {
    let history = LanguageSamples.history()
    history.add("product.usage", (today - 20, 10), (today - 10, 15), (today - 8, 16))
    let slope = Expression("product.usage", .slope, window: 30)
    #expect(try history.measure(slope).map { abs($0 - 15) < 1e-9 } == true)
    #expect(try history.measure(slope, on: today + 9).map { abs($0 - 15) < 1e-9 } == true)
    // Two readings make no slope.
    #expect(try history.measure(slope, on: today + 10) == nil)
  }

  // MARK: Comparisons

  @Test func daysAndCountsCompareToo() throws {
    let history = LanguageSamples.history()
    history.add("service.tickets", (today - 1, 4), (today - 2, 2), (today - 31, 7), (today - 32, 0), (today - 40, 3), (today - 41, 1))
    #expect(try history.measure(Expression("service.tickets", .days, window: 30, versus: .previous)) == 2.0 / 3 - 1)
    #expect(try history.measure(Expression("service.tickets", .count, window: 30, versus: .previous, comparison: .difference)) == -2)
    #expect(try history.measure(Expression("service.tickets", .sum, window: 3, versus: .days(30))) == 6.0 / 7 - 1)
    // The base of a difference may be nothing.
    #expect(try history.measure(Expression("service.tickets", .sum, window: 3, versus: .days(10), comparison: .difference)) == 6)
  }

  @Test func aStateComparesWithWhatItWas() throws {
    let history = LanguageSamples.history()
    history.start = Day(today - 10)
    history.add("product.usage", (today - 100, 40), (today - 1, 50))
    history.add("service.open", (today - 100, 4), (today - 5, -1))
    // Facts before the start count for states.
    #expect(try history.measure(Expression("product.usage", .last, versus: .days(90))) == 0.25)
    #expect(try history.measure(Expression("service.open", .last, versus: .days(90))) == -0.25)
    #expect(try history.measure(Expression("product.usage", .mean, window: 7, versus: .days(90))) == nil)
  }

  @Test func eachEndIsDividedByTheDivisorOfItsTime() throws {
    let history = LanguageSamples.history()
    history.add("service.tickets", (today - 1, 30), (today - 31, 10))
    history.add("product.seats", (today - 300, 5), (today - 2, 20))
    // 30 ÷ 20 against 10 ÷ 5.
    let growth = Expression("service.tickets", .sum, window: 30, versus: .previous, per: .init(Expression("product.seats")))
    #expect(try history.measure(growth) == -0.25)
  }

  @Test func aSilenceThatIsOverIsDarkOnAllItsDaysInBothWindows() throws {
    let history = LanguageSamples.history()
    // Four silent days, two on each side of the border between the windows.
    history.spoken["service.tickets"] = [today - 1000...today - 12, today - 7...today]
    for day in today - 100...today where day < today - 11 || day > today - 8 { history.add("service.tickets", (day, 3)) }
    let sum = Expression("service.tickets", .sum, window: 10)
    #expect(try history.measure(sum) == 30)
    // The window before ends on a dark day: judged at the end of today, nothing is known of how it ended.
    #expect(try history.measure(Expression("service.tickets", .sum, window: 10, versus: .previous)) == nil)
    #expect(try history.measure(Expression("service.tickets", .sum, window: 10, versus: .days(12))) == 0)
    // Two days after it began it was no silence to speak of: zeros.
    #expect(try history.measure(sum, on: today - 10) == 24)
  }

  // MARK: Ages

  @Test func whatStandsInKeepsItsOwnAges() throws {
    let history = LanguageSamples.history()
    history.add("human.pulse", (today - 50, 80))
    var input = LanguageSamples.input(Expression("product.rate", otherwise: Expression("human.pulse")))
    // The pulse has an expire of 90 days and no fresh; the rate's 10 and 20 days are not its own.
    let scores = try history.score(LanguageSamples.card(input))
    #expect(scores.raw[0, 0] == 80 && scores.coverage[0, 0] == 1)
    input.expire = 40
    #expect(try history.score(LanguageSamples.card(input)).raw[0, 0].isNaN)
    (input.fresh, input.expire) = (25, 60)
    #expect(try history.score(LanguageSamples.card(input)).raw[0, 0] == 65)
  }

  @Test func theAgeOfAComparisonIsThatOfItsNewerEnd() throws {
    let history = LanguageSamples.history()
    history.add("product.rate", (today - 45, 10), (today - 15, 60))
    let input = LanguageSamples.input(Expression("product.rate", .last, versus: .days(31), comparison: .difference))
    // 50 points, 5 days past fresh: the drift goes to 50 either way; so from 100.
    history.facts["product.rate"]?[0]?[1].value = 110
    #expect(try history.score(LanguageSamples.card(input)).raw[0, 0] == 50 + 50 * 0.7071067811865476)
  }

  @Test func amountsIgnoreAgesAndMissingNumbersScoreWithoutCoverage() throws {
    let history = LanguageSamples.history()
    history.add("service.tickets", (today - 25, 40))
    var input = LanguageSamples.input(Expression("service.tickets", .sum, window: 30))
    (input.fresh, input.expire) = (1, 2)
    let scores = try history.score(LanguageSamples.card(input))
    #expect(scores.raw[0, 0] == 40 && scores.coverage[0, 0] == 1)
    history.spoken["service.tickets"] = [today - 1000...today - 3]
    input.missing = .points(70)
    let dark = try history.score(LanguageSamples.card(input))
    #expect(dark.raw[0, 0] == 70 && dark.coverage[0, 0] == 0)
  }
}
