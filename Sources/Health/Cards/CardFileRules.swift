extension CardReader {
  private static let testKeys = ["above", "below", "from", "to", "is"]

  /// The rules in the order of the file; `bands` are the names that conditions may use.
  func rules(_ value: YAMLValue, bands: [String]) -> [Card.Rule] {
    (value.list(of: "rules") ?? []).compactMap { rule($0, bands) }
  }

  private func rule(_ value: YAMLValue, _ bands: [String]) -> Card.Rule? {
    guard let map = value.map(allowed: ["when", "cap", "floor", "play", "status", "until", "reason"]) else { return nil }
    let when = map.required("when", hint: "say when the rule holds").flatMap { conditions($0, bands) }
    let effect = effect(map)
    let until = map["until"].flatMap { ending($0, after: when?.first) }
    let reason = map["reason"]?.text("a reason") ?? ""
    guard let when, let effect else { return nil }
    return Card.Rule(when: when, effect: effect, until: until, reason: reason)
  }

  private func effect(_ map: YAMLMap) -> Card.Effect? {
    let written = map.entries.filter { ["cap", "floor", "play", "status"].contains($0.name) }
    guard let first = written.first else {
      map.fail("missing-effect", "the rule does nothing", hint: "write cap, floor, play or status")
      return nil
    }
    if written.count > 1 {
      written[1].key.fail(
        "two-effects", "a rule has one effect, not \(first.name) and \(written[1].name)", hint: "write a second rule with the same `when`")
      return nil
    }
    switch first.name {
    case "cap": return points(first.value, "a score").map { .cap($0) }
    case "floor": return points(first.value, "a score").map { .floor($0) }
    case "play": return first.value.text("what to do").map { .play($0) }
    default: return first.value.text("a status").map { .status($0) }
    }
  }

  /// `until` waits for an event later than the newest one that the first condition used, so that one must use a signal.
  private func ending(_ value: YAMLValue, after first: Card.Condition?) -> String? {
    guard let signal = signal(value) else { return nil }
    guard signal.kind == .event else {
      value.fail("until-kind", "a rule ends with an event, and \(signal.key) is \(signal.kindInWords)", hint: "name a signal of kind event")
      return nil
    }
    if let first {
      guard case .expression = first.subject else {
        value.fail(
          "until-without-signal", "the first condition uses no signal that could come before", hint: "put a condition on a signal first")
        return nil
      }
    }
    return signal.key
  }
}

// Conditions.
extension CardReader {
  private func conditions(_ value: YAMLValue, _ bands: [String]) -> [Card.Condition]? {
    guard let items = value.list(of: "conditions") else { return nil }
    if items.isEmpty { value.fail("no-conditions", "the rule has no conditions", hint: "list at least one") }
    let conditions = items.compactMap { condition($0, bands) }
    return conditions.count == items.count ? conditions : nil
  }

  private func condition(_ value: YAMLValue, _ bands: [String]) -> Card.Condition? {
    guard let map = value.map(allowed: CardReader.expressionKeys + ["score", "trend", "band"] + CardReader.testKeys) else { return nil }
    let subjects = map.entries.filter { ["signal", "score", "trend", "band"].contains($0.name) }
    guard let first = subjects.first else {
      map.fail("missing-subject", "nothing is compared", hint: "write signal: KEY, score: raw, trend: 90d or band: [names]")
      return nil
    }
    if subjects.count > 1 {
      subjects[1].key.fail(
        "two-subjects", "a condition compares one thing, not \(first.name) and \(subjects[1].name)",
        hint: "write two conditions; all must hold")
      return nil
    }
    if first.name != "signal" {
      for entry in map.entries where CardReader.expressionKeys.contains(entry.name) {
        entry.key.fail("key-does-not-fit", "\(entry.name) is only for a signal", hint: "remove it")
      }
    }
    guard let subject = subject(first, map, bands) else { return nil }
    return tests(map, for: subject).map { Card.Condition(subject: subject, tests: $0) }
  }

  private func subject(_ entry: YAMLMap.Entry, _ map: YAMLMap, _ bands: [String]) -> Card.Condition.Subject? {
    switch entry.name {
    case "signal":
      return expression(map).map { .expression($0) }
    case "trend":
      return entry.value.days().map { .trend(days: $0) }
    case "score":
      if entry.value.written == "raw" { return .rawScore }
      entry.value.fail("unknown-score", "expected raw, found \(entry.value.shape)", hint: "write score: raw, the score before rules")
      return nil
    default:
      return bandNames(entry.value, bands).map { .band($0) }
    }
  }

  private func bandNames(_ value: YAMLValue, _ bands: [String]) -> [String]? {
    let names = value.items.compactMap { item -> String? in
      guard let name = item.text("a band") else { return nil }
      if !bands.contains(name) {
        let near = Nearest.match(to: name, among: bands).map { "did you mean \($0)?" }
        item.fail("unknown-band", "unknown band \"\(name)\"", hint: near ?? "the bands are \(bands.joined(separator: ", "))")
      }
      return name
    }
    if value.items.isEmpty { value.fail("no-bands", "no band is named", hint: "name at least one") }
    return names.isEmpty ? nil : names
  }

  private func tests(_ map: YAMLMap, for subject: Card.Condition.Subject) -> [Card.Test]? {
    let written = map.entries.filter { CardReader.testKeys.contains($0.name) }
    if case .band = subject {
      written.first?.key.fail("key-does-not-fit", "a band is compared by its name alone", hint: "remove \(written[0].name)")
      return []
    }
    guard !written.isEmpty else {
      map.fail("missing-test", "nothing to compare with", hint: "write above, below, from, to or is")
      return nil
    }
    var isLabel = false
    if case .expression(let expression) = subject { isLabel = catalogue.signal(expression.signal)?.kind == .label }
    let tests = written.compactMap { test($0, isLabel: isLabel) }
    return tests.count == written.count ? tests : nil
  }

  private func test(_ entry: YAMLMap.Entry, isLabel: Bool) -> Card.Test? {
    if isLabel {
      if entry.name == "is" { return entry.value.text("a label").map { .label($0) } }
      entry.key.fail("key-does-not-fit", "\(entry.name) compares numbers, and the signal is a label", hint: "write is: LABEL")
      return nil
    }
    guard let number = entry.value.number() else { return nil }
    return switch entry.name {
    case "above": .above(number)
    case "below": .below(number)
    case "from": .from(number)
    case "to": .to(number)
    default: .equals(number)
    }
  }
}
