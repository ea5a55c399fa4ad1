import Health

/// An account's identity.
package struct Account: Sendable, Hashable {
  package let id: Int
  package let key: String

  package init(id: Int, key: String) { (self.id, self.key) = (id, key) }
}

extension History {
  /// How many accounts there were ever, whether or not an import still vouches for them.
  package func accountCount() throws -> Int {
    // The numbers of erased accounts are not given again.
    let sql = "SELECT max(coalesce((SELECT max(id) FROM account), -1), coalesce((SELECT max(account) FROM erased), -1)) + 1"
    return try connection.prepare(sql).first { $0.int(0) } ?? 0
  }

  /// Every account that a visible import vouches for, by id; one that is merged into another is not one of its own.
  package func accounts(_ knowledge: Knowledge) throws -> [Account] {
    var known: [Account] = []
    let sql = "SELECT a.id, a.key, i.import FROM account AS a JOIN introduced AS i ON i.account = a.id ORDER BY a.id"
    try connection.prepare(sql).each { row in
      guard known.last?.id != row.int(0), knowledge.rank(of: row.int(2)) > 0 else { return }
      known.append(Account(id: row.int(0), key: row.text(1)))
    }
    let names = try renames(knowledge)
    if knowledge.merges.isEmpty, names.isEmpty { return known }
    var keys = Dictionary(uniqueKeysWithValues: known.map { ($0.id, $0.key) })
    for root in Set(known.map { knowledge.merges.root(of: $0.id) }) where keys[root] == nil { keys[root] = try ownKey(of: root) }
    return keys.filter { !knowledge.merges.isMerged($0.key) }.sorted { $0.key < $1.key }
      .map { Account(id: $0.key, key: names[$0.key] ?? $0.value) }
  }

  /// The account of a key, of now or of before a rename, if a visible import vouches for it.
  package func account(key: String, _ knowledge: Knowledge) throws -> Account? {
    if let id = try connection.prepare("SELECT id FROM account WHERE key = ?").first(key, row: { $0.int(0) }), try isKnown(id, knowledge) {
      return try account(standingFor: id, knowledge)
    }
    guard let id = try accountRenamed(to: key, knowledge), try isKnown(id, knowledge) else { return nil }
    return try account(standingFor: id, knowledge)
  }

  /// The account that an alias stands for: what the highest-ranked visible import says.
  package func account(alias: String, _ knowledge: Knowledge) throws -> Account? {
    var best: (rank: UInt32, account: Int)?
    try connection.prepare("SELECT import, account FROM alias WHERE alias = ?").each(alias) { row in
      let rank = knowledge.rank(of: row.int(0))
      if rank > best?.rank ?? 0 { best = (rank, row.int(1)) }
    }
    guard let id = best?.account, try isKnown(id, knowledge) else { return nil }
    return try account(standingFor: id, knowledge)
  }

  /// The other words in force that find an account: its aliases, its key before a rename, and all those of accounts merged into it;
  /// sorted.
  package func aliases(of account: Int, _ knowledge: Knowledge) throws -> [String] {
    let shown = try shownKey(of: account, knowledge)
    var words: Set<String> = []
    for member in knowledge.merges.group(of: account) {
      let written = try connection.prepare("SELECT DISTINCT alias FROM alias WHERE account = ?").all(member) { $0.text(0) }
      words.formUnion(try written.filter { try self.account(alias: $0, knowledge)?.id == account })
      let keys = [try ownKey(of: member), try renames(knowledge)[member]].compactMap { $0 }
      words.formUnion(try keys.filter { try self.account(key: $0, knowledge)?.id == account })
    }
    return words.subtracting([shown].compactMap { $0 }).sorted()
  }

  /// The accounts that count as others and that an import vouches for, each with the one that it counts as, by id.
  package func mergedAccounts(_ knowledge: Knowledge) throws -> [(account: Account, into: Account)] {
    try knowledge.merges.members.sorted { $0.key < $1.key }.flatMap { root, others in
      try others.compactMap { other in
        guard try isKnown(other, knowledge), let key = try shownKey(of: other, knowledge),
          let into = try account(standingFor: root, knowledge)
        else { return nil }
        return (Account(id: other, key: key), into)
      }
    }
  }

  /// The key that an account is shown by.
  package func shownKey(of account: Int, _ knowledge: Knowledge) throws -> String? {
    try renames(knowledge)[account] ?? ownKey(of: account)
  }

  /// The key that files gave an account at first.
  func ownKey(of account: Int) throws -> String? {
    try connection.prepare("SELECT key FROM account WHERE id = ?").first(account) { $0.text(0) }
  }

  /// The keys in force that people gave to accounts, by account.
  func renames(_ knowledge: Knowledge) throws -> [Int: String] {
    var best: [Int: (rank: UInt32, key: String)] = [:]
    try connection.prepare("SELECT account, key, import FROM rename").each { row in
      let rank = knowledge.rank(of: row.int(2))
      if rank > best[row.int(0)]?.rank ?? 0 { best[row.int(0)] = (rank, row.text(1)) }
    }
    return best.mapValues(\.key)
  }

  /// The account that was given a key, if that is in force.
  func accountRenamed(to key: String, _ knowledge: Knowledge) throws -> Int? {
    let candidates = try connection.prepare("SELECT account FROM rename WHERE key = ? ORDER BY account").all(key) { $0.int(0) }
    guard !candidates.isEmpty else { return nil }
    let names = try renames(knowledge)
    return candidates.first { names[$0] == key }
  }

  private func account(standingFor id: Int, _ knowledge: Knowledge) throws -> Account? {
    let root = knowledge.merges.root(of: id)
    return try shownKey(of: root, knowledge).map { Account(id: root, key: $0) }
  }

  /// Whether a visible import vouches for an account, or for one that counts as the same.
  func isKnown(_ account: Int, _ knowledge: Knowledge) throws -> Bool {
    try knowledge.merges.group(of: knowledge.merges.root(of: account)).contains { member in
      try connection.prepare("SELECT import FROM introduced WHERE account = ?").all(member) { $0.int(0) }.contains {
        knowledge.rank(of: $0) > 0
      }
    }
  }

  /// The day of each account's first visible reading or event, by account id, those of merged accounts among them; nil where there is
  /// none.
  package func earliestFacts(_ knowledge: Knowledge) throws -> [Day?] { knowledge.merges.joined(try firstFacts(knowledge)) }

  /// The day of each account's first visible reading or event, by account id; nil where there is none. Accounts that are merged are
  /// still told apart.
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
