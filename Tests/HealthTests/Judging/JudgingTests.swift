import Foundation
import Health
import Testing

/// Statistics against figures worked out by hand, and against slow calculations that count pairs and search.
@Suite("Judging")
struct JudgingTests {
  @Test("AUC counts the pairs in which the event has the higher risk, ties half")
  func auc() throws {
    let ranked = RankedOutcomes(risks: [1, 2, 2, 3], happened: [false, true, false, true])
    #expect(ranked.auc == 3.5 / 4)  // (2 over 1), (2 = 2), (3 over 1), (3 over 2)
    #expect(RankedOutcomes(risks: [1, 2], happened: [true, true]).auc == nil)
    #expect(RankedOutcomes(risks: [], happened: []).auc == nil)
    var draws = SeededDraws(seed: 7)
    for _ in 0..<50 {
      let count = 2 + draws.below(40)
      let risks = (0..<count).map { _ in Double(draws.below(12)) }
      let happened = (0..<count).map { _ in draws.below(3) == 0 }
      var (won, pairs) = (0.0, 0.0)
      for a in 0..<count where happened[a] {
        for b in 0..<count where !happened[b] {
          pairs += 1
          won += risks[a] > risks[b] ? 1 : risks[a] == risks[b] ? 0.5 : 0
        }
      }
      let auc = RankedOutcomes(risks: risks, happened: happened).auc
      if pairs == 0 { #expect(auc == nil) } else { #expect(abs((auc ?? -1) - won / pairs) < 1e-12) }
    }
  }

  @Test("average precision and the lift of the top share")
  func precision() throws {
    // In order: yes (precision 1), no, yes (2/3), no.
    let ranked = RankedOutcomes(risks: [4, 3, 2, 1], happened: [true, false, true, false])
    let expected = 5.0 / 6  // (1 + 2/3) ÷ 2
    #expect(abs(try #require(ranked.averagePrecision) - expected) < 1e-12)
    #expect(ranked.lift(ofTop: 0.25) == 2)
    // The top half of five, four of which are one tie with two events: (2.5 of it) ÷ 2.5, against 2 of 5.
    let tied = RankedOutcomes(risks: [2, 2, 2, 2, 1], happened: [true, false, true, false, false])
    #expect(abs(try #require(tied.lift(ofTop: 0.5)) - 1.25) < 1e-12)  // 1.25 events in 2.5, against 2 in 5
  }

  @Test("the bootstrap draws accounts, is the same every time, and covers what it should")
  func bootstrap() throws {
    var draws = SeededDraws(seed: 3)
    let risks = (0..<600).map { _ in draws.unit() }
    let happened = risks.map { draws.unit() < $0 * 0.5 }
    let ranked = RankedOutcomes(risks: risks, happened: happened)
    let interval = try #require(ranked.aucInterval())
    #expect(interval == ranked.aucInterval())
    let auc = try #require(ranked.auc)
    #expect(interval.low < auc && auc < interval.high && interval.high - interval.low < 0.12)
    // Each observation four times over says no more than once, if all four are of one account.
    let copied = RankedOutcomes(
      risks: risks + risks + risks + risks, happened: happened + happened + happened + happened,
      clusters: (0..<2400).map { $0 % 600 })
    let same = try #require(copied.aucInterval())
    #expect(abs(same.low - interval.low) < 1e-12 && abs(same.high - interval.high) < 1e-12)
    // A ranking has no difference from itself, and a good one a clear one from noise.
    #expect(ranked.aucDifference(from: ranked) == Interval(low: 0, high: 0))
    let noise = RankedOutcomes(risks: risks.map { _ in draws.unit() }, happened: happened)
    #expect(try #require(ranked.aucDifference(from: noise)).low > 0)
  }

  @Test("calibration bins hold equal shares and keep ties together")
  func bins() throws {
    let bins = Calibration.bins([0.1, 0.2, 0.3, 0.4], happened: [false, true, true, true], count: 2)
    #expect(bins.map(\.observations) == [2, 2] && bins.map(\.events) == [1, 2])
    #expect(bins.map(\.observed) == [0.5, 1])
    #expect(Calibration.bins([0.5, 0.5, 0.5], happened: [true, false, false]).map(\.observations) == [3])
  }

  @Test("isotonic: the pooled means, straight lines between, the ends outside")
  func isotonic() throws {
    let fit = try #require(IsotonicFit(x: [1, 2, 3, 4], y: [1, 3, 2, 5]))
    #expect(fit.y == [1, 2.5, 2.5, 5])
    #expect(fit.value(at: 1.5) == 1.75 && fit.value(at: 0) == 1 && fit.value(at: 9) == 5 && fit.value(at: 2) == 2.5)
    let falling = try #require(IsotonicFit(x: [1, 1, 2], y: [0, 1, 2], isFalling: true))
    #expect(falling.y == [7.0 / 6, 7.0 / 6].map { _ in 1.0 })  // (0.5 · 2 + 2) ÷ 3
    // No monotone function on a grid of values is nearer.
    var draws = SeededDraws(seed: 11)
    for _ in 0..<20 {
      let y = (0..<4).map { _ in Double(draws.below(5)) }
      let fit = try #require(IsotonicFit(x: [0, 1, 2, 3], y: y))
      let own = zip(fit.y, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      for code in 0..<(13 * 13 * 13 * 13) {
        let other = [code % 13, code / 13 % 13, code / 169 % 13, code / 2197].map { Double($0) / 3 }
        guard other == other.sorted() else { continue }
        #expect(zip(other, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } >= own - 1e-9)
      }
    }
  }

  @Test("the logistic fit finds what made the data, and never a negative coefficient")
  func logistic() throws {
    var draws = SeededDraws(seed: 5)
    let columns = (0..<3).map { _ in (0..<4000).map { _ in draws.unit() } }
    let happened = (0..<4000).map { row in
      draws.unit() < 1 / (1 + exp(-(-1.5 + 2 * columns[0][row] - 1.5 * columns[1][row])))
    }
    let fit = LogisticFit(columns: columns, happened: happened, penalty: 1e-6)
    #expect(fit.coefficients.allSatisfy { $0 >= 0 })
    #expect(abs(fit.coefficients[0] - 2) < 0.4 && fit.coefficients[1] == 0 && fit.coefficients[2] < 0.4)
    // At the answer the objective rises in every direction that is allowed.
    func objective(_ intercept: Double, _ beta: [Double]) -> Double {
      let losses = (0..<4000).map { row -> Double in
        let sum = intercept + (0..<3).reduce(0) { $0 + beta[$1] * columns[$1][row] }
        return log(1 + exp(happened[row] ? -sum : sum))
      }
      return losses.reduce(0, +) / 4000 + 0.5e-6 * beta.reduce(0) { $0 + $1 * $1 }
    }
    let best = objective(fit.intercept, fit.coefficients)
    for (place, change) in [(0, 0.01), (0, -0.01), (1, 0.01), (2, 0.01)] {
      var other = fit.coefficients
      other[place] += change
      #expect(objective(fit.intercept, other) > best)
    }
    #expect(objective(fit.intercept + 0.01, fit.coefficients) > best && objective(fit.intercept - 0.01, fit.coefficients) > best)
  }

  @Test("what goes together is grouped, rows with a gap left out")
  func correlations() throws {
    let a = [1.0, 2, 3, 4, .nan], b = [2.0, 4, 6, 8, 100], c = [1.0, -1, 1, -1, 1]
    #expect(abs(try #require(Correlations.pearson(a, b)) - 1) < 1e-12)
    #expect(Correlations.pearson([1, 1, 1], [1, 2, 3]) == nil)
    #expect(Correlations.groups([a, c, b]) == [[0, 2]])
  }
}
