import Foundation
import Testing

@testable import vitals

/// What `show` and `trend` say of accounts and periods of which little is known.
@Suite("Little is known")
struct ThinAccountTests {
  let folder: CommandFolder

  init() throws {
    folder = try SampleWorkspace.filled()
    func input(_ signal: String, _ measure: String, missing: String) -> String {
      "      - {signal: \(signal), measure: \(measure), points: {0: 0, 100: 100}, weight: 20, missing: \(missing), why: Why not.}\n"
    }
    try folder.write(
      "card: thin\nbands:\n  - {band: low, color: red, from: 0}\n  - {band: high, color: green, from: 50}\n"
        + "groups:\n  all:\n    weight: 100\n    inputs:\n" + input("product.active_users", "last", missing: "90")
        + input("product.active_users", "mean 60d", missing: "10") + input("human.csm_pulse", "last", missing: "skip")
        + input("human.csm_pulse", "mean 60d", missing: "skip") + input("product.logins", "sum 7d", missing: "skip"), to: "cards/thin.yaml")
  }

  /// Bolt's people were never told and nobody gave a pulse; only its 6 logins are real.
  @Test func onlyWhatIsToldHelpsOrHurts() {
    let lines = folder.run("show", "bolt", "--card", "thin").out.split(separator: "\n").map(String.init)
    #expect(!lines.contains { $0.hasPrefix("helps: ") })
    #expect(lines.contains("hurts: product.logins sum 7d"))
    #expect(
      lines.contains(
        "not fresh: 4 of 5 inputs (4 missing): product.active_users last (missing), product.active_users mean 60d (missing), "
          + "human.csm_pulse last (missing), …"))
  }

  @Test func aFewAreNamedWithoutACount() {
    let out = folder.run("show", "bolt", "--card", "desk").out
    #expect(out.contains("not fresh: product.active_users last (missing)\n"))
    #expect(!folder.run("show", "acme", "--card", "desk").out.contains("not fresh"))
  }

  /// The first fact is of 1 February 2026.
  @Test func aTrendBeginsWithTheFirstWord() throws {
    func periods(_ word: String) throws -> [String?] { try folder.rows("trend", word).map { $0["period"] as? String } }
    #expect(try periods("--monthly") == ["2026-02", "2026-03"])
    #expect(try periods("--quarterly") == ["2026Q1"] && periods("--yearly") == ["2026"])
    #expect(try periods("--weekly").first == "2026-W05" && periods("--daily").count == 12)
  }

  /// In 2025 there was one account, then two, of which nothing was told; in February and March 2026 there were two and four.
  @Test func aPeriodWithoutAMeanIsInNoMean() throws {
    let done = folder.run("trend", "--monthly", "--from", "2025-01", "--to", "2026-03-31", "--columns", "period,accounts,mean")
    let rows = done.out.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    func row(_ name: String) throws -> [String] { try #require(rows.first { $0.first == name }) }
    #expect(try row("2025-01") == ["2025-01", "1", "–"] && row("2026-01") == ["2026-01", "2", "–"])
    #expect(try row("2026-02")[1] == "2" && row("2026-03")[1] == "4" && row("mean")[1] == "3")
  }
}
