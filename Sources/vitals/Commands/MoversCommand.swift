import ArgumentParser
import Health
import Reports

/// `vitals movers`
struct MoversCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "movers",
    abstract: "The largest falls and rises between two days, with the main reason.",
    discussion: """
      Without a begin, the 30 days up to the as-of day; ten falls and ten rises at most, unless --top says otherwise. The reason is the largest part of the exact sum that `vitals why` takes apart.

      EXAMPLES
        vitals movers --since 2026-03-01
        vitals movers --from 2026-01-01 --to 2026-03-31 --where csm=dana --top 5
        vitals movers --band red --csv
      """)

  @OptionGroup var range: RangeOptions
  @OptionGroup var cards: CardOptions
  @OptionGroup var knowledge: KnowledgeOptions
  @OptionGroup var list: ListOptions
  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let output = try global.output(in: context)
    let request = try list.request()
    let workspace = try Workspace(global, in: context)
    let selection = try workspace.selection(cards.card)
    let today = context.clock.today(in: workspace.zone)
    let report = try workspace.read { history in
      let viewpoint = try workspace.viewpoint(history, knowledge, today: today, countsGone: list.gone)
      let days = try range.span(viewpoint, today: today)
      return try MoversReport(viewpoint, selection, days: days, request)
    }
    try output.write(report)
  }
}

/// `vitals bands`
struct BandsCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "bands",
    abstract: "How many accounts went from each band to each between two days.",
    discussion: """
      Without a begin, the 30 days up to the as-of day. With --list, the accounts that changed band, came or left, with the main reason.

      EXAMPLES
        vitals bands --from 2026-01-01 --to 2026-03-31
        vitals bands --since yesterday --list --json
      """)

  @OptionGroup var range: RangeOptions

  @Flag(name: .customLong("list"), help: "The accounts that changed their band.")
  var isList = false

  @OptionGroup var cards: CardOptions
  @OptionGroup var knowledge: KnowledgeOptions
  @OptionGroup var list: ListOptions
  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let output = try global.output(in: context)
    let request = try list.request()
    if !isList, request.sort != nil || request.top != nil || !request.with.isEmpty {
      throw Problem.withoutList("--sort, --top and --with")
    }
    let workspace = try Workspace(global, in: context)
    let selection = try workspace.selection(cards.card)
    let today = context.clock.today(in: workspace.zone)
    let report = try workspace.read { history in
      let viewpoint = try workspace.viewpoint(history, knowledge, today: today, countsGone: list.gone)
      return try BandsReport(viewpoint, selection, days: try range.span(viewpoint, today: today), request)
    }
    try output.write(BandsOutput(report: report, isList: isList))
  }
}

extension RangeOptions {
  /// The days of a comparison of two ends: those asked for, else the trend's span up to the as-of day.
  func span(_ viewpoint: Viewpoint, today: Day) throws -> ClosedRange<Day> {
    let asOf = try to?.last(today: today) ?? viewpoint.defaultDay(today: today)
    return try days(today: today, asOf: asOf) { $0 - AccountScore.trendSpan }
  }
}

extension Problem {
  /// Options that only a list of accounts can follow.
  static func withoutList(_ options: String) -> Problem {
    Problem("no-list", .usage, "\(options) would change nothing here, since no accounts are listed", hint: "add --list")
  }
}
