import Foundation

/// How points lose their say with age.
enum Drift {
  /// 1 up to `fresh`, then halved every `fresh` days.
  static func factor(age: Double, fresh: Double) -> Double { age <= fresh ? 1 : exp2(-(age - fresh) / fresh) }
}

extension Card {
  /// The name of the band of accounts whose coverage is below the card's floor, or that have no score.
  public static let unknownBand = "unknown"

  /// The score as people see it: rounded half up; a hair below a half, from binary fractions, counts as the half.
  public static func shown(_ score: Double) -> Int { Int((score + 0.5 + 1e-9).rounded(.down)) }

  /// The band of a score; nil for unknown.
  public func band(score: Double, coverage: Double) -> Band? {
    guard !score.isNaN, coverage + 1e-9 >= coverageFloor else { return nil }
    return band(shown: Card.shown(score))
  }

  /// The band that a shown score falls into.
  public func band(shown: Int) -> Band? { bandIndex(shown: shown).map { bands[$0] } }

  /// The place of a shown score's band in `bands`.
  public func bandIndex(shown: Int) -> Int? {
    bands.lastIndex { $0.includesStart ? Double(shown) >= $0.start : Double(shown) > $0.start }
  }
}
