import Health
import Storage

/// What a database holds, and how far its feeds have told.
package struct StatusReport: Codable, Hashable, Sendable {
  /// One feed.
  package struct Feed: Codable, Hashable, Sendable {
    package var feed: String
    /// Live imports.
    package var imports: Int
    package var firstDay: Day?
    package var lastDay: Day?
  }

  package var database: String
  package var schema: Int
  package var bytes: Int
  /// Accounts that a live import vouches for.
  package var accounts: Int
  /// Those that count on the as-of day, and those that have left by then.
  package var counted: Int
  package var gone: Int
  /// Facts that live imports wrote.
  package var facts: Int
  package var signals: Int
  package var firstDay: Day?
  package var lastDay: Day?
  /// Nil where nothing was imported yet.
  package var asOf: Day?
  package var live: Int
  package var reverted: Int
  package var failed: Int
  package var lastImport: Int?
  package var lastImported: Int64?
  /// The scores recorded last; nil where none were.
  package var recorded: RecordedScores.Run?
  package var feeds: [Feed]

  package init(_ viewpoint: Viewpoint, today: Day) throws {
    let history = viewpoint.history
    (database, schema, bytes) = (history.connection.path, try history.schemaVersion(), try history.size())
    let log = try ImportLog.all(history)
    let lives = log.filter(\.isLive)
    (live, failed) = (lives.count, log.filter { $0.error != nil }.count)
    reverted = log.count - live - failed
    (lastImport, lastImported) = (lives.last?.id, lives.last?.finished)
    recorded = try RecordedScores.last(history)
    facts = lives.reduce(0) { $0 + $1.facts[.new] + $1.facts[.corrected] + $1.facts[.older] }
    signals = history.signals.count
    let speeches = try history.speeches(viewpoint.knowledge)
    let count = Dictionary(grouping: lives, by: \.feed).mapValues(\.count)
    let days = Dictionary(uniqueKeysWithValues: speeches.map { ($0.feed, $0.runs) })
    feeds = count.keys.sorted().map { feed in
      let runs = days[feed] ?? []
      return Feed(feed: feed, imports: count[feed] ?? 0, firstDay: runs.map(\.lowerBound).min(), lastDay: runs.map(\.upperBound).max())
    }
    (firstDay, lastDay) = (feeds.compactMap(\.firstDay).min(), feeds.compactMap(\.lastDay).max())
    asOf = DefaultDay.day(of: speeches.filter { !$0.isTyped }.map(\.runs), today: today)
    accounts = try history.accounts(viewpoint.knowledge).count
    (counted, gone) = try StatusReport.members(viewpoint, on: asOf)
  }

  private static func members(_ viewpoint: Viewpoint, on day: Day?) throws -> (counted: Int, gone: Int) {
    guard let day else { return (0, 0) }
    var (counted, gone) = (0, 0)
    let tiles = viewpoint.tiles()
    try tiles.prepare([], days: day...day)
    let all = try viewpoint.history.accountCount()
    for first in stride(from: 0, to: all, by: Layout.shardSize) {
      for member in try tiles.memberships(accounts: first..<min(all, first + Layout.shardSize)) {
        counted += member.counts(on: day) ? 1 : 0
        gone += member.start.map { $0 <= day } ?? false && member.isGone(on: day) ? 1 : 0
      }
    }
    return (counted, gone)
  }
}
