import Foundation
import Health

/// The beginning of a file as a stranger finds it: how it is written, its columns, and the rows that were looked at.
package struct FileSample: Sendable {
  /// The file's name without its folder.
  package let name: String
  package let format: Feed.Format
  /// How the text is written; of a JSON Lines file the encoding only.
  package let dialect: CSVDialect
  package let columns: [String]
  /// As many cells in each as there are columns.
  package let rows: [[String]]
  /// Whether these are all rows of the file.
  package let isWhole: Bool
  /// Rows that could not be read.
  package let broken: Int
  /// Whether the first line names no columns, so that they were numbered.
  package let lacksHeader: Bool

  /// How many bytes are looked at, and of them how many to find out how the file is written.
  package static let mostBytes = 4 << 20
  private static let fewBytes = 64 << 10

  /// Looks at the beginning of a file.
  package static func read(_ path: String, mostBytes: Int = FileSample.mostBytes) throws -> FileSample {
    let descriptor = Foundation.open(path, O_RDONLY)
    guard descriptor >= 0 else {
      let reason = String(cString: strerror(errno))
      throw Problem("no-file", .missing, "\(path) cannot be opened: \(reason)", hint: "check the name and its permissions")
    }
    defer { close(descriptor) }
    let source = FileSource(descriptor: descriptor, name: path)
    var bytes = [UInt8](repeating: 0, count: mostBytes + 1)
    var filled = 0
    while filled < bytes.count {
      let count = try bytes.withUnsafeMutableBytes { try source.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...])) }
      if count == 0 { break }
      filled += count
    }
    return try FileSample(bytes: Array(bytes[..<min(filled, mostBytes)]), isWhole: filled <= mostBytes, path: path)
  }

  /// Looks at bytes; `isWhole` says whether they are the whole file.
  package init(bytes: [UInt8], isWhole: Bool, path: String) throws {
    let name = (path as NSString).lastPathComponent
    if name.hasSuffix(".gz") || bytes.starts(with: [0x1F, 0x8B]) {
      throw Problem(
        "unsupported-format", .badInput, "a compressed file is not looked into", place: Place(file: path),
        hint: "unpack it first, and name the feed after the unpacked file: its feed reads the compressed ones too")
    }
    let whole = isWhole ? bytes : FileSample.wholeLines(bytes)
    let encoding = FileSample.encoding(of: whole)
    if FileSample.looksLikeJSON(whole) {
      let lines = JSONSample(bytes: whole)
      guard !lines.columns.isEmpty else {
        throw Problem(
          "empty-file", .badInput, "no line holds an object with something in it", place: Place(file: path),
          hint: "JSON Lines have one object a line")
      }
      (self.name, format, dialect, self.isWhole, lacksHeader) = (name, .jsonl, try CSVDialect(encoding: encoding), isWhole, false)
      (columns, rows, broken) = (lines.columns, lines.rows, lines.broken)
      return
    }
    let dialect = try DialectGuess.dialect(of: Array(whole.prefix(FileSample.fewBytes)), encoding: encoding, file: path)
    var table = try SampleTable(whole, dialect, file: path)
    lacksHeader = HeaderGuess.isMissing(table.columns, above: table.rows)
    if lacksHeader {
      let names = table.columns.indices.map { "column_\($0 + 1)" }
      let named = try CSVDialect(delimiter: dialect.delimiter, quote: dialect.quote, encoding: encoding, header: names)
      table = try SampleTable(whole, named, file: path)
      self.dialect = named
    } else {
      self.dialect = dialect
    }
    (self.name, format, self.isWhole) = (name, .csv, isWhole)
    (columns, rows) = (table.columns, table.rows)
    // A quoted cell may go on behind the last line that was looked at.
    broken = max(0, table.broken - (isWhole || !table.endsBroken ? 0 : 1))
  }

  private static func wholeLines(_ bytes: [UInt8]) -> [UInt8] {
    guard let end = bytes.lastIndex(where: { $0 == 10 || $0 == 13 }) else { return bytes }
    return Array(bytes[...end])
  }

  private static func looksLikeJSON(_ bytes: [UInt8]) -> Bool {
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    return bytes[start...].first { ![32, 9, 10, 13].contains($0) } == UInt8(ascii: "{")
  }

  /// UTF-8 where the bytes are, else Windows-1252, whose five unused bytes tell Latin-1 apart.
  private static func encoding(of bytes: [UInt8]) -> TextEncoding {
    if bytes.withUnsafeBufferPointer({ UTF8Check.firstFault($0) }) == nil { return .utf8 }
    return bytes.contains { Windows1252.isUndefined($0) } ? .latin1 : .windows1252
  }
}

