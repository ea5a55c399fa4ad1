// Figures over windows: what young accounts have lived of them and what dark days leave out.
extension Measures {
  /// Clears days before each account's start, which windows do not see.
  func lived(_ grid: Grid, from first: Day, none: Double) -> Grid {
    let firstDay = Double(first.number)
    for place in 0..<width where starts[place] > firstDay {
      let rows = min(Double(grid.rows), starts[place] - firstDay)
      for row in 0..<Int(rows) { grid.row(row)[place] = none }
    }
    return grid
  }

  /// The amounts of the windows of one signal, as they are.
  func amounts(_ key: String, _ plan: MeasurePlan, _ stretch: Stretch) throws -> Grid {
    let daily = try daily(key, plan.signal.kind)
    let figures: Grid
    switch plan.expression.function {
    case .count: figures = daily.figures(none: 0, plain: { _ in 1 }, busy: { $0.count })
    case .days: figures = daily.figures(none: 0, plain: { $0 == 0 ? 0 : 1 }, busy: { $0.nonzero > 0 ? 1 : 0 })
    default: figures = daily.figures(none: 0, plain: { $0 }, busy: { $0.sum })
    }
    let windows = Windows(window: plan.expression.window ?? 1, first: daily.first)
    return windows.sums(lived(figures, from: daily.first, none: 0), days: stretch.days)
  }

  /// `sum`, `count` and `days`, scaled up for young accounts and dark days; of a pattern the sum of its instances.
  func total(_ plan: MeasurePlan, _ stretch: Stretch) throws -> Grid {
    var sums: Grid?
    for key in keys(plan.signal) {
      let amounts = try amounts(key, plan, stretch)
      if let sums {
        for cell in 0..<sums.count { sums.cells[cell] += amounts.cells[cell] }
      } else {
        sums = amounts
      }
    }
    let result = sums ?? Grid(rows: stretch.rows, width: width, filledWith: 0)
    let window = Double(plan.expression.window ?? 1)
    forEachTold(plan, stretch, in: result) { cells, place, told in
      guard let told else { return cells[place] = .nan }
      // The product first: amounts are mostly whole, so that equal shares come out equal.
      if told != window { cells[place] = cells[place] * window / told }
    }
    return result
  }

  /// Calls `body` for each cell of a grid with how many days of its window the account lived and the feeds told of; nil where that is too few.
  func forEachTold(
    _ plan: MeasurePlan, _ stretch: Stretch, in grid: Grid,
    _ body: (_ cells: UnsafeMutablePointer<Double>, _ place: Int, _ told: Double?) -> Void
  ) {
    let window = plan.expression.window ?? 1
    let calendar = calendar(plan.signal)
    for row in 0..<stretch.rows {
      let (day, scored, cells) = (stretch.day(row), stretch.scoredDay(row), grid.row(row))
      let isDark = calendar.isDark(on: day, asOf: scored)
      let windowStart = Double(Int(day.number) - window + 1)
      let whole = isDark ? nil : told(day, scored, lived: window, calendar)
      for place in 0..<width {
        if isDark || starts[place] <= windowStart {
          body(cells, place, whole)
        } else {
          let lived = Double(day.number) - starts[place] + 1
          body(cells, place, lived < 14 ? nil : told(day, scored, lived: Int(lived), calendar))
        }
      }
    }
  }

  /// Days of the last `lived` ones that were not dark; nil where more than half were.
  private func told(_ day: Day, _ scored: Day, lived: Int, _ calendar: Silence.Calendar) -> Double? {
    let dark = calendar.darkDays(from: day - (lived - 1), through: day, asOf: scored)
    return dark * 2 > lived ? nil : Double(lived - dark)
  }

  /// `mean`, `min`, `max` and `slope` over readings, or over the daily state of a balance.
  func summary(_ daily: Daily, _ plan: MeasurePlan, _ stretch: Stretch) -> Measured {
    let isBalance = plan.signal.kind == .balance
    let days = stretch.days
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
    guard !isBalance else { return darkened(Measured(value: value), plan, stretch) }
    let never = [Double](repeating: .nan, count: width)
    return Measured(value: value, age: daysSince(series.count, from: daily.first, opening: never, stretch))
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
}
