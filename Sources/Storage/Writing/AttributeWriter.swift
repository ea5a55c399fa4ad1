import Health

/// Decides what each attribute of a file turns out to be, and writes those that change something.
final class AttributeWriter {
  private struct Pending {
    var account: Int
    var name: Int
    var day: Day
    var value: Int?
    var row: Int32
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
  private var pending: [Pending] = []
  /// How many facts lean on which import.
  private(set) var leans: [Int: Int] = [:]

  init(_ connection: Connection, knowledge: Knowledge, rank: ImportRank) {
    (self.connection, self.knowledge, self.rank) = (connection, knowledge, rank)
  }

  func add(account: Int, name: Int, day: Day, value: Int?, row: Int32) {
    pending.append(Pending(account: account, name: name, day: day, value: value, row: row))
  }

  /// Writes what waits. Rows rejected meanwhile are left out.
  func flush(_ outcomes: inout BatchOutcomes) throws {
    let sorted = pending.enumerated().filter { !outcomes.isRejected($0.element.row) }
      .sorted {
        ($0.element.account, $0.element.name, $0.element.day, $0.offset) < ($1.element.account, $1.element.name, $1.element.day, $1.offset)
      }
      .map(\.element)
    var start = 0
    while start < sorted.count {
      var end = start
      while end < sorted.count, sorted[end].account == sorted[start].account { end += 1 }
      try settle(sorted[start..<end], &outcomes)
      start = end
    }
    pending.removeAll(keepingCapacity: true)
  }

  /// One account's attributes, by name and day.
  private func settle(_ stated: ArraySlice<Pending>, _ outcomes: inout BatchOutcomes) throws {
    guard let account = stated.first?.account else { return }
    var known: [Int: [Statement]] = [:]
    try connection.prepare("SELECT name, day, import, value FROM attribute WHERE account = ?").each(account) { row in
      let (day, importID) = (Day(row.int(1)), row.int(2))
      let rank = importID == self.rank.importID ? UInt32.max : knowledge.rank(of: importID, day: day)
      guard rank > 0 else { return }
      known[row.int(0), default: []].append(Statement(day: day, importID: importID, rank: rank, value: row.optionalInt(3)))
    }
    for (index, item) in zip(stated.indices, stated) {
      let next = index + 1
      if next < stated.endIndex, stated[next].name == item.name, stated[next].day == item.day {
        outcomes.note(.skipped, row: item.row)  // a later row of the file says it again
        continue
      }
      try settle(item, &known[item.name, default: []], &outcomes)
    }
  }

  private func settle(_ item: Pending, _ known: inout [Statement], _ outcomes: inout BatchOutcomes) throws {
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
    outcomes.note(outcome, row: item.row)
    if outcome == .unchanged, standIn?.value == item.value {
      if let standIn, standIn.importID != rank.importID { leans[standIn.importID, default: 0] += 1 }
      return
    }
    try connection.prepare("INSERT OR REPLACE INTO attribute (account, name, day, import, value) VALUES (?, ?, ?, ?, ?)")
      .run(item.account, item.name, item.day.number, rank.importID, item.value)
    known.append(Statement(day: item.day, importID: rank.importID, rank: outcome == .older ? 0 : .max, value: item.value))
  }

  private func inForce(_ known: [Statement], on day: Day, where isWanted: (Statement) -> Bool) -> Statement? {
    known.filter { $0.day <= day && isWanted($0) }.max { ($0.day, $0.rank) < ($1.day, $1.rank) }
  }
}
