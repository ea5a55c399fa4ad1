import ArgumentParser
import Foundation
import Health
import Import
import Storage

struct FeedsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "feeds",
    abstract: "Look at the feeds, check them, and draft new ones.",
    subcommands: [List.self, Lint.self, New.self],
    defaultSubcommand: List.self)
}

extension FeedsCommand {
  struct List: VitalsCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List the feeds, with what they read and when they last did.",
      discussion: """
        EXAMPLES
          vitals feeds list
          vitals feeds list --json
        """)

    @OptionGroup var global: GlobalOptions

    mutating func run(in context: Context) throws {
      let output = try global.output(in: context)
      let workspace = try Workspace(global, in: context)
      let states = try workspace.feedStates()
      let imports = try workspace.read { try ImportLog.all($0) }
      try output.write(FeedListReport(states, imports: imports, zone: workspace.zone))
    }
  }

  struct Lint: VitalsCommand {
    static let configuration = CommandConfiguration(
      commandName: "lint",
      abstract: "Check feeds: that they can be read, fit the catalogue, and share no files.",
      discussion: """
        Says nothing on standard output where all is well. Each problem comes with its file, line and column; the exit code is then 65.

        EXAMPLES
          vitals feeds lint
          vitals feeds lint feeds/usage.yaml
        """)

    @Argument(help: ArgumentHelp("Only these files (else all in feeds/).", valueName: "file"))
    var files: [String] = []

    @OptionGroup var global: GlobalOptions

    mutating func run(in context: Context) throws {
      let output = try global.output(in: context)
      let workspace = try Workspace(global, in: context)
      let states = try workspace.feedStates(files)
      // What is between feeds can only be seen with all of them at hand.
      let others = files.isEmpty ? states : try workspace.feedStates()
      let named = Set(states.map { Self.whole($0.file) })
      let feeds = states.compactMap(\.feed) + others.filter { !named.contains(Self.whole($0.file)) }.compactMap(\.feed)
      let together = (FeedOrder.check(feeds) + FeedNames.check(feeds)).filter { problem in
        files.isEmpty || problem.place.map { named.contains(Self.whole($0.file)) } ?? true
      }
      let problems = states.flatMap(\.problems) + together
      guard problems.isEmpty else { throw Problems(problems) }
      output.message("\(Human.plural(states.count, "feed")), fine")
    }

    private static func whole(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
  }

  struct New: VitalsCommand {
    static let configuration = CommandConfiguration(
      commandName: "new",
      abstract: "Draft a feed from a file, to be looked at and mended.",
      discussion: """
        Looks at the beginning of a CSV or JSON Lines file and writes feeds/NAME.yaml, with the reason for each choice as a comment, \
        and the signals that signals.yaml lacks at the end of it. What the file does not tell is asked, not guessed. With -o only that \
        file is written, and the signals are listed in it.

        EXAMPLES
          vitals feeds new usage_2026-11-20.csv
          vitals feeds new export.csv --name invoices
          vitals feeds new tickets.jsonl -o draft.yaml
          vitals feeds new export.csv -o -
        """)

    @Argument(help: ArgumentHelp("A file as it arrives.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("What the feed is to be called (else after the file).", valueName: "name"))
    var name: String?

    @Flag(help: "Write even if the feed is there already, or another one reads the file.")
    var force = false

    @OptionGroup var global: GlobalOptions

    mutating func run(in context: Context) throws {
      // -o is where the feed goes, whose name ends in .yaml and says no format of a report.
      var reporting = global
      reporting.output = nil
      let output = try reporting.output(in: context)
      let workspace = try Workspace(global, in: context)
      let draft = try workspace.draft(file, name: name, today: context.clock.today(in: workspace.zone))
      if let path = global.output { return try write(draft, to: path, workspace, output) }
      try requireFree(draft, workspace, output)
      let path = workspace.path(of: "feeds/\(draft.name).yaml")
      try workspace.check(draft, file: path)
      let signals = workspace.path(of: "signals.yaml")
      let catalogue = try extended(signals, draft)
      try WorkspaceFile.makeFolder(workspace.path(of: "feeds"))
      if !draft.entries.isEmpty { try OutputFile.write(Array(catalogue.utf8), to: signals) }
      try OutputFile.write(Array(draft.text.utf8), to: path)
      try output.write(FeedDraftReport(draft: draft, path: path, signals: signals, file: file))
    }

    /// Writes the draft alone, with the signals that the catalogue lacks as a comment.
    private func write(_ draft: FeedDraft, to path: String, _ workspace: Workspace, _ output: Output) throws {
      if path != "-", FileManager.default.fileExists(atPath: path), !force {
        throw Problem("file-exists", .usage, "there is a file \(path) already", hint: "name another, or write over it with --force")
      }
      try workspace.check(draft, file: path)
      let entries = draft.entries.map { "#   \($0.line)\n" }.joined()
      let text = entries.isEmpty ? draft.text : draft.text + "\n# To be declared in signals.yaml, under signals:\n" + entries
      if path == "-" { return try output.write(text) }
      try OutputFile.write(Array(text.utf8), to: path)
      output.message("wrote \(path)")
    }

    private func requireFree(_ draft: FeedDraft, _ workspace: Workspace, _ output: Output) throws {
      let name = (file as NSString).lastPathComponent
      let states = try workspace.feedStates()
      let isOwn = { (state: Workspace.FeedState) in
        state.feed?.name == draft.name || (state.file as NSString).lastPathComponent == "\(draft.name).yaml"
      }
      if let taken = states.first(where: isOwn), !force {
        throw Problem(
          "feed-exists", .usage, "the feed \(draft.name) is there already: \(taken.file)",
          hint: "mend it, give the new one another --name, or write over it with --force")
      }
      guard let reader = states.first(where: { !isOwn($0) && $0.feed?.matches(name) == true }), let feed = reader.feed else { return }
      guard force else {
        throw Problem(
          "feed-matches", .usage, "the feed \(feed.name) (\(reader.file)) reads the file \(name) already",
          hint: "mend that feed, or draft a second with --force: then one `match` has to become narrower")
      }
      output.warning("the feed \(feed.name) (\(reader.file)) matches \(name) too; make one `match` narrower")
    }

    private func extended(_ path: String, _ draft: FeedDraft) throws -> String {
      if let text = CatalogueAddition.text(try WorkspaceFile.required(path), adding: draft.entries, from: draft.file) { return text }
      throw Problem(
        "catalogue-not-a-block", .badInput, "no signal can be added: `signals:` is not written with one signal a line",
        place: Place(file: path), hint: "write it so, or draft with -o FILE, which lists the signals to declare")
    }
  }
}
