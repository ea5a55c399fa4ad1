/// One account's score on one day under one card, with what each input has in it.
package struct ScoreState: Sendable, Hashable {
  /// What one input of the card comes to.
  package struct Input: Sendable, Hashable {
    /// What was measured; NaN where there was nothing.
    package var measured: Double
    /// Points before age; NaN where no real data stand behind them.
    package var raw: Double
    /// How much of their distance from 50 age has left them.
    package var factor: Double
    /// Points as they count, or the number given for `missing`; NaN where the input is skipped.
    package var points: Double
    /// The effective share of the score, of 1; 0 where the input is skipped.
    package var weight: Double

    package init(measured: Double, raw: Double, factor: Double, points: Double, weight: Double) {
      (self.measured, self.raw, self.factor, self.points, self.weight) = (measured, raw, factor, points, weight)
    }

    var isReal: Bool { !raw.isNaN }
  }

  /// In the order of the card.
  package var inputs: [Input]
  /// Before rules and overrides; NaN where nothing could be scored.
  package var raw: Double
  /// After them; NaN where there is no score.
  package var final: Double

  package init(inputs: [Input], raw: Double, final: Double) { (self.inputs, self.raw, self.final) = (inputs, raw, final) }

  /// One cell of a tile that kept its inputs, as the card scored it.
  package init(_ scores: TileScores, _ card: Card, row: Int, place: Int) {
    let weights = scores.effectiveWeights(card, row, place)
    inputs = zip(scores.inputs, weights).map { grids, weight in
      Input(
        measured: grids.measured[row, place], raw: grids.rawPoints[row, place], factor: grids.factor[row, place],
        points: grids.points[row, place], weight: weight)
    }
    (raw, final) = (scores.raw[row, place], scores.final[row, place])
  }
}

/// The exact sum of a score's change: parts that sum to it, each with one cause.
///
/// A contribution is c = W·p with p = 50 + (raw − 50)·f, so between two ends, with bars for the mean of the ends,
/// Δc = W̄·f̄·Δraw + W̄·(raw̄ − 50)·Δf + p̄·ΔW; since ΣΔW = 0, p̄ may be measured from any level, and it is from the mean raw score.
package enum Decomposition {
  /// What makes a part.
  package enum Kind: String, Codable, Sendable, CaseIterable {
    /// The input's data moved.
    case data
    /// Its data grew older, or were renewed.
    case freshness
    /// It fell silent or came back, or its weight changed because another did.
    case silence
    /// Rules and overrides began or ended.
    case rules
    /// Another card applies.
    case card
    /// Who is counted changed; only of a portfolio.
    case mix
  }

  /// One part of a change.
  package struct Part: Sendable, Hashable {
    package var kind: Kind
    /// The place of the input among all of the card; nil where the part is of no input.
    package var input: Int?
    package var amount: Double

    package init(kind: Kind, input: Int? = nil, amount: Double) { (self.kind, self.input, self.amount) = (kind, input, amount) }
  }

  /// The parts between two states under one card, those of inputs in the order of the card; what is exactly zero is left out. With
  /// `switched` another card applies at the second end, and gives that final score. Empty where an end has no score.
  package static func parts(from a: ScoreState, to b: ScoreState, switched: Double? = nil) -> [Part] {
    let end = switched ?? b.final
    guard !a.final.isNaN, !end.isNaN else { return [] }
    // Only the new card has a score for the last day: between the two there is nothing but the switch.
    if b.final.isNaN { return [Part(kind: .card, amount: end - a.final)].filter { $0.amount != 0 } }
    var parts: [Part] = []
    if a.raw.isNaN || b.raw.isNaN {
      // A score that a person set where there was nothing to score.
      parts = [Part(kind: .rules, amount: b.final - a.final)]
    } else {
      let level = (a.raw + b.raw) / 2
      for (place, (before, after)) in zip(a.inputs, b.inputs).enumerated() { parts += self.parts(place, before, after, level: level) }
      parts.append(Part(kind: .rules, amount: (b.final - b.raw) - (a.final - a.raw)))
    }
    if let switched { parts.append(Part(kind: .card, amount: switched - b.final)) }
    return parts.filter { $0.amount != 0 }
  }

  private static func parts(_ place: Int, _ a: ScoreState.Input, _ b: ScoreState.Input, level: Double) -> [Part] {
    guard !a.points.isNaN || !b.points.isNaN else { return [] }
    // Where it is absent at one end, it has the other's points there, and no weight.
    let (p, q) = (a.points.isNaN ? b.points : a.points, b.points.isNaN ? a.points : b.points)
    let (weight, change) = ((a.weight + b.weight) / 2, b.weight - a.weight)
    var silence = ((p + q) / 2 - level) * change
    var parts: [Part] = []
    if a.isReal, b.isReal, !a.points.isNaN, !b.points.isNaN {
      parts = [
        Part(kind: .data, input: place, amount: weight * (a.factor + b.factor) / 2 * (b.raw - a.raw)),
        Part(kind: .freshness, input: place, amount: weight * ((a.raw + b.raw) / 2 - 50) * (b.factor - a.factor)),
      ]
    } else {
      silence += weight * (q - p)
    }
    return parts + [Part(kind: .silence, input: place, amount: silence)]
  }
}
