import Health
import Storage

/// What another card, or another version of one, would say of the same accounts on the same day.
package struct CardDiffReport: Codable, Hashable, Sendable {
  /// One of the two cards.
  package struct Side: Codable, Hashable, Sendable {
    package var card: String
    /// What tells this version of the card from every other.
    package var hash: String
    package var unknown: Int
    /// The mean final score of those that are not unknown.
    package var mean: Double?
  }
  /// How many accounts, and how much revenue, each card puts into a band; an end is nil where the card has no such band.
  package struct BandShift: Codable, Hashable, Sendable {
    package var band: String
    /// The band's colour word; nil for unknown.
    package var color: String?
    package var before: Int?
    package var after: Int?
    package var revenueBefore: Double?
    package var revenueAfter: Double?
  }
  /// The accounts that go from one band into another.
  package struct Passage: Codable, Hashable, Sendable {
    package var from: String
    package var to: String
    package var accounts: Int
    package var revenue: Double?
  }
  /// One account whose score or band differs; an end is nil where there is no score.
  package struct Move: Codable, Hashable, Sendable {
    package var account: String
    package var name: String
    package var revenue: Double?
    package var before: Double?
    package var after: Double?
    package var bandBefore: String
    package var bandAfter: String
    /// What makes the difference, the largest part first; they sum to the change. None where an end has no score.
    package var parts: [CardDifference.Part]

    /// Nil where an end has no score.
    package var change: Double? { before.flatMap { before in after.map { $0 - before } } }
    package var changesBand: Bool { bandBefore != bandAfter }
    /// Whether there is anything to tell; what the order of sums alone does to the last digits is not.
    var isMove: Bool { changesBand || (change.map { abs($0) > 1e-9 } ?? (before != nil || after != nil)) }
  }

  package var old: Side
  package var new: Side
  package var asOf: Day
  package var knownBy: Int64?
  package var filter: String
  /// Counted accounts that the filter leaves.
  package var accounts: Int
  package var revenue: Double?
  /// Worst first, `unknown` last.
  package var bands: [BandShift]
  /// The most accounts first.
  package var passages: [Passage]
  /// Who gains or loses a score first, then the greatest changes.
  package var moves: [Move]

  /// Accounts that change band.
  package var changingBand: Int { passages.reduce(0) { $0 + $1.accounts } }
  /// Their revenue.
  package var revenueMoved: Double? { revenue == nil ? nil : passages.reduce(0) { $0 + ($1.revenue ?? 0) } }

  package init(_ viewpoint: Viewpoint, from old: Card, to new: Card, asOf: Day, filter: AttributeFilter = AttributeFilter()) throws {
    try viewpoint.requireAttributes(filter.conditions.map(\.attribute))
    (self.asOf, knownBy, self.filter) = (asOf, viewpoint.knownBy, filter.description)
    var tally = Tally(old, new, hasRevenue: viewpoint.revenue != nil)
    try tally.add(viewpoint, asOf: asOf, filter)
    accounts = tally.moves.count
    revenue = viewpoint.revenue == nil ? nil : tally.moves.reduce(0) { $0 + ($1.revenue ?? 0) }
    (self.old, self.new) = (tally.side(old, \.before, \.bandBefore), tally.side(new, \.after, \.bandAfter))
    (bands, passages) = (tally.bands, tally.passages)
    func size(_ move: Move) -> Double { move.change.map { abs($0) } ?? .infinity }
    moves = tally.moves.filter(\.isMove)
      .sorted { (-size($0), $0.account) < (-size($1), $1.account) }
  }
}

/// Scores every account under both cards.
private struct Tally {
  let old: Card
  let new: Card
  let hasRevenue: Bool
  /// Every counted account, moved or not.
  var moves: [CardDiffReport.Move] = []

  init(_ old: Card, _ new: Card, hasRevenue: Bool) { (self.old, self.new, self.hasRevenue) = (old, new, hasRevenue) }

