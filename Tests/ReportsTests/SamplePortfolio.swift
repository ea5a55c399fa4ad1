import Health
import Reports
import Storage

/// use 60 {usage}, service 40 {tickets of 30 days}; less than 10 of use lifts to 20, so that a rule shows.
let sampleCard = Card(
  name: "sample", title: "Are they well?", outcome: .event("renewal"),
  groups: [
    Card.Group(
      name: "use", weight: 60,
      inputs: [
        Card.Input(expression: Expression("product.usage"), curve: .points([.init(0, 0), .init(100, 100)]), weight: 1, missing: .skip)
      ]),
    Card.Group(
      name: "service", weight: 40,
      inputs: [
        Card.Input(
          expression: Expression("service.tickets", .sum, window: 30), curve: .steps([.init(0, 100), .init(1, 50), .init(3, 0)]), weight: 1,
          missing: .skip)
      ]),
  ],
  rules: [
    Card.Rule(
      when: [Card.Condition(subject: .expression(Expression("product.usage")), tests: [.below(10)])], effect: .floor(20),
      reason: "Just begun")
  ])

/// Four accounts over the first quarter of 2026, by hand:
///
/// | as of 31 March | usage | points | tickets in 30 d | points | raw | |
/// |---|---|---|---|---|---|---|
/// | acme | 80 on 31 March | 80 | none | 100 | 0.6·80 + 0.4·100 = 88 | 76 thirty days before |
/// | beta | 90 on 25 March, 4 days past fresh (2 d) | 50 + 40·2⁻² = 60 | 1 | 50 | 56 | coverage 40 %: unknown |
/// | gamma | 5 on 31 March | 5 | 3 | 0 | 3 | floor 20 |
/// | delta | 70 until it left on 20 March | | | | | not counted |
final class SamplePortfolio {
  let sample: SampleHistory
  var history: History { sample.history }

  init() throws {
    sample = try SampleHistory()
    let first = day(1, 1)
    try sample.take(
      "crm", fileDay: first, at: night(after: first),
      ["acme", "beta", "gamma", "delta"].map { ($0, .attribute("started", from: first, "2025-01-01")) } + [
        ("acme", .attribute("name", from: first, "Acme Ltd")), ("acme", .attribute("segment", from: first, "Enterprise")),
        ("acme", .alias("subscription-1")), ("gamma", .attribute("name", from: first, "Acme Garden")),
        ("gamma", .attribute("segment", from: first, "small")), ("gamma", .attribute("segment", from: day(3, 1), "enterprise")),
        ("acme", .reading("financial.arr", .gauge, on: Moment(first), 1000)),
        ("gamma", .reading("financial.arr", .gauge, on: Moment(first), 500)),
        ("acme", .reading("financial.renewal_on", .date, on: Moment(first), Double(day(6, 30).number))),
        ("acme", .label("product.plan", on: Moment(first), "gold")),
      ])
    try usage(day(1, 31), ["acme": 40, "gamma": 30, "delta": 70])
    try usage(day(2, 28), ["acme": 60, "delta": 70])
    try usage(day(3, 1), ["acme": 60])
    try usage(day(3, 20), ["delta": 70])
    try usage(day(3, 25), ["beta": 90])
    try usage(day(3, 31), ["acme": 80, "gamma": 5])
    try tickets()
    try sample.take(
      "outcomes", fileDay: day(3, 20), at: night(after: day(3, 20)),
      [("delta", .event("outcome.churn", .event, on: Moment(day(3, 20)), 1, id: "c1"))])
  }

  private func usage(_ day: Day, _ values: [String: Double]) throws {
    let rows = values.sorted { $0.key < $1.key }.map {
      ($0.key, SampleHistory.Fact.reading("product.usage", .gauge, on: Moment(day), $0.value))
    }
    try sample.take("usage", fileDay: day, at: night(after: day), rows)
  }

  /// The feed of tickets speaks every day, mostly to say that there are none.
  private func tickets() throws {
    let stated: [Day: [(String, String)]] = [
      day(3, 10): [("beta", "t1"), ("gamma", "t2")], day(3, 11): [("gamma", "t3"), ("gamma", "t4")],
    ]
    for offset in 0..<90 {
      let day = day(1, 1) + offset
      let rows = (stated[day] ?? []).map {
        ($0.0, SampleHistory.Fact.event("service.tickets", .event, on: Moment(day), 1, id: $0.1, text: "Help"))
      }
      try sample.take("tickets", fileDay: day, at: night(after: day), event: "service.tickets", rows)
    }
  }
}
