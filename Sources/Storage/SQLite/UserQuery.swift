import CSQLite
import Health

extension Connection {
  /// The bytes that one value may have in a query: 64 MB.
  private static let longestQueryValue: Int32 = 1 << 26

  /// Prepares SQL that a person typed: exactly one statement that only reads. It cannot attach other files.
  ///
  /// - Throws: `query-refused` (exit 64) with what to change, or SQLite's own words for a mistake.
  package func prepareQuery(_ sql: String) throws -> Statement {
    guard mode == .readOnly else { throw Problem("query-refused", .failure, "a query needs a connection that only reads") }
    // One value of a slip such as `zeroblob(1e9)` must not take the machine's memory.
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, Self.longestQueryValue)
    try requireOneStatement(sql)
    let statement: Statement
    do {
      statement = try prepare(sql)
    } catch let problem as Problem where problem.name == "database-error" {
      throw Problem("query-refused", .usage, problem.message, hint: "`vitals query --help` names the tables")
    }
    // SQLite takes ATTACH and BEGIN for statements that only read; what they have in common is that they answer no rows.
    guard statement.isReadOnly, !statement.columnNames.isEmpty else {
      throw Problem("query-refused", .usage, "a query can only read", hint: "begin it with SELECT or WITH")
    }
    return statement
  }

  /// Runs `body`, and ends the statement that it runs when `mayGoOn` says no; it is asked every so many steps of
  /// the statement.
  ///
  /// - Throws: `time-limit` instead of `interrupted` when `mayGoOn` ended it.
  package func limited<T>(every steps: Int32 = 10_000, _ mayGoOn: @escaping () -> Bool, _ body: () throws -> T) throws -> T {
    let limit = Limit(mayGoOn)
    // Unsafe: the handler gets the limit unretained; it lives to the end of this function, and the handler is taken off before.
    let context = Unmanaged.passUnretained(limit).toOpaque()
    sqlite3_progress_handler(handle, steps, { Unmanaged<Limit>.fromOpaque($0!).takeUnretainedValue().shouldStop() }, context)
    defer {
      sqlite3_progress_handler(handle, 0, nil, nil)
      withExtendedLifetime(limit) {}
    }
    do {
      return try body()
    } catch let problem as Problem where problem.category == .interrupted && limit.hasStopped {
      throw Problem("time-limit", .failure, "the query took too long", hint: "narrow it, or allow it more time")
    }
  }

  private func requireOneStatement(_ sql: String) throws {
    // Unsafe: `next` points into the bytes of `sql`, which do not move inside the closure.
    try sql.withCString { start in
      var count = 0
      var next: UnsafePointer<CChar>? = start
      while let text = next, text.pointee != 0, count < 2 {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v2(handle, text, -1, &statement, &next)
        // A mistake in the first is reported by preparing it; anything after the first is one too many.
        if code != SQLITE_OK {
          count += 1
          break
        }
        if statement != nil { count += 1 }
        sqlite3_finalize(statement)
      }
      guard count == 1 else {
        let message = count == 0 ? "there is no statement in the query" : "there is more than one statement in the query"
        throw Problem("query-refused", .usage, message, hint: "give one SELECT")
      }
    }
  }
}

/// Carries the question of `limited` to SQLite's progress handler.
private final class Limit {
  private let mayGoOn: () -> Bool
  private(set) var hasStopped = false

  init(_ mayGoOn: @escaping () -> Bool) { self.mayGoOn = mayGoOn }

  func shouldStop() -> Int32 {
    if !hasStopped, !mayGoOn() { hasStopped = true }
    return hasStopped ? 1 : 0
  }
}
