import ArgumentParser
import Foundation
import Health
import Import
import Storage

struct ImportCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Take files in: each wholly or not at all.",
    discussion: """
      The feed of each file is found by its name (`match:` in feeds/*.yaml). A file that was imported already is said so and not \
      read again; rows that cannot be right are refused, kept and listed by `vitals imports rejects`.

      EXAMPLES
        vitals import nightly/
        vitals import usage_2026-03-31.csv tickets_2026-03-31.csv
        vitals import history/ --backfill
        zcat dump.csv.gz | vitals import - --feed usage --at 2026-03-31
      """)

  @Argument(help: ArgumentHelp("Files, folders, or - for standard input.", valueName: "file"))
  var files: [String]

  @Option(help: ArgumentHelp("The feed that reads the files, whatever their names.", valueName: "name"))
  var feed: String?

  @Option(help: ArgumentHelp("The day that the files speak of, where their names do not say.", valueName: "day"))
  var at: DayExpression?

  @Flag(help: "The files are history: their facts count as known from the end of their own days, and only fill holes.")
  var backfill = false

  @Flag(name: .customLong("dry-run"), help: "Check and count everything, keep nothing.")
  var dryRun = false

  @Flag(help: "Read files even if they were imported already.")
  var again = false

  @Flag(name: .customLong("keep-going"), help: "Go on with the next file after one that fails.")
  var keepGoing = false

  @Option(name: .customLong("max-rejects"), help: ArgumentHelp("How many rows may be refused, N or P%.", valueName: "limit"))
  var maxRejects: String?

  @OptionGroup(title: "Global options") var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let output = try global.output(in: context)
    let workspace = try Workspace(global, in: context)
    let options = try options(workspace, context)
    let plan = try FilePlan(paths: files, feeds: try workspace.feeds(), options: options)
    if !plan.unmatched.isEmpty { output.message(Self.unmatched(plan.unmatched)) }
    let history = try workspace.writer(at: options.now, output: output)
    let interrupt = history.connection.interrupt
    let results = try ControlC.during(
      { try importAll(plan.files, history, workspace, options, output, context) }, cleanUp: { interrupt.raise() })
    try history.connection.finish()
    try output.write(ImportReport(results: results))
    if let failed = results.first(where: { $0.state == .failed }) { throw ExitCode(Int32(failed.problem?.category.rawValue ?? 1)) }
  }

  private func options(_ workspace: Workspace, _ context: Context) throws -> ImportOptions {
    var options = ImportOptions(now: context.clock.now(in: workspace.zone))
    (options.feed, options.backfill, options.dryRun, options.again) = (feed, backfill, dryRun, again)
    options.keepGoing = keepGoing
    options.at = try at?.first(today: context.clock.today(in: workspace.zone))
    options.maxRejects = try maxRejects.map(Self.limit)
    return options
  }

  private static func limit(_ text: String) throws -> Feed.RejectLimit {
    if let count = Int(text), count >= 0 { return .rows(count) }
    if text.hasSuffix("%"), let percent = Double(text.dropLast()), (0...100).contains(percent) { return .share(percent / 100) }
    throw Problem(
      "bad-limit", .usage, "--max-rejects \"\(text)\" is neither a number of rows nor a percentage",
      hint: "write --max-rejects 50 or --max-rejects 2%")
  }

  private func importAll(
    _ files: [ImportFile], _ history: History, _ workspace: Workspace, _ options: ImportOptions, _ output: Output, _ context: Context
  ) throws -> [ImportResult] {
    let importer = Importer(history, catalogue: workspace.catalogue)
    var results: [ImportResult] = []
    var said: Set<String> = []  // a remark is made once for a feed, however many of its nights come
    for file in files {
      let progress = output.progress(file.name, total: file.size > 0 ? Int64(file.size) : nil)
      let started = context.stopwatch()
      let result = try importer.run(
        file, options: options, elapsed: { Double(context.stopwatch() - started) / 1000 }, onProgress: { progress.advance(to: Int64($0)) })
      progress.finish()
      results.append(result)
      for remark in result.remarks where said.insert("\(result.feed): \(remark)").inserted { output.message("\(file.name): \(remark)") }
      if let problem = result.problem { for one in [problem] + result.furtherProblems { output.failure(one) } }
      if result.state == .failed, !options.keepGoing {
        let left = files.count - results.count
        if left > 0 { output.message("stopped; \(Human.plural(left, "file")) not read (--keep-going goes on)") }
        break
      }
    }
    return results
  }

  private static func unmatched(_ names: [String]) -> String {
    let shown = names.prefix(5).map { ($0 as NSString).lastPathComponent }.joined(separator: ", ")
    return "no feed matches \(Human.plural(names.count, "file")): \(shown)\(names.count > 5 ? ", …" : "")"
  }
}
