import Health

/// Decides what each reading of a file turns out to be, and writes those that say something new.
///
/// Readings wait in a batch. A flush goes through the batch cell by cell, in key order, compares with what is in force, and writes
/// chunks; cells too thin for one are kept for slivers, which are written when there are many or the import ends.
final class ReadingWriter {
  private let connection: Connection
  private let rank: ImportRank
  private let inForce: ReadingsInForce
  /// Write facts that are in force already, because the import covers their day.
  private let writesUnchanged: Bool
  private var batch = CellBatch()
  private var additive = [Bool](repeating: false, count: Layout.mostSignals)
  private var parts: [Int64: Int] = [:]  // next part, by key with part 0
  private var slivers: [Int: [LateReading]] = [:]
  private var sliverCount = 0
  private var unwritten = UnwrittenAmounts()
  /// How many facts lean on which import.
  private(set) var leans: [Int: Int] = [:]
  /// Rows whose reading a later row of the file replaced, since the last flush.
  private(set) var replacedRows: [ClashingRow] = []

  private static let mostSliverReadings = 1 << 18

  init(_ connection: Connection, knowledge: Knowledge, rank: ImportRank, writesUnchanged: Bool, mended: [Int] = []) {
    (self.connection, self.rank, self.writesUnchanged) = (connection, rank, writesUnchanged)
    inForce = ReadingsInForce(connection, knowledge: knowledge, writing: rank, mended: mended)
  }

  /// Says that readings of a signal add up within a file.
  func declare(signal: Int, additive isAdditive: Bool) { additive[signal] = isAdditive }

  @inline(__always) func add(account: Int, signal: Int, moment: Moment, value: Double, row: Int32) {
    batch.add(account: account, signal: signal, moment: moment, value: value, row: row)
  }

  /// Writes what waits. Rows rejected meanwhile are left out.
  func flush(_ outcomes: inout BatchOutcomes, firstDays: inout FirstDays) throws {
    replacedRows.removeAll(keepingCapacity: true)
    guard !batch.pending.isEmpty else { return }
    try writeCells(&outcomes, &firstDays)
    batch.removeAll()
    if sliverCount > Self.mostSliverReadings { try writeSlivers() }
  }

  /// Everything that the loop over readings touches is a local: a property of a class is checked at each access.
  private func writeCells(_ outcomes: inout BatchOutcomes, _ firstDays: inout FirstDays) throws {
    let (pending, additive) = (batch.pending, additive)
    let (order, groups) = batch.grouped()
    try loadSlivers(groups.map(\.cell))
    var columns = CellColumns()
    for (cell, range) in groups {
      columns.begin()
      for index in order[range] {
        let reading = pending[Int(index)]
        if outcomes.isRejected(reading.row) { continue }
        columns.add(reading, additive: additive[reading.signal])
        firstDays.note(account: cell.shard * Layout.shardSize + reading.slot, day: cell.day)
      }
      try write(cell, columns, &outcomes)
    }
  }

  private func loadSlivers(_ cells: [CellBatch.Cell]) throws {
    var shards: [Int: ClosedRange<Day>] = [:]
    for cell in cells {
      let known = shards[cell.shard] ?? cell.day...cell.day
      shards[cell.shard] = min(known.lowerBound, cell.day)...max(known.upperBound, cell.day)
    }
    try inForce.loadSlivers(shards, pending: slivers)
  }

