/// Writes words so that YAML reads them back as they are.
package enum YAMLText {
  private static let reserved: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "file"]

  /// A word as it is where YAML cannot take it for something else, else in quotes.
  package static func scalar(_ text: String) -> String {
    let isPlain = text.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_.\/-]*/) != nil && !reserved.contains(text.lowercased())
    return isPlain ? text : quoted(text)
  }

  /// In double quotes, with escapes for what cannot stand there.
  package static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      default:
        let isHarmless =
          (0x20...0x7E).contains(scalar.value)
          || (scalar.value >= 0xA0 && scalar.properties.generalCategory != .format
            && scalar.value != 0x2028 && scalar.value != 0x2029 && scalar.value != 0xFEFF)
        let digits = String(scalar.value, radix: 16)
        result += isHarmless ? String(scalar) : "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
      }
    }
    return result + "\""
  }

  /// Words for a comment: on one line, and nothing that a terminal or YAML would take for a command.
  static func comment(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map {
          $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || [0x2028, 0x2029, 0xFEFF].contains($0.value) ? " " : $0
        }))
  }
}
