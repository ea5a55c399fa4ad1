/// What a reader found next.
package enum RowEvent: Sendable {
  /// A row; `row` holds it until the next call.
  case row
  /// A row that cannot be read; `broken` says why, and later rows still come.
  case broken
  /// The file is over.
  case end
}

/// Why a row cannot be read, and where.
package struct BrokenRow: Hashable, Sendable {
  /// A stable kebab-case name: `stray-quote`, `after-quote`, `unterminated-quote`, `row-too-long`, `encoding`, `too-few-cells`, `too-many-cells`;
  /// of JSON Lines `bad-json`, `duplicate-key`, `nested-value`, `row-too-long`, `encoding`.
  package var code: String
  /// The physical line of the fault, from 1.
  package var line: Int
  /// The column of the fault in characters, from 1; 0 where the line as a whole is meant.
  package var column: Int
  /// One sentence without a full stop.
  package var message: String
  /// The column whose cell is at fault, where it is known.
  package var columnName = ""
}

/// Where a cell lies, in bytes after a row's base.
package struct CellRange: Sendable {
  package let start: UInt32
  package let end: UInt32

  /// The bytes from `start` up to `end`, which a limited buffer keeps below 2³².
  @inline(__always)
  init(_ start: Int, _ end: Int) { (self.start, self.end) = (UInt32(truncatingIfNeeded: start), UInt32(truncatingIfNeeded: end)) }
}

/// A view of the row that a reader stands on.
///
/// Invariant: the pointers belong to the reader and hold only until its next call and only while it lives;
/// every range of `cells[0 ..< count]` lies in the bytes that follow `base`. A row is looked at, never kept.
package struct Row {
  let base: UnsafePointer<UInt8>
  let cells: UnsafePointer<CellRange>
  /// How many cells: as many as the reader has columns.
  package let count: Int
  /// The physical line on which the row begins, from 1.
  package let line: Int
  /// The row's original bytes without its line end, for rejects.
  package let raw: UnsafeRawBufferPointer
  /// How many bytes of the source come before the row; what a source can be read again from.
  package var offset = 0

  /// The bytes of a cell, unquoted and in UTF-8.
  @inline(__always)
  package subscript(_ index: Int) -> UnsafeRawBufferPointer {
    precondition(index >= 0 && index < count, "a cell outside the row")
    let range = cells[index]
    return UnsafeRawBufferPointer(start: base + Int(range.start), count: Int(range.end - range.start))
  }

  /// A cell as text.
  package func text(_ index: Int) -> String { String(decoding: self[index], as: UTF8.self) }
}

/// A reader of rows with named columns, whatever the file's format.
package protocol RowReader: ~Copyable {
  /// The names of the columns, in the order of the cells.
  var columns: [String] { get }
  /// Moves to the next row.
  mutating func next() throws -> RowEvent
  /// The row after `.row`; after `.broken` without cells, but with its line and original bytes.
  var row: Row { get }
  /// The fault after `.broken`.
  var broken: BrokenRow { get }
  /// The physical line and the column in characters, from 1, where a cell of the row begins.
  func place(ofCell index: Int) -> (line: Int, column: Int)
  /// How many bytes came from the source so far.
  var bytesRead: Int { get }
  /// Columns that none of the rows so far had; only where there is no header that would have them.
  var absentColumns: [String] { get }
  /// Columns that rows had beside `columns`, in the order of first sight, up to a bound.
  var furtherColumns: [String] { get }
  /// The bytes of the header, without a line end; nil where the file has none of its own.
  var header: [UInt8]? { get }
}

extension RowReader where Self: ~Copyable {
  package var absentColumns: [String] { [] }
  package var furtherColumns: [String] { [] }
  package var header: [UInt8]? { nil }
}
