/// Shows what a terminal would act on (escape codes, control characters, marks that turn the direction of writing) as text,
/// so that no imported name or note can change a title, move the cursor or hide a word.
enum HarmlessText {
  /// Whether a terminal might act on it. All of these are below U+10000.
  static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F: true
    case 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// For one line of a table or message: line breaks become `↵` and tabs a space.
  static func line(_ text: String, isASCII: Bool = false) -> String {
    replacing(text) { scalar, _ in
      switch scalar {
      case "\n": isASCII ? "\\n" : "↵"
      case "\t": " "
      case "\r": isASCII ? "\\r" : "␍"
      default: visible(scalar, isASCII: isASCII)
      }
    }
  }

  /// For a cell of a CSV file: line breaks and tabs stay.
  static func cell(_ text: String) -> String {
    replacing(text) { scalar, next in
      scalar == "\n" || scalar == "\t" || (scalar == "\r" && next == "\n") ? String(scalar) : visible(scalar, isASCII: false)
    }
  }

  private static func replacing(_ text: String, _ replacement: (Unicode.Scalar, _ next: Unicode.Scalar?) -> String) -> String {
    let scalars = text.unicodeScalars
    guard scalars.contains(where: isHarmful) else { return text }
    var result = ""
    for index in scalars.indices {
      if isHarmful(scalars[index]) {
        let next = scalars.index(after: index)
        result += replacement(scalars[index], next < scalars.endIndex ? scalars[next] : nil)
      } else {
        result.unicodeScalars.append(scalars[index])
      }
    }
    return result
  }

  /// `␛` for the classic control characters, `\u{202E}` for the others; with ASCII alone always the number.
  private static func visible(_ scalar: Unicode.Scalar, isASCII: Bool) -> String {
    if !isASCII {
      if scalar.value < 0x20, let picture = Unicode.Scalar(0x2400 + scalar.value) { return String(picture) }
      if scalar.value == 0x7F { return "␡" }
    }
    return "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
  }
}
