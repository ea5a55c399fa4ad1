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
    let with = Set(zip(accounts, happened).filter { $1 }.map(\.0))
    outcomes = with.count
    baseRate = n > 0 ? Double(events) / Double(n) : nil
    let without = Set(zip(accounts, happened).filter { !$1 }.map(\.0)).count
    guard outcomes >= Self.leastOutcomes, without >= Self.leastOutcomes, rounds > 1 else { return }
    let ranked = RankedOutcomes(risks: risks, happened: happened, clusters: JudgedRanking.numbered(accounts))
    interval = ranked.aucInterval(rounds: rounds)
    guard interval != nil else { return }
    (auc, averagePrecision, liftTopDecile) = (ranked.auc, ranked.averagePrecision, ranked.lift(ofTop: 0.1))
  }

  /// The accounts as numbers from 0 without gaps, by their ids: what is drawn are those that are there.
  static func numbered(_ accounts: [Int]) -> [Int] {
    let numbers = Dictionary(uniqueKeysWithValues: Set(accounts).sorted().enumerated().map { ($1, $0) })
    return accounts.map { numbers[$0] ?? 0 }
  }
}
