/// How text looks. A colour never says something that the words do not.
enum Ink: String, Hashable, Sendable, CaseIterable {
  case plain, bold, dim, red, orange, yellow, green, blue, gray

  /// The ink for a band's colour word; plain for a word that is not known here.
  init(colorWord: String) {
    switch colorWord.lowercased() {
    case "grey": self = .gray
    case "amber": self = .orange
    case let word: self = Ink(rawValue: word) ?? .plain
    }
  }

  fileprivate var code: String {
    switch self {
    case .plain: ""
    case .bold: "1"
    case .dim: "2"
    case .red: "31"
    case .orange: "38;5;208"
    case .yellow: "33"
    case .green: "32"
    case .blue: "34"
    case .gray: "90"
    }
  }
}

/// What text for people may use: colour, characters beyond ASCII, and so many columns.
struct Style: Hashable, Sendable {
  /// Whether escape codes for colour are written.
  var hasColor = false
  /// Whether drawings keep to ASCII.
  var isASCII = false
  /// The columns of the terminal; nil where lines may be as long as they like.
  var width: Int?

  /// Text in an ink, or as it is without colour.
  func paint(_ text: String, _ ink: Ink) -> String {
    hasColor && ink != .plain && !text.isEmpty ? "\u{1B}[\(ink.code)m\(text)\u{1B}[0m" : text
  }

  /// What stands for text that was cut.
  var ellipsis: String { isASCII ? "..." : "…" }
  /// What a rule is drawn with.
  var rule: String { isASCII ? "-" : "─" }
  /// What stands for a value that is not there.
  var absent: String { isASCII ? "-" : "–" }
  /// The signs of a rise, a fall, and neither.
  var up: String { isASCII ? "^" : "▲" }
  var down: String { isASCII ? "v" : "▼" }
  var flat: String { isASCII ? "=" : "▬" }
  /// The sign of a number below zero.
  var minus: String { isASCII ? "-" : "−" }
}
