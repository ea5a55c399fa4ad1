/// How columns go together, where NaN stands for nothing known.
package enum Correlations {
  /// Pearson's correlation over the rows in which both are known; nil where fewer than 3 are, or one does not vary.
  package static func pearson(_ a: [Double], _ b: [Double]) -> Double? {
    var (count, sumA, sumB) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) where !x.isNaN && !y.isNaN {
      count += 1
      sumA += x
      sumB += y
    }
    guard count >= 3 else { return nil }
    let (meanA, meanB) = (sumA / count, sumB / count)
    var (aa, bb, ab) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) where !x.isNaN && !y.isNaN {
      aa += (x - meanA) * (x - meanA)
      bb += (y - meanB) * (y - meanB)
      ab += (x - meanA) * (y - meanB)
    }
    return aa > 0 && bb > 0 ? ab / (aa * bb).squareRoot() : nil
  }

  /// Columns that go together by more than a bound, directly or through others; each group in the order of the columns, and only
  /// groups of two or more.
  package static func groups(_ columns: [[Double]], above bound: Double = 0.5) -> [[Int]] {
    var owner = Array(columns.indices)
    for a in columns.indices {
      for b in columns.indices where b > a && owner[a] != owner[b] {
        guard let r = pearson(columns[a], columns[b]), abs(r) > bound else { continue }
        let (from, to) = (max(owner[a], owner[b]), min(owner[a], owner[b]))
        for index in owner.indices where owner[index] == from { owner[index] = to }
      }
    }
    return Dictionary(grouping: columns.indices, by: { owner[$0] }).values.filter { $0.count > 1 }.map { $0.sorted() }
      .sorted { $0[0] < $1[0] }
  }
}