/// What a reader makes of bytes in a dialect.
struct SampleTable {
  private(set) var columns: [String] = []
  private(set) var rows: [[String]] = []
  private(set) var broken = 0
  /// Whether the last row could not be read.
  private(set) var endsBroken = false

  init(_ bytes: [UInt8], _ dialect: CSVDialect, file: String) throws {
    var reader = try CSVReader(source: MemorySource(bytes), dialect: dialect, file: file)
    columns = reader.columns
    while true {
      switch try reader.next() {
      case .end: return
      case .broken: (broken, endsBroken) = (broken + 1, true)
      case .row:
        let row = reader.row
        rows.append((0..<row.count).map { row.text($0) })
        endsBroken = false
      }
    }
  }
}

/// Finds the delimiter and the quote: those under which most rows have as many cells as the header, and that as many as possible.
enum DialectGuess {
  static func dialect(of bytes: [UInt8], encoding: TextEncoding, file: String) throws -> CSVDialect {
    var best: (dialect: CSVDialect, broken: Double, columns: Int)?
    let quotes: [UInt8?] = [UInt8(ascii: "\""), nil]
    for quote in (usesApostrophes(bytes) ? [UInt8(ascii: "'")] : []) + quotes {
      for delimiter in [UInt8(ascii: ","), UInt8(ascii: ";"), 9, UInt8(ascii: "|")] {
        let dialect = try CSVDialect(delimiter: delimiter, quote: quote, encoding: encoding)
        guard let table = try? SampleTable(bytes, dialect, file: file), table.columns.count > 1 else { continue }
        let rows = Double(max(1, table.rows.count + table.broken))
        // The last row may be cut off where the bytes end.
        let broken = Double(table.broken - (table.endsBroken ? 1 : 0)) / rows
        if let best, (best.broken, -best.columns) <= (broken, -table.columns.count) { continue }
        best = (dialect, broken, table.columns.count)
      }
    }
    if let best { return best.dialect }
    let plain = try CSVDialect(encoding: encoding)
    _ = try SampleTable(bytes, plain, file: file)  // says what is wrong, if anything is
    return plain
  }
}

extension DialectGuess {
  /// Whether some cell stands between apostrophes, whatever the delimiter.
  private static func usesApostrophes(_ bytes: [UInt8]) -> Bool {
    let marks: Set<UInt8> = [UInt8(ascii: ","), UInt8(ascii: ";"), 9, UInt8(ascii: "|"), 10, 13]
    let quote = UInt8(ascii: "'")
    return bytes.split(whereSeparator: { marks.contains($0) }).contains { $0.count > 2 && $0.first == quote && $0.last == quote }
  }
}

/// Finds out whether the first line names the columns.
enum HeaderGuess {
  /// It does not where some of its cells are numbers or times, and no column of numbers or times has a word above it.
  static func isMissing(_ header: [String], above rows: [[String]]) -> Bool {
    guard !rows.isEmpty else { return false }
    var typed = 0
    for (index, name) in header.enumerated() {
      let column = ColumnLook(name: name, index: index, cells: rows.lazy.map { $0[index] })
      guard column.isTyped else { continue }
      let above = ColumnLook(name: "", index: index, cells: [name])
      guard above.isTyped else { return false }
      typed += 1
    }
    return typed > 0
  }
}
