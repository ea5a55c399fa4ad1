import Health

/// Events whose rows add up over a file (`lines: add`): what each comes to is known when the file ends.
///
/// Those of one batch are held here; `spill` puts them with those of earlier batches into the file's memory.
struct AddedEvents {
  /// An event as far as its rows have come.
  struct Entry {
    var fact: EventFact
    let source: Int32
    fileprivate var next: Int32 = -1
  }

  private(set) var refs: EventRefs
  private(set) var entries: [Entry] = []
  /// The rows that have a part in an event: all that state a moment and, where none does, the first.
  private(set) var rows: [(row: Int32, entry: Int32, says: Bool)] = []
  private var words: [EventWords] = []
  private var first: [Int32] = []  // by source

  init(feed: Int) { refs = EventRefs(feed: feed) }

  /// Takes a row of an event.
  mutating func add(_ fact: EventFact, ref: UnsafeRawBufferPointer, words some: EventWords, row: Int32) {
    var fact = fact
    fact.words = -1
    let source = refs.intern(ref)
    if source == first.count { first.append(-1) }
    var place = first[source]
    while place >= 0, entries[Int(place)].fact.line != fact.line { place = entries[Int(place)].next }
    if some != EventWords(), place < 0 || entries[Int(place)].fact.moment == nil {
      words.append(some)
      fact.words = Int32(words.count - 1)
    }
    if place < 0 {
      entries.append(Entry(fact: fact, source: Int32(source), next: first[source]))
      place = Int32(entries.count - 1)
      first[source] = place
    } else {
      if fact.moment == nil { return }
      entries[Int(place)].fact.add(fact)
    }
    rows.append((row, place, fact.moment != nil))
  }

  func words(_ entry: Entry) -> EventWords { entry.fact.words < 0 ? EventWords() : words[Int(entry.fact.words)] }

  mutating func removeAll() {
    guard !rows.isEmpty else { return }
    refs.removeAll()
    entries.removeAll(keepingCapacity: true)
    rows.removeAll(keepingCapacity: true)
    words.removeAll(keepingCapacity: true)
    first.removeAll(keepingCapacity: true)
  }

  // MARK: Over several batches

  /// Adds what is held to what earlier batches said. `firstRow` is the number in the file of the batch's first row.
  mutating func spill(_ memory: FileMemory, firstRow: Int, outcomes: BatchOutcomes) throws {
    guard !rows.isEmpty else { return }
    var spilled: [(id: Int64, isNew: Bool)] = []
    for entry in entries { spilled.append(try spill(entry, memory)) }
    let insert = try memory.prepare("INSERT INTO temp.added_row (row, event, says) VALUES (?, ?, ?)")
    for (row, entry, says) in rows where says || spilled[Int(entry)].isNew {
      try insert.run(firstRow + Int(row), spilled[Int(entry)].id, says ? 1 : 0)
      try memory.keep(row: firstRow + Int(row), outcome: outcomes[row])
    }
    removeAll()
  }

  private func spill(_ entry: Entry, _ memory: FileMemory) throws -> (id: Int64, isNew: Bool) {
    let ref = refs.text(Int(entry.source))
    var (fact, words, id) = (entry.fact, words(entry), Int64?.none)
    let known = try memory.prepare(
      "SELECT id, account, moment, value, text, author, reason FROM temp.added_event WHERE ref = ? AND line = ?")
    try known.each(ref, Int(fact.line)) { row in
      id = row.int64(0)
      var whole = EventFact(
        line: fact.line, account: Int32(row.int(1)), moment: row.optionalInt64(2).map { Moment(packed: $0) },
        value: row.optionalInt64(3).map { Double(bitPattern: UInt64(bitPattern: $0)) })
      if whole.moment != nil {
        words = EventWords(text: row.optionalText(4), author: row.optionalText(5), reason: row.optionalText(6))
      }
      whole.add(fact)
      fact = whole
    }
    let insert = try memory.prepare(
      """
      INSERT OR REPLACE INTO temp.added_event (id, ref, line, account, moment, value, text, author, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    try insert.run(
      id, ref, Int(fact.line), Int(fact.account), fact.moment?.packed, fact.value.map { Int64(bitPattern: $0.bitPattern) }, words.text,
      words.author, words.reason)
    return (id ?? memory.lastRowID, id == nil)
  }

  private static let pageSize = 8192

  /// Gives everything spilled, some events at a time, and writes down what `settle` made of each. Rows count as facts in `facts`.
  static func settleSpilled(
    _ memory: FileMemory, feed: Int, _ facts: inout Tally, settle: (_ batch: inout EventBatch) throws -> [Outcome?]
  ) throws {
    let page = try memory.prepare(
      "SELECT id, ref, line, account, moment, value, text, author, reason FROM temp.added_event WHERE id > ? ORDER BY id LIMIT \(pageSize)")
    let decide = try memory.prepare("UPDATE temp.added_event SET outcome = ? WHERE id = ?")
    var (batch, ids, last) = (EventBatch(feed: feed), [Int64](), Int64(0))
    repeat {
      batch.removeAll()
      ids.removeAll()
      try page.each(last) { row in
        let fact = EventFact(
          line: Int32(row.int(2)), account: Int32(row.int(3)), moment: row.optionalInt64(4).map { Moment(packed: $0) },
          value: row.optionalInt64(5).map { Double(bitPattern: UInt64(bitPattern: $0)) })
        let words = EventWords(text: row.optionalText(6), author: row.optionalText(7), reason: row.optionalText(8))
        batch.take(whole: fact, ref: row.text(1), words: words)
        ids.append(row.int64(0))
      }
      for (id, outcome) in zip(ids, try settle(&batch)) { try decide.run(outcome.map { Int($0.rawValue) }, id) }
      last = ids.last ?? 0
    } while !ids.isEmpty
    let join = """
      FROM temp.added_row AS r JOIN temp.added_event AS e ON e.id = r.event
      WHERE e.outcome IS NOT NULL AND (r.says OR e.moment IS NULL)
      """
    try memory.prepare("INSERT INTO temp.undecided_fact (row, outcome) SELECT r.row, e.outcome \(join)").run()
    try memory.prepare("SELECT e.outcome, count(*) \(join) GROUP BY e.outcome").each { row in
      if let outcome = Outcome(rawValue: UInt8(row.int(0))) { facts[outcome] += row.int(1) }
    }
  }
}

extension EventFact {
  /// Adds what a later row says: the first that states a moment gives all but the value, which is the sum.
  mutating func add(_ later: EventFact) {
    if moment == nil {
      self = later
    } else if later.moment != nil {
      value = value.map { $0 + (later.value ?? 0) } ?? later.value
    }
  }
}
