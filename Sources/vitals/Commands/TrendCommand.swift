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
      of which something is known are shown. With --known-by then, each period is scored with what was known at its own end. --sort and --top \
      choose among the groups of --by; --with tells the mean of a signal.

      EXAMPLES
        vitals trend --weekly --from 2026-01-01 --to 2026-03-31 --by segment
        vitals trend --monthly --compare stoplight --plot
        vitals trend --quarterly --by band --where csm=dana --csv
        vitals trend --monthly --known-by then
      """)

  @OptionGroup var periods: PeriodOptions
  @OptionGroup var range: RangeOptions
  @OptionGroup var cards: CardOptions

  @Option(help: ArgumentHelp("Another card beside it: a name or a file.", valueName: "card"), completion: Completions.card)
  var compare: String?

  @Option(
    name: .customLong("known-by"),
    help: ArgumentHelp("Only what was known by then: a day (its end), a time, or `then`: at each period's end.", valueName: "time"))
  var knownBy: String?

  @OptionGroup var list: ListOptions

  @Option(help: ArgumentHelp("A trend for each value of an attribute, or for each dimension, group or band.", valueName: "attribute"))
  var by: String?

  @Flag(help: "Let the running period count in the means below the table.")
  var partial = false

  @Flag(help: "A chart over the full width instead of a line of it.")
  var plot = false

  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let output = try global.output(in: context)
    let request = try list.request()
    let period = periods.period ?? .weekly
    let workspace = try Workspace(global, in: context)
    let selection = try workspace.selection(cards.card)
    let other = try compare.map { CardSelection.card(try workspace.card($0)) }
    let today = context.clock.today(in: workspace.zone)
    let (isThen, by) = (knownBy?.lowercased() == "then", by.map { TrendReport.By($0) })
    let instant = try isThen ? nil : knownBy.map { try TimeExpression($0).instant(today: today, in: workspace.zone) }
    let reports = try workspace.read { history in
      let viewpoint = try Viewpoint(
        history, catalogue: workspace.catalogue, settings: workspace.settings, knownBy: instant, countsGone: list.gone)
      // With an end of its own the range does not need the default day.
      let asOf = try range.to?.last(today: today) ?? viewpoint.defaultDay(today: today)
      let days = try range.days(today: today, asOf: asOf) { try TrendReport.usualStart(period, before: $0, viewpoint) }
      return try ([selection] + (other.map { [$0] } ?? [])).map {
        try TrendReport(
          viewpoint, $0, period: period, days: days, request, by: by, knowing: isThen ? .then : .viewpoint)
      }
    }
    try output.write(
      TrendOutput(report: reports[0], other: reports.count > 1 ? reports[1] : nil, includesRunning: partial, isPlotted: plot))
  }
}
