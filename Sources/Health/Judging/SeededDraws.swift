/// Numbers that look random and are the same for the same seed, on every machine: SplitMix64 (Steele, Lea and Flood, 2014).
package struct SeededDraws: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A whole number below `bound`, each as likely as the others to within `bound` ÷ 2⁶⁴.
  package mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }

  /// A number from 0 up to but not including 1.
  package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// How often each of `count` things is drawn when as many are drawn with replacement.
  package mutating func multiplicities(of count: Int) -> [Int32] {
    var drawn = [Int32](repeating: 0, count: count)
    for _ in 0..<count { drawn[below(count)] += 1 }
    return drawn
  }
}
