import Health

/// What visible imports, and earlier parts of the import being written, say of single readings.
///
/// One (day, shard) cell is open at a time; slivers are loaded for all cells of a flush at once.
final class ReadingsInForce {
  /// What is in force, and what this import has said itself.
  struct Found {
    var rank: UInt32 = 0
    var importID = 0
    var value = 0.0
    /// The highest-ranked import that this one may lean on, and its value; usually the one in force.
    var standIn: (rank: UInt32, importID: Int, value: Double) = (0, 0, 0)
    var own: Double?
    /// What this import has said itself and not written.
    var unwritten: Double?
    /// Whether what this import has said itself is in a sliver, which wins over its chunks.
    var ownIsLate = false
    /// What the highest-ranked import has written whose rows are mended.
    var mended: (rank: UInt32, importID: Int, value: Double) = (0, 0, 0)
  }

  private struct LateEntry {
    var key: UInt64  // shard · day · slot · signal
    var time: UInt32
    var rank: UInt32
    var importID: Int32
    var value: Double
  }
  private struct CellChunk {
    let view: ChunkView
    let block: Int
    let source: Source
  }
  /// Who says something.
  private struct Source {
    var importID: Int
    var rank: UInt32
    var mayLean: Bool
    /// Whether this import said it and did not write it.
    var isUnwritten = false
  }

  private let connection: Connection
  private let knowledge: Knowledge
  private let rank: ImportRank
  private let importID: Int
  private let feed: Int
  private let mended: [Int]
  private let arena = Arena()
  private let unwritten: UnwrittenAmounts
  private var chunks: [CellChunk] = []
  private var late: [LateEntry] = []
  private var cell: (day: Day, shard: Int) = (Day(0), 0)
  /// Whether the open cell is of a day of which a higher import of the same feed says everything: what is stated of it is not in force.
  private(set) var isCovered = false
  /// Whether slivers speak of the open cell.
  private var isInSlivers = false
  /// The signal that is looked for, and the columns of the open cell that have it.
  private var signal = 0
  private var columns: [(column: ChunkView.Column, source: Source)] = []

  init(
    _ connection: Connection, knowledge: Knowledge, writing rank: ImportRank, feed: Int, unwritten: UnwrittenAmounts, mended: [Int]
  ) {
    (self.connection, self.knowledge, self.rank, self.unwritten, importID) = (connection, knowledge, rank, unwritten, rank.importID)
    (self.feed, self.mended) = (feed, mended)
  }

  /// Loads slivers that may speak of the days of each shard. `pending` are this import's own that are not in the table yet.
  func loadSlivers(_ shards: [Int: ClosedRange<Day>], pending: [Int: [LateReading]]) throws {
    late.removeAll(keepingCapacity: true)
    let statement = try connection.prepare("SELECT import, data FROM late WHERE shard = ? AND last_day >= ? AND first_day <= ? ORDER BY id")
    for (shard, days) in shards {
      try statement.each(shard, days.lowerBound.number, days.upperBound.number) { row in
        let id = row.int(0)
        guard id == importID || knowledge.rank(of: id) > 0 else { return }
        try row.blob(1) { bytes in
          try Sliver.forEach(bytes, importID: id, shard: shard) { keep($0, shard: shard, importID: id, days: days) }
        }
      }
      for reading in pending[shard] ?? [] { keep(reading, shard: shard, importID: importID, days: days) }
    }
    late.sort { ($0.key, $0.time) < ($1.key, $1.time) }
  }

  private func keep(_ reading: LateReading, shard: Int, importID: Int, days: ClosedRange<Day>) {
    guard days.contains(reading.day) else { return }
    let rank = importID == self.importID ? 0 : knowledge.uncoveredRank(of: importID, day: reading.day)
    guard rank > 0 || importID == self.importID else { return }
    late.append(
      LateEntry(
        key: UInt64(shard) << 40 | reading.sortKey, time: reading.time, rank: rank, importID: Int32(importID), value: reading.value))
  }

