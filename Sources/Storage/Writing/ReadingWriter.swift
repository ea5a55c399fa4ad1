import Health

/// Decides what each reading of a file turns out to be, and hands on those that say something new.
///
/// Readings wait in a batch. A flush goes through the batch cell by cell, in key order, and compares with what is in force.
final class ReadingWriter {
  let batch = ReadingBatch()
  private let rank: ImportRank
  private let inForce: ReadingsInForce
  private let store: ReadingStore
  private let unwritten: UnwrittenAmounts
  /// Write facts that are in force already, because the import covers their day.
  private let writesUnchanged: Bool
  private var additive = [Bool](repeating: false, count: Layout.mostSignals)
  private let columns = CellColumns()
  /// How many facts lean on which import.
  private(set) var leans: [Int: Int] = [:]
  /// Rows whose reading a later row of the file replaced, and rows that replaced a reading of an earlier batch, since the last flush.
  private(set) var repeatedRows: [ClashingRow] = []

  init(_ connection: Connection, knowledge: Knowledge, rank: ImportRank, feed: Int, writesUnchanged: Bool, mended: [Int]) {
    (self.rank, self.writesUnchanged) = (rank, writesUnchanged)
    unwritten = UnwrittenAmounts(connection, importID: rank.importID)
    inForce = ReadingsInForce(connection, knowledge: knowledge, writing: rank, feed: feed, unwritten: unwritten, mended: mended)
    store = ReadingStore(connection, importID: rank.importID)
  }

  /// Says that readings of a signal add up within a file.
  func declare(signal: Int, additive isAdditive: Bool) { additive[signal] = isAdditive }

  /// Writes what waits. Rows rejected meanwhile are left out. With `isLast` nothing of the file comes after it.
  func flush(_ outcomes: inout BatchOutcomes, firstDays: inout FirstDays, days: inout DaySet, isLast: Bool) throws {
    repeatedRows.removeAll(keepingCapacity: true)
    if outcomes.hasRejected { batch.keep { !outcomes.isRejected($0) } }
    guard batch.count > 0 else { return }
    let runs = CellRuns(batch.pending)
    try loadSlivers(runs.cells)
    try batch.pending.withUnsafeBufferPointer { pending in
      for cell in runs.cells {
        days.insert(cell.day)
        columns.begin()
        for run in runs.runs[cell.runs] { columns.add(pending[run], additive: additive) }
        columns.forEachSlot { firstDays.note(account: cell.shard * Layout.shardSize + $0, day: cell.day) }
        if try inForce.open(day: cell.day, shard: cell.shard) || !columns.replaced.isEmpty {
          try settle(cell, &outcomes, isLast: isLast)
        } else {
          let outcome = inForce.isCovered ? Outcome.older : .new
          for run in runs.runs[cell.runs] { outcomes.note(outcome, pending[run]) }
          try store.store(columns.chunkColumns(), day: cell.day, shard: cell.shard)
        }
      }
    }
    batch.removeAll()
    try store.settle()
  }

  private func loadSlivers(_ cells: [CellRuns.Cell]) throws {
    var shards: [Int: ClosedRange<Day>] = [:]
    for cell in cells {
      let known = shards[cell.shard] ?? cell.day...cell.day
      shards[cell.shard] = min(known.lowerBound, cell.day)...max(known.upperBound, cell.day)
    }
    try inForce.loadSlivers(shards, pending: store.slivers)
  }

  // MARK: What is known already

  /// What becomes of the entries of one signal.
  private struct Settled {
    var written: [CellColumns.Entry] = []
    var late: [CellColumns.Entry] = []
    var unwritten: [CellColumns.Entry] = []
  }

