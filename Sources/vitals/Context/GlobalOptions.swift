import ArgumentParser
import Foundation
import Health

extension ColorChoice: ExpressibleByArgument {}
extension Format: ExpressibleByArgument {}

/// The options that every command has.
struct GlobalOptions: ParsableArguments {
  @Option(
    name: .customLong("db"), help: ArgumentHelp("The database (else VITALS_DB, else ./vitals.db).", valueName: "file"),
    completion: .file(extensions: ["db"]))
  var database: String?

  @Option(help: ArgumentHelp("table, csv, json or jsonl (one object a line).", valueName: "format"))
  var format: Format?

  @Flag(help: "The same as --format csv.")
  var csv = false

  @Flag(help: "The same as --format json.")
  var json = false

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("Write to a file; .csv, .json, .jsonl and .txt say the format.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("Only these columns, in this order: a,b,c.", valueName: "names"))
  var columns: String?

  @Option(help: ArgumentHelp("auto, always or never.", valueName: "when"))
  var color: ColorChoice = .auto

  @Flag(help: "Draw with plain ASCII.")
  var ascii = false

  @Flag(name: .customLong("no-pager"), help: "Never page.")
  var noPager = false

  @Flag(name: .shortAndLong, help: "No progress and no summary.")
  var quiet = false

  @Option(help: ArgumentHelp("Take this day for today.", valueName: "day"))
  var today: String?

  @Option(help: ArgumentHelp("Take this time for the time of imports and of what is typed.", valueName: "time"))
  var now: String?

  /// The context that the options ask for.
  func applied(to context: Context) throws(Problem) -> Context {
    var context = context
    context.color = color
    if let today {
      guard let day = Day(today) else {
        throw Problem("bad-day", .usage, "--today \"\(today)\" is not a day", hint: "write --today 2026-03-31")
      }
      context.clock.fixedToday = day
    }
    if let now {
      guard let time = TimeText(now) else {
        throw Problem("bad-time", .usage, "--now \"\(now)\" is not a time", hint: "write --now 2026-03-31T08:44 or 2026-03-31T08:44Z")
      }
      context.clock.fixedNow = time
    }
    return context
  }

  /// How and where a report is written.
  func output(in context: Context) throws(Problem) -> Output {
    try Output(
      format: resolvedFormat(), columns: columns.map(Self.names), file: output == "-" ? nil : output, isASCII: ascii, isPaged: !noPager,
      isQuiet: quiet, context: context)
  }

  /// `--format`, `--csv` and `--json` must not contradict each other; without them the file's name decides.
  private func resolvedFormat() throws(Problem) -> Format {
    var asked = Set(format.map { [$0] } ?? [])
    if csv { asked.insert(.csv) }
    if json { asked.insert(.json) }
    guard asked.count <= 1 else {
      throw Problem("two-formats", .usage, "more than one format is asked for", hint: "use one of --format, --csv and --json")
    }
    if let only = asked.first { return only }
    guard let output, output != "-" else { return .table }
    if let inferred = Format(fileName: output) { return inferred }
    throw Problem(
      "unknown-format", .usage, "the name \"\(output)\" does not say a format",
      hint: "add --format table, csv, json or jsonl, or end it in .csv")
  }

  private static func names(_ text: String) -> [String] {
    text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }
}

// MARK: The database

extension GlobalOptions {
  /// Where the database is or will be, and who says so: `--db`, else VITALS_DB, else ./vitals.db.
  func databasePath(in context: Context) -> (path: String, source: String) {
    if let database { return (database, "--db") }
    if let variable = context.variable("VITALS_DB") { return (variable, "VITALS_DB") }
    return ("vitals.db", "the current folder")
  }

  /// The path of a database that is there.
  func existingDatabase(in context: Context) throws(Problem) -> String {
    let (path, source) = databasePath(in: context)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw Problem(
        "no-database", .missing, "there is no database at \"\(path)\" (from \(source))",
        hint: "name one with --db FILE or VITALS_DB, or make one with `vitals init` or `vitals demo`")
    }
    guard !isFolder.boolValue else {
      throw Problem(
        "database-is-folder", .missing, "\"\(path)\" (from \(source)) is a folder",
        hint: "a workspace's database is the file vitals.db in it: --db \(path.hasSuffix("/") ? path : path + "/")vitals.db")
    }
    return path
  }
}
