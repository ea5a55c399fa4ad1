import Foundation
import Health
import Migrations
import Storage
import Testing

@Suite struct MigratorTests {
  let scratch: Scratch

  static let first = Migration(name: "m0001_first", sql: "CREATE TABLE item(id INTEGER PRIMARY KEY, body BLOB) STRICT;")
  static let second = Migration(name: "m0002_second", sql: "ALTER TABLE item ADD COLUMN colour TEXT; UPDATE item SET colour = 'red';")
  static let broken = Migration(name: "m0002_broken", sql: "DELETE FROM item; SELECT * FROM nowhere")

  init() throws { scratch = try Scratch() }

  /// A closed database of version 1 with three items.
  private func makeOld() throws {
    let connection = try Migrator([Self.first]).create(scratch.path(), at: 1000)
    try connection.insert(1..<4)
    try connection.finish()
  }

  @Test func theListIsTheFolder() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folder = root.appendingPathComponent("Migrations/sql").path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".sql") }.sorted()
    #expect(Migration.shipped.map { $0.name + ".sql" } == files)
    for (index, migration) in Migration.shipped.enumerated() {
      #expect(migration.name.hasPrefix("m" + String(String(10_001 + index).dropFirst()) + "_"))
      #expect(migration.sql == (try String(contentsOfFile: folder + "/" + migration.name + ".sql", encoding: .utf8)))
    }
  }

  @Test func theShippedMigrationsMakeASoundDatabase() throws {
    let connection = try Migrator().create(scratch.path(), at: 1000)
    #expect(try connection.integrityErrors() == [])
    #expect(try connection.number("PRAGMA user_version") == Migration.shipped.count)
  }

  /// Vectors of FNV-1a from its authors.
  @Test(arguments: [("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8")])
  func theChecksumIsFNV1a(text: String, expected: String) {
    #expect(Migration(name: "m", sql: text).checksum == expected)
  }

  @Test func aNewDatabaseHasEveryMigrationInItsLog() throws {
    let connection = try Migrator([Self.first, Self.second]).create(scratch.path(), at: 1234)
    let log = try connection.prepare("SELECT version, name, checksum, applied FROM migration ORDER BY version")
      .all { "\($0.int(0)) \($0.text(1)) \($0.text(2)) \($0.int(3))" }
    #expect(log == ["1 m0001_first \(Self.first.checksum) 1234", "2 m0002_second \(Self.second.checksum) 1234"])
    #expect(try connection.number("PRAGMA user_version") == 2)
    #expect(scratch.names.filter { $0.contains("schema") } == [])
  }

  @Test func aWriterMigratesAfterABackupAndSaysSo() throws {
    try makeOld()
    let (connection, outcome) = try Migrator([Self.first, Self.second]).openWriter(scratch.path(), at: 2000)
    let copy = scratch.path("vitals.db.schema1")
    #expect(outcome == Migrator.Outcome(from: 1, to: 2, applied: ["m0002_second"], backup: copy))
    #expect(try connection.number("SELECT count(*) FROM item WHERE colour = 'red'") == 3)
    #expect(try connection.number("PRAGMA foreign_keys") == 1)
    let old = try Migrator([Self.first]).openReader(copy)
    #expect(try old.number("SELECT count(*) FROM item") == 3)
    let again = try Migrator([Self.first, Self.second]).migrate(connection, at: 3000)
    #expect(again == Migrator.Outcome(from: 2, to: 2))
  }

  @Test func anEarlierBackupIsKept() throws {
    try makeOld()
    try scratch.write([1], to: "vitals.db.schema1")
    let (_, outcome) = try Migrator([Self.first, Self.second]).openWriter(scratch.path(), at: 2000)
    #expect(outcome.backup == scratch.path("vitals.db.schema1-2"))
    #expect(scratch.holds([1], "vitals.db.schema1"))
  }

  @Test func aReaderOfAnOlderSchemaSaysWhatToRun() throws {
    try makeOld()
    let found = problem { _ = try Migrator([Self.first, Self.second]).openReader(scratch.path()) }
    #expect(found?.name == "older-schema")
    #expect(found?.category == .failure)
    #expect(found?.hint?.contains("vitals import") == true)
    #expect(scratch.names.filter { $0.contains("schema") } == [])
  }

  @Test func aNewerSchemaIsRefused() throws {
    try Migrator([Self.first, Self.second]).create(scratch.path(), at: 1000).close()
    for open in [{ _ = try Migrator([Self.first]).openReader($0) }, { _ = try Migrator([Self.first]).openWriter($0, at: 1) }]
      as [(String) throws -> Void]
    {
      let found = problem { try open(scratch.path()) }
      #expect(found?.name == "newer-schema")
      #expect(found?.category == .badInput)
    }
  }

  @Test func anEditedMigrationIsRefused() throws {
    try makeOld()
    let edited = Migration(name: Self.first.name, sql: Self.first.sql + " ")
    let renamed = Migration(name: "m0001_other", sql: Self.first.sql)
    for migration in [edited, renamed] {
      #expect(problem { _ = try Migrator([migration]).openReader(scratch.path()) }?.name == "edited-migration")
      #expect(problem { _ = try Migrator([migration, Self.second]).openWriter(scratch.path(), at: 1) }?.name == "edited-migration")
    }
    #expect(scratch.names == ["vitals.db"])
  }

  @Test func aMigrationThatFailsChangesNothing() throws {
    try makeOld()
    #expect(problem { _ = try Migrator([Self.first, Self.broken]).openWriter(scratch.path(), at: 1) } != nil)
    let connection = try Migrator([Self.first]).openReader(scratch.path())
    #expect(try connection.number("SELECT count(*) FROM item") == 3)
  }

  @Test func aMigrationThatBreaksAReferenceIsRefused() throws {
    let parent = Migration(name: "m0001_a", sql: "CREATE TABLE a(id INTEGER PRIMARY KEY); CREATE TABLE b(a REFERENCES a(id));")
    let fill = Migration(name: "m0002_b", sql: "INSERT INTO b VALUES (7);")
    try Migrator([parent]).create(scratch.path(), at: 1).close()
    let found = problem { _ = try Migrator([parent, fill]).openWriter(scratch.path(), at: 1) }
    #expect(found?.name == "failed-migration")
    #expect(try Migrator([parent]).openReader(scratch.path()).number("SELECT count(*) FROM b") == 0)
  }

  @Test func aMigrationThatEndsItsTransactionIsRefused() throws {
    let ends = Migration(name: "m0001_ends", sql: "CREATE TABLE t(a); COMMIT;")
    #expect(problem { _ = try Migrator([ends]).create(scratch.path(), at: 1) }?.name == "failed-migration")
    #expect(scratch.names == [])
  }

  @Test func aCreationThatBrokeOffIsCompletedByAWriter() throws {
    try Connection(scratch.path(), .create).close()
    let (connection, outcome) = try Migrator([Self.first]).openWriter(scratch.path(), at: 1)
    #expect(outcome == Migrator.Outcome(from: 0, to: 1, applied: ["m0001_first"]))
    #expect(try connection.number("SELECT count(*) FROM item") == 0)
  }

  @Test func anInterruptedMigrationKeepsTheOldSchema() throws {
    try makeOld()
    let connection = try Connection(scratch.path(), .readWrite)
    connection.interrupt.raise()
    #expect(problem { _ = try Migrator([Self.first, Self.second]).migrate(connection, at: 1) }?.category == .interrupted)
    #expect(try connection.number("PRAGMA user_version") == 1)
    #expect(try connection.number("PRAGMA foreign_keys") == 1)
  }
}
