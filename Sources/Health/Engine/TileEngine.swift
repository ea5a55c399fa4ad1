/// The scores of some neighbouring accounts on consecutive days.
package struct TileScores {
  /// What one input of the card came to; grids over the same days and accounts.
  package struct InputGrids {
    /// What was measured; NaN where there was nothing.
    package let measured: Grid
    /// Points after drifting with age; NaN where the input is skipped.
    package let points: Grid
    /// Points before drifting.
    package let rawPoints: Grid
    /// Age in days; nil where the measure does not age.
    package let age: Grid?
    /// 1 where real data not past `fresh` stands behind it.
    package let covered: Grid
  }

  package let accounts: Range<Int>
  package let days: ClosedRange<Day>
  /// Weighted points, NaN where nothing could be scored.
  package let raw: Grid
  /// After rules.
  package let final: Grid
  /// 0–1.
  package let coverage: Grid
  /// 1 where the account counts.
  package let counted: Grid
  /// By group; NaN where the group has nothing.
  package let groups: [Grid]
  /// By input, in the order of the card; only when asked for.
  package let inputs: [InputGrids]
  /// By rule, 1 where it fired.
  package let fired: [Grid]
  /// What was measured beside the card, in the order asked for.
  package let beside: [Grid]
}

/// Scores tiles: all days of a range × up to `width` accounts, one signal at a time.
package struct TileEngine {
  /// Accounts in a tile; four tiles make a shard.
  package static let width = 128

  package let plan: CardPlan
  package let days: ClosedRange<Day>
  private let source: any TileSource
  private let uses: [String: SignalUse]
  private let calendars: [String: Silence.Calendar]
  private let keepsInputs: Bool

  /// Gets ready to score a card on every day of a range.
  package init(_ plan: CardPlan, days: ClosedRange<Day>, source: any TileSource, keepsInputs: Bool = false) throws {
    (self.plan, self.days, self.source, self.keepsInputs) = (plan, days, source, keepsInputs)
    let needed = plan.uses
    uses = Dictionary(uniqueKeysWithValues: needed.map { ($0.signal, $0) })
    var calendars: [String: Silence.Calendar] = [:]
    let measures = plan.groups.flatMap { $0.inputs.map(\.measure) } + plan.rules.flatMap(\.conditions).compactMap(\.measure) + plan.beside
    for signal in measures.flatMap(TileEngine.signals) where calendars[signal.key] == nil {
      let first = days.lowerBound - (uses[signal.key]?.lookback ?? 0)
      calendars[signal.key] = try source.silence(of: signal.key).calendar(first...days.upperBound, darkAfter: signal.darkAfter)
    }
    self.calendars = calendars
    try source.prepare(needed, days: days)
  }

  private static func signals(of plan: MeasurePlan) -> [Signal] {
    [plan.signal] + (plan.per?.plan ?? []).flatMap(signals) + plan.otherwise.flatMap(signals)
  }

  /// Scores the accounts, which are neighbours in one shard.
  package func score(_ accounts: Range<Int>) throws -> TileScores {
    let memberships = try source.memberships(accounts: accounts)
    let tile = try Tile(self, accounts, memberships)
    let counted = counted(memberships)
    return try tile.score(plan, counted: counted, keepsInputs: keepsInputs)
  }

  private func counted(_ memberships: [Membership]) -> Grid {
    let grid = Grid(rows: days.upperBound - days.lowerBound + 1, width: memberships.count, filledWith: 0)
    for (place, member) in memberships.enumerated() {
      guard let start = member.start else { continue }
      let isSimple = member.exclusions.isEmpty && member.churns.isEmpty
      for row in 0..<grid.rows {
        let day = days.lowerBound + row
        if isSimple ? start <= day : member.counts(on: day) { grid.row(row)[place] = 1 }
      }
    }
    return grid
  }

  fileprivate func daily(_ signal: String, _ accounts: Range<Int>) throws -> Daily {
    guard let use = uses[signal] else {
      return Daily(first: days.lowerBound, rows: days.upperBound - days.lowerBound + 1, width: accounts.count)
    }
    return try source.daily(use, accounts: accounts)
  }

  fileprivate func calendar(_ signal: Signal) -> Silence.Calendar {
    calendars[signal.key] ?? Silence(spoken: []).calendar(days, darkAfter: signal.darkAfter)
  }
}

