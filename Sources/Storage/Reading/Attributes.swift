import Health

/// One value of an attribute in force from a day on; nil where it was cleared.
package struct AttributeChange: Sendable, Hashable {
  package var day: Day
  package var value: String?
  package var importID: Int
}

extension History {
  /// The changes in force of some attributes, by account and name (lower case), ascending by day. Nil names mean all. Of an account
  /// that others are merged into, an attribute that it never states is theirs.
  package func attributes(accounts: Range<Int>, names: Set<String>?, _ knowledge: Knowledge) throws -> [Int: [String: [AttributeChange]]] {
    var found = try ownAttributes(accounts: accounts, names: names, knowledge)
    let merges = knowledge.merges
    guard !merges.isEmpty else { return found }
    for account in accounts where merges.concerns(account) {
      if merges.isMerged(account) { found[account] = nil }
      for other in merges.members[account] ?? [] {
        let theirs = try ownAttributes(accounts: other..<other + 1, names: names, knowledge)[other] ?? [:]
        found[account, default: [:]].merge(theirs) { own, _ in own }
      }
    }
    return found
  }

  /// The same of each account by itself.
  private func ownAttributes(accounts: Range<Int>, names: Set<String>?, _ knowledge: Knowledge) throws -> [Int: [String: [AttributeChange]]]
  {
    struct Best {
      var day: Day
      var rank: UInt32
      var importID: Int
      var value: Int?
    }
    var result: [Int: [String: [AttributeChange]]] = [:]
    var current: (account: Int, name: Int) = (-1, -1)
    var days: [Best] = []
    func close() throws {
      guard !days.isEmpty else { return }
      let name = try label(current.name).lowercased()
      if names?.contains(name) ?? true {
        result[current.account, default: [:]][name] = try days.map {
          AttributeChange(day: $0.day, value: try $0.value.map { try label($0) }, importID: $0.importID)
        }
      }
      days.removeAll(keepingCapacity: true)
    }
    let sql = "SELECT account, name, day, import, value FROM attribute WHERE account >= ? AND account < ? ORDER BY account, name, day"
    try connection.prepare(sql).each(accounts.lowerBound, accounts.upperBound) { row in
      let (account, name, day) = (row.int(0), row.int(1), Day(row.int(2)))
      if (account, name) != current {
        try close()
        current = (account, name)
      }
      let rank = knowledge.rank(of: row.int(3), day: day)
      guard rank > 0 else { return }
      let best = Best(day: day, rank: rank, importID: row.int(3), value: row.optionalInt(4))
      if let last = days.last, last.day == day {
        if rank >= last.rank { days[days.count - 1] = best }
      } else {
        days.append(best)
      }
    }
    try close()
    return result
  }
}

extension Array<AttributeChange> {
  /// The value as of a day.
  package func value(on day: Day) -> String? { last { $0.day <= day }?.value }
}
