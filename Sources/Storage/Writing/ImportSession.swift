import Health

/// What an import is, before it has taken anything in.
package struct ImportHead: Sendable {
  package var feed: String
  package var file: String
  package var fileDay: Day?
  package var backfill: Bool
  /// Whether the file says everything about its day and the days of its readings and events.
  package var isComplete: Bool
  /// Whether the file may introduce accounts.
  package var createsAccounts: Bool
  package var feedHash: String
  package var modified: Int64?
  package var author: String?
  package var started: Int64
  /// The import whose refused rows the file has, mended: what it states is added to what that one states.
  package var mends: Int?
  /// Whether a signal is spoken of only on the days that rows name, see `ImportSession.speak`.
  package var speaksByRows: Bool

  package init(
    feed: String, file: String, fileDay: Day? = nil, backfill: Bool = false, isComplete: Bool = false, createsAccounts: Bool = false,
    feedHash: String = "", modified: Int64? = nil, author: String? = nil, started: Int64, mends: Int? = nil, speaksByRows: Bool = false
  ) {
    (self.feed, self.file, self.fileDay, self.backfill, self.isComplete) = (feed, file, fileDay, backfill, isComplete)
    (self.createsAccounts, self.feedHash, self.modified, self.author, self.started) = (createsAccounts, feedHash, modified, author, started)
    (self.mends, self.speaksByRows) = (mends, speaksByRows)
  }
}

/// A row that was refused, or accepted with a remark.
package struct Remark: Sendable, Hashable {
  package enum Severity: String, Sendable, Codable { case reject, warning }
  package var severity: Severity
  package var line: Int
  package var column: Int
  package var columnName: String
  package var code: String
  package var message: String
  package var text: String
  /// The known word that comes nearest to what the row says.
  package var nearest: String?
  /// What to do.
  package var hint: String?
  /// The row's bytes where `text` cannot be turned back into them.
  package var raw: [UInt8]?
  /// Whether `text` is not all of the row.
  package var isCut = false

  /// What stands for a text that was erased with the account that it named.
  package static let erased = "(erased)"
  package var isErased: Bool { isCut && text == Remark.erased }

  package init(
    _ severity: Severity, line: Int, column: Int = 0, columnName: String = "", code: String, message: String, text: String = "",
    nearest: String? = nil, hint: String? = nil
  ) {
    (self.severity, self.line, self.column, self.columnName) = (severity, line, column, columnName)
    (self.code, self.message, self.text, self.nearest, self.hint) = (code, message, text, nearest, hint)
  }

  /// What to do, for people.
  package var advice: String? { nearest.map { "did you mean \($0)?" } ?? hint }
}

/// A row that turns out to clash with another row of its file once a batch is settled.
package struct ClashingRow: Sendable {
  /// Its number in the batch.
  package let row: Int32
  /// What it clashes in: of events the line's id, see `ImportSession.line`; of readings the signal's.
  package let subject: Int
  /// Whether it is the later of two readings, the earlier of which was settled with an earlier batch; else it is the earlier one.
  package var isLater = false
}

