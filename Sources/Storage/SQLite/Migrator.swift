import Health
import Migrations

/// Brings a database to the schema of this build, and refuses one that it does not understand.
///
/// The version is `user_version`: how many migrations have run. The table `migration` keeps their names and checksums.
/// Each runs in a transaction of its own that also raises the version, so a crash leaves a version that is whole.
package struct Migrator: Sendable {
  /// The migrations in order; the first leads to version 1.
  package let migrations: [Migration]
  /// How long the connections that it opens wait for others.
  private let busyMilliseconds: Int32

  /// What `migrate` did.
  package struct Outcome: Hashable, Sendable {
    /// The version before.
    package var from: Int
    /// The version now.
    package var to: Int
    /// The names of the migrations that ran.
    package var applied: [String]
    /// The copy of the database as it was, where there was something to lose.
    package var backup: String?

    /// What was done to a database of this version.
    package init(from: Int, to: Int, applied: [String] = [], backup: String? = nil) {
      (self.from, self.to, self.applied, self.backup) = (from, to, applied, backup)
    }
  }

  /// A migrator to the last of these migrations.
  package init(_ migrations: [Migration] = Migration.shipped, busyMilliseconds: Int32 = Rules.busyMilliseconds) {
    (self.migrations, self.busyMilliseconds) = (migrations, busyMilliseconds)
  }

  /// Finds out whether this vitals can do anything with a database, be it after a migration.
  ///
  /// - Throws: `not-a-database`, `foreign-database`, `newer-schema`, `edited-migration` and others.
  package func requireKnown(_ path: String) throws {
    let connection = try Connection(path, .readOnly, busyMilliseconds: busyMilliseconds)
    defer { connection.close() }
    _ = try checkedVersion(of: connection)
  }

  /// Opens a database for a command that only reads.
  ///
  /// - Throws: `older-schema`, `newer-schema`, `edited-migration`, or what opening throws.
  package func openReader(_ path: String) throws -> Connection {
    let connection = try Connection(path, .readOnly, busyMilliseconds: busyMilliseconds)
    guard try checkedVersion(of: connection) == migrations.count else {
      let message = "\(path) was written by an older vitals, and a command that only reads does not change it"
      let hint = "run a command that writes, such as `vitals import`; it keeps a copy and brings the database up to date"
      throw Problem("older-schema", .failure, message, hint: hint)
    }
    return connection
  }

  /// Opens a database for a command that writes, and brings it up to date.
  ///
  /// - Parameter moment: now, in milliseconds since 1970-01-01T00:00:00Z.
  package func openWriter(_ path: String, at moment: Int64) throws -> (connection: Connection, outcome: Outcome) {
    let connection = try Connection(path, .readWrite, busyMilliseconds: busyMilliseconds)
    return (connection, try migrate(connection, at: moment))
  }

  /// Makes a database with the whole schema.
  ///
  /// - Parameters:
  ///   - moment: now, in milliseconds since 1970-01-01T00:00:00Z.
  ///   - isSynced: false for a file that is built under a temporary name and then given its own by `publish`.
  package func create(_ path: String, at moment: Int64, isSynced: Bool = true) throws -> Connection {
    let connection = try Connection(path, isSynced ? .create : .createUnsynced)
    do {
      _ = try migrate(connection, at: moment)
    } catch {
      connection.removeFiles()
      throw error
    }
    return connection
  }

  /// Runs the migrations that the database lacks, after a verified copy of it beside it if it has anything in it.
  ///
  /// - Throws: `newer-schema`, `edited-migration`, `failed-migration`, or a problem of the backup; then nothing has changed
  ///   beyond the migrations that are whole.
  package func migrate(_ connection: Connection, at moment: Int64) throws -> Outcome {
    let version = try checkedVersion(of: connection)
    var outcome = Outcome(from: version, to: version)
    guard version < migrations.count else { return outcome }
    if version > 0 { outcome.backup = try backUp(connection, version: version) }
    // A table is rebuilt by dropping it, which would cascade; the check after each migration makes up for it.
    try connection.execute("PRAGMA foreign_keys = OFF")
    do {
      while outcome.to < migrations.count {
        // Asked anew each time: another process may have run it while this one waited for its turn.
        let applied = try connection.transaction(.immediate) { try applyNext(on: connection, at: moment) }
        if let applied { outcome.applied.append(applied) }
        outcome.to = try checkedVersion(of: connection)
      }
    } catch {
      try? connection.execute("PRAGMA foreign_keys = ON")  // The first error is the one to tell.
      throw error
    }
    try connection.execute("PRAGMA foreign_keys = ON")
    return outcome
  }

  /// Runs the next migration inside an open transaction; nil when there is none left.
  private func applyNext(on connection: Connection, at moment: Int64) throws -> String? {
    let version = try checkedVersion(of: connection)
    guard version < migrations.count else { return nil }
    let migration = migrations[version]
    if version == 0 { try connection.execute(Self.log) }
    try connection.execute(migration.sql)
    guard connection.isInTransaction else {
      throw Problem("failed-migration", .failure, "\(migration.name) ends its own transaction")
    }
    let broken = try connection.text("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1")
    guard broken.isEmpty else {
      throw Problem("failed-migration", .failure, "\(migration.name) would leave rows of \(broken) that refer to nothing")
    }
    try connection.prepare("INSERT INTO migration(version, name, checksum, applied) VALUES (?, ?, ?, ?)")
      .run(version + 1, migration.name, migration.checksum, moment)
    try connection.execute("PRAGMA user_version = \(version + 1)")
    return migration.name
  }

  private static let log = """
    CREATE TABLE migration(
      version INTEGER PRIMARY KEY CHECK (version > 0),
      name TEXT NOT NULL,
      checksum TEXT NOT NULL,
      applied INTEGER NOT NULL -- milliseconds since 1970-01-01T00:00:00Z
    ) STRICT
    """

  /// The version of the schema, after checking that this build knows it and made it from the same SQL.
  private func checkedVersion(of connection: Connection) throws -> Int {
    let version = Int(try connection.integer("PRAGMA user_version"))
    guard (0...migrations.count).contains(version) else {
      let message = "\(connection.path) has schema version \(version), and this vitals knows \(migrations.count)"
      throw Problem("newer-schema", .badInput, message, hint: "use the newer vitals that wrote it")
    }
    guard version > 0 else { return 0 }
    let recorded = try connection.prepare("SELECT name, checksum FROM migration ORDER BY version").all { ($0.text(0), $0.text(1)) }
    let known = migrations.prefix(version).map { ($0.name, $0.checksum) }
    guard recorded.elementsEqual(known, by: ==) else {
      let message = "\(connection.path) was made by migrations that differ from those of this vitals"
      throw Problem("edited-migration", .failure, message, hint: "use the vitals that wrote it; a shipped migration is never edited")
    }
    return version
  }

  /// Copies the database beside itself. No writer can come between: the transaction holds them off, and the copy reads past it.
  private func backUp(_ connection: Connection, version: Int) throws -> String {
    var target = "\(connection.path).schema\(version)"
    var number = 1
    while Files.exists(target) {
      number += 1
      target = "\(connection.path).schema\(version)-\(number)"
    }
    return try connection.transaction(.immediate) {
      try Backup.make(of: connection.path, to: target, progress: { _, _ in try connection.interrupt.check() }).path
    }
  }
}
