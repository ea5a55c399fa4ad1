import Health
import TestSupport
import Testing

/// The exact sum of a portfolio's mean, and of the means of its groups.
struct MeanDecompositionTests {
  private typealias Standing = MeanDecomposition.Standing

  private func told(_ group: MeanDecomposition.Group) -> [String] {
    group.parts.map { "\($0.kind.rawValue) \($0.mix?.rawValue ?? "-") \(($0.amount * 1e6).rounded() / 1e6) of \($0.accounts)" }
  }

  /// 80, 60 (mean 70) become 70, 60, 20 (mean 50): v goes from 1/2 to 1/3, M̄ = 60. Own: 5/12·(−10); those that stayed:
  /// ((75 − 60) + (60 − 60))·(−1/6); the one that came: (20 − 60)/3.
  @Test func oneComesAndOneMoves() throws {
    var sums = MeanDecomposition()
    func there(_ score: Double) -> Standing { Standing(isCounted: true, group: "", score: score) }
    sums.add(before: there(80), after: there(70), card: 0) { [Decomposition.Part(kind: .data, input: 0, amount: -10)] }
    sums.add(before: there(60), after: there(60), card: 0) { [] }
    sums.add(before: Standing(isCounted: false, group: "", score: nil), after: there(20), card: 0) { [] }
    let group = try #require(sums.groups.first)
    #expect(sums.groups.count == 1 && group.before.mean == 70 && group.after.mean == 50 && group.change == -20)
    #expect(told(group) == ["data - -4.166667 of 1", "mix came -13.333333 of 1", "mix stayed -2.5 of 2"])
  }

  /// Each of the ways in which an account can be in a mean at one end only, among a fixed one of 50 in the group "a".
  @Test func whyAnAccountIsThereAtOneEndOnly() throws {
    let a = Standing(isCounted: true, group: "a", score: 70)
    let others: [(Standing, String, String)] = [
      (Standing(isCounted: false, group: "a", score: 70), "left", "came"),
      (Standing(isCounted: true, group: "a", score: nil), "became unknown", "became known"),
      (Standing(isCounted: true, group: "b", score: nil), "became unknown", "became known"),
      (Standing(isCounted: true, group: "b", score: 70), "moved away", "moved in"),
      (Standing(isCounted: true, group: nil, score: 70), "moved away", "moved in"),
    ]
    let fixed = Standing(isCounted: true, group: "a", score: 50)
    for (other, leaving, coming) in others {
      for (ends, word, amount) in [((a, other), leaving, -10.0), ((other, a), coming, 10.0)] {
        var sums = MeanDecomposition()
        sums.add(before: fixed, after: fixed, card: 0) { [] }
        sums.add(before: ends.0, after: ends.1, card: 0) { [Decomposition.Part(kind: .rules, amount: 99)] }
        let group = try #require(sums.groups.first { $0.name == "a" })
        // M̄ = 55: those of the mix are (70 − 55)/2 and (50 − 55)/2 for the one that stayed.
        #expect(group.parts.first { $0.mix?.rawValue == word }?.amount == amount * 0.75, "\(word)")
        #expect(group.change == amount && group.parts.reduce(0) { $0 + $1.amount } == amount, "\(word)")
        // A group without a mean at both ends has both states and no parts.
        if let b = sums.groups.first(where: { $0.name == "b" }) { #expect(b.change == nil && b.parts.isEmpty) }
      }
    }
  }

  /// What the random portfolios showed.
  private struct Seen {
    var compared = 0
    var kinds: Set<Decomposition.Kind> = []
    var mixes: Set<MeanDecomposition.Mix> = []
  }

  /// Whatever a single draw has, all of them together have every part that there is.
  @Test func thePartsOfEveryGroupSumToTheChangeOfItsMean() throws {
    var seen = Seen()
    for seed in 0..<10 { try compare(UInt64(900 + seed), &seen) }
    #expect(seen.compared > 100)
    #expect(seen.kinds == Set(Decomposition.Kind.allCases) && seen.mixes == Set(MeanDecomposition.Mix.allCases), "\(seen)")
  }

  /// A random history with silences, rules and overrides, under two random cards of which an attribute chooses one on each day; accounts
  /// start, leave, come back, are excluded, become unknown and change their group and their card.
  private func compare(_ seed: UInt64, _ seen: inout Seen) throws {
    var dice = Seeded(seed)
    let accounts = 24
    let history = RandomCards.history(&dice, accounts: accounts)
    let cards = [RandomCards.card(&dice), RandomCards.card(&dice)]
    for _ in 0..<6 {
      let first = RandomCards.days.lowerBound + 40 + dice.below(140)
      let last = first + dice.below(70)
      let scores = try cards.map { try history.score($0, RandomCards.catalogue, days: first...last, accounts: 0..<accounts) }
      var (all, grouped) = (MeanDecomposition(), MeanDecomposition())
      var finals: [[String: [Double]]] = [[:], [:]]
      for place in 0..<accounts {
        let steps = history.attributes["segment"]?[place] ?? []
        let segments = [first, last].map { day in steps.last { $0.from <= Day(day) }?.value?.lowercased() ?? "" }
        let tier = dice.below(2)
        let chosen = [tier, dice.oneIn(3) ? 1 - tier : tier]
        let ends = [0, last - first].enumerated().map { end, row in
          let (card, tile) = (cards[chosen[end]], scores[chosen[end]])
          let isKnown = tile.band(card, row, place) != nil
          return Standing(
            isCounted: tile.counted[row, place] > 0, group: segments[end], score: isKnown ? tile.final[row, place] : nil)
        }
        for (end, standing) in ends.enumerated() where standing.isCounted {
          guard let score = standing.score else { continue }
          for name in ["all", segments[end]] { finals[end][name, default: []].append(score) }
        }
        let card = cards[chosen[0]]
        let parts = Decomposition.parts(
          from: ScoreState(scores[chosen[0]], card, row: 0, place: place),
          to: ScoreState(scores[chosen[0]], card, row: last - first, place: place),
          switched: chosen[0] == chosen[1] ? nil : scores[chosen[1]].final[last - first, place])
        grouped.add(before: ends[0], after: ends[1], card: chosen[0]) { parts }
        let together = ends.map { Standing(isCounted: $0.isCounted, group: "all", score: $0.score) }
        all.add(before: together[0], after: together[1], card: chosen[0]) { parts }
      }
      for group in all.groups + grouped.groups {
        // The means are those of the scores as the engine gave them, added up apart from the sum under test.
        let means = finals.map { $0[group.name].map { $0.reduce(0, +) / Double($0.count) } }
        guard let a = means[0], let b = means[1] else {
          #expect(group.change == nil && group.parts.isEmpty)
          continue
        }
        let sum = group.parts.reduce(0) { $0 + $1.amount }
        #expect(abs(sum - (b - a)) < 1e-9, "\(group.name) from \(first) to \(last)")
        seen.kinds.formUnion(group.parts.map(\.kind))
        seen.mixes.formUnion(group.parts.compactMap(\.mix))
        seen.compared += 1
      }
    }
  }
}
