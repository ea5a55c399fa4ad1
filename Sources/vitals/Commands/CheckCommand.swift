import ArgumentParser
import Health
import Reports

/// `vitals check`
struct CheckCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say whether a feed is late, thin or broken for everyone, and what is due for a person.",
    discussion: """
      Says nothing and exits with 0 where all is well, else with 2. One account that slides is a signal; all sliding together is a \
      broken feed. Cards past their review and overrides about to end are told too.

      EXAMPLES
        vitals check
        vitals check --all
        vitals check --json
      """)

  @Flag(help: "Also how each signal and feed stands.")
  var all = false

  @OptionGroup var knowledge: KnowledgeOptions
  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let output = try global.output(in: context)
    let workspace = try Workspace(global, in: context)
    let today = context.clock.today(in: workspace.zone)
    let cards = try workspace.cards().whole.map(\.card)
    let report = try workspace.read { history in
      try CheckReport(try workspace.viewpoint(history, knowledge, today: today), cards: cards, today: today)
    }
    // Where all is well a person and cron want to hear nothing; a program that reads JSON wants its array.
    if all || !report.findings.isEmpty || output.format != .table { try output.write(CheckOutput(report: report, all: all)) }
    if !report.findings.isEmpty { throw ExitCode(2) }
  }
}
