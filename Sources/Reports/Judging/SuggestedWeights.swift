import Health

/// Weights that the outcomes up to a day suggest: a logistic fit on points whose coefficients are not negative.
struct SuggestedWeights {
  /// By input, 100 together; nil where nothing can be suggested.
  private(set) var weights: [Double]?
  private(set) var whyNone: String?
  private(set) var trainedFrom = Day(0)
  private(set) var trainedTo = Day(0)
  private(set) var judgedFrom = Day(0)

  /// How far the fit is held back: ½ · penalty · Σ coefficient², on inputs from 0 to 1 and the mean loss.
  static let penalty = 1e-3
  /// Less than this of 100 is not worth an input; a card's lint says the same.
  static let least = 2.0

  init(_ columns: InputColumns, _ observations: Observations, before: Day?) {
    let days = observations.days
    let seen = Set(columns.rows.map(\.day)).sorted()
    let split = before.map { day in days.firstIndex { $0 >= day } ?? days.count } ?? (seen.isEmpty ? 0 : seen[seen.count * 2 / 3])
    guard split > seen.first ?? 0, split <= seen.last ?? -1 else {
      whyNone = "there are no days left to \(split <= seen.first ?? 0 ? "learn from" : "judge it on")"
      return
    }
    judgedFrom = days[split]
    // What is learned from must be over before what it is judged on begins.
    let learned = seen.filter { days[$0] + observations.lag + observations.request.horizon < days[split] }
    guard let first = learned.first, let last = learned.last else {
      whyNone = "the outcomes of the days before \(judgedFrom) are not known by then"
      return
    }
    (trainedFrom, trainedTo) = (days[first], days[last])
    let rows = columns.rows.indices.filter { columns.rows[$0].day <= last }
    let happened = rows.map { columns.rows[$0].happened }
    let accounts = Set(rows.filter { columns.rows[$0].happened }.map { columns.rows[$0].account })
    guard accounts.count >= JudgedRanking.leastOutcomes else {
      whyNone = "only \(accounts.count) accounts had the outcome after the days up to \(trainedTo)"
      return
    }
    let fit = LogisticFit(
      columns: columns.points.map { SuggestedWeights.filled(rows, $0, columns) }, happened: happened, penalty: Self.penalty)
    weights = SuggestedWeights.rounded(fit.coefficients)
    if weights == nil { whyNone = "no input speaks for the outcome in the direction that the card takes it" }
  }

  /// From 0 to 1 towards the outcome; what is not known counts as the mean of what is.
  private static func filled(_ rows: [Int], _ points: [Double], _ columns: InputColumns) -> [Double] {
    let values = rows.map { columns.risk(points[$0]) / 100 }
    let known = values.filter { !$0.isNaN }
    let mean = known.isEmpty ? 0.5 : known.reduce(0, +) / Double(known.count)
    return values.map { $0.isNaN ? mean : $0 }
  }

  /// As shares of 100, the smallest left out.
  private static func rounded(_ coefficients: [Double]) -> [Double]? {
    var shares = coefficients
    for _ in 0..<2 {
      let sum = shares.reduce(0, +)
      guard sum > 0 else { return nil }
      shares = shares.map { $0 / sum * 100 < least ? 0 : $0 / sum * 100 }
    }
    return shares
  }
}
