import Health

/// The engine's view of a history: tiles of what is visible under one knowledge.
package final class HistoryTiles: TileSource {
  package let history: History
  package let knowledge: Knowledge
  private let catalogue: Catalogue
  private let settings: Settings
  private var days: ClosedRange<Day> = Day(0)...Day(0)
  private var readingFrom: [Int: Day] = [:]
  private var lines: [Int: Int] = [:]  // signal of each line that is needed
  private var readings: ShardReadings?
  private var events: (shard: Int, events: ShardEvents)?
  private var firstFacts: [Day?]?
  private var lineSignals: [Int: Int]?
  private var speakers: [Int: Silence]?

  /// The history as one knowledge shows it.
  package init(_ history: History, knowledge: Knowledge, catalogue: Catalogue, settings: Settings) {
    (self.history, self.knowledge, self.catalogue, self.settings) = (history, knowledge, catalogue, settings)
  }

  package func prepare(_ uses: [SignalUse], days: ClosedRange<Day>) throws {
    self.days = days
    (readings, events, readingFrom, lines) = (nil, nil, [:], [:])
    let allLines = try loadLines()
    for use in uses {
      guard let id = history.signalID(use.signal), let signal = catalogue.signal(use.signal) else { continue }
      if signal.kind.isReading {
        let from = use.reach.map { days.lowerBound - use.lookback - $0 } ?? Day(0)
        readingFrom[id] = max(Day(0), from)
      } else {
        for (line, of) in allLines where of == id { lines[line] = id }
      }
    }
    let first = try firstDay() ?? days.upperBound
    for (id, from) in readingFrom where from < first { readingFrom[id] = first }
    for outcome in ["outcome.churn", "outcome.return"] {
      guard let id = history.signalID(outcome) else { continue }
      for (line, of) in allLines where of == id { lines[line] = id }
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
        try readings(shard).signals[id] ?? ShardReadings.SignalReadings(), first: first, last: days.upperBound, slots: slots)
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
    let loaded = try ShardEvents(history.connection, knowledge: knowledge, shard: shard, lines: lines, through: days.upperBound)
    events = (shard, loaded)
    return loaded
  }

  // MARK: Who, when, what

  package func silence(of signal: String) throws -> Silence {
    if speakers == nil { speakers = try loadSpeakers() }
    return history.signalID(signal).flatMap { speakers?[$0] } ?? Silence(spoken: [])
  }

  /// For each signal the days on which a feed that speaks of it spoke.
  ///
  /// A feed speaks of a signal in every import that has it, and from the first of those on also in imports without it: a column
  /// added today leaves the days before it dark, while a signal that a file names now and then does not go dark in between.
  private func loadSpeakers() throws -> [Int: Silence] {
    var entries: [Int: (feed: Int, first: Day?, runs: [ClosedRange<Day>])] = [:]
    for entry in knowledge.visible { entries[entry.id] = (entry.feed, entry.fileDay, []) }
    var (runs, typed): ([Int: [ClosedRange<Day>]], Set<Int>) = ([:], [])
    try history.connection.prepare("SELECT id FROM feed WHERE name LIKE '@%'").each { typed.insert($0.int(0)) }
    try history.connection.prepare("SELECT import, first_day, last_day FROM spoke ORDER BY import, first_day").each { row in
      let run = Day(row.int(1))...Day(row.int(2))
      guard let entry = entries[row.int(0)], let days = knowledge.visibleDays(of: run, importID: row.int(0)) else { return }
      runs[entry.feed, default: []].append(days)
      entries[row.int(0)]?.runs.append(days)
      if entry.first == nil { entries[row.int(0)]?.first = days.lowerBound }
    }
    var (own, first): ([Int: [ClosedRange<Day>]], [Int: [Int: Day]]) = ([:], [:])
    try history.connection.prepare("SELECT import, signal FROM import_signal").each { row in
      guard let entry = entries[row.int(0)], let day = entry.first else { return }
      if !typed.contains(entry.feed) { own[row.int(1), default: []] += entry.runs }
      first[row.int(1), default: [:]][entry.feed] = min(first[row.int(1)]?[entry.feed] ?? day, day)
    }
    return Dictionary(
      uniqueKeysWithValues: first.map { signal, feeds in
        let later = feeds.filter { !typed.contains($0.key) }.flatMap { feed, day in
          (runs[feed] ?? []).compactMap { $0.upperBound < day ? nil : max($0.lowerBound, day)...$0.upperBound }
        }
        return (signal, Silence(spoken: (own[signal] ?? []) + later, isTyped: feeds.keys.allSatisfy { typed.contains($0) }))
      })
  }

  package func memberships(accounts: Range<Int>) throws -> [Membership] {
    if firstFacts == nil { firstFacts = try history.firstFacts(knowledge) }
    let names = Set(settings.exclude.keys.map { $0.lowercased() } + ["started"])
    let attributes = try history.attributes(accounts: accounts, names: names, knowledge)
    let known = Set(try knownAccounts(accounts))
    let shard = try events(Layout.shard(of: accounts.lowerBound))
    let outcomes = ["outcome.churn", "outcome.return"].map { name -> [Int: [Day]] in
      guard let id = history.signalID(name) else { return [:] }
      return Dictionary(grouping: (shard.bySignal[id] ?? []).filter { accounts.contains($0.account) }, by: \.account).mapValues {
        $0.map(\.moment.day)
      }
    }
    return accounts.map { account in
      guard known.contains(account) else { return Membership() }
      let own = attributes[account] ?? [:]
      // The newest known start, whatever its day; an unreadable one is as good as none.
      let started = own["started"]?.last?.value.flatMap { Day(String($0.prefix(10))) }
      let first = firstFacts.flatMap { account < $0.count ? $0[account] : nil }
      return Membership(
        start: started ?? first, exclusions: exclusions(own), churns: outcomes[0][account] ?? [], returns: outcomes[1][account] ?? [])
    }
  }

  private func knownAccounts(_ accounts: Range<Int>) throws -> [Int] {
    try history.connection.prepare("SELECT account, import FROM introduced WHERE account >= ? AND account < ?")
      .all(accounts.lowerBound, accounts.upperBound) { ($0.int(0), $0.int(1)) }.filter { knowledge.rank(of: $0.1) > 0 }.map(\.0)
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
}
