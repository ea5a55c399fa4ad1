import ArgumentParser
import Foundation

/// The version that `vitals --version` prints.
let version = "0.1.0"

@main
struct Vitals: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vitals",
    abstract: "A customer-health database in one file: import nightly files, score any day, see why.",
    version: version,
    subcommands: [
      InitCommand.self, DemoCommand.self, ImportCommand.self, ImportsCommand.self, FeedsCommand.self, ScoreCommand.self,
      TrendCommand.self, WhyCommand.self, MoversCommand.self, BandsCommand.self, BookCommand.self, ReportCommand.self,
      ShowCommand.self, HistoryCommand.self, PulseCommand.self, NoteCommand.self,
      NotesCommand.self, OutcomeCommand.self, OverrideCommand.self, OverridesCommand.self, AccountsCommand.self, CardsCommand.self,
      BacktestCommand.self, PowerCommand.self, ForecastCommand.self, QueryCommand.self, ExportCommand.self, CheckCommand.self,
      StatusCommand.self, BackupCommand.self,
      CompactCommand.self,
    ]
  )

  /// Everything that the process takes in and gives out passes here.
  static func main() {
    // A closed pipe is then an error of `write`, not the end of the process. A handler, unlike SIG_IGN, is not handed on to a pager.
    signal(SIGPIPE) { _ in }
    Foundation.exit(CommandRun.run(Vitals.self, Array(CommandLine.arguments.dropFirst()), in: .live()))
  }
}
