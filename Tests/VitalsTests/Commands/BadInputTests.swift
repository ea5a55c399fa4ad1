import Foundation
import Health
import Storage
import Testing

@testable import vitals

/// The gallery of what can be wrong: each gets its exit code, one clear text, and changes nothing.
@Suite("Bad input")
struct BadInputTests {
  let folder: CommandFolder

  init() throws { folder = try SampleWorkspace.filled() }

  private var database: Data? { FileManager.default.contents(atPath: folder.path + "/vitals.db") }

  /// Runs a command that is to fail with this code and text, and with no report or one that has `state`, and looks whether the database is what it was, byte for byte.
  private func fails(
    _ code: Int32, _ arguments: String..., says text: String, reports state: String? = nil, _ location: SourceLocation = #_sourceLocation
  ) {
    let before = database
    let done = folder.run(arguments: arguments)
    #expect(done.code == code, sourceLocation: location)
    #expect(folder.plain(done.err) == text, sourceLocation: location)
    #expect(state.map { done.out.contains($0) } ?? done.out.isEmpty, sourceLocation: location)
    #expect(database == before, sourceLocation: location)
  }

  /// Writes a file of the workspace's folder and gives its path.
  private func file(_ name: String, _ text: String) throws -> String {
    try folder.write(text, to: name)
    return folder.path + "/" + name
  }

  /// What the reports say, with which a failed import must not meddle.
  private var reports: [String] {
    [folder.run("score", "--csv").out, folder.run("history", "acme", "--csv").out, folder.run("show", "cedar", "--json").out]
  }

  // MARK: The database

  @Test func noDatabase() {
    fails(
      66, "score", "--db", folder.path + "/none.db",
      says: """
        vitals: error: there is no database at "none.db" (from --db)
        hint: name one with --db FILE or VITALS_DB, or make one with `vitals init` or `vitals demo`

        """)
    #expect(!folder.exists("none.db"))
    fails(
      66, "status", "--db", folder.path,
      says: """
        vitals: error: "\(folder.path)" (from --db) is a folder
        hint: a workspace's database is the file vitals.db in it: --db vitals.db

        """)
  }

  @Test func noWorkspaceFile() throws {
    try FileManager.default.removeItem(atPath: folder.path + "/signals.yaml")
    fails(
      66, "score",
      says: """
        vitals: error: there is no signals.yaml
        hint: a workspace has it beside its database; `vitals init` writes the files that are missing

        """)
  }

  @Test(arguments: [["status"], ["score"], ["import", "usage_2026-03-20.csv"], ["backup", "copy.db"]])
  func notADatabase(command: [String]) throws {
    let text = String(repeating: "this is no database\n", count: 100)
    try folder.write(text, to: "vitals.db")
    let words = command.map { $0.contains(".") ? folder.path + "/" + $0 : $0 }
    let done = folder.run(arguments: words)
    #expect(done.code == 65)
    #expect(folder.plain(done.err).hasPrefix("vitals: error: vitals.db: file is not a database (SQLite 26)\n"))
    #expect(done.err.hasSuffix(")\nhint: name the vitals.db of a workspace with --db; `vitals init` makes a new one\n"))
    #expect(try folder.text("vitals.db") == text)
    #expect(!folder.exists("copy.db"))
  }

  /// It would mislead to say that signals.yaml is missing beside a file that is no database of ours.
  @Test func theDatabaseIsLookedAtBeforeTheFilesBesideIt() throws {
    try FileManager.default.removeItem(atPath: folder.path + "/signals.yaml")
    try tamper("PRAGMA application_id = 1")
    #expect(folder.run("score").code == 65 && folder.run("import", "x.csv").code == 65)
    try folder.write(String(repeating: "this is no database\n", count: 100), to: "vitals.db")
    #expect(folder.run("status").code == 65)
  }

  /// Changes the database's header by SQL.
  private func tamper(_ sql: String) throws {
    let connection = try Connection(folder.path + "/vitals.db", .readWrite)
    try connection.execute(sql)
    try connection.finish()
    connection.close()
  }

  @Test func aDatabaseOfAnotherProgram() throws {
    try tamper("PRAGMA application_id = 1")
    fails(
      65, "score",
      says: """
        vitals: error: vitals.db is an SQLite database, but not one of vitals
        hint: name the vitals.db of a workspace with --db

        """)
    let before = database
    #expect(folder.run("import", folder.path + "/usage_2026-03-20.csv").code == 65)
    #expect(database == before)
  }

