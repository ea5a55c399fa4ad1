import Foundation
import Health

// The one place where facts of a person's choosing are destroyed, because a law asks for it. An account goes with all that are merged
// into it; its number stays in `erased`, so that it is never given to another account, and its key is nowhere.
//
// What a deleted row held stays in the file's free pages until the file is written anew: whoever erases calls `Connection.compact`.

/// Erases accounts for good.
package struct Erasure {
  /// What goes, or would go.
  package struct Counts: Sendable, Hashable {
    package var accounts: [String] = []
    package var readings = 0
    package var events = 0
    /// Events with words: notes, subjects of tickets.
    package var texts = 0
    package var attributes = 0
    package var aliases = 0
    /// Refused rows and messages of failed imports that name it; they stay as counts.
    package var rejects = 0
    /// Imports of what people typed about it; they stay without their words.
    package var typed = 0
    /// Other accounts' attributes that have one of its names as their value; they stay.
    package var mentions = 0
  }

  let history: History
  let accounts: Set<Int>
  private let keys: [String]
  private let mayHoldLabels: (String) -> Bool
  private var connection: Connection { history.connection }

  /// Erases an account, and those that count as it. `mayHoldLabels` says which signals' readings may stand for texts.
  package init(_ history: History, _ account: Account, mayHoldLabels: @escaping (String) -> Bool) throws {
    (self.history, self.mayHoldLabels) = (history, mayHoldLabels)
    let knowledge = try history.knowledge()
    let group = knowledge.merges.group(of: account.id)
    accounts = Set(group)
    keys = try group.compactMap { try history.shownKey(of: $0, knowledge) }
  }

  /// What erasing would take away. It is done and undone, so other writers wait.
  package func preview() throws -> Counts {
    defer { history.forgetKnowledge() }
    let counts = try connection.rehearsal { try erase(importID: try ImportLog.newestID(history)) }
    try history.reload()
    return counts
  }

  /// Erases, in one transaction, and puts into the log that an account was erased.
  package func apply(author: String?, at instant: Int64) throws -> Counts {
    let typed = TypedImport(feed: AccountChange.feed, words: "erase", author: author, at: instant)
    let counts = try typed.take(into: history) { session in
      session.named(0)
      return try erase(importID: session.importID)
    }.result
    try history.reload()
    return counts
  }

  private func erase(importID: Int) throws -> Counts {
    var counts = Counts(accounts: keys)
    let words = try NamingWords(history, accounts: accounts)
    var (labels, imports): (Set<Int>, Set<Int>) = ([], [])
    let readings = try ReadingEraser(history, accounts: accounts, isLabel: mayHoldLabels).erase()
    (counts.readings, labels) = (readings.count, readings.labels)
    let events = try EventEraser(history, accounts: accounts).erase()
    (counts.events, counts.texts, imports) = (events.events, events.texts, events.imports)
    for account in accounts {
      try connection.prepare("SELECT name, value, import FROM attribute WHERE account = ?").each(account) { row in
        labels.formUnion([row.int(0)] + (row.optionalInt(1).map { [$0] } ?? []))
        imports.insert(row.int(2))
        counts.attributes += 1
      }
      try connection.prepare("DELETE FROM override_end WHERE override IN (SELECT import FROM override WHERE account = ?)").run(account)
      for table in ["alias", "merge", "rename", "override"] {
        imports.formUnion(try connection.prepare("SELECT import FROM \(table) WHERE account = ?").all(account) { $0.int(0) })
      }
      counts.aliases +=
        try connection.prepare("SELECT count(DISTINCT alias) FROM alias WHERE account = ?").first(account) { $0.int(0) } ?? 0
      for table in ["attribute", "alias", "rename", "introduced", "first_fact", "override", "score"] {
        try connection.prepare("DELETE FROM \(table) WHERE account = ?").run(account)
      }
      try connection.prepare("DELETE FROM merge WHERE account = ?1 OR \"into\" = ?1").run(account)
      try connection.prepare("DELETE FROM account WHERE id = ?").run(account)
      try connection.prepare("INSERT INTO erased (account, import) VALUES (?, ?)").run(account, importID)
    }
    try removeUnused(labels)
    counts.mentions = try words.mentions(connection)
    counts.rejects = try words.eraseRejects(connection)
    counts.typed = try words.eraseTyped(connection, statedBy: imports)
    return counts
  }

  /// Removes the texts that nothing else uses: no attribute, and no reading of a signal whose numbers may stand for texts.
  private func removeUnused(_ labels: Set<Int>) throws {
    let free = try labels.filter { label in
      let sql = "SELECT EXISTS (SELECT 1 FROM attribute WHERE name = ?1 OR value = ?1)"
      return try connection.prepare(sql).first(label) { $0.int(0) == 0 } ?? false
    }
    guard !free.isEmpty else { return }
    let used = try ReadingEraser.labels(in: history, isLabel: mayHoldLabels)
    for label in free.subtracting(used).sorted() { try connection.prepare("DELETE FROM label WHERE id = ?").run(label) }
  }
}

