import Foundation
import Testing

@testable import vitals

@Suite("vitals feeds")
struct FeedsCommandTests {
  let folder: CommandFolder

  init() throws {
    folder = try CommandFolder()
    #expect(folder.run("init").code == 0)
  }

  private func draft(_ name: String, _ text: String, _ more: String...) throws -> (code: Int32, out: String, err: String) {
    try folder.write(text, to: name)
    return folder.run(arguments: ["feeds", "new", folder.path + "/" + name] + more)
  }

  /// Drafts a feed from a file, lints it, and imports the file: what a newcomer does in the first minute.
  private func works(_ name: String, _ text: String, feed: String, rows: Int) throws {
    let made = try draft(name, text)
    #expect(made.code == 0, "\(made.err)")
    #expect(folder.exists("feeds/\(feed).yaml"))
    let lint = folder.run("feeds", "lint")
    #expect(lint.code == 0 && lint.out.isEmpty, "\(lint.err)")
    let tried = try folder.rows("import", folder.path + "/" + name, "--dry-run")
    #expect(tried[0]["state"] as? String == "dry-run" && tried[0]["rejected"] as? Int == 0)
    #expect(tried[0]["new"] as? Int == rows, "\(tried)")
  }

  @Test func whatIsDraftedCanBeImportedAtOnce() throws {
    try works("usage_2026-03-20.csv", "customer,date,logins,api calls\nC1,2026-03-20,4,17\nC2,2026-03-20,5,9\n", feed: "usage", rows: 2)
    try works("Zähler 20.03.2026.csv", "Account;Zeit;Wert\na;20.03.2026 08:44;1\nb;20.03.2026 09:00;2\n", feed: "zhler", rows: 2)
    try works(
      "tickets.csv", "ticket_id,account_id,created_at,subject\n1,a,3/19/2026,Slow\n2,a,3/20/2026,\"Still, slow\"\n", feed: "tickets",
      rows: 2)
    try works(
      "accounts_20260320.csv",
      "id,company_name,tier,since,seats\n007,Acme,gold,2020-01-31,NA\n008,Bolt,tin,2021-01-31,8\n"
        .replacing("id,", with: "account_id,"), feed: "accounts", rows: 2)
  }

  @Test func theSignalsThatItNamesAreDeclared() throws {
    let before = try folder.text("signals.yaml")
    let made = try draft("usage_2026-03-20.csv", "account,date,logins,exports\na,2026-03-20,4,17\n")
    #expect(made.out.contains("product.logins") && made.out.contains("product.exports"))
    let after = try folder.text("signals.yaml")
    let added = after.split(separator: "\n").filter { !before.split(separator: "\n").contains($0) }
    #expect(before.split(separator: "\n").allSatisfy { after.split(separator: "\n").contains($0) })
    #expect(added.contains { $0.contains("product.exports: {kind: count,") } && !added.contains { $0.contains("product.logins") })
    // A second time it is refused, and nothing is written.
    let again = folder.run("feeds", "new", folder.path + "/usage_2026-03-20.csv")
    #expect(again.code == 64 && again.err.contains("the feed usage is there already"))
    #expect(try folder.text("signals.yaml") == after)
    #expect(folder.run("feeds", "new", folder.path + "/usage_2026-03-20.csv", "--force").code == 0)
    #expect(try folder.text("signals.yaml") == after)
  }

  @Test func aDraftElsewhereLeavesTheWorkspaceAlone() throws {
    let before = try folder.text("signals.yaml")
    let path = folder.path + "/draft.yaml"
    #expect(try draft("usage_2026-03-20.csv", "account,date,exports\na,2026-03-20,17\n", "-o", path).code == 0)
    #expect(
      try folder.text("draft.yaml").hasSuffix(
        "\n#   product.exports: {kind: count, unit: exports, direction: none, says: \"The column exports of the feed usage.\"}\n"))
    #expect(folder.run("feeds", "new", folder.path + "/usage_2026-03-20.csv", "-o", path).code == 64)
    let printed = folder.run("feeds", "new", folder.path + "/usage_2026-03-20.csv", "-o", "-")
    #expect(printed.code == 0)
    #expect(try printed.out == folder.text("draft.yaml"))
    #expect(try folder.text("signals.yaml") == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/feeds").isEmpty)
  }

  @Test func whatIsOpenIsAskedAndRefusedUntilItIsSaid() throws {
    let made = try draft("calls.csv", "account,day,calls\na,03/02/2026,1\nb,02/01/2026,2\n")
    #expect(made.code == 0 && made.out.contains("dd/MM/yyyy or MM/dd/yyyy"))
    #expect(folder.run("feeds", "lint").code == 0)
    #expect(folder.run("import", folder.path + "/calls.csv", "--dry-run").code == 65)
    let text = try folder.text("feeds/calls.yaml").replacing(
      "# at: {column: day, format: MM/dd/yyyy}", with: "at: {column: day, format: MM/dd/yyyy}")
    try folder.write(text, to: "feeds/calls.yaml")
    #expect(try folder.rows("import", folder.path + "/calls.csv", "--dry-run")[0]["new"] as? Int == 2)
  }

  @Test func theList() throws {
    #expect(folder.run("feeds").out.contains("`vitals feeds new FILE` drafts one"))
    _ = try draft("usage_2026-03-20.csv", "account,date,logins\na,2026-03-20,4\n")
    #expect(folder.run("import", folder.path + "/usage_2026-03-20.csv").code == 0)
    try folder.write("feed: broken\n", to: "feeds/broken.yaml")
    let rows = try folder.rows("feeds", "list")
    #expect(rows.count == 2 && rows[0]["feed"] is NSNull && (rows[0]["error"] as? String)?.contains("account") == true)
    #expect(rows[1]["feed"] as? String == "usage" && rows[1]["match"] as? [String] == ["usage_*.csv"])
    #expect(rows[1]["signals"] as? [String] == ["product.logins"] && rows[1]["last_file"] as? String == "usage_2026-03-20.csv")
    #expect(folder.run("feeds", "list").out.contains("1 feed cannot be read; `vitals feeds lint` says why."))
    #expect(folder.run("feeds", "lint").code == 65)
    let one = folder.run("feeds", "lint", folder.path + "/feeds/usage.yaml")
    #expect(one.code == 0 && one.err == "1 feed, fine\n")
  }

  // MARK: Published data

  private static let data = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../../shared/data").standardizedFileURL

  /// Published files, the first of them that is there of each kind.
  private static let published: [String] = {
    let ravenstack = ["accounts", "subscriptions", "feature_usage", "support_tickets", "churn_events"].map {
      "ravenstack/ravenstack_\($0).csv"
    }
    let all = ravenstack + ["accounts-receivable/accounts-receivable.csv", "sparkify-log/2018-11-01-events.json"]
    return all.filter { FileManager.default.fileExists(atPath: data.path + "/" + $0) }
  }()

  @Test(.enabled(if: !published.isEmpty, "there is no ../shared/data beside the repository"), arguments: published)
  func publishedFilesWorkAtOnce(name: String) throws {
    let path = Self.data.path + "/" + name
    let made = folder.run("feeds", "new", path)
    #expect(made.code == 0, "\(made.err)")
    let lint = folder.run("feeds", "lint")
    #expect(lint.code == 0, "\(lint.err)")
    let tried = folder.run("import", path, "--dry-run", "--json")
    // JSON Lines are drafted from; whether they can be read is the import's matter.
    #expect(tried.code == 0 || tried.err.contains("is jsonl, and this version reads csv"), "\(tried.err)")
  }
}
