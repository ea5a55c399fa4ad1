import ArgumentParser
import Foundation
import Health
import Reports
import Storage

extension HistoryExport.Kind: ExpressibleByArgument {}

/// `vitals export`
struct ExportCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write out all that is in force: readings, events, attributes, scores, accounts or notes.",
    discussion: """
      CSV, or JSON Lines with -o FILE.jsonl; written as it is read, however much there is. Files called vitals-accounts, vitals-attributes, \
      vitals-readings and vitals-events (.csv or .jsonl) are taken in by `vitals import` without a feed of your own, into a workspace with \
      the same signals.yaml and cards, and then give the same scores of every day, save where an override acts: overrides stay behind. Rows without an account say on which days a feed spoke \
      of a signal. Scores are those kept by `vitals score --record`; notes are events as well.

      EXAMPLES
        vitals export readings -o vitals-readings.csv
        vitals export events --from 2026-01-01 --to 2026-03-31 --format jsonl
        vitals export notes --for-spreadsheets -o notes.csv
      """)

  @Argument(help: "readings, events, attributes, scores, accounts or notes.")
  var what: HistoryExport.Kind

  @Option(help: ArgumentHelp("The first day, included.", valueName: "day"))
  var from: DayExpression?

  @Option(help: ArgumentHelp("The last day, included.", valueName: "day"))
  var to: DayExpression?

  @Flag(name: .customLong("for-spreadsheets"), help: "Put an apostrophe before text that a spreadsheet would run as a formula.")
  var forSpreadsheets = false

  @OptionGroup var knowledge: KnowledgeOptions
  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    if global.format == .table {
      throw Problem("export-as-table", .usage, "an export is data, not a table for people", hint: "use csv, jsonl or json")
    }
    let output = try global.output(in: context)
    let stream = try RecordStream(output, columns: HistoryExport.columns(of: what), isForSpreadsheets: forSpreadsheets)
    let workspace = try Workspace(global, in: context)
    let today = context.clock.today(in: workspace.zone)
    let (first, last) = (try from?.first(today: today) ?? Day.range.lowerBound, try to?.last(today: today) ?? Day.range.upperBound)
    guard first <= last else {
      throw Problem(
        "empty-range", .usage, "the days begin on \(first) and end on \(last)", hint: "the first day must not come after the last")
    }
    let history = try workspace.openReader()
    defer { history.connection.close() }
    let interrupt = history.connection.interrupt
    let (what, knowledge) = (what, knowledge)
    try context.controlC.during(
      {
        try history.connection.transaction(.deferred) {
          let viewpoint = try workspace.viewpoint(history, knowledge, today: today)
          if what == .readings || what == .events, try !history.overrides(viewpoint.knowledge).isEmpty {
            output.warning("there are overrides, which an export leaves behind; `vitals overrides list` tells them")
          }
          try stream.write { write in
            try viewpoint.export(what, days: first...last) { row in try write(row.map(\.json)) }
          }
        }
      }, cleanUp: { interrupt.raise() })
  }
}
