import ArgumentParser
import Health
import Import
import Reports
import Storage

struct ImportsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "imports",
    abstract: "Look at the imports, and take them back.",
    subcommands: [List.self, Show.self, Rejects.self, Revert.self, Restore.self, Mark.self],
    defaultSubcommand: List.self)

  /// The import that a command is about.
  struct Choice: ParsableArguments {
    @Argument(help: ArgumentHelp("The import's number, see `vitals imports list`.", valueName: "import"))
    var id: Int
  }
}

// MARK: - Looking

extension ImportsCommand {
  struct List: VitalsCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List the imports, oldest first.",
      discussion: """
        EXAMPLES
          vitals imports list
          vitals imports list --feed tickets --failed
          vitals imports list --all --csv -o imports.csv
        """)

    @Flag(help: "Also what people typed: pulses, notes, overrides, outcomes.")
    var all = false

    @Option(help: ArgumentHelp("Only this feed's.", valueName: "name"))
    var feed: String?

    @Flag(help: "Only those that failed.")
    var failed = false

    @OptionGroup var global: GlobalOptions

    mutating func run(in context: Context) throws {
      let output = try global.output(in: context)
      let workspace = try Workspace(global, in: context)
      var imports = try workspace.read { try ImportLog.all($0) }
      if let feed {
        try requireFeed(feed, among: imports)
        imports.removeAll { $0.feed != feed }
      }
      if failed { imports.removeAll { $0.error == nil } }
      let shown = all || feed != nil ? imports : imports.filter { !$0.isTyped }
      try output.write(ImportListReport(imports: shown, zone: workspace.zone, typed: imports.count - shown.count))
    }

    private func requireFeed(_ feed: String, among imports: [ImportRecord]) throws(Problem) {
      let known = Set(imports.map(\.feed)).sorted()
      guard !known.contains(feed) else { return }
      let near = Nearest.match(to: feed, among: known).map { "did you mean \($0)? " } ?? ""
      let hint = known.isEmpty ? "nothing was imported yet" : "\(near)There are imports of: \(known.joined(separator: ", "))"
      throw Problem("unknown-feed", .usage, "no import is of a feed \"\(feed)\"", hint: hint)
    }
  }

  struct Show: VitalsCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Show all that is kept of one import.",
      discussion: """
        EXAMPLES
          vitals imports show 12
          vitals imports show 12 --json
        """)

    @OptionGroup var choice: Choice
    @OptionGroup var global: GlobalOptions

    mutating func run(in context: Context) throws {
      let output = try global.output(in: context)
      let workspace = try Workspace(global, in: context)
      let id = choice.id
      let detail = try workspace.read { try ImportLog.detail(id, $0) }
      try output.write(ImportDetailReport(detail: detail, zone: workspace.zone))
    }
  }

  struct Rejects: VitalsCommand {
    static let configuration = CommandConfiguration(
      commandName: "rejects",
      abstract: "List the rows of an import that were refused, and why.",
      discussion: """
        With --rows they are written as they stood in the file, under its header: to be mended, and taken in with \
        `vitals import FILE --mends IMPORT`.

        EXAMPLES
          vitals imports rejects 12
          vitals imports rejects 12 --csv -o rejects.csv
          vitals imports rejects 12 --rows -o mended.csv
          vitals imports rejects 12 --warnings
        """)

    @OptionGroup var choice: Choice

    @Flag(help: "Instead the rows that were taken in with a remark.")
    var warnings = false

    @Flag(help: "Write the rows themselves, as they stood in the file.")
    var rows = false

    @OptionGroup var global: GlobalOptions

    mutating func run(in context: Context) throws {
      let output = try global.output(in: context)
      if rows { return try writeRows(output, context) }
      let (id, severity) = (choice.id, warnings ? Remark.Severity.warning : .reject)
      let report = try Workspace(global, in: context).read { history in
        RejectsReport(
          record: try ImportLog.one(id, history), severity: severity,
          remarks: try ImportLog.remarks(id, history).filter { $0.severity == severity })
      }
      try output.write(report)
    }

    private func writeRows(_ output: Output, _ context: Context) throws {
      guard !warnings, !global.json, global.format == nil, global.columns == nil else {
        let hint = "leave out --warnings, --json, --format and --columns"
        throw Problem("two-formats", .usage, "--rows writes refused rows as they stood, in no other form", hint: hint)
      }
      let id = choice.id
      let refused = try Workspace(global, in: context).read { try RefusedRows(id, $0) }
      try output.write(bytes: refused.bytes)
      for remark in refused.remarks { output.warning(remark) }
      if refused.count > 0 { output.message("mend the rows, then `vitals import FILE --mends \(id)`") }
    }
  }
}

