/// Figures over windows of N days, for every day of a range.
///
/// A window is put together from two pieces fixed by the calendar: blocks of N days aligned to day 0, the suffix of the left block
/// (taken from its end) and the prefix of the right one (taken from its start). So the result of a day depends only on the values
/// inside its window, never on where a sweep began, and costs the same for every N.
struct Windows {
  let window: Int
  /// The day of the input's row 0; the input reaches at least N − 1 days before the first wanted day.
  let first: Day

  /// Combines each window of `input` that ends on one of `days`; the left piece is taken from `left` where that differs.
  @inline(__always)
  func combine(_ input: Grid, left: Grid? = nil, days: ClosedRange<Day>, _ operation: (Double, Double) -> Double) -> Grid {
    let width = input.width
    let leftInput = left ?? input
    let suffixes = Grid(rows: input.rows, width: width)
    for row in stride(from: input.rows - 1, through: 0, by: -1) {
      let (from, to) = (leftInput.row(row), suffixes.row(row))
      if row + 1 == input.rows || isBlockStart(row + 1) {
        for i in 0..<width { to[i] = from[i] }
      } else {
        let next = suffixes.row(row + 1)
        for i in 0..<width { to[i] = operation(next[i], from[i]) }
      }
    }
    let result = Grid(rows: days.upperBound - days.lowerBound + 1, width: width)
    let prefix = Grid(rows: 1, width: width)
    for row in 0..<input.rows {
      let from = input.row(row)
      if row == 0 || isBlockStart(row) {
        for i in 0..<width { prefix.cells[i] = from[i] }
      } else {
        for i in 0..<width { prefix.cells[i] = operation(prefix.cells[i], from[i]) }
      }
      let day = first + row
      guard day >= days.lowerBound, day <= days.upperBound else { continue }
      let to = result.row(day - days.lowerBound)
      let start = row - window + 1
      if isBlockStart(start) {
        for i in 0..<width { to[i] = prefix.cells[i] }
      } else {
        let suffix = suffixes.row(start)
        for i in 0..<width { to[i] = operation(suffix[i], prefix.cells[i]) }
      }
    }
    return result
  }

  private func isBlockStart(_ row: Int) -> Bool { (Int(first.number) + row) % window == 0 }

  /// How many days a row is after the start of its block.
  func placeInBlock(_ row: Int) -> Int { (Int(first.number) + row) % window }

  func sums(_ input: Grid, left: Grid? = nil, days: ClosedRange<Day>) -> Grid { combine(input, left: left, days: days) { $0 + $1 } }
  func minima(_ input: Grid, days: ClosedRange<Day>) -> Grid { combine(input, days: days) { $1 < $0 ? $1 : $0 } }
  func maxima(_ input: Grid, days: ClosedRange<Day>) -> Grid { combine(input, days: days) { $1 > $0 ? $1 : $0 } }
}
