import Foundation
import Health
import Import
import Storage
import Testing

/// Published JSON Lines, and invoices with dates that two formats can read, against totals counted by others. Where the data are absent
/// the tests say so and pass.
struct PublishedFeedsTests {
  private static let data = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../../shared/data").standardizedFileURL
  private static let sparkify = data.appendingPathComponent("sparkify-log").path
  private static let invoices = data.appendingPathComponent("accounts-receivable/accounts-receivable.csv").path

  /// All facts in force, of all accounts.
  private func facts(_ bench: Workbench) throws -> [AccountFact] {
    let knowledge = try bench.history.knowledge()
    return try bench.history.accounts(knowledge).flatMap { account in
      try AccountHistory(bench.history, knowledge: knowledge, account: account.id).facts(days: Day.range, superseded: false)
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: sparkify), "there is no ../shared/data/sparkify-log beside the repository"))
  func aMonthOfJSONLinesComesToItsTotals() throws {
    let bench = try Workbench(
      signals: """
        signals:
          product.actions: {kind: count, unit: actions, direction: up, says: What they did.}
          product.level: {kind: label, unit: plan, direction: none, says: The plan that they were on.}
          outcome.downgrade: {kind: event, unit: downgrades, direction: down, says: They went to the free plan.}
          outcome.upgrade: {kind: event, unit: upgrades, direction: up, says: They began to pay.}
          product.song: {kind: event, unit: seconds, direction: up, says: A song that they heard.}
        """)
    try bench.feed(
      """
      feed: log
      match: ["*-events.json"]
      format: jsonl
      day: "%Y-%m-%d-events.json"
      account: userId
      name: lastName
      unknown_accounts: create
      skip: {userId: [""]}
      at: {column: ts, format: epoch_ms}
      attributes: {agent: userAgent}
      signals:
        product.actions: {value: 1}
        product.level: {value: level}
        outcome.downgrade: {event: [sessionId, itemInSession, userId], value: 1, only: {page: [Submit Downgrade]}}
        outcome.upgrade: {event: [sessionId, itemInSession, userId], value: 1, only: {page: [Submit Upgrade]}}
        product.song: {event: [sessionId, itemInSession, userId], value: length, text: song, only: {page: [NextSong]}}
      """)
    let results = try bench.run([Self.sparkify]) { $0.backfill = true }
    #expect(results.count == 30 && results.allSatisfy { $0.state == .imported && $0.rows[.rejected] == 0 })
    #expect(results.reduce(0) { $0 + $1.rows.total } == 8056)
    #expect(results.reduce(0) { $0 + $1.rows[.skipped] } == 286)
    let facts = try facts(bench)
    #expect(try bench.history.accounts(try bench.history.knowledge()).count == 97)
    #expect(facts.filter { $0.subject == "product.actions" }.reduce(0) { $0 + ($1.value ?? 0) } == 7770)
    #expect(facts.filter { $0.subject == "outcome.downgrade" }.count == 1 && facts.filter { $0.subject == "outcome.upgrade" }.count == 8)
    #expect(facts.filter { $0.subject == "product.song" }.count == 6820)
    // Written with an escaped slash in every line.
    let agents = facts.filter { $0.subject == "agent" }
    #expect(agents.count >= 97 && agents.allSatisfy { $0.text?.contains("Mozilla/5.0") == true })
    #expect(
      try bench.run([Self.sparkify]) { ($0.backfill, $0.again) = (true, true) }.allSatisfy {
        $0.rows[.unchanged] + $0.rows[.skipped] == $0.rows.total
      })
  }

  private func invoiceFeed(_ format: String) -> String {
    """
    feed: invoices
    match: ["accounts-receivable.csv"]
    account: customerID
    unknown_accounts: create
    at: {column: InvoiceDate, format: \(format)}
    signals:
      financial.invoice: {event: invoiceNumber, value: InvoiceAmount, text: invoiceNumber}
      financial.days_late: {event: invoiceNumber, at: {column: SettledDate}, value: DaysLate}
      financial.disputed: {event: invoiceNumber, value: 1, only: {Disputed: ["Yes"]}}
    """
  }

  private func invoiceBench(_ format: String) throws -> Workbench {
    let bench = try Workbench(
      signals: """
        signals:
          financial.invoice: {kind: event, unit: USD, direction: none, says: An invoice.}
          financial.days_late: {kind: event, unit: days, direction: down, says: How late it was paid.}
          financial.disputed: {kind: event, unit: invoices, direction: down, says: They dispute it.}
        """)
    try bench.feed(invoiceFeed(format))
    return bench
  }

  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: invoices), "there is no ../shared/data/accounts-receivable beside the repository"))
  func invoicesKeepTheirNumbersAndComeToTheirTotals() throws {
    let bench = try invoiceBench("M/d/yyyy")
    #expect(try bench.run([Self.invoices]) { $0.backfill = true }.map(\.counts) == ["2466 new"])
    let facts = try facts(bench)
    func values(_ signal: String) -> [Double] { facts.filter { $0.subject == signal }.compactMap(\.value) }
    #expect(abs(values("financial.invoice").reduce(0, +) - 147_703.18) < 1e-6)
    #expect(values("financial.days_late").reduce(0, +) == 8489 && values("financial.days_late").filter { $0 > 0 }.count == 877)
    #expect(values("financial.disputed").count == 561)
    #expect(try bench.history.accounts(try bench.history.knowledge()).count == 100)
    #expect(try bench.facts("0379-NEVHP").contains("2013-01-02 financial.invoice 55.94 \"0000611365\""))
  }

  /// The feed alone says what comes first: read the other way round, days that are none are refused, and no date is swapped to fit.
  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: invoices), "there is no ../shared/data/accounts-receivable beside the repository"))
  func aDateIsNeverReadTheOtherWayRound() throws {
    let bench = try invoiceBench("dd/MM/yyyy")
    #expect(try bench.run([Self.invoices]).map { $0.problem?.name } == ["too-many-rejects"])
    let settled = "  financial.days_late: {event: invoiceNumber, at: {column: SettledDate}, value: DaysLate}\n"
    try bench.feed(invoiceFeed("d/M/yyyy").replacing(settled, with: ""))
    let result = try bench.run([Self.invoices]) { $0.maxRejects = .share(1) }[0]
    #expect(result.counts == "944 new 1522 rejected")
    let remarks = try ImportLog.remarks(result.importID ?? 0, bench.history).filter { $0.severity == .reject }
    #expect(remarks.allSatisfy { $0.code == "bad-time" && $0.columnName == "InvoiceDate" })
    #expect(try bench.facts("0379-NEVHP").contains("2013-02-01 financial.invoice 55.94 \"0000611365\""))
  }
}
