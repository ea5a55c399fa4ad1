import Health

/// Decides what each event of a file turns out to be, and writes revisions of those that say something new.
///
/// Where a batch ends does not show: what earlier batches said is found again in the tables, in `unwritten`, and in the file's memory.
final class EventWriter {
  private let connection: Connection
  private let knowledge: Knowledge
  private let rank: ImportRank
  private let memory: FileMemory
  private let feed: Int
  /// Write id-less events that are in force already, because the import covers their day.
  private let writesUnchanged: Bool
  /// The live imports whose refused rows this one takes in: what it states is added to what they wrote.
  private let mended: [Int]
  private var inForce: EventsInForce
  private var batch: EventBatch
  private var added: AddedEvents
  private var flushes = 0
  /// Events that the file stated and that did not have to be written, since they are in force, or are withdrawn and not there.
  private var unwritten = EventSet()
  private var idle = EventSet()
  private var output: EventOutput
  /// How many facts lean on which import.
  private(set) var leans: [Int: Int] = [:]

  init(
    _ connection: Connection, knowledge: Knowledge, rank: ImportRank, feed: Int, writesUnchanged: Bool, mended: [Int], memory: FileMemory
  ) throws {
    self.mended = mended.filter { knowledge.rank(of: $0) > 0 }
    (self.connection, self.knowledge, self.rank, self.writesUnchanged) = (connection, knowledge, rank, writesUnchanged)
    (self.feed, self.memory) = (feed, memory)
    (batch, added) = (EventBatch(feed: feed), AddedEvents(feed: feed))
    inForce = EventsInForce(connection: connection, feed: feed)
    output = try EventOutput(connection, importID: rank.importID, feed: feed)
  }

  func add(_ event: StatedEvent, row: Int32) { batch.add(event, row: row) }

  /// Says that the words of a line's events can be searched for.
  func note(line: Int) { output.notedLines.insert(line) }

  /// Writes what waits; rows that contradict an earlier row of the file are rejected through `duplicate`. Events whose rows add up wait
  /// for the end of the file.
  func flush(_ outcomes: inout BatchOutcomes, firstDays: inout FirstDays, days: inout DaySet, duplicate: (ClashingRow) -> Void) throws {
    guard !batch.isEmpty else { return }
    let firstIdless = batch.internFirstIdless()
    inForce.removeAll()
    try inForce.load(batch.refs)
    var rejected: [Int32] = []
    try batch.combine(
      earlier: { batch, source, line in flushes == 0 ? nil : try self.saidBefore(&batch, Int(source), line) },
      added: { batch, fact, source, row in
        batch.refs.withBytes(Int(source)) { self.added.add(fact, ref: $0, words: batch.words(fact), row: row) }
      },
      duplicate: {
        rejected.append($0.row)
        duplicate($0)
      })
    for row in rejected { outcomes.reject(row) }
    batch.takeIdless(before: try firstIdless.enumerated().map { try countBefore(base: $0.offset, first: $0.element) })
    try inForce.load(batch.refs)
    try settle(batch, &firstDays, &days) { outcome, own in
      if let outcome, outcome != .skipped { outcomes.note(outcome, row: own.row) }
    }
    for companion in batch.repeated where !isIdle(companion.own) { outcomes.note(.unchanged, row: companion.row) }
    batch.removeAll()
    flushes += 1
  }

  /// Whether an event is a withdrawal that finds nothing.
  private func isIdle(_ index: Int32) -> Bool {
    let own = batch.own[Int(index)]
    if own.state != .fresh { return own.state == .idleBefore }
    guard own.fact.moment == nil else { return false }
    var isKnown = false
    inForce.forEach(Int(own.source)) { isKnown = isKnown || $0.revision.line == Int(own.fact.line) }
    return !isKnown
  }

  // MARK: Earlier batches

  private func key(_ hash: Int64, _ line: Int32) -> Int64 { hash &+ Int64(line) &* Int64(bitPattern: 0x9E37_79B9_7F4A_7C15) }

  /// What an earlier batch of this file said of an event.
  private func saidBefore(_ batch: inout EventBatch, _ index: Int, _ line: Int32) throws -> (fact: EventFact, isIdle: Bool)? {
    let source = inForce.sources[index]
    var isIdle = source.id > 0 && idle.contains(source: source.id, line: line)
    if !isIdle { isIdle = try memory.isIdle(key(batch.refs.hashes[index], line)) }
    if isIdle {
      return (EventFact(line: line, account: 0, moment: nil, value: nil), true)
    }
    guard source.id > 0 else { return nil }
    var own: EventsInForce.Stated?
    inForce.forEach(index) { if $0.importID == rank.importID, $0.revision.line == Int(line) { own = $0 } }
    if own == nil, unwritten.contains(source: source.id, line: line) { own = best(index, line, isIdless: false)?.stated }
    return try own.map { (try fact($0, &batch), false) }
  }

