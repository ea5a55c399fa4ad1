import Foundation
import Health
import Storage
import TestSupport
import Testing

@testable import Import

/// An import that is stopped anywhere has either happened or not, the database is sound, and importing again finishes the job.
struct InterruptionPropertyTests {
  private struct Stop: Error {}

  /// A world with some history and the file that is going to be stopped, with what is known before it and after it.
  private func world(_ seed: Int) throws -> (world: RandomWorld, file: ImportFile, before: [String], after: [String]) {
    let world = try RandomWorld(seed, feeds: 1, isSynced: true)
    try world.take(world.file())
    let (file, other) = (world.file(), try RandomWorld(like: world))
    try other.take(world.taken[1].file)
    try other.take(file)
    let path = try world.bench.write(file.name, file.bytes)
    let plan = try FilePlan(paths: [path], feeds: world.bench.feeds, options: ImportOptions(now: world.bench.now))
    return (world, try #require(plan.files.first), try world.bench.face(), try other.bench.face())
  }

  /// A connection of its own, since an interrupt stays raised, and a disk that failed may fail for good.
  private func attempt(_ world: RandomWorld, _ file: ImportFile, _ body: (Connection, () throws -> Void) throws -> Void) throws -> Bool {
    let connection = try Connection(world.bench.history.connection.path, .readWrite)
    defer { connection.close() }
    let history = try History(connection, zone: world.bench.history.zone)
    let importer = Importer(history, catalogue: world.bench.catalogue, limits: world.bench.limits)
    do {
      try body(connection) { _ = try importer.run(file, options: ImportOptions(now: world.bench.now)) }
      return true
    } catch {
      #expect(!connection.isInTransaction)
      return false
    }
  }

  /// Whether the file is in; wholly or not at all.
  @discardableResult
  private func isIn(_ world: RandomWorld, _ before: [String], _ after: [String], _ comment: String) throws -> Bool {
    let history = world.bench.history
    try history.reload()
    let isIn = try ImportLog.all(history).count == 3
    expectSame(try world.bench.face(), isIn ? after : before, "\(comment): \(world.story)")
    #expect(try history.connection.integrityErrors() == [], "\(comment): \(world.story)")
    return isIn
  }

  /// Stopped after k steps of SQLite, for growing k, until it is through.
  @Test(arguments: seeds(2))
  func stoppedAfterAnyStepOfTheDatabase(_ seed: Int) throws {
    let (world, file, before, after) = try self.world(seed)
    world.bench.limits.rowsKept = 3
    var (steps, stops) = (1, 0)
    while true {
      var left = steps
      let isThrough = try attempt(world, file) { connection, run in
        try connection.limited(
          every: 20,
          {
            left -= 1
            return left > 0
          }, run)
      }
      if isThrough { break }
      stops += 1
      // Stopped once it is committed, it is in.
      let isIn = try isIn(world, before, after, "stopped after \(steps)")
      #expect(!isIn || stops > 10)
      steps += 1 + steps / 6
    }
    #expect(stops > 10)
    #expect(try isIn(world, before, after, "through"))
  }

  /// A disk with room for k more pages, for growing k, until there is enough.
  @Test(arguments: seeds(2))
  func onADiskThatIsFull(_ seed: Int) throws {
    let (world, file, before, after) = try self.world(100 + seed)
    var room = 0
    while room < 200 {
      let isThrough = try attempt(world, file) { connection, run in
        let pages = try connection.prepare("PRAGMA page_count").first { $0.int(0) } ?? 0
        try connection.execute("PRAGMA max_page_count = \(pages + room)")
        try run()
      }
      if isThrough { break }
      #expect(try !isIn(world, before, after, "room for \(room)"))
      room += 1
    }
    #expect(try isIn(world, before, after, "room for \(room)"))
  }

  /// A file that cannot be read any further after k bytes.
  private struct BrokenSource: ByteSource {
    var bytes: ArraySlice<UInt8>

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
      guard !bytes.isEmpty else { throw Stop() }
      let count = min(bytes.count, buffer.count, 7)
      buffer.copyBytes(from: bytes.prefix(count))
      bytes = bytes.dropFirst(count)
      return count
    }
  }

  @Test(arguments: seeds(2))
  func aFileThatCannotBeReadToItsEnd(_ seed: Int) throws {
    let (world, file, before, after) = try self.world(200 + seed)
    world.bench.limits.rowsKept = 2
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: file.path)))
    let history = world.bench.history
    for end in stride(from: 0, through: bytes.count, by: max(1, bytes.count / 12)) {
      let head = ImportHead(feed: file.feed.name, file: file.name, fileDay: file.fileDay, started: world.bench.now)
      let work = FileImport(
        history: history, feed: file.feed, catalogue: world.bench.catalogue, head: head, options: ImportOptions(now: world.bench.now),
        startDays: StartDays(), limits: world.bench.limits, onProgress: { _ in })
      #expect(throws: Stop.self) {
        try history.connection.transaction(.immediate) { _ = try work.run(BrokenSource(bytes: bytes[..<end])) }
      }
      try history.reload()
      #expect(try !isIn(world, before, after, "\(end) bytes"))
    }
    #expect(try attempt(world, file) { _, run in try run() })
    #expect(try isIn(world, before, after, "through"))
  }
}
