import Health

/// Scores kept as they were at one time, with everything that they followed from.
package enum RecordedScores {
  /// A version of a card.
  package struct CardVersion: Sendable, Hashable {
    package var hash: String
    package var name: String
    package var yaml: String

    package init(hash: String, name: String, yaml: String) { (self.hash, self.name, self.yaml) = (hash, name, yaml) }
  }
  /// What a run's scores follow from.
  package struct Identity: Sendable, Hashable {
    package var asOf: Day
    package var knownBy: Int64?
    package var cards: [CardVersion]
    /// The hashes of signals.yaml and vitals.yaml.
    package var catalogue: String
    package var settings: String

    package init(asOf: Day, knownBy: Int64?, cards: [CardVersion], catalogue: String, settings: String) {
      (self.asOf, self.knownBy, self.cards, self.catalogue, self.settings) = (asOf, knownBy, cards, catalogue, settings)
    }
  }
  /// One account's score.
  package struct Row: Sendable, Hashable {
    package var account: Int
    /// The hash of its card.
    package var card: String
    package var score: Double?
    package var raw: Double?
    package var coverage: Double
    package var band: String

    package init(account: Int, card: String, score: Double?, raw: Double?, coverage: Double, band: String) {
      (self.account, self.card, self.score, self.raw, self.coverage, self.band) = (account, card, score, raw, coverage, band)
    }
  }
  /// What is known of a run without its scores.
  package struct Run: Sendable, Hashable, Codable {
    package var id: Int
    package var asOf: Day
    package var recorded: Int64
    package var accounts: Int
    /// Whether it was recorded just now, and not before.
    package var isNew: Bool
  }

  /// Records scores within an open transaction; where they were recorded already nothing is written.
  package static func record(_ identity: Identity, _ rows: [Row], author: String?, at instant: Int64, _ history: History) throws -> Run {
    let connection = history.connection
    let cards = identity.cards.map(\.hash).sorted().joined(separator: " ")
    let newest = try connection.prepare("SELECT coalesce(max(id), 0), (SELECT coalesce(max(id), 0) FROM import_state) FROM import").first {
      ($0.int(0), $0.int(1))
    }
    let (importID, state) = newest ?? (0, 0)
    let find = """
      SELECT id FROM score_run WHERE as_of = ? AND coalesce(known_by, -1) = ? AND cards = ? AND catalogue = ? AND settings = ? AND import = ?
        AND state = ?
      """
    if let id = try connection.prepare(find).first(
      identity.asOf.number, identity.knownBy ?? -1, cards, identity.catalogue, identity.settings, importID, state, row: { $0.int(0) }),
      let known = try run(id, isNew: false, connection)
    {
      return known
    }
    for card in identity.cards {
      try connection.prepare("INSERT OR IGNORE INTO card (hash, name, yaml, first_used) VALUES (?, ?, ?, ?)")
        .run(card.hash, card.name, card.yaml, instant)
    }
    try connection.prepare(
      "INSERT INTO score_run (as_of, known_by, cards, catalogue, settings, import, state, recorded, author) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    ).run(identity.asOf.number, identity.knownBy, cards, identity.catalogue, identity.settings, importID, state, instant, author)
    let id = Int(connection.lastInsertRowID)
    let insert = try connection.prepare("INSERT INTO score (run, account, card, score, raw, coverage, band) VALUES (?, ?, ?, ?, ?, ?, ?)")
    for row in rows { try insert.run(id, row.account, row.card, row.score, row.raw, row.coverage, row.band) }
    return Run(id: id, asOf: identity.asOf, recorded: instant, accounts: rows.count, isNew: true)
  }

  /// The run that was recorded last; nil where none was.
  package static func last(_ history: History) throws -> Run? {
    guard let id = try history.connection.prepare("SELECT max(id) FROM score_run").first(row: { $0.optionalInt(0) }) ?? nil else {
      return nil
    }
    return try run(id, isNew: false, history.connection)
  }

  private static func run(_ id: Int, isNew: Bool, _ connection: Connection) throws -> Run? {
    let sql = "SELECT as_of, recorded, (SELECT count(*) FROM score WHERE run = score_run.id) FROM score_run WHERE id = ?"
    return try connection.prepare(sql).first(id) { row in
      Run(id: id, asOf: Day(row.int(0)), recorded: row.int64(1), accounts: row.int(2), isNew: isNew)
    }
  }
}
