// Rows with quotes.
extension CSVReader {
  /// Goes on with the row at `position` at its first quote, where `count` cells are stored and the next begins at `cell`.
  mutating func scanQuoted(quote: Int, cell: Int, count: Int) -> Scan {
    let bytes = memory.bytes
    var (open, cell, count, innerLines, isRewritten) = (quote, cell, count, 0, false)
    while true {
      guard open == cell else { return fault("stray-quote", at: open, "a quote inside a cell that does not begin with one") }
      guard let close = closingQuote(&innerLines, &isRewritten) else {
        return ended ? unterminated(open) : .more
      }
      store(open + 1, close, count)
      count += 1
      let after = close + 1
      if after == filled { return ended ? finish(end: after, after: after, count: count, innerLines, isRewritten) : .more }
      guard bytes[after] == dialect.delimiter || bytes[after] == 10 || bytes[after] == 13 else {
        return fault("after-quote", at: after, "text after the quote that closes a cell")
      }
      _ = nextStructural()
      if bytes[after] != dialect.delimiter {
        guard let next = lineEnd(after) else { return .more }
        return finish(end: after, after: next, count: count, innerLines, isRewritten)
      }
      cell = after + 1
      // Plain cells up to the next quote or the end of the row.
      while true {
        let at = nextStructural()
        if at < 0 {
          guard ended else { return .more }
          store(cell, filled, count)
          return finish(end: filled, after: filled, count: count + 1, innerLines, isRewritten)
        }
        if bytes[at] == dialect.delimiter {
          store(cell, at, count)
          (count, cell) = (count + 1, at + 1)
        } else if bytes[at] == 10 || bytes[at] == 13 {
          guard let next = lineEnd(at) else { return .more }
          store(cell, at, count)
          return finish(end: at, after: next, count: count + 1, innerLines, isRewritten)
        } else {
          open = at
          break
        }
      }
    }
  }

  mutating func nextStructural() -> Int { cursor.next(memory.bytes, filled, scanner) }

  /// The quote that closes the cell whose opening quote was given last; counts the line ends inside and notes doubled quotes.
  /// Nil where the bytes so far do not show it.
  private mutating func closingQuote(_ innerLines: inout Int, _ isRewritten: inout Bool) -> Int? {
    while true {
      let at = nextStructural()
      if at < 0 { return nil }
      switch memory.bytes[at] {
      case 13: innerLines += 1
      case 10: innerLines += memory.bytes[at - 1] == 13 ? 0 : 1  // an opening quote stands before, so at > 0
      case dialect.quote:
        guard at + 1 < filled else { return ended ? at : nil }
        if memory.bytes[at + 1] != dialect.quote { return at }
        _ = nextStructural()
        isRewritten = true
      default: break
      }
    }
  }

  /// A quote where none may be: the row is broken up to the end of its line.
  private mutating func fault(_ code: String, at fault: Int, _ message: String) -> Scan {
    let end = lineBreak(from: fault, to: filled)
    if end == filled, !ended { return .more }
    cursor = StructuralScanner.Cursor(at: end)
    var after = end
    if end < filled {
      _ = nextStructural()
      guard let next = lineEnd(end) else { return .more }
      after = next
    }
    if end - position > rowLimit { return .found(tooLong()) }
    let place = self.place(of: fault)
    setBroken(code, place, message, end: end)
    (position, line) = (after, place.line + 1)
    return .found(.broken)
  }

  /// The file ends inside a quoted cell: only the line where the cell opens is given up, so that the lines after it are not lost.
  private mutating func unterminated(_ open: Int) -> Scan {
    if filled - position > rowLimit { return .found(tooLong()) }
    let place = self.place(of: open)
    setBroken("unterminated-quote", place, "the quote that opens here is never closed", end: lineBreak(from: open, to: filled))
    (position, line, skipsLine) = (open, place.line, true)
    return .found(.broken)
  }

  /// A row beyond the limit. Where it stands inside a quoted cell at the limit, that cell's first line is given up, else the rest of its line.
  /// Decided by the row's first bytes alone, so that the buffer's size makes no difference.
  mutating func tooLong() -> RowEvent {
    let limit = position + rowLimit
    let open = openQuote(from: position, to: limit)
    let place = open.map { self.place(of: $0) } ?? (line: line, column: 0)
    let hint = open == nil ? "" : "; is the quote that opens here closed?"
    let lastLine = self.place(of: limit).line
    setBroken("row-too-long", place, "a row of more than \(rowLimit) bytes\(hint)", end: min(limit, position + 4096))
    (position, line, skipsLine) = open.map { ($0, place.line, true) } ?? (limit, lastLine, true)
    return .broken
  }

  /// The quote that opens the cell in which `end` stands, if it stands in a quoted one.
  private func openQuote(from start: Int, to end: Int) -> Int? {
    var (open, closed, cell): (Int?, Int, Int) = (nil, -1, start)
    for at in start..<end {
      let byte = memory.bytes[at]
      if byte == dialect.quote {
        if open != nil {
          (open, closed, cell) = (nil, at, open ?? cell)
        } else if closed == at - 1, closed >= start {
          open = cell
        } else if cell == at {
          open = at
        } else {
          return nil  // a stray quote: the row is broken up to the end of its line
        }
      } else if open == nil, byte == dialect.delimiter {
        cell = at + 1
      } else if open == nil, closed == at - 1, closed >= start {
        return nil  // text after a closing quote
      }
    }
    return open
  }
}
