import Health

/// Finds the accounts that a file names, and lets a feed that may do so introduce new ones.
struct AccountWriter {
  private struct Tentative {
    let key: String
    /// Whether there is a row for it, from an import that may have been reverted since.
    let exists: Bool
    /// Whether another import vouches for it.
    let isKnown: Bool
  }
  /// Rows in a row that name one account.
  private struct Mention {
    let account: Int
    let first: Int32
    var last: Int32
  }

  private let history: History
  private let lookUp: Statement
  private let knowledge: Knowledge
  private let rank: ImportRank
  private var connection: Connection { history.connection }
  private var keys = TextIndex()  // account ids, −1 for texts that name none
  private var directory = AccountDirectory()
  private var strangers = 0
  private static let mostStrangers = 1 << 19
  private var aliases = TextIndex()
  private var next: Int
  /// Accounts that this import names and does not vouch for yet: a row that is refused introduces nobody.
  private var tentative: [Int: Tentative] = [:]
  /// Which rows of the batch name them, and others meanwhile.
  private var mentions: [Mention] = []
  private var waitingAliases: [(alias: String, account: Int, row: Int32)] = []
  /// How many facts lean on which import.
  private(set) var leans: [Int: Int] = [:]

  init(_ history: History, knowledge: Knowledge, rank: ImportRank) throws {
    (self.history, self.knowledge, self.rank) = (history, knowledge, rank)
    let sql = "SELECT i.import, a.id FROM account AS a JOIN introduced AS i ON i.account = a.id WHERE a.key = ?"
    lookUp = try history.connection.prepare(sql)
    next = try history.accountCount()
  }

  /// The account of a key or else of an alias; with `creates`, a new one where there is neither. Nil where it is unknown.
  mutating func find(_ text: UnsafeRawBufferPointer, creates: Bool, row: Int32) throws -> Int? {
    let hash = shortHash(text)
    var known = keys.find(text, hash: hash)
    if known == nil {
      try load(text, hash: hash, creates: creates)
      known = keys.find(text, hash: hash)
    }
    var account = known.flatMap { $0 >= 0 ? Int($0) : nil }
    if account == nil { account = try alias(text, hash: hash) }
    if account == nil, creates { account = try create(text, hash: hash) }
    if let account, hasNewcomers { name(account, row: row) }
    return account
  }

  var hasNewcomers: Bool { !tentative.isEmpty }

  /// Says that a row names an account.
  mutating func name(_ account: Int, row: Int32) {
    if let last = mentions.last, last.account == account, last.last + 1 == row {
      mentions[mentions.count - 1].last = row
    } else {
      mentions.append(Mention(account: account, first: row, last: row))
    }
  }

  private mutating func load(_ text: UnsafeRawBufferPointer, hash: UInt64, creates: Bool) throws {
    if let known = try directory.find(text, hash: hash, history, knowledge, rank) {
      keys.set(text, hash: hash, number: Int32(known.account))
      if creates { leans[known.standIn, default: 0] += 1 }
      return
    }
    let key = String(decoding: text, as: UTF8.self)
    var vouchers: [(importID: Int, account: Int)] = []
    try lookUp.each(key) { row in
      if knowledge.rank(of: row.int(0)) > 0 { vouchers.append((row.int(0), row.int(1))) }
    }
    let found = try vouchers.first?.account ?? called(key)
    if found != nil || mayRemember() { keys.set(text, hash: hash, number: Int32(found ?? -1)) }
    guard creates, let account = found else { return }
    if vouchers.isEmpty {
      vouchers = try connection.prepare("SELECT import FROM introduced WHERE account = ?").all(account) { ($0.int(0), account) }.filter {
        knowledge.rank(of: $0.0) > 0
      }
    }
    // A feed that would have introduced the account relies on an import that did.
    if let standIn = vouchers.first(where: { rank.mayLean(on: $0.importID, knowledge) }) {
      leans[standIn.importID, default: 0] += 1
    } else {
      tentative[account] = Tentative(key: key, exists: true, isKnown: true)
    }
  }

  /// The account that people say is meant by a key that no import vouches for: one that was given the key, or one that is merged.
  private func called(_ key: String) throws -> Int? {
    if let renamed = try history.accountRenamed(to: key, knowledge), try history.isKnown(renamed, knowledge) { return renamed }
    guard !knowledge.merges.isEmpty else { return nil }
    let own = try connection.prepare("SELECT id FROM account WHERE key = ?").first(key) { $0.int(0) }
    return try own.flatMap { try knowledge.merges.concerns($0) && history.isKnown($0, knowledge) ? $0 : nil }
  }

