import Health

/// Which input of one card stands for which of another, and what each pair does to the difference of two scores.
package struct CardDifference {
  /// What one input, or the rules, do to the difference of an account's two scores.
  package struct Part: Codable, Hashable, Sendable {
    /// The group, in the new card where both have the input; nil for the rules.
    package var group: String?
    package var signal: String?
    /// The expression in the words of the card language, that of the new card where both have the input.
    package var measure: String?
    /// How far it lifts the new score less how far it lifts the old one. A lift is weight × (points − 50).
    package var change: Double
    /// The effective shares of the score, of 1; nil where a card does not have the input.
    package var weightBefore: Double?
    package var weightAfter: Double?
    /// Nil where a card does not have the input, or skips it.
    package var pointsBefore: Double?
    package var pointsAfter: Double?
  }

  /// One input of a card with its place among all of them.
  private struct Place {
    let index: Int
    let group: String
    let input: Card.Input
    var signal: String { input.expression.signal }
    var measure: String { input.expression.phrase }
  }

  private let old: Card
  private let new: Card
  private let pairs: [(old: Place?, new: Place?)]

  /// Pairs the inputs: first those of one group that measure the same, then those that moved to another group, then what measures
  /// one signal in one group in another way.
  package init(from old: Card, to new: Card) {
    (self.old, self.new) = (old, new)
    var (left, pairs) = (CardDifference.places(old), [(old: Place?, new: Place?)]())
    var unpaired: [Place] = CardDifference.places(new)
    let likenesses: [(Place, Place) -> Bool] = [
      { $0.group == $1.group && $0.signal == $1.signal && $0.measure == $1.measure },
      { $0.signal == $1.signal && $0.measure == $1.measure },
      { $0.group == $1.group && $0.signal == $1.signal },
    ]
    for isLike in likenesses {
      unpaired.removeAll { place in
        guard let found = left.firstIndex(where: { isLike($0, place) }) else { return false }
        pairs.append((left.remove(at: found), place))
        return true
      }
    }
    self.pairs = pairs + unpaired.map { (nil, $0) } + left.map { ($0, nil) }
  }

  private static func places(_ card: Card) -> [Place] {
    card.groups.flatMap { group in group.inputs.map { (group.name, $0) } }.enumerated().map {
      Place(index: $0, group: $1.0, input: $1.1)
    }
  }

  /// What makes the difference between two scores of one account, the largest part first; empty where one of them is missing.
  /// A score is 50 plus the lifts of its inputs plus what rules add, so that the parts sum to the change of the final score.
  func parts(_ before: TileScores, _ after: TileScores, row: Int, place: Int) -> [Part] {
    let rules = (before.final[row, place] - before.raw[row, place], after.final[row, place] - after.raw[row, place])
    guard !rules.0.isNaN, !rules.1.isNaN else { return [] }
    let (a, b) = (Lifts(before, old, row: row, place: place), Lifts(after, new, row: row, place: place))
    var parts = pairs.map { pair in
      let shown = pair.new ?? pair.old
      return Part(
        group: shown?.group, signal: shown?.signal, measure: shown?.measure,
        change: (pair.new.map { b.lift($0.index) } ?? 0) - (pair.old.map { a.lift($0.index) } ?? 0),
        weightBefore: pair.old.map { a.weights[$0.index] }, weightAfter: pair.new.map { b.weights[$0.index] },
        pointsBefore: pair.old.flatMap { a.points[$0.index] }, pointsAfter: pair.new.flatMap { b.points[$0.index] })
    }
    parts.append(Part(change: rules.1 - rules.0))
    return parts.enumerated().filter { $0.element.change != 0 }
      .sorted { (-abs($0.element.change), $0.offset) < (-abs($1.element.change), $1.offset) }.map(\.element)
  }
}

/// What the inputs of a card do to one account's score.
private struct Lifts {
  let weights: [Double]
  /// Nil where an input is skipped.
  let points: [Double?]

  init(_ scores: TileScores, _ card: Card, row: Int, place: Int) {
    weights = scores.effectiveWeights(card, row, place)
    points = scores.inputs.map { $0.points[row, place].isNaN ? nil : $0.points[row, place] }
  }

  func lift(_ index: Int) -> Double { points[index].map { weights[index] * ($0 - 50) } ?? 0 }
}