extension CardPlan.Condition {
  fileprivate var measure: MeasurePlan? { if case .measure(let plan) = subject { plan } else { nil } }
}

/// One tile while it is being scored.
private final class Tile {
  private let engine: TileEngine
  private let accounts: Range<Int>
  private let starts: [Double]
  private var loaded: [String: Daily] = [:]
  private var remaining: [String: Int] = [:]

  init(_ engine: TileEngine, _ accounts: Range<Int>, _ memberships: [Membership]) throws {
    (self.engine, self.accounts) = (engine, accounts)
    starts = memberships.map { $0.start.map { Double($0.number) } ?? .infinity }
  }

  private var rows: Int { engine.days.upperBound - engine.days.lowerBound + 1 }
  private var width: Int { accounts.count }
  private func grid(_ value: Double) -> Grid { Grid(rows: rows, width: width, filledWith: value) }

  func score(_ plan: CardPlan, counted: Grid, keepsInputs: Bool) throws -> TileScores {
    let (above, below, coverage) = (grid(0), grid(0), grid(0))
    let allWeight = plan.groups.reduce(0) { $0 + $1.weight }
    var groups: [Grid] = []
    var inputs: [TileScores.InputGrids] = []
    for group in plan.groups {
      let (points, weight) = (grid(0), grid(0))
      let nominal = group.inputs.reduce(0) { $0 + $1.weight }
      for input in group.inputs {
        let result = try evaluate(input, keepsFigures: keepsInputs)
        add(result, input, points, weight, coverage, coverageShare: group.weight / allWeight * input.weight / nominal)
        if let figures = result.figures { inputs.append(figures) }
      }
      addGroup(points, weight, group.weight, above, below)
      groups.append(points)
    }
    let raw = above
    for cell in 0..<raw.count { raw.cells[cell] = below.cells[cell] > 0 ? raw.cells[cell] / below.cells[cell] : .nan }
    let final = Grid(copying: raw)
    let fired = try applyRules(plan, raw: raw, coverage: coverage, final: final)
    return TileScores(
      accounts: accounts, days: engine.days, raw: raw, final: final, coverage: coverage, counted: counted, groups: groups, inputs: inputs,
      fired: fired,
      beside: try plan.beside.map { try measure($0).value })
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

  // MARK: Inputs

  private func measures() throws -> Measures {
    Measures(
      days: engine.days, width: width, starts: starts,
      daily: { self.loaded[$0] ?? Daily(first: self.engine.days.lowerBound, rows: self.rows, width: self.width) },
      calendar: { self.engine.calendar($0) })
  }

  private func load(_ plan: MeasurePlan) throws {
    for use in plan.uses where loaded[use.signal] == nil { loaded[use.signal] = try engine.daily(use.signal, accounts) }
  }

  private func measure(_ plan: MeasurePlan) throws -> Measured {
    try load(plan)
    return try measures().measure(plan)
  }

  /// What an input comes to: its points, and 1 where real data not past `fresh` stands behind them; the figures on the way only
  /// where somebody asks for them.
  private struct InputResult {
    let points: Grid
    let covered: Grid
    var figures: TileScores.InputGrids?
  }

  private func evaluate(_ input: CardPlan.Input, keepsFigures: Bool) throws -> InputResult {
    let measured = try measure(input.measure)
    let value = keepsFigures ? Grid(copying: measured.value) : nil
    let rawPoints = measured.value
    input.curve.apply(rawPoints)
    let (points, covered) = (Grid(rows: rows, width: width), grid(0))
    let ages = input.fresh != nil || input.expire != nil ? measured.age : nil
    let fresh = Double(input.fresh ?? Int.max)
    let expire = Double(input.expire ?? Int.max)
    let substitute: Double = if case .points(let number) = input.missing { number } else { .nan }
    for cell in 0..<points.count {
      let raw = rawPoints.cells[cell]
      let age = ages?.cells[cell] ?? 0
      if raw != raw || age > expire {
        points.cells[cell] = substitute
        rawPoints.cells[cell] = .nan
      } else if age <= fresh {
        points.cells[cell] = raw
        covered.cells[cell] = 1
      } else {
        points.cells[cell] = 50 + (raw - 50) * Drift.factor(age: age, fresh: fresh)
      }
    }
    return InputResult(
      points: points, covered: covered,
      figures: value.map { TileScores.InputGrids(measured: $0, points: points, rawPoints: rawPoints, age: measured.age, covered: covered) })
  }

  // MARK: Rules

  private func applyRules(_ plan: CardPlan, raw: Grid, coverage: Grid, final: Grid) throws -> [Grid] {
    var fired: [Grid] = []
    for rule in plan.rules {
      let mask = grid(1)
      for condition in rule.conditions { try apply(condition, plan.card, raw: raw, coverage: coverage, mask: mask) }
      if let until = rule.until { try end(until, mask: mask) }
      fired.append(mask)
    }
    // min(caps, max(floors, raw)): floors first, whatever the order of the rules.
    for (rule, mask) in zip(plan.rules, fired) {
      if case .floor(let least) = rule.effect {
        for cell in 0..<final.count where mask.cells[cell] > 0 { final.cells[cell] = max(final.cells[cell], least) }
      }
    }
    for (rule, mask) in zip(plan.rules, fired) {
      if case .cap(let most) = rule.effect {
        for cell in 0..<final.count where mask.cells[cell] > 0 { final.cells[cell] = min(final.cells[cell], most) }
      }
    }
    for cell in 0..<final.count where raw.cells[cell].isNaN { final.cells[cell] = .nan }
    return fired
  }

  /// Clears a rule's mask where the event that ends it came on a later day than what fired it.
  private func end(_ until: (used: MeasurePlan, ending: MeasurePlan), mask: Grid) throws {
    try load(until.used)
    try load(until.ending)
    let (used, ending) = (try measures().sinceNewest(until.used), try measures().sinceNewest(until.ending))
    for cell in 0..<mask.count where ending.cells[cell] < used.cells[cell] { mask.cells[cell] = 0 }
  }

  private func apply(_ condition: CardPlan.Condition, _ card: Card, raw: Grid, coverage: Grid, mask: Grid) throws {
    switch condition.subject {
    case .measure(let plan):
      let value = try measure(plan).value
      for cell in 0..<mask.count where !condition.holds(value.cells[cell]) { mask.cells[cell] = 0 }
    case .rawScore:
      for cell in 0..<mask.count where !condition.holds(raw.cells[cell]) { mask.cells[cell] = 0 }
    case .band(let names):
      for cell in 0..<mask.count {
        let band = card.band(score: raw.cells[cell], coverage: coverage.cells[cell])
        if !(band.map { names.contains($0.name) } ?? names.contains(Card.unknownBand)) { mask.cells[cell] = 0 }
      }
    }
  }
}

extension CardPlan.Condition {
  fileprivate func holds(_ value: Double) -> Bool {
    guard !value.isNaN else { return false }
    return zip(tests, labels).allSatisfy { test, numbers in
      switch test {
      case .above(let x): value > x
      case .below(let x): value < x
      case .from(let x): value >= x
      case .to(let x): value <= x
      case .equals(let x): value == x
      case .label: numbers.contains(value)
      }
    }
  }
}