  private mutating func alias(_ text: UnsafeRawBufferPointer, hash: UInt64) throws -> Int? {
    if let known = aliases.find(text, hash: hash) { return known >= 0 ? Int(known) : nil }
    let written = String(decoding: text, as: UTF8.self)
    let sql = "SELECT import, account FROM alias WHERE alias = ?"
    let best = try connection.prepare(sql).all(written) { (rank: knowledge.rank(of: $0.int(0)), account: $0.int(1)) }
      .filter { $0.rank > 0 }.max { $0.rank < $1.rank }
    let account = try best.flatMap { try isVouchedFor($0.account) ? $0.account : nil }
    if account != nil || mayRemember() { aliases.set(text, hash: hash, number: Int32(account ?? -1)) }
    return account
  }

  /// Whether one more text that names no account is remembered: of a file of other people's ids, millions would be.
  private mutating func mayRemember() -> Bool {
    strangers += 1
    return strangers <= Self.mostStrangers
  }

  private func isVouchedFor(_ account: Int) throws -> Bool {
    let own = "SELECT 1 FROM introduced WHERE account = ? AND import = ?"
    if try connection.prepare(own).first(account, rank.importID, row: { _ in true }) ?? false { return true }
    return try history.isKnown(account, knowledge)
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
      next += 1
    }
    keys.set(text, hash: hash, number: Int32(account))
    tentative[account] = Tentative(key: key, exists: existing != nil, isKnown: false)
    return account
  }

  /// States that a text is an alias of an account; rows that follow may use it.
  mutating func addAlias(_ text: String, account: Int, row: Int32) {
    waitingAliases.append((text, account, row))
    var copy = text
    copy.withUTF8 { utf8 in
      let bytes = UnsafeRawBufferPointer(utf8)
      let hash = shortHash(bytes)
      if aliases.find(bytes, hash: hash).map({ $0 < 0 }) ?? true { aliases.set(bytes, hash: hash, number: Int32(account)) }
    }
  }

  /// Writes the accounts and aliases of the batch's rows that were not refused, and tells what those came to.
  mutating func flush(_ outcomes: inout BatchOutcomes) throws {
    var introducedBy: [Int: Int32] = [:]
    for mention in mentions where tentative[mention.account] != nil && introducedBy[mention.account] == nil {
      introducedBy[mention.account] = (mention.first...mention.last).first { !outcomes.isRejected($0) }
    }
    mentions.removeAll(keepingCapacity: true)
    for (account, waiting) in tentative.sorted(by: { $0.key < $1.key }) {
      guard let row = introducedBy[account] else { continue }
      if !waiting.exists { try connection.prepare("INSERT INTO account (id, key) VALUES (?, ?)").run(account, waiting.key) }
      try connection.prepare("INSERT OR IGNORE INTO introduced (account, import) VALUES (?, ?)").run(account, rank.importID)
      if !waiting.isKnown { outcomes.strengthen(.new, row: row) }
      tentative[account] = nil
    }
    for waiting in waitingAliases where !outcomes.isRejected(waiting.row) {
      outcomes.strengthen(try write(waiting.alias, account: waiting.account), row: waiting.row)
    }
    waitingAliases.removeAll(keepingCapacity: true)
  }

  private mutating func write(_ text: String, account: Int) throws -> Outcome {
    let sql = "SELECT import, account FROM alias WHERE alias = ?"
    let known = try connection.prepare(sql).all(text) { row in
      (rank: row.int(0) == rank.importID ? UInt32.max : knowledge.rank(of: row.int(0)), importID: row.int(0), account: row.int(1))
    }.filter { $0.rank > 0 }
    let best = known.max { $0.rank < $1.rank }
    let standIn = known.filter { $0.importID == rank.importID || rank.mayLean(on: $0.importID, knowledge) }.max { $0.rank < $1.rank }
    if let best, best.account == account, standIn?.account == account {
      if let standIn, standIn.importID != rank.importID { leans[standIn.importID, default: 0] += 1 }
      return .unchanged
    }
    try connection.prepare("INSERT OR REPLACE INTO alias (alias, import, account) VALUES (?, ?, ?)").run(text, rank.importID, account)
    let isOlder = best.map { rank.isBelow($0.rank) && $0.importID != rank.importID } ?? false
    if !isOlder {
      var copy = text
      copy.withUTF8 { utf8 in
        let bytes = UnsafeRawBufferPointer(utf8)
        aliases.set(bytes, hash: shortHash(bytes), number: Int32(account))
      }
    }
    guard let best else { return .new }
    return best.account == account ? .unchanged : isOlder ? .older : .corrected
  }

  /// The keys and aliases that are known, for finding what a misspelt one meant.
  func candidates() throws -> [String] {
    try connection.prepare("SELECT key FROM account").all { $0.text(0) }
      + connection.prepare("SELECT DISTINCT key FROM rename").all { $0.text(0) }
      + connection.prepare("SELECT DISTINCT alias FROM alias").all { $0.text(0) }
  }
}
