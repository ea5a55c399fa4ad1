/// A card made ready for the engine: every name resolved, every need known.
package struct CardPlan {
  struct Input {
    let index: Int
    let measure: MeasurePlan
    let curve: CurvePlan
    let weight: Double
    let missing: Card.Missing
    /// For the measure and each that stands in for it: the ages in days up to which it counts in full, and at all; ∞ for ever.
    let limits: [(fresh: Double, expire: Double)]
  }
  struct Group {
    let name: String
    let weight: Double
    let inputs: [Input]
  }
  struct Rule {
    let conditions: [Condition]
    /// The rule ends when `ending` has an event later than the newest one that `used`, its first condition, looked at.
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
    /// The change of the raw score over so many days.
    case trend(Int)
    case band([String])
  }

  package let card: Card
  let groups: [Group]
  let rules: [Rule]
  /// Measured with the card, without a part in the score: revenue, the renewal date.
  let beside: [MeasurePlan]

  /// Resolves a card.
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
    let measure = try MeasurePlan(input.expression, catalogue: catalogue, expire: input.expire)
    let limits = measure.chain.map { plan in
      let fresh = input.fresh ?? plan.signal.fresh ?? plan.expire
      return (fresh: fresh.map(Double.init) ?? .infinity, expire: plan.expire.map(Double.init) ?? .infinity)
    }
    return Input(
      index: index, measure: measure, curve: try CurvePlan(input.curve, labelNumbers: labels, isLabel: measure.signal.kind == .label),
      weight: input.weight, missing: input.missing, limits: limits)
  }

  private static func rule(_ rule: Card.Rule, _ catalogue: Catalogue, _ labels: (String) throws -> [Double]) throws -> Rule {
    let conditions = try rule.when.map { condition in
      let subject: Subject
      switch condition.subject {
      case .expression(let expression): subject = .measure(try MeasurePlan(expression, catalogue: catalogue))
      case .rawScore: subject = .rawScore
      case .band(let names): subject = .band(names)
      case .trend(let days): subject = .trend(days)
      }
      return Condition(
        subject: subject, tests: condition.tests,
        labels: try condition.tests.map { if case .label(let text) = $0 { try labels(text) } else { [] } })
    }
    var until: (used: MeasurePlan, ending: MeasurePlan)?
    if let ending = rule.until, case .measure(let used)? = conditions.first?.subject {
      until = (used, try MeasurePlan(Expression(ending, .since), catalogue: catalogue))
    }
    return Rule(conditions: conditions, until: until, effect: rule.effect, reason: rule.reason)
  }

  var inputs: [Input] { groups.flatMap(\.inputs) }

  /// Everything that is measured.
  var measures: [MeasurePlan] {
    let conditions = rules.flatMap(\.conditions).compactMap { if case .measure(let plan) = $0.subject { plan } else { nil } }
    return inputs.map(\.measure) + conditions + rules.compactMap(\.until?.ending) + beside
  }

  /// Days before the scored ones on which rules look at the raw score.
  var trendSpan: Int {
    rules.flatMap(\.conditions).map { if case .trend(let days) = $0.subject { days } else { 0 } }.max() ?? 0
  }

  /// The signals that some measures look at more than once; all others can be forgotten as soon as they are measured.
  static func repeated(_ measures: [MeasurePlan]) -> Set<String> {
    var (seen, repeated): (Set<String>, Set<String>) = ([], [])
    for measure in measures {
      for signal in measure.signals.map(\.key) where !seen.insert(signal).inserted || measure.hasTwoEnds { repeated.insert(signal) }
    }
    return repeated
  }

  /// What some measures need of the history, each signal once.
  static func uses(_ measures: [MeasurePlan], keys: (Signal) -> [String]) -> [SignalUse] {
    var merged: [String: SignalUse] = [:]
    var order: [String] = []
    for use in measures.flatMap({ $0.uses(keys: keys) }) {
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
    return try source.silence(of: signal).calendar(day...day, darkAfter: signal.darkAfter).isDark(on: day)
  }
}
