/// Values with the ages of the readings they come from, for the days of a tile. NaN: missing.
struct Measured {
  var value: Grid
  /// Days; nil where every age is 0.
  var age: Grid?
}

/// Measures the expressions of a card over one tile.
struct Measures {
  /// The scored days.
  let days: ClosedRange<Day>
  let width: Int
  /// The day each account starts, as a number; +∞ where it never does.
  let starts: [Double]
  /// The history of a signal, of a kind.
  let daily: (_ key: String, _ kind: SignalKind) throws -> Daily
  let calendar: (Signal) -> Silence.Calendar
  /// The signals that one stands for: a pattern's instances, else itself.
  let keys: (Signal) -> [String]

  /// The scored days, or as many so many days earlier: the other end of a comparison. What was dark on them is judged at the end of
  /// the scored day.
  struct Stretch {
    let days: ClosedRange<Day>
    let back: Int

    var rows: Int { days.upperBound - days.lowerBound + 1 }
    func day(_ row: Int) -> Day { days.lowerBound + row }
    func scoredDay(_ row: Int) -> Day { days.lowerBound + row + back }
  }

  func stretch(_ back: Int) -> Stretch { Stretch(days: (days.lowerBound - back)...(days.upperBound - back), back: back) }

  /// The value of an expression on every scored day, with divisor, comparison and `else`.
  func measure(_ plan: MeasurePlan) throws -> Grid {
    let value = try compared(plan).value
    for alternative in plan.chain.dropFirst() {
      let other = try compared(alternative).value
      for cell in 0..<value.count where value.cells[cell].isNaN { value.cells[cell] = other.cells[cell] }
    }
    return value
  }

  /// An expression without what stands in for it, so many days back.
  func compared(_ plan: MeasurePlan, back: Int = 0) throws -> Measured {
    let now = try quotient(plan, back: back)
    guard plan.expression.versus != nil else { return now }
    let then = try quotient(plan, back: back + plan.shift)
    let isRatio = plan.expression.comparison == .ratio
    let (a, b) = (now.value.cells, then.value.cells)
    for row in 0..<now.value.rows {
      // Both windows must be lived: the account started by the first day of the earlier one. States may be older than the account.
      let firstDay = Double(Int((days.lowerBound + row - back - plan.shift).number) - plan.span + 1)
      for place in 0..<width {
        let cell = row * width + place
        if plan.isWindowed && starts[place] > firstDay {
          a[cell] = .nan
        } else if isRatio {
          a[cell] = b[cell] == 0 ? .nan : a[cell] / b[cell] - 1
        } else {
          a[cell] -= b[cell]
        }
      }
    }
    return now
  }

  /// One end of a comparison: each is divided by the divisor of its own time.
  private func quotient(_ plan: MeasurePlan, back: Int) throws -> Measured {
    var measured = try single(plan, stretch(back))
    guard let divisor = plan.expression.per.first, let divisorPlan = plan.per.first else { return measured }
    let other = try compared(divisorPlan, back: back)
    let (value, below) = (measured.value.cells, other.value.cells)
    for cell in 0..<measured.value.count {
      let whole = divisor.plusOwn ? value[cell] + below[cell] : below[cell]
      value[cell] = whole == 0 ? .nan : value[cell] / whole * divisor.times
    }
    guard let otherAge = other.age else { return measured }
    guard let age = measured.age else {
      measured.age = otherAge
      return measured
    }
    for cell in 0..<age.count { age.cells[cell] = max(age.cells[cell], otherAge.cells[cell]) }
    return measured
  }

  // MARK: One end

  private func single(_ plan: MeasurePlan, _ stretch: Stretch) throws -> Measured {
    switch plan.expression.function {
    case .breadth: return Measured(value: try breadth(plan, stretch))
    case .lapsed: return Measured(value: try lapsed(plan, stretch))
    case .sum, .count, .days: return Measured(value: try total(plan, stretch))
    default: break
    }
    let daily = try daily(plan.signal.key, plan.signal.kind)
    switch plan.expression.function {
    case .last where plan.signal.kind == .balance:
      return darkened(Measured(value: rows(of: state(daily), from: daily.first, stretch)), plan, stretch)
    case .last: return latest(daily, stretch, expire: plan.expire)
    case .until: return sinceDate(latest(daily, stretch, expire: plan.expire), stretch, sign: 1)
    case .since where !plan.goesDark: return sinceDate(latest(daily, stretch, expire: plan.expire), stretch, sign: -1)
    case .since: return darkened(Measured(value: sinceNonzero(daily, stretch)), plan, stretch)
    default: return summary(daily, plan, stretch)
    }
  }

