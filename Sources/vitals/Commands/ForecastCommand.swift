import ArgumentParser
import Health
import Reports

/// `vitals forecast`
struct ForecastCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecast",
    abstract: "How many accounts the outcome is to be expected of, month by month, and what they are worth.",
    discussion: """
      Scores become probabilities by what accounts with such scores came to in the past, for each month ahead by itself. The interval is \
      95 %: it knows how little the past may say, and chance. A month with fewer than 30 past outcomes is not told.

      EXAMPLES
        vitals forecast --outcome churn --months 6
        vitals forecast --outcome churn --card five-dimensions --by segment
        vitals forecast --outcome churn --list --top 20
      """)

  @Option(
    help: ArgumentHelp("What is to be foreseen: churn, renewal, upsell (else the card's own).", valueName: "outcome"),
    completion: Completions.outcome)
  var outcome: String?

  @Option(help: ArgumentHelp("How many months of 30 days, from 1 to 24.", valueName: "n"))
  var months = 6

  @Option(help: ArgumentHelp("For each value of an attribute.", valueName: "attribute"))
  var by: String?

  @Flag(name: .customLong("list"), help: "The accounts with their probabilities, highest first.")
  var isList = false

  @Option(help: ArgumentHelp("With --list: only so many.", valueName: "n"))
  var top: Int?

  @OptionGroup var cards: CardOptions
  @OptionGroup var asOf: AsOfOptions
  @OptionGroup var filter: FilterOptions
  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let output = try global.output(in: context)
    guard (1...24).contains(months) else {
      throw Problem("bad-months", .usage, "--months \(months) is out of range", hint: "give a number from 1 to 24")
    }
    if let top, top < 1 { throw Problem("bad-top", .usage, "--top \(top) would show nothing", hint: "give a number from 1") }
    if top != nil, !isList { throw Problem.withoutList("--top") }
    let workspace = try Workspace(global, in: context)
    let today = context.clock.today(in: workspace.zone)
    let choice = OutcomeChoice(outcome: outcome, card: cards.card)
    let selection = try choice.selection(workspace)
    let outcome = try choice.outcome(of: selection, workspace)
    let (filter, by, months) = (try filter.filter(), by, months)
    let report = try workspace.read { history in
      let viewpoint = try Viewpoint(history, catalogue: workspace.catalogue, settings: workspace.settings)
      let day = try asOf.day(today: today) { try viewpoint.defaultDay(today: today) }
      return try ForecastReport(viewpoint, selection, outcome, months: months, asOf: day, filter: filter, by: by, today: today)
    }
    try output.write(ForecastOutput(report: report, isList: isList, most: top))
  }
}
