import Health

/// Everything that is known of some accounts, fact by fact. Days are numbers.
package struct OracleFacts {
  /// One reading or event.
  package struct Fact {
    package var day: Int
    /// Nil for a text without a number.
    package var value: Double?

    package init(day: Int, value: Double?) { (self.day, self.value) = (day, value) }
  }
  /// When one account belongs to the portfolio.
  package struct Life {
    package var start: Int?
    /// From each day on, whether an attribute takes it out.
    package var exclusions: [(day: Int, isExcluded: Bool)] = []
    package var churns: [Int] = []
    package var returns: [Int] = []

    package init(start: Int?) { self.start = start }
  }

  package var accounts: [Int] = []
  /// By signal and account, in the order of their time.
  package var facts: [String: [Int: [Fact]]] = [:]
  /// The days on which some feed of a signal spoke; a signal that is not here never had one.
  package var spoken: [String: Set<Int>] = [:]
  /// Signals that only people type.
  package var typed: Set<String> = []
  package var lives: [Int: Life] = [:]
  /// By name and account: the value from each day on.
  package var attributes: [String: [Int: [(day: Int, value: String?)]]] = [:]
  /// What the numbers of labels stand for.
  package var words: [Double: String] = [:]
  package var overrides: [Override] = []

  package init() {}

  /// "If its start is not after D, it is not excluded as of D, and the latest of churn and return not after D is not a churn (on one
  /// day, the churn wins)."
  func isCounted(_ account: Int, on day: Int) -> Bool {
    guard let life = lives[account], let start = life.start, start <= day else { return false }
    if life.exclusions.last(where: { $0.day <= day })?.isExcluded ?? false { return false }
    let lastChurn = life.churns.filter { $0 <= day }.max()
    let lastReturn = life.returns.filter { $0 <= day }.max()
    guard let lastChurn else { return true }
    return lastReturn.map { $0 > lastChurn } ?? false
  }

  func attribute(_ name: String, of account: Int, on day: Int) -> String? {
    attributes[name]?[account]?.last { $0.day <= day }?.value
  }
}
