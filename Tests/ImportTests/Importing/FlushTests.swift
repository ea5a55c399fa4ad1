import Foundation
import Health
import Import
import Storage
import TestSupport
import Testing

/// A file is settled in batches, and what comes of it does not show where they end.
struct FlushTests {
  private let long = "feed: long\nmatch: [\"long*.csv\"]\naccount: account\nunknown_accounts: create\nat: at\nsignal: signal\nvalue: value"
  private let header = "account,signal,at,value\n"

  private func bench(facts: Int = BatchLimits().facts) throws -> Workbench {
    let bench = try Workbench()
    bench.limits.facts = facts
    try bench.feed(long)
    return bench
  }

  /// Readings of distinct account, signal and moment: many of one day and a few of others, some of them timed.
  private func readings(_ dice: inout Seeded) -> [String] {
    var rows: Set<String> = []
    for _ in 0..<400 {
      let account = "account-\(dice.below(600))"
      let day = dice.oneIn(3) ? "2026-03-0\(1 + dice.below(5))" : "2026-02-14"
      let time = dice.oneIn(4) ? "T0\(dice.below(3)):00:00" : ""
      rows.insert("\(account),\(dice.pick(["product.seats", "product.logins"])),\(day)\(time)")
    }
    return rows.sorted().map { "\($0),\(Double(dice.below(2000)) / 100)" }
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func theOrderOfRowsAndTheSizeOfBatchesDoNotShow(seed: UInt64) throws {
    var dice = Seeded(seed)
    let rows = readings(&dice)
    let byDay = rows.sorted { $0.split(separator: ",")[2] < $1.split(separator: ",")[2] }
    let whole = try bench()
    let first = try whole.take("long.csv", header + rows.joined(separator: "\n"))
    let (state, counts) = (try whole.state(), first.counts)
    #expect(first.rows[.new] == rows.count)
    for (order, facts) in [(rows, 7), (byDay, 64), (rows.shuffled(using: &dice), 1), (rows.shuffled(using: &dice), 50), (byDay, 1 << 20)] {
      let bench = try bench(facts: facts)
      let result = try bench.take("long.csv", header + order.joined(separator: "\n"))
      #expect((result.counts, result.factCounts) == (counts, first.factCounts))
      #expect(try bench.state() == state)
      let again = try bench.take("long.csv", header + order.reversed().joined(separator: "\n")) { $0.again = true }
      #expect(again.counts == "\(rows.count) unchanged")
      #expect(try bench.state() == state)
    }
  }

  /// Amounts of one moment add up wherever they stand in the file, also where the file, or a part of it, says what is known already.
  @Test(arguments: [1, 3, 20, 1 << 20]) func amountsAddUpOverBatches(facts: Int) throws {
    var dice = Seeded(11)
    let rows = (0..<300).map { _ in "a\(dice.below(90)),product.logins,2026-03-0\(1 + dice.below(2)),\(dice.below(4))" }
    var sums: [String: Int] = [:]
    for row in rows {
      let cells = row.split(separator: ",")
      sums["\(cells[0]) \(cells[2]) product.logins", default: 0] += Int(cells[3]) ?? 0
    }
    let expected = sums.map { "\($0.key) \($0.value)" }.sorted()
    let bench = try bench(facts: facts)
    let first = try bench.take("long1.csv", header + rows.joined(separator: "\n"))
    #expect(first.counts == "300 new")
    #expect(try bench.state().sorted() == expected)
    try bench.take("long2.csv", header + rows.shuffled(using: &dice).joined(separator: "\n"))
    #expect(try bench.state().sorted() == expected)
    let more = try bench.take("long3.csv", header + (rows + ["a0,product.logins,2026-03-01,5"]).joined(separator: "\n"))
    let before = sums["a0 2026-03-01 product.logins"] ?? 0
    #expect(try bench.facts("a0").contains("2026-03-01 product.logins \(before + 5)"))
    #expect(more.rows[.corrected] > 0)
    #expect(try bench.history.connection.prepare("SELECT count(*) FROM sqlite_temp_schema").first { $0.int(0) } == 0)
  }

  /// In one batch the earlier row is passed over; over batches it has been counted already, and the later row is told.
  @Test func ofAStateTheLastRowWinsOverBatchesToo() throws {
    let text = header + "a,product.seats,2026-03-01,1\nb,product.seats,2026-03-01,2\na,product.seats,2026-03-01,3\n"
    let near = try bench()
    let one = try near.take("long.csv", text)
    let far = try bench(facts: 1)
    let three = try far.take("long.csv", text)
    #expect(try near.state() == far.state())
    #expect(try near.facts("a") == ["2026-03-01 product.seats 3"])
    #expect(one.factCounts == "2 new 1 skipped")
    #expect(three.factCounts == "3 new")
    #expect(try near.remarks(one.importID) == ["repeated-reading 2:28"])
    #expect(try far.remarks(three.importID) == ["repeated-reading 4:28"])
    #expect(try ImportLog.remarks(three.importID ?? 0, far.history).map(\.text) == ["a,product.seats,2026-03-01,3"])
  }

  /// More batches than a cell can have parts.
  @Test func aCellMayComeBackAnyNumberOfTimes() throws {
    let bench = try bench(facts: 64)
    let accounts = (0..<64).map { "a\($0)" }
    let rows = (0..<300).flatMap { round in accounts.map { "\($0),product.seats,2026-03-01,\(round)" } }
    let result = try bench.take("long.csv", header + rows.joined(separator: "\n"))
    #expect(result.state == .imported)
    #expect(try bench.state() == accounts.sorted().map { "\($0) 2026-03-01 product.seats 299" })
    #expect(try bench.history.connection.prepare("SELECT count(*) FROM chunk").first { $0.int(0) } == 1)
  }

  /// What cannot be read twice is kept as long as its batch.
  @Test func aRowFromAPipeIsToldWithItsText() throws {
    let bench = try bench()
    let pipe = bench.folder.appendingPathComponent("long.csv").path
    #expect(mkfifo(pipe, 0o600) == 0)
    let text = Array((header + "a,product.seats,2026-03-01,1\n\"a\",product.seats,2026-03-01,22\na,product.seats,2026-03-01,3\n").utf8)
    let writer = Thread {
      let descriptor = open(pipe, O_WRONLY)
      _ = text.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      close(descriptor)
    }
    writer.start()
    let result = try bench.run([pipe]) { $0.again = true }[0]
    let remarks = try ImportLog.remarks(result.importID ?? 0, bench.history)
    #expect(remarks.map { "\($0.line):\($0.column)" } == ["2:28", "3:30"])
    #expect(remarks.map(\.text) == ["a,product.seats,2026-03-01,1", "\"a\",product.seats,2026-03-01,22"])
  }

  /// An account whose first rows are refused is new by the first that is not.
  @Test(arguments: [1, 2, 1 << 20]) func anAccountIsIntroducedByTheFirstRowThatIsAccepted(facts: Int) throws {
    let bench = try bench(facts: facts)
    let rows = ["a,2026-03-01,x", "a,2026-03-01,", "b,2026-03-01,y", "a,2026-03-02,1"]
    let text = "account,at,value,signal\n" + rows.map { "\($0),product.seats\n" }.joined()
    let result = try bench.take("long.csv", text)
    #expect(result.counts == "2 new 2 rejected")
    #expect(try bench.state() == ["a 2026-03-02 product.seats 1"])
  }
}
