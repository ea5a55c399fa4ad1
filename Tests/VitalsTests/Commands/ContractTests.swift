import Foundation
import Testing

@testable import vitals

/// What scripts rely on: the fields of each report, their types, and figures worked out by hand (see `SampleWorkspace`).
@Suite("The fields that scripts rely on")
struct ContractTests {
  let folder: CommandFolder

  init() throws { folder = try SampleWorkspace.filled() }

  /// Whether the object has all of these fields; more may follow.
  private func has(_ object: [String: Any], _ fields: String, _ where: SourceLocation = #_sourceLocation) {
    let missing = fields.split(separator: " ").filter { object[String($0)] == nil }
    #expect(missing.isEmpty, sourceLocation: `where`)
  }

  private func number(_ value: Any?) -> Double { (value as? NSNumber)?.doubleValue ?? .nan }
  private func isClose(_ value: Any?, _ expected: Double) -> Bool { abs(number(value) - expected) < 1e-9 }

  /// A CSV's header, and its rows by column name; for cells without quotes.
  private func csv(_ text: String) -> (header: [String], rows: [[String: String]]) {
    let lines = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    return (lines.first ?? [], lines.dropFirst().map { Dictionary(zip(lines[0], $0)) { first, _ in first } })
  }

  // MARK: import

