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
  let daily: (String) -> Daily
  let calendar: (Signal) -> Silence.Calendar

  /// The value of an expression on every scored day, with divisor, comparison and `else`.
  func measure(_ plan: MeasurePlan) -> Measured {
    var measured = compared(plan)
    if let per = plan.per, let divisor = per.plan.first { divide(&measured, by: measure(divisor), plusOwn: per.plusOwn, times: per.times) }
    for alternative in plan.otherwise { fill(&measured, from: measure(alternative)) }
    return measured
  }

  private func divide(_ measured: inout Measured, by divisor: Measured, plusOwn: Bool, times: Double) {
    let (value, other) = (measured.value.cells, divisor.value.cells)
    for cell in 0..<measured.value.count {
      let below = plusOwn ? value[cell] + other[cell] : other[cell]
      value[cell] = below == 0 ? .nan : value[cell] / below * times
    }
    guard let otherAge = divisor.age else { return }
    guard let age = measured.age else {
      measured.age = otherAge
      return
    }
    for cell in 0..<age.count { age.cells[cell] = max(age.cells[cell], otherAge.cells[cell]) }
  }

  private func fill(_ measured: inout Measured, from other: Measured) {
    if measured.age == nil, other.age != nil { measured.age = Grid(rows: measured.value.rows, width: width, filledWith: 0) }
    for cell in 0..<measured.value.count where measured.value.cells[cell].isNaN {
      measured.value.cells[cell] = other.value.cells[cell]
      measured.age?.cells[cell] = other.age?.cells[cell] ?? 0
    }
  }

  private func compared(_ plan: MeasurePlan) -> Measured {
    let now = single(plan, days: days)
    guard plan.expression.versus != nil else { return now }
    let then = single(plan, days: (days.lowerBound - plan.shift)...(days.upperBound - plan.shift))
    let isRatio = plan.expression.comparison == .ratio
    let (a, b) = (now.value.cells, then.value.cells)
    for row in 0..<now.value.rows {
      // Both windows must be lived: the account started by the first day of the earlier one. States may be older than the account.
      let firstDay = Double(Int((days.lowerBound + row - plan.shift).number) - (plan.expression.window ?? 1) + 1)
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

  // MARK: One end

  private func single(_ plan: MeasurePlan, days: ClosedRange<Day>) -> Measured {
    let daily = daily(plan.expression.signal)
    switch plan.expression.function {
    case .last where plan.signal.kind == .balance:
      return darkened(Measured(value: rows(of: state(daily), from: daily.first, days)), plan, days)
    case .last: return latest(daily, days: days, expire: plan.expire)
    case .until: return sinceDate(latest(daily, days: days, expire: plan.expire), days: days, sign: 1)
    case .since where !plan.goesDark: return sinceDate(latest(daily, days: days, expire: plan.expire), days: days, sign: -1)
    case .since: return darkened(Measured(value: sinceNonzero(daily, days: days)), plan, days)
    case .sum, .count, .days: return total(daily, plan, days: days)
    case .mean, .min, .max, .slope: return summary(daily, plan, days: days)
    // Nothing here: MeasurePlan refuses them.
    case .breadth, .lapsed: return Measured(value: Grid(rows: days.upperBound - days.lowerBound + 1, width: width))
    }
  }

  /// The latest value not after each day and not older than `expire`, with its age.
  private func latest(_ daily: Daily, days: ClosedRange<Day>, expire: Int?) -> Measured {
    let rows = days.upperBound - days.lowerBound + 1
    let (value, age) = (Grid(rows: rows, width: width), Grid(rows: rows, width: width))
    let (carried, carriedAge) = (Grid(rows: 1, width: width), Grid(rows: 1, width: width))
    for place in 0..<width {
      carried.cells[place] = daily.openingValue[place]
      carriedAge.cells[place] = Double(daily.first.number) - 1 - daily.openingDay[place]
    }
    let limit = expire.map(Double.init) ?? .infinity
    let skipped = days.lowerBound - daily.first
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
  private func sinceDate(_ date: Measured, days: ClosedRange<Day>, sign: Double) -> Measured {
    for row in 0..<date.value.rows {
      let day = Double((days.lowerBound + row).number)
      let cells = date.value.row(row)
      for i in 0..<width { cells[i] = sign * (cells[i] - day) }
    }
    return date
  }

  private func sinceNonzero(_ daily: Daily, days: ClosedRange<Day>) -> Grid {
    let happened = daily.figures(none: 0, plain: { $0 == 0 ? 0 : 1 }, busy: { $0.nonzero })
    let result = Grid(rows: days.upperBound - days.lowerBound + 1, width: width)
    var last = daily.openingNonzeroDay
    for row in 0..<(days.upperBound - daily.first + 1) {
      let day = Double((daily.first + row).number)
      for place in 0..<width where happened.row(row)[place] > 0 { last[place] = day }
      let target = daily.first + row - days.lowerBound
      guard target >= 0 else { continue }
      for place in 0..<width { result.row(target)[place] = day - last[place] }
    }
    return result
  }

  /// Days from the newest event (or, of a state, its reading) to each day, dark or not: what has happened stays so.
  func sinceNewest(_ plan: MeasurePlan) -> Grid {
    if plan.goesDark { return sinceNonzero(daily(plan.expression.signal), days: days) }
    let measured = latest(daily(plan.expression.signal), days: days, expire: plan.expire)
    return measured.age ?? Grid(rows: measured.value.rows, width: width)
  }

  /// The running sum of a balance.
  private func state(_ daily: Daily) -> Grid {
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

  private func rows(of grid: Grid, from first: Day, _ days: ClosedRange<Day>) -> Grid {
    let result = Grid(rows: days.upperBound - days.lowerBound + 1, width: width)
    result.cells.update(from: grid.row(days.lowerBound - first), count: result.count)
    return result
  }

  private func darkened(_ measured: Measured, _ plan: MeasurePlan, _ days: ClosedRange<Day>) -> Measured {
    let calendar = calendar(plan.signal)
    for row in 0..<measured.value.rows where calendar.isDark(on: days.lowerBound + row) {
      measured.value.row(row).update(repeating: .nan, count: width)
    }
    return measured
  }

  // MARK: Windows

  /// Clears days before each account's start, which windows do not see.
  private func lived(_ grid: Grid, from first: Day, none: Double) -> Grid {
    let firstDay = Double(first.number)
    for place in 0..<width where starts[place] > firstDay {
      let rows = min(Double(grid.rows), starts[place] - firstDay)
      for row in 0..<Int(rows) { grid.row(row)[place] = none }
    }
    return grid
  }

  /// `sum`, `count` and `days`, scaled up for young accounts and dark days.
  private func total(_ daily: Daily, _ plan: MeasurePlan, days: ClosedRange<Day>) -> Measured {
    let figures: Grid
    switch plan.expression.function {
    case .sum: figures = daily.figures(none: 0, plain: { $0 }, busy: { $0.sum })
    case .count: figures = daily.figures(none: 0, plain: { _ in 1 }, busy: { $0.count })
    default: figures = daily.figures(none: 0, plain: { $0 == 0 ? 0 : 1 }, busy: { $0.nonzero > 0 ? 1 : 0 })
    }
    let window = plan.expression.window ?? 1
    let sums = Windows(window: window, first: daily.first).sums(lived(figures, from: daily.first, none: 0), days: days)
    let calendar = calendar(plan.signal)
    for row in 0..<sums.rows {
      let day = days.lowerBound + row
      let cells = sums.row(row)
      if calendar.isDark(on: day) {
        cells.update(repeating: .nan, count: width)
        continue
      }
      let whole = factor(day, start: .zero, window: window, calendar)
      let windowStart = Double(Int(day.number) - window + 1)
      for place in 0..<width {
        cells[place] *= starts[place] <= windowStart ? whole : factor(day, start: starts[place], window: window, calendar)
      }
    }
    return Measured(value: sums)
  }

  /// What a windowed amount is multiplied by: N ÷ (lived − dark) days; NaN where that would be a guess.
  private func factor(_ day: Day, start: Double, window: Int, _ calendar: Silence.Calendar) -> Double {
    let since = Double(day.number) - start + 1
    guard since >= 1, since >= 14 || since >= Double(window) else { return .nan }
    let lived = min(window, Int(min(since, Double(window))))
    let dark = calendar.darkDays(from: day - (lived - 1), through: day)
    return dark * 2 > lived ? .nan : Double(window) / Double(lived - dark)
  }

  /// `mean`, `min`, `max` and `slope` over readings, or over the daily state of a balance.
  private func summary(_ daily: Daily, _ plan: MeasurePlan, days: ClosedRange<Day>) -> Measured {
    let isBalance = plan.signal.kind == .balance
    let window = Windows(window: plan.expression.window ?? 1, first: daily.first)
    let series = isBalance ? balanceSeries(daily) : Series(daily, self)
    let value: Grid
    switch plan.expression.function {
    case .mean:
      value = window.sums(series.sum, days: days)
      let count = window.sums(series.count, days: days)
      for cell in 0..<value.count { value.cells[cell] = count.cells[cell] > 0 ? value.cells[cell] / count.cells[cell] : .nan }
    case .min: value = window.minima(series.min, days: days)
    case .max: value = window.maxima(series.max, days: days)
    default: value = slope(series, window, days: days)
    }
    for cell in 0..<value.count where value.cells[cell].isInfinite { value.cells[cell] = .nan }
    hideYoung(value, days: days, window: window.window)
    guard !isBalance else { return darkened(Measured(value: value), plan, days) }
    return Measured(value: value, age: newestAge(series, from: daily.first, days: days, value: value))
  }

  private func hideYoung(_ value: Grid, days: ClosedRange<Day>, window: Int) {
    let needed = Double(min(14, window))
    for place in 0..<width {
      let enough = starts[place] + needed - 1 - Double(days.lowerBound.number)
      guard enough > 0 else { continue }
      for row in 0..<Int(min(Double(value.rows), enough)) { value.row(row)[place] = .nan }
    }
  }

  /// The figures of each day that summaries are made of; days before the account's start are empty.
  private struct Series {
    var sum, count, min, max: Grid

    init(_ daily: Daily, _ measures: Measures) {
      func figures(_ none: Double, _ plain: (Double) -> Double, _ busy: (Daily.Busy) -> Double) -> Grid {
        measures.lived(daily.figures(none: none, plain: plain, busy: busy), from: daily.first, none: none)
      }
      sum = figures(0, { $0 }, { $0.sum })
      count = figures(0, { _ in 1 }, { $0.valued })
      min = figures(.infinity, { $0 }, { $0.valued > 0 ? $0.min : .infinity })
      max = figures(-.infinity, { $0 }, { $0.valued > 0 ? $0.max : -.infinity })
    }

    init(sum: Grid, count: Grid, min: Grid, max: Grid) { (self.sum, self.count, self.min, self.max) = (sum, count, min, max) }
  }

  /// A balance as one reading a day: its state at the end of the day. A dark day has the state carried into it: a balance says
  /// what is open, not what happened, so there is nothing to scale up.
  private func balanceSeries(_ daily: Daily) -> Series {
    let states = state(daily)
    func grid(_ none: Double, _ figure: (Double) -> Double) -> Grid {
      let result = Grid(rows: states.rows, width: width)
      for cell in 0..<states.count { result.cells[cell] = figure(states.cells[cell]) }
      return lived(result, from: daily.first, none: none)
    }
    return Series(sum: grid(0) { $0 }, count: grid(0) { _ in 1 }, min: grid(.infinity) { $0 }, max: grid(-.infinity) { $0 })
  }

  /// Least-squares slope per 30 days, of at least three readings. x counts from the block boundary inside the window, so that
  /// both pieces of the window can be summed before the window is known.
  private func slope(_ series: Series, _ window: Windows, days: ClosedRange<Day>) -> Grid {
    func moments(_ figure: (Double, Int) -> Double) -> (prefix: Grid, suffix: Grid) {
      let (prefix, suffix) = (Grid(rows: series.sum.rows, width: width), Grid(rows: series.sum.rows, width: width))
      for row in 0..<series.sum.rows {
        let x = Double(window.placeInBlock(row))
        for cell in row * width..<(row + 1) * width {
          prefix.cells[cell] = figure(x, cell)
          suffix.cells[cell] = figure(x - Double(window.window), cell)
        }
      }
      return (prefix, suffix)
    }
    func summed(_ figure: (Double, Int) -> Double) -> Grid {
      let (prefix, suffix) = moments(figure)
      return window.sums(prefix, left: suffix, days: days)
    }
    let (count, sum) = (series.count.cells, series.sum.cells)
    let n = window.sums(series.count, days: days)
    let y = window.sums(series.sum, days: days)
    let x = summed { x, cell in x * count[cell] }
    let xx = summed { x, cell in x * x * count[cell] }
    let xy = summed { x, cell in x * sum[cell] }
    for cell in 0..<n.count {
      let below = n.cells[cell] * xx.cells[cell] - x.cells[cell] * x.cells[cell]
      let above = n.cells[cell] * xy.cells[cell] - x.cells[cell] * y.cells[cell]
      n.cells[cell] = n.cells[cell] >= 3 && below > 0 ? 30 * above / below : .nan
    }
    return n
  }

  /// The age of the newest reading of each window.
  private func newestAge(_ series: Series, from first: Day, days: ClosedRange<Day>, value: Grid) -> Grid {
    let age = Grid(rows: value.rows, width: width)
    var last = [Double](repeating: .nan, count: width)
    for row in 0..<(days.upperBound - first + 1) {
      let day = Double((first + row).number)
      let counts = series.count.row(row)
      for place in 0..<width where counts[place] > 0 { last[place] = day }
      let target = first + row - days.lowerBound
      guard target >= 0 else { continue }
      for place in 0..<width { age.row(target)[place] = day - last[place] }
    }
    return age
  }
}
