import Health
import Import
import Storage
import Testing

/// What erasing, purging, marking and covering do to what the importer keeps of a file.
struct SeamTests {
  private let seats = """
    feed: seats
    match: ["seats*.csv"]
    day: "seats_%Y-%m-%d*"
    account: account
    unknown_accounts: create
    complete: day
    at: day
    signals:
      product.seats: {value: seats}
      product.logins: {value: logins}
      service.tickets: {value: tickets}
    """

  private let usage = """
    feed: usage
    match: ["usage*.csv"]
    day: "usage_%Y-%m-%d*"
    account: account
    at: file
    signals:
      product.seats: {value: seats}
    """

  private func bench(_ feeds: String...) throws -> Workbench {
    let bench = try Workbench()
    for feed in feeds { try bench.feed(feed) }
    return bench
  }

  private func erase(_ key: String, _ bench: Workbench) throws {
    let account = try #require(try bench.history.account(key: key, bench.history.knowledge()))
    _ = try Erasure(bench.history, account, mayHoldLabels: { _ in true }).apply(author: nil, at: bench.now)
  }

  @Test func aRefusedRowThatWasKeptAsBytesGoesWithItsAccount() throws {
    let bench = try bench(usage.replacing("at: file", with: "at: file\nunknown_accounts: create"))
    let undecodable: [UInt8] = Array("acme,".utf8) + [0x81, 0x0A]
    let path = try bench.write("usage_2026-03-01.csv", Array("account,seats\nacme,1\nbeta,x\n".utf8) + undecodable)
    let id = try #require(try bench.run([path]) { $0.maxRejects = .rows(2) }[0].importID)
    #expect(try ImportLog.remarks(id, bench.history).compactMap(\.raw) == [Array(undecodable.dropLast())])
    try erase("acme", bench)
    #expect(try ImportLog.remarks(id, bench.history).compactMap(\.raw).isEmpty)
    let rows = try RefusedRows(id, bench.history)
    #expect(String(decoding: rows.bytes, as: UTF8.self) == "account,seats\nbeta,x\n" && rows.count == 1)
    #expect(rows.remarks == ["1 row is left out: they were erased with the account that they named"])
  }

  @Test func ofAPurgedImportItIsSaidThatItsRefusedRowsAreGone() throws {
    let bench = try bench(usage.replacing("at: file", with: "at: file\nunknown_accounts: create"))
    let id = try #require(try bench.take("usage_2026-03-01.csv", "account,seats\na,1\nb,x\n").importID)
    try bench.revert(id)
    _ = try Purge.apply(at: bench.now, bench.history)
    let rows = try RefusedRows(id, bench.history)
    #expect(rows.bytes.isEmpty)
    #expect(rows.remarks == ["1 row is no longer kept: `vitals compact --purge` erased what import 1 had refused"])
  }

  /// What a complete file of a later day hides is stored, and not in force: older, however often it is given, in whatever batches.
  @Test(arguments: [1, 100]) func whatAHigherCompleteFileHidesIsOlder(facts: Int) throws {
    let bench = try bench(seats)
    bench.limits.facts = facts
    let header = "account,day,seats,logins,tickets\n"
    let later = try bench.take("seats_2026-03-05.csv", header + "a,2026-03-01,1,2,\n")
    let late = header + "b,2026-03-01,2,,\nb,2026-03-01,,3,\nb,2026-03-01,,,1\na,2026-03-01,1,,\na,2026-03-02,5,,\n"
    // The first row brings the account.
    let first = try bench.take("seats_2026-03-03.csv", late)
    #expect(first.counts == "2 new 2 older 1 unchanged" && first.factCounts == "1 new 3 older 1 unchanged")
    let again = try bench.take("seats_2026-03-03.csv", late) { $0.again = true }
    #expect(again.counts == "3 older 2 unchanged")
    #expect(try bench.facts("b").isEmpty)
    try bench.revert(later.importID)
    #expect(try bench.facts("b") == ["2026-03-01 product.logins 3", "2026-03-01 product.seats 2", "2026-03-01 service.tickets 1"])
  }

