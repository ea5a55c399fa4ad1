import Foundation
import Health
import Import
import Storage
import TestSupport
import Testing

/// Files imported again, late, taken back, in any order: what is known depends on what live files say, not on how they came.
struct RepeatTests {
  private let usage = """
    feed: usage
    match: ["usage*.csv"]
    day: "usage_%Y-%m-%d*"
    account: account
    unknown_accounts: create
    at: day
    attributes: {segment: segment}
    signals:
      product.logins: {value: logins}
      product.seats: {value: seats}
      service.tickets: {event: ticket, value: tickets}
    """
  private let header = "account,day,logins,seats,segment,ticket,tickets\n"
  private let tuesday = "account,day,logins,seats,segment,ticket,tickets\na,2026-03-03,3,10,small,T1,1\nb,2026-03-03,1,5,large,,\n"

  private func bench(_ more: String = "") throws -> Workbench {
    let bench = try Workbench()
    try bench.feed(usage + "\n" + more)
    return bench
  }

  @Test func aDryRunKeepsNothing() throws {
    let bench = try bench()
    let result = try bench.take("usage_2026-03-03.csv", tuesday) { $0.dryRun = true }
    #expect(result.state == .dryRun)
    #expect(result.importID == nil)
    #expect(result.counts == "2 new")
    #expect(try bench.state() == [])
    #expect(try ImportLog.all(bench.history) == [])
    let failing = try bench.take("usage_2026-03-03.csv", header + "a,x\n") { $0.dryRun = true }
    #expect(failing.state == .failed)
    #expect(try ImportLog.all(bench.history) == [])
    let real = try bench.take("usage_2026-03-03.csv", tuesday)
    #expect((real.counts, real.factCounts) == (result.counts, result.factCounts))
    #expect(try bench.state().count == 7)
  }

  @Test func theSameFileTwiceIsTheSameAsOnce() throws {
    let bench = try bench()
    let first = try bench.take("usage_2026-03-03.csv", tuesday)
    let before = try bench.state()
    let second = try bench.take("usage_2026-03-03.csv", tuesday)
    #expect(second.state == .already)
    #expect(second.importID == first.importID)
    #expect(second.counts == "2 new")
    let copy = try bench.take("usage_2026-03-03_copy.csv", tuesday)
    #expect(copy.state == .already)
    #expect(try ImportLog.all(bench.history).count == 1)
    let again = try bench.take("usage_2026-03-03.csv", tuesday) { $0.again = true }
    #expect(again.counts == "2 unchanged")
    #expect(try bench.state() == before)
    let tonight = try bench.take("usage_2026-03-04.csv", tuesday)
    #expect(tonight.state == .imported)
    #expect(tonight.counts == "2 unchanged")
  }

