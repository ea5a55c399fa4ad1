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
    (request.reach, request.every) = (Self.month * count, Self.month)
    let past = try Observations(viewpoint, selection, request, today: min(today, asOf))
    let maps = try OutcomeMaps(past, months: count)
    let now = try StandingNow(viewpoint, selection, past, asOf: asOf, filter: filter, attribute: attribute)
    (card, self.outcome, isBad, self.asOf) = (selection.name, outcome.name, past.outcomes.isBad, asOf)
    (self.filter, by, days, observations) = (filter.description, attribute, maps.days, maps.observations)
    (unknown, unpriced) = (now.unknown, viewpoint.revenue == nil ? nil : now.accounts.count { $0.worth.isNaN })
    guard maps.counts.contains(where: { $0 >= Self.leastOutcomes }) else {
      throw Problem(
        "thin-history", .failure,
        "too little happened for a forecast: \(maps.counts.max() ?? 0) past outcomes in the month that has most, and \(Self.leastOutcomes) are needed",
        hint: "import more history, or outcomes of more accounts")
    }
    let simulated = Simulation(maps, now.accounts, isPriced: viewpoint.revenue != nil)
    months = simulated.months(asOf: asOf + past.lag, isGrouped: attribute != nil)
    rows = now.rows(simulated.probabilities)
  }
}

/// What scores came to in each month after them.
struct OutcomeMaps {
  /// By month: distinct scores ascending, and which of them each observation has.
  struct Past {
    var places: [Double]
    var rows: [(place: Int, happened: Bool, account: Int32)]
  }

  private(set) var pasts: [Past] = []
  /// Past outcomes by month.
  private(set) var counts: [Int] = []
  private(set) var observations = 0
  private(set) var days = 0
  /// How many accounts there are to draw from.
  private(set) var accounts = 0
  let isBad: Bool

  init(_ past: Observations, months: Int) throws {
    isBad = past.outcomes.isBad
    var rows: [Observation] = []
    try past.forEach { one, _ in rows.append(one) }
    observations = rows.count
    days = past.span(rows).days
    let numbers = JudgedRanking.numbered(rows.map(\.account))
    accounts = (numbers.max() ?? -1) + 1
    for month in 1...months {
      let end = ForecastReport.month * month
      // Only days whose month is over can tell whether the outcome came in it.
      let told = rows.indices.filter { past.days[rows[$0].day] + past.lag + end <= past.lastDay }
      let places = Array(Set(told.map { rows[$0].score })).sorted()
      let numbered = Dictionary(uniqueKeysWithValues: places.enumerated().map { ($1, $0) })
      let all = told.map { index -> (place: Int, happened: Bool, account: Int32) in
        let happened = rows[index].ahead.map { $0 > end - ForecastReport.month && $0 <= end } ?? false
        return (numbered[rows[index].score] ?? 0, happened, Int32(numbers[index]))
      }
      pasts.append(Past(places: places, rows: all))
      counts.append(all.count { $0.happened })
    }
  }

  /// Whether so many months ahead enough is known.
  func isTold(_ month: Int) -> Bool { counts[month] >= ForecastReport.leastOutcomes }

  /// The probability by score; `drawn` says how often each account counts.
  func fit(_ month: Int, drawn: [Int32]? = nil) -> IsotonicFit? {
    let past = pasts[month]
    var (sums, masses) = ([Double](repeating: 0, count: past.places.count), [Double](repeating: 0, count: past.places.count))
    for row in past.rows {
      let weight = Double(drawn?[Int(row.account)] ?? 1)
      masses[row.place] += weight
      if row.happened { sums[row.place] += weight }
    }
    return IsotonicFit(places: past.places, sums: sums, masses: masses, isFalling: isBad)
  }
}

/// The accounts at risk on the day that a forecast starts from.
struct StandingNow {
  struct One {
    var key: String
    var name: String
    var score: Double
    var band: String
    /// NaN where nothing tells.
    var worth: Double
    var group: String
  }

  private(set) var accounts: [One] = []
  private(set) var unknown = 0

