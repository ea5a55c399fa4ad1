import Health

/// The visible readings of one shard over a stretch of days, for some signals: references into chunks, and slivers one by one.
final class ShardReadings {
  /// A column of one chunk.
  struct ColumnRef {
    let day: Day
    let rank: UInt32
    let column: ChunkView.Column
  }
  /// A reading of a sliver.
  struct LateRef {
    let day: Day
    let slot: Int
    let time: UInt32
    let rank: UInt32
    let value: Double
  }
  /// What is known of one signal: by day, and within a day by rank and part.
  struct SignalReadings {
    var columns: [ColumnRef] = []
    var late: [LateRef] = []
  }

  let shard: Int
  private let arena = Arena()
  private(set) var signals: [Int: SignalReadings] = [:]

  /// Reads what is wanted of the shard: for each signal its readings from a day on, all up to `last`.
  init(_ connection: Connection, knowledge: Knowledge, shard: Int, from firstDays: [Int: Day], through last: Day) throws {
    self.shard = shard
    guard let first = firstDays.values.min(), first <= last else { return }
    try readChunks(connection, knowledge, firstDays, first...last)
    try readSlivers(connection, knowledge, firstDays, first...last)
  }

  private func readChunks(_ connection: Connection, _ knowledge: Knowledge, _ firstDays: [Int: Day], _ days: ClosedRange<Day>) throws {
    let blocks = Set(firstDays.keys.map { $0 / Layout.blockSize })
    let statement = try connection.prepare("SELECT key, data FROM chunk WHERE key BETWEEN ? AND ?")
    var day = days.lowerBound
    while day <= days.upperBound {
      let range = ChunkKey.range(day: day, shard: shard)
      var found: [(rank: UInt32, key: ChunkKey, view: ChunkView)] = []
      try statement.each(range.lowerBound, range.upperBound) { row in
        let key = ChunkKey(packed: row.int64(0))
        let rank = knowledge.uncoveredRank(of: key.importID, day: day)
        guard rank > 0, blocks.contains(key.block) else { return }
        found.append((rank, key, try row.blob(1) { try ChunkView(arena.copy($0), key: key) }))
      }
      if found.count > 1 { found.sort { ($0.rank, $0.key) < ($1.rank, $1.key) } }
      for (rank, key, view) in found {
        for index in 0..<view.columnCount {
          let signal = key.block * Layout.blockSize + view.signal(index)
          guard let from = firstDays[signal], from <= day else { continue }
          signals[signal, default: SignalReadings()].columns.append(ColumnRef(day: day, rank: rank, column: view.column(index)))
        }
      }
      day = day + 1
    }
  }

  private func readSlivers(_ connection: Connection, _ knowledge: Knowledge, _ firstDays: [Int: Day], _ days: ClosedRange<Day>) throws {
    let sql = "SELECT import, data FROM late WHERE shard = ? AND last_day >= ? AND first_day <= ? ORDER BY id"
    try connection.prepare(sql).each(shard, days.lowerBound.number, days.upperBound.number) { row in
      let importID = row.int(0)
      guard knowledge.rank(of: importID) > 0 else { return }
      try row.blob(1) { bytes in
        try Sliver.forEach(bytes, importID: importID, shard: shard) { reading in
          guard days.contains(reading.day), let from = firstDays[reading.signal], from <= reading.day else { return }
          let rank = knowledge.uncoveredRank(of: importID, day: reading.day)
          guard rank > 0 else { return }
          signals[reading.signal, default: SignalReadings()].late.append(
            LateRef(day: reading.day, slot: reading.slot, time: reading.time, rank: rank, value: reading.value))
        }
      }
    }
    for signal in signals.keys { signals[signal]?.late.sort { ($0.day, $0.rank) < ($1.day, $1.rank) } }
  }
}
