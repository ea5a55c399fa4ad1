import ArgumentParser
import Health

/// `vitals outcome`
struct OutcomeCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "outcome",
    abstract: "Write down that an account left, came back, renewed or bought more.",
    discussion: """
      An account that churned is no longer counted from that day on, until it returns.

      EXAMPLES
        vitals outcome acme churn --on 2026-03-31 --amount 48000
        vitals outcome acme renewal --on yesterday
      """)

  @Argument(help: "The account's key, alias or name.", completion: Completions.account)
  var account: String

  @Argument(help: "churn, return, renewal, upsell, or another outcome of signals.yaml.", completion: Completions.outcome)
  var outcome: String

  @Option(help: ArgumentHelp("The day on which it happened (else now).", valueName: "day"))
  var on: DayExpression?

  @Option(help: ArgumentHelp("What it is worth.", valueName: "n"))
  var amount: Double?

  @Option(help: ArgumentHelp("In your words.", valueName: "text"))
  var note: String?

  @OptionGroup var author: AuthorOptions
  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let desk = try TypingDesk(global, author, in: context)
    defer { desk.history.connection.close() }
    let signal = try signal(desk.workspace.catalogue)
    if let amount, !amount.isFinite {
      throw Problem("bad-number", .usage, "the amount is not a number", hint: "give a number, or leave it out")
    }
    var words = ["outcome", account, outcome]
    if let amount { words += ["--amount", amount.shortest] }
    if let note { words += ["--note", note] }
    let found = try desk.account(account)
    try desk.take(
      TypedEvent(signal: signal, value: amount, text: note.flatMap { $0.isEmpty ? nil : $0 }), feed: "@outcomes", words: words, of: found,
      at: try desk.moment(on: on))
  }

  private func signal(_ catalogue: Catalogue) throws -> Signal {
    let word = outcome.lowercased()
    let key = word.hasPrefix("outcome.") ? word : "outcome.\(word)"
    if let signal = catalogue.signal(key) { return signal }
    let names = catalogue.signals.keys.filter { $0.hasPrefix("outcome.") }.map { String($0.dropFirst("outcome.".count)) }.sorted()
    let near = Nearest.match(to: word, among: names).map { "did you mean \($0)? " } ?? ""
    throw Problem(
      "unknown-outcome", .usage, "there is no outcome \"\(outcome)\"", hint: "\(near)The outcomes are: \(names.joined(separator: ", "))")
  }
}
