import Health
import Storage
import Testing

@Suite struct TransactionTests {
  let scratch: Scratch
  let connection: Connection

  struct Stop: Error {}

  init() throws {
    scratch = try Scratch()
    try scratch.makeDatabase(rows: 10)
    connection = try Connection(scratch.path(), .readWrite)
  }

  private func count() throws -> Int? { try connection.number("SELECT count(*) FROM item") }

  @Test func itIsCommittedWhenItReturns() throws {
    let result = try connection.transaction(.immediate) {
      try connection.execute("DELETE FROM item WHERE id < 4")
      return 5
    }
    #expect(result == 5)
    #expect(try count() == 7)
    #expect(!connection.isInTransaction)
  }

  @Test func itIsRolledBackWhenItThrowsEvenFromWithinRows() throws {
    #expect(throws: Stop.self) {
      try connection.transaction(.immediate) {
        try connection.execute("DELETE FROM item WHERE id < 4")
        #expect(try connection.prepare("SELECT id FROM item").step())
        throw Stop()
      }
    }
    #expect(try count() == 10)
    #expect(connection.busyStatements == [])
  }

  @Test func oneInsideAnotherIsRefused() throws {
    let found = problem {
      try connection.transaction(.immediate) {
        try connection.execute("DELETE FROM item")
        try connection.transaction(.deferred) {}
      }
    }
    #expect(found?.name == "nested-transaction")
    #expect(try count() == 10)
  }

  @Test func aSecondWriterIsToldToTryAgain() throws {
    let other = try Connection(scratch.path(), .readWrite)
    try other.execute("PRAGMA busy_timeout = 0")
    try connection.transaction(.immediate) {
      let found = problem { try other.transaction(.immediate) {} }
      #expect(found?.name == "database-busy")
      #expect(found?.category == .busy)
      #expect(found?.hint?.contains("try again") == true)
    }
    try other.transaction(.immediate) {}
  }

  @Test func aReaderSeesOneMoment() throws {
    let reader = try Connection(scratch.path(), .readOnly)
    let counts = try reader.transaction(.deferred) {
      let before = try reader.number("SELECT count(*) FROM item")
      try connection.execute("DELETE FROM item")
      return [before, try reader.number("SELECT count(*) FROM item")]
    }
    #expect(counts == [10, 10])
    #expect(try reader.number("SELECT count(*) FROM item") == 0)
  }

  /// A disk that is full after k more pages, for k = 0, 1, 2 … until there is room: nothing or everything is there, and it is sound.
  @Test func aFullDiskLeavesNothingBehind() throws {
    let pages = try #require(try connection.number("PRAGMA page_count"))
    var failures = 0
    for room in 0..<200 {
      try connection.execute("PRAGMA max_page_count = \(pages + room)")
      let found = problem { try connection.insert(100..<300) }
      #expect(!connection.isInTransaction)
      #expect(try connection.integrityErrors() == [])
      guard let found else { break }
      failures += 1
      #expect(found.name == "database-full")
      #expect(found.category == .failure)
      #expect(try count() == 10)
    }
    #expect(failures > 5)
    #expect(try count() == 210)
  }

  private func add(_ ids: Range<Int>) throws {
    for id in ids { try connection.execute("INSERT INTO item(id) VALUES (\(id))") }
  }

  @Test func aSavepointUndoesItsPartAlone() throws {
    #expect(problem { try connection.savepoint {} }?.name == "no-transaction")
    try connection.transaction(.immediate) {
      try add(100..<110)
      #expect(throws: Stop.self) {
        try connection.savepoint {
          try add(200..<210)
          throw Stop()
        }
      }
      try connection.savepoint { try add(300..<305) }
    }
    #expect(try count() == 25)
    #expect(try connection.number("SELECT count(*) FROM item WHERE id BETWEEN 200 AND 209") == 0)
  }

  @Test func aRehearsalKeepsNothing() throws {
    let seen = try connection.rehearsal {
      try add(100..<110)
      try connection.savepoint { try add(200..<210) }
      return try count()
    }
    #expect(seen == 30)
    #expect(throws: Stop.self) {
      try connection.rehearsal {
        try add(100..<110)
        throw Stop()
      }
    }
    #expect(!connection.isInTransaction)
    #expect(try count() == 10)
  }

  @Test func anInterruptEndsTheStatementAndRollsBack() throws {
    let interrupt = connection.interrupt
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    let found = problem {
      try connection.transaction(.immediate) {
        try connection.execute("DELETE FROM item")
        let raising = {
          interrupt.raise()
          return true
        }
        try connection.limited(raising) { try connection.execute(endless) }
      }
    }
    #expect(found?.name == "interrupted")
    #expect(found?.category == .interrupted)
    #expect(try count() == 10)
  }

  @Test func anInterruptBetweenStatementsPreventsTheCommit() throws {
    let found = problem {
      try connection.transaction(.immediate) {
        try connection.execute("DELETE FROM item")
        connection.interrupt.raise()
      }
    }
    #expect(found?.category == .interrupted)
    #expect(try count() == 10)
  }
}