  @Test func aNewerSchema() throws {
    try tamper("PRAGMA user_version = 99")
    for command in [["score"], ["import", folder.path + "/usage_2026-03-20.csv"], ["imports", "revert", "1"]] {
      let before = database
      let done = folder.run(arguments: command)
      #expect(done.code == 65)
      #expect(folder.plain(done.err).hasPrefix("vitals: error: vitals.db has schema version 99, and this vitals knows "))
      #expect(done.err.hasSuffix("\nhint: use the newer vitals that wrote it\n"))
      #expect(database == before)
    }
  }

  @Test func aDatabaseThatAnotherWrites() throws {
    let correction = try file(SampleWorkspace.correction.name, SampleWorkspace.correction.text)
    let before = reports
    let other = try Connection(folder.path + "/vitals.db", .readWrite)
    var hurried = TestContext()
    hurried.context.busyMilliseconds = 20
    let done = try other.transaction(.immediate) { folder.run(arguments: ["import", correction], in: hurried) }
    #expect(done.code == 75)
    #expect(
      folder.plain(done.err) == """
        vitals: error: vitals.db: database is locked (SQLite 5 in: BEGIN IMMEDIATE)
        hint: another process is writing to the database; try again when it has finished

        """)
    other.close()
    #expect(reports == before)
    #expect(folder.run("import", correction).code == 0)
    #expect(reports != before)
  }

  @Test func aDatabaseThatAnotherReads() throws {
    let before = reports
    let other = try Connection(folder.path + "/vitals.db", .readOnly)
    var hurried = TestContext()
    hurried.context.busyMilliseconds = 20
    let done = try other.transaction(.deferred) {
      _ = try other.prepare("SELECT count(*) FROM import").first { $0.int(0) }
      return folder.run(arguments: ["compact"], in: hurried)
    }
    #expect(done.code == 75)
    #expect(
      folder.plain(done.err) == """
        vitals: error: vitals.db is being read by another process, so old pages are still in vitals.db or its log
        hint: run `vitals compact` when the others have ended

        """)
    other.close()
    #expect(reports == before)
    #expect(folder.run("compact").code == 0)
  }

  // MARK: Files to import

  @Test func noFeedMatches() throws {
    fails(
      65, "import", try file("invoices.csv", "a,b\n1,2\n"),
      says: """
        vitals: error: invoices.csv: no feed matches the file invoices.csv
        hint: the feeds are: accounts (accounts_*.csv); pulses (pulses_*.csv); tickets (tickets_*.csv); usage (usage_*.csv)

        """, reports: "FAILED")
    fails(
      66, "import", folder.path + "/nothing.csv",
      says: "vitals: error: there is no file nothing.csv\nhint: check the name\n", reports: "FAILED")
    fails(
      64, "import", folder.path + "/invoices.csv", "--feed", "usge",
      says: "vitals: error: there is no feed \"usge\"\nhint: did you mean usage?\n")
  }

  @Test func severalFeedsMatch() throws {
    try folder.write(try folder.text("feeds/usage.yaml").replacing("feed: usage", with: "feed: more"), to: "feeds/more.yaml")
    fails(
      65, "import", folder.path + "/usage_2026-03-20.csv",
      says: """
        vitals: error: usage_2026-03-20.csv: several feeds match the file usage_2026-03-20.csv: more, usage
        hint: name one with --feed

        """, reports: "FAILED")
  }

  /// Imports a file that is to fail: the text, that it is in the log as failed, and that no report has moved.
  private func fails(importing name: String, _ text: String, says words: String) throws {
    let before = reports
    let done = folder.run("import", try file(name, text), "--now", "2026-03-23T06:00Z")
    #expect(done.code == 65)
    #expect(folder.plain(done.err) == words)
    #expect(done.out.contains("FAILED, nothing kept"))
    #expect(reports == before)
    let failed = try folder.rows("imports", "list", "--failed")
    #expect(failed.map { $0["file"] as? String } == [name] && failed[0]["state"] as? String == "failed")
    #expect((failed[0]["error"] as? String)?.isEmpty == false)
  }

  @Test func aMissingColumn() throws {
    try fails(
      importing: "usage_2026-03-22.csv", "account,date,login\nacme,2026-03-22,4\n",
      says: """
        vitals: error: usage_2026-03-22.csv:1: the file has no column "day", which the feed usage names
        hint: did you mean "date"?
        vitals: error: usage_2026-03-22.csv:1: the file has no column "logins", which the feed usage names
        hint: did you mean "login"?

        """)
  }

  @Test func anEmptyFile() throws {
    try fails(
      importing: "usage_2026-03-22.csv", "",
      says: """
        vitals: error: usage_2026-03-22.csv: the file has no header
        hint: a file without rows still names its columns

        """)
  }

  @Test func rowsWithTooFewCells() throws {
    try fails(
      importing: "usage_2026-03-22.csv", "account,day,logins\nacme,2026-03-22,4\nbolt,2026-03-22\nbolt\n",
      says: """
        vitals: error: usage_2026-03-22.csv:3:16: 2 rows cannot be read, at most 0 may be; the first: 2 cells, the header has 3 [too-few-cells]
          bolt,2026-03-22
                         ^
        hint: mend the file, or allow more with --max-rejects; `vitals imports rejects 11` lists the refused rows

        """)
    let rejects = try folder.rows("imports", "rejects", "11")
    #expect(rejects.map { $0["line"] as? Int } == [3, 4] && rejects.allSatisfy { $0["code"] as? String == "too-few-cells" })
    #expect(rejects.map { $0["text"] as? String } == ["bolt,2026-03-22", "bolt"])
    // Who knows what they do can have the good rows.
    let allowed = try folder.rows("import", folder.path + "/usage_2026-03-22.csv", "--max-rejects", "2")
    #expect(allowed[0]["state"] as? String == "imported" && allowed[0]["new"] as? Int == 1 && allowed[0]["rejected"] as? Int == 2)
  }

  @Test func anUnknownAccountInAFile() throws {
    try folder.write(try folder.text("feeds/usage.yaml") + "max_rejects: 0\n", to: "feeds/usage.yaml")
    try fails(
      importing: "usage_2026-03-22.csv", "account,day,logins\nacmee,2026-03-22,4\n",
      says: """
        vitals: error: usage_2026-03-22.csv:2:1: 1 row was refused, at most 0 may be; the first: there is no account "acmee" [unknown-account]
          acmee,2026-03-22,4
          ^
        hint: did you mean acme? `vitals imports rejects 11` lists the refused rows

        """)
  }

  // MARK: YAML

  @Test func aCardWithAnUnknownSignal() throws {
    try folder.write(
      try folder.text("cards/desk.yaml").replacing("signal: product.logins", with: "signal: product.login"), to: "cards/desk.yaml")
    for command in ["score", "trend"] {
      fails(
        65, command,
        says: """
          vitals: error: cards/desk.yaml:15:18: unknown signal "product.login"
                  - {signal: product.login, measure: sum 7d, points: {0: 0, 30: 100}, weight: 50, missing: skip,…
                             ^
          hint: did you mean product.logins? Otherwise add to signals.yaml: product.login: {kind: …, unit: …, direction: …, says: …}

          """)
    }
  }

  @Test func aHeadlineThatIsNoCard() throws {
    try folder.write("zone: UTC\nheadline: dsk\nrevenue: financial.arr\n", to: "vitals.yaml")
    for command in ["score", "trend"] {
      fails(
        65, command,
        says: """
          vitals: error: vitals.yaml:2:11: the headline "dsk" is no card
            headline: dsk
                      ^
          hint: did you mean desk? `vitals cards list` lists the cards

          """)
    }
    try folder.write("zone: UTC\nheadline: {outcome: churn}\nrevenue: financial.arr\n", to: "vitals.yaml")
    #expect(folder.plain(folder.run("score").err).hasPrefix("vitals: error: vitals.yaml:2:11: the outcome churn is the headline, "))
  }

  @Test func aDraftOfACardThatIsBroken() throws {
    let (before, shown) = (reports, folder.run("show", "bolt").out)
    let text = try folder.text("cards/desk.yaml")
    try folder.write(
      text.replacing("card: desk", with: "card: better").replacing("measure: sum 7d", with: "measure: som 7d"), to: "cards/draft.yaml")
    let show = folder.run("show", "bolt")
    #expect(show.code == 0 && show.out == shown)
    #expect(folder.plain(show.err).hasPrefix("vitals: warning: a card is left out: cards/draft.yaml:15:"))
    #expect(show.err.split(separator: "\n").count == 1)
    #expect(reports == before)
    // By its own name, and by that of a file, it is said what is wrong with it.
    for word in ["better", "draft"] {
      let asked = folder.run("show", "bolt", "--card", word)
      #expect(asked.code == 65 && folder.plain(asked.err).hasPrefix("vitals: error: cards/draft.yaml:15:"))
    }
    // A card that is in order is found whatever its file is called.
    try folder.write(text.replacing("card: desk", with: "card: other"), to: "cards/zz.yaml")
    #expect(folder.run("score", "--card", "other").code == 0)
    // Where any card may be the headline all of them have to be whole.
    try folder.write("zone: UTC\nheadline: {outcome: renewal}\nrevenue: financial.arr\n", to: "vitals.yaml")
    #expect(folder.run("score").code == 65 && folder.run("show", "bolt").code == 0)
  }

  @Test func anotherZoneUnderFacts() throws {
    try folder.write(try folder.text("vitals.yaml").replacing("zone: UTC", with: "zone: Asia/Tokyo"), to: "vitals.yaml")
    for command in [["score"], ["import", folder.path + "/usage_2026-03-20.csv"], ["imports", "list"]] {
      let done = folder.run(arguments: command)
      #expect(done.code == 65 && done.err.contains("the zone UTC, and vitals.yaml says zone: Asia/Tokyo\nhint: "))
    }
  }

  @Test func brokenYAMLInAFeed() throws {
    try folder.write("feed: usage\nmatch: [\"usage_*.csv\"\naccount: account\n", to: "feeds/usage.yaml")
    fails(
      65, "import", folder.path + "/usage_2026-03-20.csv",
      says: """
        vitals: error: feeds/usage.yaml:3:1: while parsing a flow sequence: did not find expected ',' or ']'
          account: account
          ^
        hint: check indentation, quotes and brackets here and on the line before; a tab cannot indent

        """)

  }

  // MARK: Words of the command line

  @Test func accounts() {
    fails(64, "show", "acmee", says: "vitals: error: there is no account \"acmee\"\nhint: did you mean acme?\n")
    fails(
      64, "history", "zebra",
      says: "vitals: error: there is no account \"zebra\"\nhint: `vitals accounts list` lists the accounts\n")
    fails(
      64, "show", "BOL",
      says: "vitals: error: \"BOL\" may mean 2 accounts: bolt (Bolt Ltd), bolton\nhint: name one by its key\n")
    // A whole key is meant as such, however many begin with it; so is a unique beginning of a name.
    #expect(folder.run("show", "bolt").code == 0 && folder.run("show", "ceda").code == 0 && folder.run("show", "acme inc").code == 0)
  }

  @Test func nothingWasKnownByThen() {
    for command in [["show", "acme"], ["history", "acme"], ["score"], ["trend"]] {
      let done = folder.run(arguments: command + ["--known-by", "2024-01-01"])
      #expect(done.code == 66)
      #expect(done.err == "vitals: error: nothing was known by 2024-01-01\nhint: name a later --known-by, or leave it out\n")
    }
  }

  @Test func aDemoWhereNoFolderCanBe() {
    fails(
      1, "demo", folder.path + "/signals.yaml/demo",
      says: """
        vitals: error: cannot make the folder signals.yaml/demo
        hint: check whether a file has that name, and the permissions

        """)
  }

  @Test func cardsDaysAndConditions() {
    fails(
      64, "score", "--card", "dsk",
      says: "vitals: error: there is no card \"dsk\"\nhint: did you mean desk? `vitals cards list` lists the cards\n")
    fails(
      64, "score", "--as-of", "2026-02-30",
      says: "vitals: error: there is no day \"2026-02-30\"\nhint: that month has 28 days\n")
    fails(64, "trend", "--from", "30d", says: "vitals: error: \"30d\" is not a day\nhint: did you mean \"30d ago\"?\n")
    fails(
      64, "trend", "--from", "2026-03-02", "--to", "2026-03-01",
      says: """
        vitals: error: the days begin on 2026-03-02 and end on 2026-03-01
        hint: the first day must not come after the last

        """)
    fails(
      64, "score", "--where", "segmnt=smb",
      says: """
        vitals: error: no account has an attribute "segmnt"
        hint: did you mean segment? The attributes are: name, segment, started

        """)
    fails(
      64, "score", "--where", "segment",
      says: "vitals: error: \"segment\" has no = or !=\nhint: write --where segment=enterprise or --where csm!=dana\n")
    fails(
      64, "score", "--band", "blue",
      says: """
        vitals: error: there is no band "blue" in this card
        hint: the bands are poor (red), fair (yellow), good (green), and unknown

        """)
    fails(
      64, "score", "--csv", "--columns", "shwn",
      says: """
        vitals: error: there is no column "shwn" here
        hint: valid columns: account, name, card, outcome, as_of, score, shown, raw, band, coverage, known_by, status, rules, override, \
        groups.product, groups.service, trend_30d, revenue

        """)
    fails(
      64, "history", "acme", "--signal", "product.login",
      says: "vitals: error: there is no signal or attribute \"product.login\"\nhint: did you mean product.logins?\n")
    fails(
      64, "scroe",
      says: """
        vitals: error: `vitals` has no command "scroe"
        hint: did you mean score? The commands are: init, demo, import, imports, feeds, score, trend, why, movers, bands, book, report, show, history, \
        pulse, note, notes, outcome, override, overrides, accounts, \
        cards, backtest, power, forecast, query, export, check, status, backup, compact

        """)
    fails(
      64, "imports", "rejcts", "1",
      says: """
        vitals: error: `vitals imports` has no command "rejcts"
        hint: did you mean rejects? The commands are: list, show, rejects, revert, restore, mark

        """)
    fails(
      64, "score", "--tpo", "3",
      says: "vitals: error: Unknown option '--tpo'. Did you mean '--top'?\nhint: `vitals score --help` lists what it takes\n")

  }

  // MARK: Nothing there yet

  @Test(arguments: [["score"], ["trend"], ["trend", "--by", "segment"], ["show", "acme"], ["history", "acme"]])
  func nothingImportedYet(command: [String]) throws {
    let empty = try SampleWorkspace.empty()
    let done = empty.run(arguments: command)
    #expect(done.code == 66 && done.out.isEmpty)
    #expect(done.err.hasPrefix("vitals: error: nothing imported yet\nhint: take files in with `vitals import`"))
  }

  @Test func anEmptyWorkspaceCanBeLookedAt() throws {
    let empty = try SampleWorkspace.empty()
    let status = empty.run("status")
    #expect(status.code == 0 && status.out.contains("nothing imported yet") && status.out.contains("No feed has told of anything yet."))
    #expect(try (empty.json("status") as? [String: Any])?["as_of"] is NSNull)
    #expect(empty.run("imports").out.contains("There are no such imports."))
    #expect(try empty.rows("imports").isEmpty)
    #expect(empty.run("imports", "show", "1").err.hasPrefix("vitals: error: there is no import 1\nhint: "))
    #expect(empty.run("imports", "revert", "1").code == 64)
    #expect(empty.run("backup", empty.path + "/copy.db").out.contains("copy.db: "))
    #expect(empty.run("score", "--as-of", "2026-03-01").out.contains("No account fits."))
  }

  @Test func namesOfAccounts() throws {
    fails(
      64, "accounts", "merge", "acme", "onto", "bolt",
      says: "vitals: error: \"onto\" stands where `into` belongs\nhint: write `vitals accounts merge acme into bolt`\n")
    fails(
      64, "accounts", "merge", "acme", "into", "Acme Inc",
      says: """
        vitals: error: both names mean the account acme
        hint: name two accounts; `vitals show acme` lists what finds this one

        """)
    fails(
      64, "accounts", "alias", "acme", "bolt",
      says: """
        vitals: error: "bolt" means the account bolt already
        hint: choose another, or say that both are one with `vitals accounts merge`

        """)
    fails(
      64, "accounts", "rename", "acme", "",
      says: "vitals: error: an account cannot be called \"\"\nhint: give a text of one line\n")
    fails(
      64, "accounts", "list", "--unmatched", "--merged",
      says: "vitals: error: --unmatched lists ids, not accounts\nhint: leave out --where, --with and --merged\n")
    fails(64, "compact", "--yes", says: "vitals: error: --yes confirms --purge\nhint: add --purge, or leave out --yes\n")
  }
}
