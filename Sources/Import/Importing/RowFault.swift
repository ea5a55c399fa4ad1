import Health
import Storage

/// Why a row is refused: a code, the cell, and what to say.
struct RowFault: Error {
  var code: String
  /// Index of the cell; nil for the row as a whole.
  var cell: Int?
  var message: String
  /// The known word that comes nearest.
  var nearest: String?
  /// What to do.
  var hint: String?

  init(_ code: String, cell: Int? = nil, _ message: String, nearest: String? = nil, hint: String? = nil) {
    (self.code, self.cell, self.message, self.nearest, self.hint) = (code, cell, message, nearest, hint)
  }

  /// The same as a fault of the file as a whole, where no row is to blame.
  func problem(file: String) -> Problem {
    Problem(code, .badInput, message, place: Place(file: file), hint: nearest.map { "did you mean \($0)?" } ?? hint)
  }

  /// Faults of a file's form, which by default no file may have; the others are faults of its content.
  static func isStructural(_ code: String) -> Bool {
    [
      "stray-quote", "after-quote", "unterminated-quote", "row-too-long", "encoding", "too-few-cells", "too-many-cells", "bad-json",
      "duplicate-key",
    ].contains(code)
  }
}

/// A signal that a row names and the catalogue lacks. The message is kept with the refused row, so it tells the signal later.
struct UndeclaredSignal {
  static let code = "unknown-signal"
  private static let ending = " is not in signals.yaml"
  let key: String

  init(key: String) { self.key = key }

  /// The signal that a kept message speaks of.
  init?(message: String) {
    guard message.hasSuffix(Self.ending) else { return nil }
    key = String(message.dropLast(Self.ending.count))
  }

  var message: String { key + Self.ending }
}