/// What is left after a command that wrote.
@Suite struct FinishTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test func noLogIsLeft() throws {
    try scratch.makeDatabase(rows: 50)
    #expect(scratch.names == ["vitals.db"])
    let connection = try Connection(scratch.path(), .readWrite)
    try connection.insert(100..<200)
    let held = try connection.prepare("SELECT id FROM item")
    #expect(try held.step())
    try connection.finish()
    #expect(scratch.size("vitals.db-wal") == 0)
    #expect(problem { _ = try held.step() } != nil)
    #expect(connection.preparedCount == 0)
    #expect(try connection.number("PRAGMA busy_timeout") == 5000)
    connection.close()
    #expect(scratch.names == ["vitals.db"])
  }

  @Test func aReaderIsNotWaitedFor() throws {
    try scratch.makeDatabase(rows: 50)
    let reader = try Connection(scratch.path(), .readOnly)
    let writer = try Connection(scratch.path(), .readWrite)
    try reader.transaction(.deferred) {
      #expect(try reader.number("SELECT count(*) FROM item") == 50)
      try writer.insert(100..<200)
      try writer.finish()
      #expect(scratch.size("vitals.db-wal") > 0)
      #expect(try reader.number("SELECT count(*) FROM item") == 50)
    }
    #expect(try reader.number("SELECT count(*) FROM item") == 150)
    try writer.finish()
    #expect(scratch.size("vitals.db-wal") == 0)
  }

  @Test func anUnsyncedDatabaseIsPublishedWhole() throws {
    let building = try Connection(scratch.path("building"), .createUnsynced)
    #expect(try building.word("PRAGMA synchronous") == "0")
    #expect(try building.word("PRAGMA journal_mode") == "memory")
    try building.execute("CREATE TABLE item(id INTEGER PRIMARY KEY, body BLOB) STRICT")
    #expect(throws: TransactionTests.Stop.self) {
      try building.transaction(.immediate) {
        try building.execute("INSERT INTO item(id) VALUES (1)")
        throw TransactionTests.Stop()
      }
    }
    try building.insert(1..<100)
    try building.publish(as: scratch.path())
    #expect(scratch.names == ["vitals.db"])
    let connection = try Connection(scratch.path(), .readOnly)
    #expect(try connection.word("PRAGMA journal_mode") == "wal")
    #expect(try connection.word("PRAGMA page_size") == "16384")
    #expect(try connection.number("SELECT count(*) FROM item") == 99)
    #expect(try connection.integrityErrors() == [])
  }

  @Test func publishingReplacesNothing() throws {
    try scratch.write([1, 2, 3])
    let building = try Connection(scratch.path("building"), .createUnsynced)
    #expect(problem { try building.publish(as: scratch.path()) }?.name == "file-exists")
    #expect(scratch.holds([1, 2, 3]))
  }
}
