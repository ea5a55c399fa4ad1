import Health

/// Erases what reverted imports stated, and the refused rows of failed ones: the one way in which history gets smaller.
///
/// What counts now stays as it is, since none of it counted. The imports stay in the log, with what they had come to and which
/// others lean on them; they cannot be restored, and `--known-by` no longer sees what they had said while they were live.
package struct Purge: Sendable, Hashable {
  /// What goes, or would go, by import; the oldest first.
  package struct Item: Sendable, Hashable {
    package var record: ImportRecord
    /// Facts that it had stated.
    package var facts: Int
    /// Refused rows and warnings.
    package var rejects: Int
  }

  package private(set) var items: [Item]

  /// Looks at what there is to erase.
  package init(_ history: History) throws {
    let rejects = Dictionary(
      uniqueKeysWithValues: try history.connection.prepare("SELECT import, count(*) FROM reject GROUP BY import").all {
        ($0.int(0), $0.int(1))
      })
    items = try ImportLog.all(history).filter { !$0.isLive && !$0.isPurged }.compactMap { record in
      let count = rejects[record.id] ?? 0
      let facts = record.error == nil ? record.facts[.new] + record.facts[.corrected] + record.facts[.older] : 0
      return record.error != nil && count == 0 ? nil : Item(record: record, facts: facts, rejects: count)
    }
  }

  /// Erases it, in one transaction. The file gets smaller only when it is compacted afterwards.
  package static func apply(at instant: Int64, _ history: History) throws -> Purge {
    let purge = try history.connection.transaction(.immediate) {
      let purge = try Purge(history)
      try purge.erase(at: instant, history.connection)
      return purge
    }
    try history.reload()
    return purge
  }

  private func erase(at instant: Int64, _ connection: Connection) throws {
    for item in items where item.record.error != nil {
      try connection.prepare("DELETE FROM reject WHERE import = ?").run(item.record.id)
    }
    let reverted = items.filter { $0.record.error == nil }.map(\.record.id)
    guard !reverted.isEmpty else { return }
    for id in reverted { try connection.prepare("INSERT INTO purged (import, at) VALUES (?, ?)").run(id, instant) }
    let shift = ChunkKey(day: Day(0), shard: 0, importID: 1, block: 0, part: 0).packed.trailingZeroBitCount
    try connection.execute(
      "DELETE FROM chunk WHERE (key >> \(shift)) & \(Layout.mostImports - 1) IN (SELECT import FROM purged)")
    // A reference stays while an import that is not purged has said something of it.
    try connection.execute(
      """
      DELETE FROM source WHERE import IN (SELECT import FROM purged) AND NOT EXISTS
        (SELECT 1 FROM restated AS r WHERE r.source = source.id AND r.import NOT IN (SELECT import FROM purged))
      """)
    // `leans` keeps who leaned on a purged import: their files still have to be read again.
    for table in [
      "late", "event_chunk", "event_text", "restated", "attribute", "alias", "merge", "rename", "introduced", "first_fact",
      "import_signal", "signal_spoke", "spoke", "covers", "reject", "leans", "override_end",
    ] {
      try connection.execute("DELETE FROM \(table) WHERE import IN (SELECT import FROM purged)")
    }
    try connection.execute("DELETE FROM source_shard WHERE source NOT IN (SELECT id FROM source)")
    try connection.execute(
      "DELETE FROM override_end WHERE override IN (SELECT import FROM purged); DELETE FROM override WHERE import IN (SELECT import FROM purged)"
    )
    try NoteIndex.prune(connection)
  }
}
