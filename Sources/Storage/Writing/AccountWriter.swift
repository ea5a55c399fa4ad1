import Health

/// Finds the accounts that a file names, and lets a feed that may do so introduce new ones.
struct AccountWriter {
  private let connection: Connection
  private let knowledge: Knowledge
  private let rank: ImportRank
  private var keys = AccountIndex()
  private var aliases = AccountIndex()
  private var next: Int
  /// How many facts lean on which import.
  private(set) var leans: [Int: Int] = [:]
  /// Whether an account was introduced.
  private(set) var introduced = 0

  init(_ connection: Connection, knowledge: Knowledge, rank: ImportRank) throws {
    (self.connection, self.knowledge, self.rank) = (connection, knowledge, rank)
    next = try connection.prepare("SELECT coalesce(max(id) + 1, 0) FROM account").first { $0.int(0) } ?? 0
  }

  /// The account of a key or else of an alias; with `creates`, a new one where there is neither. Nil where it is unknown.
  /// The second value says whether it was introduced just now.
  @inline(__always) mutating func find(_ text: UnsafeRawBufferPointer, creates: Bool) throws -> (account: Int, isNew: Bool)? {
    let hash = shortHash(text)
    if let known = keys.find(text, hash: hash), known >= 0 { return (Int(known), false) }
    return try findSlowly(text, hash: hash, creates: creates)
  }

  private mutating func findSlowly(_ text: UnsafeRawBufferPointer, hash: UInt64, creates: Bool) throws -> (account: Int, isNew: Bool)? {
    if keys.find(text, hash: hash) == nil { try load(text, hash: hash, creates: creates) }
    if let known = keys.find(text, hash: hash), known >= 0 { return (Int(known), false) }
    if let alias = try alias(text, hash: hash) { return (alias, false) }
    guard creates else { return nil }
    return (try create(text, hash: hash), true)
  }

  private mutating func load(_ text: UnsafeRawBufferPointer, hash: UInt64, creates: Bool) throws {
    let key = String(decoding: text, as: UTF8.self)
    let sql = "SELECT i.import, a.id FROM account AS a JOIN introduced AS i ON i.account = a.id WHERE a.key = ?"
    let voucher = try connection.prepare(sql).all(key) { (importID: $0.int(0), account: $0.int(1)) }.first {
      knowledge.rank(of: $0.importID) > 0
    }
    keys.set(text, hash: hash, account: Int32(voucher?.account ?? -1))
    // A feed that would have introduced the account relies on the import that did.
    if let voucher, creates { leans[voucher.importID, default: 0] += 1 }
  }

  private mutating func alias(_ text: UnsafeRawBufferPointer, hash: UInt64) throws -> Int? {
    if let known = aliases.find(text, hash: hash) { return known >= 0 ? Int(known) : nil }
    let written = String(decoding: text, as: UTF8.self)
    let sql = "SELECT import, account FROM alias WHERE alias = ?"
    let best = try connection.prepare(sql).all(written) { (rank: knowledge.rank(of: $0.int(0)), account: $0.int(1)) }
      .filter { $0.rank > 0 }.max { $0.rank < $1.rank }
    let account = try best.flatMap { try isVouchedFor($0.account) ? $0.account : nil }
    aliases.set(text, hash: hash, account: Int32(account ?? -1))
    return account
  }

  private func isVouchedFor(_ account: Int) throws -> Bool {
    try connection.prepare("SELECT import FROM introduced WHERE account = ?").all(account) { $0.int(0) }
      .contains { $0 == rank.importID || knowledge.rank(of: $0) > 0 }
  }

  private mutating func create(_ text: UnsafeRawBufferPointer, hash: UInt64) throws -> Int {
    let key = String(decoding: text, as: UTF8.self)
    let existing = try connection.prepare("SELECT id FROM account WHERE key = ?").first(key) { $0.int(0) }
    let account = existing ?? next
    if existing == nil {
      guard next < Layout.mostAccounts else {
        throw Problem(
          "too-many-accounts", .badInput, "the database has its \(Layout.mostAccounts) accounts already", hint: "split the workspace")
      }
      try connection.prepare("INSERT INTO account (id, key) VALUES (?, ?)").run(account, key)
      next += 1
    }
    try connection.prepare("INSERT OR IGNORE INTO introduced (account, import) VALUES (?, ?)").run(account, rank.importID)
    keys.set(text, hash: hash, account: Int32(account))
    introduced += 1
    return account
  }

  /// States that a text is an alias of an account.
  mutating func addAlias(_ text: String, account: Int) throws -> Outcome {
    let sql = "SELECT import, account FROM alias WHERE alias = ?"
    let best = try connection.prepare(sql).all(text) { row in
      (rank: row.int(0) == rank.importID ? UInt32.max : knowledge.rank(of: row.int(0)), importID: row.int(0), account: row.int(1))
    }.filter { $0.rank > 0 }.max { $0.rank < $1.rank }
    if let best, best.account == account {
      if best.importID != rank.importID { leans[best.importID, default: 0] += 1 }
      return .unchanged
    }
    try connection.prepare("INSERT OR REPLACE INTO alias (alias, import, account) VALUES (?, ?, ?)").run(text, rank.importID, account)
    let isOlder = best.map { rank.isBelow($0.rank) && $0.importID != rank.importID } ?? false
    if !isOlder {
      var copy = text
      copy.withUTF8 { utf8 in
        let bytes = UnsafeRawBufferPointer(utf8)
        aliases.set(bytes, hash: shortHash(bytes), account: Int32(account))
      }
    }
    return best == nil ? .new : isOlder ? .older : .corrected
  }

  /// The keys and aliases that are known, for finding what a misspelt one meant.
  func candidates() throws -> [String] {
    try connection.prepare("SELECT key FROM account").all { $0.text(0) }
      + connection.prepare("SELECT DISTINCT alias FROM alias").all { $0.text(0) }
  }
}
