import Health

/// Reads CSV by RFC 4180, strictly, in one pass over bytes: no Character, and no String for a cell that nobody asks as text.
///
/// A row without quotes costs one step per cell. The same bytes give the same rows whatever the buffer's size, because a row whose
/// end the buffer does not hold is tokenised again from its beginning once there is more.
///
/// Invariants: `memory.bytes[0 ..< filled]` are the file's; `position <= filled` is where the next row begins, and `cursor` has not
/// passed it; a range of bytes that is looked at lies below `filled`. Offsets fit UInt32, because rows are limited.
package struct CSVReader: RowReader, ~Copyable {
  /// The most bytes that a row may have, so that one quote that is never closed does not take the file into memory.
  package static let defaultRowLimit = 32 << 20
  /// The most columns that a header may have.
  package static let columnLimit = 65_536

  package private(set) var columns: [String] = []
  package internal(set) var broken = BrokenRow(code: "", line: 0, column: 0, message: "")
  package internal(set) var bytesRead = 0
  package private(set) var header: [UInt8]?

  let file: String
  let dialect: CSVDialect
  let rowLimit: Int
  var source: any ByteSource
  let onRead: ((UnsafeRawBufferPointer) -> Void)?
  let scanner: StructuralScanner
  let memory: ReaderMemory

  var filled = 0
  var ended = false
  /// Why there will be no more bytes than those in the buffer.
  var failure: (any Error)?
  var position = 0
  var cursor = StructuralScanner.Cursor(at: 0)
  /// The physical line at `position`, from 1.
  var line = 1
  /// Whether what remains of the line at `position` belongs to a broken row.
  var skipsLine = false
  var current = CurrentRow()

  /// Where the row lies that was found last. Its cells are in the scratch where a cell had to be rewritten.
  struct CurrentRow {
    var start = 0
    var end = 0
    var line = 1
    var count = 0
    var isRewritten = false
  }

  /// What scanning for a row came to.
  enum Scan {
    case found(RowEvent)
    /// A blank line: go on with the next row.
    case again
    /// The buffer ends inside the row.
    case more
  }

  /// Opens a file and reads its header.
  /// - Parameters:
  ///   - file: the name that problems speak of.
  ///   - bufferSize: how many bytes to read at once; the buffer grows for a row that needs it.
  ///   - onRead: sees every byte of the file once, in order, as it is read.
  package init(
    source: any ByteSource, dialect: CSVDialect, file: String, bufferSize: Int = 1 << 18, rowLimit: Int = CSVReader.defaultRowLimit,
    onRead: ((UnsafeRawBufferPointer) -> Void)? = nil
  ) throws {
    (self.file, self.dialect, self.source, self.onRead) = (file, dialect, source, onRead)
    self.rowLimit = min(max(rowLimit, 1), 1 << 29)
    scanner = StructuralScanner(delimiter: dialect.delimiter, quote: dialect.quote)
    memory = ReaderMemory(capacity: min(max(bufferSize, 1), 1 << 29), cells: CSVReader.columnLimit)
    try begin()
    columns = try readHeader()
  }

  @inline(__always) package var row: Row {
    let base = current.isRewritten ? memory.scratch : memory.bytes
    let raw = UnsafeRawBufferPointer(start: memory.bytes + current.start, count: current.end - current.start)
    let offset = bytesRead - filled + current.start
    return Row(base: base, cells: memory.cells, count: current.count, line: current.line, raw: raw, offset: offset)
  }

  package mutating func next() throws -> RowEvent {
    if skipsLine { try skipLine() }
    while true {
      if let comment = dialect.comment, position < filled, memory.bytes[position] == comment {
        try skipLine()
        continue
      }
      switch scanRow() {
      case .found(let event): return event
      case .again: continue
      case .more:
        // One byte more than the limit may be there: a carriage return whose line feed is not.
        if filled - position > rowLimit + 1 { return tooLong() }
        try refill()
      }
    }
  }

  /// Finds the row at `position`. The state lives in locals while the loop runs, which keeps it in registers.
  private mutating func scanRow() -> Scan {
    let (bytes, cells, filled, delimiter, scanner) = (memory.bytes, memory.cells, self.filled, dialect.delimiter, self.scanner)
    var cursor = self.cursor
    cursor.beginRow()
    var (count, cell) = (0, position)
    while true {
      let at = cursor.next(bytes, filled, scanner)
      if at < 0 { break }
      let byte = bytes[at]
      if byte == delimiter {
        if count < CSVReader.columnLimit { cells[count] = CellRange(cell, at) }
        count += 1
        cell = at + 1
        continue
      }
      self.cursor = cursor
      guard byte == 10 || byte == 13 else { return scanQuoted(quote: at, cell: cell, count: count) }
      guard let after = lineEnd(at) else { return .more }
      store(cell, at, count)
      if count + 1 == columns.count, !cursor.isWide, at - position <= rowLimit {
        current = CurrentRow(start: position, end: at, line: line, count: count + 1)
        position = after
        line += 1
        return .found(.row)
      }
      return finish(end: at, after: after, count: count + 1)
    }
    self.cursor = cursor
    guard ended else { return .more }
    if position == filled { return .found(.end) }
    store(cell, filled, count)
    return finish(end: filled, after: filled, count: count + 1)
  }

  /// Keeps a cell; one beyond the limit is only counted, and makes the row broken.
  @inline(__always)
  func store(_ start: Int, _ end: Int, _ count: Int) {
    if count < CSVReader.columnLimit { memory.cells[count] = CellRange(start, end) }
  }

  /// Where the next line begins after the line end at `at`, whose second byte the cursor then passes;
  /// nil where a carriage return is the last byte so far and a line feed may follow.
  @inline(__always)
  mutating func lineEnd(_ at: Int) -> Int? {
    guard memory.bytes[at] == 13 else { return at + 1 }
    guard at + 1 < filled else { return ended ? at + 1 : nil }
    guard memory.bytes[at + 1] == 10 else { return at + 1 }
    _ = cursor.next(memory.bytes, filled, scanner)
    return at + 2
  }

  private mutating func readHeader() throws -> [String] {
    if let names = dialect.header { return names }
    switch try next() {
    case .row:
      header = Array(row.raw)
      return (0..<current.count).map { row.text($0) }
    case .broken:
      throw Problem(broken.code, .badInput, broken.message, place: Place(file: file, line: broken.line, column: broken.column))
    case .end: throw emptyFile()
    }
  }

  func emptyFile() -> Problem {
    let hint = "a file without rows still names its columns"
    return Problem("empty-file", .badInput, "the file has no header", place: Place(file: file), hint: hint)
  }
}
