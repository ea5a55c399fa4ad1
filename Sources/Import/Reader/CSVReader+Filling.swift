import Health

// How the buffer gets its bytes.
extension CSVReader {
  /// Reads the first bytes, and passes or refuses a byte order mark.
  mutating func begin() throws {
    while filled < 3, !ended { try refill() }
    if filled == 0 { throw emptyFile() }
    let first = (0..<min(filled, 3)).map { memory.bytes[$0] }
    if first.starts(with: [0xFF, 0xFE]) || first.starts(with: [0xFE, 0xFF]) {
      let hint = "save it as UTF-8, for example with iconv -f UTF-16 -t UTF-8"
      throw Problem("utf-16", .badInput, "the file is UTF-16, which is not read", place: Place(file: file), hint: hint)
    }
    if first == [0xEF, 0xBB, 0xBF] { position = 3 }
    cursor = StructuralScanner.Cursor(at: position)
  }

  /// Moves the unfinished row to the front and fills the rest, so that at least one byte is new or the file has ended.
  mutating func refill() throws {
    if let failure { throw failure }
    memory.keep(position..<filled)
    (filled, position) = (filled - position, 0)
    let known = filled
    while filled < memory.capacity {
      let free = UnsafeMutableRawBufferPointer(start: memory.bytes + filled, count: memory.capacity - filled)
      let count: Int
      do { count = try source.read(into: free) } catch {
        if filled == known { throw error }
        // What came before is read first.
        failure = error
        break
      }
      if count == 0 {
        ended = true
        break
      }
      onRead?(UnsafeRawBufferPointer(rebasing: free[..<count]))
      bytesRead += count
      filled += count
    }
    cursor = StructuralScanner.Cursor(at: 0)
  }

  /// Passes what remains of the line at `position`, however long it is.
  mutating func skipLine() throws {
    skipsLine = true
    while true {
      let at = lineBreak(from: position, to: filled)
      let isSplit = at + 1 == filled && memory.bytes[at] == 13 && !ended
      if at < filled, !isSplit {
        position = at + (memory.bytes[at] == 13 && at + 1 < filled && memory.bytes[at + 1] == 10 ? 2 : 1)
        break
      }
      position = at
      if ended { break }
      try refill()
    }
    cursor = StructuralScanner.Cursor(at: position)
    line += 1
    skipsLine = false
  }

  /// The first line feed or carriage return of a range, or its end.
  func lineBreak(from start: Int, to end: Int) -> Int {
    var at = start
    while at < end, memory.bytes[at] != 10, memory.bytes[at] != 13 { at += 1 }
    return at
  }
}
