import ArgumentParser
import Health
import Reports

/// `vitals book`
struct BookCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "book",
    abstract: "Who needs somebody first: revenue, risk and nearness of renewal.",
    discussion: """
      The rank is revenue × (100 − score) ÷ 100 × nearness: 1 within 90 days of the renewal, falling to 0.25 a year before it, 0.5 where it \
      is not known. An unknown score counts as 50, unknown revenue as the median of the book.

      EXAMPLES
        vitals book --csm dana --top 15
        vitals book --next 90d
        vitals book --where segment=enterprise --band red --csv
      """)

  @Option(help: ArgumentHelp("Only accounts of this CSM: those whose attribute csm is the name.", valueName: "name"))
  var csm: String?

  @Option(help: ArgumentHelp("Only renewals within so many days, by day: 90d.", valueName: "days"))
  var next: String?

  @OptionGroup var cards: CardOptions
  @OptionGroup var asOf: AsOfOptions
  @OptionGroup var knowledge: KnowledgeOptions
  @OptionGroup var list: ListOptions
  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let output = try global.output(in: context)
    let request = try request()
    let workspace = try Workspace(global, in: context)
    let selection = try workspace.selection(cards.card)
    let today = context.clock.today(in: workspace.zone)
    let report = try workspace.read { history in
      let viewpoint = try workspace.viewpoint(history, knowledge, today: today, countsGone: list.gone)
      let day = try asOf.day(today: today) { try viewpoint.defaultDay(today: today) }
      return try BookReport(viewpoint, selection, asOf: day, request)
    }
    try output.write(report)
  }

  private func request() throws -> BookReport.Request {
    var request = BookReport.Request()
    let own = csm.map { [AttributeFilter.Condition(attribute: "csm", values: [$0])] } ?? []
    request.list = try list.request()
    request.list.filter = AttributeFilter(request.list.filter.conditions + own)
    request.next = try next.map { text throws(Problem) in try DayCounts.read(text, least: 0) }
    return request
  }
}
