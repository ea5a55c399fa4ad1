import Foundation
import Testing

@testable import vitals

/// What people type: pulses, notes, outcomes, overrides, and scores that are kept (see `SampleWorkspace`).
@Suite("What people type")
struct TypingCommandTests {
  let folder: CommandFolder

  init() throws { folder = try SampleWorkspace.filled() }

  private let later = ["--now", "2026-03-23T09:00Z"]

  private func type(_ words: String...) throws -> [String: Any] {
    let done = folder.run(arguments: words + later + ["--author", "dana", "--json"])
    #expect(done.code == 0, "\(done.err)")
    return try #require(try JSONSerialization.jsonObject(with: Data(done.out.utf8)) as? [String: Any])
  }

  private func score(_ account: String, _ words: String...) throws -> [String: Any] {
    let rows = try folder.rows("score", words.first ?? "--sort", words.first == nil ? "score" : words[1])
    return try #require(rows.first { $0["account"] as? String == account })
  }

  /// A pulse of 2 caps acme's 218/3 at 40, from its day on; taken back, the score is bit for bit what it was.
  @Test("a pulse counts from its day on, is an import with its author, and can be taken back")
  func pulse() throws {
    let before = folder.run("score", "--as-of", "2026-03-20", "--csv").out
    let typed = try type("pulse", "acme", "2", "--on", "2026-03-20", "--note", "Ines left")
    #expect(typed["signal"] as? String == "human.csm_pulse" && typed["counts_from"] as? String == "2026-03-20")
    #expect(typed["import"] as? Int == 11 && typed["author"] as? String == "dana" && typed["value"] as? Double == 2)
    let capped = try #require(try folder.rows("score", "--as-of", "2026-03-20").first { $0["account"] as? String == "acme" })
    #expect(capped["shown"] as? Int == 40)
    #expect(try folder.rows("score", "--as-of", "2026-03-19").first { $0["account"] as? String == "acme" }?["shown"] as? Int != 40)
    let log = try #require(try folder.rows("imports", "list", "--all").last)
    #expect(log["feed"] as? String == "@pulses" && log["author"] as? String == "dana")
    #expect(log["file"] as? String == "pulse acme 2 --note \"Ines left\"")
    let fact = try #require(try folder.rows("history", "acme", "--signal", "human.csm_pulse").first)
    #expect(fact["author"] as? String == "dana" && fact["text"] as? String == "Ines left" && fact["value"] as? Double == 2)
    #expect(folder.run("imports", "revert", "11").code == 0)
    #expect(folder.run("score", "--as-of", "2026-03-20", "--csv").out == before)
    #expect(folder.run("imports", "restore", "11").code == 0)
    #expect(folder.run("score", "--as-of", "2026-03-20", "--csv").out != before)
  }

