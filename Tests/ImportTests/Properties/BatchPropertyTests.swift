import Health
import Import
import Storage
import TestSupport
import Testing

/// How much of a file is read at once, and how much of it is settled at once, are accidents of memory that nobody sees.
struct BatchPropertyTests {
  /// What an import came to, for everybody to see.
  private func told(_ world: RandomWorld, _ result: ImportResult) throws -> [String] {
    let remarks = try ImportLog.remarks(result.importID ?? 0, world.bench.history).map {
      "\($0.severity) \($0.line):\($0.column) \($0.columnName) \($0.code) \($0.message) \($0.nearest ?? "") \($0.text)"
    }
    let problem = ([result.problem].compactMap { $0 } + result.furtherProblems).map {
      "\($0.name) \($0.place.debugDescription) \($0.message)"
    }
    return [result.counts, result.factCounts, "\(result.warnings) \(result.remarks)"] + problem + remarks.sorted()
  }

  private static let sizes = [1, 2, 3, 7, 64, 65, 1000]

  /// Strays are put among a file's bytes, so that some rows, or all of it, cannot be read.
  private func spoilt(_ bytes: [UInt8], _ dice: inout Seeded) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<dice.below(4) {
      let place = dice.below(bytes.count)
      switch dice.below(4) {
      case 0: bytes.insert(dice.pick([34, 39, 44, 59, 10, 13, 0, 0xC3, 0x80, 0xFF]), at: place)
      case 1: bytes.remove(at: place)
      case 2: bytes[place] = UInt8(dice.below(256))
      default: bytes.insert(contentsOf: bytes.prefix(dice.below(bytes.count)), at: place)
      }
    }
    return bytes
  }

  @Test(arguments: seeds(12))
  func everyBufferSizeGivesTheSame(_ seed: Int) throws {
    let world = try RandomWorld(seed, feeds: 1)
    let file = world.file()
    let bytes = spoilt(file.bytes, &world.dice)
    var expected: (told: [String], facts: [String])?
    for size in [1 << 18, world.dice.pick(Self.sizes), world.dice.pick(Self.sizes)] {
      let other = try RandomWorld(like: world)
      other.bench.limits.buffer = size
      let result = try other.bench.run([try other.bench.write(file.name, bytes)])[0]
      #expect(result.rows.total == Outcome.allCases.reduce(0) { $0 + result.rows[$1] })
      let found = (told: try told(other, result), facts: try other.bench.facts())
      guard let expected else {
        expected = found
        continue
      }
      expectSame(found.told, expected.told, "buffer of \(size), \(bytes): \(world.story)")
      expectSame(found.facts, expected.facts, "buffer of \(size), \(bytes): \(world.story)")
    }
  }

  @Test(arguments: seeds(12))
  func everyBatchSizeGivesTheSame(_ seed: Int) throws {
    let world = try RandomWorld(1000 + seed, feeds: 1)
    var files = [world.file(), world.file()]
    // How rows count that repeat each other depends on the batch; what is kept does not.
    let areDistinct = seed % 2 == 0
    if areDistinct { files[1] = files[1].withDistinctRows }
    var expected: (told: [String], face: [String])?
    for size in [1 << 20, 1, 2, 3 + world.dice.below(8)] {
      let other = try RandomWorld(like: world)
      try other.take(files[0])
      (other.bench.limits.facts, other.bench.limits.rows, other.bench.limits.rowsKept) = (size, size, size)
      let result = try other.take(files[1]).result
      let found = (told: try told(other, result), face: try other.bench.face())
      guard let expected else {
        expected = found
        continue
      }
      if areDistinct { expectSame(found.told, expected.told, "batches of \(size): \(other.story)") }
      expectSame(found.face, expected.face, "batches of \(size): \(other.story)")
    }
  }
}
