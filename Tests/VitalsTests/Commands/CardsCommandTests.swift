import Foundation
import Testing

@testable import vitals

/// The cards of the sample workspace (see `SampleWorkspace` for its figures), and those that ship.
@Suite("vitals cards")
struct CardsCommandTests {
  let folder: CommandFolder

  init() throws { folder = try SampleWorkspace.filled() }

  private func number(_ value: Any?) -> Double { (value as? NSNumber)?.doubleValue ?? .nan }
  private func isClose(_ value: Any?, _ expected: Double) -> Bool { abs(number(value) - expected) < 1e-9 }

  /// A card like `desk` with some of its text replaced.
  private func draft(_ name: String, _ changes: (String, String)...) throws -> String {
    var text = try folder.text("cards/desk.yaml")
    for (old, new) in changes {
      #expect(text.contains(old))
      text = text.replacing(old, with: new)
    }
    try folder.write(text, to: name)
    return folder.path + "/" + name
  }

  // MARK: list

  @Test func listNamesWhatIsHereAndWhatShips() throws {
    let rows = try folder.rows("cards", "list")
    #expect(rows.count == 1 + ShippedCard.all.count)
    let desk = rows[0]
    #expect(desk["card"] as? String == "desk" && desk["source"] as? String == "workspace" && desk["headline"] as? Bool == true)
    #expect(desk["title"] as? String == "Is all well?" && desk["outcome"] as? String == "renewal" && desk["priority"] as? Int == 0)
    #expect((desk["hash"] as? String)?.count == 16 && desk["state"] as? String == "ready")
    let adoption = try #require(rows.first { $0["card"] as? String == "adoption" })
    #expect(adoption["source"] as? String == "shipped" && adoption["file"] is NSNull)
    #expect(adoption["for"] as? [String: [String]] == ["stage": ["adoption"]] && adoption["priority"] as? Int == 10)
    // The sample's catalogue has six signals.
    #expect(adoption["state"] as? String == "needs-signals")
    #expect((adoption["missing_signals"] as? [String])?.contains("product.usage_minutes") == true)
    #expect((adoption["missing_signals"] as? [String])?.contains("product.logins") == false)
    #expect(folder.run("cards").out == folder.run("cards", "list").out)
    #expect(folder.run("cards", "--csv").out.hasPrefix("card,title,outcome,for,priority,source,file,hash,review_by,headline,state"))
  }

  @Test func aCardOfTheWorkspaceTakesThePlaceOfTheShippedOne() throws {
    let path = try draft("cards/stoplight.yaml", ("card: desk", "card: stoplight"), ("outcome: renewal\n", ""))
    let rows = try folder.rows("cards").filter { $0["card"] as? String == "stoplight" }
    #expect(rows.count == 1 && rows[0]["source"] as? String == "workspace" && rows[0]["file"] as? String == path)
    let scores = try folder.rows("score", "--card", "stoplight", "--as-of", "2026-03-20")
    #expect(scores.allSatisfy { ["poor", "fair", "good", "unknown"].contains($0["band"] as? String) })
    // Broken it is still the one that is meant.
    try folder.write("card: stoplight\n", to: "cards/stoplight.yaml")
    #expect(folder.run("score", "--card", "stoplight").code == 65)
    let list = folder.run("cards")
    #expect(list.code == 0 && folder.plain(list.err).hasPrefix("vitals: warning: a card cannot be read: cards/stoplight.yaml:1:"))
    #expect(try folder.rows("cards").first { $0["card"] as? String == "stoplight" }?["state"] as? String == "broken")
  }

  // MARK: show

