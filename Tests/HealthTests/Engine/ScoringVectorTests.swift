import Health
import Testing

/// The vectors of the scoring language, each worked out by hand.
struct ScoringVectorTests {
  private static let catalogue = Catalogue([
    Signal(key: "product.usage", kind: .gauge), Signal(key: "product.adoption", kind: .gauge), Signal(key: "product.seats", kind: .gauge),
    Signal(key: "service.tickets", kind: .count, darkAfter: 7), Signal(key: "human.pulse", kind: .event),
    Signal(key: "service.open", kind: .balance),
    Signal(key: "service.csat", kind: .event), Signal(key: "financial.renewal_on", kind: .date), Signal(key: "product.plan", kind: .label),
  ])
  /// The day that is scored; the account started a thousand days before.
  private static let today = 20_000

  private func history(spoken: [ClosedRange<Int>] = [0...20_000]) -> MemoryHistory {
    let history = MemoryHistory()
    history.start = Day(Self.today - 1000)
    for signal in ["service.tickets", "service.open", "service.csat"] { history.spoken[signal] = spoken }
    return history
  }

  private static func input(_ expression: Expression, _ curve: Curve = .points([.init(0, 0), .init(100, 100)]), weight: Double = 1)
    -> Card.Input
  {
    Card.Input(expression: expression, curve: curve, weight: weight, missing: .skip)
  }

  private func score(_ history: MemoryHistory, _ card: Card, on day: Int = today) throws -> TileScores {
    try history.score(card, Self.catalogue, days: day...day)
  }

  private func points(_ curve: Curve, at x: Double, signal: String = "product.usage") throws -> Double {
    let history = history()
    history.add(signal, (Self.today, x))
    let card = Card(name: "x", groups: [Card.Group(name: "g", weight: 1, inputs: [Self.input(Expression(signal), curve)])])
    return try score(history, card).raw[0, 0]
  }

  @Test func skippedWeightStaysInItsGroup() throws {
    let card = Card(
      name: "x",
      groups: [
        Card.Group(
          name: "product", weight: 40,
          inputs: [Self.input(Expression("product.usage"), weight: 60), Self.input(Expression("product.adoption"), weight: 40)]),
        Card.Group(name: "service", weight: 30, inputs: [Self.input(Expression("service.csat"))]),
        Card.Group(name: "relationship", weight: 30, inputs: [Self.input(Expression("human.pulse"))]),
      ])
    let history = history()
    history.add("product.usage", (Self.today, 80))
    history.add("human.pulse", (Self.today, 50))
    let scores = try score(history, card)
    #expect(abs(scores.raw[0, 0] - 4700.0 / 70) < 1e-12)
    #expect(abs(scores.coverage[0, 0] - 0.54) < 1e-12)
    #expect(scores.groups[0][0, 0] == 80 && scores.groups[1][0, 0].isNaN && scores.groups[2][0, 0] == 50)
    let nothing = try score(MemoryHistory(), card)
    #expect(nothing.raw[0, 0].isNaN && nothing.final[0, 0].isNaN && nothing.coverage[0, 0] == 0)
  }

