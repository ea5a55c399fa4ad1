import Health
import Testing

@testable import vitals

@Suite("Days as people write them")
struct DayExpressionTests {
  private let today = Day("2026-03-31") ?? Day(0)  // a Tuesday

  @Test(
    "ranges",
    arguments: [
      ("2026-03-31", "2026-03-31", "2026-03-31"), ("2026-02", "2026-02-01", "2026-02-28"), ("2026Q1", "2026-01-01", "2026-03-31"),
      ("2026q4", "2026-10-01", "2026-12-31"), ("2026-Q2", "2026-04-01", "2026-06-30"), ("2026", "2026-01-01", "2026-12-31"),
      ("2026-W14", "2026-03-30", "2026-04-05"), ("2026W53", "2026-12-28", "2027-01-03"), ("2026-w01", "2025-12-29", "2026-01-04"),
      ("today", "2026-03-31", "2026-03-31"), ("Yesterday", "2026-03-30", "2026-03-30"), ("tomorrow", "2026-04-01", "2026-04-01"),
      ("last month", "2026-02-01", "2026-02-28"), ("last-month", "2026-02-01", "2026-02-28"), ("this month", "2026-03-01", "2026-03-31"),
      ("last week", "2026-03-23", "2026-03-29"), ("this week", "2026-03-30", "2026-04-05"), ("last  quarter", "2025-10-01", "2025-12-31"),
      ("next quarter", "2026-04-01", "2026-06-30"), ("last year", "2025-01-01", "2025-12-31"), ("90d ago", "2025-12-31", "2025-12-31"),
      ("90 days ago", "2025-12-31", "2025-12-31"), ("2w ago", "2026-03-17", "2026-03-17"), ("1 month ago", "2026-02-28", "2026-02-28"),
      ("1y-ago", "2025-03-31", "2025-03-31"), ("0d ago", "2026-03-31", "2026-03-31"),
    ])
  func ranges(text: String, first: String, last: String) throws {
    let days = try DayExpression(text).days(today: today)
    #expect(days.lowerBound.description == first)
    #expect(days.upperBound.description == last)
  }

  @Test(
    "what is no day says what to write",
    arguments: [
      ("2026-02-30", "that month has 28 days"), ("90d", "did you mean \"90d ago\"?"), ("2026-13", "write 2026-03-31"),
      ("2026Q5", "write 2026-03-31"), ("2027-W53", "write 2026-03-31"), ("soon", "write 2026-03-31"), ("", "write 2026-03-31"),
      ("0000", "write 2026-03-31"), ("ago", "write 2026-03-31"), ("d ago", "write 2026-03-31"),
      ("99999999999999999999d ago", "write 2026-03-31"),
      ("9000y ago", "write 2026-03-31"), ("202603", "write 2026-03-31"), ("2026-3", "write 2026-03-31"), ("２０２６", "write 2026-03-31"),
    ])
  func refused(text: String, hint: String) {
    #expect { try DayExpression(text).days(today: today) } throws: { error in
      guard let problem = error as? Problem else { return false }
      return problem.name == "bad-day" && problem.category == .usage && problem.hint?.hasPrefix(hint) == true
    }
  }

  @Test("every day, month, quarter, year and week is read as Period names it")
  func labels() throws {
    for number in stride(from: 0, through: 65_535, by: 211) {
      for period in Period.allCases {
        #expect(try DayExpression(period.label(of: Day(number))).days(today: today) == period.span(of: Day(number)))
      }
    }
  }

  @Test("a day means its end, a time is taken literally, by the zone's clock unless it says otherwise")
  func times() throws {
    let berlin = try CalendarZone("Europe/Berlin")
    func instant(_ text: String, _ zone: CalendarZone) throws -> Int64 { try TimeExpression(text).instant(today: today, in: zone) }
    #expect(try instant("2026-03-31", .utc) == 1_775_001_599_999)
    #expect(try instant("2026-03", berlin) == 1_775_001_599_999 - 2 * 3_600_000)
    #expect(try instant("2026-03-31T09:00", .utc) == 1_774_947_600_000)
    #expect(try instant("2026-03-31T11:00:00.123", berlin) == 1_774_947_600_123)
    #expect(try instant("2026-03-31 09:00:00.5Z", berlin) == 1_774_947_600_500)
    #expect(try instant("2026-03-31T04:30-04:30", berlin) == 1_774_947_600_000)
    #expect(throws: Problem.self) { try instant("2026-03-31T25:00", .utc) }
  }

  @Test(
    "times that are none",
    arguments: ["2026-03-31T9:00", "2026-03-31T09:60", "2026-03-31T09:00x", "2026-03-31T09:00+1", "2026-03-31T", "2026-03-31T09:00:00."])
  func badTimes(text: String) { #expect(TimeText(text) == nil) }
}
