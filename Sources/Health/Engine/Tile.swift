/// One tile while it is being scored.
final class Tile {
  private let engine: TileEngine
  private let accounts: Range<Int>
  private let starts: [Double]
  private var loaded: [String: Daily] = [:]

  init(_ engine: TileEngine, _ accounts: Range<Int>, _ memberships: [Membership]) {
    (self.engine, self.accounts) = (engine, accounts)
    starts = memberships.map { $0.start.map { Double($0.number) } ?? .infinity }
  }

  var plan: CardPlan { engine.plan }
  private var rows: Int { engine.span.upperBound - engine.span.lowerBound + 1 }
  private var width: Int { accounts.count }
  func grid(_ value: Double) -> Grid { Grid(rows: rows, width: width, filledWith: value) }

  func score(counted: Grid, overrides: [[Override]]) throws -> TileScores {
    let (above, below, coverage) = (grid(0), grid(0), grid(0))
    let allWeight = plan.groups.reduce(0) { $0 + $1.weight }
    var groups: [Grid] = []
    var inputs: [TileScores.InputGrids] = []
    for group in plan.groups {
      let (points, weight) = (grid(0), grid(0))
      let nominal = group.inputs.reduce(0) { $0 + $1.weight }
      for input in group.inputs {
        let result = try evaluate(input)
        add(result, input, points, weight, coverage, coverageShare: group.weight / allWeight * input.weight / nominal)
        if let figures = result.figures { inputs.append(figures) }
      }
      addGroup(points, weight, group.weight, above, below)
      groups.append(points)
    }
    let raw = above
    for cell in 0..<raw.count { raw.cells[cell] = below.cells[cell] > 0 ? raw.cells[cell] / below.cells[cell] : .nan }
    let final = Grid(copying: raw)
    let fired = try applyRules(raw: raw, coverage: coverage, final: final).map(cropped)
    let shown = cropped(final)
    apply(overrides, to: shown)
    return TileScores(
      accounts: accounts, days: engine.days, raw: cropped(raw), final: shown, coverage: cropped(coverage), counted: counted,
      groups: groups.map(cropped), inputs: inputs, fired: fired, beside: try plan.beside.map { cropped(try measures().measure($0)) },
      overrides: overrides)
  }

  /// The rows of the scored days.
  private func cropped(_ grid: Grid) -> Grid {
    let first = engine.days.lowerBound - engine.span.lowerBound
    return grid.cropped(from: first, rows: rows - first)
  }

  /// Adds an input's points to its group's numerator and denominator, and its share of the card to the coverage.
  private func add(
    _ result: InputResult, _ input: CardPlan.Input, _ points: Grid, _ weight: Grid, _ coverage: Grid, coverageShare: Double
  ) {
    let (p, c) = (result.points.cells, result.covered.cells)
    for cell in 0..<points.count {
      let isThere = p[cell] == p[cell]
      points.cells[cell] += isThere ? input.weight * p[cell] : 0
      weight.cells[cell] += isThere ? input.weight : 0
      coverage.cells[cell] += c[cell] * coverageShare
    }
  }

  /// Turns a group's numerator into its score, and adds it to the card's.
  private func addGroup(_ points: Grid, _ weight: Grid, _ share: Double, _ above: Grid, _ below: Grid) {
    for cell in 0..<points.count {
      let isThere = weight.cells[cell] > 0
      let score = points.cells[cell] / weight.cells[cell]
      points.cells[cell] = isThere ? score : .nan
      above.cells[cell] += isThere ? share * score : 0
      below.cells[cell] += isThere ? share : 0
    }
  }

  private func apply(_ overrides: [[Override]], to final: Grid) {
    for (place, own) in overrides.enumerated() where !own.isEmpty {
      for row in 0..<final.rows {
        let day = engine.days.lowerBound + row
        final.row(row)[place] = own.filter { $0.from <= day && day <= $0.until }.applied(to: final.row(row)[place])
      }
    }
  }

  // MARK: Inputs

  func measures() -> Measures {
    Measures(
      days: engine.span, width: width, starts: starts, daily: { try self.daily($0, $1) },
      calendar: { self.engine.calendar($0) }, keys: { self.engine.keys($0) })
  }

