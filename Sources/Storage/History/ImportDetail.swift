import Health

/// Everything that the database keeps of one import beside its facts.
package struct ImportDetail: Sendable {
  /// One entry of the log of states.
  package struct LogEntry: Sendable, Hashable {
    package var at: Int64
    package var isLive: Bool
    package var backfill: Bool
  }
  /// Facts that one import did not state again because another had stated them.
  package struct Leaning: Sendable, Hashable {
    package var record: ImportRecord
    package var facts: Int

    package init(record: ImportRecord, facts: Int) { (self.record, self.facts) = (record, facts) }
  }

  package var record: ImportRecord
  /// The signals that it speaks of.
  package var signals: [String]
  /// The days on which it spoke.
  package var days: [ClosedRange<Day>]
  /// The days of which it says everything.
  package var covers: [Day]
  /// The imports that it leans on, live or not.
  package var leansOn: [Leaning]
  /// The live imports that lean on it.
  package var leanedOnBy: [Leaning]
  /// How many accounts it vouches for.
  package var introduced: Int
  /// Finishing, reverting, restoring and marking, in order.
  package var log: [LogEntry]
}

extension ImportLog {
  /// All that is kept of one import; throws `unknown-import`.
  package static func detail(_ id: Int, _ history: History) throws -> ImportDetail {
    let connection = history.connection
    let leansOn = try connection.prepare("SELECT \"on\", facts FROM leans WHERE import = ? ORDER BY \"on\"")
      .all(id) { ($0.int(0), $0.int(1)) }
    return ImportDetail(
      record: try one(id, history),
      signals: try connection.prepare("SELECT signal FROM import_signal WHERE import = ?")
        .all(id) { history.signalKey($0.int(0)) }.sorted(),
      days: try connection.prepare("SELECT first_day, last_day FROM spoke WHERE import = ? ORDER BY first_day")
        .all(id) { Day($0.int(0))...Day($0.int(1)) },
      covers: try connection.prepare("SELECT day FROM covers WHERE import = ? ORDER BY day").all(id) { Day($0.int(0)) },
      leansOn: try leansOn.map { ImportDetail.Leaning(record: try one($0.0, history), facts: $0.1) },
      leanedOnBy: try leaning(on: id, history).map { ImportDetail.Leaning(record: $0.record, facts: $0.facts) },
      introduced: try connection.prepare("SELECT count(*) FROM introduced WHERE import = ?").first(id) { $0.int(0) } ?? 0,
      log: try connection.prepare("SELECT at, live, backfill FROM import_state WHERE import = ? ORDER BY id").all(id) { row in
        ImportDetail.LogEntry(at: row.int64(0), isLive: row.int(1) == 1, backfill: row.int(2) == 1)
      })
  }
}
