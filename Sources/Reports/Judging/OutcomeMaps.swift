import Health

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
  /// What an event comes to where that is not what the account is worth.
  let meanAmount: Double?

  init(_ past: Observations, months: Int) throws {
    isBad = past.outcomes.isBad
    meanAmount = past.outcomes.isBad || past.asksForRenewal ? nil : past.outcomes.meanAmount
    var rows: [Observation] = []
    try past.forEach { one, _ in rows.append(one) }
    observations = rows.count
    days = past.span(rows).days
    let numbers = JudgedRanking.numbered(rows.map(\.account))
    accounts = (numbers.max() ?? -1) + 1
    let order = rows.indices.sorted { (rows[$0].score, $0) < (rows[$1].score, $1) }
    for month in 1...months {
      let end = ForecastReport.month * month
      // Only days whose month is over can tell whether the outcome came in it. By score, so that each of many fits goes through its
      // sums in order.
      let grace = past.asksForRenewal ? ForecastReport.month : 0
      let told = order.filter { index in
        past.days[rows[index].day] + past.lag + end + grace <= past.lastDay
          && rows[index].due.map { ForecastReport.isIn(month, $0) } ?? true
      }
      var places: [Double] = []
      let all = told.map { index -> (place: Int, happened: Bool, account: Int32) in
        if places.last != rows[index].score { places.append(rows[index].score) }
        // A contract counts in the month in which it ends, whenever around that day it is renewed.
        let happened = rows[index].ahead.map { grace > 0 ? $0 <= end + grace : ForecastReport.isIn(month, $0) } ?? false
        return (places.count - 1, happened, Int32(numbers[index]))
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
