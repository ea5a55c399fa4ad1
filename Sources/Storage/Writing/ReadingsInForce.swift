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
    let importID: Int
    let rank: UInt32
  }

  private let connection: Connection
  private let knowledge: Knowledge
  private let rank: ImportRank
  private let importID: Int
  private let mended: [Int]
  private let arena = Arena()
  private var chunks: [CellChunk] = []
  private var late: [LateEntry] = []
  private var cell: (day: Day, shard: Int) = (Day(0), 0)

  init(_ connection: Connection, knowledge: Knowledge, writing rank: ImportRank, mended: [Int]) {
    (self.connection, self.knowledge, self.rank, importID) = (connection, knowledge, rank, rank.importID)
    self.mended = mended
  }

  /// Loads slivers that may speak of the days of each shard. `pending` are this import's own that are not in the table yet.
  func loadSlivers(_ shards: [Int: ClosedRange<Day>], pending: [Int: [LateReading]]) throws {
    late.removeAll(keepingCapacity: true)
    let statement = try connection.prepare("SELECT import, data FROM late WHERE shard = ? AND last_day >= ? AND first_day <= ?")
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
    chunks.removeAll(keepingCapacity: true)
    arena.reset()
    let range = ChunkKey.range(day: day, shard: shard)
    try connection.prepare("SELECT key, data FROM chunk WHERE key BETWEEN ? AND ?").each(range.lowerBound, range.upperBound) { row in
      let key = ChunkKey(packed: row.int64(0))
      let isOwn = key.importID == importID
      let rank = isOwn ? 0 : knowledge.uncoveredRank(of: key.importID, day: day)
      guard rank > 0 || isOwn else { return }
      let view = try row.blob(1) { try ChunkView(arena.copy($0), key: key) }
      chunks.append(CellChunk(view: view, block: key.block, importID: key.importID, rank: rank))
    }
    if !chunks.isEmpty { return true }
    let first = UInt64(shard) << 40 | UInt64(day.number) << 19
    let place = lowerBound(first, 0)
    return place < late.count && late[place].key < first + (1 << 19)
  }

  /// What is known of one reading of the open cell.
  func find(signal: Int, slot: Int, time: UInt32) -> Found {
    var found = Found()
    func consider(rank: UInt32, importID: Int, value: Double) {
      if importID == self.importID {
        found.own = value
        return
      }
      if !mended.isEmpty, rank >= found.mended.rank, mended.contains(importID) { found.mended = (rank, importID, value) }
      // Later parts of one import win.
      if rank >= found.rank { (found.rank, found.importID, found.value) = (rank, importID, value) }
      if rank >= found.standIn.rank, self.rank.mayLean(on: importID, knowledge) { found.standIn = (rank, importID, value) }
    }
    let block = signal / Layout.blockSize
    for chunk in chunks where chunk.block == block {
      guard let column = chunk.view.column(ofSignal: signal % Layout.blockSize) else { continue }
      for index in column.indices(ofSlot: slot) where column.time(index) == time {
        consider(rank: chunk.rank, importID: chunk.importID, value: column.value(index))
      }
    }
    if !late.isEmpty {
      let key = UInt64(cell.shard) << 40 | UInt64(cell.day.number) << 19 | UInt64(slot) << 10 | UInt64(signal)
      var place = lowerBound(key, time)
      while place < late.count, late[place].key == key, late[place].time == time {
        consider(rank: late[place].rank, importID: Int(late[place].importID), value: late[place].value)
        if Int(late[place].importID) == importID { found.ownIsLate = true }
        place += 1
      }
    }
    return found
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