  @Test func curves() throws {
    for (x, y) in [(12.0, 20.0), (5, 0), (30, 100)] { #expect(try points(.points([.init(10, 0), .init(20, 100)]), at: x) == y) }
    let trapezoid = Curve.points([.init(-1, 0), .init(1, 100), .init(4, 100), .init(12, 0)])
    for (x, y) in [(0.0, 50.0), (2, 100), (8, 50), (20, 0)] { #expect(try points(trapezoid, at: x) == y) }
    let steps = Curve.steps([.init(0, 100), .init(1, 50), .init(2, 0)])
    for (x, y) in [(0.0, 100.0), (1, 50), (1.9, 50), (7, 0), (-1, 100)] { #expect(try points(steps, at: x) == y) }
    let ratings = Curve.map(["1": 0, "6": 100])
    #expect(try points(ratings, at: 6) == 100)
    #expect(try points(ratings, at: 3).isNaN)
  }

  @Test func labelsAreMappedByTheirNumbers() throws {
    let history = history()
    history.labels = ["gold": [7, 9], "free": [8]]
    let input = Self.input(Expression("product.plan"), .map(["Gold": 90, "free": 10]))
    let card = Card(name: "x", groups: [Card.Group(name: "g", weight: 1, inputs: [input])])
    for (number, y) in [(9.0, 90.0), (8, 10)] {
      history.facts = [:]
      history.add("product.plan", (Self.today - 3, number))
      #expect(try score(history, card).raw[0, 0] == y)
    }
  }

  @Test func pointsDriftToNeutralWithAgeAndThenExpire() throws {
    func at(_ age: Int, missing: Card.Missing = .skip) throws -> (raw: Double, coverage: Double) {
      let history = history()
      history.add("product.usage", (Self.today - age, 90))
      var input = Self.input(Expression("product.usage"))
      (input.fresh, input.expire, input.missing) = (14, 40, missing)
      let scores = try score(history, Card(name: "x", groups: [Card.Group(name: "g", weight: 1, inputs: [input])]))
      return (scores.raw[0, 0], scores.coverage[0, 0])
    }
    #expect(try at(14) == (90, 1))
    #expect(try at(28) == (70, 0))
    #expect(abs(try at(21).raw - (50 + 40 / 2.0.squareRoot())) < 1e-12)
    #expect(try at(40).raw > 50)
    #expect(try at(41).raw.isNaN)
    #expect(try at(41, missing: .points(30)) == (30, 0))
  }

  @Test func bandsGoByTheShownScore() {
    let card = Card(name: "x", coverageFloor: 0.5)
    let vectors: [(Double, Int, String)] = [
      (40.4, 40, "unhealthy"), (40.5, 41, "neutral"), (40.4999999999, 41, "neutral"), (60.49, 60, "neutral"), (60.5, 61, "healthy"),
    ]
    for (score, shown, band) in vectors {
      #expect(Card.shown(score) == shown)
      #expect(card.band(score: score, coverage: 1)?.name == band)
    }
    let strict = Card(
      name: "x",
      bands: [
        Card.Band(name: "watch", color: "red", start: 0), Card.Band(name: "healthy", color: "green", start: 80, includesStart: false),
      ])
    #expect(strict.band(score: 80.4, coverage: 1)?.name == "watch")
    #expect(strict.band(score: 80.5, coverage: 1)?.name == "healthy")
    #expect(card.band(score: 90, coverage: 0.49) == nil)
    #expect(card.band(score: 90, coverage: 0.3 + 0.2)?.name == "healthy")
    #expect(card.band(score: .nan, coverage: 1) == nil)
  }

  @Test func changesOfCounts() throws {
    let change = Expression("service.tickets", .sum, window: 30, versus: .previous)
    let history = history()
    history.add("service.tickets", (Self.today - 5, 10), (Self.today - 30, 5), (Self.today - 59, 15))
    #expect(try history.measure(change, Self.catalogue, on: Self.today) == -0.5)
    history.facts = [:]
    history.add("service.tickets", (Self.today - 40, 20))
    #expect(try history.measure(change, Self.catalogue, on: Self.today) == -1)
    history.facts = [:]
    history.add("service.tickets", (Self.today - 4, 20))
    #expect(try history.measure(change, Self.catalogue, on: Self.today) == nil)
  }

  @Test func ratingsAgainstTheWindowBefore() throws {
    let history = history()
    history.add(
      "service.csat", (Self.today - 1, 4), (Self.today - 119, 5), (Self.today - 120, 3), (Self.today - 130, 3), (Self.today - 239, 3))
    let expression = Expression("service.csat", .mean, window: 120, versus: .previous, comparison: .difference)
    #expect(try history.measure(expression, Self.catalogue, on: Self.today) == 1.5)
  }

  @Test func balances() throws {
    let history = history()
    let first = Self.today - 10
    history.add("service.open", (first + 1, 1), (first + 2, 1), (first + 3, 1), (first + 3, -1))
    #expect(try history.measure(Expression("service.open"), Self.catalogue, on: first + 2) == 2)
    #expect(try history.measure(Expression("service.open"), Self.catalogue, on: first + 3) == 2)
    #expect(try history.measure(Expression("service.open", .sum, window: 30), Self.catalogue, on: first + 3) == 2)
    #expect(try history.measure(Expression("service.open", .count, window: 30), Self.catalogue, on: first + 3) == 4)
    // Four days: 0, 1, 2, 2.
    #expect(try history.measure(Expression("service.open", .mean, window: 4), Self.catalogue, on: first + 3) == 1.25)
    #expect(try history.measure(Expression("service.open", .max, window: 4), Self.catalogue, on: first + 1) == 1)
    #expect(try history.measure(Expression("service.open", .since), Self.catalogue, on: first + 9) == 6)
  }

  @Test func darkDaysAreLeftOut() throws {
    let thirty = Expression("service.tickets", .sum, window: 30)
    func sum(silent days: ClosedRange<Int>, on day: Int? = nil) throws -> Double? {
      let history = history(spoken: [0...days.lowerBound - 1, days.upperBound + 1...Self.today + 100])
      for day in Self.today - 100...Self.today where !days.contains(day) { history.add("service.tickets", (day, 2)) }
      return try history.measure(thirty, Self.catalogue, on: day ?? Self.today)
    }
    #expect(try sum(silent: Self.today - 20...Self.today - 11) == 60)
    #expect(try sum(silent: Self.today - 20...Self.today - 16) == 50)
    // A silence of seven days is not longer than `dark_after`; of eight it is.
    #expect(try sum(silent: Self.today - 20...Self.today - 14) == 46)
    let eight = try #require(try sum(silent: Self.today - 20...Self.today - 13))
    #expect(abs(eight - 60) < 1e-12)
    // More than half of the window dark.
    #expect(try sum(silent: Self.today - 20...Self.today - 5) == nil)
    #expect(try sum(silent: Self.today - 19...Self.today - 5) == 60)
    // While it lasts it is dark from the first day past `dark_after`.
    #expect(try sum(silent: Self.today - 6...Self.today) == 46)
    #expect(try sum(silent: Self.today - 7...Self.today) == nil)
    #expect(try sum(silent: Self.today - 7...Self.today + 20, on: Self.today - 1) == 46)
  }

  @Test func youngAccounts() throws {
    func measure(_ function: Expression.Function, _ window: Int, livedDays: Int) throws -> Double? {
      let history = history()
      history.start = Day(Self.today - livedDays + 1)
      for day in Self.today - 100...Self.today { history.add("service.tickets", (day, 2)) }
      return try history.measure(Expression("service.tickets", function, window: window), Self.catalogue, on: Self.today)
    }
    #expect(try measure(.sum, 30, livedDays: 13) == nil)
    #expect(try measure(.sum, 30, livedDays: 14) == 60)
    #expect(try measure(.count, 30, livedDays: 20) == 30)
    #expect(try measure(.sum, 7, livedDays: 7) == 14)
    #expect(try measure(.sum, 7, livedDays: 6) == nil)
    #expect(try measure(.mean, 30, livedDays: 14) == 2)
    #expect(try measure(.mean, 30, livedDays: 13) == nil)
    #expect(try measure(.since, 30, livedDays: 0) == 0)
    func change(livedDays: Int) throws -> Double? {
      let history = history()
      history.start = Day(Self.today - livedDays + 1)
      for day in Self.today - 100...Self.today { history.add("service.tickets", (day, 2)) }
      return try history.measure(Expression("service.tickets", .sum, window: 20, versus: .previous), Self.catalogue, on: Self.today)
    }
    #expect(try change(livedDays: 39) == nil)
    #expect(try change(livedDays: 40) == 0)
  }

  @Test func quotientsAndSubstitutes() throws {
    let history = history()
    history.add("product.usage", (Self.today - 2, 30))
    history.add("product.seats", (Self.today - 9, 60))
    history.add("service.tickets", (Self.today - 1, 3))
    func measure(_ expression: Expression) throws -> Double? { try history.measure(expression, Self.catalogue, on: Self.today) }
    let seats = Expression("product.seats")
    #expect(try measure(Expression("product.usage", per: .init(seats))) == 0.5)
    #expect(try measure(Expression("product.usage", per: .init(seats, times: 100))) == 50)
    #expect(try measure(Expression("product.usage", per: .init(seats, plusOwn: true))) == 1 / 3)
    #expect(try measure(Expression("product.usage", per: .init(Expression("product.adoption")))) == nil)
    #expect(try measure(Expression("product.usage", per: .init(Expression("service.open")))) == nil)
    #expect(try measure(Expression("product.adoption", otherwise: Expression("product.usage"))) == 30)
    #expect(try measure(Expression("product.usage", otherwise: seats)) == 30)
    #expect(try measure(Expression("service.tickets", .sum, window: 30, per: .init(seats, times: 100))) == 5)
  }

  @Test func datesAreCountedFromAndTo() throws {
    let history = history()
    history.add("financial.renewal_on", (Self.today - 50, Double(Self.today + 30)))
    for (day, until) in [(Self.today, 30.0), (Self.today + 40, -10)] {
      #expect(try history.measure(Expression("financial.renewal_on", .until), Self.catalogue, on: day) == until)
      #expect(try history.measure(Expression("financial.renewal_on", .since), Self.catalogue, on: day) == -until)
    }
    #expect(try history.measure(Expression("financial.renewal_on", .until), Self.catalogue, on: Self.today - 51) == nil)
    #expect(try history.measure(Expression("service.csat", .since), Self.catalogue, on: Self.today) == nil)
  }

  @Test func theAgeOfAQuotientIsTheOlder() throws {
    let history = history()
    history.add("product.usage", (Self.today - 1, 30))
    history.add("product.seats", (Self.today - 20, 40))
    var input = Self.input(Expression("product.usage", per: .init(Expression("product.seats"), times: 100)))
    (input.fresh, input.expire) = (10, 100)
    let scores = try score(history, Card(name: "x", groups: [Card.Group(name: "g", weight: 1, inputs: [input])]))
    #expect(scores.raw[0, 0] == 50 + 25 * 0.5)
    #expect(scores.coverage[0, 0] == 0)
  }

  @Test func rulesCapAndLift() throws {
    func final(_ usage: Double, _ rules: [Card.Rule], open: Double? = nil) throws -> Double {
      let history = history()
      history.add("product.usage", (Self.today, usage))
      if let open { history.add("service.open", (Self.today, open)) }
      let group = Card.Group(name: "g", weight: 1, inputs: [Self.input(Expression("product.usage"))])
      return try score(history, Card(name: "x", groups: [group], rules: rules)).final[0, 0]
    }
    func rule(_ effect: Card.Effect, _ conditions: (Card.Condition.Subject, [Card.Test])...) -> Card.Rule {
      Card.Rule(when: conditions.map { Card.Condition(subject: $0.0, tests: $0.1) }, effect: effect)
    }
    let incident = rule(.cap(40), (.expression(Expression("service.open")), [.above(0)]))
    #expect(try final(90, [incident], open: 1) == 40)
    #expect(try final(90, [incident]) == 90)
    #expect(try final(20, [incident], open: 1) == 20)
    // min(caps, max(floors, raw)), whatever the order.
    let (lift, low) = (rule(.floor(70), (.rawScore, [.below(80)])), rule(.cap(30), (.band(["unhealthy"]), [])))
    #expect(try final(20, [lift]) == 70)
    #expect(try final(20, [low, lift]) == 30)
    #expect(try final(20, [lift, low]) == 30)
    #expect(try final(85, [lift, low]) == 85)
    // All tests of all conditions; a missing measure is false.
    #expect(try final(50, [rule(.cap(10), (.rawScore, [.from(50), .to(50)]))]) == 10)
    #expect(try final(50, [rule(.cap(10), (.rawScore, [.from(50)]), (.expression(Expression("product.seats")), [.below(9)]))]) == 50)
  }

  @Test func whoCounts() throws {
    let history = history()
    history.members = [
      0: Membership(start: Day(101)), 1: Membership(), 2: Membership(start: Day(0), churns: [Day(100)], returns: [Day(100)]),
      3: Membership(start: Day(0), churns: [Day(99)], returns: [Day(101)]),
      4: Membership(start: Day(0), exclusions: [(Day(100), true), (Day(101), false)]),
    ]
    let card = Card(name: "x", groups: [Card.Group(name: "g", weight: 1, inputs: [Self.input(Expression("product.usage"))])])
    let scores = try history.score(card, Self.catalogue, days: 98...101, accounts: 0..<5)
    let counted = (0..<4).map { row in (0..<5).map { scores.counted[row, $0] } }
    #expect(counted == [[0, 0, 1, 1, 1], [0, 0, 1, 0, 1], [0, 0, 0, 0, 0], [1, 0, 0, 1, 1]])
  }

  @Test func whatCannotBeMeasuredIsRefusedByName() throws {
    func problem(_ expression: Expression) -> String? {
      let card = Card(name: "x", groups: [Card.Group(name: "g", weight: 1, inputs: [Self.input(expression)])])
      do {
        _ = try CardPlan(card, catalogue: Self.catalogue, labelNumbers: { _ in [] })
        return nil
      } catch {
        return (error as? Problem)?.name
      }
    }
    #expect(problem(Expression("product.nothing")) == "unknown-signal")
    #expect(problem(Expression("product.usage", .breadth, window: 30)) == "measure-does-not-fit")
    #expect(problem(Expression("product.usage")) == nil)
  }
}
