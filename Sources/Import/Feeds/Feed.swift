import Health

/// A file that says how one nightly file maps to signals, attributes and events.
package struct Feed: Hashable, Sendable {
  package enum Format: String, Sendable, CaseIterable { case csv, jsonl }
  package enum UnknownAccounts: String, Sendable, CaseIterable { case reject, create }

  /// A column with times. A zone that is nil is the workspace's.
  package struct TimeColumn: Hashable, Sendable {
    package var name: String
    package var format: TimeFormat
    package var zone: String?
  }

  /// Where a fact's time comes from.
  package enum TimeSource: Hashable, Sendable {
    /// The file's day.
    case file
    case column(TimeColumn)
  }

  /// A column, and the texts that are looked for in it, to the letter.
  package struct Condition: Hashable, Sendable {
    package var column: String
    package var values: [String]
  }

  /// The most rejects of content that a file may have.
  package enum RejectLimit: Hashable, Sendable {
    case rows(Int)
    /// A share of the rows, 0–1.
    case share(Double)
  }

  package var name: String
  /// Globs over file names.
  package var match: [FilePattern]
  /// Feeds whose files of the same day are read first.
  package var after: [String]
  package var format: Format
  package var dialect: CSVDialect

  package var account: String
  /// Whether the account is a whole number, however it is written: `17850.0` is `17850`.
  package var accountIsInteger: Bool
  package var aliases: [String]
  /// The column with the account's name.
  package var accountName: String?
  package var unknownAccounts: UnknownAccounts

  /// The time of lines that name none.
  package var at: TimeSource
  /// How a file's name tells its day.
  package var day: FilePattern?

  /// Texts that stand for nothing; the empty one always does.
  package var nulls: [String]
  /// A row that meets any of these is left out.
  package var skip: [Condition]
  /// Numbers that words stand for.
  package var words: [String: Double]
  package var number: NumberFormat

  /// Attributes by name, with their columns, in the order of the file.
  package var attributes: [Attribute]
  /// From when attributes hold; nil: from the file's day where there is one, else from the row's `at`.
  package var attributesAt: TimeSource?
  /// Whether a blank cell clears an attribute; else it states nothing.
  package var clearsBlankAttributes: Bool

  /// What each row says, in the order of the file; the long form is one line whose signal is a column.
  package var lines: [FeedLine]
  /// A row that meets any of these withdraws all events of its ids.
  package var gone: [Condition]
  /// Whether a file says everything about its day.
  package var isComplete: Bool
  /// Whether rows without an account say on which days the source spoke of a signal; else it speaks of all on each of its days.
  package var speaksByRows: Bool
  package var maxRejects: RejectLimit?

  /// The same for every way of writing the same definition; 16 hexadecimal digits.
  package var hash: String
  /// The file it was read from, and where in it `after`, `match` and `day` stand, for problems.
  package var file: String
  package var afterPlace: Place?
  package var matchPlace: Place?
  package var dayPlace: Place?
  /// Whether it ships with the program, for files that the program wrote.
  package var isShipped = false

  package struct Attribute: Hashable, Sendable {
    package var name: String
    /// The column that says the name, written `{COLUMN}`.
    package var nameColumn: String?
    package var column: String
  }
}

/// One thing that each row of a feed's file says about one signal.
package struct FeedLine: Hashable, Sendable {
  /// Which signal.
  package enum SignalName: Hashable, Sendable {
    case fixed(String)
    /// An instance of a declared pattern: `product.feature:` and what the column says.
    case instance(prefix: String, column: String)
    /// The long form: the column says it.
    case column(String)
  }

  /// What number (or text, or date) a fact carries.
  package enum Value: Hashable, Sendable {
    /// An event without one.
    case absent
    case constant(Double)
    case column(String)
    case product([Factor])
  }

  package enum Factor: Hashable, Sendable {
    case constant(Double)
    case column(String)
  }

  package var signal: SignalName
  /// The signal's kind; nil in the long form, where each row has its own.
  package var kind: SignalKind?
  /// The line's name under its signal, `line: open`, which is part of an event's identity.
  package var name: String?
  /// The line's place among the lines of its signal, from 0; the identity where there is no name.
  package var ordinal: Int
  package var value: Value
  /// How the value is written where the signal is a date.
  package var date: Feed.TimeColumn?
  /// The columns that make an event's id; empty where the source has none.
  package var event: [String]
  package var at: Feed.TimeSource
  package var text: String?
  package var author: String?
  package var reason: String?
  /// Only rows that meet all of these say it.
  package var only: [Feed.Condition]
  /// A row that meets any of these withdraws the events of its id of all lines of the signal.
  package var gone: [Feed.Condition]
  /// Whether rows of one file with one id are one event, with the sum of their values.
  package var adds: Bool
  /// Whether a moment later than tomorrow is stored rather than refused.
  package var keepsFuture: Bool
  /// Whether a row whose value is blank is an event without a value, rather than none.
  package var keepsValueless: Bool
}

extension Feed {
  /// Whether a file of this name (without its folder) is this feed's. A name that ends in `.gz` counts as the name without.
  package func matches(_ fileName: String) -> Bool {
    match.contains { pattern in Feed.plainNames(fileName).contains { pattern.match($0) != nil } }
  }

  /// The day that a file's name tells.
  package func fileDay(_ fileName: String) -> Day? {
    guard let day else { return nil }
    return Feed.plainNames(fileName).lazy.compactMap { day.match($0)?.day }.first
  }

  private static func plainNames(_ name: String) -> [String] { name.hasSuffix(".gz") ? [name, String(name.dropLast(3))] : [name] }
}