  /// Two files say the same, so only the first has it; then that one is called history, and a file below both comes to hold.
  @Test func whoLeansOnWhatIsCalledHistorySinceIsReadAgain() throws {
    let dated = usage.replacing("at: file", with: "at: day\nunknown_accounts: create")
    let bench = try bench(dated, dated.replacing("usage", with: "plan"), dated.replacing("usage", with: "crm"))
    try bench.take("plan_2026-03-01.csv", "account,day,seats\na,2026-02-01,4\n")
    let first = try bench.take("usage_2026-03-02.csv", "account,day,seats\na,2026-02-01,5\n")
    let second = "account,day,seats\na,2026-02-01,5\n"
    #expect(try bench.take("crm_2026-03-03.csv", second).counts == "1 unchanged")
    _ = try ImportChanges.apply(.mark(backfill: true), to: try #require(first.importID), at: bench.now, bench.history)
    #expect(try bench.facts("a") == ["2026-02-01 product.seats 4"])
    #expect(try bench.take("crm_2026-03-03.csv", second).counts == "1 corrected")
    #expect(try bench.facts("a") == ["2026-02-01 product.seats 5"])
    #expect(try bench.take("crm_2026-03-03.csv", second).state == .already)
  }

  /// Mended rows of one of two accounts that are one add to the other's, be they merged before or after.
  @Test(arguments: [true, false]) func mendedRowsOfAMergedAccountAddToTheOthers(isMergedFirst: Bool) throws {
    let logins = usage.replacing("product.seats: {value: seats}", with: "product.logins: {value: logins}")
    let bench = try bench(logins.replacing("at: file", with: "at: file\nunknown_accounts: create"))
    func merge() throws {
      let knowledge = try bench.history.knowledge()
      let a = try #require(try bench.history.account(key: "a", knowledge))
      let b = try #require(try bench.history.account(key: "b", knowledge))
      _ = try AccountChange.merge(b, into: a).apply(bench.history, words: "merge b into a", author: nil, at: bench.now)
    }
    func total() throws -> [String] {
      let knowledge = try bench.history.knowledge()
      let account = try #require(try bench.history.account(key: "a", knowledge))
      let history = AccountHistory(bench.history, knowledge: knowledge, account: account.id) { $0 == "product.logins" }
      let days = try #require(Day("2026-03-01"))...(try #require(Day("2026-03-01")))
      return try history.facts(days: days).map { "\($0.value ?? 0) of \($0.importID)" }
    }
    try bench.take("usage_2026-02-01.csv", "account,logins\na,1\nb,1\n")
    if isMergedFirst { try merge() }
    let first = try bench.take("usage_2026-03-01.csv", "account,logins\na,1\nb,x\nb,y\n") { $0.maxRejects = .rows(2) }
    let record = try ImportLog.one(try #require(first.importID), bench.history)
    let mended = try bench.take("mended.csv", "account,logins\nb,2\nb,z\n") { $0.mends = record }
    if !isMergedFirst { try merge() }
    #expect(try total().sorted() == ["1.0 of \(record.id)", "2.0 of \(mended.importID ?? 0)"])
    let second = try ImportLog.one(try #require(mended.importID), bench.history)
    let more = try bench.take("more.csv", "account,logins\nb,4\n") { $0.mends = second }
    #expect(try total().sorted() == ["1.0 of \(record.id)", "6.0 of \(more.importID ?? 0)"])
    try bench.revert(record.id)
    #expect(try total() == ["6.0 of \(more.importID ?? 0)"])
  }

  /// A key that people gave back to an account is as new to a file's refused rows as one that they give for the first time.
  @Test func aRestoredRenameHasRefusedRowsTriedAgain() throws {
    let bench = try bench(usage.replacing("at: file", with: "at: file\nunknown_accounts: create"))
    try bench.take("usage_2026-03-01.csv", "account,seats\na,1\n")
    let account = try #require(try bench.history.account(key: "a", bench.history.knowledge()))
    let rename = try AccountChange.rename(account, to: "b").apply(bench.history, words: "rename a b", author: nil, at: bench.now)
    try bench.revert(rename)
    try bench.feed(usage)
    let file = "account,seats\nb,2\n"
    #expect(try bench.take("usage_2026-03-02.csv", file).counts == "1 rejected")
    #expect(try bench.take("usage_2026-03-02.csv", file).state == .already)
    _ = try ImportChanges.apply(.restore, to: try #require(rename), at: bench.now, bench.history)
    #expect(try bench.take("usage_2026-03-02.csv", file).counts == "1 new")
  }
}
