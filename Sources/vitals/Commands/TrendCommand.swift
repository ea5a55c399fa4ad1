import ArgumentParser
import Health
import Reports

/// `vitals trend`
struct TrendCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "trend",
    abstract: "How the portfolio moved, period by period.",
    discussion: """
      The score of a period is the score as of its last day. Without a begin, the last twelve periods \
      of which something is known are shown.

      EXAMPLES
        vitals trend --monthly
        vitals trend --weekly --from 2026-01-01 --to 2026-03-31 --by segment
        vitals trend --quarterly --where csm=dana --csv
      """)

  @OptionGroup var periods: PeriodOptions
  @OptionGroup var range: RangeOptions
  @OptionGroup var cards: CardOptions
  @OptionGroup var knowledge: KnowledgeOptions
  @OptionGroup var filter: FilterOptions

  @Option(help: ArgumentHelp("A trend for each value of an attribute, as of each period's day.", valueName: "attribute"))
  var by: String?

  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let output = try global.output(in: context)
    let filter = try filter.filter()
    let period = periods.period ?? .weekly
    let workspace = try Workspace(global, in: context)
    let selection = try workspace.selection(cards.card)
    let today = context.clock.today(in: workspace.zone)
    let report = try workspace.read { history in
      let viewpoint = try workspace.viewpoint(history, knowledge, today: today)
      // With an end of its own the range does not need the default day.
      let asOf = try range.to?.last(today: today) ?? viewpoint.defaultDay(today: today)
      let days = try range.days(today: today, asOf: asOf) { try TrendReport.usualStart(period, before: $0, viewpoint) }
      return try TrendReport(viewpoint, selection, period: period, days: days, filter: filter, by: by)
    }
    try output.write(report)
  }
}
