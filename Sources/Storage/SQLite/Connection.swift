import CSQLite
import Health

/// An open database. It belongs to the thread that opened it; parallel work opens its own.
///
/// Opening applies the connection rules, refuses files of other programs, and checks nothing about the schema: see `Migrator`.
package final class Connection {
  /// What a database is opened for.
  package enum Mode: Sendable {
    /// Reading an existing database.
    case readOnly
    /// Reading and writing an existing database.
    case readWrite
    /// Making a database where there is none.
    case create
    /// The same without waiting for the disk, for a file that is built under a temporary name and then published:
    /// a power loss can break it until `publish`.
    case createUnsynced

    var creates: Bool { self == .create || self == .createUnsynced }
  }

  /// The file, as the person named it.
  package let path: String
  /// What it was opened for.
  package let mode: Mode
  /// How long it waits for others.
  let busyMilliseconds: Int32
  /// Stops the connection from another thread.
  package let interrupt = Interrupt()

  // Unsafe: SQLite's connection; nil once closed. SQLite is told not to lock (NOMUTEX), which is safe as this class is not Sendable.
  private(set) var handle: OpaquePointer?
  private var cache: [String: [Statement]] = [:]

  /// Opens a database.
  ///
  /// - Throws: `no-database`, `not-a-database`, `foreign-database`, `database-busy` and others; when creating, `file-exists`.
  package convenience init(_ path: String, _ mode: Mode, busyMilliseconds: Int32 = Rules.busyMilliseconds) throws {
    try self.init(path, mode, busyMilliseconds: busyMilliseconds, isWritable: Files.isWritable(folder:))
  }

  /// Opens a database, where `isWritable` says whether files can be made in a folder.
  package init(
    _ path: String, _ mode: Mode, busyMilliseconds: Int32 = Rules.busyMilliseconds, isWritable: (String) -> Bool
  ) throws {
    (self.path, self.mode, self.busyMilliseconds) = (path, mode, busyMilliseconds)
    if mode.creates {
      try Files.create(path, permissions: 0o666)
    } else {
      try requireDatabase()
    }
    do {
      // Nothing but a log that nobody writes makes it safe to read without one: `immutable` does not look at the log.
      let isImmutable = mode == .readOnly && !isWritable(Files.folder(of: path)) && !Files.exists(path + "-wal")
      try openHandle(isImmutable: isImmutable)
      try applyRules()
    } catch {
      if mode.creates { removeFiles() }
      throw error
    }
  }

  deinit { close() }

  /// Finalises every statement and closes. Nothing can be done with the connection afterwards; a second call does nothing.
  package func close() {
    interrupt.attach(nil)
    finaliseStatements()
    sqlite3_close_v2(handle)
    handle = nil
  }

  private func requireDatabase() throws {
    guard let size = Files.size(of: path) else {
      let hint = "make one with `vitals init`, or name one with --db or VITALS_DB"
      throw Problem("no-database", .missing, "there is no database at \(Files.absolute(path))", hint: hint)
    }
    if Files.isFolder(path) {
      throw Problem("not-a-database", .badInput, "\(path) is a folder", hint: "name the vitals.db in it with --db")
    }
    if size == 0 {
      let hint = "remove the file, then run `vitals init`"
      throw Problem("no-database", .missing, "the database at \(Files.absolute(path)) is empty", hint: hint)
    }
  }

  private func openHandle(isImmutable: Bool) throws {
    var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    flags |= mode == .readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE
    if isImmutable { flags |= SQLITE_OPEN_URI }
    let code = sqlite3_open_v2(isImmutable ? Self.immutableURI(path) : Self.plainName(path), &handle, flags, nil)
    guard code == SQLITE_OK else { throw SQLiteError.problem(code, on: handle) }
    interrupt.attach(handle)
  }

  /// A name that SQLite takes for a file whatever it looks like: `:memory:` and `file:…` would mean something else.
  static func plainName(_ path: String) -> String { path.hasPrefix("/") ? path : "./" + path }

  /// The file as a URI that promises that nobody changes it.
  private static func immutableURI(_ path: String) -> String {
    let digits = Array("0123456789ABCDEF")
    let escaped = plainName(path).utf8.map { byte -> String in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
        String(UnicodeScalar(byte))
      default: "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
    return "file:" + escaped.joined() + "?immutable=1"
  }

  /// Closes, and removes a database that could not be made whole.
  func removeFiles() {
    close()
    for suffix in ["", "-wal", "-shm", "-journal"] { Files.remove(path + suffix) }
  }
}

// MARK: - Statements

extension Connection {
  /// Runs SQL without arguments: any number of statements, whose rows are stepped over.
  package func execute(_ sql: String) throws {
    // Unsafe: `next` walks along the bytes of `sql`, which do not move inside the closure; SQLite leaves it at the end at the latest.
    try sql.withCString { start in
      var next: UnsafePointer<CChar>? = start
      while let text = next, text.pointee != 0 {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v2(handle, text, -1, &statement, &next)
        guard code == SQLITE_OK else { throw SQLiteError.problem(code, on: handle, sql: String(cString: text)) }
        defer { sqlite3_finalize(statement) }
        guard let statement else { continue }  // A comment or blanks.
        try Self.stepToEnd(statement, on: handle)
      }
    }
  }

  private static func stepToEnd(_ statement: OpaquePointer, on handle: OpaquePointer?) throws {
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW: continue
      case SQLITE_DONE: return
      case let code: throw SQLiteError.problem(code, on: handle, sql: sqlite3_sql(statement).map { String(cString: $0) })
      }
    }
  }

  /// The statement of this SQL: one that was prepared before and is not in use, or a new one.
  package func prepare(_ sql: String) throws -> Statement {
    if let unused = cache[sql]?.first(where: { !$0.isBusy }) { return unused }
    var statement: OpaquePointer?
    let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
    guard code == SQLITE_OK else { throw SQLiteError.problem(code, on: handle, sql: sql) }
    guard let statement else { throw Problem("no-statement", .failure, "there is no SQL statement in \"\(sql)\"") }
    let result = Statement(statement, sql: sql)
    cache[sql, default: []].append(result)
    return result
  }

  /// Finalises every statement; those that callers still hold fail when they are used.
  func finaliseStatements() {
    for statement in cache.values.joined() { statement.finalise() }
    cache = [:]
  }

  /// Resets every statement that stands on a row.
  func resetStatements() {
    for statement in cache.values.joined() where statement.isBusy { statement.reset() }
  }

  /// How many statements are prepared.
  package var preparedCount: Int { cache.values.reduce(0) { $0 + $1.count } }

  /// The SQL of the statements that stand on a row; empty at the end of a command.
  package var busyStatements: [String] {
    var result: [String] = []
    var statement = sqlite3_next_stmt(handle, nil)
    while let current = statement {
      if sqlite3_stmt_busy(current) != 0 { result.append(sqlite3_sql(current).map { String(cString: $0) } ?? "") }
      statement = sqlite3_next_stmt(handle, current)
    }
    return result
  }

  /// How many rows the last INSERT, UPDATE or DELETE changed.
  package var changes: Int { Int(sqlite3_changes64(handle)) }

  /// The rowid of the last row inserted.
  package var lastInsertRowID: Int64 { sqlite3_last_insert_rowid(handle) }
}
