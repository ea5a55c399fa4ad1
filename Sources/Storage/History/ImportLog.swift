import Health

/// One import as the log has it.
package struct ImportRecord: Sendable, Hashable {
  package var id: Int
  package var feed: String
  package var file: String
  package var fileDay: Day?
  package var digest: UInt64
  package var bytes: Int
  package var modified: Int64?
  package var feedHash: String
  package var author: String?
  package var started: Int64
  package var finished: Int64
  package var error: String?
  package var isLive: Bool
  package var backfill: Bool
  package var rows: Tally
  package var facts: Tally
  package var warnings: Int
  /// The import whose refused rows it took in.
  package var mends: Int?
  /// Whether its facts were erased after it was reverted.
  package var isPurged = false

  /// Whether it is something that a person typed rather than a file.
  package var isTyped: Bool { feed.hasPrefix("@") }
}

/// The log of imports: what came in, how it stands, and what was refused.
package enum ImportLog {
  private static let statements = """
    i.id, f.name, i.file, i.file_day, i.digest, i.bytes, i.modified, i.feed_hash, i.author, i.started, i.finished, i.error,
    i.new, i.corrected, i.older, i.unchanged, i.rejected, i.skipped,
    i.facts_new, i.facts_corrected, i.facts_older, i.facts_unchanged, i.facts_skipped, i.warnings,
    EXISTS (SELECT 1 FROM purged AS p WHERE p.import = i.id),
    """
  private static let columns = """
    \(statements)
    coalesce((SELECT s.live FROM import_state AS s WHERE s.import = i.id ORDER BY s.id DESC LIMIT 1), 0),
    coalesce((SELECT s.backfill FROM import_state AS s WHERE s.import = i.id ORDER BY s.id DESC LIMIT 1), 0), i.mends
    """

  private static func record(_ row: borrowing Row) -> ImportRecord {
    var (rows, facts) = (Tally(), Tally())
    let order: [Outcome] = [.new, .corrected, .older, .unchanged, .rejected, .skipped]
    for (offset, outcome) in order.enumerated() { rows[outcome] = row.int(12 + offset) }
    for (offset, outcome) in [Outcome.new, .corrected, .older, .unchanged, .skipped].enumerated() { facts[outcome] = row.int(18 + offset) }
    return ImportRecord(
      id: row.int(0), feed: row.text(1), file: row.text(2), fileDay: row.optionalInt(3).map { Day($0) },
      digest: UInt64(bitPattern: row.int64(4)),
      bytes: row.int(5), modified: row.optionalInt64(6), feedHash: row.text(7), author: row.optionalText(8), started: row.int64(9),
      finished: row.int64(10), error: row.optionalText(11), isLive: row.int(25) == 1, backfill: row.int(26) == 1, rows: rows, facts: facts,
      warnings: row.int(23), mends: row.optionalInt(27), isPurged: row.int(24) == 1)
  }

  /// All imports, oldest first.
  package static func all(_ history: History) throws -> [ImportRecord] {
    // One pass over the states; a look-up for each import would go through them all every time.
    let sql = """
      SELECT \(statements) coalesce(s.live, 0), coalesce(s.backfill, 0), i.mends FROM import AS i JOIN feed AS f ON f.id = i.feed
      LEFT JOIN (SELECT import, live, backfill, max(id) FROM import_state GROUP BY import) AS s ON s.import = i.id ORDER BY i.id
      """
    return try history.connection.prepare(sql).all { record($0) }
  }

  /// One import; throws `unknown-import`.
  package static func one(_ id: Int, _ history: History) throws -> ImportRecord {
    let sql = "SELECT \(columns) FROM import AS i JOIN feed AS f ON f.id = i.feed WHERE i.id = ?"
    guard let found = try history.connection.prepare(sql).first(id, row: { record($0) }) else {
      throw Problem("unknown-import", .usage, "there is no import \(id)", hint: "`vitals imports list` shows what there is")
    }
    return found
  }

  /// The newest live import of a feed and file day, which decides what "already imported" compares with; of those that mend an
  /// import the newest that mends the same.
  package static func newestLive(feed: String, fileDay: Day?, file: String, mends: Int? = nil, _ history: History) throws -> ImportRecord? {
    let sql = """
      SELECT \(columns) FROM import AS i JOIN feed AS f ON f.id = i.feed
      WHERE f.name = ? AND i.file_day IS ? AND (i.file_day IS NOT NULL OR i.file = ?) AND i.mends IS ? AND i.state = 'imported' ORDER BY i.id DESC
      """
    let statement = try history.connection.prepare(sql)
    defer { statement.reset() }
    try statement.bind(1, feed)
    try statement.bind(2, fileDay.map { Int($0.number) })
    try statement.bind(3, file)
    try statement.bind(4, mends)
    while try statement.step() {
      let found = record(statement.row)
      if found.isLive { return found }
    }
    return nil
  }

  /// Live imports of the feed whose file day is later.
  package static func liveAfter(feed: String, fileDay: Day, _ history: History) throws -> [ImportRecord] {
    let sql = """
      SELECT \(columns) FROM import AS i JOIN feed AS f ON f.id = i.feed
      WHERE f.name = ? AND i.file_day > ? AND i.state = 'imported' ORDER BY i.file_day, i.id
      """
    return try history.connection.prepare(sql).all(feed, fileDay.number) { record($0) }.filter(\.isLive)
  }

  /// Whether an import has to be read again, because other imports have come to count since it was read: what it found unchanged then
  /// may now stand in another light. That concerns what its own feed wrote below it, what other feeds wrote below it and above an import
  /// that it leaned on, and what hides an import that it leaned on.
  package static func isOvertaken(_ record: ImportRecord, _ history: History) throws -> Bool {
    guard record.fileDay != nil, !record.backfill else { return false }
    let connection = history.connection
    let read = try connection.prepare("SELECT min(id) FROM import_state WHERE import = ?").first(record.id) { $0.int(0) } ?? 0
    let knowledge = try history.knowledge()
    let changed = knowledge.changed(after: read)
    let below = changed.filter { knowledge.rank(of: $0.id) < knowledge.rank(of: record.id) }
    guard !below.isEmpty || knowledge.hasCovers else { return false }
    let leans = try connection.prepare("SELECT \"on\" FROM leans WHERE import = ?").all(record.id) { $0.int(0) }
    let (feed, lowest) = (try history.feedID(record.feed), leans.map { knowledge.rank(of: $0) }.min())
    return try below.contains { entry in
      guard entry.feed == feed || lowest.map({ $0 < knowledge.rank(of: entry.id) }) ?? false else { return false }
      return try hasSaidSomething(entry.id, connection)
    } || leans.contains { try isHidden($0, from: feed, by: changed, knowledge, connection) }
  }

  private static func hasSaidSomething(_ id: Int, _ connection: Connection) throws -> Bool {
    let sql = """
      SELECT facts_new + facts_corrected + facts_older > 0 OR EXISTS (SELECT 1 FROM covers WHERE import = ?1) FROM import WHERE id = ?1
      """
    return try connection.prepare(sql).first(id) { $0.int(0) == 1 } ?? false
  }

  /// Whether one of some imports covers a day of an import of its own feed, on which an import of another feed leans.
  private static func isHidden(
    _ id: Int, from feed: Int?, by others: [Knowledge.Entry], _ knowledge: Knowledge, _ connection: Connection
  ) throws -> Bool {
    guard let own = knowledge.feed(of: id), own != feed else { return false }
    let shared = try connection.prepare("SELECT 1 FROM covers AS a JOIN covers AS b ON b.day = a.day WHERE a.import = ? AND b.import = ?")
    return try others.contains { other in
      guard other.feed == own, knowledge.rank(of: other.id) > knowledge.rank(of: id) else { return false }
      return try shared.first(id, other.id) { _ in true } ?? false
    }
  }

  /// Adds an entry to an import's state.
  package static func setState(_ id: Int, live: Bool, backfill: Bool, at instant: Int64, _ connection: Connection) throws {
    try connection.prepare("INSERT INTO import_state (import, at, live, backfill) VALUES (?, ?, ?, ?)").run(id, instant, live, backfill)
  }

  /// Keeps remarks about rows.
  static func keep(_ remarks: [Remark], importID: Int, _ connection: Connection) throws {
    let sql = """
      INSERT INTO reject (import, severity, line, "column", column_name, code, message, text, nearest, hint, raw, is_cut)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """
    let insert = try connection.prepare(sql)
    for remark in remarks {
      try insert.run(
        importID, remark.severity.rawValue, remark.line, remark.column, remark.columnName, remark.code, remark.message, remark.text,
        remark.nearest, remark.hint, remark.raw, remark.isCut)
    }
  }

  /// The refused rows of an import, and its warnings, by line.
  package static func remarks(_ id: Int, _ history: History) throws -> [Remark] {
    let sql = """
      SELECT severity, line, "column", column_name, code, message, text, nearest, hint, raw, is_cut FROM reject WHERE import = ? ORDER BY line, id
      """
    return try history.connection.prepare(sql).all(id) { row in
      var remark = Remark(
        Remark.Severity(rawValue: row.text(0)) ?? .reject, line: row.int(1), column: row.int(2), columnName: row.text(3), code: row.text(4),
        message: row.text(5), text: row.text(6), nearest: row.optionalText(7), hint: row.optionalText(8))
      remark.raw = row.isNull(9) ? nil : row.blob(9) { Array($0) }
      remark.isCut = row.int(10) == 1
      return remark
    }
  }

  /// Logs an import that failed and was rolled back, with what was refused.
  package static func logFailure(
    _ head: ImportHead, error: String, rows: Tally, warnings: Int, remarks: [Remark], header: FileHeader? = nil, bytes: Int,
    _ history: History
  ) throws -> Int {
    try history.connection.transaction(.immediate) {
      let feed = try history.internFeed(head.feed)
      let id = try history.connection.prepare("SELECT coalesce(max(id), 0) + 1 FROM import").first { $0.int(0) } ?? 1
      let sql = """
        INSERT INTO import (id, feed, file, file_day, digest, bytes, modified, feed_hash, author, started, finished, mends, state, error,
          rows, new, corrected, older, unchanged, rejected, skipped, warnings, facts_new, facts_corrected, facts_older, facts_unchanged, facts_skipped)
        VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, 'failed', ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0)
        """
      try history.connection.prepare(sql).run(
        id, feed, head.file, head.fileDay.map { Int($0.number) }, bytes, head.modified, head.feedHash, head.author, head.started,
        head.started, head.mends, error,
        rows.total, rows[.new], rows[.corrected], rows[.older], rows[.unchanged], rows[.rejected], rows[.skipped], warnings)
      try keep(Array(remarks.prefix(10_000)), importID: id, history.connection)
      if rows[.rejected] > 0 { try header?.keep(importID: id, history.connection) }
      return id
    }
  }

  /// The id of the newest import, live or not; 0 where there is none.
  package static func newestID(_ history: History) throws -> Int {
    try history.connection.prepare("SELECT coalesce(max(id), 0) FROM import").first { $0.int(0) } ?? 0
  }

  /// The newest instant in the log; a clock that has gone back must not put a later import before an earlier one.
  package static func newestInstant(_ history: History) throws -> Int64 {
    try history.connection.prepare("SELECT at FROM import_state ORDER BY id DESC LIMIT 1").first { $0.int64(0) } ?? 0
  }

  /// Live imports that found facts unchanged because import `id` had stated them, with how many.
  package static func leaning(on id: Int, _ history: History) throws -> [(record: ImportRecord, facts: Int)] {
    try history.connection.prepare("SELECT import, facts FROM leans WHERE \"on\" = ? ORDER BY import").all(id) { ($0.int(0), $0.int(1)) }
      .map { (try one($0.0, history), $0.1) }.filter { $0.0.isLive }
  }

  /// Whether an import leans on one that is no longer live, or has been marked as a backfill since and ranks below others now, so that
  /// its file has to be read again.
  package static func leansOnWeakened(_ id: Int, _ history: History) throws -> Bool {
    let sql = """
      SELECT EXISTS (SELECT 1 FROM leans AS l WHERE l.import = ?1
        AND coalesce((SELECT s.live = 0 OR s.backfill = 1 AND s.id > (SELECT min(t.id) FROM import_state AS t WHERE t.import = ?1)
          FROM import_state AS s WHERE s.import = l."on" ORDER BY s.id DESC LIMIT 1), 1) = 1)
      """
    return try history.connection.prepare(sql).first(id) { $0.int(0) == 1 } ?? false
  }

  /// Whether an account, an alias or another key of one, a merge or a signal has become known since an import was read. One that imports
  /// vouched for before, and only others again, is none: else two files with refused rows would have each other read for ever.
  package static func addedNames(since record: ImportRecord, _ history: History) throws -> Bool {
    let connection = history.connection
    let signals = """
      SELECT EXISTS (SELECT 1 FROM import_signal AS s WHERE s.import > ?1 AND NOT EXISTS
        (SELECT 1 FROM import_signal AS t WHERE t.signal = s.signal AND t.import <= ?1))
      """
    if try connection.prepare(signals).first(record.id, row: { $0.int(0) == 1 }) ?? false { return true }
    let read = try connection.prepare("SELECT min(id) FROM import_state WHERE import = ?").first(record.id) { $0.int(0) } ?? 0
    let knowledge = try history.knowledge()
    let changed = Set(knowledge.changed(after: read).map(\.id))
    guard !changed.isEmpty else { return false }
    let typed = try connection.prepare("SELECT import FROM rename UNION SELECT import FROM merge").all { $0.int(0) }
    if !changed.isDisjoint(with: typed) { return true }
    return try ["SELECT import, account FROM introduced", "SELECT import, alias || char(31) || account FROM alias"].contains { sql in
      let names = try connection.prepare(sql)
      var added: Set<String> = []
      try names.each { if changed.contains($0.int(0)) { added.insert($0.text(1)) } }
      guard !added.isEmpty else { return false }
      try names.each { row in
        let id = row.int(0)
        if id == record.id || (knowledge.rank(of: id) > 0 && !changed.contains(id)) { added.remove(row.text(1)) }
      }
      return !added.isEmpty
    }
  }
}
