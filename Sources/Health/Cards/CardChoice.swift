/// Which card applies to an account, by outcome.
///
/// Per outcome, candidates are tried by falling priority; the first whose conditions the attributes meet applies. At one priority,
/// which lint refuses where it matters, conditions go before a default and names decide the rest, so that the choice never depends
/// on the order of files.
public struct CardChoice: Sendable {
  /// The outcomes that have candidates, in alphabetical order.
  public let outcomes: [String]
  /// The candidates of an outcome in the order they are tried.
  public let candidates: [String: [Card]]

  /// The choice among a workspace's cards; those without an outcome are views and left out.
  public init(_ cards: [Card]) {
    var candidates: [String: [Card]] = [:]
    for card in cards {
      if let outcome = card.outcome?.name { candidates[outcome, default: []].append(card) }
    }
    self.candidates = candidates.mapValues { $0.sorted(by: CardChoice.isTriedBefore) }
    outcomes = candidates.keys.sorted()
  }

  /// The card of an outcome that applies to an account with these attributes (as of the day), if any.
  public func card(for outcome: String, attributes: [String: String]) -> Card? {
    candidates[outcome]?.first { AttributeConditions.hold($0.conditions, for: attributes) }
  }

  /// The card of each outcome that applies to an account, in the order of `outcomes`.
  public func cards(attributes: [String: String]) -> [Card] {
    outcomes.compactMap { card(for: $0, attributes: attributes) }
  }

  private static func isTriedBefore(_ a: Card, _ b: Card) -> Bool {
    if a.priority != b.priority { return a.priority > b.priority }
    if a.conditions.isEmpty != b.conditions.isEmpty { return b.conditions.isEmpty }
    return a.name < b.name
  }
}
