import CSQLite
import Health

/// A prepared statement. Its connection keeps it for the next time the same SQL is asked for, and finalises it.
///
/// `run`, `first`, `all` and `each` bind every parameter, use the statement and reset it, whatever happens.
/// A loop that must be fast calls `bind`, `step`, `row` and `reset` itself.
package final class Statement {
  /// The text it was prepared from.
  package let sql: String
  // Unsafe: nil once the connection has finalised it. SQLite answers MISUSE to nil, which becomes a problem, never a crash.
  private(set) var handle: OpaquePointer?
  private var bindsUncopied = false

  init(_ handle: OpaquePointer, sql: String) {
    (self.handle, self.sql) = (handle, sql)
  }

  func finalise() {
    sqlite3_finalize(handle)
    handle = nil
  }

  /// Runs a statement that answers no rows; rows of a `RETURNING` or a PRAGMA are stepped over.
  package func run<each V: Bindable>(_ values: repeat each V) throws {
    try requireUnused()
    defer { reset() }
    try bindAll(repeat each values)
    while try step() {}
  }

  /// Calls `row` with each row of the answer.
  package func each<each V: Bindable>(_ values: repeat each V, row body: (borrowing Row) throws -> Void) throws {
    try requireUnused()
    defer { reset() }
    try bindAll(repeat each values)
    while try step() { try body(row) }
  }

  /// What `row` makes of the first row, or nil where there is none.
  package func first<each V: Bindable, T>(_ values: repeat each V, row body: (borrowing Row) throws -> T) throws -> T? {
    try requireUnused()
    defer { reset() }
    try bindAll(repeat each values)
    return try step() ? try body(row) : nil
  }

  /// What `row` makes of each row, in order.
  package func all<each V: Bindable, T>(_ values: repeat each V, row body: (borrowing Row) throws -> T) throws -> [T] {
    try requireUnused()
    defer { reset() }
    try bindAll(repeat each values)
    var result: [T] = []
    while try step() { result.append(try body(row)) }
    return result
  }

  /// Calls `body` with one row after the other until it says no; the statement has no parameters.
  package func eachWhile(_ body: (borrowing Row) throws -> Bool) throws {
    try requireUnused()
    defer { reset() }
    while try step(), try body(row) {}
  }

  /// Gives the parameter at `index`, counted from 1, a value; it keeps the value after `reset`.
  @inline(__always)
  package func bind<V: Bindable>(_ index: Int, _ value: V) throws {
    let code = value.bind(to: handle, at: Int32(truncatingIfNeeded: index))
    guard code == SQLITE_OK else { throw failure(code) }
    if V.isUncopied { bindsUncopied = true }
  }

  /// Goes to the next row; false when there is none.
  @inline(__always)
  package func step() throws -> Bool {
    let code = sqlite3_step(handle)
    if code == SQLITE_ROW { return true }
    if code == SQLITE_DONE { return false }
    throw failure(code)
  }

  /// The row that the last `step` went to.
  @inline(__always)
  package var row: Row { Row(handle) }

  /// Ends the use: lets go of the rows, and of parameters whose bytes SQLite did not copy.
  @inline(__always)
  package func reset() {
    sqlite3_reset(handle)  // Repeats the error of the last step, which has been thrown already.
    if bindsUncopied {
      sqlite3_clear_bindings(handle)
      bindsUncopied = false
    }
  }

  /// Whether it stands on a row, so that it must be reset before the command ends.
  package var isBusy: Bool { sqlite3_stmt_busy(handle) != 0 }

  /// Whether it leaves the database file as it is.
  package var isReadOnly: Bool { sqlite3_stmt_readonly(handle) != 0 }

  /// The names of the answer's columns.
  package var columnNames: [String] {
    (0..<sqlite3_column_count(handle)).map { column in sqlite3_column_name(handle, column).map { String(cString: $0) } ?? "" }
  }

  /// A statement that is still being stepped would lose its place; `Connection.prepare` gives a second one instead.
  private func requireUnused() throws {
    guard !isBusy else { throw Problem("statement-in-use", .failure, "a statement was used inside its own rows: \(sql)") }
  }

  private func bindAll<each V: Bindable>(_ values: repeat each V) throws {
    var index = 0
    for value in repeat each values {
      index += 1
      try bind(index, value)
    }
    let wanted = Int(sqlite3_bind_parameter_count(handle))
    guard index == wanted else {
      throw Problem("wrong-argument-count", .failure, "\(wanted) arguments are needed, not \(index), by: \(sql)")
    }
  }

  private func failure(_ code: Int32) -> Problem {
    let problem = SQLiteError.problem(code, on: handle.flatMap { sqlite3_db_handle($0) }, sql: sql)
    reset()
    return problem
  }
}
