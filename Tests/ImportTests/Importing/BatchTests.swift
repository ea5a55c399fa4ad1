import Health
import Import
import Storage
import TestSupport
import Testing

/// A batch is an accident of memory: wherever one ends, the same rows come to the same, and the same facts are kept.
struct BatchTests {
  /// Events with an id and several lines, withdrawals, texts, amounts that add up, events without an id, attributes by the row's day.
  private static let feed = """
    feed: desk
    match: ["desk*.csv"]
    account: account
    unknown_accounts: create
    at: day
    gone: {status: [deleted]}
    attributes: {stage: stage, csm: csm}
    signals:
      service.urgent: {event: id, value: 1, only: {status: [urgent]}}
      service.tickets: {event: id, value: tone, text: note}
      service.tickets_open:
        - {line: open, event: id, value: 1}
        - {line: close, event: id, at: closed, value: -1}
      financial.order_value: {event: invoice, lines: add, value: amount, text: note}
      human.feedback: {value: calls}
    """
  private static let header = "account,day,closed,id,status,tone,note,invoice,amount,calls,stage,csm\n"

  private static func file(_ dice: inout Seeded) -> String {
    header + (0..<1 + dice.below(14)).map { _ in row(&dice) }.joined()
  }

  private static func row(_ dice: inout Seeded) -> String {
    let account = dice.pick(["a", "b", "c"])
    let id = dice.below(4)
    // Mostly what the id decides, so that a row often says again what an earlier one said.
    let (day, closed) = (dice.oneIn(3) ? 1 + dice.below(3) : 1 + id % 3, dice.oneIn(6) ? dice.below(3) : id % 2)
    let cells: [String] = [
      dice.oneIn(4) ? account : ["a", "b", "c", "a"][id], "2026-03-0\(day)", closed == 0 ? "" : "2026-03-0\(4 + closed)",
      dice.oneIn(4) ? "" : "T\(id)", dice.pick(["", "", "urgent", "deleted"]), dice.oneIn(5) ? "" : "\(id % 2)",
      dice.oneIn(4) ? "" : dice.pick(["kind", "rude"]), dice.oneIn(3) ? "" : "I\(dice.below(3))",
      dice.oneIn(8) ? "" : "\(dice.below(4) - 1)",
      dice.oneIn(2) ? "" : "\(dice.below(2))", dice.oneIn(3) ? "" : dice.pick(["new", "old"]), dice.oneIn(2) ? "" : dice.pick(["x", "y"]),
    ]
    // Without an id the event lines have none to name.
    return cells[3].isEmpty && cells[4] != "deleted"
      ? ([cells[0], cells[1], "", "T9", "deleted"] + cells[5...]).joined(separator: ",") + "\n"
      : cells.joined(separator: ",") + "\n"
  }

  /// What came of the last file, and everything that is kept.
  private static func outcome(_ files: [String], limits: BatchLimits, again: Bool) throws -> [String] {
    let bench = try Workbench()
    try bench.feed(feed)
    var told: [String] = []
    for (number, text) in files.enumerated() {
      bench.limits = number == files.count - 1 ? limits : BatchLimits()
      func tell(_ result: ImportResult) throws {
        told += [result.counts, result.factCounts] + (try bench.remarks(result.importID))
        told += try bench.history.connection.prepare("SELECT import, \"on\", facts FROM leans ORDER BY 1, 2").all {
          "\($0.int(0)) leans on \($0.int(1)): \($0.int(2))"
        }
        told += try bench.state()
      }
      let path = try bench.write("desk\(number).csv", text)
      try tell(try bench.run([path]) { $0.maxRejects = .rows(1000) }[0])
      if again, number == files.count - 1 {
        try tell(
          try bench.run([path]) {
            $0.maxRejects = .rows(1000)
            $0.again = true
          }[0])
      }
    }
    if files.count > 1 {
      try bench.revert(1)
      told += try bench.state()
    }
    return told
  }

