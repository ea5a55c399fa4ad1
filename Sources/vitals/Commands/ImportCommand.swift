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
      read again; rows that cannot be right are refused, kept and listed by `vitals imports rejects`. A name that ends in .gz is \
      unpacked on the way.

      EXAMPLES
        vitals import nightly/
        vitals import history/ --backfill
        ssh host cat dump.csv | vitals import - --feed usage --at 2026-03-31
        vitals import mended.csv --mends 12
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

  @Option(help: ArgumentHelp("The file has refused rows of this import, mended; it gives the feed and the day.", valueName: "import"))
  var mends: Int?

  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let output = try global.output(in: context)
    let workspace = try Workspace(global, in: context)
    var options = try options(workspace, context)
    if let mends { try mend(mends, workspace, &options) }
    let plan = try FilePlan(paths: files, feeds: try workspace.feedsForImport(), options: options)
    let unmatched = plan.unmatched.filter { !workspace.isOwn($0) }
    if !unmatched.isEmpty { output.message(Self.unmatched(unmatched)) }
    let history = try workspace.writer(at: options.now, output: output)
    let importer = Importer(history, catalogue: workspace.catalogue, standardInput: context.standardInput)
    var run = ImportRun(importer, options, output: output, context: context)
    let stop = Self.error {
      let interrupt = history.connection.interrupt
      try context.controlC.during({ try run.takeAll(plan, interrupt: interrupt) }, cleanUp: { interrupt.raise() })
    }
    // What went in is told whatever ended the run, and of several errors the first is the one to know.
    let after = Self.error {
      try history.connection.finish()
      if stop == nil || !run.results.isEmpty { try output.write(ImportReport(results: run.results)) }
    }
    if let stop { throw Self.explained(stop) }
    if let after { throw after }
    if let failed = run.results.first(where: { $0.state == .failed }) { throw ExitCode(Int32(failed.problem?.category.rawValue ?? 1)) }
  }

  private static func error(_ work: () throws -> Void) -> (any Error)? {
    do { try work() } catch { return error }
    return nil
  }

  private static func explained(_ error: any Error) -> any Error {
    guard var problem = error as? Problem, problem.category == .interrupted else { return error }
    problem.hint = "each file is wholly in or not at all; the same command again takes in what is left"
    return problem
  }

  private func options(_ workspace: Workspace, _ context: Context) throws -> ImportOptions {
    var options = ImportOptions(now: context.clock.now(in: workspace.zone))
    (options.feed, options.backfill, options.dryRun, options.again) = (feed, backfill, dryRun, again)
    options.keepGoing = keepGoing
    options.at = try at?.first(today: context.clock.today(in: workspace.zone))
    options.maxRejects = try maxRejects.map(Self.limit)
    return options
  }

  /// Takes the feed, the day and the kind of import from the one whose rows the file has.
  private func mend(_ id: Int, _ workspace: Workspace, _ options: inout ImportOptions) throws {
    guard files.count == 1, feed == nil, at == nil else {
      let hint = "import \(id) gives its feed and its day"
      throw Problem("bad-mends", .usage, "--mends takes one file, and neither --feed nor --at", hint: hint)
    }
    let mended = try workspace.read { try ImportLog.one(id, $0) }
    guard !mended.isTyped else {
      let hint = "`vitals imports list` shows the files"
      throw Problem("bad-mends", .usage, "import \(id) is no file, but something that was typed", hint: hint)
    }
    options.mends = mended
    options.backfill = options.backfill || mended.backfill
  }

  private static func limit(_ text: String) throws -> Feed.RejectLimit {
    if let count = Int(text), count >= 0 { return .rows(count) }
    if text.hasSuffix("%"), let percent = Double(text.dropLast()), (0...100).contains(percent) { return .share(percent / 100) }
    throw Problem(
      "bad-limit", .usage, "--max-rejects \"\(text)\" is neither a number of rows nor a percentage",
      hint: "write --max-rejects 50 or --max-rejects 2%")
  }

  private static func unmatched(_ names: [String]) -> String {
    let shown = names.prefix(5).map { ($0 as NSString).lastPathComponent }.joined(separator: ", ")
    return "no feed matches \(Human.plural(names.count, "file")): \(shown)\(names.count > 5 ? ", …" : "")"
  }
}