  /// The history of a signal, kept for the next measure where there is one; the instances of a pattern are too many to keep.
  private func daily(_ key: String, _ kind: SignalKind) throws -> Daily {
    if let known = loaded[key] { return known }
    var daily = try engine.daily(key, accounts)
    // Of two readings of one gauge on one day the later one counts.
    if kind == .gauge { daily.busy = [] }
    if engine.repeated.contains(key) { loaded[key] = daily }
    return daily
  }

  /// What an input measures.
  private struct InputMeasure {
    let value: Grid
    /// Days; nil where every age is 0.
    var age: Grid?
    /// Which of the expressions gave the value, by their place in the chain; nil where there is only one.
    var chosen: Grid?
  }

  private func measure(_ input: CardPlan.Input) throws -> InputMeasure {
    let chain = input.measure.chain
    let first = try measures().compared(chain[0])
    guard chain.count > 1 else { return InputMeasure(value: first.value, age: first.age) }
    let (value, age, chosen) = (first.value, first.age.map { Grid(copying: $0) } ?? grid(0), grid(0))
    for (place, alternative) in chain.enumerated().dropFirst() {
      let other = try measures().compared(alternative)
      for cell in 0..<value.count where value.cells[cell].isNaN && !other.value.cells[cell].isNaN {
        (value.cells[cell], chosen.cells[cell]) = (other.value.cells[cell], Double(place))
        age.cells[cell] = other.age?.cells[cell] ?? 0
      }
    }
    return InputMeasure(value: value, age: age, chosen: chosen)
  }

  /// Calls `body` with the ages up to which each cell counts in full, and at all.
  @inline(__always) private func forEach(
    _ measured: InputMeasure, _ input: CardPlan.Input, _ body: (_ cell: Int, _ age: Double, _ fresh: Double, _ expire: Double) -> Void
  ) {
    let count = measured.value.count
    if let chosen = measured.chosen {
      for cell in 0..<count {
        let limit = input.limits[Int(chosen.cells[cell])]
        body(cell, measured.age?.cells[cell] ?? 0, limit.fresh, limit.expire)
      }
    } else if let age = measured.age {
      let limit = input.limits[0]
      for cell in 0..<count { body(cell, age.cells[cell], limit.fresh, limit.expire) }
    } else {
      for cell in 0..<count { body(cell, 0, .infinity, .infinity) }
    }
  }

  /// What an input measures where it is not past `expire`.
  func unexpired(_ input: CardPlan.Input) throws -> Grid {
    let measured = try measure(input)
    let cells = measured.value.cells
    forEach(measured, input) { cell, age, _, expire in if age > expire { cells[cell] = .nan } }
    return measured.value
  }

  /// What an input comes to: its points, and 1 where real data not past `fresh` stands behind them; the figures on the way only
  /// where somebody asks for them.
  private struct InputResult {
    let points: Grid
    let covered: Grid
    var figures: TileScores.InputGrids?
  }

  private func evaluate(_ input: CardPlan.Input) throws -> InputResult {
    let measured = try measure(input)
    let value = engine.keepsInputs ? cropped(Grid(copying: measured.value)) : nil
    let factors = engine.keepsInputs ? grid(1) : nil
    let rawPoints = measured.value
    if let cohort = engine.cohorts[input.index] {
      cohort.apply(rawPoints, attributes: try engine.attribute(cohort.attribute, accounts), first: engine.span.lowerBound)
    } else {
      input.curve.apply(rawPoints)
    }
    let (points, covered) = (Grid(rows: rows, width: width), grid(0))
    let substitute: Double = if case .points(let number) = input.missing { number } else { .nan }
    forEach(measured, input) { cell, age, fresh, expire in
      let raw = rawPoints.cells[cell]
      if raw != raw || age > expire {
        points.cells[cell] = substitute
        rawPoints.cells[cell] = .nan
      } else if age <= fresh {
        points.cells[cell] = raw
        covered.cells[cell] = 1
      } else {
        let factor = Drift.factor(age: age, fresh: fresh)
        points.cells[cell] = 50 + (raw - 50) * factor
        factors?.cells[cell] = factor
      }
    }
    return InputResult(
      points: points, covered: covered,
      figures: value.map {
        TileScores.InputGrids(
          measured: $0, points: cropped(points), rawPoints: cropped(rawPoints), factor: cropped(factors ?? grid(1)),
          age: measured.age.map(cropped), covered: cropped(covered))
      })
  }
}
