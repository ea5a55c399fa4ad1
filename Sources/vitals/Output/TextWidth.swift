/// How many columns text takes on a terminal: none for marks that combine, two for East Asian wide characters and emoji.
enum TextWidth {
  /// The columns of a whole text.
  static func of(_ text: some StringProtocol) -> Int {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.reduce(0) { $0 + of($1) }
  }

  /// The columns of one character as people see it.
  static func of(_ character: Character) -> Int {
    var width = 0
    for scalar in character.unicodeScalars {
      if scalar.value == 0xFE0F, width > 0 { return 2 }  // asks for the picture of a character that is text otherwise
      width = max(width, of(scalar))
    }
    return width
  }

  private static func of(_ scalar: Unicode.Scalar) -> Int {
    if scalar.isASCII { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    case .format: return scalar.value == 0xAD ? 1 : 0
    default: break
    }
    if (0x1160...0x11FF).contains(scalar.value) { return 0 }  // the later parts of a Hangul syllable
    return scalar.properties.isEmojiPresentation || wide.contains { $0.contains(scalar.value) } ? 2 : 1
  }

  /// Blocks of characters that Unicode's East Asian Width calls wide or full-width; emoji are known by their property.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
    0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF,
    0x1F200...0x1F265, 0x20000...0x3FFFD,
  ]

  /// The text cut to so many columns, with the mark at its end where something was cut.
  static func shortened(_ text: String, to columns: Int, mark: String) -> String {
    if of(text) <= columns { return text }
    let mark = of(mark) <= columns ? mark : ""
    var room = columns - of(mark)
    var kept = ""
    for character in text {
      let width = of(character)
      guard width <= room else { break }
      room -= width
      kept.append(character)
    }
    while kept.last == " " { kept.removeLast() }
    return kept + mark
  }

  /// The words over lines of at most so many columns; a word that is longer stands alone and is left whole.
  static func wrapped(_ text: String, to columns: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var width = 0
    for word in text.split(separator: " ") {
      let wordWidth = of(word)
      if width > 0, width + 1 + wordWidth > columns {
        lines.append(line)
        (line, width) = ("", 0)
      }
      line += width > 0 ? " " + word : String(word)
      width += (width > 0 ? 1 : 0) + wordWidth
    }
    return lines + [line]
  }
}