  /// How many events without an id of one sort earlier batches stated: they have the numbers from 1 on, so it is searched for where
  /// they end. `first` is the index of the first one's reference.
  private func countBefore(base: Int, first: Int) throws -> Int {
    let first = inForce.sources[first]
    guard flushes > 0 || !mended.isEmpty, isStated(first) else { return 0 }
    var (low, high) = (1, 2)
    while try isStated(base, high) { (low, high) = (high, high * 2) }
    while high - low > 1 {
      let middle = (low + high) / 2
      if try isStated(base, middle) { low = middle } else { high = middle }
    }
    if let other = mended.first(where: { first.isStated(by: $0) }) { leans[other, default: 0] += low }
    return low
  }

  private func isStated(_ base: Int, _ number: Int) throws -> Bool {
    var ref = batch.idlessRef(base, number: number)
    let hash = ref.withUTF8 { XXH64.hash(UnsafeRawBufferPointer($0), seed: UInt64(feed)) }
    return try inForce.source(ref: ref, hash: Int64(bitPattern: hash)).map { isStated($0) } ?? false
  }

  /// Whether this file, or one whose rows it mends, stated the one event of a source.
  private func isStated(_ source: EventsInForce.Source) -> Bool {
    guard source.id > 0 else { return false }
    return source.isStated(by: rank.importID) || mended.contains { source.isStated(by: $0) }
      || unwritten.contains(source: source.id, line: 0)
  }

  // MARK: The end of the file

  /// Keeps the events of the batch that add up until the file ends.
  func spill(_ outcomes: BatchOutcomes, firstRow: Int) throws { try added.spill(memory, firstRow: firstRow, outcomes: outcomes) }

  /// Decides on events that add up, in a file of one batch.
  func finish(_ outcomes: inout BatchOutcomes, firstDays: inout FirstDays, days: inout DaySet) throws {
    guard !added.rows.isEmpty else { return }
    var whole = EventBatch(feed: feed)
    for entry in added.entries { whole.take(whole: entry.fact, ref: added.refs.text(Int(entry.source)), words: added.words(entry)) }
    let settled = try settle(whole: &whole, &firstDays, &days)
    for (row, entry, says) in added.rows where says || added.entries[Int(entry)].fact.moment == nil {
      if let outcome = settled[Int(entry)] { outcomes.note(outcome, row: row) }
    }
    added.removeAll()
  }

  /// Decides on events that add up, in a file of several batches.
  func finishSpilled(_ facts: inout Tally, firstDays: inout FirstDays, days: inout DaySet) throws {
    try AddedEvents.settleSpilled(memory, feed: feed, &facts) { try settle(whole: &$0, &firstDays, &days) }
  }

  private func settle(whole batch: inout EventBatch, _ firstDays: inout FirstDays, _ days: inout DaySet) throws -> [Outcome?] {
    inForce.removeAll()
    try inForce.load(batch.refs)
    if !mended.isEmpty { try addToMended(&batch) }
    var settled: [Outcome?] = []
    try settle(batch, &firstDays, &days) { outcome, _ in settled.append(outcome == .skipped ? nil : outcome) }
    return settled
  }

  /// Adds what the file says of events to what the imports said of them whose rows it mends.
  private func addToMended(_ batch: inout EventBatch) throws {
    for (place, own) in batch.own.enumerated() {
      let before = best(Int(own.source), own.fact.line, isIdless: false) { mended.contains($0) }
      guard let before, !before.stated.revision.flags.contains(.withdrawn) else { continue }
      var whole = try fact(before.stated, &batch)
      whole.add(own.fact)
      batch.replace(place, with: whole)
      leans[before.stated.importID, default: 0] += 1
    }
  }

  /// What a revision says.
  private func fact(_ stated: EventsInForce.Stated, _ batch: inout EventBatch) throws -> EventFact {
    let revision = stated.revision
    var fact = EventFact(
      line: Int32(revision.line), account: Int32(revision.account), moment: revision.flags.contains(.withdrawn) ? nil : revision.moment,
      value: revision.flags.contains(.valueless) ? nil : revision.value)
    if revision.flags.contains(.worded) {
      fact.words = batch.keep(try inForce.words(source: revision.source, line: revision.line, importID: stated.importID))
    }
    return fact
  }

  // MARK: One event

