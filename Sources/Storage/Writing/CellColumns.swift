import Health

/// The readings of one (day, shard) cell of a file, by signal and slot, with what one file says twice already put together.
///
/// Within one file the values of a `count` for one account, signal and moment are added; of a state the last row wins.
struct CellColumns {
  /// A reading with the row it came from.
  struct Entry {
    var slot: UInt16
    var time: UInt32
    var row: Int32
    var value: Double
  }
  /// A row that contributed to, or lost against, an entry.
  struct Companion {
    let row: Int32
    let signal: Int
    let slot: Int
    let time: UInt32
  }

  private struct Column {
    var signal = 0
    var present = [UInt64](repeating: 0, count: Layout.shardSize / 64)
    var entries = [Entry](repeating: Entry(slot: 0, time: 0, row: 0, value: 0), count: Layout.shardSize)
    var extras: [Entry] = []
  }

  private var columns: [Column] = []
  private var used = 0
  private var columnOf = [Int32](repeating: -1, count: Layout.mostSignals)
  /// Rows whose amounts were added to another row's.
  private(set) var added: [Companion] = []
  /// Rows that a later row of the file replaced.
  private(set) var replaced: [Companion] = []

  mutating func begin() {
    for index in 0..<used {
      columnOf[columns[index].signal] = -1
      for word in columns[index].present.indices { columns[index].present[word] = 0 }
      columns[index].extras.removeAll(keepingCapacity: true)
    }
    used = 0
    added.removeAll(keepingCapacity: true)
    replaced.removeAll(keepingCapacity: true)
  }

  /// Takes one reading; `additive` for counts.
  @inline(__always) mutating func add(_ reading: CellBatch.Pending, additive: Bool) {
    let index = column(reading.signal)
    let slot = reading.slot
    let bit = UInt64(1) << UInt64(slot & 63)
    let entry = Entry(slot: UInt16(slot), time: reading.time, row: reading.row, value: reading.value)
    if columns[index].present[slot >> 6] & bit == 0 {
      columns[index].present[slot >> 6] |= bit
      columns[index].entries[slot] = entry
    } else {
      addAgain(entry, column: index, additive: additive)
    }
  }

  private mutating func addAgain(_ entry: Entry, column index: Int, additive: Bool) {
    let slot = Int(entry.slot)
    let signal = columns[index].signal
    if columns[index].entries[slot].time == entry.time {
      columns[index].entries[slot] = merge(columns[index].entries[slot], entry, signal, additive)
    } else if let place = columns[index].extras.firstIndex(where: { $0.slot == entry.slot && $0.time == entry.time }) {
      columns[index].extras[place] = merge(columns[index].extras[place], entry, signal, additive)
    } else {
      columns[index].extras.append(entry)
    }
  }

  private mutating func merge(_ earlier: Entry, _ later: Entry, _ signal: Int, _ additive: Bool) -> Entry {
    var result = later
    let companion = Companion(row: earlier.row, signal: signal, slot: Int(earlier.slot), time: earlier.time)
    if additive {
      result.value += earlier.value
      added.append(companion)
    } else {
      replaced.append(companion)
    }
    return result
  }

  private mutating func column(_ signal: Int) -> Int {
    if columnOf[signal] >= 0 { return Int(columnOf[signal]) }
    if used == columns.count { columns.append(Column()) }
    columns[used].signal = signal
    columnOf[signal] = Int32(used)
    used += 1
    return used - 1
  }

  /// Calls `body` with each signal, ascending, and its entries by slot and time.
  func forEachColumn(_ body: (_ signal: Int, _ entries: [Entry]) throws -> Void) rethrows {
    for index in (0..<used).sorted(by: { columns[$0].signal < columns[$1].signal }) {
      let column = columns[index]
      var entries: [Entry] = []
      entries.reserveCapacity(Layout.shardSize + column.extras.count)
      for (word, bits) in column.present.enumerated() {
        var rest = bits
        while rest != 0 {
          entries.append(column.entries[word * 64 + rest.trailingZeroBitCount])
          rest &= rest - 1
        }
      }
      if !column.extras.isEmpty {
        entries.append(contentsOf: column.extras)
        entries.sort { ($0.slot, $0.time) < ($1.slot, $1.time) }
      }
      try body(column.signal, entries)
    }
  }
}
