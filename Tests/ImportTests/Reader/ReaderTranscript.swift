import Health

@testable import Import

/// What a reader gave, in words that compare.
enum Seen: Hashable, CustomStringConvertible {
  case row([String], line: Int)
  case broken(String, line: Int, column: Int, raw: String)

  var description: String {
    switch self {
    case .row(let cells, let line): "\(line): \(cells)"
    case .broken(let code, let line, let column, let raw): "\(line):\(column): \(code) \(raw.debugDescription)"
    }
  }

  var cells: [String]? { if case .row(let cells, _) = self { cells } else { nil } }
  var code: String? { if case .broken(let code, _, _, _) = self { code } else { nil } }
}

/// Reads all of some bytes.
func transcript(
  _ bytes: [UInt8], _ dialect: CSVDialect, bufferSize: Int = 1 << 16, rowLimit: Int = CSVReader.defaultRowLimit
) throws -> (columns: [String], seen: [Seen]) {
  var reader = try CSVReader(source: MemorySource(bytes), dialect: dialect, file: "t.csv", bufferSize: bufferSize, rowLimit: rowLimit)
  var seen: [Seen] = []
  while true {
    switch try reader.next() {
    case .row: seen.append(.row((0..<reader.row.count).map { reader.row.text($0) }, line: reader.row.line))
    case .broken:
      let raw = String(decoding: reader.row.raw, as: UTF8.self)
      seen.append(.broken(reader.broken.code, line: reader.broken.line, column: reader.broken.column, raw: raw))
    case .end: return (reader.columns, seen)
    }
  }
}

func transcript(_ text: String, _ dialect: CSVDialect? = nil) throws -> [Seen] {
  try transcript(Array(text.utf8), dialect ?? CSVDialect()).seen
}
