import ArgumentParser
import Foundation
import Health
import Reports

/// `vitals note`
struct NoteCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "note",
    abstract: "Write down what you know of an account.",
    discussion: """
      EXAMPLES
        vitals note acme "They compare us with Initech until May"
        cat call.txt | vitals note acme - --on yesterday
      """)

  @Argument(help: "The account's key, alias or name.", completion: Completions.account)
  var account: String

  @Argument(help: "The words, or - for standard input.")
  var text: String

  @Option(help: ArgumentHelp("The day that it is about (else now).", valueName: "day"))
  var on: DayExpression?

  @OptionGroup var author: AuthorOptions
  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let words = try Self.words(text, context)
    let desk = try TypingDesk(global, author, in: context)
    defer { desk.history.connection.close() }
    let signal = desk.workspace.catalogue.signal(Catalogue.note.key) ?? Catalogue.note
    guard signal.kind == .event else {
      throw Problem("not-a-note", .badInput, "signals.yaml declares \(signal.key) as a \(signal.kind.rawValue)", hint: "make it an event")
    }
    let found = try desk.account(account)
    try desk.take(
      TypedEvent(signal: signal, text: words), feed: "@notes", words: ["note", account, words], of: found, at: try desk.moment(on: on))
  }

  private static func words(_ text: String, _ context: Context) throws -> String {
    var text = text
    if text == "-" {
      let data = FileHandle(fileDescriptor: context.standardInput, closeOnDealloc: false).readDataToEndOfFile()
      guard let read = String(validating: data, as: UTF8.self) else {
        throw Problem("bad-encoding", .badInput, "standard input is not UTF-8 text", hint: "save it as UTF-8")
      }
      text = read
    }
    text = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !text.isEmpty else { throw Problem("empty-note", .usage, "the note has no words", hint: "write something down") }
    return text
  }
}

/// `vitals notes`
struct NotesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "notes",
    abstract: "Find what people wrote.",
    subcommands: [Search.self])

  struct Search: VitalsCommand {
    static let configuration = CommandConfiguration(
      commandName: "search",
      abstract: "Search the notes, and the words of pulses and feedback; best matches first.",
      discussion: """
        Finds texts that have all of the words, or words that begin with them, whatever their case and accents.

        EXAMPLES
          vitals notes search budget
          vitals notes search "champion left" --account acme
        """)

    @Argument(help: "The words.")
    var words: [String]

    @Option(help: ArgumentHelp("Only of this account.", valueName: "account"), completion: Completions.account)
    var account: String?

    @Option(help: ArgumentHelp("At most so many.", valueName: "n"))
    var top = 50

    @OptionGroup var knowledge: KnowledgeOptions
    @OptionGroup var global: GlobalOptions

    mutating func run(in context: Context) throws {
      let output = try global.output(in: context)
      let words = words.flatMap { $0.split(whereSeparator: \.isWhitespace).map(String.init) }.filter {
        $0.contains { $0.isLetter || $0.isNumber }
      }
      guard !words.isEmpty else { throw Problem("no-words", .usage, "there is no word to search for", hint: "give one or more words") }
      if top < 1 { throw Problem("bad-top", .usage, "--top \(top) would show nothing", hint: "give a number from 1") }
      let workspace = try Workspace(global, in: context)
      let today = context.clock.today(in: workspace.zone)
      let report = try workspace.read { history in
        let viewpoint = try workspace.viewpoint(history, knowledge, today: today)
        let found = try account.map { try AccountFinder(viewpoint, asOf: today).find($0) }
        return try NotesReport(viewpoint, words: words, account: found, most: top, asOf: today)
      }
      try output.write(report)
    }
  }
}
