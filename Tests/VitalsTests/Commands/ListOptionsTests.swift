import Foundation
import Testing

@testable import vitals

/// `--where --band --sort --top --with --gone`: one mechanism on every list, tried on four accounts worked out by hand.
@Suite("list options")
struct ListOptionsTests {
  let folder: CommandFolder

  init() throws { folder = try SampleWorkspace.filled() }

  private let days = ["--from", "2026-03-16", "--to", "2026-03-20"]

  private func accounts(_ arguments: String...) throws -> [String] {
    try rows(arguments).compactMap { $0["account"] as? String }
  }

  private func rows(_ arguments: [String]) throws -> [[String: Any]] {
    let done = folder.run(arguments: arguments + ["--json"])
    #expect(done.code == 0, "\(done.err)")
    return try #require(try JSONSerialization.jsonObject(with: Data(done.out.utf8)) as? [[String: Any]])
  }

  @Test("a list is sorted by each of its columns and by what is told beside; what has no value comes last")
  func sorting() throws {
    #expect(try accounts("score", "--sort", "revenue:desc") == ["acme", "bolt", "cedar", "bolton"])
    #expect(
      try accounts("score", "--sort", "financial.renewal_on", "--with", "financial.renewal_on") == ["cedar", "acme", "bolt", "bolton"])
    #expect(
      try accounts("score", "--sort", "product.active_users:desc", "--with", "segment,product.active_users").prefix(2) == ["cedar", "acme"])
    #expect(try accounts("book", "--sort", "revenue:desc", "--top", "2") == ["acme", "bolt"])
    #expect(try accounts("book", "--sort", "SCORE") == ["bolt", "cedar", "acme", "bolton"])
    #expect(try accounts("bands", "--list", "--sort", "account:desc", "--from", "2026-03-16", "--to", "2026-03-20") == ["cedar", "bolton"])
    #expect(try accounts("movers", "--sort", "account:desc", "--from", "2026-02-18", "--to", "2026-03-20").sorted() == ["acme", "bolt"])
    for list in [["movers"] + days, ["bands", "--list"] + days, ["book"], ["score"]] {
      let wrong = folder.run(arguments: list + ["--sort", "sise"])
      #expect(wrong.code == 64 && wrong.err.contains("cannot sort by \"sise\""))
    }
  }

  @Test("what is told beside is the same in every list")
  func beside() throws {
    for list in [["movers"] + days, ["bands", "--list"] + days, ["book"], ["score", "--as-of", "2026-03-20"]] {
      let rows = try rows(list + ["--with", "segment,product.active_users,financial.renewal_on"])
      let cedar = try #require(rows.first { $0["account"] as? String == "cedar" }, "\(list)")
      #expect(cedar["segment"] as? String == "smb")
      #expect(cedar["product.active_users"] as? Double == 90)
      #expect(cedar["financial.renewal_on"] as? String == "2026-06-30")
      let text = folder.run(arguments: list + ["--with", "product.active_users"]).out
      #expect(text.contains("product.active_users") && text.contains("90"))
    }
  }

  @Test("bands are those of the last day; of passages, either end")
  func bands() throws {
    #expect(try accounts("book", "--band", "red") == ["bolt", "cedar"])
    #expect(try accounts("bands", "--list", "--band", "poor", "--from", "2026-03-16", "--to", "2026-03-20") == ["cedar"])
    let trend = try folder.rows("trend", "--daily", "--from", "2026-03-20", "--to", "2026-03-20", "--band", "red")
    #expect(trend.first?["accounts"] as? Int == 2)
    #expect(abs((trend.first?["mean"] as? Double ?? 0) - (29 + 40) / 2) < 1e-9)
    let title = folder.run("trend", "--daily", "--from", "2026-03-20", "--to", "2026-03-20", "--band", "red").out
    #expect(title.contains(" in red"))
  }

  @Test("a trend tells the mean of a signal over those that have it, and chooses among its groups")
  func trend() throws {
    let day = ["trend", "--daily", "--from", "2026-03-20", "--to", "2026-03-20"]
    let all = try rows(day + ["--with", "product.active_users"])
    #expect(all.first?["product.active_users"] as? Double == 85)  // acme 80, cedar 90
    let groups = try rows(day + ["--by", "segment", "--sort", "mean:desc", "--top", "1"])
    #expect(groups.map { $0["group"] as? String } == ["enterprise"])
    let largest = try rows(day + ["--by", "segment", "--top", "1"])
    #expect(largest.map { $0["group"] as? String } == ["smb"])
    let sums = try rows(day + ["--by", "segment", "--sort", "revenue", "--with", "financial.arr"])
    #expect(sums.map { $0["group"] as? String } == ["", "smb", "enterprise"])
    #expect(sums.map { $0["financial.arr"] as? Double } == [nil, (50000.5 + 30000) / 2, 120000])
  }

  @Test("accounts that have left are listed when asked for, with the day")
  func gone() throws {
    let churn = folder.run("outcome", "acme", "churn", "--on", "2026-03-10", "--now", "2026-03-22T06:00Z")
    #expect(churn.code == 0, "\(churn.err)")
    #expect(try accounts("score") == ["bolt", "cedar", "bolton"])
    let all = try rows(["score", "--gone"])
    let acme = try #require(all.first { $0["account"] as? String == "acme" })
    #expect(acme["left_on"] as? String == "2026-03-10")
    #expect(abs((acme["score"] as? Double ?? 0) - 218 / 3) < 1e-9)
    #expect(all.first { $0["account"] as? String == "bolt" }?["left_on"] is NSNull)
    #expect(try accounts("book", "--gone").contains("acme"))
    #expect(try !accounts("book").contains("acme"))
    let day = ["trend", "--daily", "--from", "2026-03-20", "--to", "2026-03-20"]
    #expect(try rows(day).first?["accounts"] as? Int == 3)
    #expect(try rows(day + ["--gone"]).first?["accounts"] as? Int == 4)
    #expect(try counted(["bands"] + days) == 3)
    #expect(try counted(["bands", "--gone"] + days) == 4)
  }

  private func counted(_ arguments: [String]) throws -> Int {
    try rows(arguments).reduce(0) { $0 + ($1["accounts"] as? Int ?? 0) }
  }
}
