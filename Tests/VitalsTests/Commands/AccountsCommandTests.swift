import Foundation
import Health
import Storage
import Testing

@testable import vitals

@Suite("vitals accounts")
struct AccountsCommandTests {
  let folder: CommandFolder

  init() throws { folder = try SampleWorkspace.filled() }

  private func logins(_ account: String, _ more: String...) throws -> [Double] {
    let done = folder.run(
      arguments: ["history", account, "--signal", "product.logins", "--since", "2026-03-19", "--json"] + more)
    #expect(done.code == 0, "\(done.err)")
    let rows = try #require(try JSONSerialization.jsonObject(with: Data(done.out.utf8)) as? [[String: Any]])
    return rows.compactMap { $0["value"] as? Double }
  }

  @Test("list has keys, names, days and the attributes asked for, in every format")
  func list() throws {
    let rows = try folder.rows("accounts", "list", "--with", "segment")
    #expect(rows.map { $0["account"] as? String } == ["acme", "bolt", "bolton", "cedar"])
    #expect(rows.map { $0["name"] as? String } == ["Acme Inc", "Bolt Ltd", "bolton", "Cedar, Sons & Co"])
    #expect(rows.map { $0["first_day"] as? String } == ["2026-02-01", "2026-02-01", nil, "2026-03-14"])
    #expect(rows.map { $0["last_day"] as? String } == ["2026-03-20", "2026-03-20", nil, "2026-03-20"])
    #expect((rows[0]["attributes"] as? [String: String]) == ["segment": "enterprise"])
    let small = try folder.rows("accounts", "--where", "segment=smb")
    #expect(small.map { $0["account"] as? String } == ["bolt", "cedar"])
    let csv = folder.run("accounts", "list", "--with", "segment", "--csv").out.split(separator: "\n")
    #expect(csv[0] == "account,name,aliases,first_day,last_day,attributes.segment,merged_into")
    #expect(folder.run("accounts").out.contains("Cedar, Sons & Co"))
    #expect(folder.run("accounts", "--with", "colour").code == 64)
  }

  @Test("an alias makes refused rows good: they are listed until then, and their file is read again")
  func alias() throws {
    try folder.write("account,day,logins\nSUB-0042,2026-03-20,9\nbolt,2026-03-20,2\nAcmi,2026-03-20,1\n", to: "usage_2026-03-22.csv")
    let file = folder.path + "/usage_2026-03-22.csv"
    #expect(folder.run("import", file).code == 0)
    let unmatched = try folder.rows("accounts", "list", "--unmatched")
    #expect(unmatched.map { $0["id"] as? String } == ["Acmi", "SUB-0042"])
    #expect(unmatched.map { $0["nearest"] as? String } == ["acme", nil])
    #expect(unmatched.map { $0["rows"] as? Int } == [1, 1])
    #expect(unmatched[1]["file"] as? String == "usage_2026-03-22.csv")
    #expect(folder.run("import", file).out.contains("already"))
    let said = folder.run("accounts", "alias", "acme", "SUB-0042", "--author", "dana")
    #expect(said.code == 0, "\(said.err)")
    #expect(folder.run("accounts", "alias", "acme", "SUB-0042").out.contains("holds already"))
    let taken = folder.run("accounts", "alias", "bolt", "SUB-0042")
    #expect(taken.code == 64 && taken.err.contains("means the account acme already"))
    #expect(try folder.rows("accounts", "list", "--unmatched").map { $0["id"] as? String } == ["Acmi"])
    let again = try folder.rows("import", file)
    #expect(again.map { $0["state"] as? String } == ["imported"])
    #expect(try logins("SUB-0042") == [3, 9])
    let typed = try folder.rows("imports", "list", "--all", "--feed", "@accounts")
    #expect(typed.map { $0["file"] as? String } == ["alias acme SUB-0042"])
    #expect(typed.map { $0["author"] as? String } == ["dana"])
    #expect(try folder.rows("imports", "list").allSatisfy { $0["feed"] as? String != "@accounts" })
  }

