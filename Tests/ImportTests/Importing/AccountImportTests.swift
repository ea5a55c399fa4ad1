import Health
import Import
import Storage
import Testing

/// Accounts, their aliases and their attributes.
struct AccountImportTests {
  private let accounts = """
    feed: accounts
    match: ["accounts*.csv"]
    day: "accounts_%Y-%m-%d*"
    account: key
    name: name
    alias: [subscription]
    unknown_accounts: create
    attributes: {segment: size, started: signup}
    """
  private let usage = """
    feed: usage
    match: ["usage*.csv"]
    after: [accounts]
    account: subscription
    at: day
    signals: {product.seats: {value: seats}}
    """
  private let header = "key,name,subscription,size,signup\n"

  private func bench() throws -> Workbench {
    let bench = try Workbench()
    try bench.feed(accounts)
    try bench.feed(usage)
    return bench
  }

  @Test func attributesHoldFromTheFilesDay() throws {
    let bench = try bench()
    #expect(try bench.take("accounts_2026-03-01.csv", header + "a,Acme,S1,small,2025-01-01\nb,Bolt,,large,\n").counts == "2 new")
    #expect(
      try bench.state() == [
        "a is also S1", "a 2026-03-01 name \"Acme\"", "a 2026-03-01 segment \"small\"", "a 2026-03-01 started \"2025-01-01\"",
        "b 2026-03-01 name \"Bolt\"", "b 2026-03-01 segment \"large\"",
      ])
    let second = try bench.take("accounts_2026-03-02.csv", header + "a,Acme,S1,large,2025-01-01\nb,Bolt,,,\n")
    #expect(second.counts == "1 new 1 unchanged")
    #expect(second.factCounts == "1 new 3 unchanged")
    #expect(try bench.facts("a").filter { $0.contains("segment") } == ["2026-03-01 segment \"small\"", "2026-03-02 segment \"large\""])
    let corrected = try bench.take("accounts_2026-03-02.csv", header + "a,Acme,S1,medium,2025-01-01\n")
    #expect(corrected.counts == "1 corrected")
    #expect(try bench.facts("a").filter { $0.contains("segment") } == ["2026-03-01 segment \"small\"", "2026-03-02 segment \"medium\""])
  }

  @Test func blankClearsOnlyWhereTheFeedSaysSo() throws {
    let bench = try bench()
    try bench.feed(accounts + "\nblank: clear")
    try bench.take("accounts_2026-03-01.csv", header + "a,Acme,,small,2025-01-01\n")
    let second = try bench.take("accounts_2026-03-02.csv", header + "a,Acme,,,2025-01-01\n")
    #expect(second.factCounts == "1 new 2 unchanged")
    #expect(try bench.facts("a").filter { $0.contains("segment") } == ["2026-03-01 segment \"small\"", "2026-03-02 segment"])
  }

  @Test func attributesCanHoldFromADayInTheRow() throws {
    let bench = try bench()
    try bench.feed(accounts.replacing(", started: signup", with: "") + "\nattributes_at: {column: signup, format: dd/MM/yyyy}")
    try bench.take("accounts_2026-03-01.csv", header + "a,Acme,,small,15/01/2025\n")
    #expect(try bench.facts("a").first == "2025-01-15 name \"Acme\"")
  }

  @Test func aSecondFeedFindsAccountsByAliasWhateverTheOrderOfTheNames() throws {
    let bench = try bench()
    try bench.feed(usage.replacing("usage*.csv", with: "a_usage*.csv"))
    let usage = try bench.write("a_usage.csv", "subscription,day,seats\nS1,2026-03-01,5\na,2026-03-02,6\n")
    let accounts = try bench.write("accounts.csv", header.replacing("signup", with: "signup,at") + "a,Acme,S1,small,,2026-03-01\n")
    try bench.feed(self.accounts + "\nat: at")
    let results = try bench.run([usage, accounts])
    #expect(results.map(\.feed) == ["accounts", "usage"])
    #expect(results.map(\.counts) == ["1 new", "2 new"])
    #expect(try bench.facts("a").filter { $0.contains("seats") } == ["2026-03-01 product.seats 5", "2026-03-02 product.seats 6"])
  }

  @Test func anUnknownAccountIsRefusedWithTheNearest() throws {
    let bench = try bench()
    try bench.take("accounts_2026-03-01.csv", header + "acme,Acme,S-100,small,\n")
    let result = try bench.take(
      "usage.csv", "subscription,day,seats\nacne,2026-03-01,5\nS-101,2026-03-01,5\nacme,2026-03-01,7\n,2026-03-01,7\n")
    #expect(result.counts == "1 new 3 rejected")
    let remarks = try ImportLog.remarks(result.importID ?? 0, bench.history)
    #expect(remarks.map(\.code) == ["unknown-account", "unknown-account", "blank-account"])
    #expect(remarks.map(\.nearest) == ["acme", "S-100", nil])
    #expect(remarks.map(\.columnName) == ["subscription", "subscription", "subscription"])
    #expect(remarks.map(\.line) == [2, 3, 5])
    #expect(remarks.first?.text == "acne,2026-03-01,5")
  }

  @Test func arefusedRowIntroducesNobody() throws {
    let bench = try bench()
    try bench.feed(usage + "\nunknown_accounts: create")
    #expect(try bench.take("usage.csv", "subscription,day,seats\nnew,2026-03-01,many\n").counts == "1 rejected")
    #expect(try bench.facts("new") == ["no account new"])
  }

  @Test func anAliasMovesWithTheNewestFile() throws {
    let bench = try bench()
    try bench.take("accounts_2026-03-01.csv", header + "a,A,S1,,\nb,B,,,\n")
    #expect(try bench.take("accounts_2026-03-02.csv", header + "a,A,,,\nb,B,S1,,\n").counts == "1 corrected 1 unchanged")
    #expect(try bench.state().filter { $0.contains("also") } == ["b is also S1"])
    let late = try bench.take("accounts_2026-02-28.csv", header + "a,A,S1,,\n")
    #expect(late.rows[.older] + late.rows[.new] == 1)
    #expect(try bench.state().filter { $0.contains("also") } == ["b is also S1"])
  }

  @Test func anAliasOfAnAccountThatWasTakenBackFindsNobody() throws {
    let bench = try bench()
    try bench.feed(accounts.replacing("alias: [subscription]\n", with: ""))
    try bench.feed(
      """
      feed: subscriptions
      match: ["subscriptions*.csv"]
      account: key
      alias: [subscription]
      at: day
      """)
    let first = try bench.take("accounts_2026-03-01.csv", header + "a,A,,,\n")
    try bench.take("subscriptions.csv", "key,subscription,day\na,S1,2026-03-01\n")
    try bench.revert(first.importID)
    let result = try bench.take("usage.csv", "subscription,day,seats\nS1,2026-03-01,5\n")
    #expect(result.counts == "1 rejected")
  }

  @Test func factsBeforeTheStartAreKeptWithAWarning() throws {
    let bench = try bench()
    try bench.take("accounts_2026-03-01.csv", header + "a,A,S1,,2026-02-10\n")
    let result = try bench.take("usage.csv", "subscription,day,seats\nS1,2026-02-09,5\nS1,2026-02-10,6\n")
    #expect(result.counts == "2 new")
    #expect(result.warnings == 1)
    #expect(try bench.remarks(result.importID) == ["before-start 2:0"])
  }
}