  /// The latest value not after each day and not older than `expire`, with its age.
  func latest(_ daily: Daily, _ stretch: Stretch, expire: Int?) -> Measured {
    let rows = stretch.rows
    let (value, age) = (Grid(rows: rows, width: width), Grid(rows: rows, width: width))
    let (carried, carriedAge) = (Grid(rows: 1, width: width), Grid(rows: 1, width: width))
    for place in 0..<width {
      carried.cells[place] = daily.openingValue[place]
      carriedAge.cells[place] = Double(daily.first.number) - 1 - daily.openingDay[place]
    }
    let limit = expire.map(Double.init) ?? .infinity
    let skipped = stretch.days.lowerBound - daily.first
    for row in 0..<(skipped + rows) {
      let input = daily.value.row(row)
      let (last, lastAge) = (carried.cells, carriedAge.cells)
      for i in 0..<width {
        let x = input[i]
        let isNew = x == x
        last[i] = isNew ? x : last[i]
        lastAge[i] = isNew ? 0 : lastAge[i] + 1
      }
      guard row >= skipped else { continue }
      let (to, toAge) = (value.row(row - skipped), age.row(row - skipped))
      for i in 0..<width {
        to[i] = lastAge[i] <= limit ? last[i] : .nan
        toAge[i] = lastAge[i]
      }
    }
    return Measured(value: value, age: age)
  }

  /// Days from a date to each day (sign −1) or from each day to the date (+1).
  private func sinceDate(_ date: Measured, _ stretch: Stretch, sign: Double) -> Measured {
    for row in 0..<date.value.rows {
      let day = Double(stretch.day(row).number)
      let cells = date.value.row(row)
      for i in 0..<width { cells[i] = sign * (cells[i] - day) }
    }
    return date
  }

  func sinceNonzero(_ daily: Daily, _ stretch: Stretch) -> Grid {
    let happened = daily.figures(none: 0, plain: { $0 == 0 ? 0 : 1 }, busy: { $0.nonzero })
    return daysSince(happened, from: daily.first, opening: daily.openingNonzeroDay, stretch)
  }

  /// Days from the last day with a figure above 0 to each day; `opening` has the last such days before the first row.
  func daysSince(_ figures: Grid, from first: Day, opening: [Double], _ stretch: Stretch) -> Grid {
    let result = Grid(rows: stretch.rows, width: width)
    var last = opening
    for row in 0..<(stretch.days.upperBound - first + 1) {
      let day = Double((first + row).number)
      let cells = figures.row(row)
      for place in 0..<width where cells[place] > 0 { last[place] = day }
      let target = first + row - stretch.days.lowerBound
      guard target >= 0 else { continue }
      for place in 0..<width { result.row(target)[place] = day - last[place] }
    }
    return result
  }

  /// The running sum of a balance.
  func state(_ daily: Daily) -> Grid {
    let grid = daily.figures(none: 0, plain: { $0 }, busy: { $0.sum })
    var running = daily.openingSum
    for row in 0..<grid.rows {
      let cells = grid.row(row)
      for place in 0..<width {
        running[place] += cells[place]
        cells[place] = running[place]
      }
    }
    return grid
  }

  private func rows(of grid: Grid, from first: Day, _ stretch: Stretch) -> Grid {
    grid.cropped(from: stretch.days.lowerBound - first, rows: stretch.rows)
  }

  func darkened(_ measured: Measured, _ plan: MeasurePlan, _ stretch: Stretch) -> Measured {
    let calendar = calendar(plan.signal)
    for row in 0..<measured.value.rows where calendar.isDark(on: stretch.day(row), asOf: stretch.scoredDay(row)) {
      measured.value.row(row).update(repeating: .nan, count: width)
    }
    return measured
  }
}