  @Test("a merge counts one account as the other, tells whose score moves, and can be taken back")
  func merge() throws {
    let before = try folder.json("score", "--as-of", "2026-03-20")
    let dry = try #require(try folder.json("accounts", "merge", "cedar", "INTO", "acme", "--dry-run") as? [String: Any])
    let moves = try #require((dry["moves"] as? [String: Any])?["accounts"] as? [[String: Any]])
    #expect(moves.map { $0["account"] as? String } == ["cedar", "acme"])
    #expect(moves[0]["after"] is NSNull)
    #expect(try folder.json("score", "--as-of", "2026-03-20") as? NSObject == before as? NSObject)
    let done = folder.run("accounts", "merge", "cedar", "into", "acme")
    #expect(done.code == 0, "\(done.err)")
    #expect(done.out.contains("All that is known of cedar counts as acme's."))
    let after = try folder.rows("score", "--as-of", "2026-03-20")
    #expect(after.compactMap { $0["account"] as? String }.sorted() == ["acme", "bolt", "bolton"])
    let acme = try #require(after.first { $0["account"] as? String == "acme" })
    #expect(acme["score"] as? Double == 40)
    #expect(try logins("Cedar, Sons & Co") == [3, 1, 15])
    #expect(try logins("acme", "--known-by", "2026-03-30") == [3, 1])
    #expect(try folder.rows("accounts", "list", "--merged").compactMap { $0["merged_into"] as? String } == ["acme"])
    let id = try #require(try folder.rows("imports", "list", "--all").last?["id"] as? Int)
    #expect(folder.run("imports", "revert", "\(id)").out.contains("no longer holds"))
    #expect(try folder.json("score", "--as-of", "2026-03-20") as? NSObject == before as? NSObject)
    #expect(folder.run("accounts", "merge", "cedar", "onto", "acme").code == 64)
    #expect(folder.run("accounts", "merge", "cedar", "into", "cedar").err.contains("both names mean the account cedar"))
  }

  @Test("a renamed account is shown by its new key and found by both")
  func rename() throws {
    #expect(folder.run("accounts", "rename", "bolt", "bolt-uk").code == 0)
    #expect(try folder.rows("score", "--as-of", "2026-03-20").contains { $0["account"] as? String == "bolt-uk" })
    for key in ["bolt", "bolt-uk"] { #expect(folder.run("show", key).out.contains("bolt-uk")) }
    try folder.write("account,day,logins\nbolt,2026-03-20,2\nbolt-uk,2026-03-19,4\n", to: "usage_2026-03-22.csv")
    #expect(try folder.rows("import", folder.path + "/usage_2026-03-22.csv").map { $0["rejected"] as? Int } == [0])
    #expect(try logins("bolt") == [4, 2])
    #expect(folder.run("accounts", "rename", "acme", "bolt").code == 64)
  }

  @Test("what people type is signed by --author, VITALS_AUTHOR or the login name")
  func authors() throws {
    let test = TestContext()
    #expect(try AuthorOptions.parse([]).author(in: test.context) == test.context.login)
    var named = test.context
    named.environment["VITALS_AUTHOR"] = "eve"
    #expect(try AuthorOptions.parse([]).author(in: named) == "eve")
    #expect(try AuthorOptions.parse(["--author", "dana"]).author(in: named) == "dana")
    #expect(TypedWords.joined(["alias", "acme", "A \"B\""]) == #"alias acme "A \"B\"""#)
  }
}

@Suite("vitals accounts erase")
struct EraseTests {
  let folder: CommandFolder

  init() throws { folder = try SampleWorkspace.filled() }

