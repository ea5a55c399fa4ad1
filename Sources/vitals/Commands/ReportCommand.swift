import ArgumentParser
import Health
import Reports

/// `vitals report`
struct ReportCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "One page of HTML with charts, to look at or to send.",
    discussion: """
      The page stands alone: it runs no script and fetches nothing. Without a begin it goes back a year. \
      Without -o it is written to standard output; with --json, or -o FILE.json, the values of the page are.

      EXAMPLES
        vitals report -o health.html
        vitals report -o health.html --by segment --account acme --account globex
        vitals report -o q1.html --from 2026-01-01 --to 2026-03-31
        vitals report --json
      """)

  @Option(
    help: ArgumentHelp("A section for this account too: key, alias or name; may be repeated.", valueName: "account"),
    completion: Completions.account)
  var account: [String] = []

  @Option(help: ArgumentHelp("Each value of an attribute too, or each dimension, group or band.", valueName: "attribute"))
  var by: String?

  @Option(
    help: ArgumentHelp("How well the score foresaw this outcome, too: churn, renewal, …", valueName: "outcome"),
    completion: Completions.outcome)
  var outcome: String?

  @OptionGroup var range: RangeOptions
  @OptionGroup var cards: CardOptions
  @OptionGroup var knowledge: KnowledgeOptions
  @OptionGroup var filter: FilterOptions
  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let output = try asksForHTML ? pageOutput(context) : global.output(in: context)
    let filter = try filter.filter()
    let workspace = try Workspace(global, in: context)
    let selection = try workspace.selection(cards.card)
    let today = context.clock.today(in: workspace.zone)
    let judging = try judging(selection, workspace, filter)
    let report = try workspace.read { history in
      let viewpoint = try workspace.viewpoint(history, knowledge, today: today)
      let asOf = try range.to?.last(today: today) ?? viewpoint.defaultDay(today: today)
      let days = try range.days(today: today, asOf: asOf) { try PageReport.usualStart(before: $0, viewpoint) }
      let finder = AccountFinder(viewpoint, asOf: days.upperBound)
      return try PageReport(
        viewpoint, selection, days: days, filter: filter, by: by.map { TrendReport.By($0) }, accounts: try account.map(finder.find),
        judging: judging, today: today)
    }
    if asksForHTML { try output.write(PageHTML(report: report).text()) } else { try output.write(PageOutput(report: report)) }
  }

  /// What the section on an outcome is made of.
  private func judging(_ selection: CardSelection, _ workspace: Workspace, _ filter: AttributeFilter) throws -> JudgingRequest? {
    guard let outcome else { return nil }
    var request = try OutcomeChoice(outcome: outcome, card: cards.card).request(of: selection, workspace)
    request.filter = filter
    return request
  }

  /// Whether neither an option nor the file's name says another format.
  private var asksForHTML: Bool {
    global.format == nil && !global.csv && !global.json && global.output.flatMap { Format(fileName: $0) } == nil
  }

  private func pageOutput(_ context: Context) -> Output {
    Output(
      format: .table, file: global.output == "-" ? nil : global.output, isPaged: false, isQuiet: global.quiet, context: context)
  }
}
