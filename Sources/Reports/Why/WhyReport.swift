import Health
import Storage

/// Why one account's score is another one than it was, be it on another day or by what was known then.
package struct WhyReport: Codable, Hashable, Sendable {
  /// How the account stood at one end.
  package struct End: Codable, Hashable, Sendable {
    package var asOf: Day
    /// The instant whose knowledge it is; nil means now.
    package var knownBy: Int64?
    /// Whether it was in the portfolio.
    package var standing: ShowReport.Standing
    /// Its score under the card that applied to it then; nil where none did.
    package var score: AccountScore?
  }

  package var account: String
  package var name: String
  /// The card of the first end, under which both are compared; nil where none applied.
  package var card: String?
  package var before: End
  package var after: End
  /// After less before; nil where an end has no score.
  package var change: Double?
  /// Largest first; they sum to the change. None where an end has no score.
  package var parts: [WhyPart]

  /// Between two days, as one moment's knowledge has them.
  package init(_ viewpoint: Viewpoint, _ selection: CardSelection, account: Account, days: ClosedRange<Day>) throws {
    let comparison = WhyComparison(
      account: account, before: (viewpoint, days.lowerBound), after: (viewpoint, days.upperBound), selection: selection)
    try self.init(comparison, card: nil)
  }

  /// Of one day, between what was believed and what is known now; both under the card that applies by what is known now.
  package init(believed: Viewpoint, now: Viewpoint, _ selection: CardSelection, account: Account, on day: Day) throws {
    let comparison = WhyComparison(account: account, before: (believed, day), after: (now, day), selection: selection)
    try self.init(comparison, card: try comparison.card(comparison.after))
    let imports = try ChangedImports(from: believed, to: now, account: account, on: day)
    guard let card = try comparison.card(comparison.after) else { return }
    for index in parts.indices where parts[index].signal != nil {
      let expressions = card.groups.flatMap(\.inputs).map(\.expression).filter {
        $0.signal == parts[index].signal && $0.phrase == parts[index].measure
      }
      parts[index].imports = try imports.concerning(Set(expressions.flatMap(\.allSignals)))
    }
  }

  private init(_ comparison: WhyComparison, card fixed: Card?) throws {
    let (first, last) = (try fixed ?? comparison.card(comparison.before), try fixed ?? comparison.card(comparison.after))
    account = comparison.account.key
    name = try comparison.name()
    card = first?.name
    before = try comparison.end(comparison.before, first)
    after = try comparison.end(comparison.after, last)
    parts = []
    guard let first, let last, let a = before.score?.score, let b = after.score?.score else { return }
    change = b - a
    parts = try comparison.parts(first, last: last, final: b)
  }
}

/// Two ends of one account's score.
struct WhyComparison {
  typealias Place = (viewpoint: Viewpoint, day: Day)

  let account: Account
  let before: Place
  let after: Place
  let selection: CardSelection

  /// The card that applies at an end.
  func card(_ end: Place) throws -> Card? { selection.card(for: try attributes(end))?.card }

  func name() throws -> String { try attributes(after)["name"] ?? account.key }

  private func attributes(_ end: Place) throws -> [String: String] {
    let changes = try end.viewpoint.history.attributes(accounts: account.id..<account.id + 1, names: nil, end.viewpoint.knowledge)
    var values: [String: String] = [:]
    for (name, changes) in changes[account.id] ?? [:] { values[name.lowercased()] = changes.value(on: end.day) }
    return values
  }

  func end(_ end: Place, _ card: Card?) throws -> WhyReport.End {
    let tiles = end.viewpoint.tiles()
    try tiles.prepare([], days: end.day...end.day)
    let standing = ShowReport.standing(try tiles.memberships(accounts: account.id..<account.id + 1)[0], on: end.day)
    let score = try card.map { card in
      AccountScore(try scores(end, card).scores, card, row: 0, place: 0, before: nil)
    }
    return WhyReport.End(asOf: end.day, knownBy: end.viewpoint.knownBy, standing: standing, score: score)
  }

