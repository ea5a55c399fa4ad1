import Health
import Import
import Storage
import Testing

/// What is said of a refused row: where, why, and what to do.
struct RemarkTests {
  private let usage = """
    feed: usage
    match: ["usage*.csv"]
    account: account
    unknown_accounts: create
    at: day
    attributes: {started: started}
    signals:
      product.logins: {value: logins}
      product.seats: {value: seats}
    """
  private let header = "account,day,started,logins,seats\n"
  private let orders = """
    feed: orders
    match: ["orders*.csv"]
    account: account
    unknown_accounts: create
    at: day
    signals:
      financial.order_value: {event: [invoice, line], lines: add, value: {multiply: [quantity, price]}}
    """

  private func bench() throws -> Workbench {
    let bench = try Workbench()
    try bench.feed(usage)
    return bench
  }

  private func remarks(_ result: ImportResult, _ bench: Workbench) throws -> [Remark] {
    try ImportLog.remarks(result.importID ?? 0, bench.history)
  }

  /// Infinity times zero is no number; two of the largest numbers come to infinity, in a product as in a sum.
  @Test(arguments: ["1e200,1e200", "-1e200,1e200", "1e308,1", "1,-1.7e308"]) func noValueIsInfiniteOrCanBecomeSo(factors: String) throws {
    let bench = try Workbench()
    try bench.feed(orders)
    let text = "invoice,line,account,day,quantity,price\n1,1,a,2026-03-01,2,3\n1,1,a,2026-03-01,\(factors)\n1,1,a,2026-03-01,\(factors)\n"
    let result = try bench.take("orders.csv", text)
    #expect(result.counts == "1 new 2 rejected")
    #expect(try bench.remarks(result.importID) == ["bad-number 3:18", "bad-number 4:18"])
    #expect(try bench.facts("a") == ["2026-03-01 financial.order_value 6"])
  }

  @Test func amountsThatWouldAddUpToInfinityAreRefused() throws {
    let bench = try bench()
    let row = "a,2026-03-01,,1.7e308,\n"
    let result = try bench.take("usage.csv", header + row + row + "a,2026-03-01,,1e290,\n" + "a,2026-03-01,,1e290,\n")
    #expect(result.counts == "2 new 2 rejected")
    #expect(try bench.remarks(result.importID) == ["bad-number 2:15", "bad-number 3:15"])
  }

  @Test func aStartThatIsNoDateIsRefusedAndSaysWhatIsExpected() throws {
    let bench = try bench()
    let result = try bench.take(
      "usage.csv", header + "a,2026-03-01,31/12/2023,1,\nb,2026-03-01,2023-12-31,1,\nc,2026-03-01,2023-12-31T10:00:00Z,1,\n")
    #expect(result.counts == "2 new 1 rejected")
    let remark = try #require(try remarks(result, bench).first)
    #expect([remark.code, remark.columnName, "\(remark.line):\(remark.column)"] == ["bad-time", "started", "2:14"])
    #expect(remark.message.contains("31/12/2023") && remark.message.contains("2023-12-31"))
    let starts = try bench.history.startDays(bench.history.knowledge())
    #expect((0..<3).compactMap { starts[$0] } == [Day("2023-12-31"), Day("2023-12-31")])
  }

  @Test func theNearestWordAndTheAdviceAreTwoThings() throws {
    let bench = try bench()
    try bench.feed("feed: long\nmatch: [\"long*.csv\"]\naccount: account\nunknown_accounts: create\nat: day\nsignal: signal\nvalue: value")
    let result = try bench.take(
      "long.csv", "account,day,signal,value\na,2026-03-01,product.login,1\na,2026-03-01,product.seats,\"1,000\"\n")
    let kept = try remarks(result, bench)
    #expect(kept.map(\.nearest) == ["product.logins", nil])
    #expect(kept.map { $0.hint != nil } == [false, true])
    #expect(kept[0].advice == "did you mean product.logins?")
    #expect(kept[1].advice == kept[1].hint)
  }

  @Test func aDuplicateIsToldWithItsColumnAndText() throws {
    let bench = try Workbench()
    try bench.feed(
      """
      feed: tickets
      match: ["tickets*.csv"]
      account: account
      unknown_accounts: create
      at: day
      signals:
        product.seats: {value: seats}
        service.tickets: {event: id, value: 1, text: subject}
      """)
    let text = #"""
      account,day,subject,id,seats
      a,2026-03-01,x,T1,5
      a,2026-03-02,"Ä ""new,
      line""",T1,6
      a,2026-03-01,y,T2,7

      """#
    let result = try bench.take("tickets.csv", text)
    let kept = try remarks(result, bench)
    #expect(kept.map(\.code) == ["repeated-reading", "duplicate-id"])
    #expect(kept.map(\.columnName) == ["seats", "id"])
    #expect(kept.map { "\($0.line):\($0.column)" } == ["2:19", "4:9"])
    #expect(kept.map(\.text) == ["a,2026-03-01,x,T1,5", "a,2026-03-02,\"Ä \"\"new,\nline\"\"\",T1,6"])
  }

  @Test func aRepeatedReadingNamesItsColumnWithoutIDsToo() throws {
    let bench = try bench()
    let result = try bench.take("usage.csv", header + "a,2026-03-01,,,5\na,2026-03-01,,1,6\n")
    #expect(try remarks(result, bench).map { "\($0.code) \($0.line) \($0.columnName)" } == ["repeated-reading 2 seats"])
  }

  @Test func theExampleIsARowOfTheKindThatIsTooMany() throws {
    let bench = try bench()
    let text = header + "a,2026-03-01,,x,\na,2026-03-01,,1\na,2026-03-01,,2\n"
    let problem = try #require(try bench.take("usage.csv", text).problem)
    #expect(problem.message.hasPrefix("2 rows cannot be read") && problem.message.hasSuffix("[too-few-cells]"))
    #expect(problem.place?.line == 3)
  }

  @Test func theHintNamesTheImportWhereThereIsOne() throws {
    let bench = try bench()
    let text = header + String(repeating: "a,2026-03-01,,x,\n", count: 11)
    let failed = try bench.take("usage.csv", text)
    #expect(failed.problem?.hint?.contains("`vitals imports rejects \(failed.importID ?? 0)`") == true)
    let tried = try bench.take("usage.csv", text) { $0.dryRun = true }
    #expect(tried.state == .failed && tried.importID == nil)
    #expect(tried.problem?.hint == "mend the file, or allow more with --max-rejects")
  }
}
