import Health

/// Walks over the readings in force: shard by shard and day by day, within a day by signal, account and time.
final class ReadingScan: TableScan {
  private struct Found {
    var account: Int
    var signal: Int
    var time: UInt32
    var rank: UInt32
    var order: Int
    var value: Double
    var importID: Int
  }
  private struct Late {
    var found: Found
    var day: Day
  }

  private let tables: QueryTables
  private let accounts: Set<Int>?
  private let signal: Int?
  private let days: ClosedRange<Day>?
  private var shards: ArraySlice<Int>
  private var shard = 0
  private var day = Day(0)
  private var late: [Day: [Found]] = [:]
  private var rows: [Found] = []
  private var place = -1
  /// What merges make of the accounts that they concern; told after the last shard.
  private var merged: [(account: Int, fact: AccountFact)]?
  private var mergedPlace = -1

  init(_ tables: QueryTables, _ filter: ScanFilter) throws {
    self.tables = tables
    (accounts, signal) = (tables.accounts(filter).ids, filter.signal.map { tables.history.signalID($0) ?? -1 })
    days = try tables.days(filter)
    shards = days == nil || signal == -1 ? [] : tables.accounts(filter).shards[...]
    filterSignal = filter.signal
  }
  private let filterSignal: String?

  func next() throws -> Bool {
    place += 1
    while place >= rows.count {
      if merged != nil { return try nextMerged() }
      guard let days else { return false }
      if late.isEmpty, rows.isEmpty, place == 0, shard == 0, day == Day(0) {
        guard try openShard(days) else { return try nextMerged() }
      } else if day < days.upperBound {
        day = day + 1
      } else if try !openShard(days) {
        return try nextMerged()
      }
      (rows, place) = (try read(day), 0)
    }
    return true
  }

  func value(_ column: Int) throws -> QueryValue {
    if mergedPlace >= 0, let row = merged?[mergedPlace] {
      return try value(
        column, account: row.account, signal: row.fact.subject, row.fact.moment, row.fact.value ?? 0, importID: row.fact.importID)
    }
    let row = rows[place]
    let moment = Moment(day, millisecond: Int32(truncatingIfNeeded: Int(row.time) - 1))
    return try value(
      column, account: row.account, signal: tables.history.signalKey(row.signal), moment, row.value, importID: row.importID)
  }

  private func value(
    _ column: Int, account: Int, signal: String, _ moment: Moment, _ number: Double, importID: Int
  ) throws -> QueryValue {
    switch column {
    case 0: return .text(tables.keys[account] ?? "")
    case 1: return .text(signal)
    case 2: return .text(moment.day.description)
    case 3: return .text(moment.description)
    case 4: return try tables.words(signal, number).map { .text($0) } ?? .number(number)
    default: return .integer(Int64(importID))
    }
  }

  /// Goes on to the next shard and its late readings.
  private func openShard(_ days: ClosedRange<Day>) throws -> Bool {
    guard let next = shards.popFirst() else { return false }
    (shard, day, late) = (next, days.lowerBound, [:])
    let sql = "SELECT import, data FROM late WHERE shard = ? AND last_day >= ? AND first_day <= ? ORDER BY id"
    var order = 1 << 20
    try tables.history.connection.prepare(sql).each(shard, days.lowerBound.number, days.upperBound.number) { row in
      let importID = row.int(0)
      guard tables.knowledge.rank(of: importID) > 0 else { return }
      try row.blob(1) { bytes in
        try Sliver.forEach(bytes, importID: importID, shard: shard) { reading in
          let account = shard * Layout.shardSize + reading.slot
          let rank = tables.knowledge.uncoveredRank(of: importID, day: reading.day)
          guard days.contains(reading.day), rank > 0, isWanted(account), signal ?? reading.signal == reading.signal else { return }
          order += 1
          late[reading.day, default: []].append(
            Found(
              account: account, signal: reading.signal, time: reading.time, rank: rank, order: order, value: reading.value,
              importID: importID))
        }
      }
    }
    return true
  }

  private func isWanted(_ account: Int) -> Bool {
    guard tables.knowledge.merges.isEmpty || !tables.knowledge.merges.concerns(account) else { return false }
    return accounts?.contains(account) ?? (tables.keys[account] != nil)
  }

  private func read(_ day: Day) throws -> [Found] {
    var found: [Found] = []
    var order = 0
    let range = ChunkKey.range(day: day, shard: shard)
    let statement = try tables.history.connection.prepare("SELECT key, data FROM chunk WHERE key BETWEEN ? AND ? ORDER BY key")
    try statement.each(range.lowerBound, range.upperBound) { row in
      let key = ChunkKey(packed: row.int64(0))
      let rank = tables.knowledge.uncoveredRank(of: key.importID, day: day)
      guard rank > 0, signal.map({ $0 / Layout.blockSize == key.block }) ?? true else { return }
      try row.blob(1) { bytes in
        let view = try ChunkView(bytes, key: key)
        for index in 0..<view.columnCount {
          let own = key.block * Layout.blockSize + view.signal(index)
          guard signal ?? own == own else { continue }
          let column = view.column(index)
          column.forEach(in: 0..<Layout.shardSize) { slot, place in
            let account = shard * Layout.shardSize + slot
            guard isWanted(account) else { return }
            order += 1
            found.append(
              Found(
                account: account, signal: own, time: column.time(place), rank: rank, order: order, value: column.value(place),
                importID: key.importID))
          }
        }
      }
    }
    found += late[day] ?? []
    found.sort { ($0.signal, $0.account, $0.time, $0.rank, $0.order) < ($1.signal, $1.account, $1.time, $1.rank, $1.order) }
    // Of one moment the highest rank is in force, and of one import its later part.
    return found.indices.filter { index in
      guard index + 1 < found.count else { return true }
      let (a, b) = (found[index], found[index + 1])
      return a.signal != b.signal || a.account != b.account || a.time != b.time
    }.map { found[$0] }
  }

  private func nextMerged() throws -> Bool {
    let told = try merged ?? mergedFacts()
    merged = told
    mergedPlace += 1
    return mergedPlace < told.count
  }

  private func mergedFacts() throws -> [(account: Int, fact: AccountFact)] {
    guard let days, !tables.knowledge.merges.isEmpty, signal != -1 else { return [] }
    let roots = tables.knowledge.merges.members.keys.filter { root in tables.keys[root] != nil && accounts?.contains(root) ?? true }
      .sorted()
    return try roots.flatMap { root in
      try AccountHistory(tables.history, knowledge: tables.knowledge, account: root).facts(days: days, subjects: filterSignal.map { [$0] })
        .filter { $0.form == .reading }.map { (root, $0) }
    }
  }
}
