import Health
import Storage

/// How the portfolio moved, period by period, as a whole or by the values of an attribute.
package struct TrendReport: Codable, Hashable, Sendable {
  /// One period of one group.
  package struct Row: Codable, Hashable, Sendable {
    /// `2026-W14`, `2026-03`, …
    package var period: String
    package var from: Day
    package var to: Day
    /// The day whose scores stand for the period.
    package var asOf: Day
    /// Whether the period goes on after that day.
    package var isRunning: Bool
    /// The attribute's value, empty for accounts without one; nil where accounts are not grouped.
    package var group: String?
    package var accounts: Int
    package var unknown: Int
    /// The mean final score of those that are not unknown.
    package var mean: Double?
    /// The mean less that of the period before.
    package var change: Double?
    package var revenue: Double?
    package var bands: [BandCount]
  }

  /// The card, or the outcome whose cards were used.
  package var card: String
  package var period: Period
  package var days: ClosedRange<Day>
  package var knownBy: Int64?
  package var filter: String
  /// The attribute that groups the accounts.
  package var by: String?
  /// The names of the card's bands, or of all the outcome's cards', worst first.
  package var bands: [String]
  /// Group by group, oldest period first.
  package var rows: [Row]

  /// Periods shown when nobody says from when.
  package static let usualPeriods = 12

  /// The first day of the usual number of periods that end with a day's; not before the period in which the first feed spoke.
  package static func usualStart(_ period: Period, before last: Day, _ viewpoint: Viewpoint) throws -> Day {
    let start = (1..<usualPeriods).reduce(period.start(of: last)) { day, _ in period.start(of: day - 1) }
    guard let first = try viewpoint.firstDay(), first <= last else { return start }
    return max(start, period.start(of: first))
  }

  package init(
    _ viewpoint: Viewpoint, _ selection: CardSelection, period: Period, days: ClosedRange<Day>, filter: AttributeFilter = AttributeFilter(),
    by attribute: String? = nil
  ) throws {
    try viewpoint.requireAttributes(filter.conditions.map(\.attribute) + (attribute.map { [$0.lowercased()] } ?? []))
    (card, self.period, knownBy, by) = (selection.name, period, viewpoint.knownBy, attribute)
    self.filter = filter.description
    let spans = period.periods(from: days.lowerBound, to: days.upperBound)
    self.days = (spans.first?.days.lowerBound ?? days.lowerBound)...days.upperBound
    bands = BandTally(selection.cards).counts.map(\.band)
    var sums = Sums(selection, spans: spans)
    try sums.add(viewpoint, selection, filter, by: attribute?.lowercased())
    let groups = sums.groups.keys.sorted()
    rows = (attribute == nil && groups.isEmpty ? [""] : groups).flatMap { group in
      sums.rows(of: group, named: attribute == nil ? nil : group, hasRevenue: viewpoint.revenue != nil)
    }
  }
}

/// What one period of one group adds up to.
private struct PeriodSum {
  var accounts = 0
  var unknown = 0
  var scores = 0.0
  var revenue = 0.0
  var bands: BandTally
}

/// The sums of all periods, by group.
private struct Sums {
  let spans: [PeriodSpan]
  let cards: [Card]
  /// Where each group stands in `sums`.
  var groups: [String: Int] = [:]
  var sums: [[PeriodSum]] = []

  init(_ selection: CardSelection, spans: [PeriodSpan]) { (self.spans, cards) = (spans, selection.cards) }

  /// Sweeps each card over all days once, and takes the periods' last days.
  mutating func add(_ viewpoint: Viewpoint, _ selection: CardSelection, _ filter: AttributeFilter, by attribute: String?) throws {
    guard let first = spans.first, let last = spans.last else { return }
    let names = selection.attributes.union(filter.conditions.map(\.attribute)).union(attribute.map { [$0] } ?? [])
    let book = try AttributeBook(names, viewpoint)
    for (index, card) in cards.enumerated() {
      try Portfolio(viewpoint).sweep(card, days: first.asOf...last.asOf, beside: viewpoint.revenue.map { [$0] } ?? []) { scores in
        for (period, span) in spans.enumerated() {
          let row = span.asOf - first.asOf
          for (place, id) in scores.accounts.enumerated() where scores.counted[row, place] > 0 {
            guard filter.matches({ book.value($0, of: id, on: span.asOf) }),
              selection.applies(index, attributes: { book.values(of: id, on: span.asOf) })
            else { continue }
            let group = attribute.map { book.value($0, of: id, on: span.asOf) ?? "" } ?? ""
            count(scores, card, row: row, place: place, period: period, group: group)
          }
        }
      }
    }
  }

  private mutating func count(_ scores: TileScores, _ card: Card, row: Int, place: Int, period: Int, group: String) {
    let index = self.index(of: group)
    sums[index][period].accounts += 1
    let worth = scores.beside.first.map { $0[row, place] } ?? .nan
    if !worth.isNaN { sums[index][period].revenue += worth }
    let final = scores.final[row, place]
    guard let band = scores.band(card, row, place) else {
      sums[index][period].unknown += 1
      return
    }
    sums[index][period].scores += final
    sums[index][period].bands.add(band.name)
  }

  private mutating func index(of group: String) -> Int {
    if let index = groups[group] { return index }
    sums.append(spans.map { _ in PeriodSum(bands: BandTally(cards)) })
    groups[group] = sums.count - 1
    return sums.count - 1
  }

  func rows(of group: String, named name: String?, hasRevenue: Bool) -> [TrendReport.Row] {
    let sums = groups[group].map { self.sums[$0] } ?? spans.map { _ in PeriodSum(bands: BandTally(cards)) }
    var before: Double?
    return zip(spans, sums).map { span, sum in
      let mean = sum.accounts > sum.unknown ? sum.scores / Double(sum.accounts - sum.unknown) : nil
      let change = mean.flatMap { now in before.map { now - $0 } }
      before = mean
      return TrendReport.Row(
        period: span.label, from: span.days.lowerBound, to: span.days.upperBound, asOf: span.asOf, isRunning: span.isRunning, group: name,
        accounts: sum.accounts, unknown: sum.unknown, mean: mean, change: change, revenue: hasRevenue ? sum.revenue : nil,
        bands: sum.bands.counts)
    }
  }
}