/// One import being written, within one transaction that its user began and will end.
///
/// Facts are added row by row and settled batch by batch: `flush` decides what each fact turns out to be, writes what is new, and
/// tells what became of each row.
package final class ImportSession {
  package let history: History
  package let importID: Int
  package let head: ImportHead
  /// Rows so far.
  package private(set) var rows = Tally()
  /// Remarks so far that count as warnings.
  package var warnings = 0
  /// How the file is written, kept if any of its rows is refused.
  package var header: FileHeader?

  /// The readings that wait to be settled.
  package let waiting: ReadingBatch

  private let knowledge: Knowledge
  private let readings: ReadingWriter
  private let events: EventWriter
  private let attributes: AttributeWriter
  private let memory: FileMemory
  @exclusivity(unchecked) private var accounts: AccountWriter
  private let feedID: Int
  private var outcomes = BatchOutcomes()
  private var firstDays = FirstDays()
  /// The file's day and those of readings and events.
  private var days = DaySet()
  private var attributeDays = DaySet()
  private var spokenSignals: Set<Int> = []
  /// The days that rows name, by signal.
  private var speech: [Int: DaySet] = [:]
  private var lines: [String: Int] = [:]
  private var attributeNames: [String: Int] = [:]
  private var parseRejects: [Int32] = []
  /// Rows of the batches before this one, and of this one, which is still open: what its rows came to is known when the next begins.
  private var earlierRows = 0
  private var openRows = 0
  /// Rows of the batch that say something of accounts themselves.
  private var naming: [Int32] = []
  private var namesAccounts = false

  /// Begins an import. The highest `finished` of earlier imports bounds its own from below, should the clock have gone back.
  package init(_ history: History, _ head: ImportHead) throws {
    (self.history, self.head) = (history, head)
    let connection = history.connection
    knowledge = try history.knowledge()
    feedID = try history.internFeed(head.feed)
    importID = (try connection.prepare("SELECT coalesce(max(id), 0) + 1 FROM import").first { $0.int(0) }) ?? 1
    guard importID < Layout.mostImports else {
      throw Problem(
        "too-many-imports", .badInput, "the database has had its \(Layout.mostImports) imports",
        hint: "start a new workspace from an export")
    }
    let sql = """
      INSERT INTO import (id, feed, file, file_day, digest, bytes, modified, feed_hash, author, started, finished, mends, speaks_by_rows, state,
        rows, new, corrected, older, unchanged, rejected, skipped, warnings, facts_new, facts_corrected, facts_older, facts_unchanged, facts_skipped)
      VALUES (?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?, ?, 'imported', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
      """
    try connection.prepare(sql).run(
      importID, feedID, head.file, head.fileDay.map { Int($0.number) }, head.modified, head.feedHash, head.author, head.started,
      head.started, head.mends, head.speaksByRows ? 1 : 0)
    let rank = ImportRank(
      importID: importID, backfill: head.backfill, fileDay: head.fileDay, finished: head.started, zone: history.zone, knowledge: knowledge)
    let mended = try head.mends.map { try ImportLog.mended(from: $0, history) } ?? []
    readings = ReadingWriter(
      connection, knowledge: knowledge, rank: rank, feed: feedID, writesUnchanged: head.isComplete, mended: mended)
    waiting = readings.batch
    memory = FileMemory(connection)
    events = try EventWriter(
      connection, knowledge: knowledge, rank: rank, feed: feedID, writesUnchanged: head.isComplete, mended: mended, memory: memory)
    attributes = AttributeWriter(connection, knowledge: knowledge, rank: rank, memory: memory)
    accounts = try AccountWriter(history, knowledge: knowledge, rank: rank)
    if let day = head.fileDay { days.insert(day) }
  }

  // MARK: Naming things

  /// The account that a text names; nil where it is unknown and the feed may not introduce it.
  package func account(_ text: UnsafeRawBufferPointer, row: Int32) throws -> Int? {
    defer { hasNewcomers = accounts.hasNewcomers }
    return try accounts.find(text, creates: head.createsAccounts, row: row)
  }

  /// Whether some accounts exist only once a row of this batch that names them is accepted; then each row has to be told with `name`.
  @exclusivity(unchecked) package private(set) var hasNewcomers = false

  /// Says that a row names an account that was found before.
  package func name(account: Int, row: Int32) { accounts.name(account, row: row) }

  /// Keys and aliases, for finding what a misspelt one meant.
  package func accountCandidates() throws -> [String] { try accounts.candidates() }

  /// The id of a signal that this import speaks of; nil when there is no room for another one.
  package func signal(_ key: String, kind: SignalKind) throws -> Int? {
    guard let id = try history.internSignal(key) else { return nil }
    readings.declare(signal: id, additive: kind == .count)
    spokenSignals.insert(id)
    return id
  }

  /// The id of what one line of the feed says of one signal.
  package func line(signal: Int, name: String) throws -> Int {
    let identity = "\(signal)/\(name)"
    if let id = lines[identity] { return id }
    let connection = history.connection
    let known = try connection.prepare("SELECT id FROM line WHERE feed = ? AND signal = ? AND name = ?").first(feedID, signal, name) {
      $0.int(0)
    }
    if known == nil { try connection.prepare("INSERT INTO line (feed, signal, name) VALUES (?, ?, ?)").run(feedID, signal, name) }
    let id = known ?? Int(connection.lastInsertRowID)
    lines[identity] = id
    if history.signalKey(signal).hasPrefix("human.") { events.note(line: id) }
    return id
  }

  // MARK: Facts of a row

  package func addReading(account: Int, signal: Int, moment: Moment, value: Double, row: Int32) {
    waiting.add(account: account, signal: signal, moment: moment, value: value, row: row)
  }

  package func addEvent(_ event: StatedEvent, row: Int32) throws { events.add(event, row: row) }

  /// The value of an attribute from a day on; nil clears it.
  package func addAttribute(account: Int, name: String, day: Day, value: String?, row: Int32) throws {
    if attributeNames[name] == nil { attributeNames[name] = try history.internLabel(name) }
    attributes.add(
      account: account, name: attributeNames[name] ?? 0, day: day, value: try value.map { try history.internLabel($0) }, row: row)
    attributeDays.insert(day)
  }

  package func addAlias(_ alias: String, account: Int, row: Int32) throws {
    accounts.addAlias(alias, account: account, row: row)
  }

  /// Says that the source spoke of a signal on a day, whether or not there was anything to tell.
  package func speak(of signal: Int, on day: Day) {
    speech[signal, default: DaySet()].insert(day)
    days.insert(day)
  }

  /// From now on an account counts as another.
  package func addMerge(_ account: Int, into target: Int, row: Int32) throws {
    try history.connection.prepare("INSERT INTO merge (account, import, \"into\") VALUES (?, ?, ?)").run(account, importID, target)
    named(row)
  }

  /// From now on an account is shown by another key.
  package func addRename(_ account: Int, to key: String, row: Int32) throws {
    try history.connection.prepare("INSERT INTO rename (account, import, key) VALUES (?, ?, ?)").run(account, importID, key)
    named(row)
  }

  /// Says that a row of this batch tells something of accounts themselves.
  func named(_ row: Int32) {
    stated(row)
    namesAccounts = true
  }

  /// Says that a row of this batch tells something that is no reading, event or attribute, and new.
  func stated(_ row: Int32) { naming.append(row) }

  /// Says that a row of this batch was refused before it had facts.
  package func reject(row: Int32) { parseRejects.append(row) }

  /// Settles a batch of rows, numbered from 0; the file has no more with `isLast`. `duplicate` is called with rows that contradict an
  /// earlier row of the same id, `replaced` with rows that give a reading which another row gives again.
  package func flush(
    rows count: Int, isLast: Bool = false, duplicate: (ClashingRow) -> Void, replaced: (ClashingRow) -> Void
  ) throws {
    try closeBatch(isLast: false)
    outcomes.begin(rows: count)
    openRows = count
    for row in parseRejects { outcomes.reject(row) }
    for row in naming { outcomes.note(.new, row: row) }
    naming.removeAll(keepingCapacity: true)
    try events.flush(&outcomes, firstDays: &firstDays, days: &days, duplicate: duplicate)
    try accounts.flush(&outcomes)
    hasNewcomers = accounts.hasNewcomers
    try readings.flush(&outcomes, firstDays: &firstDays, days: &days, isLast: isLast)
    for row in readings.repeatedRows { replaced(row) }
    attributes.flush(outcomes)
    parseRejects.removeAll(keepingCapacity: true)
  }

  /// Counts the rows of the batch that is open. What only the end of the file decides is decided now where it is the only batch, and
  /// otherwise kept for later.
  private func closeBatch(isLast: Bool) throws {
    if isLast, !memory.isUndecided {
      try events.finish(&outcomes, firstDays: &firstDays, days: &days)
      try attributes.finish(&outcomes)
    } else {
      try events.spill(outcomes, firstRow: earlierRows)
      try attributes.spill(outcomes, firstRow: earlierRows)
    }
    outcomes.add(to: &rows)
    earlierRows += openRows
    openRows = 0
    guard isLast, memory.isUndecided else { return }
    try events.finishSpilled(&outcomes.facts, firstDays: &firstDays, days: &days)
    try attributes.finishSpilled(&outcomes.facts)
    try memory.settle(&rows)
  }

  /// Facts so far.
  package var facts: Tally { outcomes.facts }

  /// Keeps remarks about rows.
  package func keep(_ remarks: [Remark]) throws { try ImportLog.keep(remarks, importID: importID, history.connection) }

  /// Ends the import, still within the transaction.
  package func finish(digest: UInt64, bytes: Int) throws {
    try closeBatch(isLast: true)
    try readings.finish()
    let connection = history.connection
    let sql = """
      UPDATE import SET digest = ?, bytes = ?, rows = ?, new = ?, corrected = ?, older = ?, unchanged = ?, rejected = ?, skipped = ?, warnings = ?,
        facts_new = ?, facts_corrected = ?, facts_older = ?, facts_unchanged = ?, facts_skipped = ? WHERE id = ?
      """
    let facts = outcomes.facts
    try connection.prepare(sql).run(
      Int64(bitPattern: digest), bytes, rows.total, rows[.new], rows[.corrected], rows[.older], rows[.unchanged], rows[.rejected],
      rows[.skipped],
      warnings, facts[.new], facts[.corrected], facts[.older], facts[.unchanged], facts[.skipped], importID)
    if rows[.rejected] > 0 { try header?.keep(importID: importID, connection) }
    try ImportLog.setState(importID, live: true, backfill: head.backfill, at: head.started, connection)
    let since = Int(connection.lastInsertRowID)
    for signal in spokenSignals.sorted() {
      try connection.prepare("INSERT INTO import_signal (import, signal) VALUES (?, ?)").run(importID, signal)
    }
    for run in days.union(attributeDays).runs {
      try connection.prepare("INSERT INTO spoke (import, first_day, last_day) VALUES (?, ?, ?)")
        .run(importID, run.lowerBound.number, run.upperBound.number)
    }
    for (signal, days) in speech.sorted(by: { $0.key < $1.key }) {
      for run in days.runs {
        try connection.prepare("INSERT INTO signal_spoke (import, signal, first_day, last_day) VALUES (?, ?, ?, ?)")
          .run(importID, signal, run.lowerBound.number, run.upperBound.number)
      }
    }
    let covered = head.isComplete ? days.all : []
    for day in covered { try connection.prepare("INSERT OR IGNORE INTO covers (import, day) VALUES (?, ?)").run(importID, day.number) }
    try writeLeans()
    try writeFirstFacts()
    let entry = Knowledge.Entry(
      id: importID, feed: feedID, fileDay: head.fileDay, finished: head.started, backfill: head.backfill, live: true, since: since)
    try history.note(entry, covers: covered, before: knowledge)
    if namesAccounts || head.mends != nil { history.forgetKnowledge() }
  }

  private func writeLeans() throws {
    var leans: [Int: Int] = [:]
    for some in [readings.leans, events.leans, attributes.leans, accounts.leans] { leans.merge(some, uniquingKeysWith: +) }
    for (other, facts) in leans.sorted(by: { $0.key < $1.key }) {
      try history.connection.prepare("INSERT INTO leans (import, \"on\", facts) VALUES (?, ?, ?)").run(importID, other, facts)
    }
  }

  private func writeFirstFacts() throws {
    let stated = firstDays.byAccount
    guard !stated.isEmpty else { return }
    // A backfill counts as known before imports that finished earlier, so they cannot answer for it.
    let known = try history.firstFacts(knowledge, backfillsOnly: head.backfill)
    for (account, day) in stated where known[account].map({ day < $0 }) ?? true {
      try history.connection.prepare("INSERT INTO first_fact (account, import, day) VALUES (?, ?, ?)").run(account, importID, day.number)
    }
  }
}
