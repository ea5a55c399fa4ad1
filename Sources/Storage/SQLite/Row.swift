import CSQLite

/// The row that a statement stands on. Columns count from 0, as in SQLite.
///
/// It cannot be copied, and the closures that receive it only borrow it, since its values are gone with the next step.
package struct Row: ~Copyable {
  // Unsafe: the statement lives as long as the row, because whoever hands out a row holds the statement while it is used.
  // SQLite answers NULL for a finalised (nil) statement and for a column that is not there.
  private let handle: OpaquePointer?

  @inline(__always)
  init(_ handle: OpaquePointer?) { self.handle = handle }

  /// How many columns there are.
  package var count: Int { Int(sqlite3_column_count(handle)) }

  /// The integer in a column; 0 for NULL.
  @inline(__always)
  package func int64(_ column: Int) -> Int64 { sqlite3_column_int64(handle, Int32(truncatingIfNeeded: column)) }

  /// The integer in a column; 0 for NULL.
  @inline(__always)
  package func int(_ column: Int) -> Int { Int(int64(column)) }

  /// The number in a column; 0 for NULL.
  @inline(__always)
  package func double(_ column: Int) -> Double { sqlite3_column_double(handle, Int32(truncatingIfNeeded: column)) }

  /// Whether a column holds NULL.
  @inline(__always)
  package func isNull(_ column: Int) -> Bool { sqlite3_column_type(handle, Int32(truncatingIfNeeded: column)) == SQLITE_NULL }

  /// The text in a column; empty for NULL.
  package func text(_ column: Int) -> String {
    utf8(column) { String(decoding: $0, as: UTF8.self) }
  }

  /// The integer in a column, or nil for NULL.
  package func optionalInt64(_ column: Int) -> Int64? { isNull(column) ? nil : int64(column) }

  /// The integer in a column, or nil for NULL.
  package func optionalInt(_ column: Int) -> Int? { isNull(column) ? nil : int(column) }

  /// The number in a column, or nil for NULL.
  package func optionalDouble(_ column: Int) -> Double? { isNull(column) ? nil : double(column) }

  /// The text in a column, or nil for NULL.
  package func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

  /// The bytes of a blob, copied; none for NULL.
  package func bytes(_ column: Int) -> [UInt8] { blob(column) { Array($0) } }

  /// The bytes of a blob where SQLite keeps them; none for NULL. Unsafe: they are gone when the closure returns.
  @inline(__always)
  package func blob<T>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
    let index = Int32(truncatingIfNeeded: column)
    // The pointer has to be asked for before the length: asking for it may convert the value.
    let start = sqlite3_column_blob(handle, index)
    return try body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, index))))
  }

  /// The UTF-8 of a text where SQLite keeps it; none for NULL. Unsafe: it is gone when the closure returns.
  @inline(__always)
  package func utf8<T>(_ column: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> T) rethrows -> T {
    let index = Int32(truncatingIfNeeded: column)
    let start = sqlite3_column_text(handle, index)
    return try body(UnsafeBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, index))))
  }

  /// What a column holds, for callers that do not know its type.
  package func value(_ column: Int) -> Value {
    switch sqlite3_column_type(handle, Int32(truncatingIfNeeded: column)) {
    case SQLITE_INTEGER: .integer(int64(column))
    case SQLITE_FLOAT: .number(double(column))
    case SQLITE_TEXT: .text(text(column))
    case SQLITE_BLOB: .blob(bytes(column))
    default: .null
    }
  }

  /// One value of any of SQLite's five types.
  package enum Value: Hashable, Sendable {
    /// No value.
    case null
    /// An integer.
    case integer(Int64)
    /// A floating-point number.
    case number(Double)
    /// A text.
    case text(String)
    /// Bytes.
    case blob([UInt8])
  }
}
