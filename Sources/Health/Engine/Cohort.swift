/// The values of one percentile input over the whole portfolio: for every day and every value of the attribute the counted accounts'
/// values in ascending order. 8 bytes for each account and day.
struct Cohort {
  let attribute: String?
  private let direction: Direction
  private let rows: Int
  private let accounts: Int
  private let least: Int
  /// While values are added row · accounts + account, NaN where the account does not count; afterwards each row by group, ascending.
  private var values: [Double]
  /// The groups by the attribute's value in lower case.
  private var groups: [String: Int] = [:]
  /// Of each account that is added the group from a row on, −1 without one.
  private var steps: [[(row: Int, group: Int)]]
  /// Where each group begins in its row: row · (groups + 1) + group.
  private var starts: [Int32] = []

  init(attribute: String?, direction: Direction, rows: Int, accounts: Int, least: Int) {
    (self.attribute, self.direction, self.rows, self.accounts, self.least) = (attribute, direction, rows, accounts, least)
    values = [Double](repeating: .nan, count: rows * accounts)
    steps = [[(row: Int, group: Int)]](repeating: [(0, 0)], count: attribute == nil ? 0 : accounts)
    if attribute == nil { groups[""] = 0 }
  }

  /// Adds the values of some accounts; `attributes` has the changes of the attribute where there is one.
  mutating func add(_ grid: Grid, counted: Grid, accounts: Range<Int>, attributes: [[AttributeStep]], first: Day) {
    for (place, account) in accounts.enumerated() {
      for row in 0..<rows where counted[row, place] > 0 { values[row * self.accounts + account] = grid[row, place] }
      guard attribute != nil else { continue }
      steps[account] = Cohort.steps(attributes[place], first: first).map { row, value in
        guard let value else { return (row, -1) }
        if let known = groups[value] { return (row, known) }
        groups[value] = groups.count
        return (row, groups.count - 1)
      }
    }
  }

  /// The changes by rows: the first at row 0, later ones where they come. Values in lower case.
  private static func steps(_ changes: [AttributeStep], first: Day) -> [(row: Int, value: String?)] {
    var steps: [(row: Int, value: String?)] = [(0, nil)]
    for change in changes {
      if change.from > first {
        steps.append((change.from - first, change.value?.lowercased()))
      } else {
        steps[0].value = change.value?.lowercased()
      }
    }
    return steps
  }

  /// Puts the values in order, after the last account was added.
  mutating func seal() {
    let count = groups.count
    starts = [Int32](repeating: 0, count: rows * (count + 1))
    var current = [Int](repeating: 0, count: accounts)
    var next = [Int](repeating: 0, count: steps.count)
    var sorted = [Double](repeating: 0, count: accounts)
    for row in 0..<rows {
      for account in 0..<steps.count {
        while next[account] < steps[account].count, steps[account][next[account]].row <= row {
          current[account] = steps[account][next[account]].group
          next[account] += 1
        }
      }
      let base = row * accounts
      var sizes = [Int32](repeating: 0, count: count + 1)
      for account in 0..<accounts where current[account] >= 0 && !values[base + account].isNaN { sizes[current[account] + 1] += 1 }
      for group in 0..<count { sizes[group + 1] += sizes[group] }
      for group in 0...count { starts[row * (count + 1) + group] = sizes[group] }
      for account in 0..<accounts where current[account] >= 0 && !values[base + account].isNaN {
        sorted[Int(sizes[current[account]])] = values[base + account]
        sizes[current[account]] += 1
      }
      for group in 0..<count {
        let bounds = bounds(row, group)
        sorted[bounds].sort()
        for index in bounds { values[base + index] = sorted[index] }
      }
    }
  }

  private func bounds(_ row: Int, _ group: Int) -> Range<Int> {
    let place = row * (groups.count + 1) + group
    return Int(starts[place])..<Int(starts[place + 1])
  }

  /// Turns values into points in place: (below + ½ · equal) ÷ n among those of the account's group; NaN where there are too few.
  func apply(_ grid: Grid, attributes: [[AttributeStep]], first: Day) {
    for place in 0..<grid.width {
      var steps = (attribute == nil ? [(row: 0, value: "")] : Cohort.steps(attributes[place], first: first))[...]
      var group: Int?
      for row in 0..<rows {
        while let step = steps.first, step.row <= row {
          group = step.value.flatMap { groups[$0] }
          steps = steps.dropFirst()
        }
        grid[row, place] = group.map { points(grid[row, place], row, $0) } ?? .nan
      }
    }
  }

  private func points(_ value: Double, _ row: Int, _ group: Int) -> Double {
    let bounds = bounds(row, group)
    guard !value.isNaN, bounds.count >= least, !bounds.isEmpty else { return .nan }
    let below = firstIndex(in: bounds, row) { $0 >= value } - bounds.lowerBound
    let notAbove = firstIndex(in: bounds, row) { $0 > value } - bounds.lowerBound
    let lesser = direction == .down ? bounds.count - notAbove : below
    return 100 * (Double(lesser) + Double(notAbove - below) / 2) / Double(bounds.count)
  }

  /// The first place whose value passes a test that all later ones pass too.
  private func firstIndex(in bounds: Range<Int>, _ row: Int, _ passes: (Double) -> Bool) -> Int {
    var (low, high) = (bounds.lowerBound, bounds.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if passes(values[row * accounts + middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
