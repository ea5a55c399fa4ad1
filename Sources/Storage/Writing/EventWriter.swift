import Health

/// Decides what each event of a file turns out to be, and writes revisions of those that say something new.
final class EventWriter {
  private let connection: Connection
  private let knowledge: Knowledge
  private let rank: ImportRank
  private let inForce: EventsInForce
  /// Write id-less events that are in force already, because the import covers their day.
  private let writesUnchanged: Bool
  private var batch = EventBatch()
  private var ordinals: [String: Int] = [:]
  private var flushes = 0
  /// Events of earlier batches that were in force already and therefore not written, by identity.
  private var unwritten: Set<UInt64> = []
  /// Withdrawals of earlier batches that found nothing to withdraw, by hash of reference and line.
  private var idleWithdrawals: Set<UInt64> = []
  private var revisions: [Int: [EventRevision]] = [:]  // by shard
  /// How many facts lean on which import.
  private(set) var leans: [Int: Int] = [:]

  /// What marks the reference of an event without an id; no file's id can begin with it.
  private static let idlessMark = "\u{1}"

  init(_ connection: Connection, knowledge: Knowledge, rank: ImportRank, feed: Int, writesUnchanged: Bool) {
    (self.connection, self.knowledge, self.rank, self.writesUnchanged) = (connection, knowledge, rank, writesUnchanged)
    inForce = EventsInForce(connection: connection, importID: rank.importID, feed: feed)
  }

  func add(_ event: StatedEvent, row: Int32) throws {
    if let ref = event.ref {
      batch.add(event, ref: ref.hasPrefix(Self.idlessMark) ? Self.idlessMark + ref : ref, row: row)
    } else if let moment = event.moment {
      // Two equal rows of one file are two events; the same file again finds both.
      let equal = "\(Self.idlessMark)\(event.account)/\(moment.packed)/\(event.value.map { String($0.bitPattern) } ?? "")/\(event.line)"
      let ordinal = (ordinals[equal] ?? 0) + 1
      ordinals[equal] = ordinal
      batch.add(event, ref: "\(equal)/\(ordinal)", row: row)
    }
  }

  /// Writes what waits; rows that contradict an earlier row of the file are rejected through `duplicate`.
  func flush(_ outcomes: inout BatchOutcomes, firstDays: inout FirstDays, days: inout DaySet, duplicate: (ClashingRow) -> Void) throws {
    guard !batch.pending.isEmpty else { return }
    var sources = try storedSources()
    let stated = try inForce.revisions(of: sources.values.map { $0 })
    var rejected: [Int32] = []
    let refs = batch.refs
    batch.combine(
      earlier: { identity in flushes == 0 ? nil : self.saidBefore(identity, ref: refs[identity.source], sources, stated) },
      duplicate: {
        rejected.append($0.row)
        duplicate($0)
      })
    for row in rejected { outcomes.reject(row) }
    for identity in batch.order {
      guard let own = batch.own[identity] else { continue }
      if let moment = own.event.moment {
        firstDays.note(account: own.event.account, day: moment.day)
        days.insert(moment.day)
      }
      let known = sources[identity.source].flatMap { stated[EventRevision.identity(source: $0.id, line: identity.line)] } ?? []
      try settle(own, identity, known, &sources, &outcomes)
    }
    try writeRevisions()
    batch.removeAll()
    flushes += 1
  }

  private func storedSources() throws -> [Int: EventsInForce.Source] {
    guard try connection.prepare("SELECT 1 FROM source LIMIT 1").first(row: { _ in true }) ?? false else { return [:] }
    var found: [Int: EventsInForce.Source] = [:]
    for (index, ref) in batch.refs.enumerated() { found[index] = try inForce.source(ref, hash: hash(ref)) }
    return found
  }

  private func hash(_ ref: String) -> Int64 {
    var ref = ref
    return ref.withUTF8 { Int64(bitPattern: XXH64.hash(UnsafeRawBufferPointer($0), seed: UInt64(inForce.feed))) }
  }

  private func hash(_ ref: String, line: Int) -> UInt64 {
    UInt64(bitPattern: hash(ref)) &+ UInt64(line) &* 0x9E37_79B9_7F4A_7C15
  }