  init(
    _ viewpoint: Viewpoint, _ selection: CardSelection, _ past: Observations, asOf: Day, filter: AttributeFilter, attribute: String?
  ) throws {
    var request = ListRequest(filter: filter)
    request.with = (attribute.map { [$0] } ?? []) + (past.asksForRenewal ? [ShowReport.renewal] : [])
    request.sort = "account"
    for row in try ScoreReport(viewpoint, selection, asOf: asOf, request).rows {
      if past.asksForRenewal {
        guard let renewal = row.with.last?.text.flatMap({ Day($0) }), past.isDue(renewal, after: asOf) else { continue }
      }
      guard !row.standing.isUnknown, let score = row.standing.score else {
        unknown += 1
        continue
      }
      accounts.append(
        One(
          key: row.account, name: row.name, score: score, band: row.standing.band, worth: row.revenue ?? .nan,
          group: attribute == nil ? "" : row.with.first?.text ?? ""))
    }
  }

  /// By the probability of the outcome in the months that are told.
  func rows(_ probabilities: [[Double]?]) -> [ForecastReport.Row] {
    accounts.enumerated().map { place, one in
      let own = probabilities.map { $0?[place] }
      return ForecastReport.Row(
        account: one.key, name: one.name, score: one.score, band: one.band, revenue: one.worth.isNaN ? nil : one.worth,
        probabilities: own, total: min(1, own.reduce(0) { $0 + ($1 ?? 0) }))
    }.sorted { ($1.total, $0.account) < ($0.total, $1.account) }
  }
}

/// What may come: probabilities from the past as it was, and intervals from pasts drawn anew and chance on top.
struct Simulation {
  private let maps: OutcomeMaps
  private let accounts: [StandingNow.One]
  private let isPriced: Bool
  /// By month and account; nil where the month is not told.
  let probabilities: [[Double]?]
  /// By month, round and account: whether it came.
  private var groups: [String] = []

  init(_ maps: OutcomeMaps, _ accounts: [StandingNow.One], isPriced: Bool) {
    (self.maps, self.accounts, self.isPriced) = (maps, accounts, isPriced)
    probabilities = maps.counts.indices.map { month in
      guard maps.isTold(month), let fit = maps.fit(month) else { return nil }
      return accounts.map { fit.value(at: $0.score) }
    }
    groups = Set(accounts.map(\.group)).sorted()
  }

  func months(asOf: Day, isGrouped: Bool) -> [ForecastReport.Month] {
    let groups = isGrouped ? groups : [""]
    let numbered = Dictionary(uniqueKeysWithValues: groups.enumerated().map { ($1, $0) })
    let groupOf = accounts.map { isGrouped ? numbered[$0.group] ?? 0 : 0 }
    let draws = maps.counts.indices.map { probabilities[$0] == nil ? [] : simulate($0, groupOf, groups.count) }
    return groups.indices.flatMap { group in
      maps.counts.indices.map { month in
        var row = ForecastReport.Month(
          month: month + 1, from: asOf + month * ForecastReport.month + 1, to: asOf + (month + 1) * ForecastReport.month,
          group: isGrouped ? groups[group] : nil, accounts: groupOf.count { $0 == group }, pastOutcomes: maps.counts[month])
        guard let own = probabilities[month] else {
          row.why = "\(maps.counts[month]) past outcomes so far ahead, and \(ForecastReport.leastOutcomes) are needed"
          return row
        }
        let members = own.indices.filter { groupOf[$0] == group }
        row.expected = members.reduce(0) { $0 + own[$1] }
        row.interval = Interval(middleOf: draws[month].map { $0[group].count })
        if isPriced {
          row.amount = members.reduce(0) { accounts[$1].worth.isNaN ? $0 : $0 + own[$1] * accounts[$1].worth }
          row.amountInterval = Interval(middleOf: draws[month].map { $0[group].amount })
        }
        return row
      }
    }
  }

  /// Each round draws the accounts of the past anew, fits again, and lets chance decide for each account.
  private func simulate(_ month: Int, _ groupOf: [Int], _ groupCount: Int) -> [[(count: Double, amount: Double)]] {
    var draws = SeededDraws(seed: RankedOutcomes.seed &+ UInt64(month))
    return (0..<ForecastReport.rounds).compactMap { _ in
      guard let fit = maps.fit(month, drawn: draws.multiplicities(of: maps.accounts)) else { return nil }
      var sums = [(count: Double, amount: Double)](repeating: (0, 0), count: groupCount)
      for (place, one) in accounts.enumerated() where draws.unit() < fit.value(at: one.score) {
        sums[groupOf[place]].count += 1
        if !one.worth.isNaN { sums[groupOf[place]].amount += one.worth }
      }
      return sums
    }
  }
}