// MARK: - Changing

extension ImportsCommand {
  struct Revert: VitalsCommand {
    static let configuration = CommandConfiguration(
      commandName: "revert",
      abstract: "Take an import back: its facts no longer count.",
      discussion: """
        Nothing is erased: what was believed before can still be asked for with --known-by, and `vitals imports restore` takes the \
        import in again. Imports that left out facts because this one had stated them are named, so that their files can be imported again.

        EXAMPLES
          vitals imports revert 12 --dry-run
          vitals imports revert 12
        """)

    @OptionGroup var choice: Choice

    @Flag(name: .customLong("dry-run"), help: "Only say what would happen.")
    var dryRun = false

    @OptionGroup var global: GlobalOptions

    mutating func run(in context: Context) throws { try ImportsCommand.apply(.revert, choice, isDryRun: dryRun, global, context) }
  }

  struct Restore: VitalsCommand {
    static let configuration = CommandConfiguration(
      commandName: "restore",
      abstract: "Let the facts of a reverted import count again.",
      discussion: """
        EXAMPLES
          vitals imports restore 12
        """)

    @OptionGroup var choice: Choice
    @OptionGroup var global: GlobalOptions

    mutating func run(in context: Context) throws { try ImportsCommand.apply(.restore, choice, isDryRun: false, global, context) }
  }

  struct Mark: VitalsCommand {
    static let configuration = CommandConfiguration(
      commandName: "mark",
      abstract: "Say whether an import is history, when --backfill was forgotten or wrong.",
      discussion: """
        The facts of a backfill count as known from the end of their own days, and only fill holes.

        EXAMPLES
          vitals imports mark 12 --backfill
          vitals imports mark 12 --no-backfill
        """)

    @OptionGroup var choice: Choice

    @Flag(inversion: .prefixedNo, help: "Whether the import is history.")
    var backfill: Bool

    @OptionGroup var global: GlobalOptions

    mutating func run(in context: Context) throws {
      try ImportsCommand.apply(.mark(backfill: backfill), choice, isDryRun: false, global, context)
    }
  }

  private static func apply(
    _ change: ImportChanges.Change, _ choice: Choice, isDryRun: Bool, _ global: GlobalOptions, _ context: Context
  ) throws {
    let output = try global.output(in: context)
    let workspace = try Workspace(global, in: context)
    let now = context.clock.now(in: workspace.zone)
    let history = try workspace.writer(at: now, output: output)
    defer { history.connection.close() }
    let interrupt = history.connection.interrupt
    let report = try context.controlC.during(
      {
        let scores = MovingScores(workspace: workspace, history: history, today: context.clock.today(in: workspace.zone), output: output)
        _ = try ImportLog.one(choice.id, history)
        let before = try scores.before()
        if isDryRun {
          return try ImportChanges.tryOut(change, on: choice.id, at: now, history) { outcome in
            ImportChangeReport(
              change: change, outcome: outcome, isDryRun: true, zone: workspace.zone, moves: try scores.moves(since: before))
          }
        }
        let outcome = try ImportChanges.apply(change, to: choice.id, at: now, history)
        let moves = outcome.isChanged ? try scores.moves(since: before, isDone: true) : nil
        return ImportChangeReport(change: change, outcome: outcome, isDryRun: false, zone: workspace.zone, moves: moves)
      }, cleanUp: { interrupt.raise() })
    try history.connection.finish()
    try output.write(report)
  }
}
