/// How days are gathered for trends: by day, ISO week, month, quarter or year.
public enum Period: String, CaseIterable, Codable, Hashable, Sendable {
  /// Every day by itself.
  case daily
  /// ISO weeks, Monday to Sunday.
  case weekly
  /// Calendar months.
  case monthly
  /// Calendar quarters.
  case quarterly
  /// Calendar years.
  case yearly

  /// The first day of the period that a day lies in.
  public func start(of day: Day) -> Day {
    switch self {
    case .daily: return day
    case .weekly: return day - day.weekday
    case .monthly: return day.firstOfMonth
    case .quarterly: return day.firstOfMonth(back: (day.date.month - 1) % 3)
    case .yearly: return day.firstOfMonth(back: day.date.month - 1)
    }
  }

  /// The last day of the period that a day lies in; weeks end on Sunday.
  public func end(of day: Day) -> Day {
    var start = start(of: day)
    for _ in 1..<max(1, months) { start = start.firstOfNextMonth }
    return switch self {
    case .daily: day
    case .weekly: start + 6
    case .monthly, .quarterly, .yearly: start.firstOfNextMonth - 1
    }
  }

  /// How many months the period has; 0 where it is not made of months.
  private var months: Int {
    switch self {
    case .daily, .weekly: 0
    case .monthly: 1
    case .quarterly: 3
    case .yearly: 12
    }
  }

  /// The name of the period that a day lies in: `2026-03-31`, `2026-W14`, `2026-03`, `2026Q1`, `2026`.
  public func label(of day: Day) -> String {
    switch self {
    case .daily: return day.description
    case .weekly:
      // An ISO week belongs to the year that holds its Thursday.
      let thursday = start(of: day) + 3
      let week = (thursday - Period.yearly.start(of: thursday)) / 7 + 1
      return "\(thursday.description.prefix(4))-W" + (week < 10 ? "0\(week)" : "\(week)")
    case .monthly: return String(day.description.prefix(7))
    case .quarterly: return "\(day.description.prefix(4))Q\((day.date.month - 1) / 3 + 1)"
    case .yearly: return String(day.description.prefix(4))
    }
  }

  /// The period that a day lies in, in full.
  public func span(of day: Day) -> ClosedRange<Day> { start(of: day)...end(of: day) }

  /// The periods from one day to another, both included. A begin inside a period moves back to the period's first day;
  /// a period that goes on after `to` is running. Empty when `to` is before `from`.
  public func periods(from: Day, to: Day) -> [PeriodSpan] {
    guard from <= to else { return [] }
    var spans: [PeriodSpan] = []
    var first = start(of: from)
    while first <= to {
      let last = end(of: first)
      spans.append(PeriodSpan(label: label(of: first), days: first...last, asOf: min(last, to)))
      first = last + 1
    }
    return spans
  }
}

/// One period of a trend.
public struct PeriodSpan: Hashable, Sendable {
  /// `2026-W14`, `2026-03`, `2026Q1`, …
  public let label: String
  /// All days of the period, those still to come included.
  public let days: ClosedRange<Day>
  /// The day whose score stands for the period: its last, or the last day asked for while it runs.
  public let asOf: Day

  /// A period and the day that stands for it.
  public init(label: String, days: ClosedRange<Day>, asOf: Day) { (self.label, self.days, self.asOf) = (label, days, asOf) }

  /// Whether the period goes on after the day that stands for it; marked `*` and left out of averages.
  public var isRunning: Bool { asOf < days.upperBound }
}

extension Day {
  var firstOfMonth: Day { self - (date.day - 1) }

  /// The first day of the month so many months earlier.
  func firstOfMonth(back months: Int) -> Day {
    var first = firstOfMonth
    for _ in 0..<months { first = (first - 1).firstOfMonth }
    return first
  }

  var firstOfNextMonth: Day {
    let (year, month, _) = date
    return firstOfMonth + Day.length(ofMonth: month, year: year)
  }

  /// The same day so many months later, or the month's last day where it is shorter; nil outside the years 1 to 9999.
  public func adding(months: Int) -> Day? {
    let (year, month, day) = date
    let (count, overflow) = (year * 12 + month - 1).addingReportingOverflow(months)
    guard !overflow, count >= 12 else { return nil }
    let (y, m) = (count / 12, count % 12 + 1)
    return Day(year: y, month: m, day: min(day, Day.length(ofMonth: m, year: y)))
  }
}
