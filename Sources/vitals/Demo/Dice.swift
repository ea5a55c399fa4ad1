/// The demo's own source of chance (SplitMix64), so that every run on every machine makes the same data.
///
/// The numbers are used with + − × ÷ only: functions such as sine may differ in the last bit between platforms.
struct Dice {
  private var state: UInt64

  /// Dice of a stream of their own: what one feed rolls never shifts another's.
  init(_ seed: UInt64, stream: UInt64 = 0) { state = seed &* 0x9E37_79B9_7F4A_7C15 ^ stream &* 0xD1B5_4A32_D192_ED03 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// 0 ≤ x < 1.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Evenly within the bounds.
  mutating func number(_ low: Double, _ high: Double) -> Double { low + (high - low) * unit() }

  /// Evenly within the bounds, both included.
  mutating func integer(_ low: Int, _ high: Int) -> Int { low + Int(unit() * Double(high - low + 1)) }

  mutating func chance(_ probability: Double) -> Bool { unit() < probability }

  /// Mean 0, deviation 1, never beyond ±3.5.
  mutating func bell() -> Double { (unit() + unit() + unit() + unit() - 2) * 1.732_050_807_568_877_2 }

  /// How many of something with this mean happen: the whole part, and one more with the chance of the rest.
  mutating func occurrences(_ mean: Double) -> Int { Int(mean) + (chance(mean - mean.rounded(.down)) ? 1 : 0) }

  /// One of several; the array must not be empty.
  mutating func pick<Element>(_ choices: [Element]) -> Element { choices[integer(0, choices.count - 1)] }

  mutating func shuffle<Element>(_ elements: inout [Element]) {
    for last in stride(from: elements.count - 1, to: 0, by: -1) { elements.swapAt(last, integer(0, last)) }
  }
}
