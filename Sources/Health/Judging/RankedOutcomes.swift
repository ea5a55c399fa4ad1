/// Observations in the order of their risk, each with whether the outcome came: what a ranking is judged by.
///
/// AUC is the chance that an observation with the outcome has a higher risk than one without (Mann and Whitney, 1947), ties counted half.
package struct RankedOutcomes: Sendable {
  /// One observation, in the order of rising risk.
  private struct Ranked: Sendable {
    var cluster: Int32
    var happened: Bool
    /// Whether it is the last of those with its risk.
    var endsTie: Bool
  }

  private let ranked: [Ranked]
  private let clusters: Int
  package let events: Int
  package var count: Int { ranked.count }

  /// `clusters` says which account each observation is of, as numbers from 0; what is drawn by a bootstrap is accounts, since the
  /// observations of one are not independent. Without them each observation is one of its own.
  package init(risks: [Double], happened: [Bool], clusters: [Int]? = nil) {
    let order = risks.indices.sorted { risks[$0] < risks[$1] }
    ranked = order.indices.map { place in
      let index = order[place]
      let isLast = place + 1 == order.count || risks[order[place + 1]] != risks[index]
      return Ranked(cluster: Int32(clusters?[index] ?? index), happened: happened[index], endsTie: isLast)
    }
    events = happened.count { $0 }
    self.clusters = (clusters?.max()).map { $0 + 1 } ?? risks.count
  }

  /// Nil where there is nobody with the outcome, or nobody without.
  package var auc: Double? {
    var (below, pairs) = (0.0, 0.0)
    var (yes, no) = (0.0, 0.0)
    for item in ranked {
      if item.happened { yes += 1 } else { no += 1 }
      guard item.endsTie else { continue }
      pairs += yes * (below + no / 2)
      below += no
      (yes, no) = (0, 0)
    }
    let all = Double(events) * Double(count - events)
    return all > 0 ? pairs / all : nil
  }

  /// The AUC where each account counts as often as it was drawn.
  func auc(drawn: [Int32]) -> Double? {
    // In halves of a pair, which are whole numbers: sums of them are the same in any order.
    var (below, halves, allYes): (Int64, Int64, Int64) = (0, 0, 0)
    var (yes, no): (Int64, Int64) = (0, 0)
    for item in ranked {
      let times = Int64(drawn[Int(item.cluster)])
      if item.happened { yes += times } else { no += times }
      guard item.endsTie else { continue }
      halves += yes * (2 * below + no)
      below += no
      allYes += yes
      (yes, no) = (0, 0)
    }
    return allYes > 0 && below > 0 ? Double(halves) / (2 * Double(allYes) * Double(below)) : nil
  }

  /// The mean of the precision at each observation with the outcome, highest risk first; those of one risk together.
  package var averagePrecision: Double? {
    guard events > 0 else { return nil }
    var (seen, found, sum) = (0.0, 0.0, 0.0)
    var (all, yes) = (0.0, 0.0)
    func close() {
      seen += all
      found += yes
      if yes > 0 { sum += yes / Double(events) * (found / seen) }
      (all, yes) = (0, 0)
    }
    for item in ranked.reversed() {
      // Backwards the last of a tie comes first.
      if item.endsTie { close() }
      all += 1
      if item.happened { yes += 1 }
    }
    close()
    return sum
  }

  /// The rate of the outcome among the share with the highest risk, divided by that of all. A tie across the edge counts in part.
  package func lift(ofTop share: Double) -> Double? {
    guard events > 0, count > 0 else { return nil }
    let size = share * Double(count)
    var (left, found) = (size, 0.0)
    var (all, yes) = (0.0, 0.0)
    for (place, item) in ranked.enumerated().reversed() where left > 0 {
      all += 1
      if item.happened { yes += 1 }
      guard place == 0 || ranked[place - 1].endsTie else { continue }
      found += yes * min(1, left / all)
      left -= all
      (all, yes) = (0, 0)
    }
    return found / size / (Double(events) / Double(count))
  }
}

/// What an estimate may as well be: 95 % of the values that a bootstrap over accounts finds for it.
package struct Interval: Codable, Hashable, Sendable {
  package var low: Double
  package var high: Double

  package init(low: Double, high: Double) { (self.low, self.high) = (low, high) }

  /// The middle 95 % of some values, by linear interpolation between neighbours; nil where there are fewer than two.
  package init?(middleOf values: [Double]) {
    guard values.count > 1 else { return nil }
    let sorted = values.sorted()
    self.init(low: Quantile.of(sorted, 0.025), high: Quantile.of(sorted, 0.975))
  }
}

/// Quantiles of values in ascending order, interpolated as numpy does (its method `linear`), to the last bit.
enum Quantile {
  static func of(_ sorted: [Double], _ share: Double) -> Double {
    let position = share * Double(sorted.count - 1)
    let place = min(Int(position), sorted.count - 1)
    let (a, b) = (sorted[place], sorted[min(place + 1, sorted.count - 1)])
    let t = position - Double(place)
    return t >= 0.5 ? b - (b - a) * (1 - t) : a + (b - a) * t
  }
}

extension RankedOutcomes {
  /// How often accounts are drawn unless somebody says otherwise.
  package static let rounds = 1000
  package static let seed: UInt64 = 20_260_301

  /// The interval of the AUC; nil where there is no AUC.
  package func aucInterval(rounds: Int = rounds) -> Interval? {
    guard auc != nil else { return nil }
    var draws = SeededDraws(seed: Self.seed)
    return Interval(middleOf: (0..<rounds).compactMap { _ in auc(drawn: draws.multiplicities(of: clusters)) })
  }

  /// The interval of this ranking's AUC less that of another ranking of the same observations.
  package func aucDifference(from other: RankedOutcomes, rounds: Int = rounds) -> Interval? {
    guard auc != nil, other.auc != nil else { return nil }
    var draws = SeededDraws(seed: Self.seed)
    let differences = (0..<rounds).compactMap { _ -> Double? in
      let drawn = draws.multiplicities(of: clusters)
      return auc(drawn: drawn).flatMap { own in other.auc(drawn: drawn).map { own - $0 } }
    }
    return Interval(middleOf: differences)
  }
}
