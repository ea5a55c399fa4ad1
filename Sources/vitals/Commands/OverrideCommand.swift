import ArgumentParser
import Health
import Reports
import Storage

/// `vitals override`
struct OverrideCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "override",
    abstract: "Decide what an account's score is at most, at least, or is, for some days.",
    discussion: """
      It acts on top of the card's rules, on every card unless one is named, and ends by itself after its last day. What the card \
      said is kept beside it.

      EXAMPLES
        vitals override acme --cap 40 --until 2026-05-01 --note "In talks with a competitor"
        vitals override acme --set 80 --until 2026-04-15 --card renewal --note "Signed, not yet in the CRM"
      """)

  @Argument(help: "The account's key, alias or name.", completion: Completions.account)
  var account: String

  @Option(help: ArgumentHelp("The score is at most this.", valueName: "score"))
  var cap: Double?

  @Option(help: ArgumentHelp("The score is at least this.", valueName: "score"))
  var floor: Double?

  @Option(help: ArgumentHelp("The score is this, whatever else says.", valueName: "score"))
  var set: Double?

  @Option(help: ArgumentHelp("The last day on which it holds.", valueName: "day"))
  var until: DayExpression

  @Option(help: ArgumentHelp("The first day (else the as-of day).", valueName: "day"))
  var from: DayExpression?

  @Option(help: ArgumentHelp("Only on this card.", valueName: "card"), completion: Completions.card)
  var card: String?

  @Option(help: ArgumentHelp("Why.", valueName: "text"))
  var note: String

  @OptionGroup var author: AuthorOptions
  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let (kind, value) = try effect()
    guard note.contains(where: { !$0.isWhitespace }) else { throw Problem("empty-note", .usage, "the note has no words", hint: "say why") }
    let desk = try TypingDesk(global, author, in: context)
    defer { desk.history.connection.close() }
    let found = try desk.account(account)
    let last = try until.last(today: desk.today)
    let first = try from?.first(today: desk.today) ?? desk.viewpoint.defaultDay(today: desk.today)
    guard first <= last else {
      throw Problem(
        "empty-range", .usage, "the days begin on \(first) and end on \(last)", hint: "the first day must not come after the last")
    }
    let name = try card.map { try desk.workspace.card($0).name }
    var words = ["override", account, "--\(kind.rawValue)", Human.measured(value), "--from", "\(first)", "--until", "\(last)"]
    if let name { words += ["--card", name] }
    words += ["--note", note]
    let typed = TypedImport(feed: OverridesCommand.feed, words: TypedWords.joined(words), author: desk.author, at: desk.now)
    let id = try typed.take(into: desk.history) { session in
      try session.addOverride(
        Override(account: found.id, card: name, kind: kind, value: value, from: first, until: last, note: note, order: session.importID),
        row: 0)
    }.id
    try desk.history.connection.finish()
    try desk.output.write(
      OverrideOutput(
        account: found.key, kind: kind, value: value, card: name, from: first, until: last, author: desk.author, note: note, id: id,
        asOf: try desk.defaultDay()))
  }

  private func effect() throws -> (Override.Kind, Double) {
    let given = [(Override.Kind.cap, cap), (.floor, floor), (.set, set)].compactMap { kind, value in value.map { (kind, $0) } }
    guard given.count == 1 else {
      throw Problem(
        "one-effect", .usage, given.isEmpty ? "nothing says what the score is" : "two options say what the score is",
        hint: "give one of --cap, --floor and --set")
    }
    guard (0...100).contains(given[0].1) else {
      throw Problem("bad-score", .usage, "\(Human.measured(given[0].1)) is no score", hint: "give a number from 0 to 100")
    }
    return given[0]
  }
}

/// `vitals overrides`
struct OverridesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "overrides",
    abstract: "Look at the overrides, and end them.",
    subcommands: [List.self, End.self])

  /// The feed of what people decide.
  static let feed = "@overrides"

  struct List: VitalsCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List the overrides that act on the as-of day or later, newest first.",
      discussion: """
        EXAMPLES
          vitals overrides list
          vitals overrides list --all --csv
        """)

    @Flag(help: "Also those that are over.")
    var all = false

    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var knowledge: KnowledgeOptions
    @OptionGroup var global: GlobalOptions

    mutating func run(in context: Context) throws {
      let output = try global.output(in: context)
      let workspace = try Workspace(global, in: context)
      let today = context.clock.today(in: workspace.zone)
      let report = try workspace.read { history in
        let viewpoint = try workspace.viewpoint(history, knowledge, today: today)
        return try OverridesReport(viewpoint, asOf: try asOf.day(today: today) { try viewpoint.defaultDay(today: today) }, all: all)
      }
      try output.write(report)
    }
  }

  struct End: VitalsCommand {
    static let configuration = CommandConfiguration(
      commandName: "end",
      abstract: "End an override: it no longer holds from a day on.",
      discussion: """
        On the days before it goes on to count; `vitals imports revert N` takes an override back as though it had never been.

        EXAMPLES
          vitals overrides end 412
          vitals overrides end 412 --on 2026-04-01
        """)

    @Argument(help: ArgumentHelp("The override's number.", valueName: "n"))
    var id: Int

    @Option(help: ArgumentHelp("The first day on which it no longer holds (else the as-of day).", valueName: "day"))
    var on: DayExpression?

    @OptionGroup var author: AuthorOptions
    @OptionGroup var global: GlobalOptions

    mutating func run(in context: Context) throws {
      let desk = try TypingDesk(global, author, in: context)
      defer { desk.history.connection.close() }
      let kept = try OverridesReport.one(id, desk.viewpoint)
      let day = try on?.first(today: desk.today) ?? desk.viewpoint.defaultDay(today: desk.today)
      guard day <= kept.override.until else {
        throw Problem(
          "override-over", .usage, "override \(id) is over: its last day is \(kept.override.until)",
          hint: "`vitals overrides list` lists those that are not")
      }
      let words = TypedWords.joined(["overrides", "end", "\(id)", "--on", "\(day)"])
      let ended = id
      let typed = TypedImport(feed: OverridesCommand.feed, words: words, author: desk.author, at: desk.now)
      let number = try typed.take(into: desk.history) { try $0.endOverride(ended, on: day, row: 0) }.id
      try desk.history.connection.finish()
      try desk.output.write(EndedOverride(id: id, day: day, author: desk.author, importID: number))
    }
  }
}
