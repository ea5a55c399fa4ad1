import Health
import Import
import Storage
import TestSupport
import Testing

/// A file twice is the same as once, and a rehearsal tells what then happens.
struct RepeatPropertyTests {
  @Test(arguments: seeds(16))
  func aFileTwiceIsTheSameAsOnce(_ seed: Int) throws {
    let world = try RandomWorld(seed, feeds: 3)
    for _ in 0..<2 { try world.take(world.file()) }
    let file = world.file()
    let first = try world.take(file).result
    let (face, model) = (try world.bench.face(), world.model.state())
    #expect(try world.again([file])[0].state == .already)
    let again = try world.bench.run([world.taken[3].path]) { $0.again = true }[0]
    #expect(again.rows.total == first.rows.total && again.rows[.rejected] == first.rows[.rejected], "\(world.story)")
    // What an import of a later day contradicts is older each time.
    let isNothing = [Outcome.new, .corrected].allSatisfy { again.facts[$0] == 0 }
    #expect(isNothing, "\(again.factCounts): \(world.story)")
    #expect(again.facts[.older] == first.facts[.older], "\(again.factCounts) after \(first.factCounts): \(world.story)")
    expectSame(try world.bench.face(), face, "\(world.story)")
    #expect(world.model.state() == model)
  }

  @Test(arguments: seeds(12))
  func aRehearsalTellsWhatThenHappens(_ seed: Int) throws {
    let world = try RandomWorld(1000 + seed, feeds: 3)
    for _ in 0..<2 { try world.take(world.file()) }
    let before = try world.bench.face()
    let paths = try (0..<3).map { _ in
      let file = world.file()
      return try world.bench.write(file.name, file.bytes)
    }
    let isBackfill = world.dice.oneIn(4)
    let limit = world.dice.oneIn(3) ? Feed.RejectLimit.rows(1) : nil
    let now = world.bench.now
    let rehearsed = try world.bench.run(paths) { ($0.dryRun, $0.backfill, $0.maxRejects) = (true, isBackfill, limit) }
    expectSame(try world.bench.face(), before, "\(world.story)")
    world.bench.now = now
    let imported = try world.bench.run(paths) { ($0.backfill, $0.maxRejects) = (isBackfill, limit) }
    #expect(imported.map(told) == rehearsed.map(told), "\(world.story)")
    #expect(rehearsed.allSatisfy { $0.importID == nil && ($0.state == .dryRun) == ($0.problem == nil) })
  }

  /// All of a result but what tells a rehearsal from an import.
  private func told(_ result: ImportResult) -> String {
    let refused = result.rejects.map { "\($0.line):\($0.column) \($0.code) \($0.message) \($0.nearest ?? "") \($0.text)" }
    let numbers = "\(result.counts), \(result.factCounts), \(result.warnings)"
    return "\(result.file) \(numbers) \(result.remarks) \(result.problem?.message ?? "") \(refused)"
  }
}
