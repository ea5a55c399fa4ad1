import ArgumentParser
import Foundation
import Health
import Reports

struct CardsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cards",
    abstract: "Look at scorecards, check them, compare them, and begin new ones.",
    subcommands: [List.self, Show.self, Lint.self, Diff.self, New.self],
    defaultSubcommand: List.self)
}

// MARK: - Looking

extension CardsCommand {
  struct List: VitalsCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List the cards of the workspace, and those that ship.",
      discussion: """
        Every card can be used by name. Those of the workspace that have an outcome are candidates: of each outcome, the first that \
        fits an account applies to it.

        EXAMPLES
          vitals cards list
          vitals cards list --csv -o cards.csv
        """)

    @OptionGroup var global: GlobalOptions

    mutating func run(in context: Context) throws {
      let output = try global.output(in: context)
      let workspace = try Workspace(global, in: context)
      let report = try CardListReport(workspace)
      for card in try workspace.cards().broken {
        for problem in card.problems.all.prefix(1) { output.warning("a card cannot be read: \(Failure.line(problem))") }
      }
      try output.write(report)
    }
  }

  struct Show: VitalsCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Show what a card asks, how it weighs the answers, and where its bands begin.",
      discussion: """
        EXAMPLES
          vitals cards show five-dimensions
          vitals cards show stoplight --json
          vitals cards show cards/renewal.yaml
        """)

    @Argument(help: ArgumentHelp("The card: a name or a file.", valueName: "card"), completion: Completions.card)
    var card: String

    @OptionGroup var global: GlobalOptions

    mutating func run(in context: Context) throws {
      let output = try global.output(in: context)
      let workspace = try Workspace(global, in: context)
      let found = try workspace.find(card: card)
      let file = found.source == .shipped ? nil : found.file.file
      try output.write(CardReport(found.card, catalogue: workspace.catalogue, source: found.source, file: file))
    }
  }
}

// MARK: - Checking

extension CardsCommand {
  struct Lint: VitalsCommand {
    static let configuration = CommandConfiguration(
      commandName: "lint",
      abstract: "Check cards: errors that keep them from being used, and what is rarely meant.",
      discussion: """
        Without a file, all cards of the workspace, each by itself and together. Each finding has its place and a remedy. The exit \
        code is 65 where there are errors; warnings alone do not change it.

        EXAMPLES
          vitals cards lint
          vitals cards lint cards/renewal.yaml draft.yaml
          vitals cards lint --json
        """)

    @Argument(help: ArgumentHelp("The cards to check: files, or names.", valueName: "card"), completion: Completions.card)
    var cards: [String] = []

    @OptionGroup var global: GlobalOptions

    mutating func run(in context: Context) throws {
      let output = try global.output(in: context)
      let workspace = try Workspace(global, in: context)
      let report = try CardChecks(workspace: workspace, today: context.clock.today(in: workspace.zone)).report(cards)
      for card in report.cards {
        for problem in card.errors { output.failure(problem) }
        for problem in card.warnings { output.warning(problem) }
      }
      try output.write(report)
      if report.errors > 0 { throw ExitCode(Int32(Problem.Category.badInput.rawValue)) }
    }
  }
}

/// Checks cards by themselves, and those of the workspace together.
private struct CardChecks {
  let workspace: Workspace
  let today: Day

  func report(_ words: [String]) throws -> CardLintReport {
    var cards = words.isEmpty ? try WorkspaceFile.yaml(in: workspace.path(of: "cards")).map(check(file:)) : try words.map(check(word:))
    for problem in CardLint.check(try workspace.cards().whole) {
      let place = cards.firstIndex { card in problem.place.map { isSame($0.file, card.file) } ?? false }
      if let place { cards[place].errors.append(problem) }
    }
    return CardLintReport(cards: cards)
  }

  private func isSame(_ a: String, _ b: String) -> Bool {
    URL(fileURLWithPath: a).standardizedFileURL == URL(fileURLWithPath: b).standardizedFileURL
  }

  private func check(word: String) throws -> CardLintReport.Checked {
    if word.contains("/") || word.hasSuffix(".yaml") || word.hasSuffix(".yml") { return try check(file: word) }
    let (whole, broken) = try workspace.cards()
    if let file = whole.first(where: { $0.card.name == word })?.file ?? broken.first(where: { $0.name == word })?.file {
      return try check(file: file)
    }
    let found = try workspace.find(card: word)
    return CardLintReport.Checked(
      file: found.file.file, card: found.card.name,
      warnings: CardLint.warnings(found.file, catalogue: workspace.catalogue, today: today))
  }

  private func check(file path: String) throws -> CardLintReport.Checked {
    guard let text = try WorkspaceFile.text(path) else {
      throw Problem("no-card-file", .missing, "there is no card file \"\(path)\"")
    }
    do {
      let file = try CardFile.read(text: text, file: path, catalogue: workspace.catalogue)
      let warnings = CardLint.warnings(file, catalogue: workspace.catalogue, today: today)
      return CardLintReport.Checked(file: path, card: file.card.name, warnings: warnings)
    } catch {
      return CardLintReport.Checked(file: path, errors: error.all)
    }
  }
}

