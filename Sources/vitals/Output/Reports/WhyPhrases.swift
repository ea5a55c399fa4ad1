import Health
import Reports

// Parts of a change in words that can be said aloud.
extension WhyPart {
  /// `product.logins (sum 28d) fell from 120 to 64`
  func phrase(_ style: Style) -> String {
    switch kind {
    case .rules: return rulesPhrase
    case .card: return ended.isEmpty ? "another card applies" : "the card \(began.first ?? "") applies instead of \(ended.first ?? "")"
    case .mix: return mixPhrase
    case .data, .freshness, .silence: return inputPhrase(style)
    }
  }

  private var what: String {
    let signal = signal ?? ""
    return measure == nil || measure == "last" ? signal : "\(signal) (\(measure ?? ""))"
  }

  private func inputPhrase(_ style: Style) -> String {
    // Of many accounts there is no one figure to name.
    guard pointsBefore != nil || pointsAfter != nil else {
      let verbs: [Decomposition.Kind: String] = [
        .data: "moved", .freshness: "grew older or were renewed", .silence: "fell silent, came back or changed in weight",
      ]
      return "\(what) \(verbs[kind] ?? "")"
    }
    switch kind {
    case .data: return dataPhrase(style)
    case .freshness: return freshnessPhrase
    default: return silencePhrase(style)
    }
  }

  /// `human.csm_pulse is older (28 days, was 12): it counts for 60 %, not 100 %`
  private var freshnessPhrase: String {
    let (before, after) = (factorBefore ?? 1, factorAfter ?? 1)
    let ages = ageAfter.flatMap { new in ageBefore.map { " (\(Human.plural(new, "day")), was \(Human.count($0)))" } } ?? ""
    return "\(what) is \(after < before ? "older" : "fresher")\(ages): it counts for \(Human.percent(after)), not \(Human.percent(before))"
  }

  private func dataPhrase(_ style: Style) -> String {
    if let beforeText, let afterText, beforeText != afterText { return "\(what) went from \(beforeText) to \(afterText)" }
    guard let before, let after, before != after else {
      return "\(what) stands otherwise among its peers: \(points(pointsBefore, style)) to \(points(pointsAfter, style))"
    }
    return "\(what) \(after > before ? "rose" : "fell") from \(Human.measured(before)) to \(Human.measured(after))"
  }

  private func points(_ points: Double?, _ style: Style) -> String { points.map { "\(Human.number($0)) points" } ?? style.absent }

  private func silencePhrase(_ style: Style) -> String {
    let (share, old) = (Human.percent(weightAfter ?? 0, decimals: 1), Human.percent(weightBefore ?? 0, decimals: 1))
    if pointsBefore == nil { return "\(what) came back, and is \(share) of the score" }
    if pointsAfter == nil { return "\(what) fell silent: it was \(old) of the score" }
    if factorBefore == nil, factorAfter != nil { return "\(what) came back, after counting as \(points(pointsBefore, style))" }
    if factorBefore != nil, factorAfter == nil { return "\(what) fell silent, and counts as \(points(pointsAfter, style))" }
    let why = (weightAfter ?? 0) > (weightBefore ?? 0) ? "fell silent" : "came back"
    return "\(what) is \(share) of the score instead of \(old), since others \(why)"
  }

  /// `now cap 40: An open P1 incident`
  private var rulesPhrase: String {
    let changed = began.map { "now \($0)" } + ended.map { "no longer \($0)" }
    let phrases = changed.isEmpty ? held.map { "still \($0)" } : changed
    return phrases.isEmpty ? "rules and overrides" : phrases.joined(separator: "; ")
  }

  private var mixPhrase: String {
    let number = Human.plural(accounts, "account")
    switch mix {
    case .came: return "\(number) came"
    case .left: return "\(number) left"
    case .stayed: return "\(number) stayed, among \(amount == 0 ? "as many" : "another number of") others"
    case .some(let other): return "\(number) \(other.rawValue)"
    case nil: return "mix"
    }
  }
}

// For machines.
extension WhyPart {
  /// `decimals` are those of the change in words.
  static func fields(decimals: Int) -> [RecordField<WhyPart>] {
    [
      RecordField("kind") { $0.kind.rawValue }, RecordField("mix") { $0.mix?.rawValue }, RecordField("group", \.group),
      RecordField("signal", \.signal), RecordField("measure", \.measure), RecordField("change", \.amount),
      RecordField("before") { $0.beforeText.map(\.json) ?? $0.before.json },
      RecordField("after") { $0.afterText.map(\.json) ?? $0.after.json },
      RecordField("points_before", \.pointsBefore), RecordField("points_after", \.pointsAfter),
      RecordField("weight_before", \.weightBefore), RecordField("weight_after", \.weightAfter), RecordField("age_before", \.ageBefore),
      RecordField("age_after", \.ageAfter), RecordField("factor_before", \.factorBefore), RecordField("factor_after", \.factorAfter),
      RecordField("ended", \.ended), RecordField("began", \.began), RecordField("held", \.held), RecordField("accounts", \.accounts),
      RecordField("imports", \.imports),
      RecordField("says") { "\($0.phrase(Style())): \(Human.change($0.amount, decimals: decimals, style: Style()))" },
    ]
  }
}

extension ShowReport.Standing {
  /// One word for machines.
  var word: String {
    switch self {
    case .counted: "counted"
    case .gone: "gone"
    case .excluded: "excluded"
    case .notStarted: "not_started"
    }
  }

  /// A few for people.
  var words: String {
    switch self {
    case .counted: "counted"
    case .gone(let day): "not counted: it left on \(day)"
    case .excluded: "not counted: excluded by the settings"
    case .notStarted(let day): "not counted: " + (day.map { "it starts on \($0)" } ?? "nothing is known of it yet")
    }
  }
}
