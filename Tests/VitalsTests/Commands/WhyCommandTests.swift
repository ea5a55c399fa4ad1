import Foundation
import Testing

@testable import vitals

/// `vitals why`, on four accounts worked out by hand (see `SampleWorkspace`).
@Suite("vitals why")
struct WhyCommandTests {
  let folder: CommandFolder

  init() throws { folder = try SampleWorkspace.filled() }

  /// acme on 2026-02-18: people 60, logins 30, tickets none; on 2026-03-20: 80, 19 and one. W = 35 %, 35 %, 30 %.
  @Test("its parts are those of the hand's calculation, largest first, and they sum to the change")
  func oneAccount() throws {
    let done = folder.run("why", "acme", "--from", "2026-02-18", "--to", "2026-03-20")
    #expect(done.code == 0, "\(done.err)")
    #expect(done.out.contains("Acme Inc (acme) from 2026-02-18 to 2026-03-20 under desk"))
    #expect(done.out.contains("product.logins (sum 7d) fell from 30 to 19"))
    #expect(done.out.contains("product.active_users rose from 60 to 80"))
    #expect(done.out.contains("change: 86 good → 73 good"))
    let why = try #require(try folder.json("why", "acme", "--from", "2026-02-18", "--to", "2026-03-20") as? [String: Any])
    let parts = try #require(why["parts"] as? [[String: Any]])
    #expect(parts.map { $0["signal"] as? String } == ["product.logins", "service.tickets", "product.active_users"])
    #expect(parts[0]["says"] as? String == "product.logins (sum 7d) fell from 30 to 19: −12.8")
    let amounts = parts.compactMap { $0["change"] as? Double }
    let expected = [-0.35 * 110 / 3, -0.3 * 25, 0.35 * 20]
    #expect(amounts.count == 3 && zip(amounts, expected).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(abs((why["change"] as? Double ?? 0) - expected.reduce(0, +)) < 1e-9)
    #expect((why["before"] as? [String: Any])?["band"] as? String == "good")
  }

  @Test("every format is as it was read and agreed")
  func golden() throws {
    for golden in try Golden.all("sample") { try golden.check(in: folder, db: folder.path + "/vitals.db") }
  }

  @Test("a rule that began is said with its reason")
  func rule() throws {
    let done = folder.run("why", "cedar", "--from", "2026-03-16", "--to", "2026-03-20")
    #expect(done.code == 0 && done.out.contains("now cap 40: A bad pulse"), "\(done.out)")
    let why = try #require(try folder.json("why", "cedar", "--from", "2026-03-16", "--to", "2026-03-20") as? [String: Any])
    let parts = try #require(why["parts"] as? [[String: Any]])
    #expect(parts.contains { $0["kind"] as? String == "rules" && $0["began"] as? [String] == ["cap 40: A bad pulse"] })
  }

  @Test("an end without a score is said, and nothing is taken apart")
  func noScore() throws {
    let done = folder.run("why", "bolton", "--from", "2026-03-01", "--to", "2026-03-20")
    #expect(done.code == 0 && done.out.contains("nothing to take apart") && done.out.contains("it starts on 2026-03-18"), "\(done.out)")
    let why = try #require(try folder.json("why", "bolton", "--from", "2026-03-01", "--to", "2026-03-20") as? [String: Any])
    #expect(why["change"] is NSNull && (why["parts"] as? [Any])?.isEmpty == true)
    #expect((why["before"] as? [String: Any])?["standing"] as? String == "not_started")
    #expect((why["before"] as? [String: Any])?["reason"] as? String == "not counted: it starts on 2026-03-18")
    // Counted by then, though too young for any figure.
    #expect(done.out.contains("2026-03-20: unknown, since nothing that the card looks at was there."), "\(done.out)")
    let early = folder.run("why", "acme", "--from", "1999-12-31")
    #expect(early.code == 0 && early.out.contains("1999-12-31  –  not counted: it starts on 2025-01-01"), "\(early.out)")
  }

  /// The correction takes acme's logins of the week from 19 to 22: 0.35 · 10.
  @Test("what was believed, against what is known now, names the import")
  func believed() throws {
    try folder.write(SampleWorkspace.correction.text, to: SampleWorkspace.correction.name)
    let file = folder.path + "/" + SampleWorkspace.correction.name
    #expect(folder.run("import", file, "--now", "2026-03-22T06:00Z").code == 0)
    let words = ["why", "acme", "--at", "2026-03-20", "--believed", "2026-03-21", "--now", "2026-03-23T06:00Z"]
    let done = folder.run(arguments: words)
    #expect(done.out.contains("known now") && done.out.contains("(sum 7d) rose from 19 to 22"), "\(done.out) \(done.err)")
    let text = folder.run(arguments: words + ["--json"]).out
    let why = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let parts = try #require(why["parts"] as? [[String: Any]])
    // The reading of the 20th was import 10's, and is 11's now.
    #expect(parts.count == 1 && parts[0]["imports"] as? [Int] == [10, 11], "\(parts)")
    #expect(abs((why["change"] as? Double ?? 0) - 3.5) < 1e-9)
  }

