/// SplitMix64: the same numbers on every machine for one seed.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  /// True once in `n` times.
  mutating func oneIn(_ n: Int) -> Bool { below(n) == 0 }

  mutating func pick<T>(_ items: [T]) -> T { items[below(items.count)] }

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
