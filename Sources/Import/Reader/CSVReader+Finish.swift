// What a row comes to once its end is known.
extension CSVReader {
  /// Checks the row from `position` to `end` whose cells are stored, and moves behind it.
  mutating func finish(end: Int, after: Int, count: Int, _ innerLines: Int = 0, _ hasDoubledQuotes: Bool = false) -> Scan {
    if end - position > rowLimit { return .found(tooLong()) }
    let start = position
    defer { (position, line) = (after, line + 1 + innerLines) }
    if start == end, columns.count > 1 { return .again }
    if cursor.isWide, let bad = undecodable(start, end) {
      let message = "the bytes here are not \(dialect.encoding.rawValue.uppercased())"
      setBroken("encoding", place(of: bad), message, end: end)
      return .found(.broken)
    }
    if !hasRightCount(count, end: end) { return .found(.broken) }
    current = CurrentRow(start: start, end: end, line: line, count: count)
    let isTranscoded = cursor.isWide && dialect.encoding != .utf8
    if isTranscoded || hasDoubledQuotes { rewriteCells(count, end - start) }
    return .found(.row)
  }

  /// Whether a row has as many cells as there are columns; the header itself, while there are none, may have any.
  private mutating func hasRightCount(_ count: Int, end: Int) -> Bool {
    let expected = columns.isEmpty ? min(count, CSVReader.columnLimit) : columns.count
    if count == expected { return true }
    let found = "\(count) \(count == 1 ? "cell" : "cells"), the header has \(expected)"
    if count < expected {
      setBroken("too-few-cells", place(of: end), found, end: end)
    } else if columns.isEmpty {
      setBroken("too-many-cells", (line, 0), "a header of \(count) columns; at most \(expected) are read", end: end)
    } else {
      let extra = expected < CSVReader.columnLimit ? Int(memory.cells[expected].start) : end
      setBroken("too-many-cells", place(of: isQuoted(extra) ? extra - 1 : extra), found, end: end)
    }
    return false
  }

  /// Notes a fault of the row at `position`, whose original bytes reach to `end`.
  mutating func setBroken(_ code: String, _ place: (line: Int, column: Int), _ message: String, end: Int) {
    current = CurrentRow(start: position, end: end, line: line)
    broken = BrokenRow(code: code, line: place.line, column: place.column, message: message)
  }

  /// Whether a cell that begins at `start` does so after a quote: a plain cell begins with the row or after a delimiter.
  private func isQuoted(_ start: Int) -> Bool { start > position && memory.bytes[start - 1] == dialect.quote }

  /// The first byte that the encoding does not know.
  private func undecodable(_ start: Int, _ end: Int) -> Int? {
    let bytes = UnsafeBufferPointer(start: memory.bytes + start, count: end - start)
    switch dialect.encoding {
    case .utf8: return UTF8Check.firstFault(bytes).map { start + $0 }
    case .latin1: return nil
    case .windows1252: return bytes.firstIndex { Windows1252.isUndefined($0) }.map { start + $0 }
    }
  }

  /// Copies the cells into the scratch, doubled quotes made single and bytes beyond ASCII made UTF-8.
  private mutating func rewriteCells(_ count: Int, _ length: Int) {
    memory.reserveScratch(length * (dialect.encoding == .utf8 ? 1 : 3))
    let (bytes, scratch) = (memory.bytes, memory.scratch)
    var to = 0
    for index in 0..<count {
      let cell = memory.cells[index]
      let isQuoted = isQuoted(Int(cell.start))
      let begin = to
      var from = Int(cell.start)
      while from < Int(cell.end) {
        let byte = bytes[from]
        if isQuoted, byte == dialect.quote { from += 1 }  // the second of the two has the same value
        from += 1
        if byte < 128 || dialect.encoding == .utf8 {
          scratch[to] = byte
          to += 1
        } else {
          to += dialect.encoding == .latin1 ? UTF8Check.encode(UInt32(byte), scratch + to) : Windows1252.encode(byte, scratch + to)
        }
      }
      memory.cells[index] = CellRange(begin, to)
    }
    current.isRewritten = true
  }
}

// Places.
extension CSVReader {
  /// The physical line and the column in characters of a byte of the row at `position`.
  func place(of at: Int) -> (line: Int, column: Int) { place(of: at, rowStart: position, line: line) }

  package func place(ofCell index: Int) -> (line: Int, column: Int) {
    let bytes = memory.bytes
    var (at, cell, isInside) = (current.start, 0, false)
    while at < current.end, cell < index {
      if bytes[at] == dialect.quote { isInside.toggle() }
      if !isInside, bytes[at] == dialect.delimiter { cell += 1 }
      at += 1
    }
    return place(of: at, rowStart: current.start, line: current.line)
  }

  private func place(of at: Int, rowStart: Int, line: Int) -> (line: Int, column: Int) {
    var (line, column) = (line, 1)
    for index in rowStart..<at {
      let byte = memory.bytes[index]
      if byte == 13 || (byte == 10 && !(index > rowStart && memory.bytes[index - 1] == 13)) {
        (line, column) = (line + 1, 1)
      } else if byte != 10, dialect.encoding != .utf8 || byte & 0xC0 != 0x80 {
        column += 1  // a continuation byte belongs to the character before it
      }
    }
    return (line, column)
  }
}
