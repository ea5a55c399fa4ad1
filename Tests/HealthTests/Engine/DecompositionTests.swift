import Health
import TestSupport
import Testing

/// The exact sum: what a change of a score is made of.
struct DecompositionTests {
  private func input(_ raw: Double, _ weight: Double, factor: Double = 1) -> ScoreState.Input {
    ScoreState.Input(measured: raw, raw: raw, factor: factor, points: 50 + (raw - 50) * factor, weight: weight)
  }
  private func skipped() -> ScoreState.Input { ScoreState.Input(measured: .nan, raw: .nan, factor: 1, points: .nan, weight: 0) }
  private func given(_ points: Double, _ weight: Double) -> ScoreState.Input {
    ScoreState.Input(measured: .nan, raw: .nan, factor: 1, points: points, weight: weight)
  }
  private func state(_ inputs: [ScoreState.Input], final: Double? = nil) -> ScoreState {
    let raw = inputs.reduce(0) { $0 + ($1.weight > 0 ? $1.weight * $1.points : 0) }
    return ScoreState(inputs: inputs, raw: raw, final: final ?? raw)
  }
  private func told(_ parts: [Decomposition.Part]) -> [String] {
    parts.map { "\($0.kind.rawValue) \($0.input.map(String.init) ?? "-") \(($0.amount * 1e6).rounded() / 1e6)" }
  }

  @Test func dataMoved() {
    let (a, b) = (state([input(80, 0.6), input(20, 0.4)]), state([input(50, 0.6), input(20, 0.4)]))
    #expect(told(Decomposition.parts(from: a, to: b)) == ["data 0 -18.0"])
  }

  /// p goes from 90 to 70: halved towards 50, at weight 1/2.
  @Test func dataGrewOlder() {
    let (a, b) = (state([input(90, 0.5), input(40, 0.5)]), state([input(90, 0.5, factor: 0.5), input(40, 0.5)]))
    #expect(told(Decomposition.parts(from: a, to: b)) == ["freshness 0 -10.0"])
  }

  /// Both at once: W̄·f̄·Δraw = 1·0.75·(70 − 90) and W̄·(raw̄ − 50)·Δf = 1·30·(−0.5).
  @Test func olderAndMoved() {
    let (a, b) = (state([input(90, 1)]), state([input(70, 1, factor: 0.5)]))
    #expect(told(Decomposition.parts(from: a, to: b)) == ["data 0 -15.0", "freshness 0 -15.0"])
    #expect(b.raw - a.raw == -30)
  }

  /// 0.5·80 + 0.5·40 = 60 becomes 80: S̄ = 70, so (80 − 70)·(+0.5) and (40 − 70)·(−0.5).
  @Test func anInputFellSilent() {
    let (a, b) = (state([input(80, 0.5), input(40, 0.5)]), state([input(80, 1), skipped()]))
    #expect(told(Decomposition.parts(from: a, to: b)) == ["silence 0 5.0", "silence 1 15.0"])
    #expect(told(Decomposition.parts(from: b, to: a)) == ["silence 0 -5.0", "silence 1 -15.0"])
  }

  @Test func anInputCountsAsItsNumber() {
    let (a, b) = (state([input(80, 0.5), input(40, 0.5)]), state([input(80, 0.5), given(10, 0.5)]))
    #expect(told(Decomposition.parts(from: a, to: b)) == ["silence 1 -15.0"])
  }

  @Test func rulesAndAnotherCard() {
    let (a, b) = (state([input(80, 1)]), state([input(70, 1)], final: 40))
    #expect(told(Decomposition.parts(from: a, to: b, switched: 55)) == ["data 0 -10.0", "rules - -30.0", "card - 15.0"])
  }

  @Test func withoutAScoreThereAreNoParts() {
    let (a, none) = (state([input(80, 1)]), ScoreState(inputs: [skipped()], raw: .nan, final: .nan))
    #expect(Decomposition.parts(from: a, to: none).isEmpty && Decomposition.parts(from: none, to: a).isEmpty)
    #expect(Decomposition.parts(from: a, to: a, switched: .nan).isEmpty)
    // The last day has a score under its own card, though none under the first day's: all of it is the switch.
    #expect(told(Decomposition.parts(from: a, to: none, switched: 55)) == ["card - -25.0"])
    // A person can set one where there is nothing to score.
    let set = ScoreState(inputs: [skipped()], raw: .nan, final: 30)
    #expect(told(Decomposition.parts(from: a, to: set)) == ["rules - -50.0"])
  }

  /// On random cards with rules, histories and overrides, also where another card follows.
  @Test(arguments: 0..<12)
  func thePartsSumToTheChange(_ seed: Int) throws {
    var dice = Seeded(UInt64(500 + seed))
    let history = RandomCards.history(&dice, accounts: 14)
    var (compared, kinds) = (0, Set<Decomposition.Kind>())
    for _ in 0..<4 {
      let (card, other) = (RandomCards.card(&dice), RandomCards.card(&dice))
      let first = RandomCards.days.lowerBound + 60 + dice.below(120)
      let last = first + dice.below(60)
      let scores = try history.score(card, RandomCards.catalogue, days: first...last, accounts: 0..<14)
      let others = try history.score(other, RandomCards.catalogue, days: first...last, accounts: 0..<14)
      for place in 0..<14 {
        let a = ScoreState(scores, card, row: 0, place: place)
        let b = ScoreState(scores, card, row: last - first, place: place)
        let switched = dice.oneIn(2) ? others.final[last - first, place] : nil
        let parts = Decomposition.parts(from: a, to: b, switched: switched)
        let end = switched ?? b.final
        guard !a.final.isNaN, !end.isNaN else {
          #expect(parts.isEmpty)
          continue
        }
        let sum = parts.reduce(0) { $0 + $1.amount }
        #expect(abs(sum - (end - a.final)) < 1e-9, "account \(place) from \(first) to \(last) under \(card)")
        kinds.formUnion(parts.map(\.kind))
        compared += 1
      }
    }
    #expect(compared > 15)
    #expect(kinds.isSuperset(of: [.data, .silence]))
  }
}