  private func write(_ cell: CellBatch.Cell, _ columns: CellColumns, _ outcomes: inout BatchOutcomes) throws {
    let isKnown = try inForce.open(day: cell.day, shard: cell.shard)
    var kept: [(signal: Int, entries: [CellColumns.Entry])] = []
    var late: [LateReading] = []
    var fresh: [UInt64: Outcome] = [:]  // only where companions have to learn their entry's outcome
    let remembers = !columns.added.isEmpty
    columns.forEachColumn { signal, entries in
      var written = entries
      if isKnown {
        written = []
        for entry in entries {
          guard let settled = settle(entry, signal: signal, cell, &outcomes, remember: remembers ? { fresh[$0] = $1 } : nil) else {
            continue
          }
          if settled.isLate {
            late.append(Self.late(settled.entry, signal: signal, cell))
          } else {
            written.append(settled.entry)
          }
        }
      } else {
        for entry in entries {
          outcomes.note(.new, row: entry.row)
          if remembers { fresh[Self.identity(signal, Int(entry.slot), entry.time)] = .new }
        }
      }
      if !written.isEmpty { kept.append((signal, written)) }
    }
    for companion in columns.added {
      outcomes.note(fresh[Self.identity(companion.signal, companion.slot, companion.time)] ?? .new, row: companion.row)
    }
    for companion in columns.replaced {
      outcomes.note(.skipped, row: companion.row)
      replacedRows.append(ClashingRow(row: companion.row, subject: companion.signal))
    }
    keepLate(late, shard: cell.shard)
    try store(kept, cell)
  }

  private static func identity(_ signal: Int, _ slot: Int, _ time: UInt32) -> UInt64 {
    UInt64(signal) << 41 | UInt64(slot) << 32 | UInt64(time)
  }

  /// The entry as it has to be written, or nil where what is in force says the same. What this import has put in a sliver before
  /// can only be replaced by a sliver.
  private func settle(
    _ entry: CellColumns.Entry, signal: Int, _ cell: CellBatch.Cell, _ outcomes: inout BatchOutcomes, remember: ((UInt64, Outcome) -> Void)?
  ) -> (entry: CellColumns.Entry, isLate: Bool)? {
    var entry = entry
    let found = inForce.find(signal: signal, slot: Int(entry.slot), time: entry.time)
    let isUnwritten = additive[signal] && found.own == nil && unwritten.contains(entry, signal: signal, cell)
    if additive[signal] {
      if let own = found.own ?? (isUnwritten ? found.value : nil) {
        entry.value += own
      } else if found.mended.rank > 0 {
        // Mended rows add to what the import wrote that had them.
        entry.value += found.mended.value
        leans[found.mended.importID, default: 0] += 1
      }
    }
    let outcome: Outcome
    if found.rank == 0 {
      outcome = .new
    } else if found.value == entry.value {
      outcome = .unchanged
    } else {
      outcome = rank.isBelow(found.rank) ? .older : .corrected
    }
    outcomes.note(outcome, row: entry.row)
    remember?(Self.identity(signal, Int(entry.slot), entry.time), outcome)
    let isStoodInFor = found.standIn.rank > 0 && found.standIn.value == entry.value
    if outcome != .unchanged || !isStoodInFor || writesUnchanged || (found.own != nil && found.own != entry.value) {
      return (entry, found.ownIsLate)
    }
    if additive[signal], found.own == nil { unwritten.insert(entry, signal: signal, cell) }
    leans[found.standIn.importID, default: 0] += 1
    return nil
  }

  // MARK: Writing

  private static func late(_ entry: CellColumns.Entry, signal: Int, _ cell: CellBatch.Cell) -> LateReading {
    LateReading(day: cell.day, slot: Int(entry.slot), signal: signal, time: entry.time, value: entry.value)
  }

  private func keepLate(_ readings: [LateReading], shard: Int) {
    guard !readings.isEmpty else { return }
    slivers[shard, default: []].append(contentsOf: readings)
    sliverCount += readings.count
  }

  private func store(_ columns: [(signal: Int, entries: [CellColumns.Entry])], _ cell: CellBatch.Cell) throws {
    let count = columns.reduce(0) { $0 + $1.entries.count }
    if count < Layout.fewestInChunk {
      keepLate(columns.flatMap { column in column.entries.map { Self.late($0, signal: column.signal, cell) } }, shard: cell.shard)
      return
    }
    var start = 0
    while start < columns.count {
      let block = columns[start].signal / Layout.blockSize
      var end = start
      while end < columns.count, columns[end].signal / Layout.blockSize == block { end += 1 }
      try store(
        columns[start..<end].map { column in
          ChunkColumn(
            signal: column.signal % Layout.blockSize, slots: column.entries.map(\.slot), times: column.entries.map(\.time),
            values: column.entries.map(\.value))
        }, cell, block: block)
      start = end
    }
  }

