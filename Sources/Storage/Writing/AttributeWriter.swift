import Health

/// Decides what each attribute of a file turns out to be, and writes those that change something.
///
/// An attribute reaches from its day to the next one that the file or an earlier import states, and of several rows for one day the last
/// counts; so what any of them comes to is known when the file ends. Those of the only batch wait here, those of several in the file's memory.
final class AttributeWriter {
  private struct Pending {
    var account: Int
    var name: Int
    var day: Day
    var value: Int?
    var row: Int
  }
  private struct Statement {
    var day: Day
    var importID: Int
    var rank: UInt32
    var value: Int?
  }

  private let connection: Connection
  private let knowledge: Knowledge
  private let rank: ImportRank
  private let memory: FileMemory
  private var incoming: [Pending] = []
  /// Those of the batch that was flushed last.
  private var pending: [Pending] = []
  /// How many rows stated something that was spilled.
  private var spilled = 0
  /// How many facts lean on which import.
  private(set) var leans: [Int: Int] = [:]

  init(_ connection: Connection, knowledge: Knowledge, rank: ImportRank, memory: FileMemory) {
    (self.connection, self.knowledge, self.rank, self.memory) = (connection, knowledge, rank, memory)
  }

  func add(account: Int, name: Int, day: Day, value: Int?, row: Int32) {
    incoming.append(Pending(account: account, name: name, day: day, value: value, row: Int(row)))
  }

  /// Ends a batch, after `spill` has taken the one before. What rows state that were refused is left out.
  func flush(_ outcomes: BatchOutcomes) {
    pending = incoming.filter { !outcomes.isRejected(Int32($0.row)) }
    incoming.removeAll(keepingCapacity: true)
  }

  // MARK: The end of the file

  /// Decides on all attributes of a file of one batch.
  func finish(_ outcomes: inout BatchOutcomes) throws {
    let order = pending.indices.sorted { (key(pending[$0]), pending[$0].day, $0) < (key(pending[$1]), pending[$1].day, $1) }
    var last: [Pending] = []
    for index in order {
      let item = pending[index]
      if let known = last.last, known.account == item.account, known.name == item.name, known.day == item.day {
        outcomes.note(.skipped, row: Int32(known.row))  // a later row of the file says it again
        last[last.count - 1] = item
      } else {
        last.append(item)
      }
    }
    var start = 0
    while start < last.count {
      var end = start
      while end < last.count, last[end].account == last[start].account { end += 1 }
      try settle(last[start..<end]) { outcomes.note($0, row: Int32($1)) }
      start = end
    }
    pending.removeAll(keepingCapacity: true)
  }

  private func key(_ item: Pending) -> UInt64 { UInt64(item.account) << 32 | UInt64(item.name) }

  /// Keeps the attributes of the batch until the file ends. `firstRow` is the number in the file of the batch's first row.
  func spill(_ outcomes: BatchOutcomes, firstRow: Int) throws {
    guard !pending.isEmpty else { return }
    let insert = try memory.prepare(
      """
      INSERT INTO temp.stated_attribute (account, name, day, row, value) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET row = excluded.row, value = excluded.value
      """)
    for item in pending {
      try insert.run(item.account, item.name, item.day.number, firstRow + item.row, item.value)
      try memory.keep(row: firstRow + item.row, outcome: outcomes[Int32(item.row)])
    }
    spilled += pending.count
    pending.removeAll(keepingCapacity: true)
  }

  /// Decides on all attributes of a file of several batches.
  func finishSpilled(_ facts: inout Tally) throws {
    guard spilled > 0 else { return }
    var (some, kept) = ([Pending](), 0)
    func close() throws {
      try settle(some[...]) { outcome, row in
        facts[outcome] += 1
        try memory.decide(row: row, outcome: outcome)
      }
      kept += some.count
      some.removeAll(keepingCapacity: true)
    }
    try memory.prepare("SELECT account, name, day, row, value FROM temp.stated_attribute ORDER BY account, name, day").each { row in
      if let account = some.last?.account, account != row.int(0) { try close() }
      some.append(
        Pending(account: row.int(0), name: row.int(1), day: Day(row.int(2)), value: row.optionalInt(4), row: row.int(3)))
    }
    try close()
    facts[.skipped] += spilled - kept
  }

  // MARK: One account

  /// One account's attributes, by name and day.
  private func settle(_ stated: ArraySlice<Pending>, note: (Outcome, _ row: Int) throws -> Void) throws {
    guard let account = stated.first?.account else { return }
    var known: [Int: [Statement]] = [:]
    try connection.prepare("SELECT name, day, import, value FROM attribute WHERE account = ?").each(account) { row in
      let (day, importID) = (Day(row.int(1)), row.int(2))
      let rank = importID == self.rank.importID ? UInt32.max : knowledge.rank(of: importID, day: day)
      guard rank > 0 else { return }
      known[row.int(0), default: []].append(Statement(day: day, importID: importID, rank: rank, value: row.optionalInt(3)))
    }
    for item in stated { try note(try settle(item, &known[item.name, default: []]), item.row) }
  }

  private func settle(_ item: Pending, _ known: inout [Statement]) throws -> Outcome {
    let inForce = inForce(known, on: item.day) { _ in true }
    let standIn = self.inForce(known, on: item.day) { $0.importID == rank.importID || rank.mayLean(on: $0.importID, knowledge) }
    let outcome: Outcome
    if let inForce, inForce.value == item.value {
      outcome = .unchanged
    } else if inForce == nil, item.value == nil {
      outcome = .unchanged
    } else if let inForce, inForce.day == item.day, inForce.importID != rank.importID {
      outcome = rank.isBelow(inForce.rank) ? .older : .corrected
    } else {
      outcome = .new
    }
    if outcome == .unchanged, standIn?.value == item.value {
      if let standIn, standIn.importID != rank.importID { leans[standIn.importID, default: 0] += 1 }
      return outcome
    }
    try connection.prepare("INSERT OR REPLACE INTO attribute (account, name, day, import, value) VALUES (?, ?, ?, ?, ?)")
      .run(item.account, item.name, item.day.number, rank.importID, item.value)
    known.append(Statement(day: item.day, importID: rank.importID, rank: outcome == .older ? 0 : .max, value: item.value))
    return outcome
  }

  private func inForce(_ known: [Statement], on day: Day, where isWanted: (Statement) -> Bool) -> Statement? {
    known.filter { $0.day <= day && isWanted($0) }.max { ($0.day, $0.rank) < ($1.day, $1.rank) }
  }
}
