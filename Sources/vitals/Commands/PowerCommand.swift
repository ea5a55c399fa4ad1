import ArgumentParser
import Foundation
import Health
import Reports

/// `vitals power`
struct PowerCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "power",
    abstract: "Which inputs of a card carry it, which are dead, and what weights the outcomes suggest.",
    discussion: """
      Every input is judged by its own points. The weights come from a logistic fit that may not turn an input against the card; it learns \
      from the days before --before (else the first two thirds) and is judged on the days after. It suggests, and edits nothing: \
      --suggest writes a card file for `vitals cards diff` and `vitals backtest --against`.

      EXAMPLES
        vitals power --outcome churn --card five-dimensions
        vitals power --outcome churn --card five-dimensions --before 2026-01-01 --suggest suggested.yaml
      """)

  @OptionGroup var judging: JudgingOptions

  @Option(help: ArgumentHelp("Learn from the days before this one, and judge from it on.", valueName: "day"))
  var before: DayExpression?

  @Option(help: ArgumentHelp("Write the card with the suggested weights to this file.", valueName: "file"))
  var suggest: String?

  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let output = try global.output(in: context)
    let workspace = try Workspace(global, in: context)
    let today = context.clock.today(in: workspace.zone)
    let (selection, asked) = try judging.request(workspace, today: today)
    var request = asked
    // Every input has an interval of its own.
    request.rounds = 500
    guard selection.cards.count == 1, let card = selection.cards.first else {
      throw Problem(
        "several-cards", .usage, "the outcome \(selection.name) has \(selection.cards.count) cards, each with inputs of its own",
        hint: "name one with --card: \(selection.cards.map(\.name).joined(separator: ", "))")
    }
    let split = try before?.first(today: today)
    let report = try workspace.read { history in
      let viewpoint = try Viewpoint(history, catalogue: workspace.catalogue, settings: workspace.settings)
      return try PowerReport(viewpoint, card, request, before: split, today: today) {
        try CardFile.read(text: $0, file: "\(card.name)-suggested", catalogue: workspace.catalogue).card
      }
    }
    if let suggest {
      guard let text = report.suggestion?.card else {
        throw Problem(
          "nothing-suggested", .failure, "no weights can be suggested: \(report.whyNone ?? "")",
          hint: "import more history, or name another day with --before")
      }
      guard !FileManager.default.fileExists(atPath: suggest) else {
        throw Problem("file-exists", .usage, "there is a file \(suggest) already", hint: "name another")
      }
      try OutputFile.write(Array(text.utf8), to: suggest)
      let judged = report.suggestion.map { "; judge it on days that it has not seen, with --from \($0.judgedFrom)" } ?? ""
      output.message("wrote \(suggest)\(judged)")
    }
    try output.write(PowerOutput(report: report))
  }
}
