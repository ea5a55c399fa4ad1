/// What a person decided about an account's score, for some days.
package struct Override: Hashable, Sendable {
  /// What it does to the score.
  package enum Kind: String, Codable, Sendable, CaseIterable {
    /// The score is at most the value.
    case cap
    /// The score is at least the value.
    case floor
    /// The score is the value, whatever the rest says; it has a band even below the card's coverage floor.
    case set
  }

  /// The account's id.
  package var account: Int
  /// The card that it holds for; nil for every card.
  package var card: String?
  package var kind: Kind
  package var value: Double
  package var from: Day
  /// The last day, included.
  package var until: Day
  package var author: String?
  package var note: String?
  /// Its place among all overrides in the order they came: of several `set`s the newest holds.
  package var order: Int

  package init(
    account: Int, card: String? = nil, kind: Kind, value: Double, from: Day, until: Day, author: String? = nil, note: String? = nil,
    order: Int
  ) {
    (self.account, self.card, self.kind, self.value, self.from, self.until) = (account, card, kind, value, from, until)
    (self.author, self.note, self.order) = (author, note, order)
  }

  /// Whether it holds for a card on a day.
  package func holds(for card: String, on day: Day) -> Bool { (self.card ?? card) == card && from <= day && day <= until }
}

extension Array<Override> {
  /// Those of one account that act on one day, out of those that hold: the newest `set` alone, else all.
  package var inForce: [Override] {
    filter { $0.kind == .set }.max { $0.order < $1.order }.map { [$0] } ?? sorted { $0.order < $1.order }
  }

  /// The score after those that are in force: set, else min(caps, max(floors, score)). Without a score only `set` gives one.
  func applied(to score: Double) -> Double {
    let acting = inForce
    if let set = acting.first, set.kind == .set { return set.value }
    guard !score.isNaN else { return score }
    let lifted = acting.filter { $0.kind == .floor }.map(\.value).reduce(score, Swift.max)
    return acting.filter { $0.kind == .cap }.map(\.value).reduce(lifted, Swift.min)
  }
}
