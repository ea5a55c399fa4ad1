import Health

/// How well a ranking tells accounts with the outcome from those without.
package struct JudgedRanking: Codable, Hashable, Sendable {
  /// Observations: accounts on days.
  package var n: Int
  /// Those of them that the outcome followed within the horizon.
  package var events: Int
  /// Accounts with the outcome; several observations may have seen the same one coming.
  package var outcomes: Int
  /// Events ÷ observations; nil where there is none.
  package var baseRate: Double?
  /// Whether enough accounts had the outcome, and enough had not, for any figure but a count to say something.
  package var isEnough: Bool
  /// Nil where there is not enough to say.
  package var auc: Double?
  package var interval: Interval?
  package var averagePrecision: Double?
  /// The rate among the tenth with the highest risk ÷ the base rate.
  package var liftTopDecile: Double?

  /// Fewer accounts with the outcome, or without it, say nothing.
  package static let leastOutcomes = 10

  /// Whether the interval of the AUC is above one half; nil where there is not enough to say.
  package var predicts: Bool? { interval.map { $0.low > 0.5 } }

  init(risks: [Double], happened: [Bool], accounts: [Int], rounds: Int) {
    n = risks.count
    events = happened.count { $0 }
    (outcomes, isEnough) = JudgedRanking.outcomes(of: accounts, happened)
    baseRate = n > 0 ? Double(events) / Double(n) : nil
    guard isEnough, rounds > 1 else { return }
    let ranked = RankedOutcomes(risks: risks, happened: happened, clusters: JudgedRanking.numbered(accounts))
    interval = ranked.aucInterval(rounds: rounds)
    guard interval != nil else { return }
    (auc, averagePrecision, liftTopDecile) = (ranked.auc, ranked.averagePrecision, ranked.lift(ofTop: 0.1))
  }

  /// How many accounts had the outcome, and whether they, and those that had not, are enough.
  static func outcomes(of accounts: [Int], _ happened: [Bool]) -> (count: Int, areEnough: Bool) {
    var (with, without): (Set<Int>, Set<Int>) = ([], [])
    for (account, happened) in zip(accounts, happened) { if happened { with.insert(account) } else { without.insert(account) } }
    return (with.count, min(with.count, without.count) >= leastOutcomes)
  }

  /// The accounts as numbers from 0 without gaps, by their ids: what is drawn are those that are there.
  static func numbered(_ accounts: [Int]) -> [Int] {
    let numbers = Dictionary(uniqueKeysWithValues: Set(accounts).sorted().enumerated().map { ($1, $0) })
    return accounts.map { numbers[$0] ?? 0 }
  }
}