// MARK: - Comparing

extension CardsCommand {
  struct Diff: VitalsCommand {
    static let configuration = CommandConfiguration(
      commandName: "diff",
      abstract: "What another card would say: who changes band, by how much, and why.",
      discussion: """
        Scores every counted account under both cards on one day, whatever their `for`. Nothing is changed. The parts of each \
        difference sum to it.

        EXAMPLES
          vitals cards diff renewal drafts/renewal.yaml
          vitals cards diff five-dimensions ten-components --where segment=enterprise
          vitals cards diff renewal new.yaml --as-of 2026-03-31 --json
        """)

    @Argument(help: ArgumentHelp("The card as it is: a name or a file.", valueName: "old"))
    var old: String

    @Argument(help: ArgumentHelp("The card as it would be: a name or a file.", valueName: "new"))
    var new: String

    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var knowledge: KnowledgeOptions
    @OptionGroup var filter: FilterOptions

    @Option(help: ArgumentHelp("How many of the biggest movers (else 20 on a screen, and all for machines).", valueName: "n"))
    var top: Int?

    @OptionGroup var global: GlobalOptions

    mutating func run(in context: Context) throws {
      let output = try global.output(in: context)
      let filter = try filter.filter()
      if let top, top < 1 { throw Problem("bad-top", .usage, "--top \(top) would show nothing", hint: "give a number from 1") }
      let workspace = try Workspace(global, in: context)
      let (before, after) = (try workspace.card(old), try workspace.card(new))
      let today = context.clock.today(in: workspace.zone)
      var report = try workspace.read { history in
        let viewpoint = try workspace.viewpoint(history, knowledge, today: today)
        let day = try asOf.day(today: today) { try viewpoint.defaultDay(today: today) }
        return try CardDiffReport(viewpoint, from: before, to: after, asOf: day, filter: filter)
      }
      if let top { report.moves = Array(report.moves.prefix(top)) }
      try output.write(CardDiffOutput(report: report, most: top ?? 20))
    }
  }
}

// MARK: - Beginning

extension CardsCommand {
  struct New: VitalsCommand {
    static let configuration = CommandConfiguration(
      commandName: "new",
      abstract: "Copy a card into the workspace, to be changed there.",
      discussion: """
        The copy is a candidate from then on, after every other card that could apply to the same accounts: raise its priority to \
        put it first. A card that is there already is never written over.

        EXAMPLES
          vitals cards new stoplight
          vitals cards new five-dimensions --name renewal-enterprise
        """)

    @Argument(help: ArgumentHelp("The card to copy: one that ships, one of the workspace, or a file.", valueName: "template"))
    var template: String

    @Option(help: ArgumentHelp("What the copy is called (else the same).", valueName: "name"))
    var name: String?

    @OptionGroup var global: GlobalOptions

    mutating func run(in context: Context) throws {
      let output = try global.output(in: context)
      let workspace = try Workspace(global, in: context)
      let source = try source(in: workspace)
      let name = name ?? source.name
      try requireFree(name, in: workspace)
      let new = try NewCard(of: source.text, origin: source.origin, named: name, in: workspace)
      try WorkspaceFile.makeFolder(workspace.path(of: "cards"))
      try OutputFile.write(Array(new.text.utf8), to: new.path)
      for problem in new.problems { output.warning(problem) }
      try output.write(NewCardReport(new: new, template: template))
    }

    private func source(in workspace: Workspace) throws -> (text: String, name: String, origin: String) {
      do {
        let found = try workspace.find(card: template)
        if found.source != .shipped { return (found.card.text, found.card.name, "\(found.file.file), version \(found.card.identity)") }
      } catch let problem as Problem where problem.name == "card-needs-signals" {
        // A copy is how such a card is cut down to the signals that there are.
      }
      guard let shipped = ShippedCard(named: template) else { throw Problem("unknown-card", .usage, "there is no card \"\(template)\"") }
      let edition = "version \(StableHash.hex(shipped.text)) of vitals \(version)"
      return (shipped.text, shipped.name, "the shipped card \(shipped.name), \(edition)")
    }

    private func requireFree(_ name: String, in workspace: Workspace) throws {
      let (whole, broken) = try workspace.cards()
      let path = workspace.path(of: "cards/\(name).yaml")
      let taken =
        try whole.first { $0.card.name == name }?.file ?? broken.first { $0.name == name }?.file
        ?? (WorkspaceFile.text(path) == nil ? nil : path)
      guard let taken else { return }
      throw Problem(
        "card-exists", .usage, "there is a card \(name) already: \(taken)",
        hint: "give the copy another name with --name, or remove that file")
    }
  }
}
