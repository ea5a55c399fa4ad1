import CSQLite
import Health

/// The settings that every connection has, and why.
///
/// | setting | reason |
/// |---|---|
/// | busy timeout, before the first statement | two openers of a checkpointed database can collide in recovery, readers too |
/// | DEFENSIVE, no trusted schema, no double-quoted strings | a damaged or hostile file cannot make SQLite do what it was not asked |
/// | WAL, synchronous FULL | a reported import survives a power loss; readers and the writer do not block each other |
/// | secure_delete off | Debian compiles it on; it costs writes and nothing here relies on it |
/// | pages of 16 KB | chunks of 4–9 KB lie in one page |
/// | no memory map | a damaged disk or a file cut short would be a crash instead of an error |
/// | checkpoints at 64 MB | one checkpoint a command is the rule (`finish`); this bounds the log of a command with many files |
package enum Rules {
  /// `vita`; says in the file's header that it is a vitals database.
  static let applicationID: Int64 = 0x7669_7461

  package static let busyMilliseconds: Int32 = 5000
  static let pageSize = 16_384
  static let checkpointPages = 4096

  /// Set or cleared whatever the library was compiled with.
  static let flags: [(flag: Int32, isOn: Bool)] = [
    (SQLITE_DBCONFIG_DEFENSIVE, true),
    (SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
    (SQLITE_DBCONFIG_DQS_DML, false),
    (SQLITE_DBCONFIG_DQS_DDL, false),
    (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, false),
    (SQLITE_DBCONFIG_ENABLE_FKEY, true),
  ]
}

extension Connection {
  /// Applies the rules to a connection just opened, and refuses a file that is not ours before anything in it can change.
  func applyRules() throws {
    setBusyTimeout(busyMilliseconds)
    for (flag, isOn) in Rules.flags { try set(flag, isOn) }
    try execute("PRAGMA secure_delete = OFF; PRAGMA mmap_size = 0")
    switch mode {
    case .readOnly:
      try execute("PRAGMA query_only = ON; PRAGMA cache_size = -16384")
      try requireOurs()
    case .readWrite:
      try requireOurs()
      try applyWriterRules(journal: "wal", synchronous: "FULL")
    case .create:
      try markAsOurs()
      try applyWriterRules(journal: "wal", synchronous: "FULL")
      try Files.sync(Files.folder(of: path))
    case .createUnsynced:
      // The journal stays in memory rather than off, so that a transaction can still be rolled back.
      try applyWriterRules(journal: "memory", synchronous: "OFF")
      try markAsOurs()
    }
  }

  func setBusyTimeout(_ milliseconds: Int32) { sqlite3_busy_timeout(handle, milliseconds) }

  /// Sets the journal mode; throws where SQLite answers another one, as on a file system without shared memory.
  func setJournal(_ journal: String) throws {
    let answer = try text("PRAGMA journal_mode = \(journal)")
    guard answer == journal else {
      let hint = "keep the database on a local disk"
      throw Problem("journal-mode", .failure, "\(path): the journal mode is \(answer), and cannot be made \(journal)", hint: hint)
    }
  }

  private func applyWriterRules(journal: String, synchronous: String) throws {
    try setJournal(journal)
    try execute("PRAGMA synchronous = \(synchronous); PRAGMA cache_size = -16384; PRAGMA analysis_limit = 400")
    try execute("PRAGMA wal_autocheckpoint = \(Rules.checkpointPages)")
  }

  private func set(_ flag: Int32, _ isOn: Bool) throws {
    var now: Int32 = -1
    let code = vitals_set_flag(handle, flag, isOn ? 1 : 0, &now)
    guard code == SQLITE_OK else { throw SQLiteError.problem(code, on: handle, sql: "sqlite3_db_config \(flag)") }
    guard now == (isOn ? 1 : 0) else {
      throw Problem("sqlite-setting", .failure, "this SQLite library ignores the setting \(flag)", hint: "use SQLite 3.37 or later")
    }
  }

  private func markAsOurs() throws {
    // The page size is taken before the first page is written, and can never be changed in WAL mode.
    try execute("PRAGMA page_size = \(Rules.pageSize); PRAGMA application_id = \(Rules.applicationID)")
  }

  /// Reading the header is also what finds out that a file is no database at all.
  private func requireOurs() throws {
    guard try integer("PRAGMA application_id") == Rules.applicationID else {
      let message = "\(path) is an SQLite database, but not one of vitals"
      throw Problem("foreign-database", .badInput, message, hint: "name the vitals.db of a workspace with --db")
    }
  }

  /// The first integer of an answer; 0 where there is none.
  func integer(_ sql: String) throws -> Int64 { try once(sql) { $0.int64(0) } ?? 0 }

  /// The first text of an answer; empty where there is none.
  func text(_ sql: String) throws -> String { try once(sql) { $0.text(0) } ?? "" }

  /// Asks a question once, without keeping the statement.
  private func once<T>(_ sql: String, row: (borrowing Row) throws -> T) throws -> T? {
    var pointer: OpaquePointer?
    let code = sqlite3_prepare_v2(handle, sql, -1, &pointer, nil)
    guard code == SQLITE_OK, let pointer else { throw SQLiteError.problem(code, on: handle, sql: sql) }
    let statement = Statement(pointer, sql: sql)
    defer { statement.finalise() }
    return try statement.first(row: row)
  }
}