  @Test func showSaysAllThatACardSays() throws {
    let card = try #require(try folder.json("cards", "show", "desk") as? [String: Any])
    #expect(card["card"] as? String == "desk" && card["horizon"] as? Int == 90 && isClose(card["coverage_floor"], 0.5))
    let bands = try #require(card["bands"] as? [[String: Any]])
    #expect(bands.map { $0["band"] as? String } == ["poor", "fair", "good"] && bands.map { $0["from"] as? Int } == [0, 41, 61])
    let groups = try #require(card["groups"] as? [[String: Any]])
    #expect(groups.map { number($0["share"]) } == [0.7, 0.3])
    let inputs = try #require(groups[0]["inputs"] as? [[String: Any]])
    #expect(inputs.map { $0["measure"] as? String } == ["last", "sum 7d"] && inputs.allSatisfy { isClose($0["share"], 0.35) })
    #expect(inputs.map { $0["missing"] as? String } == ["skip", "skip"] && inputs[0]["expire"] as? Int == 60)
    let curve = try #require(inputs[1]["curve"] as? [String: Any])
    #expect(curve["kind"] as? String == "points" && curve["knots"] as? [[Int]] == [[0, 0], [30, 100]])
    let rules = try #require(card["rules"] as? [[String: Any]])
    #expect(rules[0]["when"] as? [String] == ["human.csm_pulse to 2"] && rules[0]["value"] as? Int == 40)
    let text = folder.run("cards", "show", "desk").out
    for words in [
      "desk: Is all well?", "judged by renewal within 90 days", "unknown below 50 % coverage", "product, 70.0 %", "0 at 0, 100 at 30",
      "cap 40 when human.csm_pulse to 2: A bad pulse", "Call them", "Breadth.",
    ] { #expect(text.contains(words), "\(words)") }
    let csv = folder.run("cards", "show", "desk", "--csv").out.split(separator: "\n")
    #expect(csv.count == 4 && csv[0] == "card,group,signal,measure,curve,share,missing,fresh,expire,why")
  }

  @Test func showPrintsTheParagraphOfEveryShippedCard() throws {
    try folder.write(try #require(Shipped.workspace.first { $0.path == "signals.yaml" }).text, to: "signals.yaml")
    for shipped in ShippedCard.all {
      let done = folder.run("cards", "show", shipped.name)
      #expect(done.code == 0, "\(done.err)")
      let about = try shipped.asShipped().card.about.trimmingCharacters(in: .newlines)
      #expect(about.count > 100 && done.out.contains(about), "\(shipped.name)")
    }
  }

  @Test func aShippedCardSaysWhichSignalsItLacks() {
    let done = folder.run("cards", "show", "revenue-churn")
    #expect(done.code == 65)
    #expect(
      done.err == """
        vitals: error: the shipped card revenue-churn speaks of signals that signals.yaml does not declare: \
        financial.contract_end_value, financial.contract_start_value, product.units_used, product.units_bought
        hint: `vitals cards new revenue-churn` makes a copy to cut down, and prints the lines that are missing

        """)
    #expect(folder.run("score", "--card", "revenue-churn").err == done.err)
    let unknown = folder.run("cards", "show", "stopligth")
    #expect(unknown.code == 64)
    #expect(
      unknown.err == "vitals: error: there is no card \"stopligth\"\nhint: did you mean stoplight? `vitals cards list` lists the cards\n")
  }

  // MARK: lint

  @Test func lintFindsNothingInASoundCard() throws {
    let done = folder.run("cards", "lint")
    #expect(done.code == 0 && done.err.isEmpty && done.out.contains("clean"))
    #expect(try folder.rows("cards", "lint").isEmpty)
    #expect(folder.run("cards", "lint", folder.path + "/cards/desk.yaml").code == 0)
    #expect(folder.run("cards", "lint", "desk").code == 0)
    #expect(folder.run("cards", "lint", folder.path + "/none.yaml").code == 66)
  }