  /// Everything that can be typed, in orders that chance chooses; taken back in another, no bit of any score is different.
  @Test("whatever was typed, taken back in any order, leaves the scores of every day bit for bit", arguments: [1, 2, 3] as [UInt64])
  func takenBack(seed: UInt64) throws {
    var state = seed
    func chance(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    func scores() -> String {
      folder.run("score", "--csv").out + folder.run("trend", "--daily", "--from", "2026-03-10", "--to", "2026-03-20", "--csv").out
    }
    let before = scores()
    var left: [Int] = []
    for _ in 0..<6 {
      let (account, day) = (["acme", "bolt", "cedar", "bolton"][chance(4)], "2026-03-1\(chance(10))")
      let typed =
        switch chance(4) {
        case 0: try type("pulse", account, "\(1 + chance(6))", "--on", day)
        case 1: try type("note", account, "Words", "--on", day)
        case 2: try type("outcome", account, "churn", "--on", day)
        default: try type("override", account, "--set", "\(chance(101))", "--from", day, "--until", "2026-03-31", "--note", "So")
        }
      left.append(try #require(typed["import"] as? Int ?? typed["id"] as? Int))
    }
    _ = try type("override", "acme", "--set", "1", "--from", "2026-03-15", "--until", "2026-03-31", "--note", "Sure to show")
    left.append((left.last ?? 0) + 1)
    #expect(scores() != before)
    while !left.isEmpty { #expect(folder.run("imports", "revert", "\(left.remove(at: chance(left.count)))").code == 0) }
    #expect(scores() == before)
  }

  @Test("what is typed does not move the as-of day, and is said not to be in the score yet")
  func notYet() throws {
    let done = folder.run(arguments: ["pulse", "acme", "3"] + later)
    #expect(done.out.contains("counts from 2026-03-23") && done.out.contains("not yet in the score"), "\(done.out)\(done.err)")
    let shown = folder.run(arguments: ["show", "acme"] + later).out
    #expect(shown.contains("as of 2026-03-20") && shown.contains("human.csm_pulse 3 (not yet in the score)"))
    #expect(try folder.rows("score").first { $0["account"] as? String == "acme" }?["as_of"] as? String == "2026-03-20")
  }

  @Test("notes are kept as they were written, found by their words, and shown harmless")
  func notes() throws {
    let wild = "<script>alert(1)</script> Café \u{1B}[31mred\u{1B}[0m budget"
    #expect(try type("note", "acme", wild, "--on", "2026-03-20")["text"] as? String == wild)
    _ = try type("note", "bolt", "The budget is cut", "--on", "2026-03-19")
    let found = try folder.rows("notes", "search", "BUDG")
    // Fed notes are found too: cedar's pulse says "Sponsor gone, budget cut".
    #expect(Set(found.map { $0["account"] as? String }) == ["acme", "bolt", "cedar"])
    #expect(try folder.rows("notes", "search", "cafe").map { $0["text"] as? String } == [wild])
    #expect(try folder.rows("notes", "search", "budget", "--account", "bolt").count == 1)
    #expect(try folder.rows("notes", "search", "budget", "\" OR *").isEmpty)
    #expect(try folder.rows("notes", "search", "login").isEmpty)  // the words of tickets are not notes
    let shown = folder.run("notes", "search", "budget").out + folder.run("show", "acme").out
    #expect(!shown.contains("\u{1B}") && shown.contains("<script>alert(1)</script>"))
    #expect(folder.run("imports", "revert", "12").code == 0)
    #expect(try folder.rows("notes", "search", "cut").map { $0["account"] as? String } == ["cedar"])
    #expect(folder.run("accounts", "erase", "acme", "--yes").code == 0)
    #expect(try folder.rows("notes", "search", "cafe").isEmpty)
    let database = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/vitals.db"))
    #expect(database.range(of: Data("alert(1)".utf8)) == nil && database.range(of: Data("alert".utf8)) == nil)
  }

  @Test("an account that churned is not counted until it returns")
  func outcome() throws {
    let typed = try type("outcome", "bolt", "churn", "--on", "2026-03-19", "--amount", "50000")
    #expect(typed["signal"] as? String == "outcome.churn" && typed["value"] as? Double == 50_000)
    #expect(try folder.rows("score").map { $0["account"] as? String } == ["cedar", "acme", "bolton"])
    _ = try type("outcome", "bolt", "return", "--on", "2026-03-20")
    #expect(try folder.rows("score").count == 4)
  }

  /// acme's raw score is 218/3, cedar's 96.5 capped at 40 by a rule.
  @Test("overrides act after rules, on their days and cards, and say so")
  func overrides() throws {
    let cap = try type("override", "acme", "--cap", "30", "--until", "2026-03-31", "--note", "Talks with a rival")
    #expect(cap["id"] as? Int == 11 && cap["from"] as? String == "2026-03-20")
    _ = try type("override", "cedar", "--floor", "55", "--until", "2026-03-31", "--note", "The sponsor is back", "--card", "desk")
    _ = try type("override", "bolton", "--set", "70", "--until", "2026-03-20", "--note", "Known from before")
    let rows = try folder.rows("score")
    func row(_ account: String) throws -> [String: Any] { try #require(rows.first { $0["account"] as? String == account }) }
    #expect(try row("acme")["shown"] as? Int == 30 && row("cedar")["shown"] as? Int == 55)
    // A set gives a band where there was nothing to score.
    #expect(try row("bolton")["shown"] as? Int == 70 && row("bolton")["band"] as? String == "good")
    let acting = try #require(try row("acme")["override"] as? [[String: Any]])
    #expect(acting.count == 1 && acting[0]["id"] as? Int == 11 && acting[0]["note"] as? String == "Talks with a rival")
    #expect(acting[0]["author"] as? String == "dana" && acting[0]["until"] as? String == "2026-03-31")
    #expect(try row("bolt")["override"] is NSNull)
    #expect(folder.run("show", "acme").out.contains("override cap 30 by dana until 2026-03-31: Talks with a rival (11)"))
    #expect(try folder.rows("score", "--as-of", "2026-03-19").first { $0["account"] as? String == "acme" }?["shown"] as? Int != 30)
    let why = folder.run("why", "acme", "--from", "2026-03-19", "--to", "2026-03-20").out
    #expect(why.contains("now override cap 30 by dana until 2026-03-31: Talks with a rival"), "\(why)")
    #expect(try folder.rows("overrides", "list").map { $0["id"] as? Int } == [13, 12, 11])
    #expect(
      try folder.rows("trend", "--daily", "--from", "2026-03-20", "--to", "2026-03-20").first?["mean"] as? Double == (29 + 30 + 55 + 70) / 4
    )
  }

  @Test("an override that is ended holds on the days before, and the past can be asked for as it was known")
  func ending() throws {
    _ = try type("override", "acme", "--cap", "30", "--from", "2026-03-18", "--until", "2026-03-31", "--note", "Talks")
    let end = folder.run("overrides", "end", "11", "--on", "2026-03-20", "--now", "2026-03-24T09:00Z", "--json")
    #expect(end.code == 0, "\(end.err)")
    func shown(_ words: String...) throws -> Int? {
      let done = folder.run(arguments: ["score", "--json"] + words)
      let rows = try JSONSerialization.jsonObject(with: Data(done.out.utf8)) as? [[String: Any]]
      return rows?.first { $0["account"] as? String == "acme" }?["shown"] as? Int
    }
    #expect(try shown("--as-of", "2026-03-20") == 73 && shown("--as-of", "2026-03-19") == 30)
    #expect(try shown("--as-of", "2026-03-20", "--known-by", "2026-03-23") == 30)
    #expect(try shown("--as-of", "2026-03-20", "--known-by", "2026-03-22") == 73)
    #expect(try folder.rows("overrides", "list").isEmpty)
    let all = try #require(try folder.rows("overrides", "list", "--all").first)
    #expect(all["state"] as? String == "ended" && all["ended"] as? String == "2026-03-20" && all["until"] as? String == "2026-03-31")
    #expect(folder.run("imports", "revert", "12").code == 0)
    #expect(try shown("--as-of", "2026-03-20") == 30)
    #expect(folder.run("imports", "revert", "11").code == 0)
    #expect(try shown("--as-of", "2026-03-19") != 30)
  }

  @Test("recorded scores are kept once for each set of things they follow from")
  func recording() throws {
    let first = folder.run(arguments: ["score", "--record"] + later)
    #expect(first.code == 0 && first.err.contains("recorded as run 1: 4 accounts as of 2026-03-20"), "\(first.err)")
    #expect(folder.run(arguments: ["score", "--record", "--top", "1"] + later).err.contains("recorded already: run 1"))
    let status = try #require(try folder.json("status") as? [String: Any])
    let recorded = try #require(status["recorded"] as? [String: Any])
    #expect(recorded["run"] as? Int == 1 && recorded["as_of"] as? String == "2026-03-20" && recorded["accounts"] as? Int == 4)
    #expect(folder.run("status").out.contains("recorded   run 1: 4 accounts as of 2026-03-20"))
    // Another day, another fact, and another text of the card are other runs.
    #expect(folder.run(arguments: ["score", "--record", "--as-of", "2026-03-19"] + later).err.contains("run 2"))
    _ = try type("note", "acme", "Something new")
    #expect(folder.run(arguments: ["score", "--record"] + later).err.contains("recorded as run 3"))
    let card = folder.path + "/cards/desk.yaml"
    try Data((String(contentsOfFile: card, encoding: .utf8) + "# another text\n").utf8).write(to: URL(fileURLWithPath: card))
    #expect(folder.run(arguments: ["score", "--record"] + later).err.contains("recorded as run 4"))
    #expect(folder.run(arguments: ["score", "--record", "--known-by", "2026-03-22"] + later).err.contains("recorded as run 5"))
  }

  @Test("scales, reasons, days and kinds are checked")
  func refusals() throws {
    #expect(folder.run("pulse", "acme", "7").code == 64)
    #expect(folder.run("override", "acme", "--cap", "3", "--until", "2026-12-31", "--note", "  ").err.contains("no words"))
    let login = folder.run(arguments: ["note", "acme", "x", "--author", " "] + later)
    #expect(login.code == 0 && !login.out.contains("by ,") && !login.out.contains("by  "), "\(login.out)")
    #expect(folder.run("note", "nobody", "x").err.contains("there is no account"))
    let signals = folder.path + "/signals.yaml"
    let text = try String(contentsOfFile: signals, encoding: .utf8)
    try Data(text.replacing("dark_after: 60d, says: What", with: "dark_after: 60d, reasons: [price, bugs], says: What").utf8).write(
      to: URL(fileURLWithPath: signals))
    let refused = folder.run(arguments: ["pulse", "acme", "3", "--reason", "prise"] + later)
    #expect(refused.code == 64 && refused.err.contains("did you mean price? The reasons are: price, bugs"), "\(refused.err)")
    #expect(try type("pulse", "acme", "3", "--reason", "bugs")["reason"] as? String == "bugs")
  }
}