  /// Both cards tile by tile, side by side, so that no more than one tile of inputs is kept.
  mutating func add(_ viewpoint: Viewpoint, asOf: Day, _ filter: AttributeFilter) throws {
    let book = try AttributeBook(Set(filter.conditions.map(\.attribute)).union(["name"]), viewpoint)
    let accounts = Dictionary(uniqueKeysWithValues: try viewpoint.history.accounts(viewpoint.knowledge).map { ($0.id, $0) })
    let portfolio = Portfolio(viewpoint)
    let revenue = viewpoint.revenue.map { [$0] } ?? []
    let before = try portfolio.engine(old, days: asOf...asOf, beside: revenue, keepsInputs: true)
    let after = try portfolio.engine(new, days: asOf...asOf, keepsInputs: true)
    let difference = CardDifference(from: old, to: new)
    try portfolio.forEachTile { range in
      let (a, b) = (try before.score(range), try after.score(range))
      for (place, id) in range.enumerated() where a.counted[0, place] > 0 {
        guard let account = accounts[id], filter.matches({ book.value($0, of: id, on: asOf) }) else { continue }
        let worth = a.beside.first.map { $0[0, place] }.flatMap { $0.isNaN ? nil : $0 }
        add(account, named: book.name(of: account, on: asOf), revenue: worth, a, b, place: place, difference)
      }
    }
  }

  private mutating func add(
    _ account: Account, named name: String, revenue: Double?, _ a: TileScores, _ b: TileScores, place: Int, _ difference: CardDifference
  ) {
    let before = AccountScore(a, old, row: 0, place: place, before: nil)
    let after = AccountScore(b, new, row: 0, place: place, before: nil)
    var move = CardDiffReport.Move(
      account: account.key, name: name, revenue: revenue, before: before.score, after: after.score, bandBefore: before.band,
      bandAfter: after.band, parts: [])
    if move.isMove { move.parts = difference.parts(a, b, row: 0, place: place) }
    moves.append(move)
  }

  func side(
    _ card: Card, _ score: KeyPath<CardDiffReport.Move, Double?>, _ band: KeyPath<CardDiffReport.Move, String>
  ) -> CardDiffReport.Side {
    let known = moves.filter { $0[keyPath: band] != Card.unknownBand }.compactMap { $0[keyPath: score] }
    return CardDiffReport.Side(
      card: card.name, hash: card.identity, unknown: moves.count - known.count,
      mean: known.isEmpty ? nil : known.reduce(0, +) / Double(known.count))
  }

  /// The bands of the old card, then those that only the new one has.
  var bands: [CardDiffReport.BandShift] {
    var shifts: [CardDiffReport.BandShift] = []
    for band in old.bands + new.bands where !shifts.contains(where: { $0.band == band.name }) {
      shifts.append(shift(band.name, band.color, isOld: old.has(band.name), isNew: new.has(band.name)))
    }
    return shifts + [shift(Card.unknownBand, nil, isOld: true, isNew: true)]
  }

  private func shift(_ name: String, _ color: String?, isOld: Bool, isNew: Bool) -> CardDiffReport.BandShift {
    let (before, after) = (moves.filter { $0.bandBefore == name }, moves.filter { $0.bandAfter == name })
    func worth(_ moves: [CardDiffReport.Move]) -> Double? { hasRevenue ? moves.reduce(0) { $0 + ($1.revenue ?? 0) } : nil }
    return CardDiffReport.BandShift(
      band: name, color: color, before: isOld ? before.count : nil, after: isNew ? after.count : nil,
      revenueBefore: isOld ? worth(before) : nil, revenueAfter: isNew ? worth(after) : nil)
  }

  var passages: [CardDiffReport.Passage] {
    var found: [[String]: CardDiffReport.Passage] = [:]
    for move in moves where move.changesBand {
      let empty = CardDiffReport.Passage(from: move.bandBefore, to: move.bandAfter, accounts: 0, revenue: hasRevenue ? 0 : nil)
      var passage = found[[move.bandBefore, move.bandAfter]] ?? empty
      passage.accounts += 1
      passage.revenue = passage.revenue.map { $0 + (move.revenue ?? 0) }
      found[[move.bandBefore, move.bandAfter]] = passage
    }
    return found.values.sorted { (-$0.accounts, $0.from, $0.to) < (-$1.accounts, $1.from, $1.to) }
  }
}

extension Card {
  fileprivate func has(_ band: String) -> Bool { bands.contains { $0.name == band } }
}