  /// A cell of which something is known already, or that the file states twice.
  private func settle(_ cell: CellRuns.Cell, _ outcomes: inout BatchOutcomes, isLast: Bool) throws {
    var written: [(signal: Int, column: ChunkColumn)] = []
    var kept: [(signal: Int, column: ChunkColumn)] = []
    var late: [LateReading] = []
    var fresh: [UInt64: Outcome] = [:]  // only where companions have to learn their entry's outcome
    let remembers = !columns.added.isEmpty
    columns.forEachColumn { signal, entries in
      var settled = Settled()
      inForce.look(for: signal)
      for entry in entries {
        let outcome = settle(entry, signal: signal, &settled, isLast: isLast)
        outcomes.note(outcome, row: entry.row)
        if remembers { fresh[Self.identity(signal, Int(entry.slot), entry.time)] = outcome }
      }
      if !settled.written.isEmpty { written.append((signal, CellColumns.chunkColumn(signal, settled.written))) }
      if !settled.unwritten.isEmpty { kept.append((signal, CellColumns.chunkColumn(signal, settled.unwritten))) }
      for entry in settled.late {
        late.append(LateReading(day: cell.day, slot: Int(entry.slot), signal: signal, time: entry.time, value: entry.value))
      }
    }
    for companion in columns.added {
      outcomes.note(fresh[Self.identity(companion.signal, companion.slot, companion.time)] ?? .new, row: companion.row)
    }
    for companion in columns.replaced {
      outcomes.note(.skipped, row: companion.row)
      repeatedRows.append(ClashingRow(row: companion.row, subject: companion.signal))
    }
    store.keepLate(late, shard: cell.shard)
    try store.store(written, day: cell.day, shard: cell.shard)
    if !kept.isEmpty { try unwritten.keep(kept, day: cell.day, shard: cell.shard) }
  }

  private static func identity(_ signal: Int, _ slot: Int, _ time: UInt32) -> UInt64 {
    UInt64(signal) << 41 | UInt64(slot) << 32 | UInt64(time)
  }

  /// What an entry turns out to be; it goes where it has to be written, or nowhere where what is in force says the same. What this
  /// import has put in a sliver before can only be replaced by a sliver.
  @inline(__always)
  private func settle(_ entry: CellColumns.Entry, signal: Int, _ settled: inout Settled, isLast: Bool) -> Outcome {
    guard inForce.knowsSignal else {
      settled.written.append(entry)
      return inForce.isCovered ? .older : .new
    }
    var entry = entry
    let found = inForce.find(slot: Int(entry.slot), time: entry.time)
    if let stated = found.own ?? found.unwritten {
      if additive[signal] {
        entry.value += stated
      } else {
        repeatedRows.append(ClashingRow(row: entry.row, subject: signal, isLater: true))
      }
    } else if additive[signal], found.mended.rank > 0 {
      // Mended rows add to what the import wrote that had them.
      entry.value += found.mended.value
      leans[found.mended.importID, default: 0] += 1
    }
    let outcome: Outcome
    if found.rank > 0, found.value == entry.value {
      outcome = .unchanged
    } else if inForce.isCovered || rank.isBelow(found.rank) {
      outcome = .older
    } else {
      outcome = found.rank == 0 ? .new : .corrected
    }
    let isStoodInFor = found.standIn.rank > 0 && found.standIn.value == entry.value
    if outcome != .unchanged || !isStoodInFor || writesUnchanged || (found.own != nil && found.own != entry.value) {
      if found.ownIsLate { settled.late.append(entry) } else { settled.written.append(entry) }
      return outcome
    }
    if !isLast, found.own == nil, additive[signal] { settled.unwritten.append(entry) }
    leans[found.standIn.importID, default: 0] += 1
    return outcome
  }

  /// Ends the import.
  func finish() throws {
    try store.finish()
    try unwritten.removeAll()
  }
}

/// The earliest day that an import states of each account, by account id.
struct FirstDays {
  private var days: [Int32] = []
  private static let none = Int32.max

  @inline(__always) mutating func note(account: Int, day: Day) {
    if account >= days.count { days.append(contentsOf: repeatElement(Self.none, count: max(64, account + 1 + account / 2 - days.count))) }
    if day.number < days[account] { days[account] = day.number }
  }

  /// The accounts that the import states anything of, ascending, with their days.
  var byAccount: [(account: Int, day: Day)] {
    days.indices.filter { days[$0] != Self.none }.map { ($0, Day(Int(days[$0]))) }
  }
}
