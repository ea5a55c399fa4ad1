import ArgumentParser
import Health
import Reports

/// `vitals history`
struct HistoryCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "What is known of one account, in the order in which it happened.",
    discussion: """
      Facts, what people wrote, and the days on which its band or its card changed; with --signal only what is of it, with \
      --signal band only those changes.

      EXAMPLES
        vitals history acme --since 2026-03-01
        vitals history acme --signal product.logins --csv
        vitals history acme --signal band
        vitals history acme --all
      """)

  @Argument(help: "The account's key, alias or name.", completion: Completions.account)
  var account: String

  @Option(help: ArgumentHelp("Only this signal or attribute; may be repeated.", valueName: "signal"))
  var signal: [String] = []

  @Option(help: ArgumentHelp("Only from this day on.", valueName: "day"))
  var since: DayExpression?

  @Flag(help: "Also what was corrected or withdrawn later.")
  var all = false

  @OptionGroup var knowledge: KnowledgeOptions
  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let output = try global.output(in: context)
    let workspace = try Workspace(global, in: context)
    let today = context.clock.today(in: workspace.zone)
    var request = HistoryReport.Request()
    request.since = try since?.first(today: today)
    request.all = all
    let selection = request.all ? nil : selection(workspace, output)
    let report = try workspace.read { history in
      let viewpoint = try workspace.viewpoint(history, knowledge, today: today)
      let found = try AccountFinder(viewpoint, asOf: today).find(account)
      request.signals = try subjects(viewpoint)
      request.tellsBands = signal.isEmpty || signal.contains(Self.bands)
      return try HistoryReport(viewpoint, account: found, asOf: today, request, selection: selection)
    }
    try output.write(report)
  }

  /// The word that asks for changes of band and card.
  private static let bands = "band"

  /// The headline; nil, and a warning, where its card cannot be read: that must not keep anybody from the facts.
  private func selection(_ workspace: Workspace, _ output: Output) -> CardSelection? {
    do { return try workspace.selection(nil) } catch {
      let problem = (error as? Problem) ?? (error as? Problems)?.all.first
      output.warning("changes of band cannot be told: \(problem?.message ?? "a card is wrong")")
      return nil
    }
  }

  /// The signals and attributes asked for; a word that is neither is an error.
  private func subjects(_ viewpoint: Viewpoint) throws -> Set<String>? {
    guard !signal.isEmpty else { return nil }
    let known = try viewpoint.subjects()
    for word in signal where word != Self.bands && !known.contains(word) && viewpoint.catalogue.signal(word) == nil {
      let near = Nearest.match(to: word, among: known.union(viewpoint.catalogue.signals.keys).sorted()).map { "did you mean \($0)?" }
      throw Problem("unknown-signal", .usage, "there is no signal or attribute \"\(word)\"", hint: near ?? "signals.yaml lists the signals")
    }
    return Set(signal)
  }
}