  private func scores(_ end: Place, _ card: Card) throws -> (scores: TileScores, plan: CardPlan, source: HistoryTiles) {
    let source = end.viewpoint.tiles()
    let engine = try Portfolio(end.viewpoint).engine(card, days: end.day...end.day, keepsInputs: true, source: source)
    return (try engine.score(account.id..<account.id + 1), engine.plan, source)
  }

  /// The parts under the first end's card, and what the switch to the last one's does.
  func parts(_ card: Card, last: Card, final: Double) throws -> [WhyPart] {
    let (first, second) = (try scores(before, card), try scores(after, card))
    let (a, b) = (ScoreState(first.scores, card, row: 0, place: 0), ScoreState(second.scores, card, row: 0, place: 0))
    let parts = Decomposition.parts(from: a, to: b, switched: last.name == card.name ? nil : final)
    let ends = try [(first, before), (second, after)].map { side, end in
      try Contribution.all(side.scores, side.plan, row: 0, place: 0, end.viewpoint, side.source)
    }
    return WhyPart.sorted(
      parts.map { part in
        var told = WhyPart(part, of: card)
        if let place = part.input {
          (told.before, told.beforeText) = (ends[0][place].measured, ends[0][place].measuredText)
          (told.after, told.afterText) = (ends[1][place].measured, ends[1][place].measuredText)
          (told.pointsBefore, told.pointsAfter) = (ends[0][place].points, ends[1][place].points)
          (told.weightBefore, told.weightAfter) = (ends[0][place].weight, ends[1][place].weight)
        } else if part.kind == .rules {
          let acting = [first, second].map { AccountScore($0.scores, card, row: 0, place: 0, before: nil).actingPhrases }
          (told.ended, told.began) = (acting[0].filter { !acting[1].contains($0) }, acting[1].filter { !acting[0].contains($0) })
        } else if part.kind == .card {
          (told.ended, told.began) = ([card.name], [last.name])
        }
        return told
      })
  }
}

/// Which imports make the difference between what was known by two moments of one account.
private struct ChangedImports {
  private var bySubject: [String: Set<Int>] = [:]

  init(from believed: Viewpoint, to now: Viewpoint, account: Account, on day: Day) throws {
    /// What tells one fact from another, and whose it is.
    struct Said: Hashable {
      let subject: String
      let moment: Moment
      let value: Double?
      let text: String?
      let importID: Int
    }
    let sides = try [believed, now].map { viewpoint in
      let all = try AccountHistory(viewpoint.history, knowledge: viewpoint.knowledge, account: account.id) {
        viewpoint.catalogue.signal($0)?.kind == .count
      }.facts(days: Day.range.lowerBound...day)
      return Set(all.map { Said(subject: $0.subject, moment: $0.moment, value: $0.value, text: $0.text, importID: $0.importID) })
    }
    for fact in sides[0].symmetricDifference(sides[1]) { bySubject[fact.subject, default: []].insert(fact.importID) }
  }

  /// The imports that changed facts of signals, a pattern standing for its instances; ascending.
  func concerning(_ signals: Set<String>) throws -> [Int] {
    let found = bySubject.filter { subject, _ in
      signals.contains { $0 == subject || ($0.hasSuffix(":*") && subject.hasPrefix($0.dropLast())) }
    }
    return Set(found.values.flatMap { $0 }).sorted()
  }
}

extension Expression {
  /// The signals that it reads, those that it refers to included.
  var allSignals: [String] {
    var signals = [signal] + per.flatMap(\.expression.allSignals) + otherwise.flatMap(\.allSignals)
    if case .signal(let key) = of { signals.append(key) }
    return signals
  }
}

extension AccountScore {
  /// Rules and overrides that act on the score, in words.
  var actingPhrases: [String] {
    func phrase(_ effect: String, _ value: Double, _ reason: String) -> String {
      "\(effect) \(value.formattedShortly)" + (reason.isEmpty ? "" : ": \(reason)")
    }
    return rules.compactMap { rule in rule.bound.map { phrase(rule.effect, $0, rule.reason) } }
      + overrides.map { phrase("override \($0.kind.rawValue)", $0.value, $0.note ?? "") }
  }
}
