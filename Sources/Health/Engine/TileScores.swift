/// The scores of some neighbouring accounts on consecutive days.
package struct TileScores {
  /// What one input of the card came to; grids over the same days and accounts.
  package struct InputGrids {
    /// What was measured; NaN where there was nothing.
    package let measured: Grid
    /// Points after drifting with age; NaN where the input is skipped.
    package let points: Grid
    /// Points before drifting.
    package let rawPoints: Grid
    /// How much of its distance from 50 age has left it, 1 where it is fresh.
    package let factor: Grid
    /// Age in days; nil where the measure does not age.
    package let age: Grid?
    /// 1 where real data not past `fresh` stands behind it.
    package let covered: Grid
  }

  package let accounts: Range<Int>
  package let days: ClosedRange<Day>
  /// Weighted points, NaN where nothing could be scored.
  package let raw: Grid
  /// After rules and overrides.
  package let final: Grid
  /// 0–1.
  package let coverage: Grid
  /// 1 where the account counts.
  package let counted: Grid
  /// By group; NaN where the group has nothing.
  package let groups: [Grid]
  /// By input, in the order of the card; only when asked for.
  package let inputs: [InputGrids]
  /// By rule, 1 where it fired.
  package let fired: [Grid]
  /// What was measured beside the card, in the order asked for.
  package let beside: [Grid]
  /// By place what people decided about the account's score under this card, on whatever days.
  package let overrides: [[Override]]

  /// The overrides that act on a cell, in the order they came; of several `set`s the newest alone.
  package func overrides(_ row: Int, _ place: Int) -> [Override] {
    overrides[place].isEmpty ? [] : overriding(row, place).inForce
  }

  private func overriding(_ row: Int, _ place: Int) -> [Override] {
    overrides[place].filter { $0.from <= days.lowerBound + row && days.lowerBound + row <= $0.until }
  }

  /// The place of a cell's band among the card's; nil for unknown, as with `band`.
  package func bandIndex(_ card: Card, _ row: Int, _ place: Int) -> Int? {
    let score = final[row, place]
    guard !score.isNaN else { return nil }
    let isSet = !overrides[place].isEmpty && overriding(row, place).contains { $0.kind == .set }
    guard isSet || coverage[row, place] + 1e-9 >= card.coverageFloor else { return nil }
    return card.bandIndex(shown: Card.shown(score))
  }

  /// The band of a cell under the card it was scored with; nil for unknown. A score that a person set has one even below the floor.
  package func band(_ card: Card, _ row: Int, _ place: Int) -> Card.Band? {
    let isSet = !overrides[place].isEmpty && overriding(row, place).contains { $0.kind == .set }
    return card.band(score: final[row, place], coverage: isSet ? 1 : coverage[row, place])
  }

  /// Each input's share of the score of a cell, of 1, where inputs were kept: what is skipped gives its weight to its group, an empty
  /// group to the other groups. They sum to 1 where there is a score, else to 0.
  package func effectiveWeights(_ card: Card, _ row: Int, _ place: Int) -> [Double] {
    var (index, shares): (Int, [(group: Double, input: Double)]) = (0, [])
    var total = 0.0
    for group in card.groups {
      let present = group.inputs.indices.map { !inputs[index + $0].points[row, place].isNaN }
      let sum = zip(group.inputs, present).reduce(0) { $0 + ($1.1 ? $1.0.weight : 0) }
      if sum > 0 { total += group.weight }
      shares += zip(group.inputs, present).map { (group.weight, $1 ? $0.weight / sum : 0) }
      index += group.inputs.count
    }
    return shares.map { total > 0 ? $0.group / total * $0.input : 0 }
  }
}
