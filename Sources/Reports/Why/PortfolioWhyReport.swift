import Health
import Storage

/// Why the mean score of a portfolio is another one than it was, as a whole or by the values of an attribute.
package struct PortfolioWhyReport: Codable, Hashable, Sendable {
  /// One end of a group.
  package struct End: Codable, Hashable, Sendable {
    /// Counted accounts, and those of them that are unknown.
    package var accounts: Int
    package var unknown: Int
    /// The mean final score of the others; nil where there are none.
    package var mean: Double?
  }
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
    var sums = MeanChange(selection)
    try sums.add(viewpoint, days: days, filter, by: attribute?.lowercased())
    groups = sums.groups(isGrouped: attribute != nil)
  }
}

/// Adds up what the change of each group's mean is made of.
///
/// With v = 1/n at each end an account's own parts count v̄ times, and every account, be it there at one end only, adds (s̄ − M̄)·Δv;
/// v is the same for all accounts of a group, so that plain sums are enough until all are known.
private struct MeanChange {
  /// Where an account is at one end.
  private struct Side {
    var group: String
    var score: Double
  }
  private struct Key: Hashable {
    var card: Int
    var part: Int?
    var kind: Decomposition.Kind
  }
  private struct Sum {
    var amount = 0.0
    var accounts = 0
  }
  private struct GroupSums {
    var before = PortfolioWhyReport.End(accounts: 0, unknown: 0)
    var after = PortfolioWhyReport.End(accounts: 0, unknown: 0)
    var scores = (before: 0.0, after: 0.0)
    var own: [Key: Sum] = [:]
    /// Sums of s̄.
    var mix: [WhyPart.Mix: Sum] = [:]
  }

  private let selection: CardSelection
  private var sums: [String: GroupSums] = [:]

  init(_ selection: CardSelection) { self.selection = selection }

  mutating func add(_ viewpoint: Viewpoint, days: ClosedRange<Day>, _ filter: AttributeFilter, by attribute: String?) throws {
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
    var (sides, isCounted): ([Side?], [Bool]) = ([], [])
    for end in 0...1 {
      let card = cards[end]
      let isThere = card.map { scores[end][$0].counted[0, place] > 0 } ?? false
      isCounted.append(isThere)
      guard isThere, let card, let group = groups[end] else {
        sides.append(nil)
        continue
      }
      let path = end == 0 ? \GroupSums.before : \GroupSums.after
      sums[group, default: GroupSums()][keyPath: path].accounts += 1
      guard scores[end][card].band(selection.cards[card], 0, place) != nil else {
        sums[group]?[keyPath: path].unknown += 1
        sides.append(nil)
        continue
      }
      let final = scores[end][card].final[0, place]
      if end == 0 { sums[group]?.scores.before += final } else { sums[group]?.scores.after += final }
      sides.append(Side(group: group, score: final))
    }
    switch (sides[0], sides[1]) {
    case (let a?, let b?) where a.group == b.group:
      mix(.stayed, in: a.group, (a.score + b.score) / 2)
      own(scores, cards, in: a.group, place: place)
    case (let a, let b):
      if let a { mix(reason(leaving: sides[1], isCounted[1], groups[1], (.left, .becameUnknown, .movedAway)), in: a.group, a.score) }
      if let b { mix(reason(leaving: sides[0], isCounted[0], groups[0], (.came, .becameKnown, .movedIn)), in: b.group, b.score) }
    }
  }

  /// Why an account is not in the same group at the other end.
  private func reason(
    leaving other: Side?, _ isCounted: Bool, _ group: String?, _ reasons: (WhyPart.Mix, WhyPart.Mix, WhyPart.Mix)
  ) -> WhyPart.Mix {
    if !isCounted { return reasons.0 }
    return other == nil && group != nil ? reasons.1 : reasons.2
  }

  private mutating func mix(_ mix: WhyPart.Mix, in group: String, _ score: Double) {
    sums[group, default: GroupSums()].mix[mix, default: Sum()].amount += score
    sums[group]?.mix[mix]?.accounts += 1
  }

  private mutating func own(_ scores: [[TileScores]], _ cards: [Int?], in group: String, place: Int) {
    guard let first = cards[0], let last = cards[1] else { return }
    let card = selection.cards[first]
    let parts = Decomposition.parts(
      from: ScoreState(scores[0][first], card, row: 0, place: place), to: ScoreState(scores[1][first], card, row: 0, place: place),
      switched: first == last ? nil : scores[1][last].final[0, place])
    for part in parts {
      let key = Key(card: first, part: part.input, kind: part.kind)
      sums[group]?.own[key, default: Sum()].amount += part.amount
      sums[group]?.own[key]?.accounts += 1
    }
  }

  // MARK: What comes of it

  func groups(isGrouped: Bool) -> [PortfolioWhyReport.Group] {
    let names = sums.isEmpty && !isGrouped ? [""] : sums.keys.sorted()
    return names.map { name in
      let sums = sums[name] ?? GroupSums()
      var (before, after) = (sums.before, sums.after)
      let numbers = (Double(before.accounts - before.unknown), Double(after.accounts - after.unknown))
      if numbers.0 > 0 { before.mean = sums.scores.before / numbers.0 }
      if numbers.1 > 0 { after.mean = sums.scores.after / numbers.1 }
      var group = PortfolioWhyReport.Group(name: isGrouped ? name : nil, before: before, after: after, parts: [])
      if let a = before.mean, let b = after.mean {
        group.change = b - a
        group.parts = parts(sums, share: (1 / numbers.0, 1 / numbers.1), level: (a + b) / 2)
      }
      return group
    }
  }

  private func parts(_ sums: GroupSums, share: (before: Double, after: Double), level: Double) -> [WhyPart] {
    // In the order of the cards, so that equal parts always come alike.
    let kinds = Decomposition.Kind.allCases
    let keys = sums.own.keys.sorted {
      ($0.card, $0.part ?? .max, kinds.firstIndex(of: $0.kind) ?? 0) < ($1.card, $1.part ?? .max, kinds.firstIndex(of: $1.kind) ?? 0)
    }
    var parts = keys.map { key in
      let sum = sums.own[key] ?? Sum()
      let amount = sum.amount * (share.before + share.after) / 2
      var part = WhyPart(Decomposition.Part(kind: key.kind, input: key.part, amount: amount), of: selection.cards[key.card])
      part.accounts = sum.accounts
      return part
    }
    for mix in WhyPart.Mix.allCases {
      guard let sum = sums.mix[mix] else { continue }
      let change: Double =
        switch mix {
        case .stayed: share.after - share.before
        case .came, .becameKnown, .movedIn: share.after
        case .left, .becameUnknown, .movedAway: -share.before
        }
      parts.append(WhyPart(kind: .mix, mix: mix, amount: (sum.amount - Double(sum.accounts) * level) * change, accounts: sum.accounts))
    }
    return WhyPart.sorted(parts.filter { $0.amount != 0 })
  }
}
