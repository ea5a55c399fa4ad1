import Health

/// The day on which each account started, by account id; as compact as that, since every row of a file asks.
package struct StartDays: Sendable {
  private var days: [Int32] = []
  private static let none = Int32.min

  package init() {}

  package subscript(_ account: Int) -> Day? {
    get { account < days.count && days[account] != Self.none ? Day(Int(days[account])) : nil }
    set {
      if account >= days.count { days.append(contentsOf: repeatElement(Self.none, count: account + 1 - days.count)) }
      days[account] = newValue?.number ?? Self.none
    }
  }
}

extension History {
  /// The day on which each account started by its attribute `started`, by account id: the newest known value, whatever its day.
  package func startDays(_ knowledge: Knowledge) throws -> StartDays {
    var starts = StartDays()
    guard let name = try labelID("started") else { return starts }
    var newest: [Int: (day: Day, rank: UInt32, value: Int?)] = [:]
    try connection.prepare("SELECT account, day, import, value FROM attribute WHERE name = ?").each(name) { row in
      let (account, day) = (row.int(0), Day(row.int(1)))
      let rank = knowledge.rank(of: row.int(2), day: day)
      guard rank > 0 else { return }
      if let known = newest[account], (known.day, known.rank) > (day, rank) { return }
      newest[account] = (day, rank, row.optionalInt(3))
    }
    for (account, stated) in newest {
      starts[account] = try stated.value.map { try label($0) }.flatMap { Day(String($0.prefix(10))) }
    }
    return starts
  }
}