  private func store(_ columns: [ChunkColumn], _ cell: CellBatch.Cell, block: Int) throws {
    let first = ChunkKey(day: cell.day, shard: cell.shard, importID: rank.importID, block: block, part: 0)
    let part = parts[first.packed] ?? 0
    guard part < 256 else {
      throw Problem(
        "too-many-parts", .failure, "day \(cell.day) comes back too often in this file", hint: "sort the file by day, or split it")
    }
    let key = ChunkKey(day: cell.day, shard: cell.shard, importID: rank.importID, block: block, part: part)
    try insert(Chunk.encode(columns, key: key), key)
    parts[first.packed] = part + 1
  }

  private func insert(_ bytes: [UInt8], _ key: ChunkKey) throws {
    try bytes.withUnsafeBytes { try connection.prepare("INSERT INTO chunk (key, data) VALUES (?, ?)").run(key.packed, $0) }
  }

  /// Ends the import: slivers are written, and cells that came in many parts are put together.
  func finish() throws {
    try writeSlivers()
    for (first, count) in parts.sorted(by: { $0.key < $1.key }) where count > Layout.mostParts {
      try merge(ChunkKey(packed: first), parts: count)
    }
  }

  private func writeSlivers() throws {
    let insert = try connection.prepare("INSERT INTO late (import, shard, first_day, last_day, data) VALUES (?, ?, ?, ?, ?)")
    for (shard, readings) in slivers.sorted(by: { $0.key < $1.key }) {
      let sorted = Self.lastOfEach(readings)
      for start in stride(from: 0, to: sorted.count, by: Sliver.mostReadings) {
        let piece = Array(sorted[start..<min(sorted.count, start + Sliver.mostReadings)])
        try insert.run(
          rank.importID, shard, piece[0].day.number, piece[piece.count - 1].day.number, Sliver.encode(piece, importID: rank.importID))
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
  private func merge(_ first: ChunkKey, parts count: Int) throws {
    var readings: [UInt64: (slot: UInt16, time: UInt32, value: Double)] = [:]  // signal · slot · time
    let last = first.packed + Int64(count) - 1
    try connection.prepare("SELECT key, data FROM chunk WHERE key BETWEEN ? AND ? ORDER BY key").each(first.packed, last) { row in
      try row.blob(1) { bytes in
        let view = try ChunkView(bytes, key: ChunkKey(packed: row.int64(0)))
        for index in 0..<view.columnCount {
          let column = view.column(index)
          column.forEach(in: 0..<Layout.shardSize) { slot, place in
            readings[Self.identity(column.signal, slot, column.time(place))] = (UInt16(slot), column.time(place), column.value(place))
          }
        }
      }
    }
    try connection.prepare("DELETE FROM chunk WHERE key BETWEEN ? AND ?").run(first.packed, last)
    var columns: [ChunkColumn] = []
    for (identity, reading) in readings.sorted(by: { $0.key < $1.key }) {
      let signal = Int(identity >> 41)
      if columns.last?.signal != signal { columns.append(ChunkColumn(signal: signal, slots: [], times: [], values: [])) }
      columns[columns.count - 1].slots.append(reading.slot)
      columns[columns.count - 1].times.append(reading.time)
      columns[columns.count - 1].values.append(reading.value)
    }
    try insert(Chunk.encode(columns, key: first), first)
  }
}

/// The earliest day that an import states of each account, and all days that it states facts of.
struct FirstDays {
  private(set) var byAccount: [Int: Day] = [:]
  private var last: (account: Int, day: Day) = (-1, Day(0))

  @inline(__always) mutating func note(account: Int, day: Day) {
    if account == last.account, day >= last.day { return }
    if let known = byAccount[account], known <= day {
      last = (account, known)
      return
    }
    byAccount[account] = day
    last = (account, day)
  }
}
