import Health
import Reports
import Storage

/// What became of what a person said of an account.
struct AccountChangeReport: Report {
  let change: AccountChange
  /// Nil where it held already, or on a dry run.
  let importID: Int?
  var isDryRun = false
  /// Whose score it moves; nil where that was not asked, or cannot be known.
  var moves: ScoreMoves?

  private var isChanged: Bool { importID != nil }

  var title: String { "" }

  var notes: [String] {
    if isDryRun { return ["Nothing was changed."] }
    return importID.map { ["`vitals imports revert \($0)` takes it back."] } ?? []
  }

  func blocks(_ style: Style) -> [Block] {
    [.paragraph(isChanged ? sentence : "That holds already: nothing to change.")]
      + (isChanged ? moves?.blocks(style, isDone: !isDryRun) ?? [] : [])
  }

  private var sentence: String {
    let would = isDryRun ? "would " : ""
    return switch change {
    case .alias(let id, let account): "\(id) now finds \(account.key)."
    case .merge(let account, let target):
      "All that is known of \(account.key) \(would)count\(isDryRun ? "" : "s") as \(target.key)'s."
    case .rename(let account, let key): "\(account.key) is shown as \(key) from now on; both find it."
    }
  }

  private var subject: (kind: String, account: String, other: String) {
    switch change {
    case .alias(let id, let account): ("alias", account.key, id)
    case .merge(let account, let target): ("merge", account.key, target.key)
    case .rename(let account, let key): ("rename", account.key, key)
    }
  }

  var records: Records {
    Records(
      [self],
      fields: [
        RecordField("change", \.subject.kind), RecordField("account", \.subject.account), RecordField("to", \.subject.other),
        RecordField("import") { $0.isDryRun ? nil : $0.importID }, RecordField("changed", \.isChanged), RecordField("dry_run", \.isDryRun),
        RecordField("moves") { $0.moves?.json },
      ])
  }

  var json: JSONValue { records.objects[0] }
}
