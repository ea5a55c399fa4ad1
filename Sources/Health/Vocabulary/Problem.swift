/// Where in a file something is wrong. Lines and columns count from 1.
public struct Place: Hashable, Sendable {
  /// The file as the person named it.
  public var file: String
  /// The physical line, from 1; 0 where the file as a whole is meant.
  public var line: Int
  /// The column in characters, from 1; 0 where the line as a whole is meant.
  public var column: Int
  /// The offending line, for the excerpt under the message.
  public var excerpt: String?

  /// A place in a file.
  public init(file: String, line: Int = 0, column: Int = 0, excerpt: String? = nil) {
    (self.file, self.line, self.column, self.excerpt) = (file, line, column, excerpt)
  }
}

/// An error as a value: a stable name, what is wrong, where, and what to do about it.
public struct Problem: Error, Hashable, Sendable {
  /// What kind of thing went wrong; decides the exit code.
  public enum Category: Int, Sendable {
    /// Something failed that is nobody's input.
    case failure = 1
    /// The command's words are off, or an account is unknown or ambiguous.
    case usage = 64
    /// Bad input: a file, header, card, a database that is not ours or is newer.
    case badInput = 65
    /// A file or the database is not there, or nothing was imported yet.
    case missing = 66
    /// The database stayed busy; trying again is the remedy.
    case busy = 75
    /// The person interrupted.
    case interrupted = 130
  }

  /// A stable kebab-case name, such as `unknown-signal`.
  public let name: String
  /// Decides the exit code.
  public let category: Category
  /// One sentence without a full stop.
  public var message: String
  /// Where, if it is in a file.
  public var place: Place?
  /// What to do.
  public var hint: String?

  /// A problem with its place and remedy.
  public init(_ name: String, _ category: Category, _ message: String, place: Place? = nil, hint: String? = nil) {
    (self.name, self.category, self.message, self.place, self.hint) = (name, category, message, place, hint)
  }
}

/// Several problems found in one pass, as a linter finds them. Never empty.
public struct Problems: Error, Sendable {
  /// The problems, in the order of their places.
  public let all: [Problem]

  /// Wraps what was found.
  public init(_ all: [Problem]) { self.all = all }
}
