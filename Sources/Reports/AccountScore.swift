import Health

/// The score of one account on one day under one card.
package struct AccountScore: Codable, Hashable, Sendable {
  /// What a rule that fired does.
  package struct FiredRule: Codable, Hashable, Sendable {
    /// `cap`, `floor`, `play` or `status`.
    package var effect: String
    /// The bound of a cap or floor.
    package var bound: Double?
    /// The words of a play or status.
    package var words: String?
    package var reason: String
  }
  /// What a person decided that acts on the score.
  package struct ActingOverride: Codable, Hashable, Sendable {
    /// Its number: that of its import.
    package var id: Int
    package var kind: Override.Kind
    package var value: Double
    package var from: Day
    /// The last day, included.
    package var until: Day
    package var author: String?
    package var note: String?
  }
  /// A group of the card with its score, if it has one.
  package struct GroupScore: Codable, Hashable, Sendable {
    package var name: String
    package var score: Double?
  }

  package var card: String
  package var outcome: String?
  package var asOf: Day
  /// After rules, unrounded.
  package var score: Double?
  /// As people see it.
  package var shown: Int?
  /// Before rules.
  package var raw: Double?
  package var band: String
  /// The band's colour word; nil for unknown.
  package var color: String?
  package var coverage: Double
  /// The word of the first status rule that fired.
  package var status: String?
  package var rules: [FiredRule]
  /// Oldest first; a `set` alone.
  package var overrides: [ActingOverride]
  package var groups: [GroupScore]
  /// The change in 30 days; nil where either end is unknown, or coverage differs by more than 20 points.
  package var trend: Double?

  /// Whether the score is only a guess.
  package var isUnknown: Bool { band == Card.unknownBand }

  /// Days between the two ends of the trend.
  package static let trendSpan = 30
  /// Changes up to this are called flat.
  package static let flat = 3.0

  /// One cell of a tile. `before` is the row of the trend's other end.
  init(_ scores: TileScores, _ card: Card, row: Int, place: Int, before: Int?) {
    let (final, raw) = (scores.final[row, place], scores.raw[row, place])
    let band = scores.band(card, row, place)
    self.card = card.name
    outcome = card.outcome?.name
    asOf = scores.days.lowerBound + row
    score = final.isNaN ? nil : final
    shown = final.isNaN ? nil : Card.shown(final)
    self.raw = raw.isNaN ? nil : raw
    self.band = band?.name ?? Card.unknownBand
    color = band?.color
    coverage = scores.coverage[row, place]
    let fired = zip(card.rules, scores.fired).filter { $1[row, place] > 0 }.map { FiredRule($0.0) }
    rules = fired
    status = fired.first { $0.effect == "status" }?.words
    overrides = scores.overrides(row, place).map {
      ActingOverride(id: $0.order, kind: $0.kind, value: $0.value, from: $0.from, until: $0.until, author: $0.author, note: $0.note)
    }
    groups = zip(card.groups, scores.groups).map { group, grid in
      GroupScore(name: group.name, score: grid[row, place].isNaN ? nil : grid[row, place])
    }
    trend = before.flatMap { AccountScore.trend(scores, card, from: $0, to: row, place: place) }
  }

  private static func trend(_ scores: TileScores, _ card: Card, from before: Int, to row: Int, place: Int) -> Double? {
    let coverages = [before, row].map { scores.coverage[$0, place] }
    let finals = [before, row].map { scores.final[$0, place] }
    guard [before, row].allSatisfy({ scores.band(card, $0, place) != nil }) else { return nil }
    guard abs(coverages[1] - coverages[0]) <= 0.2 + 1e-9 else { return nil }
    return finals[1] - finals[0]
  }
}

extension AccountScore.FiredRule {
  init(_ rule: Card.Rule) {
    switch rule.effect {
    case .cap(let bound): self.init(effect: "cap", bound: bound, words: nil, reason: rule.reason)
    case .floor(let bound): self.init(effect: "floor", bound: bound, words: nil, reason: rule.reason)
    case .play(let words): self.init(effect: "play", bound: nil, words: words, reason: rule.reason)
    case .status(let words): self.init(effect: "status", bound: nil, words: words, reason: rule.reason)
    }
  }
}

/// How many accounts are in a band.
package struct BandCount: Codable, Hashable, Sendable {
  package var band: String
  /// The band's colour word; nil for unknown.
  package var color: String?
  package var accounts: Int
  /// What they are worth together; nil where that is not asked for, or not known of any account.
  package var revenue: Double?
}

/// Counts accounts by band, worst band first, `unknown` last.
struct BandTally {
  private(set) var counts: [BandCount] = []
  private var revenues: [Double]

  /// Every band of the cards appears, be it with none.
  init(_ cards: [Card]) {
    for band in cards.flatMap(\.bands) where !counts.contains(where: { $0.band == band.name }) {
      counts.append(BandCount(band: band.name, color: band.color, accounts: 0))
    }
    revenues = [Double](repeating: 0, count: counts.count)
  }

  /// Counts an account in a band of its card; its revenue may be NaN.
  mutating func add(_ band: String, revenue: Double = .nan) {
    guard let place = counts.firstIndex(where: { $0.band == band }) else { return }
    counts[place].accounts += 1
    if !revenue.isNaN { revenues[place] += revenue }
  }

  /// Where each band of a card stands among the counts; the last place is for none.
  func places(of card: Card) -> [Int] { card.bands.map { band in counts.firstIndex { $0.band == band.name } ?? 0 } }

  /// Counts an account at a place; its revenue may be NaN.
  mutating func add(at place: Int, revenue: Double) {
    counts[place].accounts += 1
    if !revenue.isNaN { revenues[place] += revenue }
  }

  /// The counts with what the accounts are worth, where that is known.
  func counts(hasRevenue: Bool) -> [BandCount] {
    guard hasRevenue else { return counts }
    return zip(counts, revenues).map { count, revenue in
      var count = count
      count.revenue = revenue
      return count
    }
  }
}
