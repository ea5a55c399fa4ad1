import Health

/// The keys of all accounts that an import may lean on others for, read at once where a file names many of them: asking for each
/// costs several times as much.
struct AccountDirectory {
  struct Entry {
    var account: Int
    /// The first import that vouches for the account and may be leaned on.
    var standIn: Int
  }
  private var entries: [Entry] = []
  private var places = TextIndex()
  private var isRead = false
  private var asked = 0
  /// Of how many accounts one must have been asked for before all are read.
  private static let share = 8

  /// The account of a key; nil where it has to be asked for in another way.
  mutating func find(
    _ key: UnsafeRawBufferPointer, hash: UInt64, _ history: History, _ knowledge: Knowledge, _ rank: ImportRank
  ) throws -> Entry? {
    if !isRead {
      asked += 1
      // A power of two, so that the number of accounts is seldom asked for.
      guard asked >= 64, asked & (asked - 1) == 0, try history.accountCount() <= asked * Self.share else { return nil }
      try read(history, knowledge, rank)
    }
    return places.find(key, hash: hash).map { entries[Int($0)] }
  }

  private mutating func read(_ history: History, _ knowledge: Knowledge, _ rank: ImportRank) throws {
    isRead = true
    var last = -1
    let sql = "SELECT i.account, i.import, a.key FROM introduced AS i JOIN account AS a ON a.id = i.account ORDER BY i.account, i.import"
    try history.connection.prepare(sql).each { row in
      let (account, importID) = (row.int(0), row.int(1))
      guard account != last, knowledge.rank(of: importID) > 0, rank.mayLean(on: importID, knowledge) else { return }
      last = account
      row.utf8(2) { key in
        let text = UnsafeRawBufferPointer(key)
        places.set(text, hash: shortHash(text), number: Int32(entries.count))
      }
      entries.append(Entry(account: account, standIn: importID))
    }
  }
}
