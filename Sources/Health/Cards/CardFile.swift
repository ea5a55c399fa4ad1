/// A scorecard read from its file, with the places that later checks speak of.
public struct CardFile: Sendable {
  /// The card.
  public let card: Card
  /// The file as the person named it.
  public let file: String
  let places: Places

  /// Where the parts of a card stand in its file.
  struct Places: Sendable {
    var card: Place
    var outcome: Place?
    var priority: Place?
    var conditions: Place?
    var reviewBy: Place?
    var groups: [Group] = []

    struct Group: Sendable {
      var name: Place
      var inputs: [Input]
    }

    struct Input: Sendable {
      var whole: Place
      var curve: Place
    }
  }

  /// Reads a card in the language of scorecards, against the signals that it may name.
  /// Throws every problem of the file, with its place.
  public static func read(text: String, file: String, catalogue: Catalogue) throws(Problems) -> CardFile {
    try YAMLFile.read(text, file: file) { root in CardReader(catalogue: catalogue).file(root, text: text) }
  }
}

/// Reads the parts of a card; each part has a file of its own.
struct CardReader {
  let catalogue: Catalogue

  private static let keys = [
    "card", "title", "about", "outcome", "horizon", "review_by", "priority", "for", "coverage_floor", "bands", "groups", "rules",
  ]

  /// What a reader found: the thing, and where it stands.
  struct Found<Thing, Where> {
    var thing: Thing
    var place: Where
  }

  func file(_ root: YAMLValue, text: String) -> CardFile? {
    guard let map = root.map(allowed: CardReader.keys) else { return nil }
    let bands = map["bands"].map(bands) ?? Card.defaultBands
    let groups = map.required("groups", hint: "a card needs at least one group of inputs").map(groups) ?? []
    let outcome = map["outcome"].flatMap(outcome)
    let card = Card(
      name: map.required("card", hint: "begin with card: NAME").flatMap(name) ?? "",
      title: map["title"]?.text() ?? "",
      about: map["about"]?.text() ?? "",
      outcome: outcome,
      horizon: horizon(map, outcome),
      reviewBy: map["review_by"]?.day(),
      priority: map["priority"].map { $0.integer() ?? 0 } ?? 0,
      conditions: map["for"].map(AttributeConditions.read) ?? [:],
      coverageFloor: map["coverage_floor"].map { $0.percent() ?? 0.5 } ?? 0.5,
      bands: bands,
      groups: groups.map(\.thing),
      rules: map["rules"].map { rules($0, bands: bands.map(\.name)) } ?? [],
      text: text)
    let places = CardFile.Places(
      card: map["card"]?.place ?? root.place, outcome: map["outcome"]?.place, priority: map["priority"]?.place,
      conditions: map["for"]?.place, reviewBy: map["review_by"]?.place, groups: groups.map(\.place))
    return CardFile(card: card, file: root.place.file, places: places)
  }

  private func name(_ value: YAMLValue) -> String? {
    guard let name = value.text("the card's name") else { return nil }
    let isName =
      !name.hasPrefix("-") && !name.hasSuffix("-")
      && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    guard isName else {
      value.fail(
        "bad-card-name", "\"\(name)\" cannot name a card", hint: "use lower-case letters, digits and hyphens, such as support-satisfaction")
      return nil
    }
    return name
  }

  private func horizon(_ map: YAMLMap, _ outcome: Card.Outcome?) -> Int {
    let written = map["horizon"].map { $0.days() ?? 90 }
    guard case .absence(_, _, let days) = outcome else { return written ?? 90 }
    if let written, written != days {
      map["horizon"]?.fail(
        "two-horizons", "the outcome's `in` says \(days)d and the horizon \(written)d", hint: "`in` is the horizon: remove one of them")
    }
    return days
  }
}

// What a card is judged against.
extension CardReader {
  private func outcome(_ value: YAMLValue) -> Card.Outcome? {
    guard value.isMap else { return event(value) }
    guard let map = value.map(allowed: ["name", "none", "in"]) else { return nil }
    let name = map.required("name", hint: "name the outcome, such as lapse")?.text("the outcome's name")
    let signal = map.required("none", hint: "name the signal whose absence it is").flatMap(absent)
    let days = map.required("in", hint: "say within how many days, such as in: 90d")?.days()
    guard let name, let signal, let days else { return nil }
    return .absence(name: name, signal: signal, days: days)
  }

  private func event(_ value: YAMLValue) -> Card.Outcome? {
    guard let name = value.text("an outcome") else { return nil }
    let known = catalogue.signals.keys.filter { $0.hasPrefix("outcome.") }.map { String($0.dropFirst("outcome.".count)) }.sorted()
    guard known.contains(name) else {
      let near =
        Nearest.match(to: name, among: known).map { "did you mean \($0)? Otherwise " }
        ?? "the known ones are \(known.joined(separator: ", ")); "
      value.fail(
        "unknown-outcome", "unknown outcome \"\(name)\"",
        hint: "\(near)add to signals.yaml: outcome.\(name): {kind: event, direction: up, says: …}")
      return nil
    }
    return .event(name)
  }

  private func absent(_ value: YAMLValue) -> String? {
    guard let signal = signal(value) else { return nil }
    guard !signal.isPattern, signal.kind != .label, signal.kind != .date else {
      let what = signal.isPattern ? "pattern" : signal.kind.rawValue
      value.fail("absence-kind", "the absence of a \(what) cannot be seen", hint: "name a count, an event, a balance or a gauge")
      return nil
    }
    return signal.key
  }

  /// The signal that a value names, or a report.
  func signal(_ value: YAMLValue) -> Signal? {
    guard let key = value.text("a signal") else { return nil }
    if let signal = catalogue.signal(key) { return signal }
    value.failUnknownSignal(key, catalogue)
    return nil
  }
}
