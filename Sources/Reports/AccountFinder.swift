import Health
import Storage

/// Finds the account that a person means: by key, alias or name, whatever the case; a unique prefix is enough.
package struct AccountFinder {
  private let viewpoint: Viewpoint
  private let asOf: Day

  /// Names are those of a day.
  package init(_ viewpoint: Viewpoint, asOf: Day) { (self.viewpoint, self.asOf) = (viewpoint, asOf) }

  /// The account; throws `unknown-account` with the nearest word, `ambiguous-account` with the candidates, or `nothing-imported` or
  /// `nothing-known` where there are no accounts at all.
  package func find(_ word: String) throws -> Account {
    let (history, knowledge) = (viewpoint.history, viewpoint.knowledge)
    if let found = try history.account(key: word, knowledge) ?? history.account(alias: word, knowledge) { return found }
    let words = try words()
    guard !words.isEmpty else { throw try viewpoint.nothingThere() }
    let wanted = word.lowercased()
    let equal = words.filter { $0.folded == wanted }
    let near = equal.isEmpty && !wanted.isEmpty ? words.filter { $0.folded.hasPrefix(wanted) } : equal
    var candidates: [Int: Account] = [:]
    for entry in near { candidates[entry.account.id] = entry.account }
    if candidates.count == 1, let only = candidates.values.first { return only }
    guard candidates.isEmpty else { throw ambiguous(word, near) }
    let nearest = Nearest.match(to: word, among: words.map(\.word)).map { "did you mean \($0)?" }
    throw Problem(
      "unknown-account", .usage, "there is no account \"\(word)\"", hint: nearest ?? "`vitals accounts list` lists the accounts")
  }

  struct Entry {
    let word: String
    let folded: String
    let account: Account
  }

  /// Every key, alias and name, each with its account; those of a merged account lead to the one that it counts as.
  func words() throws -> [Entry] {
    let accounts = try viewpoint.history.accounts(viewpoint.knowledge)
    let byID = Dictionary(uniqueKeysWithValues: accounts.map { ($0.id, $0) })
    let book = try AttributeBook(["name"], viewpoint)
    var entries = accounts.map { Entry(word: $0.key, folded: $0.key.lowercased(), account: $0) }
    for account in accounts {
      guard let name = book.value("name", of: account.id, on: asOf) else { continue }
      entries.append(Entry(word: name, folded: name.lowercased(), account: account))
    }
    for (alias, id) in try viewpoint.history.aliases(viewpoint.knowledge) {
      if let account = byID[id] { entries.append(Entry(word: alias, folded: alias.lowercased(), account: account)) }
    }
    let merged = try viewpoint.history.mergedAccounts(viewpoint.knowledge)
    if merged.isEmpty { return entries }
    let names = try viewpoint.history.attributeApart("name", viewpoint.knowledge)
    for (account, into) in merged {
      guard let name = names[account.id]?.value(on: asOf), let found = byID[into.id] else { continue }
      entries.append(Entry(word: name, folded: name.lowercased(), account: found))
    }
    return entries
  }

  private func ambiguous(_ word: String, _ entries: [Entry]) -> Problem {
    var described: [String] = []
    var seen: Set<Int> = []
    for entry in entries.sorted(by: { ($0.account.key, $0.word) < ($1.account.key, $1.word) }) where seen.insert(entry.account.id).inserted
    {
      described.append(entry.word == entry.account.key ? entry.account.key : "\(entry.account.key) (\(entry.word))")
    }
    let shown = described.prefix(10).joined(separator: ", ") + (described.count > 10 ? ", …" : "")
    return Problem("ambiguous-account", .usage, "\"\(word)\" may mean \(described.count) accounts: \(shown)", hint: "name one by its key")
  }
}
