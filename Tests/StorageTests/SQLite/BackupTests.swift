import Foundation
import Health
import Storage
import Testing

@Suite struct BackupTests {
  let scratch: Scratch

  struct Stop: Error {}

  init() throws {
    scratch = try Scratch()
    try scratch.makeDatabase(rows: 12_000)
  }

  @Test func theCopyIsOfOneMomentWhileAnotherConnectionWrites() throws {
    let writer = try Connection(scratch.path(), .readWrite)
    var steps = 0
    let backup = try Backup.make(of: scratch.path(), to: scratch.path("copy.db")) { copied, total in
      steps += 1
      #expect(copied <= total)
      try writer.transaction(.immediate) {
        try writer.execute("DELETE FROM item WHERE id % 100 = \(steps); INSERT INTO item(body) VALUES (zeroblob(20000))")
      }
    }
    #expect(steps > 1)
    #expect(backup.rows == 12_000 && backup.tables == 1)
    #expect(backup.bytes == scratch.size("copy.db"))
    writer.close()
    #expect(scratch.names == ["copy.db", "vitals.db"])
    let copy = try Connection(scratch.path("copy.db"), .readWrite)
    #expect(try copy.number("SELECT count(*) FROM item") == 12_000)
    #expect(try copy.word("PRAGMA journal_mode") == "wal")
    #expect(try copy.integrityErrors() == [])
  }

  @Test func whatIsOnlyInTheLogIsCopied() throws {
    let writer = try Connection(scratch.path(), .readWrite)
    try writer.insert(20_000..<20_010)
    #expect(try Backup.make(of: scratch.path(), to: scratch.path("copy.db")).rows == 12_010)
  }

  @Test func anExistingFileIsReplacedOnlyWhenTold() throws {
    try scratch.write([1, 2, 3], to: "copy.db")
    let found = problem { _ = try Backup.make(of: scratch.path(), to: scratch.path("copy.db")) }
    #expect(found?.name == "file-exists" && found?.hint?.contains("--force") == true)
    #expect(scratch.holds([1, 2, 3], "copy.db"))
    _ = try Backup.make(of: scratch.path(), to: scratch.path("copy.db"), mayReplace: true)
    #expect(try Connection(scratch.path("copy.db"), .readOnly).number("SELECT count(*) FROM item") == 12_000)
  }

  @Test func aDatabaseInUseOrTheSourceIsNeverReplaced() throws {
    let before = scratch.bytes()
    #expect(problem { _ = try Backup.make(of: scratch.path(), to: scratch.path(), mayReplace: true) }?.name == "file-exists")
    try scratch.makeDatabase("other.db")
    let other = try Connection(scratch.path("other.db"), .readWrite)
    try other.insert(1..<2)
    #expect(problem { _ = try Backup.make(of: scratch.path(), to: scratch.path("other.db"), mayReplace: true) }?.name == "file-exists")
    #expect(scratch.holds(before))
  }

  @Test func aCopyThatSomebodyHasLookedAtIsReplaced() throws {
    _ = try Backup.make(of: scratch.path(), to: scratch.path("copy.db"))
    let reader = try Connection(scratch.path("copy.db"), .readOnly)
    #expect(try reader.number("SELECT count(*) FROM item") == 12_000)
    // The reader holds its log, which is empty, as long as it looks.
    let found = problem { _ = try Backup.make(of: scratch.path(), to: scratch.path("copy.db"), mayReplace: true) }
    #expect(found?.name == "file-exists" && scratch.size("copy.db-wal") == 0)
    reader.close()
    let copies = { scratch.names.filter { $0.hasPrefix("copy") } }
    #expect(copies() == ["copy.db", "copy.db-shm", "copy.db-wal"])
    _ = try Backup.make(of: scratch.path(), to: scratch.path("copy.db"), mayReplace: true)
    #expect(copies() == ["copy.db"])
    #expect(try Connection(scratch.path("copy.db"), .readOnly).number("SELECT count(*) FROM item") == 12_000)
  }

  @Test func aBackupThatIsStoppedLeavesNothing() throws {
    #expect(throws: Stop.self) {
      try Backup.make(of: scratch.path(), to: scratch.path("copy.db")) { _, _ in throw Stop() }
    }
    #expect(scratch.names.filter { $0.hasPrefix("copy") } == [])
  }

  @Test func aDamagedDatabaseGivesNoBackup() throws {
    var bytes = scratch.bytes()
    // The last page lies far from what counting rows alone would visit first.
    bytes.replaceSubrange((bytes.count - 16_384)..<bytes.count, with: [UInt8](repeating: 0x5A, count: 16_384))
    try scratch.write(bytes)
    let found = problem { _ = try Backup.make(of: scratch.path(), to: scratch.path("copy.db")) }
    #expect(["backup-damaged", "database-corrupt"].contains(found?.name))
    #expect(scratch.names.filter { $0.hasPrefix("copy") } == [])
  }

  @Test func whatCountingCannotSeeIsFoundByTheCheck() throws {
    let connection = try Connection(scratch.path(), .readWrite)
    try connection.execute("CREATE TABLE guarded(a INTEGER CHECK (a > 0)) STRICT; PRAGMA ignore_check_constraints = ON")
    try connection.execute("INSERT INTO guarded VALUES (-1)")
    let found = problem { _ = try Backup.make(of: scratch.path(), to: scratch.path("copy.db")) }
    #expect(found?.name == "backup-damaged")
    #expect(found?.message.contains("guarded") == true)
    #expect(scratch.names.filter { $0.hasPrefix("copy") } == [])
  }

  @Test func theCopyIsAsPrivateAsTheSource() throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: scratch.path())
    _ = try Backup.make(of: scratch.path(), to: scratch.path("copy.db"))
    let permissions = try FileManager.default.attributesOfItem(atPath: scratch.path("copy.db"))[.posixPermissions] as? Int
    #expect(permissions == 0o640)
  }

  @Test func aMissingFolderOrSourceIsNamed() {
    #expect(problem { _ = try Backup.make(of: scratch.path("no.db"), to: scratch.path("copy.db")) }?.name == "no-database")
    #expect(problem { _ = try Backup.make(of: scratch.path(), to: scratch.path("no/copy.db")) }?.name == "file-system")
  }
}
