import Foundation
import Testing

@testable import vitals

/// `vitals export`: everything that counts leaves as rows and comes back, in CSV and in JSON Lines.
@Suite("vitals export")
struct ExportCommandTests {
  let folder: CommandFolder

  init() throws { folder = try SampleWorkspace.filled() }

  private func type() throws {
    let words = "=HYPERLINK(\"x\"), <script>alert(1)</script>, \"quoted\"\nand a line 漢字 👩‍👩‍👧"
    for line in [
      ["pulse", "acme", "5", "--on", "2026-03-19"], ["note", "acme", words, "--on", "2026-03-18"],
      ["outcome", "bolt", "churn", "--on", "2026-03-12"], ["outcome", "bolt", "return", "--on", "2026-03-14", "--amount", "7.25"],
    ] {
      let done = folder.run(arguments: line + ["--now", "2026-03-22T06:00Z", "--author", "dana"])
      #expect(done.code == 0, "\(done.err)")
    }
  }

  /// A second workspace that has the same signals, settings and card, and what the first one exported.
  private func copy(format: String) throws -> CommandFolder {
    let other = try SampleWorkspace.empty()
    let files = try ["accounts", "attributes", "readings", "events"].map { what in
      let file = "\(other.path)/vitals-\(what).\(format)"
      let done = folder.run("export", what, "-o", file)
      #expect(done.code == 0, "\(done.err)")
      return file
    }
    let taken = other.run(arguments: ["import"] + files + ["--backfill", "--now", "2026-03-23T06:00Z"])
    #expect(taken.code == 0, "\(taken.err)")
    return other
  }

  @Test("another workspace that takes the files in gives the same scores of every day", arguments: ["csv", "jsonl"])
  func roundTrip(_ format: String) throws {
    try type()
    let other = try copy(format: format)
    for number in 1...59 {
      let day = number <= 28 ? "2026-02-\(number < 10 ? "0" : "")\(number)" : "2026-03-\(number < 38 ? "0" : "")\(number - 28)"
      let (first, second) = (folder.run("score", "--as-of", day, "--csv"), other.run("score", "--as-of", day, "--csv"))
      #expect(first.code == second.code && first.out == second.out, "\(day)")
    }
    for what in ["accounts", "attributes", "readings", "notes"] {
      #expect(folder.run("export", what).out == other.run("export", what).out, "\(what)")
    }
    // Identities are each workspace's own.
    let columns = "account,signal,at,value,text,author,reason"
    #expect(folder.run("export", "events", "--columns", columns).out == other.run("export", "events", "--columns", columns).out)
  }

  /// The tickets feed is silent for more than its ten days: dark once that is over, in both workspaces.
  @Test("days on which a feed was silent stay silent, and days with nothing to tell stay zero")
  func silence() throws {
    let card = """
      card: dark
      title: Is it dark?
      bands: [{band: low, color: red, from: 0}, {band: high, color: green, from: 50}]
      groups:
        all:
          weight: 1
          inputs:
            - {signal: service.tickets, measure: count 7d, points: {0: 100, 4: 0}, weight: 1, missing: skip, why: Peace.}

      """
    let other = try copy(format: "csv")
    for place in [folder.path, other.path] {
      let catalogue = try String(contentsOfFile: place + "/signals.yaml", encoding: .utf8)
      try catalogue.replacing("dark_after: 60d", with: "dark_after: 10d")
        .write(toFile: place + "/signals.yaml", atomically: true, encoding: .utf8)
      try card.write(toFile: place + "/cards/dark.yaml", atomically: true, encoding: .utf8)
    }
    let days = ["2026-02-10", "2026-02-18", "2026-03-10", "2026-03-20"]
    let scores = days.map { folder.run("score", "--card", "dark", "--as-of", $0, "--csv", "--columns", "account,score,band").out }
    #expect(scores == days.map { other.run("score", "--card", "dark", "--as-of", $0, "--csv", "--columns", "account,score,band").out })
    // The feeds told on 1 and 18 February and 20 March: what lies between is dark.
    // The feed told on 1 and 18 February and 20 March. On the 10th it has been silent for nine days only, on the 18th six of the
    // seven days turn out to have been dark, and on 10 March it has been silent for twenty.
    #expect(scores[0].contains("acme,100,high") && scores[1].contains("acme,,unknown") && scores[2].contains("acme,,unknown"))
    #expect(scores[3].contains("acme,70.83"))
  }

  @Test("text that a spreadsheet would run gets an apostrophe when asked for; numbers never do")
  func spreadsheets() throws {
    try type()
    let plain = folder.run("export", "notes", "--csv").out
    #expect(plain.contains("\"=HYPERLINK(") && plain.contains("<script>alert(1)</script>") && plain.contains("漢字"))
    #expect(folder.run("export", "notes", "--for-spreadsheets").out.contains("\"'=HYPERLINK("))
    try folder.write("account,day,logins\nacme,2026-03-21,-4\n", to: "usage_2026-03-21.csv")
    #expect(folder.run("import", folder.path + "/usage_2026-03-21.csv", "--now", "2026-03-22T07:00Z").code == 0)
    #expect(
      folder.run("export", "readings", "--for-spreadsheets", "--from", "2026-03-21").out.contains("acme,product.logins,2026-03-21,-4\n"))
  }

  @Test("scores are those that were recorded, and a range bounds what is written")
  func scoresAndRanges() throws {
    #expect(folder.run("export", "scores").out == "run,recorded,author,as_of,known_by,account,card,score,raw,coverage,band\n")
    let kept = folder.run("score", "--record", "--force", "--quiet", "--now", "2026-03-22T06:00Z", "--author", "ops", "--csv")
    #expect(kept.code == 0, "\(kept.err)")
    let rows = try folder.rows("export", "scores")
    #expect(rows.map { $0["account"] as? String } == ["acme", "bolt", "cedar", "bolton"])
    #expect(rows.first?["as_of"] as? String == "2026-03-20" && rows.first?["recorded"] as? String == "2026-03-22T06:00:00Z")
    #expect(abs((rows.first?["score"] as? Double ?? 0) - 218 / 3) < 1e-9)
    let march = folder.run("export", "readings", "--from", "2026-03-20", "--to", "2026-03-20", "--format", "jsonl").out
    #expect(!march.contains("2026-02") && march.contains("\"at\":\"2026-03-20\"") && march.hasSuffix("}\n"))
    #expect(try folder.rows("export", "events", "--known-by", "2026-02-20").count(where: { $0["account"] is String }) == 1)
    #expect(folder.run("export", "readings", "--format", "table").code == 64)
    // What stays behind is said.
    #expect(!folder.run("export", "readings").err.contains("overrides"))
    #expect(folder.run("override", "acme", "--cap", "40", "--until", "2026-05-01", "--note", "x", "--now", "2026-03-22T06:00Z").code == 0)
    #expect(folder.run("export", "readings").err.contains("there are overrides, which an export leaves behind"))
    // Where there is nothing, the file says so, and can be taken in.
    let (file, empty) = (folder.path + "/vitals-readings.jsonl", try SampleWorkspace.empty())
    #expect(empty.run("export", "readings", "-o", file).code == 0)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "\n")
    #expect(empty.run("export", "readings", "--json").out == "[]\n" && empty.run("import", file).code == 0)
  }
}
