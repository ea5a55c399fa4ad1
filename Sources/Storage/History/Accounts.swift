import Health

/// An account's identity.
package struct Account: Sendable, Hashable {
  package let id: Int
  package let key: String

  package init(id: Int, key: String) { (self.id, self.key) = (id, key) }
}

extension History {
  /// How many accounts there are, whether or not an import still vouches for them.
  package func accountCount() throws -> Int {
    try connection.prepare("SELECT coalesce(max(id) + 1, 0) FROM account").first { $0.int(0) } ?? 0
  }

  /// Every account that a visible import vouches for, by id.
  package func accounts(_ knowledge: Knowledge) throws -> [Account] {
    var known: [Account] = []
    let sql = "SELECT a.id, a.key, i.import FROM account AS a JOIN introduced AS i ON i.account = a.id ORDER BY a.id"
    try connection.prepare(sql).each { row in
      guard known.last?.id != row.int(0), knowledge.rank(of: row.int(2)) > 0 else { return }
      known.append(Account(id: row.int(0), key: row.text(1)))
    }
    return known
  }

  /// The account of a key, if a visible import vouches for it.
  package func account(key: String, _ knowledge: Knowledge) throws -> Account? {
    guard let id = try connection.prepare("SELECT id FROM account WHERE key = ?").first(key, row: { $0.int(0) }) else { return nil }
    return try isKnown(id, knowledge) ? Account(id: id, key: key) : nil
  }

  /// The account that an alias stands for: what the highest-ranked visible import says.
  package func account(alias: String, _ knowledge: Knowledge) throws -> Account? {
    var best: (rank: UInt32, account: Int)?
    try connection.prepare("SELECT import, account FROM alias WHERE alias = ?").each(alias) { row in
      let rank = knowledge.rank(of: row.int(0))
      if rank > best?.rank ?? 0 { best = (rank, row.int(1)) }
    }
    guard let id = best?.account, try isKnown(id, knowledge) else { return nil }
    let key = try connection.prepare("SELECT key FROM account WHERE id = ?").first(id) { $0.text(0) }
    return key.map { Account(id: id, key: $0) }
  }

  /// The aliases in force of an account, sorted.
  package func aliases(of account: Int, _ knowledge: Knowledge) throws -> [String] {
    let written = try connection.prepare("SELECT DISTINCT alias FROM alias WHERE account = ? ORDER BY alias").all(account) { $0.text(0) }
    return try written.filter { try self.account(alias: $0, knowledge)?.id == account }
  }

  private func isKnown(_ account: Int, _ knowledge: Knowledge) throws -> Bool {
    try connection.prepare("SELECT import FROM introduced WHERE account = ?").all(account) { $0.int(0) }.contains {
      knowledge.rank(of: $0) > 0
    }
  }

  /// The day of each account's first visible reading or event, by account id; nil where there is none.
  /// `backfillsOnly` looks at what is visible of backfills alone.
  package func firstFacts(_ knowledge: Knowledge, backfillsOnly: Bool = false) throws -> [Day?] {
    let backfills = backfillsOnly ? Set(knowledge.visible.filter(\.backfill).map(\.id)) : nil
    var first = [Day?](repeating: nil, count: try accountCount())
    try connection.prepare("SELECT account, import, day FROM first_fact").each { row in
      let day = Day(row.int(2))
      guard knowledge.rank(of: row.int(1), day: day) > 0, backfills?.contains(row.int(1)) ?? true else { return }
      first[row.int(0)] = min(first[row.int(0)] ?? day, day)
    }
    return first
  }
}
