import Health
import Storage

/// What is known of one account, in the order in which it happened.
package struct HistoryReport: Codable, Hashable, Sendable {
  /// One fact.
  package struct Row: Codable, Hashable, Sendable {
    /// `reading`, `event` or `attribute`; or `band` or `card` where what follows from them changed.
    package var type: String
    /// The signal's kind; nil for attributes and signals that are no longer declared.
    package var kind: String?
    /// The signal, or the attribute's name.
    package var signal: String
    package var at: String
    /// Nil for labels, dates, attributes, and texts without a number.
    package var value: Double?
    /// An event's words, a label, a date, or an attribute's value.
    package var text: String?
    package var author: String?
    package var reason: String?
    /// Nil for what only follows from facts.
    package var importID: Int?
    /// The instant from which it counts as known: its import's finish, or for a backfill the end of its own day.
    package var known: Int64?
    package var isSuperseded: Bool
    package var isWithdrawn: Bool
    /// The account that files named, where that is merged into this one.
    package var mergedFrom: String?
  }

  /// Which facts are told.
  package struct Request: Sendable {
    /// Signals or attributes; nil means all.
    package var signals: Set<String>?
    package var since: Day?
    /// Also what was said otherwise later.
    package var all = false
    /// Whether changes of band and card are told.
    package var tellsBands = true

    package init() {}
  }

  package var account: String
  package var name: String
  package var knownBy: Int64?
  package var rows: [Row]

  /// With `selection`, changes of band and card under it up to the as-of day stand among the facts, each after those of its day.
  package init(
    _ viewpoint: Viewpoint, account: Account, asOf: Day, _ request: Request = Request(), selection: CardSelection? = nil
  ) throws {
    (self.account, knownBy) = (account.key, viewpoint.knownBy)
    let own = try viewpoint.history.attributes(accounts: account.id..<account.id + 1, names: ["name"], viewpoint.knowledge)
    name = own[account.id]?["name"]?.value(on: asOf) ?? account.key
    let days = (request.since ?? Day.range.lowerBound)...Day.range.upperBound
    let facts = try AccountHistory(viewpoint.history, knowledge: viewpoint.knowledge, account: account.id) {
      [catalogue = viewpoint.catalogue] in
      catalogue.signal($0)?.kind == .count
    }.facts(days: days, subjects: request.signals, superseded: request.all)
    let merged = Dictionary(
      uniqueKeysWithValues: try viewpoint.history.mergedAccounts(viewpoint.knowledge).map { ($0.account.id, $0.account.key) })
    let imports = Dictionary(uniqueKeysWithValues: viewpoint.knowledge.visible.map { ($0.id, $0) })
    let told = try facts.map { fact in
      let kind = fact.form == .attribute ? nil : viewpoint.catalogue.signal(fact.subject)?.kind
      let words = try fact.value.flatMap { value in try kind.flatMap { try viewpoint.words(of: value, kind: $0) } }
      let source = imports[fact.importID]
      let known = source?.backfill ?? false ? viewpoint.history.zone.end(of: fact.moment.day) : source?.finished ?? 0
      return Row(
        type: fact.form.rawValue, kind: kind?.rawValue, signal: fact.subject, at: fact.moment.description,
        value: words == nil ? fact.value : nil,
        text: words ?? fact.text, author: fact.author, reason: fact.reason, importID: fact.importID, known: known,
        isSuperseded: fact.isSuperseded, isWithdrawn: fact.isWithdrawn, mergedFrom: fact.mergedFrom.flatMap { merged[$0] })
    }
    rows = told
    guard let selection, request.tellsBands, let first = try viewpoint.firstDay() else { return }
    let last = min(asOf, try viewpoint.defaultDay(today: asOf))
    // The day before the first one is what that differs from.
    let begin = max(request.since.map { $0 - 1 } ?? first, first)
    guard begin < last else { return }
    rows = HistoryReport.merged(
      zip(facts.map(\.moment.day), told).map { ($0, $1) }, try BandChanges.all(viewpoint, selection, account: account, days: begin...last))
  }

  private static func merged(_ facts: [(day: Day, row: Row)], _ changes: [BandChanges.Change]) -> [Row] {
    var (rows, next): ([Row], Int) = ([], 0)
    func row(_ change: BandChanges.Change) -> Row {
      Row(
        type: change.isCard ? "card" : "band", signal: change.card, at: change.day.description, value: change.shown.map(Double.init),
        text: change.text, isSuperseded: false, isWithdrawn: false)
    }
    for (day, fact) in facts {
      while next < changes.count, changes[next].day < day {
        rows.append(row(changes[next]))
        next += 1
      }
      rows.append(fact)
    }
    return rows + changes[next...].map(row)
  }
}
