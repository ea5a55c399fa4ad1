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
    var text = line(chosen.fields.map { quoted($0.name) })
    for row in chosen.rows { text += line(row) }
    return text
  }

  /// One line of values.
  static func line(_ row: [JSONValue]) -> String { line(row.map(cell)) }

  private static func line(_ cells: [String]) -> String {
    // A line with one empty cell would be a blank line, which readers skip.
    (cells == [""] ? "\"\"" : cells.joined(separator: ",")) + "\n"
  }

  private static func cell(_ value: JSONValue) -> String {
    switch value {
    case .null: ""
    case .bool(let value): value ? "true" : "false"
    case .int(let value): String(value)
    case .double(let value): value.isFinite ? value.shortest : ""
    case .string(let value): quoted(value)
    case .array([]): ""
    case .array, .object: quoted(JSONWriter.compact(value))
    }
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
