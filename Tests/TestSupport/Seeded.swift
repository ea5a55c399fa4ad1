import Health

/// The same numbers on every machine for one seed, so that a property test that fails can be seen again.
package struct Seeded: RandomNumberGenerator {
  private var draws: SeededDraws

  package init(_ seed: UInt64) { draws = SeededDraws(seed: seed) }

  package mutating func next() -> UInt64 { draws.next() }

  package mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  /// True once in `n` times.
  package mutating func oneIn(_ n: Int) -> Bool { below(n) == 0 }

  package mutating func pick<T>(_ items: [T]) -> T { items[below(items.count)] }
}
