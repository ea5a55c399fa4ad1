/// What is allowed in a card but rarely meant, and what only several cards together get wrong.
public enum CardLint {
  /// The warnings about one card, in the order of its file. `today` decides whether the review is due; nil leaves that out.
  public static func warnings(_ file: CardFile, catalogue: Catalogue, today: Day?) -> [Problem] {
    var found = review(file, today) + size(file)
    let total = file.card.groups.reduce(0) { $0 + $1.weight }
    for (group, places) in zip(file.card.groups, file.places.groups) {
      found += shape(of: group, at: places, in: file.card, total: total)
      let inputs = group.inputs.reduce(0) { $0 + $1.weight }
      for (input, place) in zip(group.inputs, places.inputs) {
        found += warnings(about: input, share: group.weight / total * input.weight / inputs, at: place, catalogue)
      }
    }
    return found.enumerated().sorted { ($0.element.order, $0.offset) < ($1.element.order, $1.offset) }.map(\.element)
  }

  /// The errors that candidates make together: an outcome without a default card, two that could both apply to one account,
  /// two of one name. Cards without an outcome are views and never candidates.
  public static func check(_ files: [CardFile]) -> [Problem] {
    let candidates = files.filter { $0.card.outcome != nil }
    let outcomes = Set(candidates.compactMap { $0.card.outcome?.name }).sorted()
    return sameNames(files) + outcomes.flatMap { outcome in check(candidates.filter { $0.card.outcome?.name == outcome }, for: outcome) }
  }

  static func problem(_ name: String, _ message: String, _ place: Place?, hint: String) -> Problem {
    Problem(name, .badInput, message, place: place, hint: hint)
  }
}

// Cards together.
extension CardLint {
  private static func sameNames(_ files: [CardFile]) -> [Problem] {
    files.indices.compactMap { index in
      let file = files[index]
      guard let first = files[..<index].first(where: { $0.card.name == file.card.name }) else { return nil }
      return problem(
        "duplicate-card", "\(first.file) is the card \(file.card.name) already", file.places.card, hint: "give one of them another name")
    }
  }

  private static func check(_ candidates: [CardFile], for outcome: String) -> [Problem] {
    var found: [Problem] = []
    if let first = candidates.first, candidates.allSatisfy({ !$0.card.conditions.isEmpty }) {
      found.append(
        problem(
          "no-default-card", "no card of the outcome \(outcome) applies to every account", first.places.conditions ?? first.places.card,
          hint: "add one for \(outcome) without `for`"))
    }
    for (index, file) in candidates.enumerated() {
      for other in candidates[..<index] where clash(file.card, other.card) {
        found.append(
          problem(
            "equal-priority", "\(file.card.name) and \(other.card.name) can both apply to one account at priority \(file.card.priority)",
            file.places.priority ?? file.places.card, hint: "give one of them a higher priority"))
      }
    }
    return found
  }

  private static func clash(_ a: Card, _ b: Card) -> Bool {
    a.priority == b.priority && AttributeConditions.canBothHold(a.conditions, b.conditions)
  }
}

extension Problem {
  fileprivate var order: Int { (place?.line ?? 0) * 100_000 + min(place?.column ?? 0, 99_999) }
}
