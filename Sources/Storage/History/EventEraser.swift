import Health

/// Takes the events of some accounts out of event chunks, which are written anew without them, with their words and references.
///
/// Where an event had come to such an account from another one, a withdrawal takes the place of what is erased: else the other
/// account would have it back.
struct EventEraser {
  /// What was taken out.
  struct Erased {
    var events = 0
    var texts = 0
    /// The imports that had stated them.
    var imports: Set<Int> = []
  }
  private struct Statement: Hashable {
    let identity: UInt64
    let importID: Int
  }
  private struct Place {
    let id, importID, shard: Int
  }

  private let history: History
  private let accounts: Set<Int>
  private var connection: Connection { history.connection }

  init(_ history: History, accounts: Set<Int>) { (self.history, self.accounts) = (history, accounts) }

  func erase() throws -> Erased {
    let places = try connection.prepare("SELECT id, import, shard FROM event_chunk ORDER BY id")
      .all { Place(id: $0.int(0), importID: $0.int(1), shard: $0.int(2)) }
    var erased: Set<Statement> = []
    for place in places {
      for event in try events(place) where accounts.contains(event.account) {
        erased.insert(Statement(identity: event.identity, importID: place.importID))
      }
    }
    guard !erased.isEmpty else { return Erased() }
    let identities = Set(erased.map(\.identity))
    var others: [UInt64: EventRevision] = [:]  // what other accounts have of the same events
    for place in places {
      for event in try events(place) where identities.contains(event.identity) && !accounts.contains(event.account) {
        others[event.identity] = event
      }
    }
    for place in places { try rewrite(place, others) }
    let texts = try eraseTexts(erased)
    try eraseSources(Set(identities.map { Int($0 >> 24) }))
    try NoteIndex.prune(connection)
    return Erased(events: erased.count, texts: texts, imports: Set(erased.map(\.importID)))
  }

  private func events(_ place: Place) throws -> [EventRevision] {
    var all: [EventRevision] = []
    try connection.prepare("SELECT data FROM event_chunk WHERE id = ?").each(place.id) { row in
      try row.blob(0) { try EventChunk.forEach($0, importID: place.importID, shard: place.shard) { all.append($0) } }
    }
    return all
  }

  private func rewrite(_ place: Place, _ others: [UInt64: EventRevision]) throws {
    let all = try events(place)
    guard all.contains(where: { accounts.contains($0.account) }) else { return }
    let kept = all.compactMap { event -> EventRevision? in
      guard accounts.contains(event.account) else { return event }
      guard var withdrawn = others[event.identity] else { return nil }
      withdrawn.flags = event.flags.intersection([.revises, .idless]).union([.withdrawn, .valueless])
      withdrawn.value = 0
      return withdrawn
    }
    guard !kept.isEmpty else { return try connection.prepare("DELETE FROM event_chunk WHERE id = ?").run(place.id) }
    let (days, sources) = (kept.map(\.moment.day), kept.map(\.source))
    let sql = "UPDATE event_chunk SET first_day = ?, last_day = ?, first_source = ?, last_source = ?, data = ? WHERE id = ?"
    try connection.prepare(sql).run(
      days.min()?.number, days.max()?.number, sources.min(), sources.max(), EventChunk.encode(kept[...], importID: place.importID),
      place.id)
  }

  private func eraseTexts(_ erased: Set<Statement>) throws -> Int {
    let delete = try connection.prepare("DELETE FROM event_text WHERE source = ? AND line = ? AND import = ?")
    var count = 0
    for statement in erased {
      try delete.run(Int(statement.identity >> 24), Int(statement.identity & 0xFF_FFFF), statement.importID)
      count += connection.changes
    }
    return count
  }

  /// Removes the references of things of which no event is left.
  private func eraseSources(_ candidates: Set<Int>) throws {
    var left = candidates
    let chunks = "SELECT id, import, shard FROM event_chunk WHERE last_source >= ? AND first_source <= ?"
    guard let low = candidates.min(), let high = candidates.max() else { return }
    for place in try connection.prepare(chunks).all(low, high, row: { Place(id: $0.int(0), importID: $0.int(1), shard: $0.int(2)) }) {
      for event in try events(place) { left.remove(event.source) }
    }
    for source in left {
      try connection.prepare("DELETE FROM source WHERE id = ?").run(source)
      for table in ["restated", "source_shard", "event_text"] {
        try connection.prepare("DELETE FROM \(table) WHERE source = ?").run(source)
      }
    }
  }
}
