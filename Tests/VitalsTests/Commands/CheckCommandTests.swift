import Foundation
import Health
import Testing

@testable import vitals

/// `vitals check`: planted faults are found, and what customers do is not one.
@Suite("vitals check")
struct CheckCommandTests {
  let folder: CommandFolder

  /// Twenty accounts with seats (a gauge), logins (a count) and visits told every day of ten weeks up to 2026-03-11, a Wednesday.
  init() throws {
    folder = try CommandFolder()
    try folder.write(
      "zone: UTC\nheadline: desk\n", to: "vitals.yaml")
    try folder.write(
      """
      signals:
        product.seats: {kind: gauge, unit: seats, direction: up, every: 1d, expire: 60d, says: Seats.}
        product.logins: {kind: count, unit: logins, direction: up, every: 1d, says: Logins.}

      """, to: "signals.yaml")
    for name in ["feeds", "cards"] {
      try FileManager.default.createDirectory(atPath: folder.path + "/" + name, withIntermediateDirectories: true)
    }
    try folder.write(
      """
      feed: usage
      match: ["usage_*.csv"]
      day: "usage_%Y-%m-%d*"
      at: file
      complete: day
      account: account
      unknown_accounts: create
      signals:
        product.seats: {value: seats}
        product.logins: {value: logins}

      """, to: "feeds/usage.yaml")
    try folder.write(
      """
      card: desk
      review_by: 2026-12-31
      bands:
        - {band: poor, color: red, from: 0}
        - {band: good, color: green, from: 50}
      groups:
        product:
          weight: 1
          inputs:
            - {signal: product.seats, measure: last, points: {0: 0, 100: 100}, weight: 1, missing: skip, why: Breadth.}

      """, to: "cards/desk.yaml")
    #expect(folder.run("init").code == 0)
    for offset in 0..<70 { try night(offset) }
    try `import`()
  }

  /// The last night, which has number 69.
  private static let last = "2026-03-11"

  private func day(_ offset: Int) -> String {
    (Day(20_454) + offset).description  // from 2026-01-01 on
  }

  /// Writes a night's file: 40 to 59 seats; logins that are half at weekends.
  private func night(
    _ offset: Int, accounts: Range<Int> = 0..<20, seats: (Int) -> Int = { 40 + $0 }, logins: ((Int) -> Int)? = nil
  ) throws {
    let isWeekend = [5, 6].contains((offset + 3) % 7)  // 2026-01-01 was a Thursday
    let rows = accounts.map { "a\($0),\(seats($0)),\(logins?($0) ?? (isWeekend ? 5 : 10 + $0))" }
    try folder.write("account,seats,logins\n" + rows.joined(separator: "\n") + "\n", to: "usage_\(day(offset)).csv")
  }

  private func `import`() throws {
    let done = folder.run("import", folder.path, "--now", "2026-03-12T06:00Z")
    #expect(done.code == 0, "\(done.err)")
  }

  private func check(at today: String, finds kinds: [String], _ location: SourceLocation = #_sourceLocation) throws {
    let done = folder.run("check", "--today", today, "--json")
    #expect(done.code == (kinds.isEmpty ? 0 : 2), "\(done.out)\(done.err)", sourceLocation: location)
    let rows = try #require(try JSONSerialization.jsonObject(with: Data(done.out.utf8)) as? [[String: Any]])
    #expect(rows.map { "\($0["kind"] ?? "") \($0["subject"] ?? "")" } == kinds, sourceLocation: location)
  }

  @Test("it says nothing where all is well, at weekends too, and shows how all stands when asked")
  func quiet() throws {
    for today in ["2026-03-11", "2026-03-12", "2026-03-13", "2026-03-07", "2026-03-08", "2026-03-09"] {
      let done = folder.run("check", "--today", today)
      #expect(done.code == 0 && done.out.isEmpty && done.err.isEmpty, "\(today) \(done.out)\(done.err)")
    }
    let all = folder.run("check", "--all", "--today", "2026-03-11").out
    #expect(all.contains("Nothing found.") && all.contains("product.logins") && all.contains("usage"))
  }

  @Test("one account that slides is a signal, all of them are a broken feed")
  func jumps() throws {
    try night(69, logins: { $0 == 3 ? 0 : 10 + $0 })
    try `import`()
    try check(at: Self.last, finds: [])
    try night(69, seats: { $0 == 5 ? 40 : 0 })
    try `import`()
    try check(at: Self.last, finds: ["jump product.seats"])
    try night(69, logins: { 3 * (10 + $0) })
    try `import`()
    try check(at: Self.last, finds: ["jump product.logins"])
  }

  @Test("few accounts, and those that a whole file no longer has")
  func thin() throws {
    try night(69, accounts: 0..<18)
    try `import`()
    try check(at: Self.last, finds: ["vanished usage"])
    let row = try #require(
      try JSONSerialization.jsonObject(with: Data(folder.run("check", "--today", Self.last, "--json").out.utf8)) as? [[String: Any]])
    #expect(row[0]["found"] as? Int == 2 && row[0]["accounts"] as? [String] == ["a18", "a19"])
    try night(69, accounts: 0..<4)
    try `import`()
    try check(at: Self.last, finds: ["thin product.logins", "thin product.seats", "vanished usage"])
  }

  @Test("a feed that has not told, and a file that was refused")
  func late() throws {
    try check(at: "2026-03-15", finds: ["late-feed usage", "late-signal product.logins", "late-signal product.seats"])
    #expect(folder.run("check", "--today", "2026-03-15").out.contains("told last of 2026-03-11, 4 days ago; usual is every day"))
    try folder.write("account,seats\na1,1\n", to: "usage_2026-03-12.csv")
    #expect(folder.run("import", folder.path + "/usage_2026-03-12.csv").code == 65)
    try check(at: "2026-03-12", finds: ["failed-import usage"])
  }

  @Test("what is due for a person")
  func due() throws {
    #expect(folder.run("override", "a3", "--cap", "20", "--until", "2026-03-14", "--note", "Talks", "--now", "2026-03-12T07:00Z").code == 0)
    try check(at: Self.last, finds: ["override a3"])
    let card = folder.path + "/cards/desk.yaml"
    try Data(String(contentsOfFile: card, encoding: .utf8).replacing("2026-12-31", with: "2026-03-01").utf8).write(
      to: URL(fileURLWithPath: card))
    try check(at: Self.last, finds: ["review desk", "override a3"])
  }

  @Test("scores of a day on which a feed is broken are recorded only by force")
  func recording() throws {
    func record(_ more: String...) -> (code: Int32, err: String) {
      let done = folder.run(arguments: ["score", "--record", "--now", "2026-03-12T08:00Z"] + more)
      return (done.code, done.err)
    }
    #expect(record().code == 0)
    try night(69, seats: { _ in 0 })
    try `import`()
    let refused = record()
    #expect(refused.code == 1 && refused.err.contains("product.seats") && refused.err.contains("--force"), "\(refused.err)")
    #expect(try folder.json("status") as? [String: Any] != nil)
    #expect(record("--as-of", "2026-03-10").code == 0)
    let forced = record("--force")
    #expect(forced.code == 0 && forced.err.contains("recorded as run"))
  }
}
