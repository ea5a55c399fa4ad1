import Health
import Storage

/// One account between two days.
package struct AccountMove: Codable, Hashable, Sendable, ListedAccount {
  /// How it stood at one end; nil where it was not counted, or outside of the filter.
  package struct Side: Codable, Hashable, Sendable {
    package var card: String
    package var score: Double?
    package var shown: Int?
    package var band: String
    package var color: String?
    /// Whether the band is unknown.
    package var isUnknown: Bool
  }

  package var account: String
  package var name: String
  /// At the last day, else at the first; nil where nothing tells.
  package var revenue: Double?
  package var before: Side?
  package var after: Side?
  /// The largest part of the change; nil where an end has no score, or nothing changed.
  package var reason: WhyPart?
  package var with: [Extras.Value] = []

  /// After less before, where both ends have a score that is not unknown.
  package var change: Double? {
    guard let before, let after, !before.isUnknown, !after.isUnknown, let a = before.score, let b = after.score else { return nil }
    return b - a
  }

  /// What stands for an account that was not there.
  package static let came = "came"
  package static let left = "left"

  /// What a list of them can be sorted by.
  static var fields: KeyValuePairs<String, SortKey<AccountMove>> {
    [
      "change": .number(\.change), "score": .number { $0.after?.score }, "before": .number { $0.before?.score },
      "revenue": .number(\.revenue),
      "account": .text(\.account), "name": .text(\.name), "from": .text(\.from), "to": .text(\.to),
    ]
  }

  package var from: String { before?.band ?? AccountMove.came }
  package var to: String { after?.band ?? AccountMove.left }
}

/// All accounts that are counted on one of two days, in the order of their ids.
struct PortfolioMoves {
  let viewpoint: Viewpoint
  let selection: CardSelection
  let days: ClosedRange<Day>
  let filter: AttributeFilter
  /// What is told beside, as of the last day.
  var extras: Extras?

  /// `wantsReason` says of which moves the reason is worked out.
  func all(wantsReason: (AccountMove) -> Bool) throws -> [AccountMove] {
    try viewpoint.requireAttributes(filter.conditions.map(\.attribute))
    let names = selection.attributes.union(filter.conditions.map(\.attribute)).union(["name"])
      .union(extras?.attributes ?? [])
    let book = try AttributeBook(names, viewpoint)
    let accounts = Dictionary(uniqueKeysWithValues: try viewpoint.history.accounts(viewpoint.knowledge).map { ($0.id, $0) })
    let portfolio = Portfolio(viewpoint)
    let ends = [days.lowerBound, days.upperBound]
    let revenue = viewpoint.revenue.map { [$0] } ?? []
    let engines = try ends.map { day in
      try selection.cards.map {
        try portfolio.engine($0, days: day...day, beside: revenue + (extras?.expressions ?? []), keepsInputs: true)
      }
    }
    var moves: [AccountMove] = []
    try portfolio.forEachTile { range in
      let scores = try engines.map { try $0.map { try $0.score(range) } }
      for (place, id) in range.enumerated() {
        guard let account = accounts[id] else { continue }
        let cards = ends.indices.map { end -> Int? in
          guard filter.matches({ book.value($0, of: id, on: ends[end]) }),
            let card = selection.card(for: book.values(of: id, on: ends[end]))?.place, scores[end][card].counted[0, place] > 0
          else { return nil }
          return card
        }
        guard cards[0] != nil || cards[1] != nil else { continue }
        let sides = ends.indices.map { end in cards[end].map { side(scores[end][$0], selection.cards[$0], place) } }
        let worth = [1, 0].lazy.compactMap { end in revenue.isEmpty ? nil : cards[end].map { scores[end][$0].beside[0][0, place] } }.first {
          !$0.isNaN
        }
        var move = AccountMove(
          account: account.key, name: book.name(of: account, on: ends[1]), revenue: worth, before: sides[0], after: sides[1])
        if let extras, let last = scores[1].first {
          // What is beside a card is the same under each of them.
          move.with = try extras.values(
            attribute: { book.value($0, of: id, on: ends[1]) }, measured: { last.beside[revenue.count + $0][0, place] })
        }
        if let first = cards[0], let last = cards[1], wantsReason(move) { move.reason = reason(scores, first, last, place) }
        moves.append(move)
      }
    }
    return moves
  }

  private func side(_ scores: TileScores, _ card: Card, _ place: Int) -> AccountMove.Side {
    let standing = AccountScore(scores, card, row: 0, place: place, before: nil)
    return AccountMove.Side(
      card: card.name, score: standing.score, shown: standing.shown, band: standing.band, color: standing.color,
      isUnknown: standing.isUnknown)
  }

  /// The largest part of the exact sum, under the card of the first day.
  private func reason(_ scores: [[TileScores]], _ first: Int, _ last: Int, _ place: Int) -> WhyPart? {
    let card = selection.cards[first]
    let states = [0, 1].map { ScoreState(scores[$0][first], card, row: 0, place: place) }
    let parts = Decomposition.parts(
      from: states[0], to: states[1], switched: first == last ? nil : scores[1][last].final[0, place])
    guard let part = parts.max(by: { abs($0.amount) < abs($1.amount) }) else { return nil }
    var told = WhyPart(part, of: card)
    if let input = part.input {
      let (a, b) = (states[0].inputs[input], states[1].inputs[input])
      func known(_ value: Double) -> Double? { value.isNaN ? nil : value }
      (told.before, told.after) = (known(a.measured), known(b.measured))
      (told.pointsBefore, told.pointsAfter, told.weightBefore, told.weightAfter) = (known(a.points), known(b.points), a.weight, b.weight)
      (told.factorBefore, told.factorAfter) = (a.raw.isNaN ? nil : a.factor, b.raw.isNaN ? nil : b.factor)
    } else if part.kind == .rules {
      let acting = [0, 1].map { end -> [String] in
        let score = AccountScore(scores[end][first], card, row: 0, place: place, before: nil)
        return score.rules.compactMap(\.actingPhrase) + score.overrides.map(\.actingPhrase)
      }
      told.tell(acting: acting[0], acting[1])
    } else if part.kind == .card {
      (told.ended, told.began) = ([card.name], [selection.cards[last].name])
    }
    return told
  }
}
