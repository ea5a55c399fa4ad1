import Health

extension History {
  /// The day on which each account started by its attribute `started`, by account id: the newest known value, whatever its day.
  package func startDays(_ knowledge: Knowledge) throws -> [Int: Day] {
    guard let name = try labelID("started") else { return [:] }
    var newest: [Int: (day: Day, rank: UInt32, value: Int?)] = [:]
    try connection.prepare("SELECT account, day, import, value FROM attribute WHERE name = ?").each(name) { row in
      let (account, day) = (row.int(0), Day(row.int(1)))
      let rank = knowledge.rank(of: row.int(2), day: day)
      guard rank > 0 else { return }
      if let known = newest[account], (known.day, known.rank) > (day, rank) { return }
      newest[account] = (day, rank, row.optionalInt(3))
    }
    return try newest.compactMapValues { try $0.value.map { try label($0) }.flatMap { Day(String($0.prefix(10))) } }
  }
}