  @Test("the mean of all is that of the score report, and groups have their own parts")
  func portfolio() throws {
    let words = ["why", "--all", "--from", "2026-02-18", "--to", "2026-03-20"]
    let all = try #require(try folder.json(words[0], words[1], words[2], words[3], words[4], words[5]) as? [String: Any])
    let groups = try #require(all["groups"] as? [[String: Any]])
    let after = try #require(groups[0]["after"] as? [String: Any])
    // acme 218/3, bolt 29, cedar 40; bolton is unknown.
    #expect(after["accounts"] as? Int == 4 && after["unknown"] as? Int == 1)
    #expect(abs((after["mean"] as? Double ?? 0) - (218.0 / 3 + 29 + 40) / 3) < 1e-9)
    let parts = try #require(groups[0]["parts"] as? [[String: Any]])
    let sum = parts.reduce(0) { $0 + ($1["change"] as? Double ?? 0) }
    #expect(abs(sum - (groups[0]["change"] as? Double ?? .nan)) < 1e-9)
    #expect(parts.contains { $0["mix"] as? String == "came" && $0["accounts"] as? Int == 1 })
    let text = folder.run(arguments: words + ["--by", "segment"]).out
    #expect(text.contains("segment enterprise") && text.contains("segment smb") && text.contains("came"))
    let csv = folder.run(arguments: words + ["--by", "segment", "--csv"]).out
    #expect(csv.hasPrefix("by_value,from,to,kind,mix,group,signal,measure,change,") && csv.contains("smb,2026-02-18,2026-03-20,mix,came,"))
    #expect(folder.run(arguments: words + ["--where", "segment=nowhere"]).code == 0)
  }

  /// acme's 218/3 is capped at 30 by import 11, and no longer from the 20th on by import 12.
  @Test("an override is said with its author and end, and the imports that stated and ended it are named")
  func overrides() throws {
    let cap = ["override", "acme", "--cap", "30", "--from", "2026-03-18", "--until", "2026-03-31", "--note", "Talks", "--author", "dana"]
    #expect(folder.run(arguments: cap + ["--now", "2026-03-23T09:00Z"]).code == 0)
    func part(believed: String) throws -> [String: Any] {
      let words = ["why", "acme", "--at", "2026-03-20", "--believed", believed, "--now", "2026-03-25T09:00Z", "--json"]
      let text = folder.run(arguments: words).out
      let why = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      let parts = try #require(why["parts"] as? [[String: Any]])
      try #require(parts.count == 1, "\(text)")
      return parts[0]
    }
    let said = "override cap 30 by dana until 2026-03-31: Talks"
    let stated = try part(believed: "2026-03-22")
    #expect(stated["kind"] as? String == "rules" && stated["began"] as? [String] == [said] && stated["imports"] as? [Int] == [11])
    #expect(abs((stated["change"] as? Double ?? 0) - (30 - 218.0 / 3)) < 1e-9)
    #expect(folder.run("overrides", "end", "11", "--on", "2026-03-20", "--now", "2026-03-24T09:00Z").code == 0)
    let ended = try part(believed: "2026-03-23")
    #expect(ended["ended"] as? [String] == [said] && ended["imports"] as? [Int] == [12])
    #expect(ended["says"] as? String == "no longer \(said): +42.7")
  }

  /// What left has no score, and it is said up to when it had one.
  @Test("an account that left says until when it can be asked about")
  func gone() throws {
    try folder.write(Self.outcomes, to: "feeds/outcomes.yaml")
    try folder.write("id,account,day\nC1,acme,2026-03-19\n", to: "outcomes_2026-03-20.csv")
    let taken = folder.run("import", folder.path + "/outcomes_2026-03-20.csv", "--now", "2026-03-21T07:00Z")
    #expect(taken.code == 0, "\(taken.err)")
    let done = folder.run("why", "acme", "--from", "2026-02-18", "--to", "2026-03-20")
    #expect(done.out.contains("2026-03-20  –  not counted: it left on 2026-03-19"), "\(done.out)")
    #expect(done.out.contains("It had one until 2026-03-18: write --to 2026-03-18."))
    #expect(folder.run("why", "acme", "--from", "2026-02-18", "--to", "2026-03-18").out.contains("change: 86 good → "))
  }

  private static let outcomes = """
    feed: outcomes
    match: ["outcomes_*.csv"]
    after: [accounts]
    day: "outcomes_%Y-%m-%d*"
    account: account
    at: day
    signals:
      outcome.churn: {event: id, value: 1}

    """
}
