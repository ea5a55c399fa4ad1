// Which event a rule's first condition looked at last: the one that `until` waits to be followed.
extension Measures {
  /// Which facts a measure sees.
  private enum Sight {
    case all, valued, nonzero

    init(_ plan: MeasurePlan) {
      switch plan.expression.function {
      case .count: self = .all
      case .since where plan.goesDark: self = .nonzero
      case .days, .breadth, .lapsed: self = .nonzero
      default: self = .valued
      }
    }
  }

  /// The day, as a number, of the newest event or reading that an expression used; NaN where it used none.
  func newestUsed(_ plan: MeasurePlan) throws -> Grid {
    let result = Grid(rows: stretch(0).rows, width: width)
    let open = Grid(rows: result.rows, width: width, filledWith: 1)
    for alternative in plan.chain {
      let value = try compared(alternative).value
      let newest = try newestRead(alternative, stretch(0))
      if alternative.shift > 0 { keepLater(newest, try newestRead(alternative, stretch(alternative.shift))) }
      for cell in 0..<result.count where open.cells[cell] > 0 && !value.cells[cell].isNaN {
        (result.cells[cell], open.cells[cell]) = (newest.cells[cell], 0)
      }
    }
    return result
  }

  /// The day of the newest event of a signal, whatever its value; NaN where there is none.
  func newestEvent(_ plan: MeasurePlan) throws -> Grid { try newest(plan.signal.key, plan.signal.kind, .all, stretch(0)) }

  /// The newest fact that one end of a measure looked at: of windows the newest inside.
  private func newestRead(_ plan: MeasurePlan, _ stretch: Stretch) throws -> Grid {
    let result = Grid(rows: stretch.rows, width: width)
    for key in keys(plan.signal) { keepLater(result, try newest(key, plan.signal.kind, Sight(plan), stretch)) }
    // The mean of a balance is one of states, and a state has seen every movement.
    guard plan.isWindowed, plan.signal.kind != .balance || plan.isAmount else { return result }
    for row in 0..<result.rows {
      let windowStart = Double(Int(stretch.day(row).number) - plan.span + 1)
      let cells = result.row(row)
      for place in 0..<width where cells[place] < max(windowStart, starts[place]) { cells[place] = .nan }
    }
    return result
  }

  private func newest(_ key: String, _ kind: SignalKind, _ sight: Sight, _ stretch: Stretch) throws -> Grid {
    let daily = try daily(key, kind)
    let (figures, opening): (Grid, [Double])
    switch sight {
    case .all:
      figures = daily.figures(none: 0, plain: { _ in 1 }, busy: { $0.count })
      // A fact without a value is not zero, so every fact is one or the other.
      opening = zip(daily.openingDay, daily.openingNonzeroDay).map { $0.isNaN ? $1 : $1.isNaN ? $0 : max($0, $1) }
    case .valued: (figures, opening) = (daily.figures(none: 0, plain: { _ in 1 }, busy: { $0.valued }), daily.openingDay)
    case .nonzero:
      (figures, opening) = (daily.figures(none: 0, plain: { $0 == 0 ? 0 : 1 }, busy: { $0.nonzero }), daily.openingNonzeroDay)
    }
    let since = daysSince(figures, from: daily.first, opening: opening, stretch)
    for row in 0..<since.rows {
      let (day, cells) = (Double(stretch.day(row).number), since.row(row))
      for place in 0..<width { cells[place] = day - cells[place] }
    }
    return since
  }

  private func keepLater(_ grid: Grid, _ other: Grid) {
    for cell in 0..<grid.count {
      let (a, b) = (grid.cells[cell], other.cells[cell])
      grid.cells[cell] = a.isNaN || b > a ? b : a
    }
  }
}

extension MeasurePlan {
  /// Whether it measures amounts, as `sum`, `count` and `days` do even of a balance.
  fileprivate var isAmount: Bool { [.sum, .count, .days].contains(expression.function) }
}
