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

/// A generator with a seed (SplitMix64), so that a failure can be seen again.
struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
