/// Some observations of about the same prediction, and how often the outcome came.
package struct CalibrationBin: Codable, Hashable, Sendable {
  package var observations: Int
  package var events: Int
  /// The mean prediction.
  package var predicted: Double
  /// Events ÷ observations.
  package var observed: Double { Double(events) / Double(observations) }
}

package enum Calibration {
  /// Bins of about as many observations each, by rising prediction; equal predictions stay together, so there may be fewer.
  ///
  /// As scikit-learn's `calibration_curve` with `strategy="quantile"`.
  package static func bins(_ predictions: [Double], happened: [Bool], count: Int = 10) -> [CalibrationBin] {
    guard !predictions.isEmpty else { return [] }
    let sorted = predictions.sorted()
    let edges = (1..<count).map { Quantile.of(sorted, Double($0) / Double(count)) }
    var (sums, all, yes) = ([Double](repeating: 0, count: count), [Int](repeating: 0, count: count), [Int](repeating: 0, count: count))
    for (prediction, happened) in zip(predictions, happened) {
      let bin = edges.count { $0 < prediction }
      sums[bin] += prediction
      all[bin] += 1
      if happened { yes[bin] += 1 }
    }
    return (0..<count).filter { all[$0] > 0 }.map {
      CalibrationBin(observations: all[$0], events: yes[$0], predicted: sums[$0] / Double(all[$0]))
    }
  }
}

/// The monotone step function that fits best, between its steps a straight line: pool adjacent violators (Ayer and others, 1955).
package struct IsotonicFit: Codable, Hashable, Sendable {
  /// Distinct, ascending.
  package let x: [Double]
  /// The fitted values, which never fall, or with `isFalling` never rise.
  package let y: [Double]

  /// Fits y to x, observations of one x together by their mean. Nil where no observation weighs anything.
  package init?(x: [Double], y: [Double], weights: [Double]? = nil, isFalling: Bool = false) {
    let order = x.indices.filter { weights?[$0] ?? 1 > 0 }.sorted { x[$0] < x[$1] }
    guard !order.isEmpty else { return nil }
    var (places, sums, masses): ([Double], [Double], [Double]) = ([], [], [])
    for index in order {
      let weight = weights?[index] ?? 1
      if places.last != x[index] {
        places.append(x[index])
        sums.append(0)
        masses.append(0)
      }
      sums[sums.count - 1] += weight * y[index]
      masses[masses.count - 1] += weight
    }
    self.init(places: places, sums: sums, masses: masses, isFalling: isFalling)
  }

  /// The same of observations that are put together already: distinct ascending places, each with its weighted sum and weight.
  package init?(places: [Double], sums: [Double], masses: [Double], isFalling: Bool) {
    let sign = isFalling ? -1.0 : 1.0
    var (places, blocks): ([Double], [(sum: Double, mass: Double, count: Int)]) = (places, [])
    if masses.contains(0) { places = zip(places, masses).filter { $1 > 0 }.map(\.0) }
    guard !places.isEmpty else { return nil }
    blocks.reserveCapacity(places.count)
    for (sum, mass) in zip(sums, masses) where mass > 0 {
      blocks.append((sign * sum, mass, 1))
      while blocks.count > 1,
        blocks[blocks.count - 2].sum * blocks[blocks.count - 1].mass
          >= blocks[blocks.count - 1].sum * blocks[blocks.count - 2].mass
      {
        let last = blocks.removeLast()
        blocks[blocks.count - 1].sum += last.sum
        blocks[blocks.count - 1].mass += last.mass
        blocks[blocks.count - 1].count += last.count
      }
    }
    x = places
    var fitted: [Double] = []
    fitted.reserveCapacity(places.count)
    for block in blocks { fitted.append(contentsOf: repeatElement(sign * block.sum / block.mass, count: block.count)) }
    y = fitted
  }

  /// The fitted value at a place; outside of what was fitted, that of the nearest end.
  package func value(at place: Double) -> Double {
    var (low, high) = (0, x.count)
    while low < high {
      let middle = (low + high) / 2
      if x[middle] < place { low = middle + 1 } else { high = middle }
    }
    if low == x.count { return y[y.count - 1] }
    if low == 0 || x[low] == place { return y[low] }
    let (a, b) = (low - 1, low)
    return y[a] + (y[b] - y[a]) * ((place - x[a]) / (x[b] - x[a]))
  }
}
