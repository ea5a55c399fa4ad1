import Synchronization

/// Doubles for some days and accounts of a tile, day by day, so that loops over the accounts of a day run along memory.
///
/// Cell (row, place) is at row · width + place; row 0 is the grid's first day. NaN means that there is nothing.
/// Invariant of the unchecked accesses in the engine: every index is below `rows * width`, the number of allocated Doubles.
package final class Grid {
  package let rows: Int
  package let width: Int
  package let cells: UnsafeMutablePointer<Double>

  /// A grid filled with one value.
  package init(rows: Int, width: Int, filledWith value: Double = .nan) {
    (self.rows, self.width) = (rows, width)
    cells = GridMemory.take(rows * width)
    cells.initialize(repeating: value, count: rows * width)
  }

  /// A grid of the same cells.
  init(copying other: Grid) {
    (rows, width) = (other.rows, other.width)
    cells = GridMemory.take(other.count)
    cells.initialize(from: other.cells, count: other.count)
  }

  /// Some of the rows; the grid itself where that is all of them.
  func cropped(from first: Int, rows: Int) -> Grid {
    precondition(first >= 0 && first + rows <= self.rows, "outside the grid")
    if rows == self.rows { return self }
    let result = Grid(rows: rows, width: width)
    result.cells.update(from: row(first), count: result.count)
    return result
  }

  deinit { GridMemory.giveBack(cells, rows * width) }

  package var count: Int { rows * width }

  /// The start of a day's cells.
  @inline(__always) package func row(_ row: Int) -> UnsafeMutablePointer<Double> { cells + row * width }

  /// One cell, checked.
  package subscript(_ row: Int, _ place: Int) -> Double {
    get {
      precondition(row >= 0 && row < rows && place >= 0 && place < width, "outside the grid")
      return cells[row * width + place]
    }
    set {
      precondition(row >= 0 && row < rows && place >= 0 && place < width, "outside the grid")
      cells[row * width + place] = newValue
    }
  }
}

/// Memory of grids that are gone, kept for the next of the same size.
///
/// Grids of a megabyte come and go by the thousand while a card is scored; given back to the system each time, they cost more in
/// page faults than the arithmetic. Doubles need no destruction, so a buffer can change hands as it is.
private enum GridMemory {
  // Unsafe: a pointer is in this list only while no grid has it, and leaves it under the lock.
  private struct Spare: @unchecked Sendable {
    var buffers: [Int: [UnsafeMutablePointer<Double>]] = [:]
    var total = 0
  }
  private static let spare = Mutex(Spare())
  /// Doubles kept at most: 16 MB.
  private static let most = 2 << 20

  static func take(_ count: Int) -> UnsafeMutablePointer<Double> {
    let known = spare.withLock { spare -> UnsafeMutablePointer<Double>? in
      guard let buffer = spare.buffers[count]?.popLast() else { return nil }
      spare.total -= count
      return buffer
    }
    return known ?? .allocate(capacity: max(1, count))
  }

  static func giveBack(_ buffer: UnsafeMutablePointer<Double>, _ count: Int) {
    let isKept = spare.withLock { spare in
      guard spare.total + count <= most else { return false }
      spare.buffers[count, default: []].append(buffer)
      spare.total += count
      return true
    }
    if !isKept { buffer.deallocate() }
  }
}

/// What happened day by day to one signal of the accounts of a tile.
package struct Daily {
  /// A day of an account with more than one reading or event, or with one that has no value.
  package struct Busy: Sendable {
    /// row · width + place
    package var cell: Int
    /// Readings or events.
    package var count: Double
    /// Those with a value.
    package var valued: Double
    /// Those that are not zero; a text without a number is not zero.
    package var nonzero: Double
    package var sum: Double
    package var min: Double
    package var max: Double

    package init(cell: Int, count: Double, valued: Double, nonzero: Double, sum: Double, min: Double, max: Double) {
      (self.cell, self.count, self.valued, self.nonzero, self.sum, self.min, self.max) = (cell, count, valued, nonzero, sum, min, max)
    }
  }

  /// The day of row 0.
  package let first: Day
  /// The last value of each day; NaN where the day has none.
  package let value: Grid
  /// Days that `value` alone does not describe, by cell.
  package var busy: [Busy] = []
  /// Before `first`: the last value and its day, NaN where there is none within reach.
  package var openingValue: [Double]
  package var openingDay: [Double]
  /// Before `first`: the day of the last non-zero reading or event.
  package var openingNonzeroDay: [Double]
  /// Before `first`: the sum of all values, for balances.
  package var openingSum: [Double]

  /// Nothing happened at all.
  package init(first: Day, rows: Int, width: Int) {
    self.first = first
    value = Grid(rows: rows, width: width)
    openingValue = [Double](repeating: .nan, count: width)
    openingDay = openingValue
    openingNonzeroDay = openingValue
    openingSum = [Double](repeating: 0, count: width)
  }

  /// A grid of one figure of each day: `plain` of the value where there is at most one, `busy` where there are more.
  package func figures(none: Double, plain: (Double) -> Double, busy figure: (Busy) -> Double) -> Grid {
    let grid = Grid(rows: value.rows, width: value.width)
    for cell in 0..<value.count {
      let x = value.cells[cell]
      grid.cells[cell] = x == x ? plain(x) : none
    }
    for some in busy { grid.cells[some.cell] = figure(some) }
    return grid
  }
}
