import Health

/// The index of what people wrote: the words of events of human signals.
package enum NoteIndex {
  /// A text that has the words looked for.
  package struct Hit: Sendable, Hashable {
    package var account: Int
    package var signal: String
    package var moment: Moment
    package var value: Double?
    package var text: String
    package var author: String?
    package var reason: String?
    package var importID: Int
  }

  /// Puts the words of an event into the index, in the place of those that the same import had given it.
  static func keep(_ text: String?, source: Int, line: Int, importID: Int, isKnown: Bool, _ connection: Connection) throws {
    if isKnown { try connection.prepare("DELETE FROM note WHERE source = ? AND line = ? AND import = ?").run(source, line, importID) }
    guard let text else { return }
    try connection.prepare("INSERT INTO note (text, source, line, import) VALUES (?, ?, ?, ?)").run(text, source, line, importID)
  }

  /// Forgets what is in `event_text` no longer, and every trace of it.
  static func prune(_ connection: Connection) throws {
    try connection.execute(
      """
      DELETE FROM note WHERE rowid IN (SELECT n.rowid FROM note AS n LEFT JOIN event_text AS t
        ON t.source = n.source AND t.line = n.line AND t.import = n.import WHERE t.source IS NULL)
      """)
    // Words of deleted rows stay in the index until its parts are put together.
    try connection.execute("INSERT INTO note (note) VALUES ('optimize')")
  }

  /// Texts in force that have all of the words, or words that begin with them; the best matches first. `most` bounds how many are
  /// looked at.
  package static func search(_ words: [String], account: Int? = nil, most: Int, _ history: History, _ knowledge: Knowledge) throws -> [Hit]
  {
    let terms = words.map { "\"\($0.replacing("\"", with: "\"\""))\"*" }.joined(separator: " ")
    let sql = "SELECT source, line, import FROM note WHERE note MATCH ? ORDER BY rank, rowid"
    var hits: [Hit] = []
    for (source, line, importID) in try history.connection.prepare(sql).all(terms, row: { ($0.int(0), $0.int(1), $0.int(2)) }) {
      guard hits.count < most, knowledge.rank(of: importID) > 0 else { continue }
      guard let found = try hit(source: source, line: line, importID: importID, history, knowledge),
        account ?? found.account == found.account
      else { continue }
      hits.append(found)
    }
    return hits
  }

  /// The event, where what the import says of it is in force.
  private static func hit(source: Int, line: Int, importID: Int, _ history: History, _ knowledge: Knowledge) throws -> Hit? {
    var best: (revision: EventRevision, rank: UInt32, importID: Int)?
    try history.connection.prepare(
      "SELECT import, shard, data FROM event_chunk WHERE first_source <= ?1 AND last_source >= ?1 ORDER BY id"
    ).each(source) { row in
      let owner = row.int(0)
      guard knowledge.rank(of: owner) > 0 else { return }
      var next: Int? = source
      try row.blob(2) { bytes in
        try EventChunk.forEach(
          bytes, importID: owner, shard: row.int(1),
          sources: {
            defer { next = nil }
            return next
          }
        ) { revision in
          let day = revision.moment.day
          let rank = revision.flags.contains(.idless) ? knowledge.uncoveredRank(of: owner, day: day) : knowledge.rank(of: owner, day: day)
          if revision.line == line, rank > 0, rank >= best?.rank ?? 0 { best = (revision, rank, owner) }
        }
      }
    }
    guard let best, best.importID == importID, !best.revision.flags.contains(.withdrawn) else { return nil }
    let signal = try history.connection.prepare("SELECT signal FROM line WHERE id = ?").first(line) { $0.int(0) }
    let words = try history.connection.prepare("SELECT text, author, reason FROM event_text WHERE source = ? AND line = ? AND import = ?")
      .first(source, line, importID) { ($0.text(0), $0.optionalText(1), $0.optionalText(2)) }
    guard let signal, let words else { return nil }
    return Hit(
      account: knowledge.merges.root(of: best.revision.account), signal: history.signalKey(signal), moment: best.revision.moment,
      value: best.revision.flags.contains(.valueless) ? nil : best.revision.value, text: words.0, author: words.1, reason: words.2,
      importID: importID)
  }
}
