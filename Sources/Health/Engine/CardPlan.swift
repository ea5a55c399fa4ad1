/// A card made ready for the engine: every name resolved, every need known.
package struct CardPlan {
  struct Input {
    let index: Int
    let measure: MeasurePlan
    let curve: CurvePlan
    let weight: Double
    let missing: Card.Missing
    /// Ages in days; nil: never.
    let fresh: Int?
    let expire: Int?
  }
  struct Group {
    let name: String
    let weight: Double
    let inputs: [Input]
  }
  struct Rule {
    let conditions: [Condition]
    /// The rule ends when `ending` has an event later than the newest one of `used`.
    let until: (used: MeasurePlan, ending: MeasurePlan)?
    let effect: Card.Effect
    let reason: String
  }
  struct Condition {
    let subject: Subject
    let tests: [Card.Test]
    /// Numbers of the label that `is` names.
    let labels: [[Double]]
  }
  enum Subject {
    case measure(MeasurePlan)
    case rawScore
    case band([String])
  }

  package let card: Card
  let groups: [Group]
  let rules: [Rule]
  /// Measured with the card, without a part in the score: revenue, the renewal date.
  let beside: [MeasurePlan]

  /// Resolves a card. What this engine does not score is refused with its name, never passed over.
  package init(_ card: Card, catalogue: Catalogue, beside: [Expression] = [], labelNumbers: (String) throws -> [Double]) throws {
    self.card = card
    self.beside = try beside.map { try MeasurePlan($0, catalogue: catalogue) }
    var index = 0
    groups = try card.groups.map { group in
      Group(
        name: group.name, weight: group.weight,
        inputs: try group.inputs.map { input in
          defer { index += 1 }
          return try CardPlan.input(input, index: index, catalogue, labelNumbers)
        })
    }
    rules = try card.rules.map { try CardPlan.rule($0, catalogue, labelNumbers) }
  }

  private static func input(_ input: Card.Input, index: Int, _ catalogue: Catalogue, _ labels: (String) throws -> [Double]) throws -> Input
  {
    let declared = catalogue.signal(input.expression.signal)
    let expire = input.expire ?? declared?.expire
    let measure = try MeasurePlan(input.expression, catalogue: catalogue, expire: expire)
    return Input(
      index: index, measure: measure, curve: try CurvePlan(input.curve, labelNumbers: labels, isLabel: measure.signal.kind == .label),
      weight: input.weight, missing: input.missing, fresh: input.fresh ?? declared?.fresh ?? expire, expire: expire)
  }

  private static func rule(_ rule: Card.Rule, _ catalogue: Catalogue, _ labels: (String) throws -> [Double]) throws -> Rule {
    let conditions = try rule.when.map { condition in
      let subject: Subject
      switch condition.subject {
      case .expression(let expression): subject = .measure(try MeasurePlan(expression, catalogue: catalogue))
      case .rawScore: subject = .rawScore
      case .band(let names): subject = .band(names)
      case .trend:
        throw Problem("unsupported-rule", .badInput, "`trend` in a rule cannot be scored by this version", hint: "use `score: raw`")
      }
      return Condition(
        subject: subject, tests: condition.tests,
        labels: try condition.tests.map { if case .label(let text) = $0 { try labels(text) } else { [] } })
    }
    return Rule(conditions: conditions, until: try until(rule, catalogue), effect: rule.effect, reason: rule.reason)
  }

  /// When a rule fired and what ends it: the newest event of the first condition's signal, or the newest reading of a state.
  private static func until(_ rule: Card.Rule, _ catalogue: Catalogue) throws -> (used: MeasurePlan, ending: MeasurePlan)? {
    guard let ending = rule.until, case .expression(let used)? = rule.when.first?.subject else { return nil }
    let happens = catalogue.signal(used.signal).map { [.count, .event, .balance].contains($0.kind) } ?? false
    return (
      try MeasurePlan(Expression(used.signal, happens ? .since : .last), catalogue: catalogue),
      try MeasurePlan(Expression(ending, .since), catalogue: catalogue)
    )
  }

  /// What the card needs of the history, each signal once.
  package var uses: [SignalUse] {
    var merged: [String: SignalUse] = [:]
    var order: [String] = []
    let ruleMeasures = rules.flatMap(\.conditions).compactMap { if case .measure(let plan) = $0.subject { plan } else { nil } }
    let endings = rules.compactMap(\.until).flatMap { [$0.used, $0.ending] }
    for use in groups.flatMap({ $0.inputs.flatMap(\.measure.uses) }) + (ruleMeasures + endings + beside).flatMap(\.uses) {
      guard let known = merged[use.signal] else {
        merged[use.signal] = use
        order.append(use.signal)
        continue
      }
      // Both stretches count from the first scored day; a longer lookback shortens what lies before it.
      let lookback = max(known.lookback, use.lookback)
      let reach = known.reach.flatMap { a in use.reach.map { b in max(0, max(known.lookback + a, use.lookback + b) - lookback) } }
      merged[use.signal] = SignalUse(signal: use.signal, lookback: lookback, reach: reach)
    }
    return order.compactMap { merged[$0] }
  }

  /// Whether the feeds of an input's signal have been silent too long on a day for the input to be measured; inputs count in the
  /// order of the card.
  package func isDark(input index: Int, on day: Day, source: any TileSource) throws -> Bool {
    guard let input = groups.lazy.flatMap(\.inputs).first(where: { $0.index == index }), input.measure.goesDark else { return false }
    let signal = input.measure.signal
    return try source.silence(of: signal.key).calendar(day...day, darkAfter: signal.darkAfter).isDark(on: day)
  }
}
