import Health
import Import
import Storage
import TestSupport
import Testing

/// What is taken back leaves no trace in what counts, and what is restored is as if it had never been taken back.
struct RevertPropertyTests {
  @Test(arguments: seeds(16))
  func takingBackALastFileIsAsIfItHadNotCome(_ seed: Int) throws {
    let world = try RandomWorld(seed, feeds: 3)
    for _ in 0..<3 { try world.take(world.file()) }
    let (before, beforeAt) = (try world.bench.face(), world.bench.now - 1)
    let isBackfill = world.dice.oneIn(4)
    try world.take(world.file()) { $0.backfill = isBackfill }
    let after = try world.bench.face()
    let afterAt = world.bench.now - 1
    if !isBackfill {
      expectSame(try world.bench.face(by: beforeAt), before, "known before: \(world.story)")
    }
    try world.setLive(world.taken.count - 1, false)
    expectSame(try world.bench.face(), before, "taken back: \(world.story)")
    if !isBackfill {
      expectSame(try world.bench.face(by: afterAt), after, "known before it was taken back: \(world.story)")
    }
    try world.setLive(world.taken.count - 1, true)
    expectSame(try world.bench.face(), after, "restored: \(world.story)")
  }

  /// A is taken back from under B, and B's file is given again: then B stands alone.
  @Test(arguments: seeds(16))
  func importingAgainWhatLeanedOnWhatWasTakenBack(_ seed: Int) throws {
    let world = try RandomWorld(1000 + seed, feeds: 1)
    var files = [world.file(), world.file()]
    // They have half of their rows in common.
    files[1].rows += files[0].rows.filter { _ in world.dice.oneIn(2) }
    let alone = try RandomWorld(like: world)
    try world.take(files[0])
    try world.take(files[1])
    try world.setLive(1, false)
    try world.take(files[1])
    try alone.take(files[1])
    expectSame(try world.bench.face(), try alone.bench.face(), "\(world.story)")
  }

  /// Any of several files is taken back, and the others' files are given again in their order: as if it had never come.
  @Test(arguments: seeds(10))
  func takingBackOneOfManyAndReadingTheOthersAgain(_ seed: Int) throws {
    let world = try RandomWorld(2000 + seed, feeds: 3)
    let days = RandomWorld.days.dropFirst().shuffled(using: &world.dice)
    let files = days.prefix(4).sorted().map { world.file(day: $0).withDistinctRows }
    let without = world.dice.below(files.count)
    let other = try RandomWorld(like: world)
    for file in files { try world.take(file) }
    try world.setLive(1 + without, false)
    let rest = files.indices.filter { $0 != without }.map { files[$0] }
    try world.again(rest)
    for file in rest { try other.take(file) }
    // Names that a later file brought may have let in rows that were refused.
    try other.again(rest)
    expectSame(try world.bench.face(), try other.bench.face(), "without \(without): \(world.story)")
    try world.expectNothing(from: rest)
  }

  /// Marking an import is the same as having said so when it came, for all that is known now.
  @Test(arguments: seeds(8))
  func markingIsTheSameAsHavingSaidSo(_ seed: Int) throws {
    let world = try RandomWorld(3000 + seed, feeds: 2)
    let files = [world.file(), world.file(), world.file()]
    let other = try RandomWorld(like: world)
    let isBackfill = world.dice.oneIn(2)
    for each in [world, other] { for file in files.dropLast() { try each.take(file) } }
    try world.take(files[2]) { $0.backfill = isBackfill }
    try other.take(files[2]) { $0.backfill = !isBackfill }
    other.bench.now += 1000
    let id = other.taken[3].importID
    _ = try ImportChanges.apply(.mark(backfill: isBackfill), to: id, at: other.bench.now, other.bench.history)
    expectSame(try other.bench.face(), try world.bench.face(), "to \(isBackfill): \(world.story)")
  }
}