  /// Decides on each event of a batch and writes what has to be; `note` is told what became of it, nil for a withdrawal of nothing.
  private func settle(
    _ batch: EventBatch, _ firstDays: inout FirstDays, _ days: inout DaySet, note: (Outcome?, EventBatch.Own) throws -> Void
  ) throws {
    var idleEvents: [EventBatch.Own] = []
    var lastDay = Day(-1)
    for own in batch.own where own.state == .fresh {
      if let moment = own.fact.moment {
        firstDays.note(account: Int(own.fact.account), day: moment.day)
        if moment.day != lastDay {
          days.insert(moment.day)
          lastDay = moment.day
        }
      }
      let outcome = try settle(own, batch)
      if outcome == nil { idleEvents.append(own) }
      try note(outcome, own)
    }
    try keep(idle: idleEvents, batch)
    try output.write(batch.refs)
  }

  /// Withdrawals of nothing are remembered by their source's number where it has one, be it since the same row.
  private func keep(idle events: [EventBatch.Own], _ batch: EventBatch) throws {
    var keys: [Int64] = []
    for own in events {
      let (index, line) = (Int(own.source), own.fact.line)
      let source = inForce.sources[index].id
      if source > 0 { idle.insert(source: source, line: line) } else { keys.append(key(batch.refs.hashes[index], line)) }
    }
    try memory.keepIdle(keys)
  }

  private func settle(_ own: EventBatch.Own, _ batch: EventBatch) throws -> Outcome? {
    let index = Int(own.source)
    var known: EventsInForce.Stated?
    inForce.forEach(index) { if $0.revision.line == Int(own.fact.line) { known = $0 } }
    guard own.fact.moment != nil || known != nil else { return nil }
    let best = known == nil ? nil : best(index, own.fact.line, isIdless: own.isIdless)
    let outcome = try outcome(own, batch, best)
    if outcome == .unchanged, !(writesUnchanged && own.isIdless), let standIn = try standIn(own, batch) {
      leans[standIn.importID, default: 0] += 1
      unwritten.insert(source: standIn.revision.source, line: own.isIdless ? 0 : own.fact.line)
      return outcome
    }
    // A withdrawal of what is not visible changes nothing now; it is written so that it stands when that import is restored.
    try output.take(
      own, batch, &inForce, isKnown: known != nil, withdrawing: own.fact.moment == nil ? (best?.stated ?? known)?.revision : nil)
    return outcome
  }

  /// The revision in force among those of other imports that may be used.
  private func best(
    _ index: Int, _ line: Int32, isIdless: Bool, where isWanted: (Int) -> Bool = { _ in true }
  ) -> (rank: UInt32, stated: EventsInForce.Stated)? {
    var best: (rank: UInt32, stated: EventsInForce.Stated)?
    inForce.forEach(index) { stated in
      guard stated.revision.line == Int(line), stated.importID != self.rank.importID, isWanted(stated.importID) else { return }
      let day = stated.revision.moment.day
      let rank = isIdless ? knowledge.uncoveredRank(of: stated.importID, day: day) : knowledge.rank(of: stated.importID, day: day)
      if rank > best?.rank ?? 0 { best = (rank, stated) }
    }
    return best
  }

  /// A revision of an import that this one may lean on, if that says the same.
  private func standIn(_ own: EventBatch.Own, _ batch: EventBatch) throws -> EventsInForce.Stated? {
    let peer = best(Int(own.source), own.fact.line, isIdless: own.isIdless) { rank.mayLean(on: $0, knowledge) }?.stated
    guard let peer, try isSame(own.fact, batch, peer) else { return nil }
    return peer
  }

  private func outcome(
    _ own: EventBatch.Own, _ batch: EventBatch, _ best: (rank: UInt32, stated: EventsInForce.Stated)?
  ) throws -> Outcome {
    guard let best else { return own.fact.moment.map { isHidden(own, on: $0.day) ? .older : .new } ?? .skipped }
    if try isSame(own.fact, batch, best.stated) { return .unchanged }
    return rank.isBelow(best.rank) ? .older : .corrected
  }

  /// Whether a higher import of the same feed says everything about a day of an event without an id.
  private func isHidden(_ own: EventBatch.Own, on day: Day) -> Bool {
    own.isIdless && rank.isBelow(knowledge.cover(feed: feed, day: day))
  }

  private func isSame(_ fact: EventFact, _ batch: EventBatch, _ stated: EventsInForce.Stated) throws -> Bool {
    let revision = stated.revision
    let isWithdrawn = revision.flags.contains(.withdrawn)
    guard let moment = fact.moment else { return isWithdrawn }
    guard !isWithdrawn, revision.account == Int(fact.account), revision.moment == moment,
      fact.value == (revision.flags.contains(.valueless) ? nil : revision.value)
    else { return false }
    let words = batch.words(fact)
    guard revision.flags.contains(.worded) else { return words == EventWords() }
    return try inForce.words(source: revision.source, line: revision.line, importID: stated.importID) == words
  }
}
