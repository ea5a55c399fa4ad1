import Health

// An account without a known start begins with its first reading or event. `first_fact` has the earliest day that an import states of
// an account, but only for imports that matter: a row is left out where another import, which is visible whenever this one is, states
// an earlier day. Rows are always true, so one too many does no harm; one too few would make an account younger than it is. Every
// change of an import's state therefore looks the facts up again and adds the rows that have come to matter.

/// Finds the rows that `first_fact` has to have.
struct FirstFacts {
  /// How an import stands, by the whole of its log.
  private struct Standing {
    var isBackfill: Bool
    var isLive: Bool
    /// The instant of its first entry.
    var since: Int64
    /// Whether no entry takes it out.
    var wasAlwaysLive: Bool

    /// Whether it counts at every moment from its start on; a backfill is judged by its state now.
    var isSteady: Bool { isBackfill ? isLive : wasAlwaysLive }
  }
  /// The earliest day found so far of an account in an import.
  private struct Candidate {
    var importID: Int
    var day: Day
  }

  private let history: History
  private let standings: [Int: Standing]

  init(_ history: History) throws {
    self.history = history
    var standings: [Int: Standing] = [:]
    try history.connection.prepare("SELECT import, at, live, backfill FROM import_state ORDER BY id").each { row in
      let (isLive, isBackfill) = (row.int(2) == 1, row.int(3) == 1)
      var standing =
        standings[row.int(0)] ?? Standing(isBackfill: isBackfill, isLive: isLive, since: row.int64(1), wasAlwaysLive: true)
      (standing.isBackfill, standing.isLive) = (isBackfill, isLive)
      if !isLive { standing.wasAlwaysLive = false }
      standings[row.int(0)] = standing
    }
    self.standings = standings
  }

  /// Adds the rows that accounts lack.
  func complete(_ accounts: Set<Int>) throws {
    let insert = try history.connection.prepare("INSERT OR IGNORE INTO first_fact (account, import, day) VALUES (?, ?, ?)")
    let spoken = try spokenDays()
    for (shard, members) in Dictionary(grouping: accounts, by: { Layout.shard(of: $0) }).sorted(by: { $0.key < $1.key }) {
      let found = try candidates(shard: shard, slots: members.map { Layout.slot(of: $0) }.sorted(), spoken)
      for (slot, candidates) in found.sorted(by: { $0.key < $1.key }) {
        for row in needed(candidates) { try insert.run(shard * Layout.shardSize + slot, row.importID, row.day.number) }
      }
    }
  }

  /// The accounts that an import has rows for.
  static func accounts(of importID: Int, _ connection: Connection) throws -> Set<Int> {
    Set(try connection.prepare("SELECT account FROM first_fact WHERE import = ?").all(importID) { $0.int(0) })
  }

  // MARK: Which rows matter

  /// The instant from which a fact of an import on a day counts.
  private func start(_ candidate: Candidate, _ standing: Standing) -> Int64 {
    standing.isBackfill ? history.zone.end(of: candidate.day) : standing.since
  }

  /// Whether whoever sees `late` also sees `early`, which is no later.
  private func makesNeedless(_ early: Candidate, _ late: Candidate) -> Bool {
    guard early.day <= late.day else { return false }
    if early.importID == late.importID { return true }
    guard let a = standings[early.importID], let b = standings[late.importID] else { return false }
    return a.isSteady && start(early, a) <= start(late, b)
  }

  private func needed(_ candidates: [Candidate]) -> [Candidate] {
    var kept: [Candidate] = []
    for candidate in candidates.sorted(by: { ($0.day, $0.importID) < ($1.day, $1.importID) })
    where !kept.contains(where: { makesNeedless($0, candidate) }) {
      kept.append(candidate)
    }
    return kept
  }

  // MARK: Looking the facts up

  private func spokenDays() throws -> [Day] {
    var days: Set<Int> = []
    try history.connection.prepare("SELECT first_day, last_day FROM spoke").each { days.formUnion($0.int(0)...$0.int(1)) }
    return days.sorted().map { Day($0) }
  }

