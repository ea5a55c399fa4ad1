import Foundation
import Health
import Storage
import Testing

/// Each connection rule, by looking at what it does.
@Suite struct ConnectionTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test(arguments: [Connection.Mode.readOnly, .readWrite]) func aTypoCreatesNoDatabase(mode: Connection.Mode) throws {
    let found = problem { _ = try Connection(scratch.path("typo.db"), mode) }
    #expect(found?.name == "no-database")
    #expect(found?.category == .missing)
    #expect(found?.message.contains(scratch.path("typo.db")) == true)
    #expect(found?.hint?.contains("vitals init") == true)
    #expect(scratch.names == [])
  }

  @Test func aRelativePathIsLookedForInTheWorkingFolder() {
    let found = problem { _ = try Connection("no-such-folder/file:x.db", .readWrite) }
    #expect(found?.message.contains(FileManager.default.currentDirectoryPath + "/no-such-folder/file:x.db") == true)
  }

  @Test func anEmptyFileIsNoDatabase() throws {
    try scratch.write([])
    #expect(problem { _ = try Connection(scratch.path(), .readWrite) }?.name == "no-database")
    #expect(scratch.holds([]))
  }

  @Test func aFolderIsNoDatabase() {
    #expect(problem { _ = try Connection(scratch.folder, .readOnly) }?.name == "not-a-database")
  }

  @Test(arguments: [Connection.Mode.create, .createUnsynced]) func creatingRefusesAnExistingFile(mode: Connection.Mode) throws {
    try scratch.write([1, 2, 3])
    #expect(problem { _ = try Connection(scratch.path(), mode) }?.name == "file-exists")
    #expect(scratch.holds([1, 2, 3]))
  }

  @Test func creatingIgnoresTheLogOfARemovedDatabase() throws {
    let old = try Connection(scratch.path(), .create)
    try old.execute("CREATE TABLE old(a)")
    try FileManager.default.copyItem(atPath: scratch.path("vitals.db-wal"), toPath: scratch.path("log"))
    old.close()
    try FileManager.default.removeItem(atPath: scratch.path())
    try FileManager.default.moveItem(atPath: scratch.path("log"), toPath: scratch.path("vitals.db-wal"))
    let new = try Connection(scratch.path(), .create)
    #expect(try new.number("SELECT count(*) FROM sqlite_schema") == 0)
  }

  @Test func writersHaveTheSettings() throws {
    try scratch.makeDatabase()
    let connection = try Connection(scratch.path(), .readWrite)
    let expected = [
      "journal_mode": "wal", "synchronous": "2", "page_size": "16384", "secure_delete": "0", "foreign_keys": "1",
      "trusted_schema": "0", "mmap_size": "0", "busy_timeout": "5000", "application_id": "\(0x7669_7461)", "cache_size": "-16384",
      "query_only": "0", "analysis_limit": "400",
    ]
    for (setting, value) in expected { #expect(try connection.word("PRAGMA \(setting)") == value, "\(setting)") }
  }

  @Test func readersHaveTheSettings() throws {
    try scratch.makeDatabase()
    let connection = try Connection(scratch.path(), .readOnly)
    let expected = ["query_only": "1", "trusted_schema": "0", "mmap_size": "0", "busy_timeout": "5000", "cache_size": "-16384"]
    for (setting, value) in expected { #expect(try connection.word("PRAGMA \(setting)") == value, "\(setting)") }
    try connection.execute("PRAGMA query_only = OFF")
    let found = problem { try connection.execute("INSERT INTO item(id) VALUES (1)") }
    #expect(found?.name == "database-read-only")
  }

  @Test func theWALIsTurnedOnForADatabaseThatLostIt() throws {
    try scratch.makeDatabase()
    let connection = try Connection(scratch.path(), .readWrite)
    try connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    #expect(try Connection(scratch.path(), .readWrite).word("PRAGMA journal_mode") == "wal")
  }

  @Test func aWordInDoubleQuotesIsNeverText() throws {
    let connection = try Connection(scratch.path(), .create)
    #expect(problem { _ = try connection.prepare("SELECT \"misspelt\"") }?.message.contains("misspelt") == true)
    try connection.execute("CREATE TABLE t(a)")
    #expect(problem { try connection.execute("CREATE INDEX i ON t(\"misspelt\")") } != nil)
  }

  @Test func theSchemaCannotBeWrittenByHand() throws {
    let connection = try Connection(scratch.path(), .create)
    try connection.execute("PRAGMA writable_schema = ON")
    #expect(problem { try connection.execute("DELETE FROM sqlite_schema") } != nil)
  }

  @Test func foreignKeysHold() throws {
    let connection = try Connection(scratch.path(), .create)
    try connection.execute("CREATE TABLE a(id INTEGER PRIMARY KEY); CREATE TABLE b(a REFERENCES a(id))")
    let found = problem { try connection.execute("INSERT INTO b VALUES (7)") }
    #expect(found?.name == "constraint-violated")
    #expect(found?.message.contains("(SQLite 787 in: INSERT INTO b VALUES (7))") == true)
  }

  @Test func aFileOfAnotherKindIsRefusedUnchanged() throws {
    let text = [UInt8](repeating: UInt8(ascii: "x"), count: 5000)
    try scratch.write(text)
    let found = problem { _ = try Connection(scratch.path(), .readWrite) }
    #expect(found?.name == "not-a-database")
    #expect(found?.category == .badInput)
    #expect(scratch.holds(text))
  }

  @Test(arguments: [0, 252_006_670], [Connection.Mode.readOnly, .readWrite])
  func aDatabaseOfAnotherProgramIsRefusedUnchanged(id: Int, mode: Connection.Mode) throws {
    try scratch.makeDatabase(rows: 3)
    let connection = try Connection(scratch.path(), .readWrite)
    try connection.execute("PRAGMA application_id = \(id); PRAGMA journal_mode = DELETE")
    connection.close()
    let before = scratch.bytes()
    let found = problem { _ = try Connection(scratch.path(), mode) }
    #expect(found?.name == "foreign-database")
    #expect(found?.category == .badInput)
    #expect(scratch.holds(before))
    #expect(scratch.names == ["vitals.db"])
  }

  @Test func damageIsNamed() throws {
    try scratch.makeDatabase(rows: 200)
    var bytes = scratch.bytes()
    bytes.replaceSubrange(16_384..<(3 * 16_384), with: [UInt8](repeating: 0xA5, count: 2 * 16_384))
    try scratch.write(bytes)
    let connection = try Connection(scratch.path(), .readOnly)
    #expect(problem { _ = try connection.number("SELECT sum(length(body)) FROM item") }?.name == "database-corrupt")
    #expect(try connection.integrityErrors() != [])
  }

  @Test func anUnwritableFolderIsReadWithoutLeavingAnything() throws {
    let name = "od d%41?#é.db"
    try scratch.makeDatabase(name, rows: 3)
    let connection = try Connection(scratch.path(name), .readOnly, isWritable: { _ in false })
    #expect(try connection.number("SELECT count(*) FROM item") == 3)
    #expect(scratch.names == [name])
  }

  @Test func aLogIsReadEvenInAnUnwritableFolder() throws {
    try scratch.makeDatabase(rows: 3)
    let writer = try Connection(scratch.path(), .readWrite)
    try writer.insert(10..<12)
    let reader = try Connection(scratch.path(), .readOnly, isWritable: { _ in false })
    #expect(try reader.number("SELECT count(*) FROM item") == 5)
  }

  @Test func closingTwiceIsHarmlessAndUseAfterwardsIsAProblem() throws {
    let connection = try Connection(scratch.path(), .create)
    let statement = try connection.prepare("SELECT 1")
    connection.close()
    connection.close()
    #expect(problem { try statement.run() } != nil)
    #expect(problem { try connection.execute("SELECT 1") } != nil)
    #expect(problem { _ = try connection.prepare("SELECT 1") } != nil)
    connection.interrupt.raise()
  }
}