  @Test func theReportOfAnImport() throws {
    try folder.write(SampleWorkspace.correction.text, to: SampleWorkspace.correction.name)
    let file = folder.path + "/" + SampleWorkspace.correction.name
    let dry = try #require(try folder.rows("import", file, "--dry-run").first)
    #expect(dry["state"] as? String == "dry-run" && dry["import"] is NSNull)
    let row = try #require(try folder.rows("import", file, "--backfill").first)
    has(
      row,
      "file feed file_day import state backfill rows new corrected older unchanged rejected skipped warnings facts seconds")
    #expect(row["file"] as? String == file && row["feed"] as? String == "usage" && row["file_day"] as? String == "2026-03-21")
    #expect(row["import"] as? Int == 11 && row["state"] as? String == "imported" && row["backfill"] as? Bool == true)
    // A backfill only fills holes: what another file said of the day stays in force.
    #expect(
      ["rows", "new", "corrected", "older", "unchanged", "rejected", "skipped", "warnings"].map { row[$0] as? Int } == [
        1, 0, 0, 1, 0, 0, 0, 0,
      ])
    let facts = try #require(row["facts"] as? [String: Int])
    #expect(facts["older"] == 1 && facts["new"] == 0 && facts["corrected"] == 0 && facts["unchanged"] == 0)
    #expect(number(row["seconds"]) >= 0)
    let again = try #require(try folder.rows("import", file, "--backfill").first)
    #expect(again["state"] as? String == "already" && again["import"] as? Int == 11)
    let other = csv(folder.run("import", file, "--again", "--csv").out)
    #expect(other.header.contains("facts.corrected") && other.rows.first?["corrected"] == "1" && other.rows.first?["backfill"] == "false")
  }

  @Test func aFailedImportIsReportedToo() throws {
    try folder.write("account,day,logins\nacme\n", to: "usage_2026-03-22.csv")
    let done = folder.run("import", folder.path + "/usage_2026-03-22.csv", "--json")
    #expect(done.code == 65)
    let rows = try #require(try JSONSerialization.jsonObject(with: Data(done.out.utf8)) as? [[String: Any]])
    #expect(rows.map { $0["state"] as? String } == ["failed"] && rows[0]["rejected"] as? Int == 1 && rows[0]["import"] as? Int == 11)
  }

  // MARK: score

  @Test func scoresWithAttributesAndSignals() throws {
    let rows = try folder.rows("score", "--with", "Segment,financial.renewal_on,product.active_users")
    let acme = try #require(rows.first { $0["account"] as? String == "acme" })
    #expect(acme["Segment"] as? String == "enterprise" && acme["financial.renewal_on"] as? String == "2026-12-31")
    #expect(acme["product.active_users"] as? Int == 80)
    let bolton = try #require(rows.first { $0["account"] as? String == "bolton" })
    #expect(bolton["Segment"] is NSNull && bolton["product.active_users"] is NSNull)
    #expect(folder.run("score", "--with", "segment").out.contains("segment") && folder.run("score", "--with", "nothing").code == 64)
    let csv = folder.run("score", "--with", "segment,product.active_users", "--csv").out
    #expect(csv.split(separator: "\n")[0].hasSuffix(",revenue,segment,product.active_users"))
  }

  private static let scoreFields =
    "account name card outcome as_of score shown raw band coverage known_by status rules override groups trend_30d"

  @Test func theScoreOfEveryAccount() throws {
    let rows = try folder.rows("score")
    for row in rows { has(row, Self.scoreFields) }
    // Worst first; who is unknown comes last.
    #expect(rows.map { $0["account"] as? String } == ["bolt", "cedar", "acme", "bolton"])
    let (bolt, cedar, acme, bolton) = (rows[0], rows[1], rows[2], rows[3])

    #expect(acme["name"] as? String == "Acme Inc" && acme["card"] as? String == "desk" && acme["outcome"] as? String == "renewal")
    #expect(acme["as_of"] as? String == "2026-03-20" && acme["known_by"] is NSNull && acme["override"] is NSNull)
    #expect(isClose(acme["score"], 218.0 / 3) && isClose(acme["raw"], 218.0 / 3) && acme["shown"] as? Int == 73)
    #expect(acme["band"] as? String == "good" && isClose(acme["coverage"], 1) && acme["status"] is NSNull)
    #expect((acme["rules"] as? [Any])?.isEmpty == true && isClose(acme["revenue"], 120_000))
    let groups = try #require(acme["groups"] as? [String: Any])
    #expect(groups.count == 2 && isClose(groups["product"], 215.0 / 3) && isClose(groups["service"], 75))
    // Thirty days before: 60 people and 30 logins make 80, no ticket 100, so 86.
    #expect(isClose(acme["trend_30d"], 218.0 / 3 - 86))

    #expect(isClose(bolt["score"], 29) && bolt["shown"] as? Int == 29 && bolt["band"] as? String == "poor")
    #expect(isClose(bolt["coverage"], 0.65) && isClose(bolt["trend_30d"], -1) && isClose(bolt["revenue"], 50000.5))

    #expect(isClose(cedar["raw"], 96.5) && isClose(cedar["score"], 40) && cedar["band"] as? String == "poor")
    #expect(cedar["trend_30d"] is NSNull)  // no customer thirty days before
    let rules = try #require(cedar["rules"] as? [[String: Any]])
    #expect(rules.count == 1 && rules[0]["effect"] as? String == "cap" && isClose(rules[0]["value"], 40))
    #expect(rules[0]["reason"] as? String == "A bad pulse")

    #expect(bolton["name"] as? String == "bolton" && bolton["score"] is NSNull && bolton["shown"] is NSNull && bolton["raw"] is NSNull)
    #expect(bolton["band"] as? String == "unknown" && isClose(bolton["coverage"], 0) && bolton["revenue"] is NSNull)
    #expect((bolton["groups"] as? [String: Any])?.values.allSatisfy { $0 is NSNull } == true)
  }

  @Test func theScoreAsCSV() throws {
    let (header, rows) = csv(folder.run("score", "--csv", "--where", "segment=enterprise").out)
    let expected =
      "account name card outcome as_of score shown raw band coverage known_by status rules override groups.product groups.service trend_30d"
    #expect(Array(header.prefix(17)) == expected.split(separator: " ").map(String.init))
    let acme = try #require(rows.first)
    #expect(rows.count == 1 && acme["account"] == "acme" && acme["shown"] == "73" && acme["groups.service"] == "75")
    #expect(Double(acme["score"] ?? "") == number(try folder.rows("score", "--where", "segment=enterprise").first?["score"]))
    #expect(acme["known_by"] == "" && acme["rules"] == "" && acme["override"] == "")
  }

  @Test func theScoreThroughItsOptions() throws {
    #expect(
      folder.run("score", "--csv", "--columns", "account,band,groups.service").out
        == "account,band,groups.service\nbolt,poor,50\ncedar,poor,100\nacme,good,75\nbolton,unknown,\n")
    #expect(folder.run("score", "--csv", "--columns", "account", "--where", "segment=SMB").out == "account\nbolt\ncedar\n")
    #expect(folder.run("score", "--csv", "--columns", "account", "--where", "segment!=smb").out == "account\nacme\nbolton\n")
    #expect(folder.run("score", "--csv", "--columns", "account", "--band", "red", "--top", "1").out == "account\nbolt\n")
    #expect(folder.run("score", "--csv", "--columns", "account", "--sort", "revenue:desc").out == "account\nacme\nbolt\ncedar\nbolton\n")
    #expect(
      folder.run("score", "--format", "jsonl", "--columns", "account,shown,override").out == """
        {"account":"bolt","shown":29,"override":null}
        {"account":"cedar","shown":40,"override":null}
        {"account":"acme","shown":73,"override":null}
        {"account":"bolton","shown":null,"override":null}

        """)
    let table = folder.run("score").out
    #expect(table.hasPrefix("desk as of 2026-03-20: 4 accounts\n\nmean 47.2   revenue 200k   poor 2   fair 0   good 1   unknown 1\n"))
  }

  /// A script that asks for a column must not break on the night on which nobody fits.
  @Test func theColumnsStayWhenThereAreNoRows() {
    let all = folder.run("score", "--csv").out.prefix { $0 != "\n" }
    #expect(folder.run("score", "--csv", "--band", "fair").out == all + "\n")
    #expect(folder.run("score", "--csv", "--band", "fair", "--columns", "account,groups.product").out == "account,groups.product\n")
    let trend = folder.run("trend", "--csv", "--by", "segment", "--from", "2024-11", "--to", "2024-11", "--monthly").out
    #expect(trend.contains("revenue,band.poor,band.fair,band.good,") && trend.hasSuffix("band_revenue.good\n"))
    let file = folder.path + "/" + "none"
    try? FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: true)
    #expect(folder.run("import", file, "--csv").out.contains("facts.new,facts.corrected"))
  }

  @Test func aFileSaysItsFormatByItsName() throws {
    let done = folder.run("score", "-o", folder.path + "/out.csv")
    #expect(done.code == 0 && done.out.isEmpty)
    #expect(try folder.text("out.csv") == folder.run("score", "--csv").out)
    #expect(folder.run("score", "-o", folder.path + "/out.jsonl").code == 0)
    #expect(try folder.text("out.jsonl") == folder.run("score", "--format", "jsonl").out)
    #expect(folder.run("score", "-o", folder.path + "/out").code == 64)
  }

  // MARK: The two clocks

  @Test func aLateCorrectionMovesTheScoreNowButNotWhatWasKnown() throws {
    try folder.write(SampleWorkspace.correction.text, to: SampleWorkspace.correction.name)
    #expect(folder.run("import", folder.path + "/" + SampleWorkspace.correction.name, "--now", "2026-03-25T06:00Z").code == 0)
    func acme(_ arguments: String...) throws -> [String: Any] {
      let done = folder.run(arguments: ["score", "--as-of", "2026-03-20", "--where", "segment=enterprise", "--json"] + arguments)
      let rows = try JSONSerialization.jsonObject(with: Data(done.out.utf8)) as? [[String: Any]]
      return try #require(rows?.first)
    }
    #expect(isClose(try acme()["score"], 457.0 / 6))
    let then = try acme("--known-by", "2026-03-24")
    #expect(isClose(then["score"], 218.0 / 3))
    #expect(then["known_by"] as? String == "2026-03-24T23:59:59.999Z")  // a day means its end
    #expect(isClose(try acme("--known-by", "2026-03-25T05:59Z")["score"], 218.0 / 3))
    #expect(isClose(try acme("--known-by", "2026-03-25T06:00Z")["score"], 457.0 / 6))
    #expect(isClose(try acme("--known-by", "2026-03-25")["score"], 457.0 / 6))
    // In February nothing of March was known: the same day, from what was told by then.
    let early = try acme("--known-by", "2026-02-28")
    #expect(isClose(early["score"], 51) && early["name"] as? String == "Acme Inc" && early["shown"] as? Int == 51)
    #expect(folder.run("show", "cedar", "--as-of", "2026-03-20", "--known-by", "2026-02-28").code == 64)
  }

  @Test func anotherDayIsAnotherScore() throws {
    let rows = try folder.rows("score", "--as-of", "2026-02-18")
    #expect(rows.map { $0["account"] as? String } == ["bolt", "acme"])
    #expect(isClose(rows[0]["score"], 30) && isClose(rows[1]["score"], 86) && rows[1]["as_of"] as? String == "2026-02-18")
  }

  // MARK: trend

  @Test func theTrend() throws {
    let rows = try folder.rows("trend", "--monthly", "--from", "2026-02", "--to", "2026-03-20")
    for row in rows { has(row, "card from to group accounts unknown mean revenue bands") }
    #expect(rows.map { $0["from"] as? String } == ["2026-02-01", "2026-03-01"])
    #expect(rows.map { $0["to"] as? String } == ["2026-02-28", "2026-03-31"])
    #expect(rows.allSatisfy { $0["card"] as? String == "desk" && $0["group"] is NSNull })
    #expect(rows.map { $0["accounts"] as? Int } == [2, 4] && rows.map { $0["unknown"] as? Int } == [0, 1])
    // On 28 February nobody had logged in for a week: acme .7 · 60 / 2 + .3 · 100 = 51, bolt 30.
    #expect(isClose(rows[0]["mean"], 40.5) && isClose(rows[1]["mean"], (218.0 / 3 + 29 + 40) / 3))
    #expect(isClose(rows[0]["revenue"], 150000.5) && isClose(rows[1]["revenue"], 200000.5))
    #expect(rows.map { $0["bands"] as? [String: Int] } == [["poor": 1, "fair": 1, "good": 0], ["poor": 2, "fair": 0, "good": 1]])
    for row in rows {
      let known = (row["bands"] as? [String: Int])?.values.reduce(0, +) ?? 0
      #expect(known + (row["unknown"] as? Int ?? 0) == row["accounts"] as? Int)
    }
  }

  @Test func theTrendAsCSVAndByGroups() throws {
    let (header, rows) = csv(folder.run("trend", "--monthly", "--from", "2026-03", "--to", "2026-03-20", "--by", "segment", "--csv").out)
    #expect(Array(header.suffix(3)) == ["band_revenue.poor", "band_revenue.fair", "band_revenue.good"])
    #expect(header.contains("band.poor") && header.contains("median") && header.contains("revenue_mean"))
    #expect(rows.map { $0["group"] } == ["", "enterprise", "smb"])
    #expect(rows.map { $0["accounts"] } == ["1", "1", "2"] && rows.map { $0["unknown"] } == ["1", "0", "0"])
    #expect(rows[0]["mean"] == "" && rows[2]["mean"] == "34.5" && rows.map { $0["band.poor"] } == ["0", "0", "2"])
    let one = csv(folder.run("trend", "--daily", "--from", "2026-03-20", "--to", "2026-03-20", "--where", "segment!=smb", "--csv").out)
    #expect(one.rows.map { $0["accounts"] } == ["2"] && one.rows.map { $0["group"] } == [""])
  }

  // MARK: history

  /// The days on which the band that `score` gives is another one than the day before.
  @Test func theHistoryTellsChangesOfBand() throws {
    var (before, expected): (String?, [String]) = (nil, [])
    for day in 1...20 {
      let date = "2026-03-" + (day < 10 ? "0\(day)" : "\(day)")
      let row = try folder.rows("score", "--as-of", date).first { $0["account"] as? String == "cedar" }
      let band = row?["band"] as? String
      if let before, let band, before != band { expected.append("\(date) \(before) to \(band) \(row?["shown"] as? Int ?? -1)") }
      before = band
    }
    let rows = try folder.rows("history", "cedar", "--signal", "band")
    #expect(rows.map { "\($0["at"] ?? "") \($0["text"] ?? "") \($0["value"] as? Int ?? -1)" } == expected && expected.count == 3)
    #expect(rows.allSatisfy { $0["type"] as? String == "band" && $0["signal"] as? String == "desk" && $0["import"] is NSNull })
    let since = try folder.rows("history", "cedar", "--since", "2026-03-18")
    #expect(since.filter { $0["type"] as? String == "band" }.count == 1)
    #expect(
      try folder.rows("history", "cedar").map { $0["at"] as? String ?? "" }.sorted()
        == folder.rows("history", "cedar").map { $0["at"] as? String ?? "" })
    #expect(try folder.rows("history", "cedar", "--signal", "product.logins").count == 2)
  }

  @Test func theHistoryOfAnAccount() throws {
    let all = try folder.rows("history", "cedar")
    let rows = all.filter { !($0["import"] is NSNull) }
    for row in rows { has(row, "account type kind signal at value text author import known") }
    #expect(rows.allSatisfy { $0["account"] as? String == "cedar" && $0["known"] as? String == "2026-03-21T06:00:00Z" })
    let told = rows.map {
      "\($0["type"] ?? "") \($0["kind"] ?? "") \($0["signal"] ?? "") \($0["at"] ?? "") \($0["value"] ?? "") \($0["text"] ?? "")"
    }
    #expect(
      told == [
        "reading count product.logins 2026-03-14 15 <null>",
        "event event human.csm_pulse 2026-03-18 2 Sponsor gone, budget cut",
        "attribute <null> name 2026-03-20 <null> Cedar, Sons & Co",
        "attribute <null> segment 2026-03-20 <null> smb",
        "attribute <null> started 2026-03-20 <null> 2026-03-01",
        "reading gauge financial.arr 2026-03-20 30000 <null>",
        "reading date financial.renewal_on 2026-03-20 <null> 2026-06-30",
        "reading gauge product.active_users 2026-03-20 90 <null>",
        "reading count product.logins 2026-03-20 15 <null>",
      ])
    #expect(rows.map { $0["author"] as? String } == [nil, "dana"] + [String?](repeating: nil, count: 7))
    #expect(rows.map { $0["import"] as? Int } == [10, 8, 7, 7, 7, 7, 7, 7, 10])
  }

  @Test func theHistoryThroughItsOptions() throws {
    #expect(
      folder.run("history", "bolt", "--signal", "service.tickets", "--csv", "--columns", "at,value,text,author").out
        == "at,value,text,author\n2026-03-15,1,Slow,\n2026-03-16T08:30:00,1,Still slow,\n")
    #expect(try folder.rows("history", "Bolt Ltd", "--since", "2026-03-16", "--signal", "service.tickets").count == 1)
    try folder.write(SampleWorkspace.correction.text, to: SampleWorkspace.correction.name)
    #expect(folder.run("import", folder.path + "/" + SampleWorkspace.correction.name, "--now", "2026-03-25T06:00Z").code == 0)
    func logins(_ more: String...) -> String {
      folder.run(
        arguments: [
          "history", "acme", "--signal", "product.logins", "--since", "2026-03-20", "--csv", "--columns", "value,import,in_force",
        ] + more
      ).out
    }
    #expect(logins() == "value,import,in_force\n4,11,true\n")
    #expect(logins("--all") == "value,import,in_force\n1,10,false\n4,11,true\n")
    #expect(logins("--known-by", "2026-03-24") == "value,import,in_force\n1,10,true\n")
  }

  // MARK: show

  @Test func anAccountAsJSON() throws {
    let show = try #require(try folder.json("show", "cedar") as? [String: Any])
    has(show, "account name as_of attributes renewal_on notes scores")
    #expect(show["account"] as? String == "cedar" && show["name"] as? String == "Cedar, Sons & Co")
    #expect(show["as_of"] as? String == "2026-03-20" && show["renewal_on"] as? String == "2026-06-30")
    #expect(show["attributes"] as? [String: String] == ["segment": "smb", "started": "2026-03-01"])
    let notes = try #require(show["notes"] as? [[String: Any]])
    #expect(notes.count == 1 && notes[0]["text"] as? String == "Sponsor gone, budget cut" && notes[0]["author"] as? String == "dana")
    #expect(notes[0]["at"] as? String == "2026-03-18" && isClose(notes[0]["value"], 2))

    let scores = try #require(show["scores"] as? [[String: Any]])
    try #require(scores.count == 1)
    #expect(isClose(scores[0]["score"], 40) && isClose(scores[0]["raw"], 96.5) && scores[0]["card"] as? String == "desk")
    #expect(scores[0]["band"] as? String == "poor" && scores[0]["play"] as? String == "Call them")
    let parts = try #require(scores[0]["contributions"] as? [[String: Any]])
    for part in parts { has(part, "signal measured points weight contribution age_days state") }
    #expect(parts.map { $0["signal"] as? String } == ["product.active_users", "product.logins", "service.tickets"])
    for (field, expected) in [
      ("measured", [90, 30, 0]), ("points", [90, 100, 100]), ("weight", [0.35, 0.35, 0.3]), ("contribution", [31.5, 35, 30]),
    ] as [(String, [Double])] {
      #expect(zip(parts, expected).allSatisfy { isClose($0[field], $1) }, "\(field)")
    }
    #expect(parts.map { $0["age_days"] as? Int } == [0, 0, 0] && parts.map { $0["state"] as? String } == ["fresh", "fresh", "fresh"])
  }

  @Test func aSkippedInputGivesItsWeightAway() throws {
    let show = try #require(try folder.json("show", "bolt") as? [String: Any])
    let parts = try #require((show["scores"] as? [[String: Any]])?.first?["contributions"] as? [[String: Any]])
    #expect(parts[0]["points"] is NSNull && parts[0]["measured"] is NSNull && parts[0]["state"] as? String == "missing")
    #expect(isClose(parts[0]["weight"], 0) && isClose(parts[1]["weight"], 0.7) && isClose(parts[2]["weight"], 0.3))
    #expect(isClose(parts[1]["contribution"], 14) && isClose(parts[2]["contribution"], 15))
    #expect(show["renewal_on"] is NSNull)
  }

  @Test func anAccountAsCSVHasARowForEachPart() {
    let (header, rows) = csv(folder.run("show", "acme", "--csv").out)
    for field in [
      "account", "name", "as_of", "card", "score", "signal", "measured", "points", "weight", "contribution", "age_days", "state",
    ] {
      #expect(header.contains(field))
    }
    #expect(rows.map { $0["signal"] } == ["product.active_users", "product.logins", "service.tickets"])
    #expect(rows.map { $0["measured"] } == ["80", "19", "1"])
    let sum = rows.compactMap { Double($0["contribution"] ?? "") }.reduce(0, +)
    #expect(abs(sum - 218.0 / 3) < 1e-9)
  }
}
