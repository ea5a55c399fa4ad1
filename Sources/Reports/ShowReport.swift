import Health
import Storage

/// How one account is: its scores, and what stands behind each of them.
package struct ShowReport: Codable, Hashable, Sendable {
  /// Whether the account is in the portfolio.
  package enum Standing: Codable, Hashable, Sendable {
    case counted
    /// It left on this day.
    case gone(Day)
    case excluded
    /// It starts on this day; nil where nothing tells when.
    case notStarted(Day?)

    /// Whether the account exists on the day, be it counted or not.
    package var isThere: Bool { self == .counted || self == .excluded }
  }
  /// One score with its parts.
  package struct Score: Codable, Hashable, Sendable {
    package var title: String
    package var standing: AccountScore
    /// What to do with accounts in the band.
    package var play: String?
    package var contributions: [Contribution]
    /// The final score day by day up to the day spoken of; nil where unknown.
    package var course: [Double?]
  }
  /// Something that a person wrote.
  package struct Note: Codable, Hashable, Sendable {
    package var at: String
    package var signal: String
    package var value: Double?
    package var text: String
    package var author: String?
    package var reason: String?
    /// Whether it was written about a day after the one spoken of.
    package var isLater: Bool
  }

  package var account: String
  package var name: String
  package var asOf: Day
  package var knownBy: Int64?
  package var standing: Standing
  /// The day of the scores: the as-of day, or the day before the account left.
  package var scoredOn: Day
  package var aliases: [String]
  package var attributes: [String: String]
  package var renewalOn: Day?
  package var revenue: Double?
  /// Newest first.
  package var notes: [Note]
  package var scores: [Score]

  /// The signal that says when the contract ends.
  package static let renewal = "financial.renewal_on"
  /// How many notes are told.
  package static let mostNotes = 5

  /// `cards` gives the cards to score, from the account's attributes as of the day.
  package init(_ viewpoint: Viewpoint, account: Account, asOf: Day, cards: ([String: String]) throws -> [Card]) throws {
    let history = viewpoint.history
    var changes = try history.attributes(accounts: account.id..<account.id + 1, names: nil, viewpoint.knowledge)[account.id] ?? [:]
    name = changes.removeValue(forKey: "name")?.value(on: asOf) ?? account.key
    attributes = changes.compactMapValues { $0.value(on: asOf) }
    (self.account, self.asOf, knownBy) = (account.key, asOf, viewpoint.knownBy)
    aliases = try history.aliases(of: account.id, viewpoint.knowledge)
    let tiles = viewpoint.tiles()
    try tiles.prepare([], days: asOf...asOf)
    let membership = try tiles.memberships(accounts: account.id..<account.id + 1)[0]
    standing = ShowReport.standing(membership, on: asOf)
    if case .gone(let day) = standing { scoredOn = day - 1 } else { scoredOn = asOf }
    notes = try ShowReport.notes(viewpoint, account, asOf: asOf)
    scores = []
    let asked = ShowReport.beside(viewpoint)
    let then = changes.compactMapValues { [scoredOn] in $0.value(on: scoredOn) }
    for card in try cards(then) {
      let found = try ShowReport.score(viewpoint, account, card, on: scoredOn, beside: asked.map(\.expression))
      scores.append(found.score)
      for (what, value) in zip(asked, found.beside) where !value.isNaN {
        if what.isRenewal { renewalOn = Day(Int(value)) } else { revenue = value }
      }
    }
  }

  static func standing(_ membership: Membership, on day: Day) -> Standing {
    guard let start = membership.start, start <= day else { return .notStarted(membership.start) }
    if let left = membership.left(by: day) { return .gone(left) }
    return membership.isExcluded(on: day) ? .excluded : .counted
  }

  private static func beside(_ viewpoint: Viewpoint) -> [(expression: Expression, isRenewal: Bool)] {
    var asked = viewpoint.revenue.map { [(expression: $0, isRenewal: false)] } ?? []
    if viewpoint.catalogue.signal(renewal)?.kind == .date { asked.append((Expression(renewal, .last), true)) }
    return asked
  }

  private static func score(
    _ viewpoint: Viewpoint, _ account: Account, _ card: Card, on day: Day, beside: [Expression]
  ) throws -> (score: Score, beside: [Double]) {
    let (source, span) = (viewpoint.tiles(), AccountScore.trendSpan)
    let engine = try Portfolio(viewpoint).engine(card, days: (day - span)...day, beside: beside, keepsInputs: true, source: source)
    let scores = try engine.score(account.id..<account.id + 1)
    let standing = AccountScore(scores, card, row: span, place: 0, before: 0)
    let course = (0...span).map { row in
      scores.band(card, row, 0) == nil ? nil : scores.final[row, 0]
    }
    let score = Score(
      title: card.title, standing: standing, play: card.bands.first { $0.name == standing.band }?.play,
      contributions: try Contribution.all(scores, engine.plan, row: span, place: 0, viewpoint, source), course: course)
    return (score, scores.beside.map { $0[span, 0] })
  }

  /// What people wrote, newest first: events of the human dimension that have words; and all that is told of days after the one spoken
  /// of, which is not in the scores yet.
  private static func notes(_ viewpoint: Viewpoint, _ account: Account, asOf: Day) throws -> [Note] {
    let told = Set(
      viewpoint.history.signals.filter { key in
        (key.hasPrefix("human.") || key.hasPrefix("outcome.")) && !(viewpoint.catalogue.signal(key)?.kind.isReading ?? true)
      })
    let facts =
      told.isEmpty
      ? []
      : try AccountHistory(viewpoint.history, knowledge: viewpoint.knowledge, account: account.id).facts(days: Day.range, subjects: told)
    let written = facts.filter { $0.moment.day > asOf || ($0.text != nil && $0.subject.hasPrefix("human.")) }
    let coming = try viewpoint.history.overrides(viewpoint.knowledge).map(\.override).filter {
      $0.account == account.id && $0.from > asOf && $0.from <= $0.until
    }
    return coming.reversed().map { override in
      Note(
        at: override.from.description, signal: "override \(override.kind.rawValue)", value: override.value, text: override.note ?? "",
        author: override.author, isLater: true)
    }
      + written.suffix(mostNotes).reversed().map { fact in
        Note(
          at: fact.moment.description, signal: fact.subject, value: fact.value, text: fact.text ?? "", author: fact.author,
          reason: fact.reason, isLater: fact.moment.day > asOf)
      }
  }
}
