import Health
import Storage

/// Every counted account's score on one day.
package struct ScoreReport: Codable, Hashable, Sendable {
  /// One account.
  package struct Row: Codable, Hashable, Sendable, ListedAccount {
    package var account: String
    package var name: String
    package var revenue: Double?
    package var standing: AccountScore
    /// What was asked for beside, in the order of the report's `with`.
    package var with: [Extras.Value] = []
    /// Since when it has been away, where those that left are listed too.
    package var leftOn: Day?
  }

  /// The card, or the outcome whose cards were used.
  package var card: String
  package var asOf: Day
  package var knownBy: Int64?
  package var filter: String
  /// Counted accounts that the filter leaves.
  package var accounts: Int
  package var unknown: Int
  /// The mean final score of those that are not unknown.
  package var mean: Double?
  package var revenue: Double?
  package var bands: [BandCount]
  /// The groups of the card, or of all the outcome's cards, in their order.
  package var groups: [String]
  package var rows: [Row]
  /// The attributes and signals that are told beside.
  package var with: [String] = []
  /// Whether those that left are listed too.
  package var isWithGone: Bool

  /// The figures above the list ignore the request's `bands` and `top`.
  package init(_ viewpoint: Viewpoint, _ selection: CardSelection, asOf: Day, _ request: ListRequest = ListRequest()) throws {
    try viewpoint.requireAttributes(request.filter.conditions.map(\.attribute))
    let wanted = try ScoreReport.bands(request.bands, of: selection.cards)
    (card, self.asOf, knownBy) = (selection.name, asOf, viewpoint.knownBy)
    filter = request.filter.description
    let extras = try Extras(request.with, viewpoint)
    with = extras.names
    let order = try ListOrder(request.sort ?? "score", among: ScoreReport.fields, with: with)
    isWithGone = viewpoint.countsGone
    let all = try ScoreReport.rows(viewpoint, selection, asOf: asOf, request.filter, extras)
    var tally = BandTally(selection.cards)
    var (sum, revenue) = (0.0, 0.0)
    for row in all {
      tally.add(row.standing.band, revenue: row.revenue ?? .nan)
      revenue += row.revenue ?? 0
      if !row.standing.isUnknown { sum += row.standing.score ?? 0 }
    }
    accounts = all.count
    unknown = all.filter(\.standing.isUnknown).count
    mean = accounts > unknown ? sum / Double(accounts - unknown) : nil
    self.revenue = viewpoint.revenue == nil ? nil : revenue
    bands = tally.counts(hasRevenue: viewpoint.revenue != nil)
    var seen: Set<String> = []
    groups = selection.cards.flatMap { $0.groups.map(\.name) }.filter { seen.insert($0).inserted }
    let kept = wanted.map { names in all.filter { names.contains($0.standing.band) } } ?? all
    rows = Array(order.sorted(kept).prefix(request.top ?? .max))
  }

  /// The rows of all counted accounts that the filter leaves, by id.
  private static func rows(
    _ viewpoint: Viewpoint, _ selection: CardSelection, asOf: Day, _ filter: AttributeFilter, _ extras: Extras
  ) throws -> [Row] {
    let names = selection.attributes.union(filter.conditions.map(\.attribute)).union(["name"]).union(extras.attributes)
    let revenue = viewpoint.revenue.map { [$0] } ?? []
    let book = try AttributeBook(names, viewpoint)
    let accounts = Dictionary(uniqueKeysWithValues: try viewpoint.history.accounts(viewpoint.knowledge).map { ($0.id, $0) })
    let portfolio = Portfolio(viewpoint)
    let days = (asOf - AccountScore.trendSpan)...asOf
    let last = AccountScore.trendSpan
    var rows: [(id: Int, row: Row)] = []
    for (index, card) in selection.cards.enumerated() {
      try portfolio.sweep(card, days: days, beside: revenue + extras.expressions) { scores in
        let members = viewpoint.countsGone ? try viewpoint.memberships(scores.accounts, asOf: asOf) : []
        for (place, id) in scores.accounts.enumerated() where scores.counted[last, place] > 0 {
          guard let account = accounts[id], filter.matches({ book.value($0, of: id, on: asOf) }),
            selection.applies(index, attributes: { book.values(of: id, on: asOf) })
          else { continue }
          let standing = AccountScore(scores, card, row: last, place: place, before: 0)
          let worth = revenue.isEmpty ? .nan : scores.beside[0][last, place]
          let with =
            extras.names.isEmpty
            ? []
            : try extras.values(
              attribute: { book.value($0, of: id, on: asOf) }, measured: { scores.beside[revenue.count + $0][last, place] })
          rows.append(
            (
              id,
              Row(
                account: account.key, name: book.name(of: account, on: asOf), revenue: worth.isNaN ? nil : worth, standing: standing,
                with: with, leftOn: members.isEmpty ? nil : members[place].left(by: asOf))
            ))
        }
      }
    }
    return selection.cards.count == 1 ? rows.map(\.row) : rows.sorted { $0.id < $1.id }.map(\.row)
  }

  /// The names of the bands that words mean; nil for all.
  static func bands(_ words: [String], of cards: [Card]) throws -> Set<String>? {
    guard !words.isEmpty else { return nil }
    let bands = cards.flatMap(\.bands)
    var names: Set<String> = []
    for word in words.map({ $0.lowercased() }) {
      let found = bands.filter { $0.name.lowercased() == word || $0.color.lowercased() == word }.map(\.name)
      names.formUnion(word == Card.unknownBand ? [Card.unknownBand] : found)
      guard word == Card.unknownBand || !found.isEmpty else {
        let known = BandTally(cards).counts.map { "\($0.band) (\($0.color ?? ""))" }.joined(separator: ", ")
        throw Problem("unknown-band", .usage, "there is no band \"\(word)\" in this card", hint: "the bands are \(known), and unknown")
      }
    }
    return names
  }
}

extension ScoreReport {
  /// What its list can be sorted by.
  static var fields: KeyValuePairs<String, SortKey<Row>> {
    [
      "score": .number { $0.standing.isUnknown ? nil : $0.standing.score }, "raw": .number(\.standing.raw),
      "coverage": .number(\.standing.coverage), "trend_30d": .number(\.standing.trend), "trend": .number(\.standing.trend),
      "revenue": .number(\.revenue), "account": .text(\.account), "name": .text(\.name), "band": .text(\.standing.band),
      "left_on": .number { $0.leftOn.map { Double($0.number) } },
    ]
  }
}
