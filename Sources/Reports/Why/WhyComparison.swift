import Health
import Storage

/// Two ends of one account's score.
struct WhyComparison {
  typealias Place = (viewpoint: Viewpoint, day: Day)
  /// One account on one day under one card.
  struct Scored {
    let card: Card
    let plan: CardPlan
    let scores: TileScores
    let source: HistoryTiles

    var state: ScoreState { ScoreState(scores, card, row: 0, place: 0) }
    var score: AccountScore { AccountScore(scores, card, row: 0, place: 0, before: nil) }
    /// Rules and overrides that act on the score, in words.
    var acting: [String] { score.rules.compactMap(\.actingPhrase) + score.overrides.map(\.actingPhrase) }
  }

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

  func scored(_ end: Place, _ card: Card) throws -> Scored {
    let source = end.viewpoint.tiles()
    let engine = try Portfolio(end.viewpoint).engine(card, days: end.day...end.day, keepsInputs: true, source: source)
    return Scored(card: card, plan: engine.plan, scores: try engine.score(account.id..<account.id + 1), source: source)
  }

  /// How the account stood. Before it begins and after it left there is no score, whatever its last facts would come to.
  func end(_ end: Place, _ scored: Scored?) throws -> WhyReport.End {
    let tiles = end.viewpoint.tiles()
    try tiles.prepare([], days: end.day...end.day)
    let standing = ShowReport.standing(try tiles.memberships(accounts: account.id..<account.id + 1)[0], on: end.day)
    return WhyReport.End(
      asOf: end.day, knownBy: end.viewpoint.knownBy, standing: standing, score: standing.isThere ? scored?.score : nil)
  }

  /// The parts between the two ends under one card, and what the switch to another one does, which gives that score.
  func parts(_ first: Scored, _ last: Scored, switchedTo other: (card: Card, score: Double)?) throws -> [WhyPart] {
    let (a, b) = (first.state, last.state)
    let ends = try [(first, before), (last, after)].map { side, end in
      try Contribution.all(side.scores, side.plan, row: 0, place: 0, end.viewpoint, side.source)
    }
    let parts = Decomposition.parts(from: a, to: b, switched: other?.score)
    return WhyPart.sorted(
      parts.map { part in
        var told = WhyPart(part, of: first.card)
        if let place = part.input {
          told.tell(ends[0][place], ends[1][place])
          (told.factorBefore, told.factorAfter) = (a.inputs[place].told, b.inputs[place].told)
        } else if part.kind == .rules {
          told.tell(acting: first.acting, last.acting)
        } else if part.kind == .card {
          (told.ended, told.began) = ([first.card.name], other.map { [$0.card.name] } ?? [])
        }
        return told
      })
  }
}

extension ScoreState.Input {
  /// How much of its points' distance from 50 is left; nil where there are no real data.
  fileprivate var told: Double? { raw.isNaN ? nil : factor }
}

extension WhyPart {
  /// What an input came to at both ends.
  fileprivate mutating func tell(_ first: Contribution, _ last: Contribution) {
    (before, beforeText, pointsBefore, weightBefore) = (first.measured, first.measuredText, first.points, first.weight)
    (after, afterText, pointsAfter, weightAfter) = (last.measured, last.measuredText, last.points, last.weight)
    (ageBefore, ageAfter) = (first.ageDays, last.ageDays)
  }

  /// The rules and overrides that acted at both ends.
  mutating func tell(acting first: [String], _ last: [String]) {
    (ended, began) = (first.filter { !last.contains($0) }, last.filter { !first.contains($0) })
    held = first.filter { last.contains($0) }
  }
}

extension AccountScore.FiredRule {
  /// A cap or floor in words; nil for what leaves the score as it is.
  var actingPhrase: String? { bound.map { "\(effect) \($0.formattedShortly)" + (reason.isEmpty ? "" : ": \(reason)") } }
}

extension AccountScore.ActingOverride {
  /// What a person decided, in words: `override cap 40 by dana until 2026-05-01: Merger under way`.
  var actingPhrase: String {
    "override \(kind.rawValue) \(value.formattedShortly)" + (author.map { " by \($0)" } ?? "") + " until \(until)"
      + (note.map { $0.isEmpty ? "" : ": \($0)" } ?? "")
  }
}
