import Health
import Storage

/// What a report looks at: a history as one moment's knowledge shows it, under a workspace's catalogue and settings.
package struct Viewpoint {
  package let history: History
  package let catalogue: Catalogue
  package let settings: Settings
  package let knowledge: Knowledge
  /// The instant whose knowledge it is; nil means now.
  package let knownBy: Int64?
  /// Whether accounts that have left count all the same.
  package let countsGone: Bool

  package init(_ history: History, catalogue: Catalogue, settings: Settings, knownBy: Int64? = nil, countsGone: Bool = false) throws {
    (self.history, self.catalogue, self.settings, self.knownBy) = (history, catalogue, settings, knownBy)
    self.countsGone = countsGone
    knowledge = try history.knowledge(by: knownBy)
  }

  /// The day that is spoken of when nobody names one.
  package func defaultDay(today: Day) throws -> Day {
    do {
      return try history.defaultDay(today: today, knowledge)
    } catch let problem as Problem where problem.name == History.nothingImported.name {
      throw try nothingKnown() ?? problem
    }
  }

  /// What to say where somebody asks for an account and there is none.
  func nothingThere() throws -> Problem { try nothingKnown() ?? History.nothingImported }

  /// What to say where there are imports, but nothing became known by the moment that is looked back to; nil where there are none.
  private func nothingKnown() throws -> Problem? {
    guard let knownBy, try !history.knowledge().visible.isEmpty else { return nil }
    let moment = history.zone.moment(of: knownBy)
    let then = knownBy == history.zone.end(of: moment.day) ? moment.day.description : moment.description
    return Problem("nothing-known", .missing, "nothing was known by \(then)", hint: "name a later --known-by, or leave it out")
  }

  /// The first day on which a feed spoke; nil where none did.
  func firstDay() throws -> Day? {
    try history.speeches(knowledge).filter { !$0.isTyped }.flatMap { $0.runs.map(\.lowerBound) }.min()
  }

  /// Everything that facts speak of: signals and attributes.
  package func subjects() throws -> Set<String> { Set(try history.attributeNames()).union(history.signals) }

  /// Throws where accounts have no attribute of one of these names, which are in lower case: nobody could ever fit.
  func requireAttributes(_ names: some Collection<String>) throws {
    guard !names.isEmpty else { return }
    let known = try history.attributeNames()
    for name in names where !known.contains(where: { $0.lowercased() == name }) {
      let near = Nearest.match(to: name, among: known).map { "did you mean \($0)? " } ?? ""
      let all = known.isEmpty ? "No account has any yet" : "The attributes are: \(known.joined(separator: ", "))"
      throw Problem("unknown-attribute", .usage, "no account has an attribute \"\(name)\"", hint: near + all)
    }
  }

  /// Makes readings, events and statistics known to SQL on the history's connection.
  package func registerQueryTables() throws {
    try QueryTables.register(on: history, knowledge) { [self] signal, value in
      try catalogue.signal(signal).flatMap { try words(of: value, kind: $0.kind) }
    }
  }

  /// Calls `body` with each row of an export of what is in force; its values stand in the order of the export's columns.
  package func export(_ kind: HistoryExport.Kind, days: ClosedRange<Day>, _ body: ([QueryValue]) throws -> Void) throws {
    let export = HistoryExport(kind, history, knowledge: knowledge, catalogue: catalogue, settings: settings, days: days)
    try export.forEach(
      words: { [self] signal, value in try catalogue.signal(signal).flatMap { try words(of: value, kind: $0.kind) } }, body)
  }

  /// A source of tiles of its own; whoever scores one card keeps one.
  func tiles() -> HistoryTiles {
    HistoryTiles(history, knowledge: knowledge, catalogue: catalogue, settings: settings, countsGone: countsGone)
  }

  /// When each of some neighbouring accounts belongs to the portfolio, whether or not those that left count here.
  func memberships(_ accounts: Range<Int>, asOf: Day) throws -> [Membership] {
    let tiles = HistoryTiles(history, knowledge: knowledge, catalogue: catalogue, settings: settings)
    try tiles.prepare([], days: asOf...asOf)
    return try tiles.memberships(accounts: accounts)
  }

  /// What an account is worth, as the settings say; nil where the catalogue has no such gauge or balance.
  var revenue: Expression? {
    guard let signal = catalogue.signal(settings.revenue), !signal.isPattern, signal.kind == .gauge || signal.kind == .balance else {
      return nil
    }
    return Expression(signal.key, .last)
  }
}

/// Which card accounts are scored with.
package enum CardSelection: Sendable {
  /// This one, whatever its `for` says.
  case card(Card)
  /// Each account with the first of an outcome's candidates that applies to it, in the order they are tried.
  case outcome(String, [Card])

  /// The cards that may be used.
  package var cards: [Card] {
    switch self {
    case .card(let card): [card]
    case .outcome(_, let cards): cards
    }
  }

  /// What a title calls it: the card's name, or the outcome's.
  package var name: String {
    switch self {
    case .card(let card): card.name
    case .outcome(let outcome, _): outcome
    }
  }

  /// Whether accounts have cards of their own.
  var isChoice: Bool { if case .outcome = self { true } else { false } }

  /// Whether a card is the one for an account with these attributes as of the day.
  func applies(_ place: Int, attributes: () -> [String: String]) -> Bool {
    guard case .outcome(_, let cards) = self else { return true }
    let attributes = attributes()
    return cards.firstIndex { AttributeConditions.hold($0.conditions, for: attributes) } == place
  }

  /// The attributes that the choice looks at, in lower case.
  var attributes: Set<String> {
    guard case .outcome(_, let cards) = self else { return [] }
    return Set(cards.flatMap { $0.conditions.keys.map { $0.lowercased() } })
  }
}

/// Some attributes of all accounts, on every day.
struct AttributeBook {
  private var changes: [String: [Int: [AttributeChange]]] = [:]

  /// Reads the attributes of these names, which are in lower case.
  init(_ names: Set<String>, _ viewpoint: Viewpoint) throws {
    for name in names { changes[name] = try viewpoint.history.attribute(name, viewpoint.knowledge) }
  }

  /// The value of one attribute as of a day.
  func value(_ name: String, of account: Int, on day: Day) -> String? { changes[name]?[account]?.value(on: day) }

  /// All that were read, as of a day.
  func values(of account: Int, on day: Day) -> [String: String] {
    var values: [String: String] = [:]
    for (name, accounts) in changes { values[name] = accounts[account]?.value(on: day) }
    return values
  }

  /// What people call an account: its name as of the day, else its key.
  func name(of account: Account, on day: Day) -> String { value("name", of: account.id, on: day) ?? account.key }
}