  @Test(arguments: 0..<12)
  func whereABatchEndsDoesNotShow(_ seed: Int) throws {
    var dice = Seeded(UInt64(seed))
    let files = (0..<1 + dice.below(3)).map { _ in Self.file(&dice) }
    let whole = try Self.outcome(files, limits: BatchLimits(), again: true)
    for rows in [1, 2, 5] {
      var limits = BatchLimits()
      (limits.rows, limits.rowsKept) = (rows, rows)
      let found = try Self.outcome(files, limits: limits, again: true)
      #expect(found == whole, "seed \(seed), batches of \(rows):\n\(files.joined(separator: "--\n"))")
    }
  }

  private func limits(_ rows: Int) -> BatchLimits {
    var limits = BatchLimits()
    (limits.rows, limits.rowsKept) = (rows, rows)
    return limits
  }

  private static let calls = """
    feed: calls
    match: ["calls*.csv"]
    account: account
    unknown_accounts: create
    at: day
    signals: {service.tickets: {value: 1}}
    """

  /// Equal rows without an id are as many events wherever they stand in the file, and the same file again finds all of them.
  @Test(arguments: [1, 2, 3, 7, 100]) func equalRowsWithoutAnIdStandApart(rows: Int) throws {
    let bench = try Workbench()
    try bench.feed(Self.calls)
    bench.limits = limits(rows)
    let text = "account,day\n" + String(repeating: "a,2026-03-01\nb,2026-03-01\n", count: 9) + "a,2026-03-02\n"
    #expect(try bench.take("calls1.csv", text).counts == "19 new")
    #expect(try bench.take("calls2.csv", text + "b,2026-03-01\n").counts == "1 new 19 unchanged")
    #expect(try bench.facts("a").count == 10)
    #expect(try bench.facts("b").count == 10)
  }

  /// A row that is refused for one of its events states none of the others, not even by counting.
  @Test(arguments: [1, 2, 100]) func aRefusedRowCountsNoEqualOnes(rows: Int) throws {
    let bench = try Workbench()
    try bench.feed(
      Self.calls.replacing("signals: {", with: "signals: {human.feedback: {event: id, value: tone}, "))
    bench.limits = limits(rows)
    let header = "account,day,id,tone\n"
    let first = try bench.take("calls1.csv", header + "a,2026-03-01,1,1\na,2026-03-01,1,2\na,2026-03-01,2,2\n")
    #expect(first.counts == "2 new 1 rejected")
    let second = try bench.take("calls2.csv", header + "a,2026-03-01,1,1\na,2026-03-01,2,2\n")
    #expect(second.counts == "2 unchanged")
  }

  private static let people = """
    feed: people
    match: ["people*.csv"]
    account: account
    unknown_accounts: create
    at: day
    attributes: {stage: stage}
    """

  /// A day found unchanged must not be overlooked when a later row states an earlier day.
  @Test(arguments: [1, 2, 3, 100]) func attributesDoNotDependOnTheOrderOfRows(rows: Int) throws {
    let lines = ["a,2026-03-08,x\n", "a,2026-03-05,y\n", "a,2026-03-06,y\n", "a,2026-03-04,x\n"]
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 0, 1]] {
      let bench = try Workbench()
      try bench.feed(Self.people)
      try bench.take("people1.csv", "account,day,stage\na,2026-03-01,x\n")
      bench.limits = limits(rows)
      let result = try bench.take("people2.csv", "account,day,stage\n" + order.map { lines[$0] }.joined())
      #expect(result.counts == "2 new 2 unchanged")
      #expect(try bench.facts("a") == ["2026-03-01 stage \"x\"", "2026-03-05 stage \"y\"", "2026-03-08 stage \"x\""])
    }
  }

  @Test(arguments: [1, 2, 100]) func theLastRowForADayCounts(rows: Int) throws {
    let bench = try Workbench()
    try bench.feed(Self.people)
    bench.limits = limits(rows)
    let result = try bench.take("people.csv", "account,day,stage\na,2026-03-01,x\na,2026-03-01,y\na,2026-03-02,y\na,2026-03-01,x\n")
    #expect(result.counts == "3 new 1 skipped")  // the first row introduces the account
    #expect(result.factCounts == "2 new 2 skipped")
    #expect(try bench.facts("a") == ["2026-03-01 stage \"x\"", "2026-03-02 stage \"y\""])
  }
}
