import Health

/// Reads JSON Lines: one object a line, its values by the paths that lead to them.
///
/// The columns are the paths that a feed names. A value that a line leaves out, or that is null, is an empty cell; true, false and
/// numbers are cells as they are written, so that no digit is lost. A line that cannot be read is broken, later lines still come.
///
/// Invariants: `memory.bytes[0 ..< filled]` are the file's; `position <= filled` is where the next line begins, and none of the bytes
/// up to `searched` ends it. Offsets fit UInt32, because lines are limited.
package struct JSONLinesReader: RowReader, ~Copyable {
  package let columns: [String]
  package private(set) var broken = BrokenRow(code: "", line: 0, column: 0, message: "")
  package private(set) var bytesRead = 0

  private let file: String
  private let rowLimit: Int
  private var source: any ByteSource
  private let memory: ReaderMemory
  private var parser: JSONLineParser
  private var hasRows = false

  private var filled = 0
  private var ended = false
  /// Why there will be no more bytes than those in the buffer.
  private var failure: (any Error)?
  private var position = 0
  private var searched = 0
  /// The physical line at `position`, from 1.
  private var line = 1
  /// Whether what remains of the line at `position` belongs to a broken row.
  private var skipsLine = false
  private var current = (start: 0, end: 0, line: 1, count: 0, isRewritten: false)

  /// Opens a file.
  /// - Parameters:
  ///   - columns: different names, at most as many as a CSV file may have.
  ///   - file: the name that problems speak of.
  ///   - bufferSize: how many bytes to read at once; the buffer grows for a line that needs it.
  package init(
    source: any ByteSource, columns: [String], file: String, bufferSize: Int = 1 << 18, rowLimit: Int = CSVReader.defaultRowLimit
  ) throws {
    (self.columns, self.file, self.source) = (columns, file, source)
    self.rowLimit = min(max(rowLimit, 1), 1 << 29)
    memory = ReaderMemory(capacity: min(max(bufferSize, 1), 1 << 29), cells: max(columns.count, 1))
    parser = JSONLineParser(columns: columns, bytes: memory.bytes)
    try begin()
  }

  package var row: Row {
    let base = current.isRewritten ? memory.scratch : memory.bytes
    let raw = UnsafeRawBufferPointer(start: memory.bytes + current.start, count: current.end - current.start)
    let offset = bytesRead - filled + current.start
    return Row(base: base, cells: memory.cells, count: current.count, line: current.line, raw: raw, offset: offset)
  }

  /// A line without a value for a column has no place for it.
  package func place(ofCell index: Int) -> (line: Int, column: Int) {
    let begins = parser.values[index].begins
    return begins < 0 ? (current.line, 0) : (current.line, column(of: begins, lineStart: current.start))
  }

  package var absentColumns: [String] { hasRows ? columns.indices.filter { !parser.seen[$0] }.map { columns[$0] } : [] }

  package var furtherColumns: [String] { parser.furtherPaths }

  package mutating func next() throws -> RowEvent {
    while true {
      if skipsLine, try !skipLine() { return .end }
      guard let (end, after) = lineEnd() else {
        // One byte more than the limit may be there: a carriage return whose line feed is not.
        if filled - position > rowLimit + 1 { return tooLong() }
        try refill()
        continue
      }
      if end == filled, ended, position == filled { return .end }
      if end - position > rowLimit { return tooLong() }
      let start = position
      current = (start, end, line, 0, false)
      (position, searched, line) = (after, after, line + 1)
      if let event = read(start, end) { return event }
    }
  }

  /// Reads a line; nil where it is blank.
  private mutating func read(_ start: Int, _ end: Int) -> RowEvent? {
    if let bad = undecodable(start, end) { return fault(JSONFault("the bytes here are not UTF-8", at: bad, code: "encoding")) }
    do {
      guard try parser.parse(memory.bytes, from: start, to: end) else { return nil }
    } catch {
      return fault(error)
    }
    hasRows = true
    var isEscaped = false
    for (index, value) in parser.values.enumerated() {
      memory.cells[index] = CellRange(value.start, value.end)
      isEscaped = isEscaped || value.isEscaped
    }
    current.count = columns.count
    if isEscaped { rewriteCells(end - start) }
    return .row
  }

  /// Copies the cells into the scratch, escapes made characters: they only get shorter.
  private mutating func rewriteCells(_ length: Int) {
    memory.reserveScratch(length)
    let (bytes, scratch) = (memory.bytes, memory.scratch)
    var to = 0
    for (index, value) in parser.values.enumerated() {
      let begin = to
      if value.isEscaped {
        JSONEscapes.forEachByte(bytes, from: value.start, to: value.end) { byte in
          scratch[to] = byte
          to += 1
        }
      } else {
        let count = value.end - value.start
        (scratch + to).update(from: bytes + value.start, count: count)
        to += count
      }
      memory.cells[index] = CellRange(begin, to)
    }
    current.isRewritten = true
  }

  // MARK: Broken lines

  private mutating func fault(_ fault: JSONFault) -> RowEvent {
    broken = BrokenRow(
      code: fault.code, line: current.line, column: column(of: fault.at, lineStart: current.start), message: fault.message,
      columnName: fault.column.map { columns[$0] } ?? "")
    return .broken
  }

  private mutating func tooLong() -> RowEvent {
    current = (position, min(position + rowLimit, position + 4096), line, 0, false)
    broken = BrokenRow(code: "row-too-long", line: line, column: 0, message: "a line of more than \(rowLimit) bytes")
    (position, skipsLine) = (position + rowLimit, true)
    searched = position
    return .broken
  }

  /// The column in characters of a byte of a line.
  private func column(of at: Int, lineStart: Int) -> Int {
    var column = 1
    // A continuation byte belongs to the character before it.
    for index in lineStart..<max(at, lineStart) where memory.bytes[index] & 0xC0 != 0x80 { column += 1 }
    return column
  }

  private func undecodable(_ start: Int, _ end: Int) -> Int? {
    var (at, isWide) = (start, UInt64(0))
    while at + 8 <= end {
      isWide |= UnsafeRawPointer(memory.bytes + at).loadUnaligned(as: UInt64.self)
      at += 8
    }
    while at < end {
      isWide |= UInt64(memory.bytes[at])
      at += 1
    }
    guard isWide & 0x8080_8080_8080_8080 != 0 else { return nil }
    return UTF8Check.firstFault(UnsafeBufferPointer(start: memory.bytes + start, count: end - start)).map { start + $0 }
  }
}

