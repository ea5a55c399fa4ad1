import Health

/// The engine's view of a history: tiles of what is visible under one knowledge.
package final class HistoryTiles: TileSource {
  package let history: History
  package let knowledge: Knowledge
  private let catalogue: Catalogue
  private let settings: Settings
  private let countsGone: Bool
  private var days: ClosedRange<Day> = Day(0)...Day(0)
  private var readingFrom: [Int: Day] = [:]
  private var eventNeeds: [Int: EventNeed] = [:]  // by line
  private var readings: ShardReadings?
  private var events: (shard: Int, events: ShardEvents)?
  private var merged: MergedReadings?
  private var mergedEvents: [Int: ShardEvents] = [:]  // of merged accounts alone, by shard
  private var firstFacts: [Day?]?
  private var decisions: [Override]?
  private var lineSignals: [Int: Int]?
  private var speakers: [Int: Silence]?

  /// The history as one knowledge shows it. With `countsGone`, accounts that left are members as though they never had.
  package init(_ history: History, knowledge: Knowledge, catalogue: Catalogue, settings: Settings, countsGone: Bool = false) {
    (self.history, self.knowledge, self.catalogue, self.settings) = (history, knowledge, catalogue, settings)
    self.countsGone = countsGone
  }

  package func prepare(_ uses: [SignalUse], days: ClosedRange<Day>) throws {
    self.days = days
    (readings, events, readingFrom, eventNeeds) = (nil, nil, [:], [:])
    (merged, mergedEvents) = (nil, [:])
    let allLines = try loadLines()
    for use in uses {
      guard let id = history.signalID(use.signal), let signal = catalogue.signal(use.signal) else { continue }
      let from = max(Day(0), use.reach.map { days.lowerBound - use.lookback - $0 } ?? Day(0))
      if signal.kind.isReading {
        readingFrom[id] = from
      } else {
        for (line, of) in allLines where of == id {
          eventNeeds[line] = EventNeed(signal: id, from: from, first: days.lowerBound - use.lookback)
        }
      }
    }
    let first = try firstDay() ?? days.upperBound
    for (id, from) in readingFrom where from < first { readingFrom[id] = first }
    for outcome in ["outcome.churn", "outcome.return"] {
      guard let id = history.signalID(outcome) else { continue }
      for (line, of) in allLines where of == id { eventNeeds[line] = EventNeed(signal: id, from: Day(0), first: nil) }
    }
  }

  /// The first day that any visible import speaks of.
  package func firstDay() throws -> Day? {
    var first: Day?
    try history.connection.prepare("SELECT import, min(first_day) FROM spoke GROUP BY import").each { row in
      guard knowledge.rank(of: row.int(0)) > 0 else { return }
      first = min(first ?? Day(row.int(1)), Day(row.int(1)))
    }
    return first
  }

  private func loadLines() throws -> [Int: Int] {
    if let lineSignals { return lineSignals }
    let loaded = Dictionary(
      uniqueKeysWithValues: try history.connection.prepare("SELECT id, signal FROM line").all { ($0.int(0), $0.int(1)) })
    lineSignals = loaded
    return loaded
  }

  // MARK: Tiles

  package func daily(_ use: SignalUse, accounts: Range<Int>) throws -> Daily {
    let first = days.lowerBound - use.lookback
    guard let id = history.signalID(use.signal), let signal = catalogue.signal(use.signal) else {
      return Daily(first: first, rows: days.upperBound - first + 1, width: accounts.count)
    }
    let shard = Layout.shard(of: accounts.lowerBound)
    if signal.kind.isReading {
      let slots = Layout.slot(of: accounts.lowerBound)..<Layout.slot(of: accounts.lowerBound) + accounts.count
      return DailyBuilder.build(
        try readings(shard).signals[id] ?? ShardReadings.SignalReadings(), first: first, last: days.upperBound, slots: slots,
        instead: try mergedReadings(id, accounts))
    }
    return try events(shard).daily(id, first: first, last: days.upperBound, accounts: accounts)
  }

  private func readings(_ shard: Int) throws -> ShardReadings {
    if let readings, readings.shard == shard { return readings }
    readings = nil
    let loaded = try ShardReadings(history.connection, knowledge: knowledge, shard: shard, from: readingFrom, through: days.upperBound)
    readings = loaded
    return loaded
  }

  private func events(_ shard: Int) throws -> ShardEvents {
    if let events, events.shard == shard { return events.events }
    events = nil
    var loaded = try ownEvents(shard)
    if !knowledge.merges.isEmpty {
      try loaded.merge(knowledge.merges) { source in
        if let known = mergedEvents[source] { return known }
        let found = try ownEvents(source).ofMerged(knowledge.merges)
        mergedEvents[source] = found
        return found
      }
    }
    events = (shard, loaded)
    return loaded
  }

  private func ownEvents(_ shard: Int) throws -> ShardEvents {
    try ShardEvents(
      history.connection, knowledge: knowledge, shard: shard, needs: eventNeeds, through: days.upperBound,
      isWhole: !knowledge.merges.isEmpty)
  }

  package func overrides(accounts: Range<Int>) throws -> [Override] {
    let all = try decisions ?? history.overrides(knowledge).map(\.override).filter { $0.from <= $0.until }
    decisions = all
    return all.filter { accounts.contains($0.account) }
  }

  /// By slot what merges make of the accounts that they concern: nothing is left of an account that counts as another.
  private func mergedReadings(_ signal: Int, _ accounts: Range<Int>) throws -> [Int: [MergedReadings.Reading]] {
    let merges = knowledge.merges
    guard !merges.isEmpty else { return [:] }
    var instead: [Int: [MergedReadings.Reading]] = [:]
    for account in accounts where merges.concerns(account) {
      instead[Layout.slot(of: account)] =
        merges.isMerged(account)
        ? []
        : try mergedReadings(of: account, isAlone: accounts.count == 1)
          .of(account, signal)
    }
    return instead
  }

  /// All groups are read in one pass over their shards, unless only one account is asked for.
  private func mergedReadings(of root: Int, isAlone: Bool) throws -> MergedReadings {
    if let merged, merged.has(root) { return merged }
    let roots = isAlone ? [root] : knowledge.merges.members.keys.sorted()
    let found = try MergedReadings(
      history.connection, knowledge: knowledge, roots: roots, from: readingFrom, through: days.upperBound,
      isAmount: { [history, catalogue] in catalogue.signal(history.signalKey($0))?.kind == .count })
    var all = merged ?? found
    all.add(found)
    merged = all
    return all
  }

  // MARK: Who, when, what

  package func silence(of signal: String) throws -> Silence {
    if speakers == nil { speakers = try FeedSilences(history, knowledge).bySignal() }
    return history.signalID(signal).flatMap { speakers?[$0] } ?? Silence(spoken: [])
  }

  package func memberships(accounts: Range<Int>) throws -> [Membership] {
    if firstFacts == nil { firstFacts = try history.earliestFacts(knowledge) }
    let names = Set(settings.exclude.keys.map { $0.lowercased() } + ["started"])
    let attributes = try history.attributes(accounts: accounts, names: names, knowledge)
    let known = Set(try knownAccounts(accounts))
    let shard = try events(Layout.shard(of: accounts.lowerBound))
    let outcomes = ["outcome.churn", "outcome.return"].map { name -> [Int: [Day]] in
      guard let id = history.signalID(name) else { return [:] }
      return shard.days(id, accounts: accounts)
    }
    return accounts.map { account in
      guard known.contains(account) else { return Membership() }
      let own = attributes[account] ?? [:]
      // The newest known start, whatever its day; an unreadable one is as good as none.
      let started = own["started"]?.last?.value.flatMap { Day(String($0.prefix(10))) }
      let first = firstFacts.flatMap { account < $0.count ? $0[account] : nil }
      return Membership(
        start: started ?? first, exclusions: exclusions(own), churns: countsGone ? [] : outcomes[0][account] ?? [],
        returns: countsGone ? [] : outcomes[1][account] ?? [])
    }
  }

  private func knownAccounts(_ accounts: Range<Int>) throws -> [Int] {
    let known = try history.connection.prepare("SELECT account, import FROM introduced WHERE account >= ? AND account < ?")
      .all(accounts.lowerBound, accounts.upperBound) { ($0.int(0), $0.int(1)) }.filter { knowledge.rank(of: $0.1) > 0 }.map(\.0)
    let merges = knowledge.merges
    if merges.isEmpty { return known }
    // Whoever vouches for a merged account vouches for the one that it counts as.
    let joined = try accounts.filter { try merges.members[$0] != nil && history.isKnown($0, knowledge) }
    return known.filter { !merges.isMerged($0) } + joined
  }

  private func exclusions(_ attributes: [String: [AttributeChange]]) -> [(from: Day, isExcluded: Bool)] {
    let relevant = settings.exclude.keys.map { $0.lowercased() }.filter { attributes[$0] != nil }
    guard !relevant.isEmpty else { return [] }
    let days = Set(relevant.flatMap { attributes[$0]?.map(\.day) ?? [] }).sorted()
    return days.map { day in
      var values: [String: String] = [:]
      for name in relevant { values[name] = attributes[name]?.value(on: day) }
      return (day, AttributeConditions.anyHolds(settings.exclude, for: values))
    }
  }

  package func labelNumbers(like text: String) throws -> [Double] { try history.labelIDs(like: text).map(Double.init) }

  package func accountCount() throws -> Int { try history.accountCount() }

  package func instances(of pattern: String) throws -> [String] {
    let stem = pattern.dropLast()
    return history.signals.filter { $0.hasPrefix(stem) && $0 != pattern }.sorted()
  }

  package func attribute(_ name: String, accounts: Range<Int>) throws -> [[AttributeStep]] {
    let wanted = name.lowercased()
    let known = try history.attributes(accounts: accounts, names: [wanted], knowledge)
    return accounts.map { account in (known[account]?[wanted] ?? []).map { ($0.day, $0.value) } }
  }
}
