import Health
import Storage

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
    /// Days until the contract ends; nil unless renewals are expected.
    var due: Int?

    /// Whether the outcome can come in a month, counted from 1.
    func mayIn(_ month: Int) -> Bool { due.map { ForecastReport.isIn(month, $0) } ?? true }
  }

  private(set) var accounts: [One] = []
  private(set) var unknown = 0

  init(
    _ viewpoint: Viewpoint, _ selection: CardSelection, _ past: Observations, months: Int, asOf: Day, filter: AttributeFilter,
    attribute: String?
  ) throws {
    var request = ListRequest(filter: filter)
    request.with = (attribute.map { [$0] } ?? []) + (past.asksForRenewal ? [ShowReport.renewal] : [])
    request.sort = "account"
    for row in try ScoreReport(viewpoint, selection, asOf: asOf, request).rows {
      var due: Int?
      if past.asksForRenewal {
        guard let renewal = row.with.last?.text.flatMap({ Day($0) }),
          (1...ForecastReport.month * months).contains(renewal - asOf - past.lag)
        else { continue }
        due = renewal - asOf - past.lag
      }
      guard !row.standing.isUnknown, let score = row.standing.score else {
        unknown += 1
        continue
      }
      accounts.append(
        One(
          key: row.account, name: row.name, score: score, band: row.standing.band, worth: row.revenue ?? .nan,
          group: attribute == nil ? "" : row.with.first?.text ?? "", due: due))
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
  private let groups: [String]

  init(_ maps: OutcomeMaps, _ accounts: [StandingNow.One], isPriced: Bool) {
    (self.maps, self.accounts, self.isPriced) = (maps, accounts, isPriced)
    probabilities = maps.counts.indices.map { month in
      guard maps.isTold(month), let fit = maps.fit(month) else { return nil }
      return accounts.map { $0.mayIn(month + 1) ? fit.value(at: $0.score) : 0 }
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
          group: isGrouped ? groups[group] : nil,
          accounts: accounts.indices.count { groupOf[$0] == group && accounts[$0].mayIn(month + 1) }, pastOutcomes: maps.counts[month])
        guard let own = probabilities[month] else {
          row.why = "\(maps.counts[month]) past outcomes so far ahead, and \(ForecastReport.leastOutcomes) are needed"
          return row
        }
        let members = own.indices.filter { groupOf[$0] == group }
        row.expected = members.reduce(0) { $0 + own[$1] }
        row.interval = Interval(middleOf: draws[month].map { $0[group].count })
        if isPriced {
          row.amount = members.reduce(0) { worth($1).isNaN ? $0 : $0 + own[$1] * worth($1) }
          row.amountInterval = Interval(middleOf: draws[month].map { $0[group].amount })
        }
        return row
      }
    }
  }

  /// What the outcome of an account comes to.
  private func worth(_ place: Int) -> Double { maps.meanAmount ?? accounts[place].worth }

  /// Each round draws the accounts of the past anew, fits again, and lets chance decide for each account.
  private func simulate(_ month: Int, _ groupOf: [Int], _ groupCount: Int) -> [[(count: Double, amount: Double)]] {
    var draws = SeededDraws(seed: RankedOutcomes.seed &+ UInt64(month))
    return (0..<ForecastReport.rounds).compactMap { _ in
      guard let fit = maps.fit(month, drawn: draws.multiplicities(of: maps.accounts)) else { return nil }
      var sums = [(count: Double, amount: Double)](repeating: (0, 0), count: groupCount)
      for (place, one) in accounts.enumerated() where one.mayIn(month + 1) && draws.unit() < fit.value(at: one.score) {
        sums[groupOf[place]].count += 1
        if !worth(place).isNaN { sums[groupOf[place]].amount += worth(place) }
      }
      return sums
    }
  }
}
