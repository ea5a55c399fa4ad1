import Health
import Storage

/// Which imports make the difference between what was known by two moments of one account.
struct ChangedImports {
  private let sides: (believed: Viewpoint, now: Viewpoint)
  private let day: Day
  private var bySubject: [String: Set<Int>] = [:]

  init(from believed: Viewpoint, to now: Viewpoint, account: Account, on day: Day) throws {
    /// What tells one fact from another, and whose it is.
    struct Said: Hashable {
      let subject: String
      let moment: Moment
      let value: Double?
      let text: String?
      let importID: Int
    }
    (sides, self.day) = ((believed, now), day)
    let said = try [believed, now].map { viewpoint in
      let all = try AccountHistory(viewpoint.history, knowledge: viewpoint.knowledge, account: account.id) {
        viewpoint.catalogue.signal($0)?.kind == .count
      }.facts(days: Day.range.lowerBound...day)
      return Set(all.map { Said(subject: $0.subject, moment: $0.moment, value: $0.value, text: $0.text, importID: $0.importID) })
    }
    for fact in said[0].symmetricDifference(said[1]) { bySubject[fact.subject, default: []].insert(fact.importID) }
  }

  /// The imports that changed what a part is of; ascending. Where the account's own facts are the same, and yet another figure was
  /// measured, it is those by which a feed spoke: what was dark is zero now.
  func changing(_ part: WhyPart, of card: Card, between before: AccountScore?, _ after: AccountScore?) throws -> [Int] {
    if part.kind == .rules {
      let ofRules = own(signals(ofRules: part.ended + part.began + part.held, card))
      return try ofRules.union(ofOverrides(before?.overrides ?? [], after?.overrides ?? [])).sorted()
    }
    let signals = signals(of: part, card)
    let own = own(signals)
    if !own.isEmpty || part.before == part.after { return own.sorted() }
    return try sides.now.history.imports(knownToOneOf: sides.believed.knowledge, sides.now.knowledge, by: day) { key in
      signals.contains { covers($0, key) }
    }
  }

  /// The imports whose facts of the account differ, of some signals.
  private func own(_ signals: Set<String>) -> Set<Int> {
    Set(bySubject.filter { subject, _ in signals.contains { covers($0, subject) } }.values.flatMap { $0 })
  }

  /// The imports that stated, took back or ended the overrides that act otherwise now.
  private func ofOverrides(_ before: [AccountScore.ActingOverride], _ after: [AccountScore.ActingOverride]) throws -> Set<Int> {
    let changed = Set(Set(before).symmetricDifference(after).map(\.id))
    guard !changed.isEmpty else { return [] }
    let one = Set(sides.believed.knowledge.visible.map(\.id)).symmetricDifference(sides.now.knowledge.visible.map(\.id))
    return try changed.union(sides.now.history.imports(endingOverrides: changed)).intersection(one)
  }

  /// A pattern stands for its instances.
  private func covers(_ signal: String, _ subject: String) -> Bool {
    signal == subject || (signal.hasSuffix(":*") && subject.hasPrefix(signal.dropLast()))
  }

  private func signals(of part: WhyPart, _ card: Card) -> Set<String> {
    let expressions = card.groups.filter { $0.name == part.group }.flatMap(\.inputs).map(\.expression)
    return Set(expressions.filter { $0.signal == part.signal && $0.phrase == part.measure }.flatMap(\.allSignals))
  }

  /// What the rules of these phrases look at: a condition of the score looks at all inputs.
  private func signals(ofRules phrases: [String], _ card: Card) -> Set<String> {
    var found: Set<String> = []
    for rule in card.rules {
      guard let phrase = AccountScore.FiredRule(rule).actingPhrase, phrases.contains(phrase) else { continue }
      if let until = rule.until { found.insert(until) }
      for condition in rule.when {
        if case .expression(let expression) = condition.subject {
          found.formUnion(expression.allSignals)
        } else {
          found.formUnion(card.groups.flatMap(\.inputs).flatMap(\.expression.allSignals))
        }
      }
    }
    return found
  }
}

extension Expression {
  /// The signals that it reads, those that it refers to included.
  fileprivate var allSignals: [String] {
    var signals = [signal] + per.flatMap(\.expression.allSignals) + otherwise.flatMap(\.allSignals)
    if case .signal(let key) = of { signals.append(key) }
    return signals
  }
}
