import Health

/// A card as plain values: what it asks, how it answers, and where it is from.
package struct CardReport: Codable, Hashable, Sendable {
  /// Where a card is kept.
  package enum Source: String, Codable, Hashable, Sendable {
    /// In the workspace's folder `cards/`.
    case workspace
    /// Inside the program.
    case shipped
    /// In a file that a person named.
    case file
  }
  /// A named range of the shown score.
  package struct Band: Codable, Hashable, Sendable {
    package var band: String
    package var color: String
    package var start: Double
    /// Whether the start itself belongs to it.
    package var includesStart: Bool
    package var play: String?
  }
  /// A weighted group of inputs.
  package struct Group: Codable, Hashable, Sendable {
    package var name: String
    /// Its share of the card, of 1.
    package var share: Double
    package var inputs: [Input]
  }
  /// One weighted input.
  package struct Input: Codable, Hashable, Sendable {
    package var signal: String
    /// The expression in the words of the card language.
    package var measure: String
    package var curve: CurveValue
    /// Its share of the card, of 1.
    package var share: Double
    /// The points without data; nil where its weight goes to the other inputs.
    package var missing: Double?
    /// The ages that hold for it, the card's or the signal's own, in days.
    package var fresh: Int?
    package var expire: Int?
    package var why: String
  }
  /// A curve by its knots or labels.
  package enum CurveValue: Codable, Hashable, Sendable {
    case points([Knot])
    case steps([Knot])
    case map([Label])
    /// Among all accounts, or those with the same value of an attribute.
    case percentile(attribute: String?, isDown: Bool)
  }
  /// A measured value and its points.
  package struct Knot: Codable, Hashable, Sendable {
    package var x: Double
    package var y: Double
  }
  /// A label or rating and its points.
  package struct Label: Codable, Hashable, Sendable {
    package var label: String
    package var y: Double
  }
  /// What happens when conditions hold.
  package struct Rule: Codable, Hashable, Sendable {
    /// The conditions in the words of the card language; all must hold.
    package var when: [String]
    /// `cap`, `floor`, `play` or `status`.
    package var effect: String
    package var bound: Double?
    package var words: String?
    package var until: String?
    package var reason: String
  }

  package var name: String
  /// A question or a few words.
  package var question: String
  package var about: String
  package var outcome: String?
  package var horizon: Int
  package var reviewBy: Day?
  package var priority: Int
  /// What an account must be for the card to apply, attribute by attribute.
  package var conditions: [String: [String]]
  package var coverageFloor: Double
  package var bands: [Band]
  package var groups: [Group]
  package var rules: [Rule]
  package var source: Source
  /// The file; nil where it ships.
  package var file: String?
  /// What tells this version from every other.
  package var hash: String

  package init(_ card: Card, catalogue: Catalogue, source: Source, file: String?) {
    (name, question, about) = (card.name, card.title, card.about.split(whereSeparator: \.isNewline).joined(separator: "\n"))
    (outcome, horizon, reviewBy, priority) = (card.outcome?.name, card.horizon, card.reviewBy, card.priority)
    (conditions, coverageFloor) = (card.conditions, card.coverageFloor)
    (self.source, self.file, hash) = (source, file, card.identity)
    bands = card.bands.map {
      Band(band: $0.name, color: $0.color, start: $0.start, includesStart: $0.includesStart, play: $0.play)
    }
    let total = card.groups.reduce(0) { $0 + $1.weight }
    groups = card.groups.map { group in
      let (share, inputs) = (group.weight / total, group.inputs.reduce(0) { $0 + $1.weight })
      return Group(
        name: group.name, share: share, inputs: group.inputs.map { Input($0, share: share * $0.weight / inputs, catalogue) })
    }
    rules = card.rules.map { rule in
      let fired = AccountScore.FiredRule(rule)
      return Rule(
        when: rule.when.map(\.phrase), effect: fired.effect, bound: fired.bound, words: fired.words, until: rule.until, reason: rule.reason)
    }
  }
}

extension CardReport.Input {
  fileprivate init(_ input: Card.Input, share: Double, _ catalogue: Catalogue) {
    let declared = catalogue.signal(input.expression.signal)
    (signal, measure, why) = (input.expression.signal, input.expression.phrase, input.why)
    (curve, self.share) = (CardReport.CurveValue(input.curve), share)
    if case .points(let points) = input.missing { missing = points } else { missing = nil }
    (fresh, expire) = (input.fresh ?? declared?.fresh, input.expire ?? declared?.expire)
  }
}

extension CardReport.CurveValue {
  fileprivate init(_ curve: Curve) {
    func plain(_ knots: [Curve.Knot]) -> [CardReport.Knot] { knots.map { CardReport.Knot(x: $0.x, y: $0.y) } }
    switch curve {
    case .points(let knots): self = .points(plain(knots))
    case .steps(let knots): self = .steps(plain(knots))
    case .map(let points):
      let labels = points.map { CardReport.Label(label: $0.key, y: $0.value) }
      // Ratings by their number, words by their points.
      self = .map(labels.sorted { (Double($0.label) ?? $0.y, $0.y, $0.label) < (Double($1.label) ?? $1.y, $1.y, $1.label) })
    case .percentile(let attribute, let direction): self = .percentile(attribute: attribute, isDown: direction == .down)
    }
  }
}

extension Card {
  /// The signals that the card speaks of, in the order of its file, each once.
  package var signals: [String] {
    let inputs = groups.flatMap { $0.inputs.flatMap(\.expression.signals) }
    var seen: Set<String> = []
    return (inputs + rules.flatMap(\.signals)).filter { seen.insert($0).inserted }
  }
}

extension Card.Rule {
  fileprivate var signals: [String] {
    let measured = when.flatMap { condition -> [String] in
      if case .expression(let expression) = condition.subject { expression.signals } else { [] }
    }
    return measured + (until.map { [$0] } ?? [])
  }
}

extension Expression {
  fileprivate var signals: [String] {
    let population: [String] = if case .signal(let key) = of, function == .breadth { [key] } else { [] }
    return [signal] + per.flatMap(\.expression.signals) + otherwise.flatMap(\.signals) + population
  }
}

extension Card.Condition {
  /// The condition in the words of the card language: `service.p1_open above 0`.
  fileprivate var phrase: String {
    let subject: String
    switch self.subject {
    case .expression(let expression):
      subject = expression.function == .last && expression.per.isEmpty ? expression.signal : "\(expression.signal) \(expression.phrase)"
    case .rawScore: subject = "score before rules"
    case .trend(let days): subject = "trend \(days)d"
    case .band(let names): return "band " + names.joined(separator: " or ")
    }
    return ([subject] + tests.map(\.phrase)).joined(separator: " ")
  }
}

extension Card.Test {
  fileprivate var phrase: String {
    switch self {
    case .above(let x): "above \(x.formattedShortly)"
    case .below(let x): "below \(x.formattedShortly)"
    case .from(let x): "from \(x.formattedShortly)"
    case .to(let x): "to \(x.formattedShortly)"
    case .equals(let x): "is \(x.formattedShortly)"
    case .label(let label): "is \(label)"
    }
  }
}
