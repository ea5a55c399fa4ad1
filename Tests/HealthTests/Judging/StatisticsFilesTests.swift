import Foundation
import Health
import Testing

/// Writes what our statistics make of made-up data, for Tests/Checks/statistics_check.py to compare with scikit-learn and scipy.
///
/// Without VITALS_CHECK_OUT there is no folder to write to, and nothing to do.
@Suite(
  "Statistics for others to check",
  .enabled(if: ProcessInfo.processInfo.environment["VITALS_CHECK_OUT"] != nil, "VITALS_CHECK_OUT is not set"))
struct StatisticsFilesTests {
  private struct Ranking: Encodable {
    var risks: [Double]
    var happened: [Bool]
    var auc: Double?
    var averagePrecision: Double?
    var binned: [CalibrationBin]
    var isotonicX: [Double]
    var isotonicY: [Double]
    var places: [Double]
    var isotonicAtPlaces: [Double]
    var fallingAtPlaces: [Double]
  }

  private struct Fit: Encodable {
    var columns: [[Double]]
    var happened: [Bool]
    var penalty: Double
    var intercept: Double
    var coefficients: [Double]
  }

  private func write(_ value: some Encodable, to name: String) throws {
    let folder = try #require(ProcessInfo.processInfo.environment["VITALS_CHECK_OUT"])
    try JSONEncoder().encode(value).write(to: URL(fileURLWithPath: folder).appendingPathComponent(name))
  }

  @Test(arguments: 0..<12) func rankings(_ seed: Int) throws {
    var draws = SeededDraws(seed: UInt64(seed))
    let count = 30 + draws.below(seed % 3 == 0 ? 3000 : 200)
    // Every second one has many ties, as shown scores have.
    let risks = (0..<count).map { _ in seed % 2 == 0 ? draws.unit() : Double(draws.below(30)) / 30 }
    var happened = risks.map { draws.unit() < 0.1 + 0.3 * $0 }
    (happened[0], happened[1]) = (true, false)
    let ranked = RankedOutcomes(risks: risks, happened: happened)
    let y = happened.map { $0 ? 1.0 : 0.0 }
    let (rising, falling) = (
      try #require(IsotonicFit(x: risks, y: y)), try #require(IsotonicFit(x: risks, y: y, isFalling: true))
    )
    let places = (0..<50).map { _ in draws.unit() * 1.2 - 0.1 }
    try write(
      Ranking(
        risks: risks, happened: happened, auc: ranked.auc, averagePrecision: ranked.averagePrecision,
        binned: Calibration.bins(risks, happened: happened), isotonicX: rising.x, isotonicY: rising.y, places: places,
        isotonicAtPlaces: places.map { rising.value(at: $0) }, fallingAtPlaces: places.map { falling.value(at: $0) }),
      to: "ranking-\(seed).json")
    #expect(ranked.auc != nil)
  }

  @Test(arguments: 0..<6) func fits(_ seed: Int) throws {
    var draws = SeededDraws(seed: UInt64(100 + seed))
    let (rows, width) = (400 + draws.below(800), 2 + 3 * seed)
    let shared = (0..<rows).map { _ in draws.unit() }
    let columns = (0..<width).map { place in
      (0..<rows).map { row in place % 3 == 2 ? (shared[row] + draws.unit()) / 2 : draws.unit() }  // a third of them go together
    }
    let truth = (0..<width).map { _ in 3 * draws.unit() - 1 }
    let happened = (0..<rows).map { row in
      draws.unit() < 1 / (1 + exp(1 - (0..<width).reduce(0) { $0 + truth[$1] * columns[$1][row] }))
    }
    let penalty = seed % 2 == 0 ? 1e-3 : 1e-2
    let fit = LogisticFit(columns: columns, happened: happened, penalty: penalty)
    try write(
      Fit(columns: columns, happened: happened, penalty: penalty, intercept: fit.intercept, coefficients: fit.coefficients),
      to: "fit-\(seed).json")
    #expect(fit.coefficients.count == width)
  }
}
