import ArgumentParser
import Health

/// A day or a range of days as a person writes it: `2026-03-31`, `2026-03`, `2026Q1`, `2026-W14`, `2026`, `today`, `yesterday`,
/// `last month`, `90d ago`. Read only when the day that `today` means is known.
struct DayExpression: ExpressibleByArgument, Hashable, Sendable {
  /// As written.
  let text: String

  init(_ text: String) { self.text = text }
  init(argument: String) { self.init(argument) }

  /// Words for help texts.
  static let forms = "2026-03-31, 2026-03, 2026Q1, 2026-W14, 2026, today, yesterday, \"last month\" or \"90d ago\""

  /// The days that are meant, the first for `--from` and the last for `--to`.
  func days(today: Day) throws(Problem) -> ClosedRange<Day> {
    let words = text.lowercased().split { $0 == " " || $0 == "_" }.joined(separator: " ")
    if let found = Self.calendar(words) ?? Self.relative(words, today: today) { return found }
    throw problem(words)
  }

  /// The first of the days.
  func first(today: Day) throws(Problem) -> Day { try days(today: today).lowerBound }

  /// The last of the days.
  func last(today: Day) throws(Problem) -> Day { try days(today: today).upperBound }

  // MARK: Calendar

  private static func calendar(_ text: String) -> ClosedRange<Day>? {
    if let day = Day(text) { return day...day }
    guard let year = number(text.prefix(4), digits: 4), year >= 1 else { return nil }
    var rest = text.dropFirst(4)
    if rest.isEmpty { return Day(year: year, month: 1, day: 1).map(Period.yearly.span) }
    if rest.first == "-" { rest = rest.dropFirst() }
    if rest.first == "q" {
      guard let quarter = number(rest.dropFirst(), digits: 1), (1...4).contains(quarter) else { return nil }
      return Day(year: year, month: quarter * 3, day: 1).map(Period.quarterly.span)
    }
    if rest.first == "w" {
      guard let week = number(rest.dropFirst(), digits: 2), (1...53).contains(week) else { return nil }
      return self.week(week, of: year)
    }
    guard text.dropFirst(4).first == "-", let month = number(rest, digits: 2) else { return nil }
    return Day(year: year, month: month, day: 1).map(Period.monthly.span)
  }

  /// An ISO week; 4 January always lies in the first. Nil where the year has no week 53.
  private static func week(_ week: Int, of year: Int) -> ClosedRange<Day>? {
    guard let january = Day(year: year, month: 1, day: 4) else { return nil }
    let span = Period.weekly.span(of: january + 7 * (week - 1))
    return (span.lowerBound + 3).date.year == year ? span : nil
  }

  private static func number(_ text: Substring, digits: Int) -> Int? {
    guard text.utf8.count == digits, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(text)
  }

  // MARK: Relative to today

  private static func relative(_ text: String, today: Day) -> ClosedRange<Day>? {
    switch text {
    case "today": return today...today
    case "yesterday": return today - 1...today - 1
    case "tomorrow": return today + 1...today + 1
    default: break
    }
    var words = text.split { $0 == " " || $0 == "-" }.map(String.init)
    if words.count == 2, let step = ["last": -1, "this": 0, "next": 1][words[0]], let period = periods[words[1]] {
      return span(of: period, steps: step, from: today)
    }
    guard words.last == "ago" else { return nil }
    words.removeLast()
    let amount = words.joined()
    let digits = amount.prefix { ("0"..."9").contains($0) }
    guard let count = Int(digits), count <= 100_000, let unit = units[String(amount.dropFirst(digits.count))] else { return nil }
    let day: Day? =
      switch unit {
      case .days(let days): today - count * days
      case .months(let months): today.adding(months: -count * months)
      }
    return day.map { $0...$0 }
  }

  private enum Unit { case days(Int), months(Int) }

  private static let units: [String: Unit] = [
    "d": .days(1), "day": .days(1), "days": .days(1), "w": .days(7), "week": .days(7), "weeks": .days(7),
    "m": .months(1), "month": .months(1), "months": .months(1), "q": .months(3), "quarter": .months(3), "quarters": .months(3),
    "y": .months(12), "year": .months(12), "years": .months(12),
  ]

  private static let periods: [String: Period] = ["week": .weekly, "month": .monthly, "quarter": .quarterly, "year": .yearly]

  private static func span(of period: Period, steps: Int, from today: Day) -> ClosedRange<Day> {
    let this = period.span(of: today)
    return switch steps {
    case ..<0: period.span(of: this.lowerBound - 1)
    case 0: this
    default: period.span(of: this.upperBound + 1)
    }
  }

  // MARK: What went wrong

  private func problem(_ words: String) -> Problem {
    let parts = words.split(separator: "-", omittingEmptySubsequences: false)
    if parts.count == 3, let year = Self.number(parts[0], digits: 4), let month = Self.number(parts[1], digits: 2),
      (1...12).contains(month)
    {
      let length = Day.length(ofMonth: month, year: year)
      return Problem("bad-day", .usage, "there is no day \"\(text)\"", hint: "that month has \(length) days")
    }
    if !words.hasSuffix("ago"), Self.relative(words + " ago", today: Day(20_000)) != nil {
      return Problem("bad-day", .usage, "\"\(text)\" is not a day", hint: "did you mean \"\(text) ago\"?")
    }
    return Problem("bad-day", .usage, "\"\(text)\" is not a day", hint: "write \(Self.forms)")
  }
}

/// A day or a time, for `--known-by` and `--believed`: a day means its end, a time is taken literally.
struct TimeExpression: ExpressibleByArgument, Hashable, Sendable {
  /// As written.
  let text: String

  init(_ text: String) { self.text = text }
  init(argument: String) { self.init(argument) }

  /// Milliseconds since 1970-01-01T00:00:00Z.
  func instant(today: Day, in zone: CalendarZone) throws(Problem) -> Int64 {
    if let time = TimeText(text) { return time.instant(in: zone) }
    do {
      return zone.end(of: try DayExpression(text).last(today: today))
    } catch {
      guard text.contains(":") else { throw error }
      throw Problem("bad-time", .usage, "\"\(text)\" is not a time", hint: "write a day, 2026-03-31T08:44 or 2026-03-31T08:44Z")
    }
  }
}
