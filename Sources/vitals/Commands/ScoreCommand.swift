import ArgumentParser
import Health
import Reports

/// `vitals score`
struct ScoreCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Score every account on a day, worst first.",
    discussion: """
      EXAMPLES
        vitals score --band red --top 20
        vitals score --as-of 2026-03-31 --card renewal --where segment=enterprise
        vitals score --as-of 2026-03-31 --known-by 2026-04-01 --csv
      """)

  @OptionGroup var cards: CardOptions
  @OptionGroup var asOf: AsOfOptions
  @OptionGroup var knowledge: KnowledgeOptions
  @OptionGroup var filter: FilterOptions

  @Option(help: ArgumentHelp("Only accounts in this band, by its name or colour; may be repeated.", valueName: "band"))
  var band: [String] = []

  @Option(
    help: ArgumentHelp("score, raw, coverage, trend, revenue, account, name or band; with :desc the greatest first.", valueName: "field"))
  var sort: String = "score"

  @Option(help: ArgumentHelp("Only so many accounts.", valueName: "n"))
  var top: Int?

  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let output = try global.output(in: context)
    let request = try request()
    let workspace = try Workspace(global, in: context)
    let selection = try workspace.selection(cards.card)
    let today = context.clock.today(in: workspace.zone)
    let report = try workspace.read { history in
      let viewpoint = try workspace.viewpoint(history, knowledge, today: today)
      let day = try asOf.day(today: today) { try viewpoint.defaultDay(today: today) }
      return try ScoreReport(viewpoint, selection, asOf: day, request)
    }
    try output.write(report)
  }

  private func request() throws -> ScoreReport.Request {
    var request = ScoreReport.Request()
    request.filter = try filter.filter()
    request.bands = band.flatMap { $0.split(separator: ",").map(String.init) }
    request.sort = try ScoreReport.Order(sort)
    if let top, top < 1 { throw Problem("bad-top", .usage, "--top \(top) would show nothing", hint: "give a number from 1") }
    request.top = top
    return request
  }
}
