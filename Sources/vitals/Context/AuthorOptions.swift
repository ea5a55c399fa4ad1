import ArgumentParser

/// `--author`, on every command that takes in what a person types.
struct AuthorOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Who says so (else VITALS_AUTHOR, else the login name).", valueName: "name"))
  var author: String?

  /// A blank name is none: it comes from a variable that nobody set.
  func author(in context: Context) -> String {
    [author, context.variable("VITALS_AUTHOR")].compactMap { $0 }.first { $0.contains { !$0.isWhitespace } } ?? context.login
  }
}

/// A command as it was typed, for the log: words with blanks in quotes.
enum TypedWords {
  static func joined(_ words: [String]) -> String {
    words.map { word in
      word.isEmpty || word.contains(where: { $0.isWhitespace || $0 == "\"" }) ? "\"\(word.replacing("\"", with: "\\\""))\"" : word
    }.joined(separator: " ")
  }
}
