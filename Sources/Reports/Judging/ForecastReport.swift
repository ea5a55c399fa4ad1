import Health
import Storage

/// How many accounts the outcome is to be expected of, month by month, from what scores like theirs came to.
package struct ForecastReport: Codable, Hashable, Sendable {
  /// What is expected of a month of 30 days.
  package struct Month: Codable, Hashable, Sendable {
    package var month: Int
    package var from: Day
    package var to: Day
    /// An attribute's value, empty for accounts without one; nil where accounts are not grouped.
    package var group: String?
    package var accounts: Int
    /// The past outcomes so many months ahead that the expectation is made of.
    package var pastOutcomes: Int
    package var expected: Double?
    package var interval: Interval?
    /// What those accounts are worth; nil where the workspace has no signal of that.
    package var amount: Double?
    package var amountInterval: Interval?
    /// Why nothing is expected.
    package var why: String?
  }

  /// One account's probabilities, by month; nil where the month is not told.
  package struct Row: Codable, Hashable, Sendable {
    package var account: String
    package var name: String
    package var score: Double
    package var band: String
    package var revenue: Double?
    package var probabilities: [Double?]
    /// That it comes in one of the months that are told.
    package var total: Double
  }

  package var card: String
  package var outcome: String
  package var isBad: Bool
  package var asOf: Day
  package var filter: String
  package var by: String?
  /// Past days that were looked at, and observations of accounts on them.
  package var days: Int
  package var observations: Int
  /// Accounts at risk whose score is unknown; nothing is expected of them.
  package var unknown: Int
  /// Accounts without revenue, which the amounts leave out; nil where the workspace has no signal of that.
  package var unpriced: Int?
  /// Group by group.
  package var months: [Month]
  /// Highest first.
  package var rows: [Row]

  /// Days in a month.
  package static let month = 30
  /// Whether a day so many days ahead lies in a month, counted from 1.
  static func isIn(_ number: Int, _ ahead: Int) -> Bool { ahead > (number - 1) * month && ahead <= number * month }
  /// Fewer past outcomes so many months ahead say nothing.
  package static let leastOutcomes = 30
  /// How often accounts are drawn.
  static let rounds = 200

  /// `viewpoint` is one of now. Throws `thin-history` where no month can be told.
  package init(
    _ viewpoint: Viewpoint, _ selection: CardSelection, _ outcome: Card.Outcome, months count: Int, asOf: Day,
    filter: AttributeFilter = AttributeFilter(), by attribute: String? = nil, today: Day
  ) throws {
    guard outcome.isEvent else {
      throw Problem(
        "absence-forecast", .usage, "\(outcome.name) is an absence, which has no day of its own and so no month",
        hint: "`vitals backtest` tells its rate by band")
    }
    try viewpoint.requireAttributes(filter.conditions.map(\.attribute) + (attribute.map { [$0.lowercased()] } ?? []))
    var request = JudgingRequest(outcome: outcome, horizon: Self.month)
    // A contract that ends in the last month may be renewed in the one after.
    (request.reach, request.every) = (Self.month * (count + 1), Self.month)
    let past = try Observations(viewpoint, selection, request, today: min(today, asOf))
    let maps = try OutcomeMaps(past, months: count)
    let now = try StandingNow(viewpoint, selection, past, months: count, asOf: asOf, filter: filter, attribute: attribute)
    (card, self.outcome, isBad, self.asOf) = (selection.name, outcome.name, past.outcomes.isBad, asOf)
    (self.filter, by, days, observations) = (filter.description, attribute, maps.days, maps.observations)
    (unknown, unpriced) = (now.unknown, viewpoint.revenue == nil ? nil : now.accounts.count { $0.worth.isNaN })
    guard maps.counts.contains(where: { $0 >= Self.leastOutcomes }) else {
      throw Problem(
        "thin-history", .failure,
        "too little happened for a forecast: \(maps.counts.max() ?? 0) past outcomes in the month that has most, and \(Self.leastOutcomes) are needed",
        hint: "import more history, or outcomes of more accounts")
    }
    guard !now.accounts.isEmpty else {
      throw Problem(
        "nobody-known", .failure, "no account at risk of \(outcome.name) has a known score on \(asOf)",
        hint: "name a day of which the feeds have told, with --as-of")
    }
    let simulated = Simulation(maps, now.accounts, isPriced: viewpoint.revenue != nil)
    months = simulated.months(asOf: asOf + past.lag, isGrouped: attribute != nil)
    rows = now.rows(simulated.probabilities)
  }
}
