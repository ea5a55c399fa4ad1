// What only patterns of signals have: how many of their names are used, and how many fell out of use.
extension Measures {
  /// The share of names that were used in the window, of those listed, of what another signal says, or of all used before.
  func breadth(_ plan: MeasurePlan, _ stretch: Stretch) throws -> Grid {
    let expression = plan.expression
    let result = Grid(rows: stretch.rows, width: width, filledWith: 0)
    let whole = try population(plan, stretch)
    for key in keys(plan.signal) {
      let name = String(key.drop { $0 != ":" }.dropFirst())
      if case .names(let names) = expression.of, !names.contains(name) { continue }
      let weight = expression.weights[name] ?? 1
      let amounts = try amounts(key, plan, stretch)
      for cell in 0..<result.count {
        let amount = amounts.cells[cell]
        let isUsed = expression.atLeast.map { amount >= $0 } ?? (amount != 0)
        result.cells[cell] += isUsed ? weight : 0
      }
      guard expression.of == .seen else { continue }
      let since = sinceNonzero(try daily(key, plan.signal.kind), stretch)
      for cell in 0..<whole.count { whole.cells[cell] += since.cells[cell].isNaN ? 0 : weight }
    }
    for cell in 0..<result.count {
      let all = whole.cells[cell]
      result.cells[cell] = all == 0 ? .nan : result.cells[cell] / all
    }
    hideUntold(result, plan, stretch)
    return result
  }

  /// What a breadth is a share of, as far as it is known without going through the names.
  private func population(_ plan: MeasurePlan, _ stretch: Stretch) throws -> Grid {
    switch plan.expression.of {
    case .seen: return Grid(rows: stretch.rows, width: width, filledWith: 0)
    case .names(let names):
      return Grid(rows: stretch.rows, width: width, filledWith: names.reduce(0) { $0 + (plan.expression.weights[$1] ?? 1) })
    case .signal:
      guard let other = plan.population.first else { return Grid(rows: stretch.rows, width: width) }
      return try compared(other, back: stretch.back).value
    }
  }

  /// The share of the names used in the window before that are not used in the window.
  func lapsed(_ plan: MeasurePlan, _ stretch: Stretch) throws -> Grid {
    let window = plan.expression.window ?? 1
    let before = self.stretch(stretch.back + window)
    let used = Grid(rows: stretch.rows, width: width, filledWith: 0)
    let lapsed = Grid(rows: stretch.rows, width: width, filledWith: 0)
    for key in keys(plan.signal) {
      let (now, then) = (try amounts(key, plan, stretch), try amounts(key, plan, before))
      for cell in 0..<used.count where then.cells[cell] != 0 {
        used.cells[cell] += 1
        lapsed.cells[cell] += now.cells[cell] == 0 ? 1 : 0
      }
    }
    for row in 0..<lapsed.rows {
      let firstDay = Double(Int(before.day(row).number) - window + 1)
      for place in 0..<width {
        let cell = row * width + place
        let isWhole = starts[place] <= firstDay && used.cells[cell] > 0
        lapsed.cells[cell] = isWhole ? lapsed.cells[cell] / used.cells[cell] : .nan
      }
    }
    hideUntold(lapsed, plan, stretch)
    hideUntold(lapsed, plan, before)
    return lapsed
  }

  /// Clears what is dark, too young, or mostly untold.
  private func hideUntold(_ grid: Grid, _ plan: MeasurePlan, _ stretch: Stretch) {
    forEachTold(plan, stretch, in: grid) { cells, place, told in
      if told == nil { cells[place] = .nan }
    }
  }
}
