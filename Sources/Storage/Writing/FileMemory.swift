import Health

/// What has to be remembered of the earlier batches of a file, in temporary tables: they lie on the disk once they are large, so
/// that memory does not grow with the file.
///
/// A file of one batch needs none of it. The tables belong to the connection; `begin` empties what an earlier file left in them.
final class FileMemory {
  private let connection: Connection
  private var isReady = false

  init(_ connection: Connection) { self.connection = connection }

  /// - `idle_event`: withdrawals that found nothing to withdraw, of sources that are not stored, by hash of reference and line.
  /// - `added_event`, `added_row`: events whose rows add up, and which rows did.
  /// - `stated_attribute`: the last row that states an attribute from a day on.
  /// - `undecided_row`, `undecided_fact`: rows with facts that the end of the file decides, what their other facts came to, and
  ///   what those did.
  private static let tables = [
    ("idle_event", "key INTEGER PRIMARY KEY"),
    (
      "added_event",
      """
      id INTEGER PRIMARY KEY, ref TEXT NOT NULL, line INTEGER NOT NULL, account INTEGER NOT NULL, moment INTEGER, value INTEGER, text TEXT,
      author TEXT, reason TEXT, outcome INTEGER, UNIQUE (ref, line)
      """
    ),
    ("added_row", "row INTEGER NOT NULL, event INTEGER NOT NULL, says INTEGER NOT NULL"),
    (
      "stated_attribute",
      "account INTEGER NOT NULL, name INTEGER NOT NULL, day INTEGER NOT NULL, row INTEGER NOT NULL, value INTEGER, PRIMARY KEY (account, name, day)"
    ),
    ("undecided_row", "row INTEGER PRIMARY KEY, outcome INTEGER NOT NULL"),
    ("undecided_fact", "row INTEGER NOT NULL, outcome INTEGER NOT NULL"),
  ]
  private static let mostCachedKiB = 8192

  /// Whether there are facts that the end of the file decides.
  private(set) var isUndecided = false

  /// The statement of some SQL over the tables, which are made where need be.
  func prepare(_ sql: String) throws -> Statement {
    if !isReady {
      for (name, columns) in Self.tables {
        let suffix = name == "stated_attribute" ? " WITHOUT ROWID" : ""
        try connection.execute("CREATE TEMP TABLE IF NOT EXISTS \(name) (\(columns))\(suffix); DELETE FROM temp.\(name)")
      }
      try connection.execute("PRAGMA temp.cache_size = -\(Self.mostCachedKiB)")
      isReady = true
    }
    return try connection.prepare(sql)
  }

  /// The id that the last row got.
  var lastRowID: Int64 { connection.lastInsertRowID }

  // MARK: Withdrawals of nothing

  private var hasIdle = false

  /// Keeps withdrawals that found nothing.
  func keepIdle(_ keys: [Int64]) throws {
    guard !keys.isEmpty else { return }
    hasIdle = true
    let insert = try prepare("INSERT OR IGNORE INTO temp.idle_event (key) VALUES (?)")
    for key in keys.sorted() { try insert.run(key) }
  }

  /// Whether one of them was kept.
  func isIdle(_ key: Int64) throws -> Bool {
    guard hasIdle else { return false }
    return try prepare("SELECT 1 FROM temp.idle_event WHERE key = ?").first(key) { _ in true } ?? false
  }

  // MARK: Rows

  /// Keeps what the facts of a row came to that were decided at once.
  func keep(row: Int, outcome: Outcome) throws {
    isUndecided = true
    try prepare("INSERT OR IGNORE INTO temp.undecided_row (row, outcome) VALUES (?, ?)").run(row, Int(outcome.rawValue))
  }

  /// Says what a fact of an undecided row came to.
  func decide(row: Int, outcome: Outcome) throws {
    try prepare("INSERT INTO temp.undecided_fact (row, outcome) VALUES (?, ?)").run(row, Int(outcome.rawValue))
  }

  /// Counts each undecided row by the strongest of all its facts, in `rows` that has counted it by the others.
  func settle(_ rows: inout Tally) throws {
    let sql = """
      SELECT other, best, count(*) FROM
        (SELECT u.outcome AS other, max(f.outcome) AS best FROM temp.undecided_fact AS f JOIN temp.undecided_row AS u ON u.row = f.row
         GROUP BY f.row)
      WHERE best > other GROUP BY other, best
      """
    try prepare(sql).each { row in
      guard let other = Outcome(rawValue: UInt8(row.int(0))), let best = Outcome(rawValue: UInt8(row.int(1))) else { return }
      rows[other] -= row.int(2)
      rows[best] += row.int(2)
    }
  }
}
