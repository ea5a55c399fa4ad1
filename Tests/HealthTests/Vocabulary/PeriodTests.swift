import Foundation
import Testing

@testable import Health

private func day(_ text: String) throws -> Day { try #require(Day(text)) }

@Suite("Periods")
struct PeriodTests {
  @Test(
    "first day, last day and label",
    arguments: [
      (Period.daily, "2026-03-31", "2026-03-31", "2026-03-31", "2026-03-31"),
      (.weekly, "2026-03-31", "2026-03-30", "2026-04-05", "2026-W14"),
      (.weekly, "2026-03-29", "2026-03-23", "2026-03-29", "2026-W13"),
      (.weekly, "2027-01-03", "2026-12-28", "2027-01-03", "2026-W53"),
      (.weekly, "2025-12-29", "2025-12-29", "2026-01-04", "2026-W01"),
      (.monthly, "2024-02-10", "2024-02-01", "2024-02-29", "2024-02"),
      (.monthly, "2026-12-31", "2026-12-01", "2026-12-31", "2026-12"),
      (.quarterly, "2026-05-15", "2026-04-01", "2026-06-30", "2026Q2"),
      (.quarterly, "2026-12-01", "2026-10-01", "2026-12-31", "2026Q4"),
      (.yearly, "2026-03-31", "2026-01-01", "2026-12-31", "2026"),
    ])
  func vectors(period: Period, of text: String, first: String, last: String, label: String) throws {
    let day = try day(text)
    #expect(period.start(of: day).description == first)
    #expect(period.end(of: day).description == last)
    #expect(period.label(of: day) == label)
  }

  @Test("weeks, months and years are those of Foundation's ISO calendar")
  func againstFoundation() throws {
    var calendar = Calendar(identifier: .iso8601)
    calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
    for number in stride(from: 0, through: 65_535, by: 37) {
      let date = Date(timeIntervalSince1970: Double(number) * 86_400)
      for (period, component) in [(Period.weekly, Calendar.Component.weekOfYear), (.monthly, .month), (.yearly, .year)] {
        let interval = try #require(calendar.dateInterval(of: component, for: date))
        #expect(Int(period.start(of: Day(number)).number) == Int(interval.start.timeIntervalSince1970 / 86_400))
        #expect(Int(period.end(of: Day(number)).number) == Int(interval.end.timeIntervalSince1970 / 86_400) - 1)
      }
      let week = calendar.dateComponents([.weekOfYear, .yearForWeekOfYear], from: date)
      let label = String(format: "%04d-W%02d", week.yearForWeekOfYear ?? 0, week.weekOfYear ?? 0)
      #expect(Period.weekly.label(of: Day(number)) == label)
    }
  }

  @Test("the spans of any range lie end to end, begin with the period of its first day, and reach its last")
  func tiling() {
    for seed in 0..<200 {
      let from = Day(seed * 313)
      let to = from + seed * 7
      for period in Period.allCases {
        let spans = period.periods(from: from, to: to)
        #expect(spans.first?.days.contains(from) == true)
        #expect(spans.last?.days.contains(to) == true)
        #expect(spans.last?.asOf == to)
        for (a, b) in zip(spans, spans.dropFirst()) {
          #expect(a.days.upperBound + 1 == b.days.lowerBound)
          #expect(a.asOf == a.days.upperBound)
          #expect(!a.isRunning)
        }
      }
    }
  }

  @Test("a begin inside a period moves back; a period that goes on is running and is judged on the last day asked for")
  func edges() throws {
    let spans = Period.monthly.periods(from: try day("2026-01-15"), to: try day("2026-03-10"))
    #expect(spans.map(\.label) == ["2026-01", "2026-02", "2026-03"])
    #expect(spans[0].days.lowerBound.description == "2026-01-01")
    #expect(spans.map(\.isRunning) == [false, false, true])
    #expect(spans[2].asOf.description == "2026-03-10")
    #expect(Period.daily.periods(from: Day(5), to: Day(4)).isEmpty)
  }

  @Test("the greatest year that can be written does not run over")
  func greatestYear() throws {
    let last = try day("9999-12-31")
    for period in Period.allCases { #expect(period.periods(from: last, to: last).count == 1) }
    #expect(last.adding(months: 1) == nil)
  }

  @Test(
    "months later",
    arguments: [
      ("2026-03-31", -1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2026-12-15", 1, "2027-01-15"), ("2026-01-15", -13, "2024-12-15"),
    ])
  func addingMonths(from: String, months: Int, expected: String) throws {
    #expect(try day(from).adding(months: months)?.description == expected)
  }
}
