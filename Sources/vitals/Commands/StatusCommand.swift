import ArgumentParser
import Health
import Reports

/// `vitals status`
struct StatusCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "What the database holds, and how far its feeds have told.",
    discussion: """
      EXAMPLES
        vitals status
        vitals status --json
      """)

  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let output = try global.output(in: context)
    let workspace = try Workspace(global, in: context)
    let today = context.clock.today(in: workspace.zone)
    let report = try workspace.read { history in
      try StatusReport(Viewpoint(history, catalogue: workspace.catalogue, settings: workspace.settings), today: today)
    }
    try output.write(report)
  }
}
