import Foundation
import Health
import TestSupport
import Testing

/// One engine for one portfolio, or two at once for a half each: the same bits.
struct EngineThreadTests {
  @Test(arguments: 0..<6)
  func twoThreadsScoreWhatOneScores(_ seed: Int) throws {
    var dice = Seeded(UInt64(300 + seed))
    let accounts = 40
    // Each thread has a history of its own, as each connection is confined to its thread.
    let histories = (0..<3).map { _ in
      var same = Seeded(UInt64(400 + seed))
      return Portable(history: RandomCards.history(&same, accounts: accounts))
    }
    for _ in 0..<4 {
      let card = RandomCards.card(&dice)
      let first = RandomCards.days.lowerBound + 60 + dice.below(100)
      let days = first...first + 60
      let whole = try histories[0].history.score(card, RandomCards.catalogue, days: days, accounts: 0..<accounts)
      let halves = Halves()
      DispatchQueue.concurrentPerform(iterations: 2) { half in
        let part = accounts / 2 * half..<accounts / 2 * (half + 1)
        let scores = try? histories[half + 1].history.score(card, RandomCards.catalogue, days: days, accounts: part)
        halves.set(half, scores.map { Halves.bits($0) } ?? [])
      }
      let expected = Halves.bits(whole)
      let rowLength = accounts
      for half in 0..<2 {
        let found = halves.bits(of: half)
        try #require(found.count * 2 == expected.count)
        for index in found.indices {
          let (row, place) = (index / (accounts / 2), index % (accounts / 2))
          #expect(found[index] == expected[row * rowLength + half * accounts / 2 + place], "cell \(index) of half \(half)")
        }
      }
    }
  }
}

/// A history that one thread at a time uses.
private struct Portable: @unchecked Sendable {
  // Unchecked: the test hands each history to one thread only.
  let history: MemoryHistory
}

/// The final scores of two halves, as bits.
private final class Halves: @unchecked Sendable {
  // Unchecked: guarded by the lock.
  private let lock = NSLock()
  private var found: [[UInt64]] = [[], []]

  func set(_ half: Int, _ bits: [UInt64]) { lock.withLock { found[half] = bits } }
  func bits(of half: Int) -> [UInt64] { lock.withLock { found[half] } }

  /// Row by row; every NaN is the same.
  static func bits(_ scores: TileScores) -> [UInt64] {
    (0..<scores.final.rows).flatMap { row in
      (0..<scores.final.width).map { place in
        let value = scores.final[row, place]
        return value.isNaN ? .max : value.bitPattern
      }
    }
  }
}
