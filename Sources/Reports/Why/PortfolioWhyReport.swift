import Health
import Storage

/// Why the mean score of a portfolio is another one than it was, as a whole or by the values of an attribute.
package struct PortfolioWhyReport: Codable, Hashable, Sendable {
  /// One end of a group.
  package typealias End = MeanDecomposition.End
  /// A group of accounts.
  package struct Group: Codable, Hashable, Sendable {
    /// The attribute's value, empty for accounts without one; nil where accounts are not grouped.
    package var name: String?
    package var before: End
    package var after: End
    /// Nil where an end has no mean.
    package var change: Double?
    /// Largest first; they sum to the change. None where an end has no mean.
    package var parts: [WhyPart]
  }

  package var card: String
  package var days: ClosedRange<Day>
  package var knownBy: Int64?
  package var filter: String
  package var by: String?
  package var groups: [Group]

  package init(
    _ viewpoint: Viewpoint, _ selection: CardSelection, days: ClosedRange<Day>, filter: AttributeFilter = AttributeFilter(),
    by attribute: String? = nil
  ) throws {
    try viewpoint.requireAttributes(filter.conditions.map(\.attribute) + (attribute.map { [$0.lowercased()] } ?? []))
    (card, self.days, knownBy, by) = (selection.name, days, viewpoint.knownBy, attribute)
    self.filter = filter.description
    let sums = try PortfolioChange(viewpoint, selection, days: days, filter, by: attribute?.lowercased()).sums
    groups = sums.groups.map { Group($0, of: selection.cards, isNamed: attribute != nil) }
    if groups.isEmpty, attribute == nil { groups = [Group(before: End(), after: End(), parts: [])] }
  }
}

extension PortfolioWhyReport.Group {
  fileprivate init(_ group: MeanDecomposition.Group, of cards: [Card], isNamed: Bool) {
    self.init(name: isNamed ? group.name : nil, before: group.before, after: group.after, change: group.change, parts: [])
    parts = WhyPart.sorted(
      group.parts.map { part in
        var told = WhyPart(kind: part.kind, mix: part.mix, amount: part.amount, accounts: part.accounts)
        if let card = part.card, let input = part.input { told.name(input: input, of: cards[card]) }
        return told
      })
  }
}

/// Takes every account of a portfolio into the sum.
private struct PortfolioChange {
  private(set) var sums = MeanDecomposition()
  private let selection: CardSelection

  init(
    _ viewpoint: Viewpoint, _ selection: CardSelection, days: ClosedRange<Day>, _ filter: AttributeFilter, by attribute: String?
  ) throws {
    self.selection = selection
    let names = selection.attributes.union(filter.conditions.map(\.attribute)).union(attribute.map { [$0] } ?? [])
    let book = try AttributeBook(names, viewpoint)
    let portfolio = Portfolio(viewpoint)
    let ends = [days.lowerBound, days.upperBound]
    let engines = try ends.map { day in try selection.cards.map { try portfolio.engine($0, days: day...day, keepsInputs: true) } }
    let known = Set(try viewpoint.history.accounts(viewpoint.knowledge).map(\.id))
    try portfolio.forEachTile { range in
      let scores = try engines.map { try $0.map { try $0.score(range) } }
      for (place, id) in range.enumerated() where known.contains(id) {
        let cards = ends.map { day in selection.card(for: book.values(of: id, on: day))?.place }
        let groups = ends.map { day -> String? in
          guard filter.matches({ book.value($0, of: id, on: day) }) else { return nil }
          return attribute.map { book.value($0, of: id, on: day) ?? "" } ?? ""
        }
        add(scores, cards, groups, place: place)
      }
    }
  }

  private mutating func add(_ scores: [[TileScores]], _ cards: [Int?], _ groups: [String?], place: Int) {
    let standings = [0, 1].map { end in standing(scores[end], cards[end], group: groups[end], place: place) }
    sums.add(before: standings[0], after: standings[1], card: cards[0] ?? 0) {
      guard let first = cards[0], let last = cards[1] else { return [] }
      let card = selection.cards[first]
      return Decomposition.parts(
        from: ScoreState(scores[0][first], card, row: 0, place: place), to: ScoreState(scores[1][first], card, row: 0, place: place),
        switched: first == last ? nil : scores[1][last].final[0, place])
    }
  }

  private func standing(_ scores: [TileScores], _ card: Int?, group: String?, place: Int) -> MeanDecomposition.Standing {
    guard let card, scores[card].counted[0, place] > 0 else { return .init(isCounted: false, group: group, score: nil) }
    let isKnown = scores[card].band(selection.cards[card], 0, place) != nil
    return .init(isCounted: true, group: group, score: isKnown ? scores[card].final[0, place] : nil)
  }
}
