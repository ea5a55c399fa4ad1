import Health

/// Texts that name no account. The message is kept with the refused row, so it tells the text later.
package enum UnknownAccount {
  /// The code of the refused rows.
  package static let code = "unknown-account"
  private static let (start, end) = ("there is no account \"", "\"")

  /// What is said of a row that names no account.
  package static func message(_ text: String) -> String { start + text + end }

  /// The text that a kept message speaks of.
  static func text(in message: String) -> String? {
    guard message.hasPrefix(start), message.hasSuffix(end), message.count > start.count else { return nil }
    return String(message.dropFirst(start.count).dropLast(end.count))
  }
}

extension History {
  /// Rows that were refused because they name no account: how many of each text in each import, by import. Of imports that were
  /// reverted they do not matter any more.
  package func unknownAccounts() throws -> [(text: String, importID: Int, rows: Int)] {
    let sql = """
      SELECT r.message, r.import, count(*) FROM reject AS r JOIN import AS i ON i.id = r.import
      WHERE r.code = ? AND r.severity = 'reject' AND (i.state = 'failed' OR
        (SELECT s.live FROM import_state AS s WHERE s.import = i.id ORDER BY s.id DESC LIMIT 1) = 1)
      GROUP BY r.message, r.import ORDER BY r.import, r.message
      """
    return try connection.prepare(sql).all(UnknownAccount.code) { (UnknownAccount.text(in: $0.text(0)), $0.int(1), $0.int(2)) }
      .compactMap { text, importID, rows in text.map { ($0, importID, rows) } }
  }

  /// The last day on which a visible import states a reading or event of each account, by account id; accounts that are merged count as
  /// the one that they count as.
  package func lastFacts(_ knowledge: Knowledge) throws -> [Day?] {
    let count = try accountCount()
    var last = [Day?](repeating: nil, count: count)
    func note(_ account: Int, _ day: Day) {
      let root = knowledge.merges.root(of: account)
      if root < count { last[root] = max(last[root] ?? day, day) }
    }
    let days = try statedDays()
    for shard in 0..<(count + Layout.shardSize - 1) / Layout.shardSize {
      let first = shard * Layout.shardSize
      try StatedDays.forEachOutsideChunks(connection, shard: shard) { slot, importID, day in
        if knowledge.rank(of: importID, day: day) > 0 { note(first + slot, day) }
      }
      // From the newest day back, until all accounts that are there have been seen.
      var missing = Set(first..<min(count, first + Layout.shardSize))
      for day in days.reversed() where !missing.isEmpty {
        try StatedDays.forEachChunk(connection, shard: shard, day: day) { key, presence in
          guard knowledge.uncoveredRank(of: key.importID, day: day) > 0 else { return }
          let isPresent = try presence()
          for account in missing where isPresent[account - first] {
            note(account, day)
            missing.remove(account)
          }
        }
      }
    }
    return last
  }

  /// The days that imports stated facts of, ascending.
  private func statedDays() throws -> [Day] {
    var days: Set<Int> = []
    try connection.prepare("SELECT first_day, last_day FROM spoke").each { days.formUnion($0.int(0)...$0.int(1)) }
    return days.sorted().map { Day($0) }
  }
}
