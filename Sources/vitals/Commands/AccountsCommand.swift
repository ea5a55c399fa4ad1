import ArgumentParser
import Health
import Reports
import Storage

struct AccountsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accounts",
    abstract: "List the accounts, say what finds them, and erase one.",
    subcommands: [List.self, Alias.self, Merge.self, Rename.self, Erase.self],
    defaultSubcommand: List.self)
}

// MARK: - Looking

extension AccountsCommand {
  struct List: VitalsCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List the accounts, with what finds them and their first and last day.",
      discussion: """
        EXAMPLES
          vitals accounts list
          vitals accounts list --where segment=enterprise --with csm,stage --csv
          vitals accounts list --merged
          vitals accounts list --unmatched
        """)

    @OptionGroup var filter: FilterOptions

    @Option(help: ArgumentHelp("Further columns: attributes as of the day.", valueName: "attributes"))
    var with: String?

    @Flag(help: "Also accounts that are merged into others.")
    var merged = false

    @Flag(help: "Instead the ids that imports refused as unknown accounts.")
    var unmatched = false

    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var knowledge: KnowledgeOptions
    @OptionGroup var global: GlobalOptions

    mutating func run(in context: Context) throws {
      let output = try global.output(in: context)
      if unmatched, merged || with != nil || !filter.conditions.isEmpty {
        throw Problem("two-lists", .usage, "--unmatched lists ids, not accounts", hint: "leave out --where, --with and --merged")
      }
      let workspace = try Workspace(global, in: context)
      var request = AccountsReport.Request()
      (request.filter, request.merged) = (try filter.filter(), merged)
      request.with = (with ?? "").split(separator: ",").map { String($0.trimming(while: \.isWhitespace)) }
      let today = context.clock.today(in: workspace.zone)
      let report: any Report = try workspace.read { history in
        let viewpoint = try workspace.viewpoint(history, knowledge, today: today)
        let day = try asOf.day(today: today) { today }
        return unmatched ? try UnmatchedReport(viewpoint, asOf: day) : try AccountsReport(viewpoint, asOf: day, request)
      }
      try output.write(report)
    }
  }
}

extension Substring {
  /// Without such characters at both ends.
  fileprivate func trimming(while isLeftOut: (Character) -> Bool) -> Substring {
    var rest = self.drop(while: isLeftOut)
    while let last = rest.last, isLeftOut(last) { rest.removeLast() }
    return rest
  }
}

// MARK: - Saying

extension AccountsCommand {
  struct Alias: VitalsCommand {
    static let configuration = CommandConfiguration(
      commandName: "alias",
      abstract: "Let an id find an account, in files and commands.",
      discussion: """
        Files whose rows were refused for the id can then be imported again.

        EXAMPLES
          vitals accounts alias acme SUB-0042
          vitals accounts alias acme "Acme Incorporated" --author dana
        """)

    @Argument(help: "The account's key, alias or name.", completion: Completions.account)
    var account: String

    @Argument(help: "The id that shall find it.")
    var id: String

    @OptionGroup var author: AuthorOptions
    @OptionGroup var global: GlobalOptions

    mutating func run(in context: Context) throws {
      let (words, id) = (TypedWords.joined(["alias", account, id]), id)
      try AccountsCommand.apply(words, [account], author, isDryRun: false, global, context) { .alias(id, of: $0[0]) }
    }
  }

  struct Merge: VitalsCommand {
    static let configuration = CommandConfiguration(
      commandName: "merge",
      abstract: "Say that two accounts are one.",
      discussion: """
        From then on the first one's key and aliases lead to the second, and all that is known of it counts as the second's. Amounts \
        of one file add up; of states and attributes the second's own come first. Nothing is rewritten: reverting the import tells \
        them apart again.

        EXAMPLES
          vitals accounts merge 0042 into 0007 --dry-run
          vitals accounts merge 0042 into 0007
        """)

    @Argument(help: "The account that counts as the other from now on.", completion: Completions.account)
    var account: String

    @Argument(help: ArgumentHelp("The word `into`.", valueName: "into"))
    var into: String

    @Argument(help: "The account that stays.", completion: Completions.account)
    var target: String

    @Flag(name: .customLong("dry-run"), help: "Only say whose score would move.")
    var dryRun = false

    @OptionGroup var author: AuthorOptions
    @OptionGroup var global: GlobalOptions

    mutating func run(in context: Context) throws {
      guard into.lowercased() == "into" else {
        throw Problem(
          "no-into", .usage, "\"\(into)\" stands where `into` belongs", hint: "write `vitals accounts merge \(account) into \(target)`")
      }
      let words = TypedWords.joined(["merge", account, "into", target])
      try AccountsCommand.apply(words, [account, target], author, isDryRun: dryRun, global, context) { .merge($0[0], into: $0[1]) }
    }
  }

  struct Rename: VitalsCommand {
    static let configuration = CommandConfiguration(
      commandName: "rename",
      abstract: "Show an account by another key; the old one still finds it.",
      discussion: """
        What people call an account is its attribute `name`, which feeds give.

        EXAMPLES
          vitals accounts rename 0042 acme-emea
        """)

    @Argument(help: "The account's key, alias or name.", completion: Completions.account)
    var account: String

    @Argument(help: ArgumentHelp("The key that it is shown by from now on.", valueName: "new-key"))
    var key: String

    @OptionGroup var author: AuthorOptions
    @OptionGroup var global: GlobalOptions

    mutating func run(in context: Context) throws {
      let (words, key) = (TypedWords.joined(["rename", account, key]), key)
      try AccountsCommand.apply(words, [account], author, isDryRun: false, global, context) { .rename($0[0], to: key) }
    }
  }

  /// Takes in what a person says of some accounts, and tells what that changes.
  private static func apply(
    _ words: String, _ names: [String], _ author: AuthorOptions, isDryRun: Bool, _ global: GlobalOptions, _ context: Context,
    change: ([Account]) -> AccountChange
  ) throws {
    let output = try global.output(in: context)
    let workspace = try Workspace(global, in: context)
    let (now, today) = (context.clock.now(in: workspace.zone), context.clock.today(in: workspace.zone))
    let history = try workspace.writer(at: now, output: output)
    defer { history.connection.close() }
    let signed = author.author(in: context)
    let viewpoint = try Viewpoint(history, catalogue: workspace.catalogue, settings: workspace.settings)
    let finder = AccountFinder(viewpoint, asOf: today)
    let accounts = try names.map { try finder.find($0) }
    let change = change(accounts)
    let scores = MovingScores(workspace: workspace, history: history, today: today, output: output)
    let interrupt = history.connection.interrupt
    let report = try context.controlC.during(
      {
        let before = try change.isMerge ? scores.before() : nil
        func done() throws -> AccountChangeReport {
          let id = try change.apply(history, words: words, author: signed, at: now)
          return AccountChangeReport(
            change: change, importID: id, isDryRun: isDryRun, moves: try scores.moves(since: before, isDone: !isDryRun))
        }
        guard isDryRun else { return try done() }
        let report = try history.connection.rehearsal(done)
        try history.reload()
        return report
      }, cleanUp: { interrupt.raise() })
    try history.connection.finish()
    try output.write(report)
  }
}
