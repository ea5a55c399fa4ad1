import ArgumentParser
import Health

extension Period: EnumerableFlag {
  /// A few words for help texts.
  public static func help(for value: Period) -> ArgumentHelp? {
    switch value {
    case .daily: "Day by day."
    case .weekly: "By ISO week."
    case .monthly: "By month."
    case .quarterly: "By quarter."
    case .yearly: "By year."
    }
  }
}

/// `--as-of D`.
struct AsOfOptions: ParsableArguments {
  @Option(
    name: .customLong("as-of"),
    help: ArgumentHelp("The day that is spoken of (else the last day that the feeds have told of).", valueName: "day"))
  var asOf: DayExpression?

  /// The day asked for, or the default.
  func day(today: Day, otherwise standard: () throws -> Day) throws -> Day {
    try asOf?.last(today: today) ?? standard()
  }
}

/// The period that days are gathered by.
struct PeriodOptions: ParsableArguments {
  @Flag(exclusivity: .exclusive)
  var period: Period?
}

/// `--from D --to D`, `--since D`.
struct RangeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The first day, included.", valueName: "day"))
  var from: DayExpression?

  @Option(help: ArgumentHelp("The last day, included.", valueName: "day"))
  var to: DayExpression?

  @Option(help: ArgumentHelp("From this day to the as-of day.", valueName: "day"))
  var since: DayExpression?

  /// The days asked for. Without `--to` they end with the as-of day; without a begin, `back` gives the first day from the last.
  func days(today: Day, asOf: Day, back: (_ last: Day) throws -> Day) throws -> ClosedRange<Day> {
    if since != nil, from != nil || to != nil {
      throw Problem("two-ranges", .usage, "--since cannot stand beside --from or --to", hint: "--since D is --from D up to the as-of day")
    }
    let last = try to?.last(today: today) ?? asOf
    let first = try (since ?? from)?.first(today: today) ?? back(last)
    guard first <= last else {
      throw Problem(
        "empty-range", .usage, "the days begin on \(first) and end on \(last)", hint: "the first day must not come after the last")
    }
    return first...last
  }
}
