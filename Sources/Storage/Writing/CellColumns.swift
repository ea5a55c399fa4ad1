import Health

/// The readings of one (day, shard) cell of a file, by signal and slot, with what one file says twice already put together.
///
/// Within one file the values of a `count` for one account, signal and moment are added; of a state the last row wins.
///
/// Invariant of the unchecked memory: it has room for every signal that keys have room for, with 512 slots each, of which the
/// system gives only the pages that are touched; `used` columns are in use, `columnOf` has the column of each signal of theirs and
/// −1 of others, and a slot of a column has a reading where its bit in `present` is set.
final class CellColumns {
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

  private static let words = Layout.shardSize / 64

  private let present: UnsafeMutablePointer<UInt64>
  private let times: UnsafeMutablePointer<UInt32>
  private let rows: UnsafeMutablePointer<Int32>
  private let values: UnsafeMutablePointer<Double>
  private let columnOf: UnsafeMutablePointer<Int16>
  private var signals: [Int] = []  // by column
  /// By column: further readings of a slot, at other times.
  private var extras: [Int: [Entry]] = [:]
  /// Rows whose amounts were added to another row's.
  private(set) var added: [Companion] = []
  /// Rows that a later row of the file replaced.
  private(set) var replaced: [Companion] = []

  init() {
    let size = Layout.mostSignals * Layout.shardSize
    present = .allocate(capacity: Layout.mostSignals * Self.words)
    times = .allocate(capacity: size)
    rows = .allocate(capacity: size)
    values = .allocate(capacity: size)
    columnOf = .allocate(capacity: Layout.mostSignals)
    columnOf.initialize(repeating: -1, count: Layout.mostSignals)
  }

  deinit {
    present.deallocate()
    times.deallocate()
    rows.deallocate()
    values.deallocate()
    columnOf.deallocate()
  }

  /// Forgets the cell before.
  func begin() {
    for signal in signals { columnOf[signal] = -1 }
    signals.removeAll(keepingCapacity: true)
    extras.removeAll(keepingCapacity: true)
    added.removeAll(keepingCapacity: true)
    replaced.removeAll(keepingCapacity: true)
  }

  var isEmpty: Bool { signals.isEmpty }

  /// Takes readings of the cell; `additive` says which signals are counts.
  func add(_ readings: Slice<UnsafeBufferPointer<ReadingBatch.Pending>>, additive: [Bool]) {
    for reading in readings {
      let (signal, slot) = (reading.signal, reading.slot)
      let column = columnOf[signal] >= 0 ? Int(columnOf[signal]) : newColumn(signal)
      let (word, bit) = (column * Self.words + slot >> 6, UInt64(1) << UInt64(slot & 63))
      if present[word] & bit != 0 {
        let entry = Entry(slot: UInt16(slot), time: reading.time, row: reading.row, value: reading.value)
        addAgain(entry, column: column, additive: additive[signal])
        continue
      }
      present[word] |= bit
      put(column * Layout.shardSize + slot, reading.time, reading.row, reading.value)
    }
  }

  /// Takes a reading that replaces what was said of the same moment.
  func replace(signal: Int, slot: Int, time: UInt32, value: Double) {
    let column = columnOf[signal] >= 0 ? Int(columnOf[signal]) : newColumn(signal)
    let (word, bit) = (column * Self.words + slot >> 6, UInt64(1) << UInt64(slot & 63))
    let entry = Entry(slot: UInt16(slot), time: time, row: -1, value: value)
    if present[word] & bit != 0 {
      addAgain(entry, column: column, additive: false)
    } else {
      present[word] |= bit
      put(column * Layout.shardSize + slot, time, -1, value)
    }
  }

  @inline(__always) private func put(_ place: Int, _ time: UInt32, _ row: Int32, _ value: Double) {
    times[place] = time
    rows[place] = row
    values[place] = value
  }

  private func newColumn(_ signal: Int) -> Int {
    let column = signals.count
    signals.append(signal)
    columnOf[signal] = Int16(truncatingIfNeeded: column)
    (present + column * Self.words).initialize(repeating: 0, count: Self.words)
    return column
  }

