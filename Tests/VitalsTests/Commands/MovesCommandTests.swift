import Foundation
import Testing

@testable import vitals

/// `vitals movers` and `vitals bands`, on four accounts worked out by hand (see `SampleWorkspace`) and against `score --csv`.
@Suite("vitals movers and bands")
struct MovesCommandTests {
  let folder: CommandFolder

  init() throws { folder = try SampleWorkspace.filled() }

  private let days = ["--from", "2026-03-16", "--to", "2026-03-20"]

  private func scores(_ day: String) throws -> [String: [String: Any]] {
    Dictionary(uniqueKeysWithValues: try folder.rows("score", "--as-of", day).map { ($0["account"] as? String ?? "", $0) })
  }

  @Test("falls and rises are the differences of the scores of both days, largest first")
  func movers() throws {
    let done = folder.run(arguments: ["movers", "--json"] + days)
    let rows = try #require(try JSONSerialization.jsonObject(with: Data(done.out.utf8)) as? [[String: Any]])
    let (before, after) = (try scores("2026-03-16"), try scores("2026-03-20"))
    var expected: [String: Double] = [:]
    for (account, row) in after {
      guard let old = before[account], old["band"] as? String != "unknown", row["band"] as? String != "unknown",
        let a = old["score"] as? Double, let b = row["score"] as? Double, a != b
      else { continue }
      expected[account] = b - a
    }
    #expect(rows.count == expected.count && !rows.isEmpty)
    for row in rows { #expect(abs((row["change"] as? Double ?? 0) - (expected[row["account"] as? String ?? ""] ?? 99)) < 1e-9) }
    let falls = rows.compactMap { $0["change"] as? Double }.filter { $0 < 0 }
    #expect(falls == falls.sorted())
    // cedar's pulse capped it.
    let cedar = try #require(rows.first { $0["account"] as? String == "cedar" })
    #expect((cedar["reason"] as? String ?? "").contains("A bad pulse"))
    let text = folder.run(arguments: ["movers", "--top", "1"] + days).out
    #expect(text.contains("Falls") && text.contains("Rises") && text.contains("A bad pulse"))
    #expect(folder.run(arguments: ["movers", "--top", "0"] + days).code == 64)
  }

  /// Each reason is the largest part that `why` tells.
  @Test("the reason is the largest part of why")
  func reasons() throws {
    let rows = try folder.rows("movers", "--from", "2026-02-18", "--to", "2026-03-20")
    for row in rows {
      let account = try #require(row["account"] as? String)
      let why = try #require(try folder.json("why", account, "--from", "2026-02-18", "--to", "2026-03-20") as? [String: Any])
      let parts = try #require(why["parts"] as? [[String: Any]])
      let signal = parts.first?["signal"] as? String ?? ""
      #expect((row["reason"] as? String ?? "").contains(signal), "\(row)")
    }
    #expect(rows.count == 2)  // acme and bolt; cedar began in March
  }

  @Test("rows and columns of the matrix sum to the counts of both days")
  func bands() throws {
    let done = folder.run(arguments: ["bands", "--json"] + days)
    let cells = try #require(try JSONSerialization.jsonObject(with: Data(done.out.utf8)) as? [[String: Any]])
    for (day, side, absent) in [("2026-03-16", "from", "came"), ("2026-03-20", "to", "left")] {
      let counts = Dictionary(grouping: try scores(day).values) { $0["band"] as? String ?? "" }.mapValues(\.count)
      var sums: [String: Int] = [:]
      for cell in cells where cell[side] as? String != absent {
        sums[cell[side] as? String ?? "", default: 0] += cell["accounts"] as? Int ?? 0
      }
      #expect(sums == counts, "\(day)")
    }
    #expect(cells.contains { $0["from"] as? String == "came" && $0["accounts"] as? Int == 1 })  // bolton began on the 18th
    let text = folder.run(arguments: ["bands"] + days).out
    #expect(text.contains("to good") && text.contains("came") && text.contains("all"))
    let list = folder.run(arguments: ["bands", "--list", "--json"] + days)
    let rows = try #require(try JSONSerialization.jsonObject(with: Data(list.out.utf8)) as? [[String: Any]])
    #expect(rows.contains { $0["account"] as? String == "bolton" && $0["from"] as? String == "came" })
    let cedar = try #require(rows.first { $0["account"] as? String == "cedar" })
    #expect(cedar["to"] as? String == "poor" && cedar["shown"] as? Int == 40)
    // An account that left.
    #expect(folder.run("outcome", "acme", "churn", "--on", "2026-03-19", "--now", "2026-03-22T06:00Z").code == 0)
    let gone = folder.run(arguments: ["bands", "--list", "--csv"] + days).out
    #expect(gone.contains("acme,Acme Inc,desk,2026-03-16,2026-03-20,") && gone.contains(",left,"))
    #expect(try folder.rows("bands", "--since", "2026-03-16", "--where", "segment=smb").count > 0)
  }
}
