import Health

/// A feed drafted from a file, to be looked at and mended by a person.
package struct FeedDraft: Sendable {
  /// What becomes of a column.
  package struct Column: Sendable {
    package let name: String
    /// `account`, `at`, `event`, `name`, `text`, `attribute NAME`, a signal's key, or nil where it is not used.
    package let becomes: String?
    package let why: String
  }

  package let name: String
  package let file: String
  package let format: Feed.Format
  /// The feed, commented.
  package let text: String
  /// Signals that it names and the catalogue lacks.
  package let entries: [CatalogueEntry]
  package let columns: [Column]
  /// What the file does not tell and a person has to say.
  package let questions: [String]
  /// How many rows were looked at, and whether that was all of them.
  package let rows: Int
  package let isWhole: Bool

  /// How many accounts are looked up to see whether the workspace knows them.
  private static let mostLookups = 200

  /// Drafts a feed.
  /// - Parameters:
  ///   - name: what the feed is to be called; nil to take it from the file's name.
  ///   - today: facts lie on this day's morrow at the latest.
  ///   - isKnown: whether the workspace knows an account.
  package init(
    _ sample: FileSample, name: String?, catalogue: Catalogue, today: Day, isKnown: (String) throws -> Bool
  ) rethrows {
    let plan = DraftPlan(sample, name: name, today: today)
    let drafted = DraftColumns(plan, catalogue: catalogue)
    let accounts = plan.account.map { Array($0.values.prefix(Self.mostLookups)) } ?? []
    let known = try accounts.filter { try isKnown(plan.account?.isDottedInteger == true ? String($0.prefix { $0 != "." }) : $0) }.count
    let writer = DraftText(plan: plan, columns: drafted, known: (of: accounts.count, are: known))
    (self.name, file, format, text) = (plan.name, sample.name, sample.format, writer.text())
    (entries, questions) = (drafted.entries, plan.questions)
    (rows, isWhole) = (sample.rows.count, sample.isWhole)
    columns = drafted.fates.map { Column(name: $0.look.name, becomes: $0.role.word, why: $0.why) }
  }

  /// The catalogue with what the draft adds to it.
  package func extended(_ catalogue: Catalogue) -> Catalogue {
    let added = entries.map { Signal(key: $0.key, kind: $0.kind) }
    let core = Set(Catalogue.coreDimensions)
    return Catalogue(
      Array(catalogue.signals.values) + added, extraDimensions: catalogue.dimensions.filter { !core.contains($0) }, text: catalogue.text)
  }
}

extension ColumnFate.Role {
  fileprivate var word: String? {
    switch self {
    case .account: "account"
    case .time: "at"
    case .accountName: "name"
    case .text: "text"
    case .event: "event"
    case .attribute(let name): "attribute \(name)"
    case .signal(let key, _): key
    case .left: nil
    }
  }
}
