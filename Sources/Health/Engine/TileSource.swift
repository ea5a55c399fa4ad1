/// How much of a signal's history a card needs.
package struct SignalUse: Hashable, Sendable {
  package var signal: String
  /// Days before the first scored day that are needed day by day.
  package var lookback: Int
  /// Days before those within which the last value may lie; nil for the whole past.
  package var reach: Int?

  package init(signal: String, lookback: Int, reach: Int?) { (self.signal, self.lookback, self.reach) = (signal, lookback, reach) }
}

/// When an account belongs to the portfolio.
package struct Membership: Sendable {
  /// `started`, else the first reading or event; nil where there is neither.
  package var start: Day?
  /// From each day on, whether the account is excluded; ascending.
  package var exclusions: [(from: Day, isExcluded: Bool)]
  /// Days of `outcome.churn` and `outcome.return`.
  package var churns: [Day]
  package var returns: [Day]

  package init(start: Day? = nil, exclusions: [(from: Day, isExcluded: Bool)] = [], churns: [Day] = [], returns: [Day] = []) {
    (self.start, self.exclusions, self.churns, self.returns) = (start, exclusions, churns, returns)
  }

  /// Whether the account counts on a day.
  package func counts(on day: Day) -> Bool { start.map { $0 <= day } ?? false && !isExcluded(on: day) && !isGone(on: day) }

  /// Whether an attribute takes the account out of the count on a day.
  package func isExcluded(on day: Day) -> Bool { exclusions.last { $0.from <= day }?.isExcluded ?? false }

  /// Whether it has left: the latest of churn and return not after the day is a churn; on one day the churn wins.
  package func isGone(on day: Day) -> Bool { left(by: day) != nil }

  /// Since when it has been away on a day: the first churn after the last return, or nil where it is there.
  package func left(by day: Day) -> Day? {
    let told = churns.filter { $0 <= day }
    guard !told.isEmpty else { return nil }
    // On one day the churn wins, as though nobody had come back.
    let comeback = returns.filter { $0 <= day && !told.contains($0) }.max()
    return told.filter { churn in comeback.map { $0 < churn } ?? true }.min()
  }
}

/// The value of an attribute from a day on; nil where it was cleared.
package typealias AttributeStep = (from: Day, value: String?)

/// Where the engine gets its history from: what is visible of a workspace, tile by tile.
package protocol TileSource: AnyObject {
  /// Announces what the next tiles need, so that a shard is read once.
  func prepare(_ uses: [SignalUse], days: ClosedRange<Day>) throws
  /// One signal of some neighbouring accounts of one shard, from `days.lowerBound − use.lookback` to `days.upperBound`.
  func daily(_ use: SignalUse, accounts: Range<Int>) throws -> Daily
  /// On which days the signal's feeds spoke.
  func silence(of signal: String) throws -> Silence
  /// When each of the accounts belongs to the portfolio.
  func memberships(accounts: Range<Int>) throws -> [Membership]
  /// The numbers by which readings of label signals stand for this text, compared without case.
  func labelNumbers(like text: String) throws -> [Double]
  /// How many accounts there are: their ids run from 0.
  func accountCount() throws -> Int
  /// The signals of a pattern `dimension.name:*` that were ever spoken of, sorted.
  func instances(of pattern: String) throws -> [String]
  /// The changes of an attribute, whose name compares without case, of each of the accounts; ascending.
  func attribute(_ name: String, accounts: Range<Int>) throws -> [[AttributeStep]]
  /// What people decided about the scores of the accounts.
  func overrides(accounts: Range<Int>) throws -> [Override]
}

extension TileSource {
  /// On which days the feeds of a signal spoke; those of a pattern when those of any of its instances did.
  func silence(of signal: Signal) throws -> Silence {
    guard signal.isPattern else { return try silence(of: signal.key) }
    let all = try instances(of: signal.key).map { try silence(of: $0) }
    return Silence(spoken: all.flatMap(\.spoken), isTyped: !all.isEmpty && all.allSatisfy(\.isTyped))
  }
}
