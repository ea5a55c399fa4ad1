import ArgumentParser
import Health
import Reports

/// `vitals show`
struct ShowCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "How one account is, and why.",
    discussion: """
      The account is named by key, alias or name, whatever the case; a unique beginning is enough.

      EXAMPLES
        vitals show acme
        vitals show "Northwind Ltd" --as-of 2026-03-31
        vitals show acme --card five-dimensions --json
      """)

  @Argument(help: "The account's key, alias or name.", completion: Completions.account)
  var account: String

  @OptionGroup var cards: CardOptions
  @OptionGroup var asOf: AsOfOptions
  @OptionGroup var knowledge: KnowledgeOptions
  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let output = try global.output(in: context)
    let workspace = try Workspace(global, in: context)
    let (headline, choice) = try choose(workspace, output)
    let today = context.clock.today(in: workspace.zone)
    let report = try workspace.read { history in
      let viewpoint = try workspace.viewpoint(history, knowledge, today: today)
      let day = try asOf.day(today: today) { try viewpoint.defaultDay(today: today) }
      let found = try AccountFinder(viewpoint, asOf: day).find(account)
      return try ShowReport(viewpoint, account: found, asOf: day) { ShowCommand.cards(headline, choice, attributes: $0) }
    }
    try output.write(report)
  }

  /// The card asked for, else the headline and the workspace's other cards. A draft that cannot be read must not keep anybody from
  /// looking an account up.
  private func choose(_ workspace: Workspace, _ output: Output) throws -> (headline: CardSelection, choice: CardChoice) {
    if let card = cards.card { return (.card(try workspace.card(card)), CardChoice([])) }
    let (whole, broken) = try workspace.cards()
    let choice = CardChoice(whole.map(\.card))
    let headline = try workspace.headline { choice }
    for card in broken {
      for problem in card.problems.all.prefix(1) { output.warning("a card is left out: \(Failure.line(problem))") }
    }
    return (headline, choice)
  }

  /// The headline first, then the card of each outcome that applies to the account.
  private static func cards(_ headline: CardSelection, _ choice: CardChoice, attributes: [String: String]) -> [Card] {
    let first: Card?
    switch headline {
    case .card(let card): first = card
    case .outcome(let outcome, _): first = choice.card(for: outcome, attributes: attributes)
    }
    let others = choice.cards(attributes: attributes).filter { $0.name != first?.name }
    return (first.map { [$0] } ?? []) + others
  }
}