  @Test func lintNamesThePlaceOfAnError() throws {
    _ = try draft("cards/draft.yaml", ("card: desk", "card: draft"), ("signal: service.tickets", "signal: service.ticket"))
    let done = folder.run("cards", "lint")
    #expect(done.code == 65)
    #expect(
      folder.plain(done.err) == """
        vitals: error: cards/draft.yaml:19:18: unknown signal "service.ticket"
                - {signal: service.ticket, measure: count 7d, points: {0: 100, 4: 0}, weight: 100, missing: sk…
                           ^
        hint: did you mean service.tickets? Otherwise add to signals.yaml: service.ticket: {kind: …, unit: …, direction: …, says: …}

        """)
    #expect(folder.plain(done.out).contains("cards/draft.yaml") && done.out.contains("1 error") && done.out.contains("clean"))
    let json = folder.run("cards", "lint", "--json")
    #expect(json.code == 65)
    let rows = try #require(try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [[String: Any]])
    #expect(rows.count == 1 && rows[0]["line"] as? Int == 19 && rows[0]["column"] as? Int == 18)
    #expect(rows[0]["severity"] as? String == "error" && rows[0]["name"] as? String == "unknown-signal")
    // Only what is asked for is looked at.
    #expect(folder.run("cards", "lint", "desk").code == 0)
  }

  @Test func lintOnlyWarnsOfWhatIsRarelyMeant() throws {
    let path = try draft("draft.yaml", (", why: Peace.", ""), ("points: {0: 100, 4: 0}", "points: {0: 0, 4: 100}"))
    let done = folder.run("cards", "lint", path)
    #expect(done.code == 0)
    #expect(folder.plain(done.err).hasPrefix("vitals: warning: draft.yaml:19:9: nothing says why service.tickets is in the card\n"))
    #expect(done.err.contains("the curve is against service.tickets") && done.err.contains("\nhint: add why: and a sentence\n"))
    #expect(done.out.contains("2 warnings"))
    #expect(try folder.rows("cards", "lint", path).map { $0["severity"] as? String } == ["warning", "warning"])
  }

  @Test func lintLooksAtTheCardsTogether() throws {
    _ = try draft("cards/other.yaml", ("card: desk", "card: other"))
    let done = folder.run("cards", "lint")
    #expect(done.code == 65 && done.err.contains("other and desk can both apply to one account at priority 0"))
    #expect(folder.run("cards", "lint", "desk").code == 0)
    #expect(folder.run("cards", "lint", "other").code == 65)
  }

  // MARK: diff

  /// desk is 70 % product and 30 % service; the draft is the other way round.
  @Test func diffTellsWhoMovesAndWhy() throws {
    let path = try draft("draft.yaml", ("weight: 70", "weight: 31"), ("weight: 30", "weight: 70"), ("weight: 31", "weight: 30"))
    let diff = try #require(try folder.json("cards", "diff", "desk", path, "--as-of", "2026-03-20") as? [String: Any])
    #expect(diff["accounts"] as? Int == 4 && diff["as_of"] as? String == "2026-03-20")
    #expect(diff["changing_band"] as? Int == 1 && isClose(diff["revenue_moved"], 50000.5) && isClose(diff["revenue"], 200000.5))
    // Before: acme 218/3, bolt 29, cedar 40 by its rule. After: 74, 41, 40 again. bolton is unknown under both.
    let (old, new) = (try #require(diff["old"] as? [String: Any]), try #require(diff["new"] as? [String: Any]))
    #expect(isClose(old["mean"], (218.0 / 3 + 29 + 40) / 3) && isClose(new["mean"], (74.0 + 41 + 40) / 3))
    #expect(old["unknown"] as? Int == 1 && old["hash"] as? String != new["hash"] as? String)
    let bands = try #require(diff["bands"] as? [[String: Any]])
    #expect(bands.map { $0["band"] as? String } == ["poor", "fair", "good", "unknown"])
    #expect(bands.map { $0["before"] as? Int } == [2, 0, 1, 1] && bands.map { $0["after"] as? Int } == [1, 1, 1, 1])
    #expect(bands.map { number($0["revenue_before"]) } == [80000.5, 0, 120_000, 0])
    #expect(bands.map { number($0["revenue_after"]) } == [30_000, 50000.5, 120_000, 0])
    let passages = try #require(diff["passages"] as? [[String: Any]])
    #expect(passages.map { $0["from"] as? String } == ["poor"] && passages[0]["to"] as? String == "fair")
    let moves = try #require(diff["moves"] as? [[String: Any]])
    #expect(moves.map { $0["account"] as? String } == ["bolt", "acme"])
    #expect(isClose(moves[0]["change"], 12) && isClose(moves[1]["change"], 4.0 / 3))
    // bolt: product is logins alone, 20 points, 0.7 then 0.3 of the score; tickets 50 points add nothing either way.
    let parts = try #require(moves[0]["parts"] as? [[String: Any]])
    #expect(parts.map { $0["signal"] as? String } == ["product.logins"])
    #expect(isClose(parts[0]["change"], 0.3 * (20 - 50) - 0.7 * (20 - 50)))
    #expect(isClose(parts[0]["weight_before"], 0.7) && isClose(parts[0]["weight_after"], 0.3) && isClose(parts[0]["points_after"], 20))
    let text = folder.run("cards", "diff", "desk", path, "--as-of", "2026-03-20").out
    #expect(text.contains("1 account changes band, with 50k of 200k revenue."))
    #expect(text.contains("product.logins sum 7d +12.0 (weight 70.0 % to 30.0 %)"))
  }

  /// An input that is new, one that is gone, one measured otherwise, and a rule that is gone; the parts always sum to the change.
  @Test func diffSumsUpWhateverChanges() throws {
    let path = try draft(
      "draft.yaml", ("measure: sum 7d, points: {0: 0, 30: 100}", "measure: days 7d, points: {0: 0, 7: 100}"),
      ("    cap: 40", "    cap: 35"),
      (
        "- {signal: service.tickets, measure: count 7d, points: {0: 100, 4: 0}, weight: 100, missing: skip, why: Peace.}",
        "- {signal: product.active_users, measure: last, points: {0: 20, 100: 90}, weight: 100, missing: skip, why: People.}"
      ))
    let diff = try #require(try folder.json("cards", "diff", "desk", path, "--as-of", "2026-03-20") as? [String: Any])
    let moves = try #require(diff["moves"] as? [[String: Any]])
    let scored = moves.filter { !($0["change"] is NSNull) }
    #expect(scored.count == 3)
    for move in scored {
      let parts = try #require(move["parts"] as? [[String: Any]])
      #expect(isClose(parts.reduce(0) { $0 + number($1["change"]) }, number(move["change"])), "\(move)")
      let sizes = parts.map { abs(number($0["change"])) }
      #expect(sizes == sizes.sorted(by: >))
    }
    // acme: tickets had 75 points at 0.3 and are gone, people have 20 + 0.7·80 = 76 in their place and more.
    let acme = try #require(scored.first { $0["account"] as? String == "acme" })
    let parts = try #require(acme["parts"] as? [[String: Any]])
    let tickets = try #require(parts.first { $0["signal"] as? String == "service.tickets" })
    #expect(isClose(tickets["change"], -0.3 * 25) && tickets["weight_after"] is NSNull)
    let people = try #require(parts.first { $0["group"] as? String == "service" && $0["signal"] as? String == "product.active_users" })
    #expect(isClose(people["change"], 0.3 * 26) && people["weight_before"] is NSNull)
    let logins = try #require(parts.first { $0["signal"] as? String == "product.logins" })
    #expect(logins["measure"] as? String == "days 7d" && isClose(logins["change"], 0.35 * (100 - 190.0 / 3)))
    let cedar = try #require(scored.first { $0["account"] as? String == "cedar" })
    #expect(isClose(cedar["change"], -5))
    #expect((cedar["parts"] as? [[String: Any]])?.contains { $0["signal"] is NSNull } == true)
  }

  @Test func diffKeepsToWhatItIsAskedFor() throws {
    let path = try draft("draft.yaml", ("weight: 70", "weight: 10"))
    #expect(try (folder.json("cards", "diff", "desk", "desk") as? [String: Any])?["moves"] as? [String] == [])
    #expect(folder.run("cards", "diff", "desk", "desk").out.contains("No score moves."))
    let some = try folder.json("cards", "diff", "desk", path, "--where", "segment=enterprise") as? [String: Any]
    #expect(some?["accounts"] as? Int == 1)
    let csv = folder.run("cards", "diff", "desk", path, "--csv", "--top", "1").out.split(separator: "\n")
    #expect(csv.count == 2 && csv[0] == "old,new,as_of,account,name,revenue,before,after,change,band_before,band_after,parts")
    #expect(folder.run("cards", "diff", "desk", path, "--top", "0").code == 64)
    #expect(folder.run("cards", "diff", "desk", "none.yaml").code == 66)
    let before = folder.run("score", "--csv").out
    _ = folder.run("cards", "diff", "desk", path)
    #expect(folder.run("score", "--csv").out == before)
  }

  // MARK: new

  @Test func newCopiesACardAndLeavesScoresAlone() throws {
    let before = folder.run("show", "acme", "--json").out
    let made = try #require(try folder.json("cards", "new", "desk", "--name", "desk-smb") as? [String: Any])
    #expect(made["file"] as? String == folder.path + "/cards/desk-smb.yaml" && made["gives_way_to"] as? String == "desk")
    let text = try folder.text("cards/desk-smb.yaml")
    #expect(text.hasPrefix("# From ") && text.contains("\ncard: desk-smb\npriority: -1\n"))
    #expect(try text.hasSuffix(folder.text("cards/desk.yaml").split(separator: "\n").dropFirst().joined(separator: "\n") + "\n"))
    #expect(folder.run("cards", "lint").code == 0)
    #expect(folder.run("show", "acme", "--json").out == before)
    // Not twice, and not over another.
    for name in ["desk-smb", "desk"] {
      let again = folder.run("cards", "new", "desk", "--name", name)
      #expect(again.code == 64 && again.err.contains("there is a card \(name) already"))
    }
    #expect(folder.run("cards", "new", "desk", "--name", "Desk 2").code == 65)
    #expect(folder.run("cards", "new", "nothing").code == 64)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/cards").sorted() == ["desk-smb.yaml", "desk.yaml"])
  }

  @Test func newSaysWhichSignalsAreMissing() throws {
    let done = folder.run("cards", "new", "revenue-churn")
    #expect(done.code == 0 && done.err.isEmpty)
    #expect(done.out.contains("  product.units_used: {kind: gauge, unit: units, direction: up, every: 7d, expire: 45d, says: Units of"))
    #expect(try folder.text("cards/revenue-churn.yaml").hasPrefix("# From the shipped card revenue-churn, version "))
    // The lines it prints are all that is missing.
    let lines = done.out.split(separator: "\n").filter { $0.hasPrefix("  ") }
    let signals = try folder.text("signals.yaml")
    #expect(lines.count == 4 && signals.hasPrefix("signals:\n"))
    try folder.write(signals + lines.map { $0 + "\n" }.joined(), to: "signals.yaml")
    #expect(folder.run("cards", "lint").code == 0)
  }

  /// Every shipped card copied into one folder: none stands in another's way.
  @Test func allShippedCardsLiveTogether() throws {
    let home = try CommandFolder()
    #expect(home.run("init").code == 0)
    let names = ShippedCard.all.map(\.name).filter { $0 != "five-dimensions" }
    for name in names {
      let done = home.run("cards", "new", name)
      #expect(done.code == 0, "\(done.err)")
      // A card for some accounts alone wants one for the others.
      #expect(done.err.isEmpty, "\(name): \(done.err)")
    }
    let lint = home.run("cards", "lint")
    #expect(lint.code == 0 && lint.err.isEmpty && !lint.out.contains("warning"))
    #expect(try home.rows("cards").allSatisfy { $0["source"] as? String == "workspace" })
  }

  @Test func aCardForSomeAccountsWantsOneForTheOthers() throws {
    let home = try CommandFolder()
    #expect(home.run("init").code == 0)
    let done = home.run("cards", "new", "expansion")
    #expect(done.code == 0 && done.err.contains("warning:") && done.err.contains("no card of the outcome upsell applies to every account"))
  }
}
