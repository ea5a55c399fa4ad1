import Health
import Testing

@Suite struct CardFileTests {
  /// The example of the design, whole.
  @Test func aWholeCard() throws {
    let text = """
      card: renewal
      title: Will they renew?
      about: |
        For the quarterly talk.
      outcome: renewal              # optional
      horizon: 120d
      review_by: 2027-03-31
      priority: 10
      for: {stage: [adoption, retention], segment: enterprise, tier: 007}
      coverage_floor: 40%
      bands:
        - {band: unhealthy, color: red,    from: 0,  play: Call the sponsor this week}
        - {band: neutral,   color: yellow, from: 41}
        - {band: healthy,   color: green,  above: 60}
      groups:
        service:
          weight: 12.5
          inputs:
            - signal: service.tickets
              measure: sum 30d
              points: {0: 50, 1: 100, 4: 100, 12: 0}
              weight: 40
              missing: 35
              fresh: 10d
              expire: 20d
              why: …
        product:
          weight: 40
          inputs:
            - signal: product.active_users
              measure: mean 28d
              per: product.seats
              points: {0.2: 0, 0.8: 100}
              weight: 60
              missing: skip
              why: Breadth of use is the strongest sign of value.
      rules:
        - when: [{signal: service.p1_open, above: 0}]
          cap: 40
          reason: An open P1 incident
        - when: [{signal: relationship.decision_maker_changed, measure: since, to: 90}]
          until: human.csm_pulse
          cap: 60
          reason: New decision maker, no pulse since
      """
    let file = try CardSamples.read(text)
    #expect(file.file == "cards/x.yaml")
    let expected = Card(
      name: "renewal", title: "Will they renew?", about: "For the quarterly talk.\n", outcome: .event("renewal"), horizon: 120,
      reviewBy: Day(year: 2027, month: 3, day: 31), priority: 10,
      conditions: ["stage": ["adoption", "retention"], "segment": ["enterprise"], "tier": ["007"]], coverageFloor: 0.4,
      bands: [
        Card.Band(name: "unhealthy", color: "red", start: 0, play: "Call the sponsor this week"),
        Card.Band(name: "neutral", color: "yellow", start: 41),
        Card.Band(name: "healthy", color: "green", start: 60, includesStart: false),
      ],
      groups: [
        Card.Group(
          name: "service", weight: 12.5,
          inputs: [
            Card.Input(
              expression: Expression("service.tickets", .sum, window: 30),
              curve: .points([.init(0, 50), .init(1, 100), .init(4, 100), .init(12, 0)]), weight: 40, missing: .points(35), fresh: 10,
              expire: 20, why: "…")
          ]),
        Card.Group(
          name: "product", weight: 40,
          inputs: [
            Card.Input(
              expression: Expression("product.active_users", .mean, window: 28, per: .init(Expression("product.seats"))),
              curve: .points([.init(0.2, 0), .init(0.8, 100)]), weight: 60, missing: .skip,
              why: "Breadth of use is the strongest sign of value.")
          ]),
      ],
      rules: [
        Card.Rule(
          when: [Card.Condition(subject: .expression(Expression("service.p1_open")), tests: [.above(0)])], effect: .cap(40),
          reason: "An open P1 incident"),
        Card.Rule(
          when: [
            Card.Condition(subject: .expression(Expression("relationship.decision_maker_changed", .since)), tests: [.to(90)])
          ],
          effect: .cap(60), until: "human.csm_pulse", reason: "New decision maker, no pulse since"),
      ],
      text: text)
    #expect(file.card == expected)
    #expect(file.card.identity == StableHash.hex(text))
  }

