import Health

/// Writes records as CSV after RFC 4180: a header, lines that end in a line feed, quotes only where they are needed.
enum CSVWriter {
  /// The text. `--columns` may name fields, or single columns that a field falls apart into.
  static func text(_ records: Records, columns: [String]?) throws(Problem) -> String {
    let flat = records.flattened
    let chosen: Records
    if let columns, columns.allSatisfy({ name in records.fields.contains { $0.name == name } }) {
      chosen = try records.selecting(columns).flattened
    } else {
      chosen = try flat.selecting(columns)
    }
    var bytes: [UInt8] = []
    append(chosen.fields.map { .string($0.name) }, to: &bytes)
    for row in chosen.rows { append(row, to: &bytes) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends one line of values.
  static func append(_ row: [JSONValue], to bytes: inout [UInt8]) {
    let start = bytes.count
    for (place, value) in row.enumerated() {
      if place > 0 { bytes.append(UInt8(ascii: ",")) }
      append(value, to: &bytes)
    }
    // A line with one empty cell would be a blank line, which readers skip.
    if row.count == 1, bytes.count == start { bytes += "\"\"".utf8 }
    bytes.append(UInt8(ascii: "\n"))
  }

  private static func append(_ value: JSONValue, to bytes: inout [UInt8]) {
    switch value {
    case .null, .array([]): break
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .int(let value): bytes += String(value).utf8
    case .double(let value): if value.isFinite { bytes += value.shortest.utf8 }
    case .string(let value): append(text: value, to: &bytes)
    case .array, .object: append(text: JSONWriter.compact(value), to: &bytes)
    }
  }

  private static func append(text: String, to bytes: inout [UInt8]) {
    let start = bytes.count
    bytes += text.utf8
    // Most cells are plain ASCII without marks, and are written as they are.
    let isPlain = bytes[start...].allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "\"") }
    guard !isPlain || bytes.last == 0x20 || (start < bytes.count && bytes[start] == 0x20) else { return }
    bytes.removeSubrange(start...)
    bytes += quoted(text).utf8
  }

  private static func quoted(_ text: String) -> String {
    let text = HarmlessText.cell(text)
    let hasMarks = text.utf8.contains { byte in
      switch byte {
      case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"): true
      default: false
      }
    }
    guard hasMarks || text.first == " " || text.last == " " else { return text }
    // Scalar by scalar: a quote and an accent that follows it are one character, and still a quote.
    var result = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { result.unicodeScalars.append(scalar) }
      result.unicodeScalars.append(scalar)
    }
    return result + "\""
  }
}
