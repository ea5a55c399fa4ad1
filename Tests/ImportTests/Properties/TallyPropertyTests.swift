import Health
import Import
import Storage
import TestSupport
import Testing

/// What an import says that it did, against a count of its own.
struct TallyPropertyTests {
  /// Files in the order of their days, and a backfill: every row and every fact is counted, as the model counts them, and what is in
  /// force is what the model has.
  @Test(arguments: seeds(30))
  func everyRowAndFactIsCounted(_ seed: Int) throws {
    let world = try RandomWorld(seed)
    let days = (0..<5).map { _ in world.dice.pick(RandomWorld.days) }.sorted()
    for (step, day) in (days.prefix(4) + [world.dice.pick(days)]).enumerated() {
      if step == 4 { expectSame(try world.bench.facts(), world.model.state(), "\(world.story)") }
      let isBackfill = step == 4
      let (result, expected) = try world.take(world.file(day: day)) { $0.backfill = isBackfill }
      if result.state == .already { continue }
      let remarks = try world.bench.remarks(result.importID)
      #expect(result.state == .imported, "\(world.story)")
      #expect(result.rows.total == world.taken.last?.file.rows.count, "\(world.story)")
      #expect(result.counts == ImportResult.counts(expected.rows), "rows of the last of \(world.story)\(remarks)")
      #expect(result.factCounts == ImportResult.counts(expected.facts), "facts of the last of \(world.story)")
      let record = try ImportLog.one(result.importID ?? 0, world.bench.history)
      #expect(record.rows == result.rows && record.facts == result.facts)
      if result.counts != ImportResult.counts(expected.rows) { return }
    }
  }
}
