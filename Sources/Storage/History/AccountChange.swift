import Health

/// What a person says of an account itself. Each is an import of the feed `@accounts`, so it can be reverted.
package enum AccountChange: Sendable, Hashable {
  /// A text finds the account.
  case alias(String, of: Account)
  /// All that is known of one account counts as another's.
  case merge(Account, into: Account)
  /// The account is shown by another key; the old one still finds it.
  case rename(Account, to: String)

  /// The feed of what people say of accounts.
  package static let feed = "@accounts"

  /// Whether it changes which facts count together.
  package var isMerge: Bool {
    if case .merge = self { true } else { false }
  }

  /// Takes the change in; nil where it holds already and nothing is written.
  ///
  /// - Throws: `name-taken`, `bad-account-name` or `same-account`.
  package func apply(_ history: History, words: String, author: String?, at instant: Int64) throws -> Int? {
    let knowledge = try history.knowledge()
    guard try isNew(history, knowledge) else { return nil }
    let typed = TypedImport(feed: AccountChange.feed, words: words, author: author, at: instant)
    return try typed.take(into: history) { session in
      switch self {
      case .alias(let text, let account): try session.addAlias(text, account: account.id, row: 0)
      case .merge(let account, let target): try session.addMerge(account.id, into: target.id, row: 0)
      case .rename(let account, let key):
        try session.addRename(account.id, to: key, row: 0)
        // Its own key finds it for good, one that it was given before only as an alias.
        if try history.ownKey(of: account.id) != account.key { try session.addAlias(account.key, account: account.id, row: 0) }
      }
    }.id
  }

  private func isNew(_ history: History, _ knowledge: Knowledge) throws -> Bool {
    switch self {
    case .alias(let text, let account):
      try AccountChange.requireFree(text, for: account.id, history, knowledge)
      return try history.account(key: text, knowledge) == nil && history.account(alias: text, knowledge) == nil
    case .rename(let account, let key):
      try AccountChange.requireFree(key, for: account.id, history, knowledge)
      return key != account.key
    case .merge(let account, let target):
      guard account.id != target.id else {
        throw Problem(
          "same-account", .usage, "both names mean the account \(account.key)",
          hint: "name two accounts; `vitals show \(account.key)` lists what finds this one")
      }
      return true
    }
  }

  /// Throws where a text is the key or an alias of another account.
  private static func requireFree(_ text: String, for account: Int, _ history: History, _ knowledge: Knowledge) throws {
    guard !text.isEmpty, !text.contains(where: \.isNewline) else {
      throw Problem("bad-account-name", .usage, "an account cannot be called \"\(text)\"", hint: "give a text of one line")
    }
    guard let other = try history.account(key: text, knowledge) ?? history.account(alias: text, knowledge), other.id != account else {
      return
    }
    throw Problem(
      "name-taken", .usage, "\"\(text)\" means the account \(other.key) already",
      hint: "choose another, or say that both are one with `vitals accounts merge`")
  }

  /// Throws where an account that an import renames is now to be shown by a key that means another account by now: its own where
  /// the import counts again, an earlier one where it no longer does.
  static func requireFreeKeys(of importID: Int, _ history: History) throws {
    let knowledge = try history.knowledge()
    let names = try history.renames(knowledge)
    for account in try history.connection.prepare("SELECT account FROM rename WHERE import = ?").all(importID, row: { $0.int(0) }) {
      guard let key = names[account] else { continue }
      let bearers = names.filter { $0.value == key }.keys
      let found = try history.account(key: key, knowledge)
      guard bearers.contains(where: { $0 != account }) || (found.map { $0.id != knowledge.merges.root(of: account) } ?? false) else {
        continue
      }
      throw Problem(
        "name-taken", .usage, "\"\(key)\" means another account by now", hint: "rename that one first, with `vitals accounts rename`")
    }
  }
}
