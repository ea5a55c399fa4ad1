import Foundation
import Testing

@testable import vitals

/// `vitals trend`, on four accounts worked out by hand (see `SampleWorkspace`).
@Suite("vitals trend")
struct TrendCommandTests {
  let folder: CommandFolder

  init() throws { folder = try SampleWorkspace.filled() }

  @Test("each period is the score report of its last day")
  func periods() throws {
    let rows = try folder.rows("trend", "--daily", "--from", "2026-03-18", "--to", "2026-03-20")
    #expect(rows.map { $0["period"] as? String } == ["2026-03-18", "2026-03-19", "2026-03-20"])
    for row in rows {
      let day = try #require(row["as_of"] as? String)
      let scores = try folder.rows("score", "--as-of", day)
      let known = scores.filter { $0["band"] as? String != "unknown" }.compactMap { $0["score"] as? Double }
      #expect(row["accounts"] as? Int == scores.count && row["unknown"] as? Int == scores.count - known.count)
      #expect(abs((row["mean"] as? Double ?? 0) - known.reduce(0, +) / Double(known.count)) < 1e-9)
      #expect(row["median"] as? Double == known.sorted()[known.count / 2] || known.count % 2 == 0)
      let bands = try #require(row["bands"] as? [String: Int])
      #expect(bands.values.reduce(0, +) + (row["unknown"] as? Int ?? 0) == scores.count)
      let worth = scores.compactMap { $0["revenue"] as? Double }
      #expect(row["revenue"] as? Double == worth.reduce(0, +) && row["unpriced"] as? Int == scores.count - worth.count)
    }
  }

  @Test("two cards side by side, a chart over the width, groups with their course, and the running period")
  func looks() throws {
    let card = try String(contentsOfFile: folder.path + "/cards/desk.yaml", encoding: .utf8)
    try folder.write(card.replacing("card: desk", with: "card: other").replacing("weight: 70", with: "weight: 10"), to: "other.yaml")
    let words = ["trend", "--monthly", "--from", "2026-02", "--to", "2026-03-20"]
    let both = folder.run(arguments: words + ["--compare", folder.path + "/other.yaml", "--plot"])
    #expect(both.code == 0 && both.out.contains("desk against other") && both.out.contains("difference") && both.out.contains("│"))
    let ascii = folder.run(arguments: words + ["--plot", "--ascii"]).out
    #expect(ascii.contains("#") && ascii.utf8.allSatisfy { $0 < 128 })
    let csv = folder.run(arguments: words + ["--compare", folder.path + "/other.yaml", "--csv"]).out
    #expect(csv.contains("desk,2026-02") && csv.contains("other,2026-02"))
    let by = folder.run(arguments: words + ["--by", "dimension"]).out
    #expect(by.contains("dimension product") && by.contains("course"))
    #expect(!folder.run(arguments: words).out.contains("\nmean        "))  // one whole month has no mean below it
    #expect(folder.run(arguments: words + ["--partial"]).out.contains("2026-03*"))
    #expect(try folder.rows("trend", "--monthly", "--from", "2026-03", "--to", "2026-03", "--by", "band").count == 4)
  }

  /// The correction of acme's logins became known on 22 March.
  @Test("as it was known then")
  func then() throws {
    try folder.write(SampleWorkspace.correction.text, to: SampleWorkspace.correction.name)
    #expect(folder.run("import", folder.path + "/" + SampleWorkspace.correction.name, "--now", "2026-03-25T06:00Z").code == 0)
    func mean(_ words: String...) throws -> Double? {
      let done = folder.run(arguments: ["trend", "--daily", "--from", "2026-03-20", "--to", "2026-03-20", "--json"] + words)
      return try (JSONSerialization.jsonObject(with: Data(done.out.utf8)) as? [[String: Any]])?.first?["mean"] as? Double
    }
    #expect(try abs((mean() ?? 0) - (457.0 / 6 + 29 + 40) / 3) < 1e-9)
    #expect(try abs((mean("--known-by", "then") ?? 0) - (218.0 / 3 + 29 + 40) / 3) < 1e-9)
    #expect(folder.run("trend", "--known-by", "never").code == 64)
  }
}
