import Health

/// Everything that is in force of one kind, as rows that a file can keep and that another workspace can take in again.
///
/// Readings and events end with rows that have no account and no value: each says that a feed spoke of the signal on that day. Without
/// them nobody could tell a day with nothing to tell from a day on which the feed was silent. Signals that only people tell of have none.
package struct HistoryExport {
  package enum Kind: String, CaseIterable, Sendable { case readings, events, attributes, scores, accounts, notes }

  package let kind: Kind
  private let history: History
  private let knowledge: Knowledge
  private let catalogue: Catalogue
  private let settings: Settings
  private let days: ClosedRange<Day>

  /// `days` bounds readings, events, attributes and notes by their day, and scores by the day that they are of.
  package init(
    _ kind: Kind, _ history: History, knowledge: Knowledge, catalogue: Catalogue, settings: Settings, days: ClosedRange<Day> = Day.range
  ) {
    (self.kind, self.history, self.knowledge) = (kind, history, knowledge)
    (self.catalogue, self.settings, self.days) = (catalogue, settings, days)
  }

  package static func columns(of kind: Kind) -> [String] {
    switch kind {
    case .readings: ["account", "signal", "at", "value"]
    case .events: ["id", "account", "signal", "at", "value", "text", "author", "reason"]
    case .attributes: ["account", "attribute", "day", "value"]
    case .scores: ["run", "recorded", "author", "as_of", "known_by", "account", "card", "score", "raw", "coverage", "band"]
    case .accounts: ["account", "name", "alias"]
    case .notes: ["account", "signal", "at", "value", "author", "reason", "text"]
    }
  }

  /// Calls `body` with each row; its values stand in the order of the columns. `words` says what the number of a reading stands for.
  package func forEach(words: @escaping (_ signal: String, _ value: Double) throws -> String?, _ body: ([QueryValue]) throws -> Void) throws
  {
    switch kind {
    case .readings:
      try QueryTables.register(on: history, knowledge, words: words)
      try query("SELECT account, signal, at, value FROM reading WHERE day BETWEEN ?1 AND ?2", body)
      try forEachSpokenDay(ofEvents: false) { try body([.null, .text($0), .text($1.description), .null]) }
    case .events:
      try QueryTables.register(on: history, knowledge, words: words)
      try query("SELECT id, account, signal, at, value, text, author, reason FROM event WHERE day BETWEEN ?1 AND ?2", body)
      try forEachSpokenDay(ofEvents: true) {
        try body([.null, .null, .text($0), .text($1.description), .null, .null, .null, .null])
      }
    case .notes:
      try QueryTables.register(on: history, knowledge, words: words)
      let sql = """
        SELECT account, signal, at, value, author, reason, text FROM event
        WHERE day BETWEEN ?1 AND ?2 AND signal LIKE 'human.%' AND text IS NOT NULL
        """
      try query(sql, body)
    case .attributes: try forEachAttribute(body)
    case .accounts: try forEachAccount(body)
    case .scores: try forEachScore(body)
    }
  }

  private func query(_ sql: String, _ body: ([QueryValue]) throws -> Void) throws {
    try history.connection.prepare(sql).each(days.lowerBound.description, days.upperBound.description) { row in
      try body((0..<row.count).map { row.value($0) })
    }
  }

  private func forEachSpokenDay(ofEvents: Bool, _ body: (_ signal: String, _ day: Day) throws -> Void) throws {
    let tiles = HistoryTiles(history, knowledge: knowledge, catalogue: catalogue, settings: settings)
    for key in history.signals.sorted() {
      guard let kind = catalogue.signal(key)?.kind, kind.isReading != ofEvents else { continue }
      for run in try tiles.silence(of: key).spoken where run.overlaps(days) {
        let run = run.clamped(to: days)
        for number in run.lowerBound.number...run.upperBound.number { try body(key, Day(Int(number))) }
      }
    }
  }

  private func forEachAttribute(_ body: ([QueryValue]) throws -> Void) throws {
    let spelling = Dictionary(try history.attributeNames().map { ($0.lowercased(), $0) }) { first, _ in first }
    for account in try history.accounts(knowledge) {
      let changes = try history.attributes(accounts: account.id..<account.id + 1, names: nil, knowledge)[account.id] ?? [:]
      for (name, steps) in changes.sorted(by: { $0.key < $1.key }) {
        for step in steps where days.contains(step.day) {
          try body([
            .text(account.key), .text(spelling[name] ?? name), .text(step.day.description), step.value.map { .text($0) } ?? .null,
          ])
        }
      }
    }
  }

  private func forEachAccount(_ body: ([QueryValue]) throws -> Void) throws {
    let names = try history.attribute("name", knowledge)
    let aliases = Dictionary(grouping: try history.aliases(knowledge), by: \.account)
    for account in try history.accounts(knowledge) {
      let name: QueryValue = names[account.id]?.last?.value.map { .text($0) } ?? .null
      let words = (aliases[account.id] ?? []).map(\.alias).filter { $0 != account.key }
      if words.isEmpty { try body([.text(account.key), name, .null]) }
      for word in words { try body([.text(account.key), name, .text(word)]) }
    }
  }

  private func forEachScore(_ body: ([QueryValue]) throws -> Void) throws {
    let sql = """
      SELECT r.id, r.recorded, r.author, r.as_of, r.known_by, s.account, c.name, s.score, s.raw, s.coverage, s.band
      FROM score_run AS r JOIN score AS s ON s.run = r.id JOIN card AS c ON c.hash = s.card
      WHERE r.as_of BETWEEN ?1 AND ?2 ORDER BY r.id, s.account
      """
    try history.connection.prepare(sql).each(Int(days.lowerBound.number), Int(days.upperBound.number)) { row in
      var values = (0..<row.count).map { row.value($0) }
      values[1] = .text(instant(row.int64(1)))
      values[3] = .text(Day(row.int(3)).description)
      if !row.isNull(4) { values[4] = .text(instant(row.int64(4))) }
      let root = knowledge.merges.root(of: row.int(5))
      values[5] = try history.shownKey(of: root, knowledge).map { .text($0) } ?? .null
      try body(values)
    }
  }

  private func instant(_ milliseconds: Int64) -> String { CalendarZone.utc.moment(of: milliseconds).description + "Z" }
}
