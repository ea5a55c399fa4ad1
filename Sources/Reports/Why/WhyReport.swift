import Health
import Storage

/// Why one account's score is another one than it was, be it on another day or by what was known then.
package struct WhyReport: Codable, Hashable, Sendable {
  /// How the account stood at one end.
  package struct End: Codable, Hashable, Sendable {
    package var asOf: Day
    /// The instant whose knowledge it is; nil means now.
    package var knownBy: Int64?
    /// Whether it was in the portfolio.
    package var standing: ShowReport.Standing
    /// Its score under the card that applied to it then; nil where none did, and where it had left or not begun.
    package var score: AccountScore?
  }

  package var account: String
  package var name: String
  /// The card of the first end, under which both are compared; nil where none applied.
  package var card: String?
  package var before: End
  package var after: End
  /// After less before; nil where an end has no score.
  package var change: Double?
  /// Largest first; they sum to the change. None where an end has no score.
  package var parts: [WhyPart]

  /// Between two days, as one moment's knowledge has them.
  package init(_ viewpoint: Viewpoint, _ selection: CardSelection, account: Account, days: ClosedRange<Day>) throws {
    let comparison = WhyComparison(
      account: account, before: (viewpoint, days.lowerBound), after: (viewpoint, days.upperBound), selection: selection)
    try self.init(comparison, card: nil)
  }

  /// Of one day, between what was believed and what is known now; both under the card that applies by what is known now.
  package init(believed: Viewpoint, now: Viewpoint, _ selection: CardSelection, account: Account, on day: Day) throws {
    let comparison = WhyComparison(account: account, before: (believed, day), after: (now, day), selection: selection)
    let card = try comparison.card(comparison.after)
    try self.init(comparison, card: card)
    guard let card, !parts.isEmpty else { return }
    let imports = try ChangedImports(from: believed, to: now, account: account, on: day)
    for index in parts.indices { parts[index].imports = try imports.changing(parts[index], of: card, between: before.score, after.score) }
  }

  private init(_ comparison: WhyComparison, card fixed: Card?) throws {
    let (first, last) = (try fixed ?? comparison.card(comparison.before), try fixed ?? comparison.card(comparison.after))
    let a = try first.map { try comparison.scored(comparison.before, $0) }
    let b = try first.map { try comparison.scored(comparison.after, $0) }
    let own = first?.name == last?.name ? b : try last.map { try comparison.scored(comparison.after, $0) }
    account = comparison.account.key
    name = try comparison.name()
    card = first?.name
    before = try comparison.end(comparison.before, a)
    after = try comparison.end(comparison.after, own)
    parts = []
    guard let a, let b, let own, let first = before.score?.score, let last = after.score?.score else { return }
    change = last - first
    parts = try comparison.parts(a, b, switchedTo: own.card.name == a.card.name ? nil : (own.card, last))
  }
}
