import Health

/// Writes rows as they come, so that memory does not grow with their number: CSV, JSON Lines, or one JSON array.
struct RecordStream {
  private let output: Output
  private let format: Format
  private let names: [String]
  private let places: [Int]
  private let isForSpreadsheets: Bool

  /// `columns` are those of the rows; `--columns` chooses among them. What is not CSV, JSON or JSON Lines is written as CSV.
  init(_ output: Output, columns: [String], isForSpreadsheets: Bool) throws(Problem) {
    self.output = output
    format = output.format == .table ? .csv : output.format
    places =
      try output.columns.map { wanted throws(Problem) in try Selection.indices(of: wanted, among: columns) } ?? Array(columns.indices)
    names = places.map { columns[$0] }
    self.isForSpreadsheets = isForSpreadsheets
  }

  /// Calls `body` with what writes a row of values in the order of the columns.
  func write(_ body: (_ row: @escaping ([JSONValue]) throws -> Void) throws -> Void) throws {
    if let file = output.file {
      try OutputFile.writing(to: file) { try fill($0, body) }
    } else {
      try fill(output.context.standardOutput.write, body)
    }
  }

  private static let bufferSize = 1 << 16

  private func fill(_ write: @escaping ([UInt8]) throws -> Void, _ body: (_ row: @escaping ([JSONValue]) throws -> Void) throws -> Void)
    throws
  {
    var buffer: [UInt8] = []
    buffer.reserveCapacity(2 * RecordStream.bufferSize)
    if format == .csv { CSVWriter.append(names.map { .string($0) }, to: &buffer) } else if format == .json { buffer += "[".utf8 }
    var count = 0
    try body { row in
      append(places.map { tamed(row[$0]) }, isFirst: count == 0, to: &buffer)
      count += 1
      if buffer.count >= RecordStream.bufferSize {
        try write(buffer)
        buffer.removeAll(keepingCapacity: true)
      }
    }
    // A file without a byte is one that broke off; one line says that there was nothing to write.
    if format == .jsonl, count == 0 { buffer += "\n".utf8 }
    if format == .json { buffer += (count == 0 ? "]\n" : "\n]\n").utf8 }
    try write(buffer)
  }

  private func append(_ values: [JSONValue], isFirst: Bool, to buffer: inout [UInt8]) {
    if format == .csv { return CSVWriter.append(values, to: &buffer) }
    let object = JSONWriter.compact(.object(zip(names, values).map { JSONValue.Member(key: $0, value: $1) }))
    buffer += (format == .jsonl ? object + "\n" : (isFirst ? "\n  " : ",\n  ") + object).utf8
  }

  /// Text that a spreadsheet would take for a formula begins with an apostrophe, which spreadsheets take for "this is text".
  private func tamed(_ value: JSONValue) -> JSONValue {
    guard isForSpreadsheets, case .string(let text) = value, let first = text.unicodeScalars.first else { return value }
    return ["=", "+", "-", "@", "\t", "\r", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}"].contains(first) ? .string("'" + text) : value
  }
}
