import Health

/// Readings waiting to be written, in the order of their rows, with the (day, shard) cell of each.
struct CellBatch {
  struct Pending {
    var cell: UInt32
    /// signal · slot
    var place: UInt32
    /// Millisecond + 1, 0 for none.
    var time: UInt32
    var row: Int32
    var value: Double

    @inline(__always) var signal: Int { Int(place >> 9) }
    @inline(__always) var slot: Int { Int(place & 511) }
  }
  struct Cell {
    let day: Day
    let shard: Int
    var count = 0
  }

  private(set) var pending: [Pending] = []
  private(set) var cells: [Cell] = []
  private var table = [UInt32](repeating: .max, count: 1 << 12)  // open addressing: index of a cell
  private var last: (key: UInt32, cell: UInt32) = (.max, 0)

  @inline(__always) mutating func add(account: Int, signal: Int, moment: Moment, value: Double, row: Int32) {
    let key = UInt32(moment.day.number) << 12 | UInt32(Layout.shard(of: account))
    let cell = key == last.key ? last.cell : find(key)
    last = (key, cell)
    cells[Int(cell)].count += 1
    pending.append(
      Pending(
        cell: cell, place: UInt32(signal) << 9 | UInt32(Layout.slot(of: account)), time: UInt32(bitPattern: moment.millisecond + 1),
        row: row,
        value: value))
  }

  private func key(_ cell: Cell) -> UInt32 { UInt32(cell.day.number) << 12 | UInt32(cell.shard) }

  private mutating func find(_ key: UInt32) -> UInt32 {
    var place = slot(key)
    while table[place] != .max {
      if self.key(cells[Int(table[place])]) == key { return table[place] }
      place = (place + 1) & (table.count - 1)
    }
    cells.append(Cell(day: Day(Int(key >> 12)), shard: Int(key & 0xFFF)))
    table[place] = UInt32(cells.count - 1)
    if cells.count * 2 > table.count { grow() }
    return UInt32(cells.count - 1)
  }

  private func slot(_ key: UInt32) -> Int { Int(truncatingIfNeeded: (UInt64(key) &* 0x9E37_79B9_7F4A_7C15) >> 40) & (table.count - 1) }

  private mutating func grow() {
    table = [UInt32](repeating: .max, count: table.count * 2)
    for index in cells.indices {
      var place = slot(key(cells[index]))
      while table[place] != .max { place = (place + 1) & (table.count - 1) }
      table[place] = UInt32(index)
    }
  }

  /// The cells in key order, each with the indices of its readings in the order of their rows (counting sort).
  func grouped() -> (order: [UInt32], groups: [(cell: Cell, range: Range<Int>)]) {
    let sorted = cells.indices.sorted { key(cells[$0]) < key(cells[$1]) }
    var starts = [Int](repeating: 0, count: cells.count)
    var groups: [(Cell, Range<Int>)] = []
    var start = 0
    for index in sorted {
      starts[index] = start
      groups.append((cells[index], start..<start + cells[index].count))
      start += cells[index].count
    }
    var order = [UInt32](repeating: 0, count: pending.count)
    for (index, reading) in pending.enumerated() {
      order[starts[Int(reading.cell)]] = UInt32(index)
      starts[Int(reading.cell)] += 1
    }
    return (order, groups)
  }

  mutating func removeAll() {
    pending.removeAll(keepingCapacity: true)
    cells.removeAll(keepingCapacity: true)
    for index in table.indices { table[index] = .max }
    last = (.max, 0)
  }
}