  /// What an earlier batch of this file said of an event.
  private func saidBefore(
    _ identity: EventBatch.Identity, ref: String, _ sources: [Int: EventsInForce.Source], _ stated: [UInt64: [EventsInForce.Stated]]
  ) -> StatedEvent? {
    if !idleWithdrawals.isEmpty, idleWithdrawals.contains(hash(ref, line: identity.line)) {
      return StatedEvent(line: identity.line, ref: nil, account: 0, moment: nil, value: nil)
    }
    guard let source = sources[identity.source] else { return nil }
    let event = EventRevision.identity(source: source.id, line: identity.line)
    let known = stated[event] ?? []
    let unwritten = unwritten.contains(event) ? best(known, isIdless: false)?.stated : nil
    guard let own = known.first(where: { $0.importID == rank.importID }) ?? unwritten else { return nil }
    let revision = own.revision
    let words = revision.flags.contains(.worded) ? try? inForce.words(source: source.id, line: identity.line, importID: own.importID) : nil
    return StatedEvent(
      line: identity.line, ref: nil, account: revision.account, moment: revision.flags.contains(.withdrawn) ? nil : revision.moment,
      value: revision.flags.contains(.valueless) ? nil : revision.value, words: words ?? nil)
  }

  // MARK: One event

  private func settle(
    _ own: EventBatch.Own, _ identity: EventBatch.Identity, _ known: [EventsInForce.Stated], _ sources: inout [Int: EventsInForce.Source],
    _ outcomes: inout BatchOutcomes
  ) throws {
    let isIdless = own.event.ref == nil
    let earlierOwn = known.first { $0.importID == rank.importID }
    let best = best(known, isIdless: isIdless)
    if let earlierOwn, try isSame(own.event, earlierOwn) {
      for row in [own.row] + own.addedRows + own.repeatedRows { outcomes.note(.unchanged, row: row) }
      return
    }
    guard own.event.moment != nil || !known.isEmpty else {
      idleWithdrawals.insert(hash(batch.refs[identity.source], line: identity.line))
      return
    }
    if !idleWithdrawals.isEmpty { idleWithdrawals.remove(hash(batch.refs[identity.source], line: identity.line)) }
    let outcome = try outcome(own.event, best)
    // A withdrawal of what is not visible changes nothing now; it is written so that it stands when that import is restored.
    if outcome != .skipped { for row in [own.row] + own.addedRows { outcomes.note(outcome, row: row) } }
    for row in own.repeatedRows { outcomes.note(.unchanged, row: row) }
    if outcome == .unchanged, earlierOwn == nil, !(writesUnchanged && isIdless), let standIn = try standIn(own.event, known, isIdless) {
      leans[standIn.importID, default: 0] += 1
      unwritten.insert(standIn.revision.identity)
      return
    }
    try write(own, identity, known, withdrawing: best?.stated ?? known.last, &sources)
  }

  /// The revision in force among those of other imports.
  private func best(_ known: [EventsInForce.Stated], isIdless: Bool) -> (rank: UInt32, stated: EventsInForce.Stated)? {
    known.compactMap { stated -> (rank: UInt32, stated: EventsInForce.Stated)? in
      let day = stated.revision.moment.day
      let rank = isIdless ? knowledge.uncoveredRank(of: stated.importID, day: day) : knowledge.rank(of: stated.importID, day: day)
      return rank > 0 && stated.importID != self.rank.importID ? (rank, stated) : nil
    }.max { $0.rank < $1.rank }
  }

  /// A revision of an import that this one may lean on, if that says the same.
  private func standIn(_ event: StatedEvent, _ known: [EventsInForce.Stated], _ isIdless: Bool) throws -> EventsInForce.Stated? {
    guard let peer = best(known.filter { rank.mayLean(on: $0.importID, knowledge) }, isIdless: isIdless)?.stated else { return nil }
    return try isSame(event, peer) ? peer : nil
  }

  private func outcome(_ event: StatedEvent, _ best: (rank: UInt32, stated: EventsInForce.Stated)?) throws -> Outcome {
    guard let best else { return event.moment == nil ? .skipped : .new }
    if try isSame(event, best.stated) { return .unchanged }
    return rank.isBelow(best.rank) ? .older : .corrected
  }

  private func isSame(_ event: StatedEvent, _ stated: EventsInForce.Stated) throws -> Bool {
    let revision = stated.revision
    let isWithdrawn = revision.flags.contains(.withdrawn)
    guard let moment = event.moment else { return isWithdrawn }
    guard !isWithdrawn, revision.account == event.account, revision.moment == moment,
      event.value == (revision.flags.contains(.valueless) ? nil : revision.value)
    else { return false }
    let words = event.words ?? EventWords()
    guard revision.flags.contains(.worded) else { return words == EventWords() }
    return try inForce.words(source: revision.source, line: revision.line, importID: stated.importID) == words
  }

  // MARK: Writing

