import CSQLite

/// A value that a parameter of a statement can take.
package protocol Bindable {
  /// Whether SQLite reads the value's bytes where they lie, so that they must not outlive the use of the statement.
  static var isUncopied: Bool { get }

  /// Gives the value to the parameter at `index`, counted from 1; returns SQLite's result code.
  func bind(to statement: OpaquePointer?, at index: Int32) -> Int32
}

extension Bindable {
  package static var isUncopied: Bool { false }
}

extension Int: Bindable {
  package func bind(to statement: OpaquePointer?, at index: Int32) -> Int32 { sqlite3_bind_int64(statement, index, Int64(self)) }
}

extension Int64: Bindable {
  package func bind(to statement: OpaquePointer?, at index: Int32) -> Int32 { sqlite3_bind_int64(statement, index, self) }
}

extension Int32: Bindable {
  package func bind(to statement: OpaquePointer?, at index: Int32) -> Int32 { sqlite3_bind_int64(statement, index, Int64(self)) }
}

extension UInt32: Bindable {
  package func bind(to statement: OpaquePointer?, at index: Int32) -> Int32 { sqlite3_bind_int64(statement, index, Int64(self)) }
}

extension Bool: Bindable {
  /// 1 or 0, as SQLite's own TRUE and FALSE.
  package func bind(to statement: OpaquePointer?, at index: Int32) -> Int32 { sqlite3_bind_int64(statement, index, self ? 1 : 0) }
}

extension Double: Bindable {
  /// SQLite stores a NaN as NULL; a `NOT NULL` column refuses it.
  package func bind(to statement: OpaquePointer?, at index: Int32) -> Int32 { sqlite3_bind_double(statement, index, self) }
}

extension String: Bindable {
  package func bind(to statement: OpaquePointer?, at index: Int32) -> Int32 {
    var text = self
    // Unsafe: SQLite copies the bytes before the call returns. A null pointer would bind NULL, so the empty text has one of its own.
    return text.withUTF8 { utf8 in
      utf8.withMemoryRebound(to: CChar.self) { characters in
        guard let start = characters.baseAddress else { return vitals_bind_text_copied(statement, index, "", 0) }
        return vitals_bind_text_copied(statement, index, start, sqlite3_uint64(characters.count))
      }
    }
  }
}

extension Array: Bindable where Element == UInt8 {
  package func bind(to statement: OpaquePointer?, at index: Int32) -> Int32 {
    // Unsafe: SQLite copies the bytes before the call returns. A null pointer would bind NULL instead of an empty blob.
    withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress, !bytes.isEmpty else { return sqlite3_bind_zeroblob(statement, index, 0) }
      return vitals_bind_blob_copied(statement, index, start, sqlite3_uint64(bytes.count))
    }
  }
}

extension UnsafeRawBufferPointer: Bindable {
  package static var isUncopied: Bool { true }

  /// A blob that SQLite reads where it lies. Unsafe: the caller keeps the memory until the statement is reset,
  /// which also clears the parameter; `run`, `first`, `all` and `each` reset before they return.
  package func bind(to statement: OpaquePointer?, at index: Int32) -> Int32 {
    guard let start = baseAddress, !isEmpty else { return sqlite3_bind_zeroblob(statement, index, 0) }
    return vitals_bind_blob_uncopied(statement, index, start, sqlite3_uint64(count))
  }
}

extension Optional: Bindable where Wrapped: Bindable {
  package static var isUncopied: Bool { Wrapped.isUncopied }

  package func bind(to statement: OpaquePointer?, at index: Int32) -> Int32 {
    guard let value = self else { return sqlite3_bind_null(statement, index) }
    return value.bind(to: statement, at: index)
  }
}
