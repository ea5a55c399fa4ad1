import Health

/// A catalogue and cards of one input for the tests of single definitions, each worked out by hand.
enum LanguageSamples {
  static let catalogue = Catalogue([
    Signal(key: "product.usage", kind: .gauge), Signal(key: "product.rate", kind: .gauge, fresh: 10, expire: 20),
    Signal(key: "product.seats", kind: .gauge), Signal(key: "product.licensed", kind: .gauge, expire: 30),
    Signal(key: "product.feature:*", kind: .count, darkAfter: 2), Signal(key: "service.tickets", kind: .count, darkAfter: 2),
    Signal(key: "service.open", kind: .balance, darkAfter: 2), Signal(key: "service.csat", kind: .event),
    Signal(key: "human.pulse", kind: .event, expire: 90), Signal(key: "human.note", kind: .event),
  ])
  static let today = 20_000

  /// Feeds spoke daily for a thousand days, which is also the accounts' age.
  static func history() -> MemoryHistory {
    let history = MemoryHistory()
    history.start = Day(today - 1000)
    for signal in ["service.tickets", "service.open"] + ["a", "b", "c"].map({ "product.feature:\($0)" }) {
      history.spoken[signal] = [today - 1000...today + 100]
    }
    return history
  }

  static func card(_ input: Card.Input, rules: [Card.Rule] = [], floor: Double = 0) -> Card {
    Card(name: "x", coverageFloor: floor, groups: [Card.Group(name: "g", weight: 1, inputs: [input])], rules: rules)
  }

  static func input(_ expression: Expression, _ curve: Curve = .points([.init(0, 0), .init(100, 100)])) -> Card.Input {
    Card.Input(expression: expression, curve: curve, weight: 1, missing: .skip)
  }
}

extension MemoryHistory {
  func measure(_ expression: Expression, on day: Int = LanguageSamples.today) throws -> Double? {
    try measure(expression, LanguageSamples.catalogue, on: day)
  }

  func score(_ card: Card, on day: Int = LanguageSamples.today) throws -> TileScores {
    try score(card, LanguageSamples.catalogue, days: day...day)
  }
}
