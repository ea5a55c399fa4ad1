import Foundation
import Testing

@testable import vitals

/// `vitals book`, on four accounts worked out by hand (see `SampleWorkspace`).
@Suite("vitals book")
struct BookCommandTests {
  let folder: CommandFolder

  init() throws { folder = try SampleWorkspace.filled() }

  /// As of 2026-03-20: acme 120,000 · 0.27 · renewal in 286 days; bolt 50,000.5 · 0.71 · no date; cedar 30,000 · 0.60 · in 102 days;
  /// bolton unknown (50), no revenue (the median of the three), no date.
  @Test("rank is revenue × risk × nearness, with its factors")
  func ranks() throws {
    let rows = try folder.rows("book")
    let near = [286, 102].map { 1 - 0.75 * (Double($0) - 90) / 275 }
    let expected: [String: [Double]] = [
      "acme": [120_000, 0.27, near[0]], "bolt": [50_000.5, 0.71, 0.5], "cedar": [30_000, 0.6, near[1]], "bolton": [50_000.5, 0.5, 0.5],
    ]
    for row in rows {
      let factors = try #require(expected[row["account"] as? String ?? ""])
      let found = ["revenue", "risk", "nearness"].compactMap { row[$0] as? Double }
      #expect(zip(found, factors).allSatisfy { abs($0 - $1) < 1e-9 } && found.count == 3, "\(row)")
      #expect(abs((row["rank"] as? Double ?? 0) - factors.reduce(1, *)) < 1e-6)
    }
    // 17,750 · 17,408 · 15,063 · 12,500
    #expect(rows.map { $0["account"] as? String } == ["bolt", "cedar", "acme", "bolton"])
    #expect(rows.last?["revenue_known"] as? Bool == false && rows.first?["play"] as? String == "Call them")
    let text = folder.run("book").out
    #expect(text.contains("~50k") && text.contains("rank = revenue × risk × nearness of renewal"))
  }

  @Test("renewals of the next days come by day, and a book can be one CSM's")
  func choices() throws {
    #expect(try folder.rows("book", "--next", "110d").map { $0["account"] as? String } == ["cedar"])
    #expect(try folder.rows("book", "--next", "300").map { $0["account"] as? String } == ["cedar", "acme"])
    #expect(folder.run("book", "--csm", "dana").code == 64)  // nobody has a csm
    #expect(try folder.rows("book", "--where", "segment=smb", "--top", "1").map { $0["account"] as? String } == ["bolt"])
    #expect(try folder.rows("book", "--band", "red").count == 2)
  }

  /// cedar's pulse of the 18th capped it at 40 on that day: it was good before.
  @Test("who dropped lately, whose pulse is old, and what is not in the score yet")
  func marks() throws {
    let signals = folder.path + "/signals.yaml"
    let text = try String(contentsOfFile: signals, encoding: .utf8)
    try Data(text.replacing("direction: up, expire: 90d, dark_after", with: "direction: up, fresh: 1d, expire: 90d, dark_after").utf8)
      .write(
        to: URL(fileURLWithPath: signals))
    #expect(folder.run("pulse", "bolt", "5", "--now", "2026-03-23T09:00Z").code == 0)
    let rows = try folder.rows("book")
    func row(_ account: String) throws -> [String: Any] { try #require(rows.first { $0["account"] as? String == account }) }
    #expect(try row("cedar")["pulse_overdue"] as? Int == 2 && row("acme")["pulse_overdue"] is NSNull)
    #expect(try row("bolt")["pending"] as? [String] == ["2026-03-23 human.csm_pulse 5"])
    #expect(folder.run("book").out.contains("not yet in the score: bolt: 2026-03-23 human.csm_pulse 5"))
    let dropped = rows.filter { !($0["dropped_from"] is NSNull) }.map { $0["account"] as? String }
    let before = try folder.rows("score", "--as-of", "2026-03-13")
    for row in rows {
      let old = before.first { $0["account"] as? String == row["account"] as? String }?["band"] as? String
      let order = ["poor", "fair", "good"]
      let fell =
        old.flatMap { a in
          (row["band"] as? String).flatMap { b in order.firstIndex(of: a).flatMap { x in order.firstIndex(of: b).map { $0 < x } } }
        } ?? false
      #expect(dropped.contains(row["account"] as? String) == fell, "\(row["account"] ?? "")")
    }
  }
}
