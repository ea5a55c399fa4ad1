import Health

/// Readings waiting to be written, in the order of their rows.
///
/// A class that is not checked for overlapping access: every reading of every file passes here.
package final class ReadingBatch {
  struct Pending {
    /// account · signal (10 bits)
    var place: UInt32
    var day: Int32
    /// Millisecond + 1, 0 for none.
    var time: UInt32
    var row: Int32
    var value: Double

    @inline(__always) var signal: Int { Int(place & 1023) }
    @inline(__always) var slot: Int { Layout.slot(of: Int(place >> 10)) }
    /// day · shard
    @inline(__always) var cell: UInt32 { UInt32(bitPattern: day) << 12 | UInt32(Layout.shard(of: Int(place >> 10))) }
  }

  @exclusivity(unchecked) private(set) var pending: [Pending] = []

  /// Takes room for so many, which costs only addresses until it is used; growing step by step would copy and touch it all again.
  package func reserve(_ count: Int) { pending.reserveCapacity(count) }

  /// How many wait.
  package var count: Int { pending.count }

  package func add(account: Int, signal: Int, moment: Moment, value: Double, row: Int32) {
    pending.append(
      Pending(
        place: UInt32(truncatingIfNeeded: account << 10 | signal), day: moment.day.number,
        time: UInt32(bitPattern: moment.millisecond &+ 1), row: row, value: value))
  }

  /// Forgets the last ones: the row that stated them was refused.
  package func removeLast(_ count: Int) { pending.removeLast(count) }

  /// Tells the last ones which account they are of, where that was found after them.
  package func setAccount(_ account: Int, ofLast count: Int) {
    for index in pending.count - count..<pending.count {
      pending[index].place = pending[index].place & 1023 | UInt32(truncatingIfNeeded: account << 10)
    }
  }

  /// Forgets those of all other rows.
  func keep(_ isKept: (Int32) -> Bool) { pending.removeAll { !isKept($0.row) } }

  func removeAll() { pending.removeAll(keepingCapacity: true) }
}

/// The readings of a batch by (day, shard) cell.
///
/// Rows mostly come in runs of one cell, be a file ordered by day or by account, so runs are sorted and not readings.
struct CellRuns {
  struct Cell {
    let day: Day
    let shard: Int
    /// Its runs, in the order of their rows.
    let runs: Range<Int>
  }
  /// In key order.
  private(set) var cells: [Cell] = []
  /// Runs of readings, by cell.
  private(set) var runs: [Range<Int>] = []

  init(_ pending: [ReadingBatch.Pending]) {
    var starts: [UInt64] = []  // cell · first reading
    var last: UInt32?
    for index in pending.indices where pending[index].cell != last {
      last = pending[index].cell
      starts.append(UInt64(pending[index].cell) << 32 | UInt64(index))
    }
    let ends = CellRuns.ends(starts, count: pending.count)
    let sorted = RadixSort.indices(of: starts, byHigherHalf: 28)
    runs.reserveCapacity(starts.count)
    var first = 0
    for (place, index) in sorted.enumerated() {
      let start = starts[Int(index)]
      runs.append(Int(UInt32(truncatingIfNeeded: start))..<ends[Int(index)])
      let cell = start >> 32
      guard place + 1 == sorted.count || starts[Int(sorted[place + 1])] >> 32 != cell else { continue }
      cells.append(Cell(day: Day(Int(cell >> 12)), shard: Int(cell & 0xFFF), runs: first..<place + 1))
      first = place + 1
    }
  }

  private static func ends(_ starts: [UInt64], count: Int) -> [Int] {
    var ends = starts.dropFirst().map { Int(UInt32(truncatingIfNeeded: $0)) }
    if !starts.isEmpty { ends.append(count) }
    return ends
  }
}

/// Sorting of packed keys without comparisons.
enum RadixSort {
  private static let digitBits = 10

  /// The places of keys in the order of so many lowest bits of their higher half; equal ones keep their order.
  static func indices(of keys: [UInt64], byHigherHalf bits: Int) -> [UInt32] {
    var order = keys.indices.map { UInt32(truncatingIfNeeded: $0) }
    if zip(keys, keys.dropFirst()).allSatisfy({ $0 >> 32 <= $1 >> 32 }) { return order }
    var next = order
    for shift in stride(from: 32, to: 32 + bits, by: digitBits) {
      func digit(_ index: UInt32) -> Int { Int(truncatingIfNeeded: keys[Int(index)] >> UInt64(shift)) & ((1 << digitBits) - 1) }
      var places = [Int](repeating: 0, count: (1 << digitBits) + 1)
      for index in order { places[digit(index) + 1] += 1 }
      for value in 0..<1 << digitBits { places[value + 1] += places[value] }
      for index in order {
        next[places[digit(index)]] = index
        places[digit(index)] += 1
      }
      swap(&order, &next)
    }
    return order
  }
}