  /// What the imports state of the accounts in some slots of a shard; candidates that others make needless may be missing.
  private func candidates(shard: Int, slots: [Int], _ spoken: [Day]) throws -> [Int: [Candidate]] {
    var found: [Int: [Candidate]] = [:]
    for slot in slots { found[slot] = [] }
    func note(_ slot: Int, _ importID: Int, _ day: Day) {
      guard let known = found[slot] else { return }
      if let place = known.firstIndex(where: { $0.importID == importID }) {
        if day < known[place].day { found[slot]?[place].day = day }
      } else {
        found[slot]?.append(Candidate(importID: importID, day: day))
      }
    }
    try StatedDays.forEachOutsideChunks(history.connection, shard: shard, note)
    var settled: (day: Day, start: Int64)?
    for day in spoken {
      try StatedDays.forEachChunk(history.connection, shard: shard, day: day) { key, presence in
        guard let standing = standings[key.importID] else { return }
        // Most nights state nothing that an earlier one had not stated already; their chunks are not even read.
        let candidate = Candidate(importID: key.importID, day: day)
        if let settled, settled.day <= day, settled.start <= start(candidate, standing) { return }
        let open = slots.filter { slot in !(found[slot] ?? []).contains { makesNeedless($0, candidate) } }
        guard !open.isEmpty else {
          settled = self.settled(found)
          return
        }
        let isPresent = try presence()
        for slot in open where isPresent[slot] { note(slot, key.importID, day) }
      }
    }
    return found
  }

  /// The day and instant from which on every account has a steady candidate that makes later ones needless; nil while one has none.
  private func settled(_ found: [Int: [Candidate]]) -> (day: Day, start: Int64)? {
    var latest = (day: Day(0), start: Int64.min)
    for candidates in found.values {
      let steady = candidates.compactMap { candidate -> (day: Day, start: Int64)? in
        guard let standing = standings[candidate.importID], standing.isSteady else { return nil }
        return (candidate.day, start(candidate, standing))
      }
      guard let first = steady.min(by: { $0.start < $1.start }) else { return nil }
      latest = (max(latest.day, first.day), max(latest.start, first.start))
    }
    return latest
  }
}

/// Goes over the days of readings and events, whatever they say.
enum StatedDays {
  /// Calls `body(slot, import, day)` with each reading of a sliver and each event of a shard. A withdrawal states nothing.
  /// With an import, only its own.
  static func forEachOutsideChunks(
    _ connection: Connection, shard: Int, of only: Int? = nil, _ body: (_ slot: Int, _ importID: Int, _ day: Day) -> Void
  ) throws {
    let condition = "WHERE shard = ?1 AND (?2 IS NULL OR import = ?2)"
    try connection.prepare("SELECT import, data FROM late \(condition)").each(shard, only) { row in
      let importID = row.int(0)
      try row.blob(1) { try Sliver.forEach($0, importID: importID, shard: shard) { body($0.slot, importID, $0.day) } }
    }
    try connection.prepare("SELECT import, data FROM event_chunk \(condition)").each(shard, only) { row in
      let importID = row.int(0)
      try row.blob(1) { bytes in
        try EventChunk.forEach(bytes, importID: importID, shard: shard) { event in
          guard !event.flags.contains(.withdrawn), Layout.shard(of: event.account) == shard else { return }
          body(Layout.slot(of: event.account), importID, event.moment.day)
        }
      }
    }
  }

  /// Calls `body` with each chunk of a shard's day, and with what reads which slots it has.
  static func forEachChunk(
    _ connection: Connection, shard: Int, day: Day, _ body: (_ key: ChunkKey, _ presence: () throws -> [Bool]) throws -> Void
  ) throws {
    let range = ChunkKey.range(day: day, shard: shard)
    try connection.prepare("SELECT key, data FROM chunk WHERE key BETWEEN ? AND ?").each(range.lowerBound, range.upperBound) { row in
      let key = ChunkKey(packed: row.int64(0))
      try body(key) { try row.blob(1) { try presence(in: $0, key) } }
    }
  }

  private static func presence(in bytes: UnsafeRawBufferPointer, _ key: ChunkKey) throws -> [Bool] {
    var isPresent = [Bool](repeating: false, count: Layout.shardSize)
    let view = try ChunkView(bytes, key: key)
    for index in 0..<view.columnCount { view.column(index).forEach(in: 0..<Layout.shardSize) { slot, _ in isPresent[slot] = true } }
    return isPresent
  }

  /// Every account that an import states a reading or event of.
  static func accounts(statedBy importID: Int, _ history: History) throws -> Set<Int> {
    let connection = history.connection
    var accounts: Set<Int> = []
    let shards = (try history.accountCount() + Layout.shardSize - 1) / Layout.shardSize
    for shard in 0..<shards {
      try forEachOutsideChunks(connection, shard: shard, of: importID) { slot, _, _ in accounts.insert(shard * Layout.shardSize + slot) }
    }
    let runs = try connection.prepare("SELECT first_day, last_day FROM spoke WHERE import = ?").all(importID) { $0.int(0)...$0.int(1) }
    for day in runs.joined() {
      for shard in 0..<shards {
        try forEachChunk(connection, shard: shard, day: Day(day)) { key, presence in
          guard key.importID == importID else { return }
          for (slot, isPresent) in try presence().enumerated() where isPresent { accounts.insert(shard * Layout.shardSize + slot) }
        }
      }
    }
    return accounts
  }
}
