import ArgumentParser
import Foundation
import Health
import Reports
import Storage

/// `vitals score`
struct ScoreCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Score every account on a day, worst first.",
    discussion: """
      EXAMPLES
        vitals score --band red --top 20 --with csm,financial.renewal_on
        vitals score --as-of 2026-03-31 --card renewal --where segment=enterprise
        vitals score --record --quiet -o scores.csv
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

  @Option(help: ArgumentHelp("Attributes, and last values of signals, as further columns.", valueName: "names"))
  var with: String?

  @Flag(help: "Keep the scores of all counted accounts in the database, with what they follow from.")
  var record = false

  @Flag(help: "With --record: even where `vitals check` finds a feed late or broken.")
  var force = false

  @OptionGroup var author: AuthorOptions
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
    if record { try keep(workspace, selection, asOf: report.asOf, today, output, context) }
    try output.write(report)
  }

  private func keep(
    _ workspace: Workspace, _ selection: CardSelection, asOf: Day, _ today: Day, _ output: Output, _ context: Context
  ) throws {
    let now = context.clock.now(in: workspace.zone)
    let history = try workspace.writer(at: now, output: output)
    defer { history.connection.close() }
    let signed = author.author(in: context)
    let run = try history.connection.transaction(.immediate) {
      let viewpoint = try workspace.viewpoint(history, knowledge, today: today)
      if !force { try requireSoundFeeds(viewpoint, asOf: asOf) }
      return try ScoreReport.record(viewpoint, selection, asOf: asOf, author: signed, at: now)
    }
    try history.connection.finish()
    output.message(run.isNew ? "recorded as \(run.phrase)" : "recorded already: \(run.phrase)")
  }

  /// What is recorded is kept for good, so a fault of a feed should not be.
  private func requireSoundFeeds(_ viewpoint: Viewpoint, asOf: Day) throws {
    let check = try CheckReport(viewpoint, cards: [], today: asOf)
    guard let first = check.findings.first(where: \.kind.isOfData) else { return }
    throw Problem(
      "broken-feed", .failure, "a feed is not sound as of \(asOf): \(first.subject), \(first.message)",
      hint: "`vitals check --all` tells more; --force records all the same")
  }

  private func request() throws -> ScoreReport.Request {
    var request = ScoreReport.Request()
    request.filter = try filter.filter()
    request.bands = band.flatMap { $0.split(separator: ",").map(String.init) }
    request.sort = try ScoreReport.Order(sort)
    if let top, top < 1 { throw Problem("bad-top", .usage, "--top \(top) would show nothing", hint: "give a number from 1") }
    request.top = top
    request.with = with?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty } ?? []
    return request
  }
}
