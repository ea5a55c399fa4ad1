import Health
import Import
import Storage
import TestSupport
import Testing

/// Where a file is cut and in which order its rows come does not matter, as long as no two of them speak of the same thing.
struct CutPropertyTests {
  private func worlds(_ seed: Int) throws -> (whole: RandomWorld, other: RandomWorld, file: RandomFile)? {
    let whole = try RandomWorld(seed, feeds: 3)
    // A part of what says everything about its day would say that there is nothing else.
    guard let feed = whole.feeds.first(where: { !$0.isComplete }) else { return nil }
    var file = whole.file(of: feed).withDistinctRows
    // More rows than one file has by itself, for cuts and batches to fall among.
    for _ in 0..<2 { file.rows += whole.file(of: feed, day: file.day).rows }
    file = file.withDistinctRows
    return (whole, try RandomWorld(like: whole), file)
  }

  private func compare(_ whole: RandomWorld, _ other: RandomWorld, _ file: RandomFile) throws {
    let story = "\(whole.story)\n=== against\n\(other.story)"
    let isComparable = !file.feed.namesSignals
    let (found, expected) =
      isComparable
      ? (try other.bench.face(), try whole.bench.face()) : (try other.bench.facts(), try whole.bench.facts())
    expectSame(found, expected, "\(story)")
  }

  @Test(arguments: seeds(12))
  func aFileCutAnywhereGivesTheSame(_ seed: Int) throws {
    guard let (whole, other, file) = try worlds(seed) else { return }
    try whole.take(file)
    let cut = whole.dice.below(file.rows.count + 1)
    let first = try other.take(file.part(Array(file.rows[..<cut]), "a")).result
    let second = try other.take(file.part(Array(file.rows[cut...]), "b")).result
    #expect(first.rows.total + second.rows.total == file.rows.count)
    try compare(whole, other, file)
    // The whole after its parts has nothing to add.
    let again = try other.take(file).result
    let isNothing = [Outcome.new, .corrected, .older].allSatisfy { again.facts[$0] == 0 }
    #expect(again.state == .already || isNothing, "\(other.story)")
    try compare(whole, other, file)
  }

  @Test(arguments: seeds(12))
  func rowsInAnyOrderGiveTheSame(_ seed: Int) throws {
    guard let (whole, other, file) = try worlds(1000 + seed) else { return }
    let result = try whole.take(file).result
    other.bench.limits.facts = whole.dice.pick([1, 5, 1 << 20])
    other.bench.limits.rowsKept = whole.dice.pick([1, 5, 1 << 20])
    let shuffled = try other.take(file.part(file.rows.shuffled(using: &whole.dice), "s")).result
    #expect(shuffled.counts == result.counts && shuffled.factCounts == result.factCounts, "\(other.story)")
    try compare(whole, other, file)
  }
}
