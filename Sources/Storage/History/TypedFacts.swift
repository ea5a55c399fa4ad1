import Health

/// Something that a person typed about an account.
package struct TypedFact: Sendable, Hashable {
  package var account: Int
  package var signal: String
  package var moment: Moment
  package var value: Double?
  package var importID: Int
}

extension History {
  /// What people typed of days after one, by account and moment.
  package func typed(after day: Day, _ knowledge: Knowledge) throws -> [TypedFact] {
    let signals = Dictionary(uniqueKeysWithValues: try connection.prepare("SELECT id, signal FROM line").all { ($0.int(0), $0.int(1)) })
    let sql = """
      SELECT c.import, c.shard, c.data FROM event_chunk AS c JOIN import AS i ON i.id = c.import JOIN feed AS f ON f.id = i.feed
      WHERE f.name LIKE '@%' AND c.last_day > ?
      """
    var found: [TypedFact] = []
    try connection.prepare(sql).each(day.number) { row in
      let importID = row.int(0)
      guard knowledge.rank(of: importID) > 0 else { return }
      try row.blob(2) { bytes in
        // Each typed event has a reference of its own, so none has a rival.
        try EventChunk.forEach(bytes, importID: importID, shard: row.int(1)) { revision in
          guard revision.moment.day > day, !revision.flags.contains(.withdrawn), let signal = signals[revision.line] else { return }
          found.append(
            TypedFact(
              account: knowledge.merges.root(of: revision.account), signal: signalKey(signal), moment: revision.moment,
              value: revision.flags.contains(.valueless) ? nil : revision.value, importID: importID))
        }
      }
    }
    return found.sorted { ($0.account, $0.moment, $0.importID) < ($1.account, $1.moment, $1.importID) }
  }
}