  /// Whether the database or its log has a text in its bytes, whatever the case.
  private func holds(_ text: String) throws -> Bool {
    try folder.names.filter { $0 == "vitals.db" || $0 == "vitals.db-wal" }.contains { name in
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + name))).map { $0 | 0x20 }
      let wanted = Array(text.utf8).map { $0 | 0x20 }
      return bytes.indices.dropLast(wanted.count - 1).contains {
        bytes[$0] == wanted[0] && bytes[$0..<$0 + wanted.count].elementsEqual(wanted)
      }
    }
  }

  @Test("without --yes it says what would go, and nothing goes")
  func asks() throws {
    let asked = folder.run("accounts", "erase", "cedar", "--json")
    #expect(asked.code == 64)
    #expect(asked.err.contains("add --yes to erase cedar"))
    let told = try #require(try JSONSerialization.jsonObject(with: Data(asked.out.utf8)) as? [String: Any])
    #expect(told["accounts"] as? [String] == ["cedar"])
    // arr, renewal, people; two logins; a pulse with its note; name, segment, started.
    #expect(["readings", "events", "texts", "attributes"].map { told[$0] as? Int } == [5, 1, 1, 3])
    #expect(try folder.rows("history", "cedar").filter { !($0["import"] is NSNull) }.count == 9)
  }

  @Test("no byte of the account is left, nobody else's facts change, and its key is free for a new one")
  func erases() throws {
    #expect(folder.run("accounts", "alias", "cedar", "ZEDERNHOLZ").code == 0)
    try folder.write("account,day,logins\nnobody,2026-03-20,5\ncedar,2026-03-20,viele\n", to: "usage_2026-03-23.csv")
    #expect(folder.run("import", folder.path + "/usage_2026-03-23.csv").code == 0)
    let words = ["cedar", "Sons & Co", "ZEDERNHOLZ", "Sponsor gone", "viele"]
    for word in words { #expect(try holds(word), "\(word)") }
    let others = try ["acme", "bolt", "bolton"].map { try folder.rows("history", $0, "--all") as NSArray }
    let scores = try folder.rows("score", "--as-of", "2026-03-20").filter { $0["account"] as? String != "cedar" } as NSArray
    let done = folder.run("accounts", "erase", "Cedar, Sons & Co", "--yes")
    #expect(done.code == 0, "\(done.err)")
    for word in words { #expect(try !holds(word), "\(word)") }
    #expect(try holds("Acme Inc") && holds("nobody"))
    #expect(try ["acme", "bolt", "bolton"].map { try folder.rows("history", $0, "--all") as NSArray } == others)
    #expect(try folder.rows("score", "--as-of", "2026-03-20") as NSArray == scores)
    #expect(folder.run("show", "cedar").code == 64)
    let log = try folder.rows("imports", "list", "--all", "--feed", "@accounts")
    #expect(log.map { $0["file"] as? String } == ["alias (erased)", "erase"])
    let id = try #require(log[1]["id"] as? Int)
    #expect(folder.run("imports", "revert", "\(id)").err.contains("what was erased is gone"))
    let again = folder.run("import", folder.path + "/accounts_2026-03-20.csv", "--again")
    #expect(again.code == 0, "\(again.err)")
    #expect(try folder.rows("history", "cedar", "--signal", "product.logins").isEmpty)
    let history = try Workspace(database: folder.path + "/vitals.db").openReader()
    #expect(try history.account(key: "cedar", history.knowledge())?.id == 4)
    history.connection.close()
  }

  @Test("a key so short that it is a word of other rows is erased where it is a cell, and one behind escapes of JSON is found")
  func shortKeys() throws {
    try folder.write(
      "account,name,segment,started,arr,renewal_on,people\nq7,Über & Söhne,mid,2026-01-01,1,,1\n", to: "accounts_2026-03-21.csv")
    #expect(folder.run("import", folder.path + "/accounts_2026-03-21.csv").code == 0)
    try folder.write(
      "account,day,logins\nnobody,2026-03-20,q7 twice\n\"q7\",2026-03-20,seven\nno-q7,2026-03-20,5\n", to: "usage_2026-03-23.csv")
    #expect(folder.run("import", folder.path + "/usage_2026-03-23.csv").code == 0)
    try folder.write(
      "feed: lines\nmatch: [\"*.jsonl\"]\nformat: jsonl\naccount: who\nat: day\nsignals:\n  product.logins: {value: n}\n",
      to: "feeds/lines.yaml")
    try folder.write(
      "{\"who\":\"acme\",\"day\":\"2026-03-20\",\"n\":\"of \\u00dcber & S\\u00f6hne\"}\n{\"who\":\"acme\",\"day\":\"2026-03-20\",\"n\":\"else\"}\n",
      to: "words.jsonl")
    #expect(folder.run("import", folder.path + "/words.jsonl").code == 0)
    #expect(folder.run("accounts", "erase", "q7", "--yes").code == 0)
    let log = try folder.rows("imports", "list")
    let rows = try log.suffix(2).flatMap { try folder.rows("imports", "rejects", "\($0["id"] as? Int ?? 0)") }.map {
      $0["text"] as? String ?? ""
    }
    #expect(rows.count == 5)
    #expect(rows.filter { $0 == "(erased)" }.count == 2)
    #expect(rows.contains { $0.contains("q7 twice") } && rows.contains { $0.contains("no-q7") } && rows.contains { $0.contains("else") })
  }

  @Test("accounts merged into it go with it, and typed commands lose their words")
  func merged() throws {
    #expect(folder.run("accounts", "merge", "cedar", "into", "bolt").code == 0)
    #expect(folder.run("accounts", "erase", "bolt", "--yes").code == 0)
    for word in ["cedar", "Bolt Ltd", "Still slow", "Sponsor gone"] { #expect(try !holds(word), "\(word)") }
    #expect(try folder.rows("accounts", "list").compactMap { $0["account"] as? String } == ["acme", "bolton"])
    #expect(try folder.rows("imports", "list", "--all").last { $0["feed"] as? String == "@accounts" }?["file"] as? String == "erase")
  }

  @Test("a ticket that had come from another account does not go back to it")
  func moved() throws {
    try folder.write("ticket,account,opened,subject\nT1,bolt,2026-03-19,Login fails\n", to: "tickets_2026-03-21.csv")
    #expect(folder.run("import", folder.path + "/tickets_2026-03-21.csv").code == 0)
    #expect(try folder.rows("history", "acme", "--signal", "service.tickets").count == 1)
    #expect(folder.run("accounts", "erase", "bolt", "--yes").code == 0)
    #expect(try folder.rows("history", "acme", "--signal", "service.tickets").count == 1)
  }
}

@Suite("vitals compact")
struct CompactTests {
  let folder: CommandFolder

  init() throws { folder = try SampleWorkspace.filled() }

  private func everything() throws -> [NSArray] {
    try ["acme", "bolt", "bolton", "cedar"].map { try folder.rows("history", $0, "--all") as NSArray }
      + [try folder.rows("score", "--as-of", "2026-03-20") as NSArray, try folder.rows("trend", "--weekly") as NSArray]
  }

  @Test("it tells the sizes, and leaves all as it is")
  func plain() throws {
    let before = try everything()
    #expect(folder.run("compact", "--dry-run").out.contains(" are free."))
    let done = try #require(try folder.json("compact") as? [String: Any])
    let sizes = try [#require(done["before"] as? Int), #require(done["after"] as? Int)]
    #expect(sizes[1] > 0 && sizes[1] <= sizes[0])
    #expect(try everything() == before)
    #expect(folder.run("compact", "--yes").code == 64)
  }

  @Test("a purge erases what reverted imports said, and nothing that counts now")
  func purge() throws {
    try folder.write(SampleWorkspace.correction.text, to: SampleWorkspace.correction.name)
    #expect(folder.run("import", folder.path + "/" + SampleWorkspace.correction.name).code == 0)
    try folder.write("account,day,logins\nghost,2026-03-20,5\n", to: "usage_2026-03-24.csv")
    #expect(folder.run("import", folder.path + "/usage_2026-03-24.csv", "--max-rejects", "0").code == 65)
    for id in [11, 10, 9] { #expect(folder.run("imports", "revert", "\(id)").code == 0) }
    let before = try everything()
    let asked = folder.run("compact", "--purge")
    #expect(asked.code == 64 && asked.err.contains("nothing was erased"))
    #expect(try folder.rows("imports", "rejects", "12").count == 1)
    let done = try #require(try folder.json("compact", "--purge", "--yes") as? [String: Any])
    let purged = try #require(done["purged"] as? [[String: Any]])
    #expect(purged.map { $0["import"] as? Int } == [9, 10, 11, 12])
    #expect(purged.map { $0["facts"] as? Int } == [3, 10, 1, 0])
    #expect(purged.map { $0["rejects"] as? Int } == [0, 0, 0, 1])
    #expect(try everything() == before)
    #expect(try folder.rows("imports", "list").compactMap { $0["state"] as? String }.filter { $0 == "purged" }.count == 3)
    #expect(try folder.rows("imports", "rejects", "12").isEmpty)
    let restored = folder.run("imports", "restore", "9")
    #expect(restored.code == 64 && restored.err.contains("were erased by `vitals compact --purge`"))
    #expect(folder.run("compact", "--purge", "--yes").out.contains("nothing to erase"))
    let again = try folder.rows("import", folder.path + "/tickets_2026-03-20.csv", folder.path + "/usage_2026-03-20.csv")
    #expect(again.map { $0["new"] as? Int } == [3, 10])
    #expect(try folder.rows("history", "bolt", "--signal", "service.tickets").count == 2)
  }
}
