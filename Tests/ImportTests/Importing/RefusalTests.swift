import Health
import Import
import Storage
import TestSupport
import Testing

/// Rows and files that are refused, and what is said of them.
struct RefusalTests {
  private let usage = """
    feed: usage
    match: ["usage*.csv"]
    account: account
    unknown_accounts: create
    at: day
    signals:
      product.logins: {value: logins}
      product.seats: {value: seats}
    """
  private let header = "account,day,logins,seats\n"
  private let good = "a,2026-03-01,3,10\n"

  private func bench(_ more: String = "") throws -> Workbench {
    let bench = try Workbench()
    try bench.feed(usage + "\n" + more)
    return bench
  }

  @Test(arguments: [
    ("b,2026-03-01,three,1", "bad-number 3:14"), ("b,2026-03-01,\"1,077\",1", "bad-number 3:14"), ("b,2026-03-01,nan,1", "bad-number 3:14"),
    ("b,2026-03-01,1,1e999", "bad-number 3:16"), ("b,2026-02-30,1,1", "bad-time 3:3"), ("b,yesterday,1,1", "bad-time 3:3"),
    ("b,2026-03-12,1,1", "future-moment 3:3"), (",2026-03-01,1,1", "blank-account 3:1"),
  ]) func aBadCellRefusesItsRowAlone(row: String, remark: String) throws {
    let bench = try bench()
    let result = try bench.take("usage.csv", header + good + row + "\n" + "c,2026-03-01,1,1\n")
    #expect(result.state == .imported)
    #expect(result.counts == "2 new 1 rejected")
    #expect(try bench.remarks(result.importID) == [remark])
    #expect(try ImportLog.remarks(result.importID ?? 0, bench.history).first?.text == row)
    #expect(try bench.facts("b") == ["no account b"])
  }

  @Test(arguments: [
    ("b,2026-03-01,1", "too-few-cells"), ("b,2026-03-01,1,1,1", "too-many-cells"),
    ("b,2026-03-01,\"1,1\nc,2026-03-01,1,1", "unterminated-quote"),
    ("b,2026-03-01,1\"0,1", "stray-quote"), ("b,2026-03-01,\"1\"0,1", "after-quote"),
  ]) func aBrokenFormRefusesTheFile(rows: String, code: String) throws {
    let bench = try bench()
    let result = try bench.take("usage.csv", header + good + rows + "\n")
    #expect(result.state == .failed)
    #expect(result.problem?.name == "too-many-rejects")
    #expect(result.problem?.category == .badInput)
    #expect(result.rejects.first?.code == code)
    #expect(result.rejects.first?.line == 3)
    #expect(try bench.state() == [])
    #expect(try bench.remarks(result.importID).count == result.rows[.rejected])
    #expect(try ImportLog.one(result.importID ?? 0, bench.history).error != nil)
    #expect(try ImportLog.one(result.importID ?? 0, bench.history).isLive == false)
    let allowed = try bench.take("usage.csv", header + good + rows + "\n") { $0.maxRejects = .rows(3) }
    #expect(allowed.state == .imported)
    #expect(try bench.facts("a").count == 2)
  }

  @Test func badEncodingIsRefused() throws {
    let bench = try bench()
    let path = try bench.write("usage.csv", Array((header + good).utf8) + Array("b,2026-03-01,1,\u{01}".utf8.dropLast()) + [0xFF, 0x0A])
    let result = try bench.run([path])[0]
    #expect(result.state == .failed)
    #expect(result.rejects.map(\.code) == ["encoding"])
  }

  @Test func tomorrowMayBeStatedAndAnyDayWhereTheLineSaysSo() throws {
    let bench = try bench()
    #expect(try bench.take("usage.csv", header + "a,2026-03-11,1,1\n").counts == "1 new")
    #expect(try bench.take("usage.csv", header + "a,2026-03-12,1,1\n").counts == "1 rejected")
    try bench.feed(
      usage.replacing("{value: seats}", with: "{value: seats, future: keep}").replacing(
        "{value: logins}", with: "{value: logins, future: keep}"))
    #expect(try bench.take("usage.csv", header + "a,2026-03-12,1,1\n").counts == "1 new")
  }

  @Test func aFileOfALaterDayIsRefusedTwoDaysAhead() throws {
    let bench = try Workbench()
    try bench.feed(usage.replacing("at: day", with: "at: file\nday: \"usage_%Y-%m-%d.csv\""))
    let text = "account,logins,seats\na,1,1\n"
    #expect(try bench.take("usage_2026-03-11.csv", text).counts == "1 new")
    let later = try bench.take("usage_2026-03-12.csv", text)
    #expect(later.state == .failed && later.problem?.name == "future-file-day" && later.rows.total == 0)
    // Nor with facts that have days of their own.
    try bench.feed(usage.replacing("at: day", with: "at: day\nday: \"usage_%Y-%m-%d.csv\""))
    #expect(try bench.take("usage_2026-03-13.csv", header + "a,2026-03-01,1,1\n").problem?.name == "future-file-day")
    try bench.feed(usage.replacing("at: day", with: "at: file\nday: \"usage_%Y-%m-%d.csv\""))
    #expect(try bench.take("usage_1969-03-12.csv", text).counts == "1 rejected")
  }