  @Test func whatACardLeavesOut() throws {
    let text = CardSamples.card("card: x")
    let card = try CardSamples.read(text).card
    #expect(
      card
        == Card(
          name: "x", title: "", about: "", outcome: nil, horizon: 90, reviewBy: nil, priority: 0, conditions: [:], coverageFloor: 0.5,
          bands: Card.defaultBands, groups: card.groups, rules: [], text: text))
  }

  @Test func anAbsenceIsAnOutcomeWhoseHorizonIsItsSpan() throws {
    for extra in ["", "\nhorizon: 60d"] {
      let card = try CardSamples.read(CardSamples.card("card: x\noutcome: {name: lapse, none: product.logins, in: 60d}" + extra)).card
      #expect(card.outcome == .absence(name: "lapse", signal: "product.logins", days: 60))
      #expect(card.horizon == 60)
    }
  }

  @Test func emptyConditionsMakeADefaultCard() throws {
    #expect(try CardSamples.read(CardSamples.card("card: x\nfor: {}")).card.conditions.isEmpty)
  }

  @Test(arguments: [
    ("signal: financial.arr", Expression("financial.arr", .last)),
    ("signal: financial.arr, measure: last", Expression("financial.arr", .last)),
    ("signal: product.logins, measure: count 7d", Expression("product.logins", .count, window: 7)),
    ("signal: product.logins, measure: days 30d", Expression("product.logins", .days, window: 30)),
    ("signal: product.active_users, measure: min 30d", Expression("product.active_users", .min, window: 30)),
    ("signal: product.active_users, measure: max 30d", Expression("product.active_users", .max, window: 30)),
    ("signal: product.active_users, measure: slope 90d", Expression("product.active_users", .slope, window: 90)),
    ("signal: financial.renewal_on, measure: until", Expression("financial.renewal_on", .until)),
    ("signal: relationship.last_touch, measure: since", Expression("relationship.last_touch", .since)),
    ("signal: service.csat, measure: since", Expression("service.csat", .since)),
    ("signal: product.feature:search, measure: sum 30d", Expression("product.feature:search", .sum, window: 30)),
    // change is short for two things
    ("signal: product.logins, measure: change 90d", Expression("product.logins", .sum, window: 90, versus: .previous)),
    ("signal: service.tickets, measure: change 90d", Expression("service.tickets", .sum, window: 90, versus: .previous)),
    ("signal: financial.arr, measure: change 365d", Expression("financial.arr", .last, versus: .days(365))),
    ("signal: service.p1_open, measure: change 30d", Expression("service.p1_open", .last, versus: .days(30))),
    (
      "signal: financial.arr, measure: change 365d, as: difference",
      Expression("financial.arr", .last, versus: .days(365), comparison: .difference)
    ),
    (
      "signal: service.csat, measure: mean 120d, versus: previous, as: difference",
      Expression("service.csat", .mean, window: 120, versus: .previous, comparison: .difference)
    ),
    ("signal: service.csat, measure: mean 28d, versus: 120d", Expression("service.csat", .mean, window: 28, versus: .days(120))),
    ("signal: product.active_users, per: product.seats", Expression("product.active_users", per: .init(Expression("product.seats")))),
    (
      "signal: product.logins, measure: sum 90d, per: {signal: service.tickets, measure: sum 90d, plus_own: true, times: 100}",
      Expression(
        "product.logins", .sum, window: 90,
        per: .init(Expression("service.tickets", .sum, window: 90), plusOwn: true, times: 100))
    ),
    (
      "signal: financial.mrr, else: {signal: financial.arr, measure: mean 30d, per: product.seats}",
      Expression("financial.mrr", otherwise: Expression("financial.arr", .mean, window: 30, per: .init(Expression("product.seats"))))
    ),
    (
      "signal: 'product.feature:*', measure: breadth 30d, at_least: 5, of: product.features_licensed, weights: {search: 2}",
      Expression(
        "product.feature:*", .breadth, window: 30, atLeast: 5, of: .signal("product.features_licensed"), weights: ["search": 2])
    ),
    (
      "signal: product.feature:*, measure: breadth 30d, of: [search, export]",
      Expression("product.feature:*", .breadth, window: 30, of: .names(["search", "export"]))
    ),
    ("signal: product.feature:*, measure: breadth 30d", Expression("product.feature:*", .breadth, window: 30, of: .seen)),
    ("signal: product.feature:*, measure: lapsed 30d", Expression("product.feature:*", .lapsed, window: 30)),
    ("signal: product.feature:*, measure: change 30d", Expression("product.feature:*", .sum, window: 30, versus: .previous)),
  ])
  func expressions(written: String, expected: Expression) throws {
    let card = try CardSamples.read(CardSamples.card(measuring: written)).card
    #expect(card.groups[0].inputs[0].expression == expected)
  }

  @Test(arguments: [
    ("points: {10: 0, 20: 100}", Curve.points([.init(10, 0), .init(20, 100)])),
    ("points: {10: 0, 0: 100}", .points([.init(0, 100), .init(10, 0)])),
    ("points: {12: 0, 4: 100, 1: 100, -1: 0}", .points([.init(-1, 0), .init(1, 100), .init(4, 100), .init(12, 0)])),
    ("points: {5: 50}", .points([.init(5, 50)])),
    ("steps: {0: 100, 1: 50, 2.5: 0}", .steps([.init(0, 100), .init(1, 50), .init(2.5, 0)])),
    ("map: {1: 0, 2: 20, 6: 100}", .map(["1": 0, "2": 20, "6": 100])),
    ("percentile: all", .percentile(attribute: nil, direction: .up)),
    ("percentile: segment, direction: down", .percentile(attribute: "segment", direction: .down)),
  ])
  func curves(written: String, expected: Curve) throws {
    let card = try CardSamples.read(CardSamples.card(input: "signal: financial.arr, \(written), weight: 1, missing: skip")).card
    #expect(card.groups[0].inputs[0].curve == expected)
  }

  @Test func labelsHaveAMap() throws {
    let input = "signal: product.adoption_level, map: {basic: 33, Advanced: 100}, weight: 1, missing: 0"
    let read = try CardSamples.read(CardSamples.card(input: input)).card.groups[0].inputs[0]
    #expect(read.curve == .map(["basic": 33, "Advanced": 100]))
    #expect(read.missing == .points(0))
    #expect(read.why.isEmpty)
  }

  @Test(arguments: [
    (
      "signal: financial.arr, above: 1, to: 9",
      Card.Condition(subject: .expression(Expression("financial.arr")), tests: [.above(1), .to(9)])
    ),
    (
      "signal: service.csat, measure: mean 90d, below: 3",
      Card.Condition(subject: .expression(Expression("service.csat", .mean, window: 90)), tests: [.below(3)])
    ),
    ("signal: financial.arr, is: 0", Card.Condition(subject: .expression(Expression("financial.arr")), tests: [.equals(0)])),
    (
      "signal: product.adoption_level, is: 007",
      Card.Condition(subject: .expression(Expression("product.adoption_level")), tests: [.label("007")])
    ),
    ("score: raw, from: 50", Card.Condition(subject: .rawScore, tests: [.from(50)])),
    ("trend: 90d, above: -3, below: 3", Card.Condition(subject: .trend(days: 90), tests: [.above(-3), .below(3)])),
    ("band: [neutral, healthy]", Card.Condition(subject: .band(["neutral", "healthy"]), tests: [])),
    ("band: neutral", Card.Condition(subject: .band(["neutral"]), tests: [])),
  ])
  func conditions(written: String, expected: Card.Condition) throws {
    #expect(try CardSamples.read(CardSamples.card(condition: written)).card.rules[0].when == [expected])
  }

  @Test(arguments: [
    ("cap: 40", Card.Effect.cap(40)), ("floor: 60.5", .floor(60.5)), ("play: Call them", .play("Call them")),
    ("status: stagnant", .status("stagnant")),
  ])
  func effects(written: String, expected: Card.Effect) throws {
    #expect(try CardSamples.read(CardSamples.card(rule: "when: [{score: raw, to: 5}], \(written)")).card.rules[0].effect == expected)
  }

  @Test func hashesAreThePublishedVectors() {
    #expect(StableHash.hex("") == "cbf29ce484222325")
    #expect(StableHash.hex("a") == "af63dc4c8601ec8c")
    #expect(StableHash.hex("foobar") == "85944171f73967e8")
  }
}
