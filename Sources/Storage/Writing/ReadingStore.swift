import Health

/// Writes the readings of one import: chunks, and slivers for cells too thin for one.
///
/// Slivers are written when there are many or the import ends; cells that came in many parts are put together at the end.
final class ReadingStore {
  private let connection: Connection
  private let importID: Int
  private var parts: [Int64: Int] = [:]  // next part, by key with part 0
  /// Readings for slivers that are not written yet, by shard.
  private(set) var slivers: [Int: [LateReading]] = [:]
  private var sliverCount = 0
  private lazy var merger = ChunkMerger()

  private static let mostSliverReadings = 1 << 18

  init(_ connection: Connection, importID: Int) { (self.connection, self.importID) = (connection, importID) }

  /// Keeps readings for a sliver.
  func keepLate(_ readings: [LateReading], shard: Int) {
    guard !readings.isEmpty else { return }
    slivers[shard, default: []].append(contentsOf: readings)
    sliverCount += readings.count
  }

  /// Writes columns of a cell, ascending by signal.
  func store(_ columns: [(signal: Int, column: ChunkColumn)], day: Day, shard: Int) throws {
    if columns.reduce(0, { $0 + $1.column.values.count }) < Layout.fewestInChunk {
      return keepLate(columns.flatMap { Self.late($0.column, signal: $0.signal, day: day) }, shard: shard)
    }
    for block in columns.blocks {
      let first = ChunkKey(day: day, shard: shard, importID: importID, block: columns[block.lowerBound].signal / Layout.blockSize, part: 0)
      if parts[first.packed] ?? 0 > ChunkKey.lastPart { try merge(first) }
      let part = parts[first.packed] ?? 0
      try insert(columns[block].map(\.column), ChunkKey(packed: first.packed + Int64(part)))
      parts[first.packed] = part + 1
    }
  }

  private static func late(_ column: ChunkColumn, signal: Int, day: Day) -> [LateReading] {
    column.values.indices.map { index in
      LateReading(day: day, slot: Int(column.slots[index]), signal: signal, time: column.times[index], value: column.values[index])
    }
  }

  private func insert(_ columns: [ChunkColumn], _ key: ChunkKey) throws {
    try Chunk.encode(columns, key: key).withUnsafeBytes {
      try connection.prepare("INSERT INTO chunk (key, data) VALUES (?, ?)").run(key.packed, $0)
    }
  }

  /// Writes the slivers where they have become many.
  func settle() throws { if sliverCount > Self.mostSliverReadings { try writeSlivers() } }

  /// Ends the import.
  func finish() throws {
    try writeSlivers()
    for (first, count) in parts.sorted(by: { $0.key < $1.key }) where count > Layout.mostParts { try merge(ChunkKey(packed: first)) }
  }

  private func writeSlivers() throws {
    let insert = try connection.prepare("INSERT INTO late (import, shard, first_day, last_day, data) VALUES (?, ?, ?, ?, ?)")
    for (shard, readings) in slivers.sorted(by: { $0.key < $1.key }) {
      let sorted = Self.lastOfEach(readings)
      for start in stride(from: 0, to: sorted.count, by: Sliver.mostReadings) {
        let piece = Array(sorted[start..<min(sorted.count, start + Sliver.mostReadings)])
        try insert.run(importID, shard, piece[0].day.number, piece[piece.count - 1].day.number, Sliver.encode(piece, importID: importID))
      }
    }
    slivers.removeAll(keepingCapacity: true)
    sliverCount = 0
  }

  /// Sorted as slivers are; of several statements of one reading the last.
  private static func lastOfEach(_ readings: [LateReading]) -> [LateReading] {
    func isSame(_ a: LateReading, _ b: LateReading) -> Bool { a.sortKey == b.sortKey && a.time == b.time }
    let sorted = readings.enumerated().sorted {
      ($0.element.sortKey, $0.element.time, $0.offset) < ($1.element.sortKey, $1.element.time, $1.offset)
    }
    .map(\.element)
    return sorted.indices.filter { $0 + 1 == sorted.count || !isSame(sorted[$0], sorted[$0 + 1]) }.map { sorted[$0] }
  }

  /// Makes one part of all parts of a cell's block; later parts win.
  private func merge(_ first: ChunkKey) throws {
    let last = first.packed + Int64(ChunkKey.lastPart)
    merger.begin()
    try connection.prepare("SELECT key, data FROM chunk WHERE key BETWEEN ? AND ? ORDER BY key").each(first.packed, last) { row in
      try row.blob(1) { try merger.add($0, key: ChunkKey(packed: row.int64(0))) }
    }
    try connection.prepare("DELETE FROM chunk WHERE key BETWEEN ? AND ?").run(first.packed, last)
    try insert(merger.columns, first)
    parts[first.packed] = 1
  }
}
