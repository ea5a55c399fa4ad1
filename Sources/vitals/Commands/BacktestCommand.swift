import ArgumentParser
import Health
import Reports

/// `vitals backtest`
struct BacktestCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "backtest",
    abstract: "Does the score tell the truth? Past scores against what happened after them.",
    discussion: """
      Every account at risk is scored every 30 days with what was known then, and looked at again when the horizon is over. AUC is the \
      chance that an account with the outcome stood at a higher risk than one without: 0.5 is a coin, 1 a prophet. Its interval comes from \
      drawing accounts again and again; without enough outcomes there is neither. Floors are what a useful card keeps.

      EXAMPLES
        vitals backtest --card five-dimensions --outcome churn --horizon 90d
        vitals backtest --outcome churn --lead 90d,60d,30d --by segment
        vitals backtest --card renewal-readiness --against stoplight --from 2025-01-01
        vitals backtest --card five-dimensions --outcome churn --json
      """)

  @OptionGroup var judging: JudgingOptions

  @Option(
    help: ArgumentHelp("How many days before the outcome its accounts are looked at, with commas (else 90d,60d,30d).", valueName: "days"))
  var lead: String?

  @Option(help: ArgumentHelp("The same for each value of an attribute.", valueName: "attribute"))
  var by: String?

  @Option(help: ArgumentHelp("Another card on the same observations: a name or a file.", valueName: "card"), completion: Completions.card)
  var against: String?

  @Option(
    name: .customLong("known-by"),
    help: ArgumentHelp("`then`: what was known on each day; `now`: all that is known by now, to see what leaks.", valueName: "then|now"))
  var knownBy = "then"

  @Option(help: ArgumentHelp("How often accounts are drawn for intervals; 0 for none, and then no AUC.", valueName: "n"))
  var rounds = 1000

  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let output = try global.output(in: context)
    guard let knowing = JudgingRequest.Knowing(rawValue: knownBy.lowercased()) else {
      throw Problem("bad-known-by", .usage, "--known-by \"\(knownBy)\" is neither then nor now", hint: "write --known-by then")
    }
    guard rounds == 0 || (100...100_000).contains(rounds) else {
      throw Problem(
        "bad-rounds", .usage, "--rounds \(rounds) is out of range", hint: "0 is none, and from 100 on they say something; 1000 is usual")
    }
    let workspace = try Workspace(global, in: context)
    let today = context.clock.today(in: workspace.zone)
    let (selection, asked) = try judging.request(workspace, today: today)
    var request = asked
    (request.knowing, request.rounds) = (knowing, rounds)
    let leads =
      try lead.map { text throws(Problem) in try DayCounts.list(text) } ?? BacktestReport.usualLeads.filter { $0 <= request.horizon }
    let rival = try against.map { CardSelection.card(try workspace.card($0)) }
    let by = by
    let report = try workspace.read { [request] history in
      let viewpoint = try Viewpoint(history, catalogue: workspace.catalogue, settings: workspace.settings)
      return try BacktestReport(viewpoint, selection, request, leads: leads, by: by, against: rival, today: today)
    }
    try output.write(BacktestOutput(report: report))
  }
}
