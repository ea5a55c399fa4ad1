import Health
import Storage

/// What people decided about scores.
package struct OverridesReport: Codable, Hashable, Sendable {
  /// How an override stands on a day.
  package enum State: String, Codable, Sendable {
    case acting, coming, over, ended
  }
  /// One of them.
  package struct Row: Codable, Hashable, Sendable {
    package var id: Int
    package var account: String
    package var name: String
    package var kind: Override.Kind
    package var value: Double
    /// Nil for every card.
    package var card: String?
    package var from: Day
    /// The last day, included, as it was stated.
    package var until: Day
    /// The first day on which it no longer holds because somebody ended it.
    package var ended: Day?
    package var author: String?
    package var note: String
    package var state: State
  }

  package var asOf: Day
  package var knownBy: Int64?
  /// Newest first.
  package var rows: [Row]

  /// Those that act on a day or later; with `all` also those that are over.
  package init(_ viewpoint: Viewpoint, asOf: Day, all: Bool) throws {
    (self.asOf, knownBy) = (asOf, viewpoint.knownBy)
    let accounts = Dictionary(uniqueKeysWithValues: try viewpoint.history.accounts(viewpoint.knowledge).map { ($0.id, $0) })
    let book = try AttributeBook(["name"], viewpoint)
    rows = try viewpoint.history.overrides(viewpoint.knowledge).reversed().compactMap { kept in
      let override = kept.override
      guard let account = accounts[override.account] else { return nil }
      let state: State = override.until >= asOf ? (override.from > asOf ? .coming : .acting) : kept.ended == nil ? .over : .ended
      guard all || override.until >= asOf else { return nil }
      return Row(
        id: kept.id, account: account.key, name: book.name(of: account, on: asOf), kind: override.kind, value: override.value,
        card: override.card, from: override.from, until: kept.statedUntil, ended: kept.ended, author: override.author,
        note: override.note ?? "", state: state)
    }
  }

  /// An override that may still be ended; throws `unknown-override`.
  package static func one(_ id: Int, _ viewpoint: Viewpoint) throws -> KeptOverride {
    let all = try viewpoint.history.overrides(viewpoint.knowledge)
    if let found = all.first(where: { $0.id == id }) { return found }
    throw Problem(
      "unknown-override", .usage, "there is no override \(id)", hint: "`vitals overrides list --all` lists them with their numbers")
  }
}

/// What people wrote that has some words.
package struct NotesReport: Codable, Hashable, Sendable {
  package struct Row: Codable, Hashable, Sendable {
    package var account: String
    package var name: String
    package var at: String
    package var signal: String
    package var value: Double?
    package var text: String
    package var author: String?
    package var reason: String?
    package var importID: Int
  }

  package var words: [String]
  /// Best first.
  package var rows: [Row]
  /// Whether there may be more.
  package var isCut: Bool

  package init(_ viewpoint: Viewpoint, words: [String], account: Account?, most: Int, asOf: Day) throws {
    self.words = words
    let accounts = Dictionary(uniqueKeysWithValues: try viewpoint.history.accounts(viewpoint.knowledge).map { ($0.id, $0) })
    let book = try AttributeBook(["name"], viewpoint)
    let hits = try NoteIndex.search(words, account: account?.id, most: most + 1, viewpoint.history, viewpoint.knowledge)
    isCut = hits.count > most
    rows = hits.prefix(most).compactMap { hit in
      accounts[hit.account].map { account in
        Row(
          account: account.key, name: book.name(of: account, on: asOf), at: hit.moment.description, signal: hit.signal, value: hit.value,
          text: hit.text, author: hit.author, reason: hit.reason, importID: hit.importID)
      }
    }
  }
}
