import ArgumentParser
import Health
import Reports

/// `vitals why`
struct WhyCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "why",
    abstract: "Why a score changed, in parts that sum exactly to the change.",
    discussion: """
      Compares the scores as of two days, by default the as-of day and 30 days before it, under the card of the first. With --at and \
      --believed it compares what was believed of a day with what is known of it now, and names the imports that made the difference.

      EXAMPLES
        vitals why acme --since 2026-02-01
        vitals why acme --at 2026-03-27 --believed 2026-03-30
        vitals why --all --from 2026-01-01 --to 2026-03-31 --by segment
      """)

  @Argument(help: "The account's key, alias or name.", completion: Completions.account)
  var account: String?

  @Flag(help: "The mean of all accounts instead of one account's score.")
  var all = false

  @Option(help: ArgumentHelp("With --all: for each value of an attribute.", valueName: "attribute"))
  var by: String?

  @OptionGroup var range: RangeOptions

  @Option(help: ArgumentHelp("One day, as it was believed (--believed) and as it is known now.", valueName: "day"))
  var at: DayExpression?

  @Option(help: ArgumentHelp("With --at: what was known by then, a day (its end) or a time.", valueName: "time"))
  var believed: TimeExpression?

  @OptionGroup var cards: CardOptions
  @OptionGroup var knowledge: KnowledgeOptions
  @OptionGroup var filter: FilterOptions

  @Option(help: ArgumentHelp("How many parts people are shown.", valueName: "n"))
  var top = 12

  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let output = try global.output(in: context)
    let filter = try filter.filter()
    try requireSense(filter)
    let workspace = try Workspace(global, in: context)
    let selection = try workspace.selection(cards.card)
    let today = context.clock.today(in: workspace.zone)
    if all {
      let report = try workspace.read { history in
        let viewpoint = try workspace.viewpoint(history, knowledge, today: today)
        return try PortfolioWhyReport(viewpoint, selection, days: try days(viewpoint, today), filter: filter, by: by)
      }
      try output.write(PortfolioWhyOutput(report: report, most: top))
    } else {
      let report = try workspace.read { history -> WhyReport in
        try self.report(workspace, try workspace.viewpoint(history, knowledge, today: today), selection, today)
      }
      try output.write(WhyOutput(report: report, most: top))
    }
  }

  private func days(_ viewpoint: Viewpoint, _ today: Day) throws -> ClosedRange<Day> {
    let asOf = try range.to?.last(today: today) ?? viewpoint.defaultDay(today: today)
    return try range.days(today: today, asOf: asOf) { $0 - AccountScore.trendSpan }
  }

  private func report(_ workspace: Workspace, _ viewpoint: Viewpoint, _ selection: CardSelection, _ today: Day) throws -> WhyReport {
    guard let at, let believed else {
      let days = try days(viewpoint, today)
      let found = try AccountFinder(viewpoint, asOf: days.upperBound).find(account ?? "")
      return try WhyReport(viewpoint, selection, account: found, days: days)
    }
    let day = try at.last(today: today)
    let found = try AccountFinder(viewpoint, asOf: day).find(account ?? "")
    let then = try Viewpoint(
      viewpoint.history, catalogue: workspace.catalogue, settings: workspace.settings,
      knownBy: try believed.instant(today: today, in: workspace.zone))
    return try WhyReport(believed: then, now: viewpoint, selection, account: found, on: day)
  }

  private func requireSense(_ filter: AttributeFilter) throws {
    if all == (account != nil) {
      throw Problem(
        "no-account", .usage, all ? "--all is of all accounts, and one is named" : "no account is named",
        hint: "write `vitals why ACCOUNT`, or `vitals why --all`")
    }
    if !all, by != nil || !filter.conditions.isEmpty {
      throw Problem("idle-option", .usage, "--by and --where choose among all accounts", hint: "write them with --all, without an account")
    }
    if (at == nil) != (believed == nil) || (at != nil && all) {
      throw Problem(
        "half-belief", .usage, all ? "--at and --believed are of one account" : "--at and --believed belong together",
        hint: "write `vitals why ACCOUNT --at DAY --believed DAY`")
    }
    if at != nil, range.from != nil || range.to != nil || range.since != nil {
      throw Problem(
        "two-ranges", .usage, "--at is one day, and stands beside --from, --to or --since", hint: "leave out the one or the other")
    }
    if top < 1 { throw Problem("bad-top", .usage, "--top \(top) would show nothing", hint: "give a number from 1") }
  }
}
