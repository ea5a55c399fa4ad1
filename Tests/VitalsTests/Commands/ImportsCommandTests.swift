import Foundation
import Health
import Storage
import Testing

@testable import vitals

@Suite("vitals imports and backup")
struct ImportsCommandTests {
  let folder: CommandFolder

  /// Two nights of one feed; the second repeats a fact of the first, adds one, and has a row that is refused.
  init() throws {
    folder = try CommandFolder()
    #expect(folder.run("init").code == 0)
    try folder.write(
      """
      feed: usage
      match: ["usage_*.csv"]
      day: "usage_%Y-%m-%d*"
      account: account
      unknown_accounts: create
      at: {column: day, format: iso}
      signals:
        product.logins: {value: logins}

      """, to: "feeds/usage.yaml")
    try folder.write("account,day,logins\nacme,2026-03-01,5\nbolt,2026-03-01,7\n", to: "usage_2026-03-01.csv")
    try folder.write("account,day,logins\nacme,2026-03-01,5\nacme,2026-03-02,6\nbolt,2026-03-02,many\n", to: "usage_2026-03-02.csv")
    for name in ["usage_2026-03-01.csv", "usage_2026-03-02.csv"] {
      let taken = folder.run("import", folder.path + "/" + name)
      #expect(taken.code == 0, "\(taken.err)")
    }
  }

  private func rows(_ arguments: String...) throws -> [[String: Any]] {
    let test = TestContext(environment: ["VITALS_DB": folder.path + "/vitals.db"])
    #expect(CommandRun.run(Vitals.self, arguments + ["--json"], in: test.context) == 0, "\(test.err.text)")
    return try #require(try JSONSerialization.jsonObject(with: Data(test.out.text.utf8)) as? [[String: Any]])
  }

  @Test("list has the counts and the state of every import")
  func list() throws {
    let rows = try rows("imports", "list")
    #expect(rows.map { $0["id"] as? Int } == [1, 2])
    #expect(rows.map { $0["file_day"] as? String } == ["2026-03-01", "2026-03-02"])
    #expect(rows.map { $0["state"] as? String } == ["imported", "imported"])
    #expect(rows.map { $0["rows"] as? Int } == [2, 3])
    #expect(rows.map { $0["unchanged"] as? Int } == [0, 1])
    #expect(rows.map { $0["rejected"] as? Int } == [0, 1])
    #expect(rows[0]["finished"] as? String == "2026-03-31T09:00:00.123Z")
    #expect(try self.rows("imports", "--feed", "usage", "--failed").isEmpty)
    let table = folder.run("imports").out
    #expect(table.hasPrefix("Imports: 2 imported\n"))
    #expect(table.contains("2026-03-31 09:00"))
    let unknown = folder.run("imports", "list", "--feed", "usag")
    #expect(unknown.code == 64)
    #expect(unknown.err.contains("did you mean usage?"))
  }

  @Test("show has what an import leans on, its signals, its days and its log")
  func show() throws {
    let first = try #require(try folder.json("imports", "show", "1") as? [String: Any])
    let second = try #require(try folder.json("imports", "show", "2") as? [String: Any])
    #expect(first["signals"] as? [String] == ["product.logins"])
    #expect((second["days"] as? [[String: String]]) == [["from": "2026-03-01", "to": "2026-03-02"]])
    #expect((second["leans_on"] as? [[String: Any]])?.compactMap { $0["id"] as? Int } == [1])
    #expect((first["leaned_on_by"] as? [[String: Any]])?.compactMap { $0["id"] as? Int } == [2])
    #expect((first["log"] as? [[String: Any]])?.compactMap { $0["live"] as? Bool } == [true])
    #expect(folder.run("imports", "show", "2").out.contains("2026-03-01 to 2026-03-02"))
    #expect(folder.run("imports", "show", "9").code == 64)
    #expect(folder.run("imports", "show", "x").code == 64)
  }

  @Test("rejects as CSV name file, place, reason and the row's text")
  func rejects() throws {
    let lines = folder.run("imports", "rejects", "2", "--csv").out.split(separator: "\n").map(String.init)
    try #require(lines.count == 2)
    #expect(lines[0] == "file,line,column,column_name,code,message,text,nearest,hint,severity")
    #expect(lines[1].contains("usage_2026-03-02.csv,4,"))
    #expect(lines[1].contains(",logins,"))
    #expect(lines[1].contains("\"bolt,2026-03-02,many\""))
    #expect(folder.run("imports", "rejects", "1").out.contains("No row was refused."))
    #expect(folder.run("imports", "rejects", "2", "--warnings").out.contains("There are no warnings."))
  }

