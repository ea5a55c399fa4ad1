import TestSupport

extension Seeded {
  /// A finite Double of any kind: bit patterns, extremes, integers around 2^53, decimals.
  mutating func finite() -> Double {
    switch below(6) {
    case 0:
      while true {
        let value = Double(bitPattern: next())
        if value.isFinite { return value }
      }
    case 1:
      return pick([
        0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
        .leastNormalMagnitude, 0.1, -0.3,
        1e15, 9_007_199_254_740_991, 9_007_199_254_740_992, 9_007_199_254_740_994, -9_007_199_254_740_992, 1e22, 1e-15, 1 / 3,
      ])
    case 2: return Double(Int64(bitPattern: next()) >> Int64(below(60)))
    case 3: return Double(below(100_000)) / 100
    case 4: return Double(below(2_000_001) - 1_000_000) / 1e6
    default: return Double(below(300))
    }
  }
}
