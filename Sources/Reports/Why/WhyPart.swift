import Health

/// One part of the change of a score, or of a mean of scores.
package struct WhyPart: Codable, Hashable, Sendable {
  /// Why the mean of a portfolio moves though no score of an account did.
  package typealias Mix = MeanDecomposition.Mix

  package var kind: Decomposition.Kind
  /// Of the mix.
  package var mix: Mix?
  /// Of an input: its group of the card, and what it measures.
  package var group: String?
  package var signal: String?
  package var measure: String?
  /// What was measured at both ends, and what a label or date stands for; nil where there was nothing.
  package var before: Double?
  package var after: Double?
  package var beforeText: String?
  package var afterText: String?
  package var pointsBefore: Double?
  package var pointsAfter: Double?
  /// The effective shares of the score, of 1.
  package var weightBefore: Double?
  package var weightAfter: Double?
  /// Days between the newest of the data and the end; nil where age does not matter.
  package var ageBefore: Int?
  package var ageAfter: Int?
  /// How much of its points' distance from 50 age has left, of 1.
  package var factorBefore: Double?
  package var factorAfter: Double?
  /// Rules and overrides that hold at only one end, or the cards before and after a switch.
  package var ended: [String] = []
  package var began: [String] = []
  /// Rules and overrides that hold at both ends.
  package var held: [String] = []
  /// How much of the change it is.
  package var amount: Double
  /// How many accounts it is of; 1 where one was asked for.
  package var accounts = 1
  /// The imports that changed the data; only where the ends differ in what was known.
  package var imports: [Int]?

  /// Largest first; equal ones as they came.
  static func sorted(_ parts: [WhyPart]) -> [WhyPart] {
    parts.enumerated().sorted { (-abs($0.element.amount), $0.offset) < (-abs($1.element.amount), $1.offset) }.map(\.element)
  }
}

extension WhyPart {
  /// A part of one account under a card, without what was measured.
  init(_ part: Decomposition.Part, of card: Card) {
    self.init(kind: part.kind, amount: part.amount)
    if let input = part.input { name(input: input, of: card) }
  }

  /// Says which input of the card it is of.
  mutating func name(input place: Int, of card: Card) {
    let inputs = card.groups.flatMap { group in group.inputs.map { (group.name, $0) } }
    (group, signal, measure) = (inputs[place].0, inputs[place].1.expression.signal, inputs[place].1.expression.phrase)
  }
}

extension CardSelection {
  /// The card for an account with these attributes as of the day, and its place among `cards`.
  func card(for attributes: [String: String]) -> (place: Int, card: Card)? {
    cards.indices.first { applies($0, attributes: { attributes }) }.map { ($0, cards[$0]) }
  }
}
