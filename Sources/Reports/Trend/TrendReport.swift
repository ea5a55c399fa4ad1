import Health
import Storage

/// How the portfolio moved, period by period: as a whole, by an attribute, by the card's groups or dimensions, or by band.
package struct TrendReport: Codable, Hashable, Sendable {
  /// What the rows are gathered by.
  package enum By: Codable, Hashable, Sendable {
    /// The values of an attribute, as of each period's day.
    case attribute(String)
    /// The groups of the card: the means of their scores.
    case group
    /// The dimensions of the card's signals: the means of their weighted points.
    case dimension
    /// The bands: who is in each.
    case band

    /// `dimension`, `group` and `band` by name, else an attribute.
    package init(_ word: String) {
      switch word.lowercased() {
      case "dimension": self = .dimension
      case "group": self = .group
      case "band": self = .band
      default: self = .attribute(word)
      }
    }

    /// The word that it was asked for by.
    package var word: String {
      switch self {
      case .attribute(let name): name
      case .group: "group"
      case .dimension: "dimension"
      case .band: "band"
      }
    }
  }

  /// Whose knowledge a period is scored with.
  package enum Knowing: Sendable, Hashable {
    /// The viewpoint's, for all periods.
    case viewpoint
    /// What was known at each period's own end, and the settings' `knowledge_lag` later.
    case then
  }

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
    /// The attribute's value (empty for accounts without one), the card's group, the dimension or the band; nil where accounts are not grouped.
    package var group: String?
    package var accounts: Int
    package var unknown: Int
    /// The mean final score of those that are not unknown, or of the group's or dimension's scores.
    package var mean: Double?
    /// The middle one of them, or the mean of the two in the middle.
    package var median: Double?
    /// The mean less that of the period before.
    package var change: Double?
    /// The same as a share of the mean before.
    package var changeShare: Double?
    /// What the accounts are worth together; nil where the workspace has no signal of that.
    package var revenue: Double?
    /// The mean of the scores weighted with revenue; accounts without it are left out.
    package var revenueMean: Double?
    /// How many accounts have no revenue.
    package var unpriced: Int?
    package var bands: [BandCount]
    /// The means of what was asked for beside, over the accounts that have it, in the order of the report's `with`.
    package var with: [Double?]
  }

  /// The card, or the outcome whose cards were used.
  package var card: String
  package var period: Period
  package var days: ClosedRange<Day>
  package var knownBy: Int64?
  /// Whether each period was scored with what was known at its end.
  package var isKnownThen: Bool
  package var filter: String
  package var by: By?
  /// The names of the card's bands, or of all the outcome's cards', worst first.
  package var bands: [String]
  /// Group by group, oldest period first.
  package var rows: [Row]
  /// The signals whose means are told beside.
  package var with: [String]
  /// Names or colour words of the bands that were asked for; empty for all.
  package var inBands: [String]

  /// Periods shown when nobody says from when.
  package static let usualPeriods = 12

  /// The first day of the usual number of periods that end with a day's; not before the period in which the first feed spoke.
  package static func usualStart(_ period: Period, before last: Day, _ viewpoint: Viewpoint) throws -> Day {
    let start = (1..<usualPeriods).reduce(period.start(of: last)) { day, _ in period.start(of: day - 1) }
    guard let first = try viewpoint.firstDay(), first <= last else { return start }
    return max(start, period.start(of: first))
  }

  package init(
    _ viewpoint: Viewpoint, _ selection: CardSelection, period: Period, days: ClosedRange<Day>, _ request: ListRequest = ListRequest(),
    by: By? = nil, knowing: Knowing = .viewpoint
  ) throws {
    let filter = request.filter
    let wanted = try ScoreReport.bands(request.bands, of: selection.cards)
    let beside = try TrendBeside(request.with, viewpoint)
    let order = try TrendOrder(request, by: by, with: beside.names)
    let attribute: String? = if case .attribute(let name)? = by { name.lowercased() } else { nil }
    try viewpoint.requireAttributes(filter.conditions.map(\.attribute) + (attribute.map { [$0] } ?? []))
    (card, self.period, knownBy, self.by) = (selection.name, period, viewpoint.knownBy, by)
    (isKnownThen, self.filter, with) = (knowing == .then, filter.description, beside.names)
    inBands = request.bands
    let spans = period.periods(from: days.lowerBound, to: days.upperBound)
    self.days = (spans.first?.days.lowerBound ?? days.lowerBound)...days.upperBound
    bands = BandTally(selection.cards).counts.map(\.band)
    var sums = TrendSums(selection, spans: spans, by: by, filter: filter, bands: wanted, beside: beside)
    switch knowing {
    case .viewpoint: try sums.add(viewpoint, spans.indices)
    case .then:
      for place in spans.indices {
        let end = viewpoint.history.zone.end(of: spans[place].asOf + viewpoint.settings.knowledgeLag)
        let then = try Viewpoint(viewpoint.history, catalogue: viewpoint.catalogue, settings: viewpoint.settings, knownBy: end)
        try sums.add(then, place..<place + 1)
      }
    }
    rows = order.chosen(sums.rows(hasRevenue: viewpoint.revenue != nil))
  }
}
