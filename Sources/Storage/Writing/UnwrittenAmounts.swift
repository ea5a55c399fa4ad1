import Health

/// Amounts that the import being written has stated and not written, because what is in force said the same.
///
/// Amounts of one file add up, over batches too, so a later row has to know of them. They are kept as chunks in a temporary table,
/// so that memory does not grow with the file; where a file fits one batch, nothing is kept.
final class UnwrittenAmounts {
  private let connection: Connection
  private let importID: Int
  private(set) var isEmpty = true
  private var parts: [Int64: Int] = [:]  // next part, by key with part 0
  private lazy var merger = ChunkMerger()

  init(_ connection: Connection, importID: Int) { (self.connection, self.importID) = (connection, importID) }

  /// Keeps amounts of a cell; of one moment the latest counts.
  func keep(_ columns: [(signal: Int, column: ChunkColumn)], day: Day, shard: Int) throws {
    if isEmpty { try connection.execute("CREATE TEMP TABLE IF NOT EXISTS unwritten (key INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT") }
    isEmpty = false
    for block in columns.blocks {
      let first = ChunkKey(day: day, shard: shard, importID: importID, block: columns[block.lowerBound].signal / Layout.blockSize, part: 0)
      var columns = columns[block].map(\.column)
      var part = parts[first.packed] ?? 0
      if part > ChunkKey.lastPart {
        columns = try merged(first, with: columns)
        part = 0
      }
      let key = ChunkKey(packed: first.packed + Int64(part))
      try Chunk.encode(columns, key: key).withUnsafeBytes {
        try connection.prepare("INSERT INTO temp.unwritten (key, data) VALUES (?, ?)").run(key.packed, $0)
      }
      parts[first.packed] = part + 1
    }
  }

  /// Calls `body` with each chunk of a cell, earlier ones first.
  func forEachChunk(day: Day, shard: Int, _ body: (ChunkKey, UnsafeRawBufferPointer) throws -> Void) throws {
    if isEmpty { return }
    let range = ChunkKey.range(day: day, shard: shard)
    let sql = "SELECT key, data FROM temp.unwritten WHERE key BETWEEN ? AND ? ORDER BY key"
    try connection.prepare(sql).each(range.lowerBound, range.upperBound) { row in
      let key = ChunkKey(packed: row.int64(0))
      try row.blob(1) { try body(key, $0) }
    }
  }

  private func merged(_ first: ChunkKey, with columns: [ChunkColumn]) throws -> [ChunkColumn] {
    merger.begin()
    let last = first.packed + Int64(ChunkKey.lastPart)
    try connection.prepare("SELECT key, data FROM temp.unwritten WHERE key BETWEEN ? AND ? ORDER BY key").each(first.packed, last) { row in
      try row.blob(1) { try merger.add($0, key: ChunkKey(packed: row.int64(0))) }
    }
    try connection.prepare("DELETE FROM temp.unwritten WHERE key BETWEEN ? AND ?").run(first.packed, last)
    for column in columns { merger.add(column) }
    return merger.columns
  }

  /// Ends the import.
  func removeAll() throws {
    if !isEmpty { try connection.execute("DROP TABLE temp.unwritten") }
    isEmpty = true
    parts.removeAll()
  }
}

/// Puts chunks of one cell together; what is added later wins.
struct ChunkMerger {
  private let cells = CellColumns()

  /// Forgets the cell before.
  mutating func begin() { cells.begin() }

  mutating func add(_ bytes: UnsafeRawBufferPointer, key: ChunkKey) throws {
    let view = try ChunkView(bytes, key: key)
    for index in 0..<view.columnCount {
      let column = view.column(index)
      column.forEach(in: 0..<Layout.shardSize) { slot, place in
        cells.replace(signal: column.signal, slot: slot, time: column.time(place), value: column.value(place))
      }
    }
  }

  mutating func add(_ column: ChunkColumn) {
    for index in column.slots.indices {
      cells.replace(signal: column.signal, slot: Int(column.slots[index]), time: column.times[index], value: column.values[index])
    }
  }

  var columns: [ChunkColumn] { cells.chunkColumns().map(\.column) }
}

extension [(signal: Int, column: ChunkColumn)] {
  /// The ranges of columns, which ascend by signal, whose signals are of one block.
  var blocks: [Range<Int>] {
    var blocks: [Range<Int>] = []
    for index in indices {
      if index > 0, self[index].signal / Layout.blockSize == self[index - 1].signal / Layout.blockSize {
        blocks[blocks.count - 1] = blocks[blocks.count - 1].lowerBound..<index + 1
      } else {
        blocks.append(index..<index + 1)
      }
    }
    return blocks
  }
}
