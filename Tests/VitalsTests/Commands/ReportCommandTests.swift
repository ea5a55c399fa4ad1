import Foundation
import Testing

@testable import vitals

/// `vitals report`, against what `score` and `trend` say of the same days (see `SampleWorkspace`).
@Suite("vitals report")
struct ReportCommandTests {
  let folder: CommandFolder
  private static let days = ["--from", "2026-03-01", "--to", "2026-03-20"]

  init() throws { folder = try SampleWorkspace.filled() }

  /// The cells of the table with a caption that begins so, row by row.
  private func table(_ caption: String, in page: String) throws -> [[String]] {
    let start = try #require(page.range(of: "<caption>\(caption)"))
    let end = try #require(page[start.upperBound...].range(of: "</table>"))
    let body = page[start.upperBound..<end.lowerBound]
    return body.components(separatedBy: "<tr>").dropFirst().map { row in
      row.components(separatedBy: "</t").dropLast().compactMap { part in
        part.range(of: "<t[hd][^>]*>", options: .regularExpression).map { String(part[$0.upperBound...]) }
      }
    }
  }

  private func page(_ words: String...) -> String {
    let done = folder.run(arguments: ["report"] + Self.days + words)
    #expect(done.code == 0, "\(done.err)")
    return done.out
  }

  @Test("the chart's table has the weeks of the trend, and its areas are as many as the bands and unknown")
  func trend() throws {
    let page = page()
    let rows = try table("Accounts by band, week by week", in: page)
    let trend = try folder.rows("trend", "--weekly", "--from", "2026-03-01", "--to", "2026-03-20")
    #expect(rows.count == trend.count + 1 && trend.count == 4)
    for (row, week) in zip(rows.dropFirst(), trend) {
      let bands = try #require(week["bands"] as? [String: Int])
      let names = rows[0].dropFirst(4).dropLast()
      #expect(row[1] == week["as_of"] as? String && row[2] == String(week["accounts"] as? Int ?? -1))
      #expect(Array(row[4...]) == names.map { String(bands[$0] ?? -1) } + [String(week["unknown"] as? Int ?? -1)])
    }
    #expect(page.components(separatedBy: "fill=\"url(#p").count - 1 == 2 * (rows[0].count - 4))
  }

  @Test("what moved the mean is the sum that why takes apart, and the book is the book")
  func whyAndBook() throws {
    let page = page()
    let rows = try table("Why the mean went from", in: page)
    let why = try #require(try folder.json("why", "--all", "--from", "2026-03-01", "--to", "2026-03-20") as? [String: Any])
    let group = try #require((why["groups"] as? [[String: Any]])?.first)
    let parts = try #require(group["parts"] as? [[String: Any]])
    #expect(rows.count == min(parts.count, 12) + (parts.count > 12 ? 3 : 2) && rows.last?.first == "all")
    for (row, part) in zip(rows.dropFirst(), parts) {
      let amount = Double(row[1].replacing("−", with: "-").replacing("+", with: "")) ?? .nan
      #expect(abs(amount - (part["change"] as? Double ?? .nan)) < 0.00501, "\(row)")
    }
    let book = try table("Revenue × risk × nearness", in: page)
    let listed = try folder.rows("book", "--as-of", "2026-03-20")
    #expect(book.dropFirst().map { $0[6] } == listed.map { ($0["shown"] as? Int).map(String.init) ?? "–" })
    #expect(book.count == listed.count + 1)
    let json = try #require(try folder.json("report", "--from", "2026-03-01", "--to", "2026-03-20") as? [String: Any])
    #expect((json["book"] as? [Any])?.count == listed.count && (json["why"] as? [Any])?.count == parts.count)
  }

  @Test("the matrix counts who was where on both days")
  func movement() throws {
    let rows = try table("Accounts by band on 2026-03-01", in: page())
    func bands(_ day: String) throws -> [String: String] {
      let rows = try folder.rows("score", "--as-of", day)
      return Dictionary(uniqueKeysWithValues: rows.map { ($0["account"] as? String ?? "", $0["band"] as? String ?? "") })
    }
    let (before, now) = (try bands("2026-03-01"), try bands("2026-03-20"))
    var counts: [[String]: Int] = [:]
    for key in Set(before.keys).union(now.keys) { counts[[before[key] ?? "not counted", now[key] ?? "not counted"], default: 0] += 1 }
    var sum = 0
    for row in rows.dropFirst() {
      for (to, cell) in zip(rows[0].dropFirst(), row.dropFirst()) where cell != "–" {
        #expect(Int(cell) == counts[[row[0], String(to.dropFirst(3))]] ?? 0)
        sum += Int(cell) ?? 0
      }
    }
    #expect(sum == 4)
  }

  @Test("an account's table has the scores of its days")
  func account() throws {
    let page = page("--account", "acme")
    let rows = try table("Score and dimensions of", in: page)
    #expect(rows.last?[0] == "2026-03-20" && rows.count > 2)
    for row in rows.dropFirst() {
      let score = try #require(folder.rows("score", "--as-of", row[0]).first { $0["account"] as? String == "acme" })
      #expect(row[1] == (score["shown"] as? Int).map(String.init) && row[2] == score["band"] as? String)
    }
    let last = try #require(rows.last)
    #expect(Array(last[3...]) == ["71.7", "75.0"])  // 215/3 and 75, worked out by hand
  }

  @Test("nothing that was typed becomes markup, and nothing is run or fetched")
  func hostile() throws {
    let texts = ["<script>alert(1)</script>", "\"\u{301} onload=alert(1) '\u{308}", "\u{600}<img src=x>", "\u{1B}]0;x\u{7}\u{202E}"]
    for (place, text) in texts.enumerated() {
      let done = folder.run("note", "acme", text, "--on", "2026-03-1\(place)", "--now", "2026-03-21T0\(place):00Z", "--author", text)
      #expect(done.code == 0, "\(done.err)")
    }
    let page = page("--account", "acme", "--by", "band")
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    #expect(!page.lowercased().contains("<script"))
    let scalars = Array(page.unicodeScalars)
    for (scalar, next) in zip(scalars, scalars.dropFirst()) where "\"'<>".unicodeScalars.contains(scalar) {
      #expect(!["\u{301}", "\u{308}"].contains(next))
    }
    #expect(!page.contains("<img") && !page.unicodeScalars.contains("\u{1B}") && !page.unicodeScalars.contains("\u{202E}"))
    #expect(!page.contains("http://") && !page.contains("https://") && page.contains("default-src 'none'"))
  }

  @Test("data quality is what check finds today")
  func quality() throws {
    let found = folder.run("check", "--json", "--today", "2026-06-30")
    let findings = try #require(JSONSerialization.jsonObject(with: Data(found.out.utf8)) as? [Any])
    let rows = try table("To look at on 2026-06-30", in: page("--today", "2026-06-30"))
    #expect(rows.count == findings.count + 1 && !findings.isEmpty)
  }

  @Test("a file, the values, and an account that is not there")
  func ways() throws {
    #expect(folder.run(arguments: ["report", "-o", folder.path + "/a.html"] + Self.days).out.isEmpty)
    #expect(try String(contentsOfFile: folder.path + "/a.html", encoding: .utf8) == page())
    let json = folder.run(arguments: ["report", "--json", "--account", "acme"] + Self.days)
    let values = try #require(JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: Any])
    #expect((values["trend"] as? [Any])?.count == 4 && (values["chosen"] as? [[String: Any]])?.first?["account"] as? String == "acme")
    #expect(folder.run("report", "--account", "nobody").code == 64)
  }
}
