import Health
import Storage

/// The accounts, with what finds them and since when they are known.
package struct AccountsReport: Codable, Hashable, Sendable {
  /// One account.
  package struct Row: Codable, Hashable, Sendable {
    package var account: String
    package var name: String
    /// What else finds it: aliases, keys from before a rename, keys of accounts merged into it.
    package var aliases: [String]
    /// The first and the last day that a fact speaks of.
    package var firstDay: Day?
    package var lastDay: Day?
    /// The attributes asked for, in lower case, as of the day.
    package var attributes: [String: String]
    /// The account that it counts as, where it is merged.
    package var mergedInto: String?
  }

  /// Which accounts are listed, and what of them.
  package struct Request: Sendable {
    package var filter = AttributeFilter()
    /// Names of further attributes.
    package var with: [String] = []
    /// Also those that are merged into others.
    package var merged = false

    package init() {}
  }

  package var asOf: Day
  package var knownBy: Int64?
  package var filter: String
  /// The names of the attributes asked for, in lower case.
  package var attributes: [String]
  package var rows: [Row]

  package init(_ viewpoint: Viewpoint, asOf: Day, _ request: Request = Request()) throws {
    let (history, knowledge) = (viewpoint.history, viewpoint.knowledge)
    (self.asOf, knownBy, filter) = (asOf, viewpoint.knownBy, request.filter.description)
    attributes = request.with.map { $0.lowercased() }
    try viewpoint.requireAttributes(request.filter.conditions.map(\.attribute) + attributes)
    let book = try AttributeBook(Set(request.filter.conditions.map(\.attribute) + attributes + ["name"]), viewpoint)
    let accounts = try history.accounts(knowledge)
    guard !accounts.isEmpty else { throw try viewpoint.nothingThere() }
    let (first, last) = (try history.earliestFacts(knowledge), try history.lastFacts(knowledge))
    var aliases: [Int: [String]] = [:]
    for entry in try history.aliases(knowledge) { aliases[entry.account, default: []].append(entry.alias) }
    rows = accounts.filter { account in request.filter.matches { book.value($0, of: account.id, on: asOf) } }.map { [attributes] account in
      Row(
        account: account.key, name: book.name(of: account, on: asOf), aliases: aliases[account.id] ?? [], firstDay: first[account.id],
        lastDay: last[account.id],
        attributes: Dictionary(
          attributes.compactMap { name in book.value(name, of: account.id, on: asOf).map { (name, $0) } }, uniquingKeysWith: { a, _ in a }))
    }
    if request.merged { rows += try AccountsReport.merged(into: rows, history, knowledge) }
    rows.sort { $0.account < $1.account }
  }

  /// The accounts that count as listed ones.
  private static func merged(into rows: [Row], _ history: History, _ knowledge: Knowledge) throws -> [Row] {
    let listed = Set(rows.map(\.account))
    return try history.mergedAccounts(knowledge).filter { listed.contains($0.into.key) }.map { account, into in
      Row(account: account.key, name: account.key, aliases: [], attributes: [:], mergedInto: into.key)
    }
  }
}

/// Texts that files name accounts by, and that no account is known by.
package struct UnmatchedReport: Codable, Hashable, Sendable {
  /// One text.
  package struct Row: Codable, Hashable, Sendable {
    package var text: String
    /// Refused rows, over all imports.
    package var rows: Int
    package var imports: Int
    /// The last import that had it, with its feed and file.
    package var importID: Int
    package var feed: String
    package var file: String
    /// The key, alias or name that comes nearest, and its account.
    package var nearest: String?
    package var account: String?
  }

  /// The most frequent first.
  package var rows: [Row]

  package init(_ viewpoint: Viewpoint, asOf: Day) throws {
    let (history, knowledge) = (viewpoint.history, viewpoint.knowledge)
    let words = try AccountFinder(viewpoint, asOf: asOf).words()
    let accounts = Dictionary(words.map { ($0.word, $0.account.key) }) { first, _ in first }
    var found: [String: (rows: Int, imports: Int, last: Int)] = [:]
    for item in try history.unknownAccounts() {
      let known = found[item.text] ?? (0, 0, item.importID)
      found[item.text] = (known.rows + item.rows, known.imports + 1, max(known.last, item.importID))
    }
    rows = try found.filter { try history.account(key: $0.key, knowledge) == nil && history.account(alias: $0.key, knowledge) == nil }
      .map { text, seen in
        let record = try ImportLog.one(seen.last, history)
        let nearest = Nearest.match(to: text, among: words.map(\.word))
        return Row(
          text: text, rows: seen.rows, imports: seen.imports, importID: seen.last, feed: record.feed, file: record.file, nearest: nearest,
          account: nearest.flatMap { accounts[$0] })
      }.sorted { (-$0.rows, $0.text) < (-$1.rows, $1.text) }
  }
}
