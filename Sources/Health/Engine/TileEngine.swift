/// Scores tiles: all days of a range × up to `width` accounts, one signal at a time.
package struct TileEngine {
  /// Accounts in a tile; four tiles make a shard.
  package static let width = 128
  /// Fewer peers than this say nothing about an account's place among them.
  package static let leastPeers = 10

  package let plan: CardPlan
  package let days: ClosedRange<Day>
  /// The scored days and those before them whose raw score rules look at.
  let span: ClosedRange<Day>
  let keepsInputs: Bool
  private let source: any TileSource
  private let instances: [String: [String]]
  private let uses: [String: SignalUse]
  private let calendars: [String: Silence.Calendar]
  /// Signals that a tile keeps for the next measure.
  let repeated: Set<String>
  /// By the index of their inputs.
  private(set) var cohorts: [Int: Cohort] = [:]

  /// Gets ready to score a card on every day of a range. Percentiles take a pass over all accounts here, and are missing where there
  /// are fewer than `leastPeers`.
  package init(
    _ plan: CardPlan, days: ClosedRange<Day>, source: any TileSource, keepsInputs: Bool = false, leastPeers: Int = TileEngine.leastPeers
  ) throws {
    (self.plan, self.days, self.source, self.keepsInputs) = (plan, days, source, keepsInputs)
    span = (days.lowerBound - plan.trendSpan)...days.upperBound
    let signals = plan.measures.flatMap(\.signals)
    var instances: [String: [String]] = [:]
    for signal in signals where signal.isPattern && instances[signal.key] == nil {
      instances[signal.key] = try source.instances(of: signal.key)
    }
    self.instances = instances
    let needed = CardPlan.uses(plan.measures) { instances[$0.key] ?? [$0.key] }
    let uses = Dictionary(uniqueKeysWithValues: needed.map { ($0.signal, $0) })
    self.uses = uses
    repeated = CardPlan.repeated(plan.measures)
    var calendars: [String: Silence.Calendar] = [:]
    for signal in signals where calendars[signal.key] == nil {
      let lookback = (instances[signal.key] ?? [signal.key]).compactMap { uses[$0]?.lookback }.max() ?? 0
      calendars[signal.key] = try source.silence(of: signal).calendar(
        (span.lowerBound - lookback)...span.upperBound, darkAfter: signal.darkAfter)
    }
    self.calendars = calendars
    cohorts = try rankPeers(least: leastPeers)
    try source.prepare(needed, days: span)
  }

  /// Scores the accounts, which are neighbours in one shard.
  package func score(_ accounts: Range<Int>) throws -> TileScores {
    let memberships = try source.memberships(accounts: accounts)
    let counted = counted(memberships, days)
    let overrides = try overrides(accounts)
    return try Tile(self, accounts, memberships).score(counted: counted, overrides: overrides)
  }

  private func overrides(_ accounts: Range<Int>) throws -> [[Override]] {
    var found = [[Override]](repeating: [], count: accounts.count)
    for some in try source.overrides(accounts: accounts) where (some.card ?? plan.card.name) == plan.card.name {
      found[some.account - accounts.lowerBound].append(some)
    }
    return found
  }

  private func counted(_ memberships: [Membership], _ days: ClosedRange<Day>) -> Grid {
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

  // MARK: What a tile asks

  func daily(_ key: String, _ accounts: Range<Int>) throws -> Daily {
    guard let use = uses[key] else {
      return Daily(first: span.lowerBound, rows: span.upperBound - span.lowerBound + 1, width: accounts.count)
    }
    return try source.daily(use, accounts: accounts)
  }

  func calendar(_ signal: Signal) -> Silence.Calendar {
    calendars[signal.key] ?? Silence(spoken: []).calendar(span, darkAfter: signal.darkAfter)
  }

  func keys(_ signal: Signal) -> [String] { instances[signal.key] ?? [signal.key] }

  func attribute(_ name: String?, _ accounts: Range<Int>) throws -> [[AttributeStep]] {
    try name.map { try source.attribute($0, accounts: accounts) } ?? []
  }

  // MARK: Peers

  /// The first pass: what each percentile input comes to for every counted account.
  private func rankPeers(least: Int) throws -> [Int: Cohort] {
    var cohorts: [Int: Cohort] = [:]
    let count = try plan.inputs.contains(where: \.curve.isPercentile) ? source.accountCount() : 0
    for input in plan.inputs {
      guard case .percentile(let attribute, let direction) = input.curve else { continue }
      cohorts[input.index] = Cohort(
        attribute: attribute, direction: direction, rows: span.upperBound - span.lowerBound + 1, accounts: count, least: least)
    }
    guard !cohorts.isEmpty else { return [:] }
    let ranked = plan.inputs.filter { cohorts[$0.index] != nil }
    let needed = CardPlan.uses(ranked.map(\.measure), keys: keys).compactMap { uses[$0.signal] }
    try source.prepare(needed, days: span)
    for first in stride(from: 0, to: count, by: TileEngine.width) {
      let accounts = first..<min(count, first + TileEngine.width)
      let memberships = try source.memberships(accounts: accounts)
      let counted = counted(memberships, span)
      let tile = Tile(self, accounts, memberships)
      for input in ranked {
        let values = try tile.unexpired(input)
        let attributes = try attribute(cohorts[input.index]?.attribute, accounts)
        cohorts[input.index]?.add(values, counted: counted, accounts: accounts, attributes: attributes, first: span.lowerBound)
      }
    }
    // Not over the keys as they are: they would hold on to the dictionary, and each change would copy its values.
    for index in Array(cohorts.keys) { cohorts[index]?.seal() }
    return cohorts
  }
}