  @Test("a revert asks for the files that leaned on it; they can be imported again; restore takes it back")
  func revert() throws {
    let dry = folder.run("imports", "revert", "1", "--dry-run")
    #expect(dry.code == 0)
    #expect(dry.out.contains("would be reverted: its 2 facts would no longer count"))
    #expect(dry.out.contains("usage_2026-03-02.csv") && dry.out.contains("Nothing was changed."))
    #expect(try rows("imports").map { $0["state"] as? String } == ["imported", "imported"])
    let reverted = folder.run("imports", "revert", "1")
    #expect(reverted.code == 0)
    #expect(reverted.out.contains("is reverted: its 2 facts no longer count"))
    #expect(reverted.out.contains("Import these files again"))
    #expect(try rows("imports").map { $0["state"] as? String } == ["reverted", "imported"])
    #expect(folder.run("imports", "revert", "1").out.contains("is reverted already: nothing to change."))
    let again = try rows("import", folder.path + "/usage_2026-03-02.csv")
    #expect(again.map { $0["state"] as? String } == ["imported"])
    #expect(again.map { $0["unchanged"] as? Int } == [1])
    let restored = try #require(try folder.json("imports", "restore", "1") as? [String: Any])
    #expect(restored["changed"] as? Bool == true && restored["state"] as? String == "imported")
    #expect(folder.run("imports", "restore", "99").code == 64)
  }

  @Test("a rehearsed revert tells whose score would move, from which band to which")
  func moves() throws {
    let vitals = try folder.text("vitals.yaml").replacing("headline: five-dimensions", with: "headline: logins")
    try folder.write(vitals, to: "vitals.yaml")
    try folder.write(
      """
      card: logins
      title: Do they log in?
      outcome: renewal
      horizon: 90d
      coverage_floor: 50%
      bands:
        - {band: low, color: red, from: 0}
        - {band: high, color: green, from: 55}
      groups:
        product:
          weight: 100
          inputs:
            - {signal: product.logins, measure: last, points: {0: 0, 10: 100}, weight: 100, missing: skip, why: The newest day.}

      """, to: "cards/logins.yaml")
    func moves(_ id: String) throws -> [String] {
      let report = try #require(try folder.json("imports", "revert", id, "--dry-run") as? [String: Any])
      let moves = try #require(report["moves"] as? [String: Any])
      #expect(moves["as_of"] as? String == "2026-03-02")
      return try #require(moves["accounts"] as? [[String: Any]]).map { row in
        ["account", "before", "after", "band_before", "band_after"].map { "\(row[$0] ?? "")" }.joined(separator: " ")
      }
    }
    // The newest of acme is 6, without the second file 5. The first file is what vouches for both accounts.
    #expect(try moves("2") == ["acme 60 50 high low"])
    #expect(try moves("1") == ["acme 60 <null> high <null>", "bolt 70 <null> high <null>"])
    let words = folder.run("imports", "revert", "2", "--dry-run").out
    #expect(words.contains("1 score would move, under logins as of 2026-03-02, 1 into another band."))
    #expect(try rows("imports").map { $0["state"] as? String } == ["imported", "imported"])
    try folder.write("card: logins\n", to: "cards/logins.yaml")
    let broken = folder.run("imports", "revert", "2", "--dry-run")
    #expect(broken.code == 0 && broken.err.contains("warning: whose score would move cannot be told"))
  }

  @Test("mark says whether an import is history")
  func mark() throws {
    #expect(folder.run("imports", "mark", "1").code == 64)
    #expect(folder.run("imports", "mark", "1", "--backfill").out.contains("import these files again:"))
    #expect(try rows("imports").map { $0["backfill"] as? Bool } == [true, false])
    #expect(folder.run("imports", "mark", "1", "--no-backfill").out.contains("known from 2026-03-31 09:00 on"))
    #expect(try rows("imports").map { $0["backfill"] as? Bool } == [false, false])
  }

  @Test("a backup is a database of its own; a file is replaced only with --force")
  func backup() throws {
    let copy = folder.path + "/copy.db"
    let report = try rows("backup", copy)
    #expect(report.first?["file"] as? String == copy)
    #expect((report.first?["rows"] as? Int ?? 0) > 0)
    #expect(folder.run("backup", copy).code == 64)
    #expect(folder.run("backup", copy, "--force").out.hasSuffix(", checked.\n"))
    #expect(try folder.names.filter { $0.hasPrefix("copy") } == ["copy.db"])
    #expect(try rows("imports", "--db", copy).count == 2)
    #expect(folder.run("backup", copy + "2", "--db", folder.path + "/none.db").code == 66)
  }
}