// Lines, and how the buffer gets its bytes.
extension JSONLinesReader {
  /// Reads the first bytes, and passes or refuses a byte order mark.
  private mutating func begin() throws {
    while filled < 3, !ended { try refill() }
    if filled == 0 {
      throw Problem(
        "empty-file", .badInput, "the file has no bytes", place: Place(file: file),
        hint: "an export that broke off leaves such a file; where it is right, give it an empty line")
    }
    let first = (0..<min(filled, 3)).map { memory.bytes[$0] }
    if first.starts(with: [0xFF, 0xFE]) || first.starts(with: [0xFE, 0xFF]) {
      let hint = "save it as UTF-8, for example with iconv -f UTF-16 -t UTF-8"
      throw Problem("utf-16", .badInput, "the file is UTF-16, which is not read", place: Place(file: file), hint: hint)
    }
    if first == [0xEF, 0xBB, 0xBF] { (position, searched) = (3, 3) }
  }

  /// Moves the unfinished line to the front and fills the rest, so that at least one byte is new or the file has ended.
  private mutating func refill() throws {
    if let failure { throw failure }
    memory.keep(position..<filled)
    (filled, searched, position) = (filled - position, searched - position, 0)
    let known = filled
    while filled < memory.capacity {
      let count: Int
      do {
        count = try source.read(into: UnsafeMutableRawBufferPointer(start: memory.bytes + filled, count: memory.capacity - filled))
      } catch {
        if filled == known { throw error }
        // What came before is read first.
        failure = error
        break
      }
      if count == 0 {
        ended = true
        break
      }
      bytesRead += count
      filled += count
    }
  }

  /// Where the line at `position` ends, and where the next begins; nil where the bytes so far do not show it.
  private mutating func lineEnd() -> (end: Int, after: Int)? {
    let bytes = memory.bytes
    while searched < filled, bytes[searched] != 10, bytes[searched] != 13 { searched += 1 }
    if searched == filled { return ended ? (filled, filled) : nil }
    if bytes[searched] == 10 { return (searched, searched + 1) }
    if searched + 1 == filled { return ended ? (searched, filled) : nil }
    return (searched, searched + (bytes[searched + 1] == 10 ? 2 : 1))
  }

  /// Passes what remains of the line at `position`, however long it is; false where the file ends with it.
  private mutating func skipLine() throws -> Bool {
    while true {
      if let (end, after) = lineEnd() {
        (position, searched, line, skipsLine) = (after, after, line + 1, false)
        return !(end == filled && ended)
      }
      position = searched
      try refill()
    }
  }
}
