import Health

// The one filter that every reader of facts uses. Four rules decide which facts count:
//
// 1. Rank. Of several visible imports that speak of the same thing the highest rank wins. Ranks order imports by
//    (backfill before the rest, file day or else day of finish, moment of finish, id).
// 2. Live. An import counts while its newest entry in `import_state` says so.
// 3. Known by K. An import counts by its newest entry not after K. A backfill is judged by its state now, and each of its facts
//    counts as known from the end of the fact's own day.
// 4. Covers. On a day that a visible import covers, facts of the same feed from lower-ranked imports are hidden, save events
//    with an id.

/// Which imports' facts are visible, and which of them wins.
package struct Knowledge: Sendable {
  /// What the ledger says of one import.
  package struct Entry: Sendable {
    package let id: Int
    package let feed: Int
    package let fileDay: Day?
    package let finished: Int64
    package var backfill: Bool
    package var live: Bool
    /// The entry of the log since which it stands as it does.
    package var since: Int
  }

  /// The moment whose knowledge this is, as an instant; nil means everything known now.
  package let knownBy: Int64?
  /// The visible imports, by ascending rank.
  package let visible: [Entry]
  /// By import id: 0 where it is not visible, else its place in `visible` + 1.
  private let ranks: [UInt32]
  private let backfills: [Bool]
  private let feeds: [Int32]
  private let lastBackfillDay: Day
  private var covers: [UInt64: UInt32] = [:]
  private var origins: [UInt32: UInt32] = [:]
  /// Which accounts count as others.
  package private(set) var merges = Merges()

  /// Reads the ledger. `knownBy` nil means now.
  package init(_ connection: Connection, zone: CalendarZone, knownBy: Int64? = nil) throws {
    var entries = try Knowledge.ledger(connection, knownBy: knownBy)
    entries.removeAll { !$0.live }
    self.init(entries.map { ($0, Knowledge.order($0, zone)) }.sorted { $0.1 < $1.1 }.map(\.0), zone: zone, knownBy: knownBy)
    try connection.prepare("SELECT import, day FROM covers").each { row in cover(row.int(0), Day(row.int(1))) }
    merges = try Merges(connection) { [self] in rank(of: $0) }
    try readOrigins(connection)
  }

  private mutating func readOrigins(_ connection: Connection) throws {
    // Oldest first, so that what an import mends has its own origin already, be it live or not.
    var lowest: [Int: UInt32] = [:]
    try connection.prepare("SELECT id, mends FROM import WHERE mends IS NOT NULL ORDER BY id").each { row in
      let (id, mended) = (row.int(0), row.int(1))
      let below = lowest[mended] ?? rank(of: mended)
      lowest[id] = below > 0 ? below : rank(of: id)
      if rank(of: id) > 0 { origins[rank(of: id)] = lowest[id] }
    }
  }

  /// What is known once one more import is that merges no accounts and mends no other import: what `init` would read, without reading it again.
  func adding(_ entry: Entry, covers days: [Day], zone: CalendarZone) -> Knowledge? {
    // In the middle it would move the ranks that `covers` remembers; that is rare enough to read everything.
    guard knownBy == nil, visible.last.map({ Knowledge.order($0, zone) < Knowledge.order(entry, zone) }) ?? true else { return nil }
    var next = Knowledge(visible + [entry], zone: zone, knownBy: nil)
    (next.covers, next.merges, next.origins) = (covers, merges, origins)
    for day in days { next.cover(entry.id, day) }
    return next
  }

  private typealias Order = (Int, Int32, Int64, Int)

  private static func order(_ entry: Entry, _ zone: CalendarZone) -> Order {
    (entry.backfill ? 0 : 1, (entry.fileDay ?? zone.moment(of: entry.finished).day).number, entry.finished, entry.id)
  }

  private mutating func cover(_ importID: Int, _ day: Day) {
    let rank = rank(of: importID, day: day)
    guard rank > 0 else { return }
    let key = Knowledge.coverKey(feed: feeds[importID], day: day)
    covers[key] = max(covers[key] ?? 0, rank)
  }

  /// Takes visible imports by ascending rank; covers are added afterwards.
  private init(_ visible: [Entry], zone: CalendarZone, knownBy: Int64?) {
    (self.visible, self.knownBy) = (visible, knownBy)
    let size = (visible.map(\.id).max() ?? 0) + 1
    var (ranks, backfills, feeds) = (
      [UInt32](repeating: 0, count: size), [Bool](repeating: false, count: size), [Int32](repeating: 0, count: size)
    )
    for (place, entry) in visible.enumerated() {
      ranks[entry.id] = UInt32(place + 1)
      backfills[entry.id] = entry.backfill
      feeds[entry.id] = Int32(entry.feed)
    }
    (self.ranks, self.backfills, self.feeds) = (ranks, backfills, feeds)
    lastBackfillDay = knownBy.map { Knowledge.lastDayEnded(by: $0, in: zone) } ?? Day.range.upperBound
  }

  private static func lastDayEnded(by instant: Int64, in zone: CalendarZone) -> Day {
    let day = zone.moment(of: instant).day
    return zone.end(of: day) <= instant ? day : day - 1
  }

  /// Every import that finished, with its state as the rules want it: by `knownBy` for most, now for backfills.
  private static func ledger(_ connection: Connection, knownBy: Int64?) throws -> [Entry] {
    var entries: [Int: Entry] = [:]
    let sql = """
      SELECT s.import, s.at, s.live, s.backfill, i.feed, i.file_day, i.finished, s.id
      FROM import_state AS s JOIN import AS i ON i.id = s.import ORDER BY s.id
      """
    var nowLive: [Int: Bool] = [:]
    try connection.prepare(sql).each { row in
      let id = row.int(0)
      let live = row.int(2) == 1
      var entry =
        entries[id]
        ?? Entry(
          id: id, feed: row.int(4), fileDay: row.optionalInt(5).map { Day($0) }, finished: row.int64(6), backfill: false, live: false,
          since: 0)
      entry.backfill = row.int(3) == 1
      entry.since = row.int(7)
      nowLive[id] = live
      if knownBy.map({ row.int64(1) <= $0 }) ?? true { entry.live = live }
      entries[id] = entry
    }
    return entries.values.map { entry in
      guard entry.backfill else { return entry }
      var judged = entry
      judged.live = nowLive[entry.id] ?? false
      return judged
    }
  }

  /// The rank of an import's fact on a day, before covers; 0 where it is not visible.
  @inline(__always) package func rank(of importID: Int, day: Day) -> UInt32 {
    guard importID < ranks.count else { return 0 }
    let rank = ranks[importID]
    return rank > 0 && backfills[importID] && day > lastBackfillDay ? 0 : rank
  }

  /// The rank of an import's reading or id-less event on a day; 0 where it is not visible or is covered.
  @inline(__always) package func uncoveredRank(of importID: Int, day: Day) -> UInt32 {
    let rank = rank(of: importID, day: day)
    if rank == 0 || covers.isEmpty { return rank }
    guard let cover = covers[Knowledge.coverKey(feed: feeds[importID], day: day)], cover > rank else { return rank }
    return 0
  }

  /// The rank of the first import of those that a visible import of some rank adds its mended rows to; its own where it mends none.
  func origin(ofRank rank: UInt32) -> UInt32 { origins[rank] ?? rank }

  /// The highest rank of the visible imports of a feed that say everything about a day; 0 where there is none.
  func cover(feed: Int, day: Day) -> UInt32 {
    covers.isEmpty ? 0 : covers[Knowledge.coverKey(feed: Int32(feed), day: day)] ?? 0
  }

  /// The days of a run on which an import's facts can be visible; nil where it is not visible on any of them.
  package func visibleDays(of run: ClosedRange<Day>, importID: Int) -> ClosedRange<Day>? {
    guard rank(of: importID) > 0 else { return nil }
    guard backfills[importID] else { return run }
    return run.lowerBound <= lastBackfillDay ? run.lowerBound...min(run.upperBound, lastBackfillDay) : nil
  }

  /// Whether a visible import is a backfill.
  func isBackfill(_ importID: Int) -> Bool { importID < backfills.count && backfills[importID] }

  /// The rank of an import without regard to days; 0 where it is not visible at all.
  package func rank(of importID: Int) -> UInt32 { importID < ranks.count ? ranks[importID] : 0 }

  /// The visible imports that stand as they do only since after an entry of the log.
  func changed(after entry: Int) -> [Entry] { visible.filter { $0.since > entry } }

  /// Whether there is a day that a visible import covers.
  var hasCovers: Bool { !covers.isEmpty }

  /// The feed of a visible import.
  func feed(of importID: Int) -> Int? { rank(of: importID) > 0 ? Int(feeds[importID]) : nil }

  private static func coverKey(feed: Int32, day: Day) -> UInt64 {
    UInt64(UInt32(bitPattern: feed)) << 32 | UInt64(UInt32(bitPattern: day.number))
  }
}
