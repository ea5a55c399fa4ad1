import Health
import Reports
import Storage

/// What reverting, restoring or marking an import did, or would do.
struct ImportChangeReport: Report {
  let change: ImportChanges.Change
  let outcome: ImportChanges.Outcome
  let isDryRun: Bool
  let zone: CalendarZone
  /// Whose score moved, or would move; nil where that cannot be known.
  var moves: ScoreMoves?

  private var record: ImportRecord { outcome.record }

  var title: String { "" }

  var notes: [String] {
    if isDryRun { return ["Nothing was changed."] }
    return change == .revert && outcome.isChanged ? ["`vitals imports restore \(record.id)` takes it back."] : []
  }

  func blocks(_ style: Style) -> [Block] {
    var blocks: [Block] = [.paragraph(sentence)]
    if outcome.isChanged, !outcome.leaning.isEmpty {
      blocks += [.gap, .paragraph(request), .table(ImportDetailReport.leaning(outcome.leaning))]
    }
    if outcome.isChanged, let moves { blocks += moves.blocks(style, isDone: !isDryRun) }
    return blocks
  }

  private var sentence: String {
    let name = "I" + record.words.dropFirst()
    guard outcome.isChanged else { return "\(name) \(alreadySo): nothing to change." }
    let stated = record.facts[.new] + record.facts[.corrected] + record.facts[.older]
    let facts = Human.plural(stated, "fact")
    let (verb, auxiliary) = isDryRun ? ("would be", "would ") : ("is", "")
    if record.feed == AccountChange.feed, change == .revert || change == .restore {
      let (state, never) = change == .revert ? ("reverted", "no longer ") : ("live again", "")
      return "\(name) \(verb) \(state): what it says of accounts \(auxiliary)\(never)\(isDryRun ? "hold" : "holds")."
    }
    switch change {
    case .revert: return "\(name) \(verb) reverted: its \(facts) \(auxiliary)no longer count."
    case .restore: return "\(name) \(verb) live again: its \(facts) \(auxiliary)count."
    case .mark(backfill: true):
      return "\(name) \(verb) a backfill: its facts count as known from the end of their own days, and give way to files that are not."
    case .mark(backfill: false):
      return "\(name) \(verb) no longer a backfill: its facts count as known from \(InstantText.human(record.finished, in: zone)) on."
    }
  }

  private var alreadySo: String {
    switch change {
    case .revert: "is reverted already"
    case .restore: "is live already"
    case .mark(backfill: true): "is a backfill already"
    case .mark(backfill: false): "is not a backfill"
    }
  }

  private var request: String {
    let who = "Live imports that left out facts because import \(record.id) had stated them."
    switch change {
    case .mark: return "\(who) Those facts \(isDryRun ? "would rank" : "rank") lower now; import these files again:"
    case .revert, .restore: return "\(who) Import these files again; they \(isDryRun ? "would not" : "do not") count as imported already:"
    }
  }

  var records: Records {
    var records = Records([record], fields: ImportRecord.fields)
    let more: [(String, any JSONRepresentable)] = [
      ("changed", outcome.isChanged), ("dry_run", isDryRun), ("leaned_on_by", ImportDetailReport.json(outcome.leaning)),
      ("moves", moves.map(\.json)),
    ]
    records.fields += more.map { Records.Field(name: $0.0, form: .column) }
    records.rows[0] += more.map(\.1.json)
    return records
  }

  var json: JSONValue { records.objects[0] }
}