  /// One in a hundred or ten, whichever is more.
  @Test(arguments: [(10, 0, true), (11, 0, false), (11, 1090, true), (12, 1090, false)])
  func someRowsMayBeRefusedForTheirContent(bad: Int, good: Int, isKept: Bool) throws {
    let bench = try bench()
    let rows = (0..<good).map { "a\($0),2026-03-01,1,1\n" } + (0..<bad).map { "b\($0),2026-03-01,x,1\n" }
    let result = try bench.take("usage.csv", header + rows.joined())
    #expect((result.state == .imported) == isKept)
    #expect(result.rows.total == good + bad)
    #expect(try bench.state().count == (isKept ? good * 2 : 0))
    #expect(try bench.remarks(result.importID).count == bad)
    #expect(result.rejects.count == 5)
  }

  @Test func aGivenLimitCountsAll() throws {
    let bench = try bench("max_rejects: 20%")
    let text = header + good + good + good + "b,2026-03-01,x,1\n"
    #expect(try bench.take("usage.csv", text).state == .failed)
    #expect(try bench.take("usage.csv", text + good).state == .imported)
    #expect(try bench.take("usage.csv", text) { $0.maxRejects = .rows(1) }.state == .imported)
    #expect(try bench.take("usage.csv", text + good) { $0.maxRejects = .rows(0) }.state == .failed)
  }

  @Test(arguments: [
    ("account,day,login,seats\n", "missing-column", "did you mean \"login\"?"),
    ("account,day,logins,logins,seats\n", "duplicate-column", "rename one of them, or name the columns in the feed's `header`"),
  ]) func aHeaderThatDoesNotFitRefusesTheFile(header: String, name: String, hint: String) throws {
    let bench = try bench()
    let result = try bench.take("usage.csv", header)
    #expect(result.state == .failed)
    #expect(result.problem?.name == name)
    #expect(result.problem?.category == .badInput)
    #expect(result.problem?.hint == hint)
    #expect(try ImportLog.all(bench.history).map { $0.error != nil } == [true])
  }

  @Test func anEmptyFileIsRefusedAndAHeaderAloneIsNot() throws {
    let bench = try bench()
    #expect(try bench.take("usage.csv", "").problem?.name == "empty-file")
    #expect(try bench.take("usage.csv", header).state == .imported)
  }

  @Test func columnsThatNoLineUsesAreNamedOnce() throws {
    let bench = try bench()
    let result = try bench.take("usage.csv", "account,extra,day,logins,seats,more\na,x,2026-03-09,1,1,y\n")
    #expect(result.remarks == ["columns that no line of the feed usage uses: extra, more"])
  }

  @Test func aFileNeedsAFeedAndOneOnly() throws {
    let bench = try bench()
    let path = try bench.write("other.csv", header)
    #expect(try bench.run([path]).map { $0.problem?.name } == ["no-feed"])
    #expect(try bench.run([path]) { $0.feed = "usage" }.map(\.state) == [.imported])
    #expect(#expect(throws: Problem.self) { try bench.run([path]) { $0.feed = "usages" } }?.name == "unknown-feed")
    try bench.feed(usage.replacing("feed: usage", with: "feed: second"))
    #expect(try bench.take("usage.csv", header).problem?.name == "several-feeds")
    #expect(try bench.run([path + "x"]).map { $0.problem?.category } == [.missing])
  }

  /// Every file comes to a result or a problem, whatever its bytes.
  @Test(arguments: 0..<60) func randomBytesNeverTrap(seed: UInt64) throws {
    var random = Seeded(seed)
    let bench = try bench()
    bench.limits.rows = 3
    let pieces = ["a", "2026-03-01", ",", "\n", "\"", "\r\n", "-1e5", "\u{FEFF}", "ü", "account,day,logins,seats\n", "\0"]
    var bytes = seed % 3 == 0 ? [] : Array(header.utf8)
    for _ in 0..<Int.random(in: 0...400, using: &random) {
      if Bool.random(using: &random) {
        bytes += Array((pieces.randomElement(using: &random) ?? "").utf8)
      } else {
        bytes.append(UInt8.random(in: 0...255, using: &random))
      }
    }
    let path = try bench.write("usage.csv", bytes)
    let result = try bench.run([path]) { $0.maxRejects = .share(seed % 2 == 0 ? 1 : 0) }[0]
    #expect([.imported, .failed].contains(result.state))
    #expect(try bench.remarks(result.importID).filter { !$0.hasPrefix("repeated") }.count == result.rows[.rejected])
  }
}
