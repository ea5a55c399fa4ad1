import ArgumentParser
import Health
import Reports

/// What every command that looks back at outcomes takes.
struct JudgingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What is to be foreseen: churn, renewal, upsell, or one that a card names (else the card's own).", valueName: "outcome"),
    completion: Completions.outcome)
  var outcome: String?

  @Option(help: ArgumentHelp("Within how many days of each observation (else the card's own).", valueName: "days"))
  var horizon: String?

  @Option(help: ArgumentHelp("Days from one observation of an account to the next.", valueName: "days"))
  var every = "30d"

  @Option(help: ArgumentHelp("The first day, included.", valueName: "day"))
  var from: DayExpression?

  @Option(help: ArgumentHelp("The last day, included.", valueName: "day"))
  var to: DayExpression?

  @OptionGroup var cards: CardOptions
  @OptionGroup var filter: FilterOptions

  /// The cards and what they are judged against.
  func request(_ workspace: Workspace, today: Day) throws -> (selection: CardSelection, request: JudgingRequest) {
    let choice = OutcomeChoice(outcome: outcome, card: cards.card)
    let selection = try choice.selection(workspace)
    var request = try choice.request(of: selection, workspace, horizon: horizon)
    request.every = try DayCounts.read(every)
    request.filter = try filter.filter()
    (request.from, request.to) = (try from?.first(today: today), try to?.last(today: today))
    if let first = request.from, let last = request.to, first > last {
      throw Problem(
        "empty-range", .usage, "the days begin on \(first) and end on \(last)", hint: "the first day must not come after the last")
    }
    return (selection, request)
  }
}

/// Which outcome is meant, and by which cards it is foreseen.
struct OutcomeChoice {
  /// What `--outcome` and `--card` say.
  let outcome: String?
  let card: String?

  /// The card that is named, else those that are candidates for the outcome, else the headline.
  func selection(_ workspace: Workspace) throws -> CardSelection {
    if card == nil, let outcome {
      let candidates = CardChoice(try workspace.cards().whole.map(\.card)).candidates[outcome] ?? []
      if !candidates.isEmpty { return .outcome(outcome, candidates) }
    }
    return try workspace.selection(card)
  }

  func outcome(of selection: CardSelection, _ workspace: Workspace) throws -> Card.Outcome {
    let own = selection.cards.compactMap(\.outcome)
    guard let word = outcome else {
      if let first = own.first { return first }
      throw Problem(
        "no-outcome", .usage, "the card \(selection.name) names no outcome, so there is nothing to judge it against",
        hint: "name one with --outcome churn")
    }
    if word == "return" {
      throw Problem(
        "nobody-at-risk", .usage, "accounts that have left have no score, so nothing can foresee that they return",
        hint: "judge churn, renewal or upsell")
    }
    if let found = own.first(where: { $0.name == word }) { return found }
    if workspace.catalogue.signal("outcome.\(word)") != nil { return .event(word) }
    if let found = try workspace.cards().whole.compactMap(\.card.outcome).first(where: { $0.name == word }) { return found }
    let known = workspace.catalogue.signals.keys.filter { $0.hasPrefix("outcome.") }.map { String($0.dropFirst("outcome.".count)) }.sorted()
    let near = Nearest.match(to: word, among: known).map { "did you mean \($0)? " } ?? ""
    throw Problem(
      "no-such-outcome", .usage, "there is no outcome \"\(word)\"",
      hint:
        "\(near)The outcomes are: \(known.joined(separator: ", ")); an absence is named by a card, outcome: {name: …, none: SIGNAL, in: 90d}"
    )
  }

  /// What cards are judged with, within so many days, else within those that the card or the absence says.
  func request(of selection: CardSelection, _ workspace: Workspace, horizon text: String? = nil) throws -> JudgingRequest {
    let outcome = try outcome(of: selection, workspace)
    let asked = try text.map { text throws(Problem) in try DayCounts.read(text) }
    guard case .absence(_, _, let days) = outcome else {
      return JudgingRequest(outcome: outcome, horizon: asked ?? selection.cards.first?.horizon ?? 90)
    }
    guard asked ?? days == days else {
      throw Problem(
        "fixed-horizon", .usage, "\(outcome.name) is an absence of \(days) days, which is its horizon", hint: "leave --horizon out")
    }
    return JudgingRequest(outcome: outcome, horizon: days)
  }
}
