import ArgumentParser
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
  @OptionGroup var list: ListOptions

  @Flag(help: "Keep the scores of all counted accounts in the database, with what they follow from.")
  var record = false

  @Flag(help: "With --record: even where `vitals check` finds a feed late or broken.")
  var force = false

  @OptionGroup var author: AuthorOptions
  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let output = try global.output(in: context)
    let request = try list.request()
    let workspace = try Workspace(global, in: context)
    let selection = try workspace.selection(cards.card)
    let today = context.clock.today(in: workspace.zone)
    let report = try workspace.read { history in
      let viewpoint = try workspace.viewpoint(history, knowledge, today: today, countsGone: list.gone)
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
}