  private func addAgain(_ entry: Entry, column: Int, additive: Bool) {
    let place = column * Layout.shardSize + Int(entry.slot)
    if times[place] == entry.time {
      let known = Entry(slot: entry.slot, time: times[place], row: rows[place], value: values[place])
      let merged = merge(known, entry, signals[column], additive)
      put(place, merged.time, merged.row, merged.value)
    } else if let index = extras[column]?.firstIndex(where: { $0.slot == entry.slot && $0.time == entry.time }) {
      let known = extras[column, default: []][index]
      extras[column]?[index] = merge(known, entry, signals[column], additive)
    } else {
      extras[column, default: []].append(entry)
    }
  }

  private func merge(_ earlier: Entry, _ later: Entry, _ signal: Int, _ additive: Bool) -> Entry {
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

  // MARK: What there is

  /// Calls `body` with every slot that has a reading.
  func forEachSlot(_ body: (Int) -> Void) {
    for word in 0..<Self.words {
      var bits = signals.indices.reduce(0) { $0 | present[$1 * Self.words + word] }
      while bits != 0 {
        body(word * 64 + bits.trailingZeroBitCount)
        bits &= bits - 1
      }
    }
  }

  /// The columns as chunks have them, ascending by signal.
  func chunkColumns() -> [(signal: Int, column: ChunkColumn)] {
    ordered.map { column in
      (signals[column], extras[column] == nil ? plainColumn(column) : Self.chunkColumn(signals[column], entries(column)))
    }
  }

  /// One column of entries, ascending by slot and time, as chunks have it.
  static func chunkColumn(_ signal: Int, _ entries: [Entry]) -> ChunkColumn {
    ChunkColumn(signal: signal % Layout.blockSize, slots: entries.map(\.slot), times: entries.map(\.time), values: entries.map(\.value))
  }

  /// Calls `body` with each signal, ascending, and its entries by slot and time.
  func forEachColumn(_ body: (_ signal: Int, _ entries: [Entry]) throws -> Void) rethrows {
    for column in ordered { try body(signals[column], entries(column)) }
  }

  private var ordered: [Int] { signals.indices.sorted { signals[$0] < signals[$1] } }

  private func count(_ column: Int) -> Int {
    (0..<Self.words).reduce(0) { $0 + present[column * Self.words + $1].nonzeroBitCount }
  }

  @inline(__always) private func forEachSlot(of column: Int, _ body: (Int) -> Void) {
    for word in 0..<Self.words {
      var bits = present[column * Self.words + word]
      while bits != 0 {
        body(word * 64 + bits.trailingZeroBitCount)
        bits &= bits - 1
      }
    }
  }

  /// A column without extras. Invariant of the unchecked writes: as many slots come as were counted.
  private func plainColumn(_ column: Int) -> ChunkColumn {
    let (count, start) = (count(column), column * Layout.shardSize)
    func gathered<T>(_ value: (Int) -> T) -> [T] {
      [T](unsafeUninitializedCapacity: count) { buffer, filled in
        forEachSlot(of: column) { slot in
          buffer.initializeElement(at: filled, to: value(slot))
          filled += 1
        }
      }
    }
    return ChunkColumn(
      signal: signals[column] % Layout.blockSize, slots: gathered { UInt16(truncatingIfNeeded: $0) },
      times: gathered { self.times[start + $0] }, values: gathered { self.values[start + $0] })
  }

  private func entries(_ column: Int) -> [Entry] {
    let start = column * Layout.shardSize
    var entries: [Entry] = []
    entries.reserveCapacity(count(column))
    forEachSlot(of: column) { slot in
      entries.append(Entry(slot: UInt16(slot), time: times[start + slot], row: rows[start + slot], value: values[start + slot]))
    }
    if let more = extras[column] {
      entries += more
      entries.sort { ($0.slot, $0.time) < ($1.slot, $1.time) }
    }
    return entries
  }
}
