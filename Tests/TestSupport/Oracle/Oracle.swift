import Foundation  // pow
import Health

/// The meaning of a scorecard a second time: one account, one day at a time, straight from the text, slow and plain. It shares
/// nothing with the engine beyond the values of `Card` and `Catalogue`.
package struct Oracle {
  private let facts: OracleFacts
  private let catalogue: Catalogue
  private let card: Card
  /// By signal; without those that only people type.
  private var spoken: [String: [Int]] = [:]

  package init(_ facts: OracleFacts, _ catalogue: Catalogue, _ card: Card) {
    (self.facts, self.catalogue, self.card) = (facts, catalogue, card)
    for key in Set(catalogue.signals.keys).union(facts.facts.keys) {
      guard let signal = catalogue.signal(key) else { continue }
      let keys = signal.isPattern ? facts.facts.keys.filter { $0.hasPrefix(signal.key.dropLast()) } : [signal.key]
      if !keys.isEmpty, keys.allSatisfy({ facts.typed.contains($0) }) { continue }
      spoken[signal.key] = Set(keys.flatMap { facts.spoken[$0] ?? [] }).sorted()
    }
  }

  /// What one account's score comes to on one day.
  package struct Standing {
    package var isCounted = false
    package var raw: Double?
    package var final: Double?
    package var coverage = 0.0
    package var band = "unknown"
    /// By rule.
    package var fired: [Bool] = []
    /// By input.
    package var measured: [Double?] = []
    package var points: [Double?] = []
    /// By group.
    package var groups: [Double?] = []
  }

  package func standing(_ account: Int, on day: Int) -> Standing {
    var standing = weighed(account, day)
    standing.isCounted = facts.isCounted(account, on: day)
    standing.fired = card.rules.map { fires($0, account, day, standing) }
    let fired = zip(card.rules, standing.fired).filter(\.1).map(\.0.effect)
    if let raw = standing.raw {
      let floors = fired.compactMap { if case .floor(let x) = $0 { x } else { nil } }
      let caps = fired.compactMap { if case .cap(let x) = $0 { x } else { nil } }
      standing.final = (caps + [(floors + [raw]).max() ?? raw]).min()
    }
    let decided = facts.overrides.filter {
      $0.account == account && ($0.card == nil || $0.card == card.name) && Int($0.from.number) <= day && day <= Int($0.until.number)
    }
    if let set = decided.filter({ $0.kind == .set }).max(by: { $0.order < $1.order }) {
      standing.final = set.value
      standing.band = band(set.value)
    } else if let ruled = standing.final {
      let lifted = decided.filter { $0.kind == .floor }.map(\.value).reduce(ruled) { $0 > $1 ? $0 : $1 }
      let final = decided.filter { $0.kind == .cap }.map(\.value).reduce(lifted) { $0 < $1 ? $0 : $1 }
      standing.final = final
      standing.band = standing.coverage + 1e-9 < card.coverageFloor ? "unknown" : band(final)
    }
    return standing
  }

  /// "Shown = floor(final + 0.5 + 1e-9)", and bands by the shown score.
  private func band(_ score: Double) -> String {
    let shown = floor(score + 0.5 + 1e-9)
    var found = "unknown"
    for band in card.bands where band.includesStart ? shown >= band.start : shown > band.start { found = band.name }
    return found
  }

  // MARK: Weights

  private func weighed(_ account: Int, _ day: Int) -> Standing {
    var standing = Standing()
    let allGroups = card.groups.map(\.weight).reduce(0, +)
    var (above, below) = (0.0, 0.0)
    for group in card.groups {
      let allInputs = group.inputs.map(\.weight).reduce(0, +)
      var (points, weights) = (0.0, 0.0)
      for input in group.inputs {
        let result = scored(input, account, day)
        standing.measured.append(result.measured)
        standing.points.append(result.points)
        if result.isCovered { standing.coverage += group.weight / allGroups * input.weight / allInputs }
        guard let own = result.points else { continue }
        points += own * input.weight
        weights += input.weight
      }
      standing.groups.append(weights > 0 ? points / weights : nil)
      guard weights > 0 else { continue }
      above += points / weights * group.weight
      below += group.weight
    }
    standing.raw = below > 0 ? above / below : nil
    return standing
  }

  private func measures(_ account: Int, _ day: Int) -> OracleMeasures {
    OracleMeasures(facts: facts, catalogue: catalogue, account: account, asOf: day, spoken: { spoken[$0.key] })
  }

  private func scored(_ input: Card.Input, _ account: Int, _ day: Int) -> (measured: Double?, points: Double?, isCovered: Bool) {
    let substitute: Double? = if case .points(let number) = input.missing { number } else { nil }
    guard let (reading, expression) = measures(account, day).reading(input.expression, expire: input.expire) else {
      return (nil, substitute, false)
    }
    let signal = catalogue.signal(expression.signal)
    let expire = input.expire ?? signal?.expire
    let fresh = input.fresh ?? signal?.fresh ?? expire
    let isExpired = expire.map { reading.age > $0 } ?? false
    guard !isExpired, let points = points(input, reading.value, expression, account, day) else {
      return (reading.value, substitute, false)
    }
    guard let fresh, reading.age > fresh else { return (reading.value, points, true) }
    let share = fresh == 0 ? 0 : pow(2, -Double(reading.age - fresh) / Double(fresh))
    return (reading.value, 50 + (points - 50) * share, false)
  }

  // MARK: Curves

  private func points(_ input: Card.Input, _ x: Double, _ expression: Health.Expression, _ account: Int, _ day: Int) -> Double? {
    switch input.curve {
    case .points(let knots):
      if x <= knots[0].x { return knots[0].y }
      for (a, b) in zip(knots, knots.dropFirst()) where x <= b.x { return a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x) }
      return knots[knots.count - 1].y
    case .steps(let knots):
      var y = knots[0].y
      for knot in knots where knot.x <= x { y = knot.y }
      return y
    case .map(let labels):
      guard catalogue.signal(expression.signal)?.kind == .label else { return labels.first { Double($0.key) == x }?.value }
      return labels.first { $0.key.lowercased() == facts.words[x]?.lowercased() }?.value
    case .percentile(let attribute, let direction):
      let peers = peers(of: account, attribute, day).compactMap { unexpired(input, $0, day) }
      guard peers.count >= 10 else { return nil }
      let lesser = peers.filter { direction == .down ? $0 > x : $0 < x }.count
      return (Double(lesser) + Double(peers.filter { $0 == x }.count) / 2) / Double(peers.count) * 100
    }
  }

  private func peers(of account: Int, _ attribute: String?, _ day: Int) -> [Int] {
    let counted = facts.accounts.filter { facts.isCounted($0, on: day) }
    guard let attribute else { return counted }
    guard let own = facts.attribute(attribute, of: account, on: day)?.lowercased() else { return [] }
    return counted.filter { facts.attribute(attribute, of: $0, on: day)?.lowercased() == own }
  }

  private func unexpired(_ input: Card.Input, _ account: Int, _ day: Int) -> Double? {
    guard let (reading, expression) = measures(account, day).reading(input.expression, expire: input.expire) else { return nil }
    let expire = input.expire ?? catalogue.signal(expression.signal)?.expire
    return expire.map { reading.age > $0 } ?? false ? nil : reading.value
  }

  // MARK: Rules

  private func fires(_ rule: Card.Rule, _ account: Int, _ day: Int, _ standing: Standing) -> Bool {
    guard rule.when.allSatisfy({ holds($0, account, day, standing) }) else { return false }
    guard let ending = rule.until, case .expression(let first)? = rule.when.first?.subject else { return true }
    let measures = measures(account, day)
    guard let used = measures.reading(first)?.reading.newest, let end = measures.newestEvent(ending) else { return true }
    return end <= used
  }

  private func holds(_ condition: Card.Condition, _ account: Int, _ day: Int, _ standing: Standing) -> Bool {
    let value: Double?
    switch condition.subject {
    case .expression(let expression): value = measures(account, day).reading(expression)?.reading.value
    case .rawScore: value = standing.raw
    case .trend(let days): value = weighed(account, day - days).raw.flatMap { before in standing.raw.map { $0 - before } }
    case .band(let names):
      let isKnown = standing.raw != nil && standing.coverage + 1e-9 >= card.coverageFloor
      return names.contains(isKnown ? standing.raw.map(band) ?? "unknown" : "unknown")
    }
    guard let value else { return false }
    return condition.tests.allSatisfy { test in
      switch test {
      case .above(let x): value > x
      case .below(let x): value < x
      case .from(let x): value >= x
      case .to(let x): value <= x
      case .equals(let x): value == x
      case .label(let text): facts.words[value]?.lowercased() == text.lowercased()
      }
    }
  }
}
