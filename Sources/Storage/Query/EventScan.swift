import Health

/// Walks over the events in force, shard by shard; within a shard by account and moment.
final class EventScan: TableScan {
  private struct Found {
    var revision: EventRevision
    var rank: UInt32
    var importID: Int
  }

  private let tables: QueryTables
  private let filter: ScanFilter
  private let accounts: Set<Int>?
  private let lines: [Int: Int]
  private var shards: ArraySlice<Int>
  private var rows: [Found] = []
  private var place = -1

  init(_ tables: QueryTables, _ filter: ScanFilter) throws {
    (self.tables, self.filter) = (tables, filter)
    let (ids, shards) = tables.accounts(filter)
    (accounts, self.shards) = (ids, shards[...])
    let all = try tables.history.connection.prepare("SELECT id, signal FROM line").all { ($0.int(0), $0.int(1)) }
    let wanted = filter.signal.map { tables.history.signalID($0) ?? -1 }
    lines = Dictionary(uniqueKeysWithValues: all.filter { wanted ?? $0.1 == $0.1 })
  }

  func next() throws -> Bool {
    place += 1
    while place >= rows.count {
      guard let shard = shards.popFirst() else { return false }
      (rows, place) = (try read(shard), 0)
    }
    return true
  }

  func value(_ column: Int) throws -> QueryValue {
    let (row, revision) = (rows[place], rows[place].revision)
    switch column {
    case 0: return .text(tables.keys[tables.knowledge.merges.root(of: revision.account)] ?? "")
    case 1: return .text(lines[revision.line].map { tables.history.signalKey($0) } ?? "")
    case 2: return .text(revision.moment.day.description)
    case 3: return .text(revision.moment.description)
    case 4: return revision.flags.contains(.valueless) ? .null : .number(revision.value)
    case 5, 6, 7:
      guard revision.flags.contains(.worded) else { return .null }
      let sql = "SELECT text, author, reason FROM event_text WHERE source = ? AND line = ? AND import = ?"
      let words = try tables.history.connection.prepare(sql).first(revision.source, revision.line, row.importID) { $0.value(column - 5) }
      return words ?? .null
    case 8: return .integer(Int64(row.importID))
    default: return .integer(Int64(revision.identity))
    }
  }

  private func read(_ shard: Int) throws -> [Found] {
    // The room of the shard before is used again: two of them would be twice the memory.
    var found = rows
    rows = []
    found.removeAll(keepingCapacity: true)
    var revised: Set<UInt64> = []  // events that may have more than one revision
    let knowledge = tables.knowledge
    try tables.history.connection.prepare("SELECT import, data FROM event_chunk WHERE shard = ? ORDER BY id").each(shard) { row in
      let importID = row.int(0)
      guard knowledge.rank(of: importID) > 0 else { return }
      try row.blob(1) { bytes in
        try EventChunk.forEach(bytes, importID: importID, shard: shard, wanted: { lines[$0] != nil }) { revision in
          let day = revision.moment.day
          let rank =
            revision.flags.contains(.idless) ? knowledge.uncoveredRank(of: importID, day: day) : knowledge.rank(of: importID, day: day)
          guard rank > 0 else { return }
          if revision.flags.contains(.revises) { revised.insert(revision.identity) }
          found.append(Found(revision: revision, rank: rank, importID: importID))
        }
      }
    }
    keepBest(revised, in: &found)
    found.removeAll { !isTold($0.revision, in: shard) }
    // Of one moment the one that is in force comes last, as in a file that stated them in order.
    found.sort {
      ($0.revision.account, $0.revision.moment, $0.rank, $0.revision.identity)
        < ($1.revision.account, $1.revision.moment, $1.rank, $1.revision.identity)
    }
    return found
  }

  /// Of events with several revisions only the one of the highest rank stays, and of one rank the last.
  private func keepBest(_ revised: Set<UInt64>, in found: inout [Found]) {
    guard !revised.isEmpty else { return }
    var best: [UInt64: Int] = [:]
    for (place, one) in found.enumerated() where revised.contains(one.revision.identity) {
      if let known = best[one.revision.identity], found[known].rank > one.rank { continue }
      best[one.revision.identity] = place
    }
    var place = -1
    found.removeAll { one in
      place += 1
      return best[one.revision.identity].map { $0 != place } ?? false
    }
  }

  /// An event that moved has its revisions in each shard; it is told in the one of its account.
  private func isTold(_ revision: EventRevision, in shard: Int) -> Bool {
    guard !revision.flags.contains(.withdrawn), filter.days.contains(revision.moment.day), Layout.shard(of: revision.account) == shard
    else { return false }
    return accounts?.contains(revision.account) ?? (tables.keys[tables.knowledge.merges.root(of: revision.account)] != nil)
  }
}