  @Test func anUntouchedFileIsNotEvenRead() throws {
    let bench = try bench()
    let path = try bench.write("usage_2026-03-03.csv", tuesday)
    try bench.run([path])
    let modified = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    try bench.write("usage_2026-03-03.csv", tuesday.replacing("a,2026-03-03,3", with: "a,2026-03-03,4"))
    #expect(try bench.run([path])[0].counts == "1 corrected 1 unchanged")
    try bench.write("usage_2026-03-03.csv", tuesday)
    try FileManager.default.setAttributes([.modificationDate: try #require(modified)], ofItemAtPath: path)
    // The newest import of the day has another content, so this is read although an older import was just like it.
    #expect(try bench.run([path])[0].counts == "1 corrected 1 unchanged")
    try bench.write("usage_2026-03-03.csv", tuesday.replacing("a,2026-03-03,3", with: "a,2026-03-03,5"))
    try FileManager.default.setAttributes([.modificationDate: try #require(modified)], ofItemAtPath: path)
    #expect(try bench.run([path])[0].state == .already)
    #expect(try bench.run([path]) { $0.again = true }[0].counts == "1 corrected 1 unchanged")
  }

  @Test func whatWasTakenBackOrReadByAnotherFeedIsReadAgain() throws {
    let bench = try bench()
    let first = try bench.take("usage_2026-03-03.csv", tuesday)
    let before = try bench.state()
    try bench.revert(first.importID)
    #expect(try bench.state() == [])
    let second = try bench.take("usage_2026-03-03.csv", tuesday)
    #expect(second.counts == "2 new")
    #expect(try bench.state() == before)
    try bench.feed("# a remark changes nothing\n" + usage)
    #expect(try bench.take("usage_2026-03-03.csv", tuesday).state == .already)
    try bench.feed(usage.replacing("value: tickets", with: "value: {multiply: [tickets, 2]}"))
    #expect(try bench.take("usage_2026-03-03.csv", tuesday).counts == "1 corrected 1 unchanged")
  }

  @Test func refusedRowsAreTriedAgainOnceTheirAccountIsThere() throws {
    let bench = try Workbench()
    try bench.feed(usage.replacing("unknown_accounts: create", with: "unknown_accounts: reject"))
    try bench.feed("feed: crm\nmatch: [\"crm*.csv\"]\naccount: account\nunknown_accounts: create\nat: day\nattributes: {owner: owner}")
    try bench.take("crm1.csv", "account,day,owner\na,2026-03-01,dana\n")
    #expect(try bench.take("usage_2026-03-03.csv", tuesday).counts == "1 new 1 rejected")
    #expect(try bench.take("usage_2026-03-03.csv", tuesday).state == .already)
    try bench.take("crm2.csv", "account,day,owner\nb,2026-03-01,dana\n")
    #expect(try bench.take("usage_2026-03-03.csv", tuesday).counts == "1 new 1 unchanged")
    #expect(try bench.take("usage_2026-03-03.csv", tuesday).state == .already)
  }

  @Test func refusedRowsAreTriedAgainOnceTheirSignalIsDeclared() throws {
    let feed = "feed: long\nmatch: [\"long*.csv\"]\naccount: account\nunknown_accounts: create\nat: day\nsignal: signal\nvalue: value"
    let bench = try Workbench()
    try bench.feed(feed)
    let text = "account,day,signal,value\na,2026-03-01,product.seats,1\na,2026-03-01,product.depth,2\n"
    #expect(try bench.take("long.csv", text).counts == "1 new 1 rejected")
    #expect(try bench.take("long.csv", text).state == .already)
    let wider = try CatalogueFile.read(
      text: Workbench.signals + "\n  product.depth: {kind: gauge, unit: m, direction: up, says: How deep.}", file: "signals.yaml")
    var options = ImportOptions(now: bench.now)
    options.at = nil
    let file = try FilePlan(paths: [bench.folder.appendingPathComponent("long.csv").path], feeds: bench.feeds, options: options).files[0]
    let result = try Importer(bench.history, catalogue: wider).run(file, options: options)
    #expect(result.counts == "1 new 1 unchanged")
  }

  @Test func aFileThatFailedDoesNotStandInTheWay() throws {
    let bench = try bench()
    #expect(try bench.take("usage_2026-03-03.csv", tuesday + "c,2026-03-03\n").state == .failed)
    #expect(try bench.take("usage_2026-03-03.csv", tuesday).state == .imported)
    #expect(try bench.take("usage_2026-03-03.csv", tuesday + "c,2026-03-03\n").state == .failed)
    #expect(try bench.take("usage_2026-03-03.csv", tuesday).state == .already)
    #expect(try bench.state().count == 7)
  }

  @Test func aLateFileDoesNotBeatALaterDay() throws {
    let bench = try bench()
    try bench.feed("feed: crm\nmatch: [\"crm*.csv\"]\naccount: account\nunknown_accounts: create\nat: day\nattributes: {owner: owner}")
    try bench.take("crm.csv", "account,day,owner\na,2026-03-01,dana\nb,2026-03-01,dana\n")
    let late = tuesday.replacing(",10,small", with: ",99,")
    let wednesday = try bench.take("usage_2026-03-04.csv", tuesday)
    let before = try bench.state()
    let result = try bench.take("usage_2026-03-03.csv", late)
    #expect(result.rows[.older] == 1)
    #expect(result.factCounts.contains("older"))
    #expect(result.remarks.contains { $0.contains("usage_2026-03-04.csv") })
    #expect(try bench.facts("a").contains("2026-03-03 product.seats 10"))
    // The later file is read again once, since it may have found facts unchanged that now stand in another light.
    #expect(try bench.take("usage_2026-03-04.csv", tuesday).state == .imported)
    #expect(try bench.take("usage_2026-03-04.csv", tuesday).state == .already)
    #expect(
      try bench.facts("a").filter { !$0.contains("segment") }
        == before.filter { $0.hasPrefix("a") && !$0.contains("segment") }.map { String($0.dropFirst(2)) })
    for record in try ImportLog.all(bench.history) where record.fileDay == Day("2026-03-04") { try bench.revert(record.id) }
    #expect(try bench.facts("a").contains("2026-03-03 product.seats 99"))
    #expect(wednesday.state == .imported)
  }

  @Test func aBackfillOnlyFillsHoles() throws {
    let bench = try bench()
    try bench.take("usage_2026-03-03.csv", tuesday)
    let history = header + "a,2026-03-03,9,10,small,T1,1\na,2026-03-02,8,,,T0,1\nb,2026-03-02,,4,,,\n"
    let result = try bench.take("usage_2026-03-09.csv", history) { $0.backfill = true }
    #expect(result.backfill)
    #expect(result.counts == "2 new 1 older")
    #expect(try bench.facts("a").contains("2026-03-03 product.logins 3"))
    #expect(try bench.facts("a").contains("2026-03-02 product.logins 8"))
    #expect(try bench.facts("b").contains("2026-03-02 product.seats 4"))
    #expect(result.remarks == [])
  }

  @Test func oldFactsGetTheHintToBackfill() throws {
    let bench = try bench()
    #expect(try bench.take("usage_2026-03-02.csv", tuesday).remarks == [])
    bench.now = Workbench.instant("2026-06-01")
    #expect(try bench.take("usage_2026-06-01.csv", tuesday).remarks.count == 1)
  }

  @Test func takingBackOneOfTwoLeavesTheOther() throws {
    let (other, alone) = (try bench(), try bench())
    let second = tuesday.replacing("b,2026-03-03,1,5", with: "b,2026-03-03,2,5")
    try alone.take("usage_2026-03-04.csv", second)
    let first = try other.take("usage_2026-03-03.csv", tuesday)
    try other.take("usage_2026-03-04.csv", second)
    try other.revert(first.importID)
    #expect(try other.state() != alone.state())  // what the second only confirmed went with the first
    let again = try other.take("usage_2026-03-04.csv", second)
    #expect(again.state == .imported)
    #expect(try other.state() == alone.state())
    #expect(try other.take("usage_2026-03-04.csv", second).state == .already)
  }

  /// All orders of three nights that contradict each other, and then the folder once more, come to the same.
  @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]) func anyOrderComesToTheSame(order: [Int]) throws {
    let nights = [
      header + "a,2026-03-01,3,10,small,T1,1\nb,2026-03-01,1,5,large,T2,1\n",
      header + "a,2026-03-02,4,10,large,T1,1\na,2026-03-01,7,11,large,T3,1\nb,2026-03-02,1,5,large,T2,1\n",
      header + "a,2026-03-03,4,,small,T1,1\na,2026-03-01,7,10,small,T3,1\nb,2026-03-02,2,5,large,T4,1\nc,2026-03-03,,,large,,\n",
    ]
    let (shuffled, sorted) = (try bench(), try bench())
    for (index, text) in nights.enumerated() { try sorted.take("usage_2026-03-0\(index + 1).csv", text) }
    for index in order { try shuffled.take("usage_2026-03-0\(index + 1).csv", nights[index]) }
    let paths = (1...3).map { shuffled.folder.appendingPathComponent("usage_2026-03-0\($0).csv").path }
    try shuffled.run(paths)
    #expect(try shuffled.state() == sorted.state())
    #expect(try shuffled.run(paths).allSatisfy { $0.state == .already })
    #expect(try shuffled.state() == sorted.state())
  }

  @Test func aCompleteDayHidesWhatIsNotInItAnyMore() throws {
    let bench = try Workbench()
    try bench.feed(
      """
      feed: seats
      match: ["seats*.csv"]
      day: "seats_%Y-%m-%d*"
      complete: day
      account: account
      unknown_accounts: create
      at: file
      signals: {product.seats: {value: seats}, human.feedback: {text: words}}
      """)
    try bench.take("seats_2026-03-03.csv", "account,seats,words\na,1,hello\nb,2,\n")
    let second = try bench.take("seats_2026-03-03.csv", "account,seats,words\na,1,\n")
    #expect(second.counts == "1 unchanged")
    #expect(try bench.state() == ["a 2026-03-03 product.seats 1"])
    try bench.revert(second.importID)
    #expect(try bench.state() == ["a 2026-03-03 human.feedback \"hello\"", "a 2026-03-03 product.seats 1", "b 2026-03-03 product.seats 2"])
    try bench.take("seats_2026-03-03.csv", "account,seats,words\n")
    #expect(try bench.state() == [])
    try bench.take("seats_2026-03-04.csv", "account,seats,words\nb,2,\n")
    #expect(try bench.state() == ["b 2026-03-04 product.seats 2"])
  }

  // MARK: One file, cut and shuffled

  private struct Line {
    let text: String
    let facts: [String]
  }

  /// Distinct readings and events, with what they come to, worked out here.
  private func lines(_ random: inout Seeded) -> [Line] {
    var lines: [Line] = []
    for account in ["a", "b", "c"] {
      for day in 1...9 where Int.random(in: 0..<3, using: &random) > 0 {
        let (logins, seats) = (Int.random(in: 0...9, using: &random), Int.random(in: 1...99, using: &random))
        let date = "2026-03-0\(day)"
        let ticket = Bool.random(using: &random) ? "\(account)\(day)" : ""
        let facts = ["product.logins \(logins)", "product.seats \(seats)"] + (ticket.isEmpty ? [] : ["service.tickets 1"])
        lines.append(
          Line(
            text: "\(account),\(date),\(logins),\(seats),,\(ticket),\(ticket.isEmpty ? "" : "1")\n",
            facts: facts.map { "\(account) \(date) \($0)" }))
      }
    }
    return lines
  }

  @Test(arguments: 0..<12) func aFileCutAtAnyRowOrShuffledGivesTheSame(seed: UInt64) throws {
    var random = Seeded(seed)
    let lines = lines(&random)
    let expected = lines.flatMap(\.facts).sorted()
    let shuffled = lines.shuffled(using: &random)
    let cut = Int.random(in: 0...shuffled.count, using: &random)
    let bench = try bench()
    bench.limits.facts = Int.random(in: 1...40, using: &random)
    bench.limits.rowsKept = Int.random(in: 1...40, using: &random)
    let parts = [shuffled[..<cut], shuffled[cut...]].map { header + $0.map(\.text).joined() }
    for (index, part) in parts.enumerated() {
      let result = try bench.take("usage_2026-03-09_\(index).csv", part)
      #expect(result.rows[.new] == result.rows.total)
    }
    #expect(try bench.state().sorted() == expected)
    let whole = try bench.take("usage_2026-03-09_all.csv", header + lines.map(\.text).joined())
    #expect(whole.rows[.unchanged] == lines.count)
    #expect(whole.facts.total == expected.count)
    #expect(try bench.state().sorted() == expected)
  }
}
