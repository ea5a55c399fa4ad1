import Foundation
import Health
import Storage
import Testing

@testable import vitals

/// `vitals query`, on four accounts worked out by hand (see `SampleWorkspace`).
@Suite("vitals query")
struct QueryCommandTests {
  let folder: CommandFolder

  init() throws { folder = try SampleWorkspace.filled() }

  private func csv(_ sql: String, _ more: String...) -> [String] {
    let done = folder.run(arguments: ["query", sql, "--csv"] + more)
    #expect(done.code == 0, "\(done.err)")
    return done.out.split(separator: "\n").dropFirst().map(String.init)
  }

  /// The page of the documentation.
  private static let page = URL(fileURLWithPath: #filePath)
    .appendingPathComponent("../../../../Sources/vitals/vitals.docc/Query.md").standardizedFileURL

  @Test("readings and events are those that history tells")
  func inForce() throws {
    try folder.write(SampleWorkspace.correction.text, to: SampleWorkspace.correction.name)
    #expect(folder.run("import", folder.path + "/" + SampleWorkspace.correction.name).code == 0)
    for account in ["acme", "bolt", "cedar", "bolton"] {
      let facts = try folder.rows("history", account)
      for type in ["reading", "event"] {
        let told = facts.filter { $0["type"] as? String == type }.map { fact in
          let value = (fact["value"] as? NSNumber).map { "\($0)" } ?? (type == "reading" ? fact["text"] as? String : nil) ?? ""
          return "\(fact["signal"] ?? "") \(fact["at"] ?? "") \(value) \(fact["import"] ?? "")"
        }
        let found = csv(
          "SELECT signal || ' ' || at || ' ' || coalesce(value, '') || ' ' || import FROM \(type) WHERE account = '\(account)'")
        let plain = found.map { $0.replacing(".0 ", with: " ") }
        #expect(plain.sorted() == told.map { $0.replacing(".0 ", with: " ") }.sorted(), "\(account) \(type)")
      }
    }
    #expect(csv("SELECT value FROM reading WHERE account = 'acme' AND signal = 'product.logins' AND day = '2026-03-20'") == ["4"])
    #expect(csv("SELECT text, author FROM event WHERE signal = 'human.csm_pulse'") == ["\"Sponsor gone, budget cut\",dana"])
  }

  @Test(
    "what narrows a scan leaves out nothing",
    arguments: [
      "account = 'acme'", "signal = 'product.logins'", "day = '2026-03-15'", "day > '2026-03-15'", "day < '2026-03-15'",
      "day BETWEEN '2026-02-17' AND '2026-03-14' AND signal = 'product.logins'", "day >= 'x'", "account = 'nobody'", "signal = 'a.b'",
      "account IN ('acme', 'cedar') AND day <= '2026-03-18'", "day = 20000",
    ])
  func narrowing(condition: String) throws {
    // The unary plus keeps SQLite from handing the condition on.
    let plain = condition.replacing("account", with: "+account").replacing("signal", with: "+signal").replacing("day", with: "+day")
    for table in ["reading", "event"] {
      #expect(csv("SELECT * FROM \(table) WHERE \(condition)").sorted() == csv("SELECT * FROM \(table) WHERE \(plain)").sorted())
    }
  }

  @Test("earlier knowledge, reverted imports, merged and renamed accounts")
  func knowing() throws {
    #expect(csv("SELECT count(*) FROM reading WHERE account = 'cedar'", "--known-by", "2026-02-28") == ["0"])
    #expect(folder.run("imports", "revert", "10").code == 0)
    #expect(csv("SELECT count(*) FROM reading WHERE signal = 'product.logins' AND day > '2026-03-01'") == ["0"])
    #expect(folder.run("imports", "restore", "10").code == 0)
    #expect(folder.run("accounts", "merge", "cedar", "into", "bolt").code == 0)
    #expect(csv("SELECT DISTINCT account FROM reading ORDER BY 1") == ["acme", "bolt", "bolton"].filter { $0 != "bolton" })
    #expect(csv("SELECT sum(value) FROM reading WHERE account = 'bolt' AND signal = 'product.logins'") == ["36"])
    #expect(csv("SELECT count(*) FROM event WHERE account = 'bolt'") == ["3"])
    #expect(folder.run("accounts", "rename", "acme", "zenith").code == 0)
    #expect(csv("SELECT count(*) > 0 FROM reading WHERE account = 'zenith'") == ["1"])
    #expect(csv("SELECT count(*) FROM reading WHERE account = 'acme'") == ["0"])
  }

  /// 1, 2, 4, 8: by hand. The line through (1,1) (2,3) (3,2) has the slope 1/2.
  @Test(
    "statistics",
    arguments: [
      ("median(x)", "3"), ("percentile(x, 0)", "1"), ("percentile(x, 100)", "8"), ("percentile(x, 50)", "3"),
      ("round(percentile(x, 90), 9)", "6.8"),
      ("stddev(x)", "3.095695936834452"), ("slope(x, x)", "1"), ("median(nullif(x, x))", ""), ("percentile(x, 101)", ""),
    ])
  func statistics(call: String, result: String) {
    let found = csv("WITH t(x) AS (VALUES (1), (2), (NULL), (8), (4)) SELECT 'v', \(call) FROM t")
    #expect(found == ["v,\(result)"])
    #expect(csv("WITH t(x, y) AS (VALUES (1, 1), (2, 3), (3, 2)) SELECT slope(y, x), median(x) FROM t GROUP BY x > 9") == ["0.5,2"])
  }

  @Test("nothing can be changed, and a query that runs away is stopped")
  func refusals() throws {
    let before = folder.run("score", "--csv").out
    for sql in [
      "DELETE FROM import", "SELECT 1; SELECT 2", "ATTACH 'x.db' AS x", "PRAGMA user_version = 9", "INSERT INTO reading VALUES (1)", "",
      "DROP TABLE chunk", "CREATE TABLE t(a)", "SELECT load_extension('x')",
    ] {
      let done = folder.run("query", sql)
      #expect(done.code == 64 || done.code == 1, "\(sql): \(done.out)")
    }
    #expect(folder.run("score", "--csv").out == before)
    var test = TestContext()
    let clock = test.stopwatch
    test.context.stopwatch = {
      clock.pass(100)  // so much passes from one look at the clock to the next
      return clock.milliseconds
    }
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    let endless = folder.run(arguments: ["query", sql, "--timeout", "1"], in: test)
    #expect(endless.code == 1 && endless.err.contains("took too long"))
  }

  @Test("rows beyond the limit are said to be there, names that come twice get numbers, and every value has its form")
  func forms() throws {
    let cut = folder.run("query", "SELECT value FROM reading", "--limit", "2", "--csv")
    #expect(cut.out == "value\n60\n80\n" || cut.out.split(separator: "\n").count == 3)
    #expect(cut.err.contains("only the first 2 rows"))
    let twice = folder.run("query", "SELECT 1 AS a, 'x' AS a, NULL AS b, x'0aff' AS c, 0.5 AS d", "--json").out
    let row = try #require((try JSONSerialization.jsonObject(with: Data(twice.utf8)) as? [[String: Any]])?.first)
    #expect(row["a"] as? Int == 1 && row["a_2"] as? String == "x" && row["b"] is NSNull && row["c"] as? String == "0aff")
    #expect(folder.run("query", "SELECT char(27) || '[31mred' AS text").out.contains("\u{1B}") == false)
    #expect(folder.run("query", "SELECT 1 WHERE 0").out.contains("No rows."))
  }

  @Test("the page of the documentation names every table with its columns, and its queries run")
  func documentation() throws {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    var listed: [String: String] = [:]
    for match in text.matches(of: /\n\| `([a-z_]+)` \| ([^|]+) \|/) { listed[String(match.output.1)] = String(match.output.2) }
    let sql = """
      SELECT m.name, group_concat(p.name, ', ') AS columns FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS p
      WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE 'note\\_%' ESCAPE '\\' GROUP BY m.name
      """
    let stored = folder.run("query", sql, "--json").out
    let tables = try #require(try JSONSerialization.jsonObject(with: Data(stored.utf8)) as? [[String: String]])
    for table in tables { #expect(listed[table["name"] ?? ""] == table["columns"], "\(table)") }
    #expect(listed["reading"] == QueryTables.readingColumns.joined(separator: ", "))
    #expect(listed["event"] == QueryTables.eventColumns.joined(separator: ", "))
    #expect(listed.count == tables.count + 2)
    #expect(folder.run("outcome", "bolt", "churn", "--on", "2026-03-19", "--now", "2026-03-22T06:00Z").code == 0)
    #expect(folder.run("score", "--record", "--now", "2026-03-22T06:00Z").code == 0)
    let queries = text.matches(of: /```sql\n([^`]+)```/).map { String($0.output.1) }
    #expect(queries.count == 10)
    for query in queries {
      let done = folder.run("query", query, "--csv")
      #expect(done.code == 0 && done.out.split(separator: "\n").count > 1, "\(query)\(done.err)")
    }
  }
}
