import CSQLite
import Health

/// Turns a result code of SQLite into a problem: what kind it is, SQLite's own words, the SQL with its arguments hidden
/// (bound values never appear, for privacy), and what to do.
enum SQLiteError {
  /// The problem that the last call on this connection met.
  static func problem(_ code: Int32, on connection: OpaquePointer?, sql: String? = nil) -> Problem {
    guard let connection else { return problem(code, message: "the connection is closed", path: nil, sql: sql) }
    // Where the API was misused the connection keeps the words of an earlier call.
    let words = code == SQLITE_MISUSE ? String(cString: sqlite3_errstr(code)) : String(cString: sqlite3_errmsg(connection))
    let file = sqlite3_db_filename(connection, "main").map { String(cString: $0) }
    return problem(code, message: words, path: file, sql: sql)
  }

  /// The problem for an extended result code, with what is known of where.
  static func problem(_ code: Int32, message: String, path: String?, sql: String?) -> Problem {
    let (name, category, hint) = meaning(of: code)
    var text = message
    if let path, !path.isEmpty { text = "\(path): \(text)" }
    text += " (SQLite \(code)"
    // Of a file that is no database no statement can be at fault.
    if let sql, code & 0xff != SQLITE_NOTADB { text += " in: \(excerpt(of: sql))" }
    return Problem(name, category, text + ")", hint: hint)
  }

  /// The part of a problem that depends on the code alone.
  private static func meaning(of code: Int32) -> (name: String, category: Problem.Category, hint: String?) {
    // The low byte of an extended code is its primary code.
    switch code & 0xff {
    case SQLITE_BUSY:
      ("database-busy", .busy, "another process is writing to the database; try again when it has finished")
    case SQLITE_NOTADB:
      ("not-a-database", .badInput, "name the vitals.db of a workspace with --db; `vitals init` makes a new one")
    case SQLITE_CORRUPT:
      ("database-corrupt", .badInput, "keep the file, and restore the last backup; `sqlite3 FILE .recover` saves what can be read")
    case SQLITE_FULL:
      ("database-full", .failure, "nothing of this command was written; free some space and repeat it")
    case SQLITE_READONLY:
      ("database-read-only", .failure, "check the permissions of the database and of its folder")
    case SQLITE_CONSTRAINT:
      ("constraint-violated", .failure, nil)
    case SQLITE_INTERRUPT:
      ("interrupted", .interrupted, nil)
    case SQLITE_CANTOPEN:
      ("cannot-open-database", .failure, "check the permissions of the database and of its folder")
    case SQLITE_IOERR:
      ("database-io", .failure, "check the disk; nothing of this command was written")
    case SQLITE_NOMEM:
      ("out-of-memory", .failure, nil)
    default:
      ("database-error", .failure, nil)
    }
  }

  /// The SQL on one line, at most 200 characters.
  private static func excerpt(of sql: String) -> String {
    let line = sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.count <= 200 ? line : line.prefix(199) + "…"
  }
}