  private func write(
    _ own: EventBatch.Own, _ identity: EventBatch.Identity, _ known: [EventsInForce.Stated], withdrawing: EventsInForce.Stated?,
    _ sources: inout [Int: EventsInForce.Source]
  ) throws {
    let event = own.event
    // A withdrawal keeps the day and account of what it withdraws, so that day filters treat both alike.
    let withdrawn = event.moment == nil ? withdrawing?.revision : nil
    let account = withdrawn?.account ?? event.account
    let shard = Layout.shard(of: account)
    var source = try sources[identity.source] ?? newSource(batch.refs[identity.source], shard: shard)
    if !source.shards.contains(shard) { try move(&source, to: shard) }
    if source.firstImport != rank.importID {
      try connection.prepare("INSERT OR IGNORE INTO restated (source, import) VALUES (?, ?)").run(source.id, rank.importID)
    }
    sources[identity.source] = source
    var flags: EventRevision.Flags = []
    if event.moment == nil { flags.insert(.withdrawn) }
    if event.value == nil { flags.insert(.valueless) }
    if !known.isEmpty { flags.insert(.revises) }
    if event.ref == nil { flags.insert(.idless) }
    if let words = event.words, words != EventWords() {
      flags.insert(.worded)
      try connection.prepare("INSERT OR REPLACE INTO event_text (source, line, import, text, author, reason) VALUES (?, ?, ?, ?, ?, ?)")
        .run(source.id, event.line, rank.importID, words.text, words.author, words.reason)
    }
    let revision = EventRevision(
      source: source.id, line: event.line, account: account, moment: event.moment ?? withdrawn?.moment ?? Moment(Day(0)),
      value: event.value ?? 0,
      flags: flags)
    for shard in source.shards { revisions[shard, default: []].append(revision) }
  }

  private func newSource(_ ref: String, shard: Int) throws -> EventsInForce.Source {
    try connection.prepare("INSERT INTO source (hash, feed, ref, import, shard) VALUES (?, ?, ?, ?, ?)")
      .run(hash(ref), inForce.feed, ref, rank.importID, shard)
    return EventsInForce.Source(id: Int(connection.lastInsertRowID), firstImport: rank.importID, shards: [shard])
  }

  /// Brings a source's events to one more shard: all earlier revisions are copied there under their own imports, so that whoever
  /// reads that shard alone sees every revision and finds the same winner.
  private func move(_ source: inout EventsInForce.Source, to shard: Int) throws {
    let earlier = try inForce.revisions(of: [source]).values.joined().sorted { $0.importID < $1.importID }
    for stated in earlier { try insert([stated.revision], shard: shard, importID: stated.importID) }
    for (known, waiting) in revisions where source.shards.contains(known) {
      let mine = waiting.filter { $0.source == source.id }
      revisions[shard, default: []].append(contentsOf: mine)
      break  // the others have the same revisions
    }
    try connection.prepare("INSERT INTO source_shard (source, shard) VALUES (?, ?)").run(source.id, shard)
    source.shards.append(shard)
  }

  private func writeRevisions() throws {
    for (shard, waiting) in revisions.sorted(by: { $0.key < $1.key }) {
      let sorted = waiting.sorted { $0.identity < $1.identity }
      for start in stride(from: 0, to: sorted.count, by: EventChunk.mostEvents) {
        try insert(sorted[start..<min(sorted.count, start + EventChunk.mostEvents)], shard: shard, importID: rank.importID)
      }
    }
    revisions.removeAll(keepingCapacity: true)
  }

  private func insert(_ events: ArraySlice<EventRevision>, shard: Int, importID: Int) throws {
    guard let first = events.first else { return }
    let days = events.reduce(first.moment.day...first.moment.day) { min($0.lowerBound, $1.moment.day)...max($0.upperBound, $1.moment.day) }
    let sources = events.reduce(first.source...first.source) { min($0.lowerBound, $1.source)...max($0.upperBound, $1.source) }
    let sql = "INSERT INTO event_chunk (import, shard, first_day, last_day, first_source, last_source, data) VALUES (?, ?, ?, ?, ?, ?, ?)"
    try connection.prepare(sql).run(
      importID, shard, days.lowerBound.number, days.upperBound.number, sources.lowerBound, sources.upperBound,
      EventChunk.encode(events, importID: importID))
  }
}

/// A set of days, and its runs.
struct DaySet {
  private var days: Set<Int32> = []

  mutating func insert(_ day: Day) { days.insert(day.number) }

  func union(_ other: DaySet) -> DaySet {
    var result = self
    result.days.formUnion(other.days)
    return result
  }

  /// Every day, ascending.
  var all: [Day] { days.sorted().map { Day(Int($0)) } }

  /// Runs of consecutive days.
  var runs: [ClosedRange<Day>] {
    var result: [ClosedRange<Day>] = []
    for number in days.sorted() {
      let day = Day(Int(number))
      if let last = result.last, last.upperBound + 1 == day {
        result[result.count - 1] = last.lowerBound...day
      } else {
        result.append(day...day)
      }
    }
    return result
  }
}
