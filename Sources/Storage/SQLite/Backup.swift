import CSQLite
import Health

/// A copy of a database that was checked before it got its name.
///
/// The copy is of one moment, also while other connections write: one read transaction is held while its pages are copied.
/// It is made under a temporary name in the target's folder, checked (SQLite's integrity check, the row count of every table
/// against the source in the same transaction), put on the disk and renamed, so a file under the target's name is a whole one.
package struct Backup: Sendable {
  /// Where the copy is.
  package let path: String
  /// Its size.
  package let bytes: Int
  /// How many tables were compared, and their rows in all.
  package let tables: Int, rows: Int64

  /// Pages between two calls of `progress`: 4 MB.
  private static let pagesPerStep: Int32 = 256

  /// Copies the database at `source` to `target`.
  ///
  /// - Parameters:
  ///   - mayReplace: whether an existing file is replaced; a database in use never is.
  ///   - progress: called with the pages copied and the pages in all; what it throws ends the backup and leaves nothing behind.
  /// - Throws: `file-exists`, `backup-damaged`, or a problem of the source.
  package static func make(
    of source: String, to target: String, mayReplace: Bool = false,
    progress: (_ copied: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> Backup {
    if Files.areOne(source, target) {
      throw Problem("file-exists", .usage, "\(target) is the database itself", hint: "choose another name")
    }
    let remedy = "choose another name, or replace it with --force"
    try requireUnused(target, mayReplace: mayReplace, remedy: remedy)
    let reader = try Connection(source, .readOnly)
    defer { reader.close() }
    let temporary = try makeTemporary(for: target)
    defer { for suffix in ["", "-journal", "-wal", "-shm"] { Files.remove(temporary + suffix) } }
    let expected = try reader.transaction(.deferred) {
      let counts = try rowCounts(of: reader)
      try copy(reader, to: temporary, progress: progress)
      return counts
    }
    try verify(temporary, against: expected)
    guard !Files.exists(temporary + "-wal") else { throw Problem("backup-damaged", .failure, "\(temporary) is open elsewhere") }
    if let permissions = Files.permissions(of: source) { try Files.setPermissions(permissions, of: temporary) }
    try requireUnused(target, mayReplace: mayReplace, remedy: remedy)
    try Files.publish(temporary, as: target)
    return Backup(path: target, bytes: Files.size(of: target) ?? 0, tables: expected.count, rows: expected.values.reduce(0, +))
  }

  /// An empty file beside the target that nobody else may read, since what it will hold is as private as the source.
  private static func makeTemporary(for target: String) throws -> String {
    var number = 0
    while true {
      let name = "\(target).partial\(number)"
      if !Files.exists(name) {
        try Files.create(name, permissions: 0o600)
        return name
      }
      number += 1
    }
  }

  private static func copy(_ reader: Connection, to path: String, progress: (Int, Int) throws -> Void) throws {
    // Unsafe: both connections stay open, and on this thread, until the backup object is finished. Finishing reports no new error.
    var target: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    defer { sqlite3_close_v2(target) }
    try check(sqlite3_open_v2(Connection.plainName(path), &target, flags, nil), on: target)
    // The file is worthless until it is whole, and synced then.
    try check(sqlite3_exec(target, "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY", nil, nil, nil), on: target)
    guard let backup = sqlite3_backup_init(target, "main", reader.handle, "main") else {
      throw SQLiteError.problem(sqlite3_extended_errcode(target), on: target, sql: "backup")
    }
    defer { sqlite3_backup_finish(backup) }
    while true {
      let code = sqlite3_backup_step(backup, pagesPerStep)
      if code == SQLITE_DONE { break }
      try check(code, on: target)
      let total = Int(sqlite3_backup_pagecount(backup))
      try progress(total - Int(sqlite3_backup_remaining(backup)), total)
    }
  }

  private static func check(_ code: Int32, on connection: OpaquePointer?) throws {
    guard code == SQLITE_OK else { throw SQLiteError.problem(code, on: connection, sql: "backup") }
  }

  private static func verify(_ path: String, against expected: [String: Int64]) throws {
    // Opened for writing, although nothing is written: SQLite forgets the CHECK constraints of a file opened for reading.
    let copy = try Connection(path, .readWrite)
    defer { copy.close() }
    let damage = try copy.integrityErrors()
    guard damage.isEmpty else {
      throw Problem("backup-damaged", .failure, "the copy is damaged: \(damage[0])", hint: "run `vitals check` on the database itself")
    }
    let counts = try rowCounts(of: copy)
    for (table, rows) in expected where counts[table] != rows {
      throw Problem("backup-damaged", .failure, "the copy has \(counts[table] ?? 0) rows of \(table) instead of \(rows)")
    }
  }

  /// The rows of every table that has pages of its own; virtual tables keep theirs in such tables.
  private static func rowCounts(of connection: Connection) throws -> [String: Int64] {
    let tables = try connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0").all { $0.text(0) }
    var result: [String: Int64] = [:]
    for table in tables {
      let quoted = table.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      result[table] = try connection.integer("SELECT count(*) FROM \"\(quoted)\"")
    }
    return result
  }
}

extension Connection {
  /// What SQLite's integrity check finds; empty for a sound database. CHECK constraints are looked at only by a connection that
  /// may write, since SQLite forgets them otherwise.
  package func integrityErrors() throws -> [String] {
    do {
      let answer = try prepare("PRAGMA integrity_check").all { $0.text(0) }
      return answer == ["ok"] ? [] : answer
    } catch let problem as Problem where problem.name == "database-corrupt" {
      return [problem.message]  // So damaged that the check itself could not go on.
    }
  }
}
