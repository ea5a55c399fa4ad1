/// Text as it may stand in a page. The template library escapes `< > & " '`, but it looks at whole characters, and a mark that joins
/// with one of them makes another character, which it lets through.
enum PageText {
  private static let special: Set<Unicode.Scalar> = ["<", ">", "&", "\"", "'"]

  /// Harmless as on a terminal, with an invisible space (U+200B, with which nothing joins) around a special one that something joins.
  static func clean(_ text: String) -> String {
    let text = HarmlessText.line(text)
    guard text.contains(where: { $0.unicodeScalars.count > 1 && $0.unicodeScalars.contains(where: special.contains) }) else { return text }
    var result = String.UnicodeScalarView()
    for character in text {
      let isJoined = character.unicodeScalars.count > 1 && character.unicodeScalars.contains(where: special.contains)
      for scalar in character.unicodeScalars {
        if isJoined, special.contains(scalar) {
          result.append(contentsOf: ["\u{200B}", scalar, "\u{200B}"])
        } else {
          result.append(scalar)
        }
      }
    }
    return String(result)
  }
}
