import Health
import Reports

/// The cards that can be named: those of the workspace, and those that ship and are not replaced by one of them.
struct CardListReport: TableReport {
  struct Row {
    /// Whether the card can be used.
    enum State: String {
      case ready
      /// It cannot be read; `vitals cards lint` says why.
      case broken
      /// It ships, and speaks of signals that the workspace does not declare.
      case needsSignals = "needs-signals"
    }

    var name: String
    var source: CardReport.Source
    var file: String?
    /// Nil where the card is broken.
    var card: Card?
    var state: State
    var missing: [String] = []
    var isHeadline = false
  }

  private(set) var rows: [Row]

  init(_ workspace: Workspace) throws {
    let (whole, broken) = try workspace.cards()
    rows = whole.map { Row(name: $0.card.name, source: .workspace, file: $0.file, card: $0.card, state: .ready) }
    rows += broken.map { Row(name: $0.name ?? $0.file, source: .workspace, file: $0.file, state: .broken) }
    rows.sort { $0.name < $1.name }
    let own = Set(rows.map(\.name))
    for shipped in ShippedCard.all where !own.contains(shipped.name) {
      let missing = try shipped.missingSignals(workspace.catalogue)
      let card = try shipped.asShipped().card
      rows.append(
        Row(name: shipped.name, source: .shipped, card: card, state: missing.isEmpty ? .ready : .needsSignals, missing: missing))
    }
    if case .card(let name) = workspace.settings.headline {
      for place in rows.indices where rows[place].name == name { rows[place].isHeadline = true }
    }
  }

  var title: String {
    let own = rows.count { $0.source == .workspace }
    return "\(Human.plural(own, "card")) of the workspace, \(Human.count(rows.count - own)) that ship"
  }

  var notes: [String] {
    var notes = ["`vitals cards show NAME` explains one; `vitals cards new NAME` copies one into cards/, which makes it a candidate."]
    if let headline = rows.first(where: \.isHeadline) { notes.insert("* \(headline.name) is the headline.", at: 0) }
    if rows.contains(where: { $0.state == .needsSignals }) {
      notes.append("needs-signals: signals.yaml does not declare all that the card speaks of.")
    }
    return notes
  }

  func table(_ style: Style) -> Table {
    Table(
      rows,
      columns: [
        TableColumn("card") { Cell($0.name + ($0.isHeadline ? "*" : "")) },
        TableColumn("title", importance: 4) { Cell($0.card?.title ?? "") },
        TableColumn("outcome", kind: .word, importance: 5) { Cell($0.card?.outcome?.name ?? ($0.card == nil ? "" : "view")) },
        TableColumn("for", importance: 2) { Cell($0.card.map(\.conditions.phrase) ?? "") },
        TableColumn("priority", kind: .number, importance: 1) { Cell($0.card.map { "\($0.priority)" } ?? "") },
        TableColumn("source", kind: .word) { Cell($0.source.rawValue) },
        TableColumn("state", kind: .word, importance: 3) { Cell($0.state.rawValue, $0.state == .ready ? .plain : .red) },
        TableColumn("review_by", title: "review by", kind: .word, importance: 0) { Cell($0.card?.reviewBy?.description ?? "") },
        TableColumn("hash", kind: .word, importance: 0) { Cell($0.card?.identity ?? "") },
        TableColumn("file", isExtra: true) { Cell($0.file ?? "") },
      ])
  }

  var records: Records {
    Records(
      rows,
      fields: [
        RecordField("card", \.name),
        RecordField("title") { $0.card?.title },
        RecordField("outcome") { $0.card?.outcome?.name },
        RecordField("for") { $0.card?.conditions.json },
        RecordField("priority") { $0.card?.priority },
        RecordField("source") { $0.source.rawValue },
        RecordField("file", \.file),
        RecordField("hash") { $0.card?.identity },
        RecordField("review_by") { $0.card?.reviewBy },
        RecordField("headline", \.isHeadline),
        RecordField("state") { $0.state.rawValue },
        RecordField("missing_signals", \.missing),
      ])
  }
}

extension [String: [String]] {
  /// Conditions on attributes for people: `stage adoption or retention, segment enterprise`.
  var phrase: String {
    sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.joined(separator: " or "))" }.joined(separator: ", ")
  }

  /// Conditions on attributes for machines.
  var json: JSONValue { .object(sorted { $0.key < $1.key }.map { JSONValue.Member(key: $0.key, value: $0.value.json) }) }
}