/// The words that name erased accounts: keys, aliases and names, of now and of before. They may stand in texts that are kept.
private struct NamingWords {
  private let words: [[UInt8]]
  private let texts: [String]

  init(_ history: History, accounts: Set<Int>) throws {
    var texts: Set<String> = []
    let sql = """
      SELECT key FROM account WHERE id = ?1 UNION SELECT alias FROM alias WHERE account = ?1 UNION SELECT key FROM rename WHERE account = ?1
      UNION SELECT v.text FROM attribute AS a JOIN label AS n ON n.id = a.name JOIN label AS v ON v.id = a.value
        WHERE a.account = ?1 AND lower(n.text) = 'name'
      """
    for account in accounts { texts.formUnion(try history.connection.prepare(sql).all(account) { $0.text(0) }) }
    self.texts = texts.sorted()
    words = self.texts.map { Array($0.lowercased().utf8) }
  }

  /// Whether a text has one of the words, not as a part of a longer word, be it written with the escapes of JSON.
  private func occur(in text: String) -> Bool {
    if occur(plainly: text) { return true }
    guard text.utf8.contains(UInt8(ascii: "\\")) else { return false }
    return occur(plainly: NamingWords.unescaped(text))
  }

  private func occur(plainly text: String) -> Bool {
    let bytes = Array(text.lowercased().utf8)
    return words.contains { word in
      guard let first = word.first, word.count <= bytes.count else { return false }
      return (0...(bytes.count - word.count)).contains { start in
        let end = start + word.count
        guard bytes[start] == first, bytes[start..<end].elementsEqual(word) else { return false }
        let neighbours = (before: start > 0 ? bytes[start - 1] : nil, after: end < bytes.count ? bytes[end] : nil)
        if word.count <= NamingWords.longestShort { return [neighbours.before, neighbours.after].allSatisfy(NamingWords.endsCell) }
        return !(NamingWords.isLetter(first) && neighbours.before.map(NamingWords.isLetter) ?? false)
          && !(NamingWords.isLetter(word[word.count - 1]) && neighbours.after.map(NamingWords.isLetter) ?? false)
      }
    }
  }

  /// So short a word stands in many a text that does not mean the account: it counts only as a cell of its own.
  private static let longestShort = 3

  private static func endsCell(_ neighbour: UInt8?) -> Bool {
    guard let neighbour else { return true }
    return neighbour < 32 || ",;|\"'`".utf8.contains(neighbour)
  }

  /// A text with the escapes of JSON resolved that are well formed.
  private static func unescaped(_ text: String) -> String {
    let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
    // Quotes within a string stay apart, which is all that looking for a word needs.
    return parts.map { part in
      (try? JSONDecoder().decode(String.self, from: Data("\"\(part.hasSuffix("\\") ? String(part.dropLast()) : String(part))\"".utf8)))
        ?? String(part)
    }.joined(separator: "\"")
  }

  /// Letters, digits, and bytes of letters beyond ASCII.
  private static func isLetter(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (97...122).contains(byte) || (65...90).contains(byte) || byte >= 128
  }

  /// Other accounts' attributes whose value is one of the words.
  func mentions(_ connection: Connection) throws -> Int {
    let sql = "SELECT count(*) FROM attribute AS a JOIN label AS l ON l.id = a.value WHERE l.text = ?"
    return try texts.reduce(0) { try $0 + (connection.prepare(sql).first($1) { $0.int(0) } ?? 0) }
  }

  /// Blanks the refused rows and the messages of failed imports that name the accounts; gives how many.
  func eraseRejects(_ connection: Connection) throws -> Int {
    var found: [Int] = []
    try connection.prepare("SELECT id, message, text, nearest, hint FROM reject").each { row in
      if (1...4).contains(where: { occur(in: row.text($0)) }) { found.append(row.int(0)) }
    }
    let blank = try connection.prepare(
      "UPDATE reject SET message = ?2, text = ?2, nearest = NULL, hint = NULL, raw = NULL, is_cut = 1 WHERE id = ?1")
    for id in found { try blank.run(id, Remark.erased) }
    let errors = try connection.prepare("SELECT id, error FROM import WHERE error IS NOT NULL").all { ($0.int(0), $0.text(1)) }
      .filter { occur(in: $0.1) }
    for (id, _) in errors { try connection.prepare("UPDATE import SET error = ? WHERE id = ?").run(Remark.erased, id) }
    return found.count + errors.count
  }

  /// Leaves of what people typed about the accounts only the first word of the command; gives how many.
  func eraseTyped(_ connection: Connection, statedBy imports: Set<Int>) throws -> Int {
    let sql = "SELECT i.id, i.file FROM import AS i JOIN feed AS f ON f.id = i.feed WHERE f.name LIKE '@%'"
    let found = try connection.prepare(sql).all { ($0.int(0), $0.text(1)) }.filter { imports.contains($0.0) || occur(in: $0.1) }
    for (id, file) in found {
      let verb = file.split(separator: " ").first.map(String.init) ?? ""
      try connection.prepare("UPDATE import SET file = ?, digest = 0 WHERE id = ?").run("\(verb) \(Remark.erased)", id)
    }
    return found.count
  }
}
