import Health

/// A catalogue with a signal of every kind, and cards around one fragment.
enum CardSamples {
  static let catalogue = Catalogue([
    Signal(key: "financial.arr", kind: .gauge, direction: .up, expire: 400),
    Signal(key: "financial.renewal_on", kind: .date, direction: .none, expire: 400),
    Signal(key: "financial.mrr", kind: .balance, direction: .up),
    Signal(key: "product.active_users", kind: .gauge, direction: .up, expire: 14),
    Signal(key: "product.seats", kind: .gauge, direction: .none, expire: 45),
    Signal(key: "product.logins", kind: .count, direction: .up, darkAfter: 2),
    Signal(key: "product.feature:*", kind: .count, direction: .up, darkAfter: 2),
    Signal(key: "product.features_licensed", kind: .gauge, direction: .none, expire: 45),
    Signal(key: "product.adoption_level", kind: .label, direction: .up, expire: 120),
    Signal(key: "service.tickets", kind: .event, direction: .middle),
    Signal(key: "service.p1_open", kind: .balance, direction: .down),
    Signal(key: "service.csat", kind: .event, direction: .up, expire: 180),
    Signal(key: "relationship.decision_maker_changed", kind: .event, direction: .down),
    Signal(key: "relationship.last_touch", kind: .date, direction: .down, expire: 90),
    Signal(key: "human.csm_pulse", kind: .event, direction: .up, fresh: 30, expire: 90),
  ])

  static func read(_ text: String) throws(Problems) -> CardFile {
    try CardFile.read(text: text, file: "cards/x.yaml", catalogue: catalogue)
  }

  /// A card with these lines at the top and one sound input.
  static func card(_ top: String) -> String { top + "\ngroups:\n  g: {weight: 1, inputs: [{\(sound)}]}\n" }

  /// A card whose one input is the fragment.
  static func card(input: String) -> String { "card: x\ngroups:\n  g:\n    weight: 1\n    inputs:\n      - {\(input)}\n" }

  /// A card whose one input measures the fragment.
  static func card(measuring expression: String) -> String {
    card(input: "\(expression), points: {0: 0, 1: 100}, weight: 1, missing: skip, why: x")
  }

  /// A card whose one rule is the fragment.
  static func card(rule: String) -> String { card("card: x\nrules:\n  - {\(rule)}") }

  /// A card whose one rule has the fragment as its one condition.
  static func card(condition: String) -> String { card(rule: "when: [{\(condition)}], cap: 40") }

  static let sound = "signal: product.logins, measure: sum 30d, points: {0: 0, 20: 100}, weight: 1, missing: skip, why: x"
}