  /// Opens a cell; false when nothing at all is known of it.
  func open(day: Day, shard: Int) throws -> Bool {
    cell = (day, shard)
    isCovered = rank.isBelow(knowledge.cover(feed: feed, day: day))
    chunks.removeAll(keepingCapacity: true)
    arena.reset()
    let range = ChunkKey.range(day: day, shard: shard)
    try connection.prepare("SELECT key, data FROM chunk WHERE key BETWEEN ? AND ?").each(range.lowerBound, range.upperBound) { row in
      let key = ChunkKey(packed: row.int64(0))
      let isOwn = key.importID == importID
      let rank = isOwn ? 0 : knowledge.uncoveredRank(of: key.importID, day: day)
      guard rank > 0 || isOwn else { return }
      let source = Source(importID: key.importID, rank: rank, mayLean: self.rank.mayLean(on: key.importID, knowledge))
      try row.blob(1) { try keep($0, key, source) }
    }
    try unwritten.forEachChunk(day: day, shard: shard) { key, bytes in
      try keep(bytes, key, Source(importID: importID, rank: 0, mayLean: false, isUnwritten: true))
    }
    isInSlivers = hasLate(day: day, shard: shard)
    return !chunks.isEmpty || isInSlivers
  }

  private func keep(_ bytes: UnsafeRawBufferPointer, _ key: ChunkKey, _ source: Source) throws {
    chunks.append(CellChunk(view: try ChunkView(arena.copy(bytes), key: key), block: key.block, source: source))
  }

  private func hasLate(day: Day, shard: Int) -> Bool {
    if late.isEmpty { return false }
    let first = UInt64(shard) << 40 | UInt64(day.number) << 19
    let place = lowerBound(first, 0)
    return place < late.count && late[place].key < first + (1 << 19)
  }

  /// Says which signal `find` is about.
  func look(for signal: Int) {
    self.signal = signal
    columns.removeAll(keepingCapacity: true)
    for chunk in chunks where chunk.block == signal / Layout.blockSize {
      if let column = chunk.view.column(ofSignal: signal % Layout.blockSize) { columns.append((column, chunk.source)) }
    }
  }

  /// Whether anything may be known of the signal in the open cell.
  var knowsSignal: Bool { !columns.isEmpty || isInSlivers }

  /// What is known of one reading of the signal in the open cell.
  func find(slot: Int, time: UInt32) -> Found {
    var found = Found()
    for (column, source) in columns {
      for index in column.indices(ofSlot: slot) where column.time(index) == time { consider(column.value(index), source, &found) }
    }
    guard isInSlivers else { return found }
    let key = UInt64(cell.shard) << 40 | UInt64(cell.day.number) << 19 | UInt64(slot) << 10 | UInt64(signal)
    var place = lowerBound(key, time)
    while place < late.count, late[place].key == key, late[place].time == time {
      let id = Int(late[place].importID)
      let source = Source(importID: id, rank: late[place].rank, mayLean: rank.mayLean(on: id, knowledge))
      consider(late[place].value, source, &found)
      if id == importID { found.ownIsLate = true }
      place += 1
    }
    return found
  }

  @inline(__always) private func consider(_ value: Double, _ source: Source, _ found: inout Found) {
    if source.isUnwritten {
      found.unwritten = value
    } else if source.importID == importID {
      found.own = value
    } else {
      if !mended.isEmpty, source.rank >= found.mended.rank, mended.contains(source.importID) {
        found.mended = (source.rank, source.importID, value)
      }
      // Later parts of one import win.
      if source.rank >= found.rank { (found.rank, found.importID, found.value) = (source.rank, source.importID, value) }
      if source.rank >= found.standIn.rank, source.mayLean { found.standIn = (source.rank, source.importID, value) }
    }
  }

  private func lowerBound(_ key: UInt64, _ time: UInt32) -> Int {
    var (low, high) = (0, late.count)
    while low < high {
      let middle = (low + high) / 2
      if (late[middle].key, late[middle].time) < (key, time) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
