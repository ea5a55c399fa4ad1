import Health

extension History {
  /// The changes in force of one attribute, by account, ascending by day. Its name compares without case.
  package func attribute(_ name: String, _ knowledge: Knowledge) throws -> [Int: [AttributeChange]] {
    var changes = try attributeApart(name, knowledge)
    for (root, others) in knowledge.merges.members {
      for other in others {
        let own = changes.removeValue(forKey: other)
        if changes[root] == nil { changes[root] = own }
      }
    }
    return changes
  }

  /// The same, with merged accounts still apart.
  package func attributeApart(_ name: String, _ knowledge: Knowledge) throws -> [Int: [AttributeChange]] {
    struct Best {
      var rank: UInt32
      var change: AttributeChange
    }
    var best: [Int: [Best]] = [:]
    let sql = """
      SELECT a.account, a.day, a.import, l.text FROM attribute AS a LEFT JOIN label AS l ON l.id = a.value
      WHERE a.name = ? ORDER BY a.account, a.day
      """
    for id in try labelIDs(like: name) {
      try connection.prepare(sql).each(id) { row in
        let (account, day, importID) = (row.int(0), Day(row.int(1)), row.int(2))
        let rank = knowledge.rank(of: importID, day: day)
        guard rank > 0 else { return }
        let found = Best(rank: rank, change: AttributeChange(day: day, value: row.optionalText(3), importID: importID))
        if let last = best[account]?.last, last.change.day == day {
          if rank >= last.rank {
            best[account]?.removeLast()
            best[account]?.append(found)
          }
        } else {
          best[account, default: []].append(found)
        }
      }
    }
    return best.mapValues { $0.map(\.change) }
  }

  /// The words beside keys that find accounts, each with the account it stands for in force, sorted: aliases that visible imports state,
  /// keys from before a rename, and keys of merged accounts.
  package func aliases(_ knowledge: Knowledge) throws -> [(alias: String, account: Int)] {
    var result: [(alias: String, account: Int)] = []
    var best: UInt32 = 0
    try connection.prepare("SELECT alias, import, account FROM alias ORDER BY alias").each { row in
      let rank = knowledge.rank(of: row.int(1))
      guard rank > 0 else { return }
      let alias = row.text(0)
      if result.last?.alias != alias {
        result.append((alias, row.int(2)))
        best = rank
      } else if rank > best {
        result[result.count - 1].account = row.int(2)
        best = rank
      }
    }
    let (merges, names) = (knowledge.merges, try renames(knowledge))
    if merges.isEmpty, names.isEmpty { return result }
    for place in result.indices { result[place].account = merges.root(of: result[place].account) }
    for id in Set(names.keys).union(merges.members.values.joined()) {
      let root = merges.root(of: id)
      let shown = try names[root] ?? ownKey(of: root)
      for case let key? in [try ownKey(of: id), names[id]] where key != shown { result.append((key, root)) }
    }
    return result.sorted { ($0.alias, $0.account) < ($1.alias, $1.account) }
  }

  /// The names of all attributes that were ever stated, sorted.
  package func attributeNames() throws -> [String] {
    try connection.prepare("SELECT text FROM label WHERE id IN (SELECT name FROM attribute) ORDER BY text").all { $0.text(0) }
  }

  /// The version of the database's schema.
  package func schemaVersion() throws -> Int { try connection.prepare("PRAGMA user_version").first { $0.int(0) } ?? 0 }

  /// The size of the database in bytes.
  package func size() throws -> Int {
    let sql = "SELECT c.page_count * s.page_size FROM pragma_page_count AS c, pragma_page_size AS s"
    return try connection.prepare(sql).first { $0.int(0) } ?? 0
  }
}
