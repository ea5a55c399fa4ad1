import ArgumentParser
import Health

/// `vitals pulse`
struct PulseCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "pulse",
    abstract: "Write down how an account feels to you, as a number.",
    discussion: """
      The number is a rating on the scale of the signal, for the shipped pulses 1 (worst) to 6. It counts from its day on; \
      `vitals imports revert N` takes it back.

      EXAMPLES
        vitals pulse acme 2 --reason champion-left --note "Ines left, nobody has taken over"
        vitals pulse acme 5 --as exec --on 2026-03-27
        vitals pulse acme --as human.feedback -- -1
      """)

  @Argument(help: "The account's key, alias or name.", completion: Completions.account)
  var account: String

  @Argument(help: ArgumentHelp("The rating.", valueName: "n"))
  var value: Double

  @Option(name: .customLong("as"), help: ArgumentHelp("Whose view: csm, support, product, exec, trust, or a signal.", valueName: "view"))
  var view = "csm"

  @Option(help: ArgumentHelp("Why, one of the signal's reasons.", valueName: "reason"))
  var reason: String?

  @Option(help: ArgumentHelp("In your words.", valueName: "text"))
  var note: String?

  @Option(help: ArgumentHelp("The day that it is about (else now).", valueName: "day"))
  var on: DayExpression?

  @OptionGroup var author: AuthorOptions
  @OptionGroup var global: GlobalOptions

  private static let views = [
    "csm": "human.csm_pulse", "support": "human.support_pulse", "product": "human.product_pulse", "exec": "human.exec_relationship",
    "trust": "human.trust",
  ]

  mutating func run(in context: Context) throws {
    let desk = try TypingDesk(global, author, in: context)
    defer { desk.history.connection.close() }
    let signal = try signal(desk.workspace.catalogue)
    try requireScale(signal)
    try requireReason(signal)
    let event = TypedEvent(signal: signal, value: value, text: note.flatMap { $0.contains { !$0.isWhitespace } ? $0 : nil }, reason: reason)
    var words = ["pulse", account, Human.measured(value)]
    if view != "csm" { words += ["--as", view] }
    if let reason { words += ["--reason", reason] }
    if let note { words += ["--note", note] }
    let found = try desk.account(account)
    try desk.take(event, feed: "@pulses", words: words, of: found, at: try desk.moment(on: on))
  }

  private func signal(_ catalogue: Catalogue) throws -> Signal {
    let key = Self.views[view.lowercased()] ?? view
    guard let signal = catalogue.signal(key) else {
      let near = Nearest.match(to: key, among: catalogue.signals.keys.filter { $0.hasPrefix("human.") }.sorted() + Self.views.keys.sorted())
      throw Problem(
        "unknown-signal", .usage, "signals.yaml does not declare \(key)",
        hint: near.map { "did you mean \($0)?" } ?? "write csm, support, product, exec, trust, or a signal's name")
    }
    guard signal.kind == .event else {
      throw Problem(
        "not-a-pulse", .usage, "\(key) is a \(signal.kind.rawValue), and a pulse is an event", hint: "name a signal of the kind event")
    }
    return signal
  }

  private func requireScale(_ signal: Signal) throws {
    guard value.isFinite, signal.scale?.contains(value) ?? true else {
      let scale = signal.scale.map { "\(Human.measured($0.lowerBound)) to \(Human.measured($0.upperBound))" } ?? "a number"
      throw Problem("off-the-scale", .usage, "\(Human.measured(value)) is not on the scale of \(signal.key)", hint: "give \(scale)")
    }
  }

  private func requireReason(_ signal: Signal) throws {
    guard let reason, !signal.reasons.isEmpty, !signal.reasons.contains(reason) else { return }
    let near = Nearest.match(to: reason, among: signal.reasons).map { "did you mean \($0)? " } ?? ""
    throw Problem(
      "unknown-reason", .usage, "\"\(reason)\" is not a reason of \(signal.key)",
      hint: "\(near)The reasons are: \(signal.reasons.joined(separator: ", "))")
  }
}
