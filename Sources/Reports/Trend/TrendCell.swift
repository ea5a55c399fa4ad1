import Health

/// One tile of scores under one card. A class, since every cell of it refers to it, and a copy would be dozens of references to count.
final class TrendTile {
  let scores: TileScores
  let card: Card
  /// Where what is told beside begins, after the revenue.
  let besideFrom: Int
  // Asked for every cell.
  let final: Grid
  let counted: Grid
  let groups: [Grid]
  private let worth: Grid?

  init(_ scores: TileScores, _ card: Card, besideFrom: Int) {
    (self.scores, self.card, self.besideFrom) = (scores, card, besideFrom)
    (final, counted, groups) = (scores.final, scores.counted, scores.groups)
    worth = besideFrom > 0 ? scores.beside[0] : nil
  }

  /// NaN where nothing tells.
  func worth(_ row: Int, _ place: Int) -> Double { worth?[row, place] ?? .nan }
}

/// One account on one day.
struct TrendCell {
  let tile: TrendTile
  let row: Int
  let place: Int

  var scores: TileScores { tile.scores }
  var card: Card { tile.card }
  var final: Double { tile.final[row, place] }
  var worth: Double { tile.worth(row, place) }
  func beside(_ index: Int) -> Double { tile.scores.beside[tile.besideFrom + index][row, place] }
  var band: Card.Band? { tile.scores.band(tile.card, row, place) }
  var bandIndex: Int? { tile.scores.bandIndex(tile.card, row, place) }
}

/// What the dimensions of a card's signals have in a score.
struct CardDimensions {
  /// In the order of the card.
  let names: [String]
  /// By input.
  private let dimensions: [String]
  /// Whether each group has one dimension alone and no two share it: then their scores are the dimensions'.
  let areGroups: Bool

  init(_ card: Card) {
    func dimension(_ input: Card.Input) -> String { String(input.expression.signal.prefix { $0 != "." }) }
    dimensions = card.groups.flatMap { $0.inputs.map(dimension) }
    var seen: Set<String> = []
    names = dimensions.filter { seen.insert($0).inserted }
    let perGroup = card.groups.map { Set($0.inputs.map(dimension)) }
    areGroups = perGroup.allSatisfy { $0.count == 1 } && names.count == card.groups.count
  }

  /// The score of each dimension, in the order of their names; NaN where nothing is in it.
  func scores(_ cell: TrendCell) -> [Double] {
    if areGroups { return cell.tile.groups.map { $0[cell.row, cell.place] } }
    let weights = cell.scores.effectiveWeights(cell.card, cell.row, cell.place)
    return names.map { name in
      var (points, weight) = (0.0, 0.0)
      for (index, dimension) in dimensions.enumerated() where dimension == name && weights[index] > 0 {
        points += weights[index] * cell.scores.inputs[index].points[cell.row, cell.place]
        weight += weights[index]
      }
      return weight > 0 ? points / weight : .nan
    }
  }
}
