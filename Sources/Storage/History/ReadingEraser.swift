import Health

/// Takes the readings of some accounts out of chunks and slivers, which are written anew without them.
struct ReadingEraser {
  private let history: History
  private let slots: [Int: Set<Int>]  // by shard
  private let isLabel: [Bool]  // by signal
  private var connection: Connection { history.connection }

  /// What was taken out.
  struct Erased {
    var count = 0
    /// The ids of the texts that readings stood for.
    var labels: Set<Int> = []
  }

  init(_ history: History, accounts: Set<Int>, isLabel: (String) -> Bool) throws {
    self.history = history
    slots = Dictionary(grouping: accounts, by: { Layout.shard(of: $0) }).mapValues { Set($0.map { Layout.slot(of: $0) }) }
    self.isLabel = history.signals.map(isLabel)
  }

  func erase() throws -> Erased {
    var erased = Erased()
    for (shard, members) in slots.sorted(by: { $0.key < $1.key }) {
      try eraseChunks(shard, members, &erased)
      try eraseSlivers(shard, members, &erased)
    }
    return erased
  }

  private func note(_ signal: Int, _ value: Double, _ erased: inout Erased) {
    erased.count += 1
    if signal < isLabel.count, isLabel[signal], let label = Int(exactly: value) { erased.labels.insert(label) }
  }

  /// The days that chunks speak of.
  private func days() throws -> ClosedRange<Day>? {
    try connection.prepare("SELECT min(key), max(key) FROM chunk").first { row in
      row.isNull(0) ? nil : ChunkKey(packed: row.int64(0)).day...ChunkKey(packed: row.int64(1)).day
    } ?? nil
  }

  private func eraseChunks(_ shard: Int, _ members: Set<Int>, _ erased: inout Erased) throws {
    guard let days = try days() else { return }
    for offset in 0...(days.upperBound - days.lowerBound) {
      let range = ChunkKey.range(day: days.lowerBound + offset, shard: shard)
      var changed: [(key: ChunkKey, columns: [ChunkColumn])] = []
      try connection.prepare("SELECT key, data FROM chunk WHERE key BETWEEN ? AND ?").each(range.lowerBound, range.upperBound) { row in
        let key = ChunkKey(packed: row.int64(0))
        let kept = try row.blob(1) { try columns(ChunkView($0, key: key), without: members, key, &erased) }
        if let kept { changed.append((key, kept)) }
      }
      for (key, columns) in changed {
        if columns.isEmpty {
          try connection.prepare("DELETE FROM chunk WHERE key = ?").run(key.packed)
        } else {
          try connection.prepare("UPDATE chunk SET data = ? WHERE key = ?").run(Chunk.encode(columns, key: key), key.packed)
        }
      }
    }
  }

  /// The columns that are left; nil where the chunk has nothing of the accounts.
  private func columns(
    _ view: ChunkView, without members: Set<Int>, _ key: ChunkKey, _ erased: inout Erased
  ) -> [ChunkColumn]? {
    let all = (0..<view.columnCount).map { view.column($0) }
    guard all.contains(where: { column in members.contains { !column.indices(ofSlot: $0).isEmpty } }) else { return nil }
    var kept: [ChunkColumn] = []
    for column in all {
      var left = ChunkColumn(signal: column.signal, slots: [], times: [], values: [])
      column.forEach(in: 0..<Layout.shardSize) { slot, place in
        if members.contains(slot) {
          note(key.block * Layout.blockSize + column.signal, column.value(place), &erased)
        } else {
          left.slots.append(UInt16(slot))
          left.times.append(column.time(place))
          left.values.append(column.value(place))
        }
      }
      if !left.slots.isEmpty { kept.append(left) }
    }
    return kept
  }

  private func eraseSlivers(_ shard: Int, _ members: Set<Int>, _ erased: inout Erased) throws {
    var changed: [(id: Int, importID: Int, readings: [LateReading])] = []
    try connection.prepare("SELECT id, import, data FROM late WHERE shard = ?").each(shard) { row in
      var all: [LateReading] = []
      try row.blob(2) { try Sliver.forEach($0, importID: row.int(1), shard: shard) { all.append($0) } }
      let kept = all.filter { !members.contains($0.slot) }
      guard kept.count < all.count else { return }
      for reading in all where members.contains(reading.slot) { note(reading.signal, reading.value, &erased) }
      changed.append((row.int(0), row.int(1), kept))
    }
    for (id, importID, kept) in changed {
      if let first = kept.first, let last = kept.last {
        try connection.prepare("UPDATE late SET first_day = ?, last_day = ?, data = ? WHERE id = ?")
          .run(first.day.number, last.day.number, Sliver.encode(kept, importID: importID), id)
      } else {
        try connection.prepare("DELETE FROM late WHERE id = ?").run(id)
      }
    }
  }

  /// The ids that readings of all accounts have for texts.
  static func labels(in history: History, isLabel: (String) -> Bool) throws -> Set<Int> {
    let signals = Set(history.signals.indices.filter { isLabel(history.signals[$0]) })
    guard !signals.isEmpty else { return [] }
    var labels: Set<Int> = []
    func note(_ value: Double) { if let label = Int(exactly: value) { labels.insert(label) } }
    try history.connection.prepare("SELECT key, data FROM chunk").each { row in
      let key = ChunkKey(packed: row.int64(0))
      try row.blob(1) { bytes in
        let view = try ChunkView(bytes, key: key)
        for index in 0..<view.columnCount where signals.contains(key.block * Layout.blockSize + view.signal(index)) {
          let column = view.column(index)
          column.forEach(in: 0..<Layout.shardSize) { _, place in note(column.value(place)) }
        }
      }
    }
    try history.connection.prepare("SELECT import, shard, data FROM late").each { row in
      let (importID, shard) = (row.int(0), row.int(1))
      try row.blob(2) { try Sliver.forEach($0, importID: importID, shard: shard) { if signals.contains($0.signal) { note($0.value) } } }
    }
    return labels
  }
}
