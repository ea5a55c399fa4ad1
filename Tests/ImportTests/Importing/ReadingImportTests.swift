import Health
import Import
import Testing

/// What rows with readings become.
struct ReadingImportTests {
  private let usage = """
    feed: usage
    match: ["usage*.csv"]
    account: account
    unknown_accounts: create
    at: day
    null: ["NA"]
    values: {"none": 0}
    signals:
      product.logins: {value: logins}
      product.seats: {value: seats}
    """

  @Test func wideColumnsAreReadAtTheTimeOfTheirRow() throws {
    let bench = try Workbench()
    try bench.feed(usage)
    let result = try bench.take("usage.csv", "account,day,logins,seats\n007,2026-03-01,3,10\n7,2026-03-01T08:30:00Z,none,2.5\n")
    #expect(result.state == .imported)
    #expect(result.counts == "2 new")
    #expect(result.factCounts == "4 new")
    #expect(try bench.facts("007") == ["2026-03-01 product.logins 3", "2026-03-01 product.seats 10"])
    #expect(try bench.facts("7") == ["2026-03-01T08:30:00 product.logins 0", "2026-03-01T08:30:00 product.seats 2.5"])
  }

  @Test func theLongFormNamesTheSignalInTheRow() throws {
    let bench = try Workbench()
    try bench.feed(
      """
      feed: long
      match: ["long*.csv"]
      account: account
      unknown_accounts: create
      at: day
      signal: signal
      value: value
      """)
    let text = """
      account,day,signal,value
      a,2026-03-01,product.logins,3
      a,2026-03-01,product.feature:export,2
      a,2026-03-01,product.plan,gold
      a,2026-03-01,financial.renewal_on,2027-01-31
      a,2026-03-01,product.login,3
      a,2026-03-01,product.feature:*,3
      """
    let result = try bench.take("long.csv", text)
    #expect(result.counts == "4 new 2 rejected")
    #expect(
      try bench.facts("a") == [
        "2026-03-01 financial.renewal_on 2027-01-31", "2026-03-01 product.feature:export 2", "2026-03-01 product.logins 3",
        "2026-03-01 product.plan gold",
      ])
    #expect(try bench.remarks(result.importID) == ["unknown-signal 6:14", "unknown-signal 7:14"])
    #expect(result.rejects.first?.nearest == "product.logins")
  }

  @Test func anInstanceOfAPatternComesFromAColumn() throws {
    let bench = try Workbench()
    try bench.feed(
      """
      feed: features
      match: ["features*.csv"]
      account: account
      unknown_accounts: create
      at: day
      signals: {"product.feature:{feature}": {value: uses}}
      """)
    let result = try bench.take("features.csv", "account,day,feature,uses\na,2026-03-01,export,2\na,2026-03-01,,4\na,2026-03-01,share,1\n")
    #expect(result.counts == "2 new 1 skipped")
    #expect(try bench.facts("a") == ["2026-03-01 product.feature:export 2", "2026-03-01 product.feature:share 1"])
  }

  @Test func theFilesDayComesFromItsNameOrFromTheCommand() throws {
    let bench = try Workbench()
    let text = """
      feed: seats
      match: ["seats*.csv"]
      day: "seats_%Y-%m-%d*"
      account: account
      unknown_accounts: create
      at: file
      signals: {product.seats: {value: seats}}
      """
    try bench.feed(text)
    #expect(try bench.take("seats_2026-03-02.csv", "account,seats\na,1\n").fileDay == Day("2026-03-02"))
    #expect(try bench.take("seats.csv", "account,seats\na,2\n") { $0.at = Day("2026-03-05") }.counts == "1 new")
    #expect(try bench.facts("a") == ["2026-03-02 product.seats 1", "2026-03-05 product.seats 2"])
    let problem = try bench.take("seats.csv", "account,seats\na,2\n").problem
    #expect(problem?.name == "no-file-day")
    // A day that the name gives is the file's, whatever the command says.
    #expect(try bench.take("seats_2026-03-03.csv", "account,seats\na,3\n") { $0.at = Day("2026-03-05") }.fileDay == Day("2026-03-03"))
  }

  @Test func countsAddUpWithinAFileAndAreReplacedAcrossFiles() throws {
    let bench = try Workbench()
    try bench.feed(usage)
    let first = try bench.take("usage.csv", "account,day,logins,seats\na,2026-03-01,3,\na,2026-03-01,4,\na,2026-03-02,1,\n")
    #expect(first.counts == "3 new")
    #expect(try bench.facts("a") == ["2026-03-01 product.logins 7", "2026-03-02 product.logins 1"])
    let second = try bench.take("usage.csv", "account,day,logins,seats\na,2026-03-01,6,\na,2026-03-02,1,\n")
    #expect(second.counts == "1 corrected 1 unchanged")
    #expect(try bench.facts("a") == ["2026-03-01 product.logins 6", "2026-03-02 product.logins 1"])
    #expect(
      try bench.facts("a", superseded: true) == [
        "2026-03-01 product.logins 6", "2026-03-01 product.logins 7", "2026-03-02 product.logins 1",
      ])
  }

  @Test func ofAStateTheLastRowWinsWithAWarning() throws {
    let bench = try Workbench()
    try bench.feed(usage)
    try bench.take("usage.csv", "account,day,logins,seats\na,2026-02-01,,9\n")  // else the first row would introduce the account
    let result = try bench.take("usage.csv", "account,day,logins,seats\na,2026-03-01,,10\na,2026-03-01,,12\nb,2026-03-01,,3\n")
    #expect(result.counts == "2 new 1 skipped")
    #expect(result.warnings == 1)
    #expect(try bench.facts("a") == ["2026-02-01 product.seats 9", "2026-03-01 product.seats 12"])
    #expect(try bench.remarks(result.importID) == ["repeated-reading 2:15"])
  }

  @Test func blankCellsStateNothingAndARowWithoutAFactIsSkipped() throws {
    let bench = try Workbench()
    try bench.feed(usage)
    try bench.take("usage.csv", "account,day,logins,seats\na,2026-03-01,3,10\n")
    let again = try bench.take("usage.csv", "account,day,logins,seats\na,2026-03-01,,\na,,3,10\nb,2026-03-01,NA,1\n")
    #expect(again.counts == "1 new 2 skipped")
    #expect(try bench.facts("a") == ["2026-03-01 product.logins 3", "2026-03-01 product.seats 10"])
  }

  @Test func skippedRowsAreNotChecked() throws {
    let bench = try Workbench()
    try bench.feed(usage + "\nskip: {account: [\"\", test]}")
    let result = try bench.take("usage.csv", "account,day,logins,seats\n,never,x,y\ntest,never,x,y\na,2026-03-01,1,1\n")
    #expect(result.counts == "1 new 2 skipped")
  }

  @Test func anAccountThatIsAWholeNumberIsWrittenWithoutItsFraction() throws {
    let bench = try Workbench()
    try bench.feed(usage.replacing("account: account", with: "account: {column: account, as: integer}"))
    let result = try bench.take("usage.csv", "account,day,logins,seats\n17850.0,2026-03-01,1,\n17850,2026-03-02,1,\nx1,2026-03-02,1,\n")
    #expect(result.counts == "2 new 1 rejected")
    #expect(try bench.facts("17850").count == 2)
    #expect(try bench.remarks(result.importID) == ["bad-account 4:1"])
  }

  @Test func timesAreBroughtToTheZoneOfTheWorkspaceAndDaysAreNot() throws {
    let bench = try Workbench(zone: try CalendarZone("America/New_York"))
    try bench.feed(usage)
    try bench.take("usage.csv", "account,day,logins,seats\na,2026-03-01T02:00:00Z,1,\na,2026-03-01,2,\n")
    #expect(try bench.facts("a") == ["2026-02-28T21:00:00 product.logins 1", "2026-03-01 product.logins 2"])
  }
}
