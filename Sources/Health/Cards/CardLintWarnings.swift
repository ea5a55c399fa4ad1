// What is rarely meant in one card.
extension CardLint {
  static func review(_ file: CardFile, _ today: Day?) -> [Problem] {
    guard let today, let due = file.card.reviewBy, today > due else { return [] }
    let place = file.places.reviewBy ?? file.places.card
    return [problem("review-due", "the card was to be reviewed by \(due)", place, hint: "backtest it, then move review_by on")]
  }

  static func size(_ file: CardFile) -> [Problem] {
    guard file.card.groups.count > 12 else { return [] }
    let place = file.places.groups[12].name
    return [problem("many-groups", "the card has \(file.card.groups.count) groups", place, hint: "few people can weigh more than 12")]
  }

  static func shape(of group: Card.Group, at places: CardFile.Places.Group, in card: Card, total: Double) -> [Problem] {
    var found: [Problem] = []
    if group.inputs.count > 8 {
      let message = "the group \(group.name) has \(group.inputs.count) inputs"
      found.append(problem("many-inputs", message, places.name, hint: "keep the 8 that matter, or split the group"))
    }
    if card.groups.count >= 3, group.weight / total > 0.6 {
      let message = "the group \(group.name) has \(percent(group.weight / total)) of the weight"
      found.append(problem("heavy-group", message, places.name, hint: "over 60 % the other groups hardly matter"))
    }
    return found
  }

  static func warnings(
    about input: Card.Input, share: Double, at place: CardFile.Places.Input, _ catalogue: Catalogue
  ) -> [Problem] {
    let key = input.expression.signal
    var found: [Problem] = []
    if share < 0.02 {
      let message = "\(key) has \(percent(share)) of the weight"
      found.append(problem("light-input", message, place.whole, hint: "under 2 % it hardly moves the score: remove it or weigh it more"))
    }
    if input.why.isEmpty {
      found.append(problem("no-why", "nothing says why \(key) is in the card", place.whole, hint: "add why: and a sentence"))
    }
    guard let signal = catalogue.signal(key) else { return found }
    if needsExpire(input.expression, signal), input.expire == nil, signal.expire == nil {
      let message = "\(key), \(signal.kindInWords), never expires"
      found.append(problem("no-expire", message, place.whole, hint: "add expire: here or in signals.yaml, or an old value counts for ever"))
    }
    if let good = expectedSlope(input.expression, signal), let actual = slope(input.curve), good * actual < 0 {
      let message = "the curve is against \(key), whose direction is \(signal.direction.rawValue)"
      found.append(problem("curve-against-direction", message, place.curve, hint: "turn the curve, or the signal's direction, round"))
    }
    return found
  }

  private static func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }

  /// Whether the input reads a state whose age counts.
  private static func needsExpire(_ expression: Expression, _ signal: Signal) -> Bool {
    guard [.gauge, .date, .label].contains(signal.kind) else { return false }
    return [.last, .since, .until, .mean, .min, .max, .slope].contains(expression.function)
  }

  /// Which way points should go as the measured value grows: 1 up, −1 down, nil where nothing is declared.
  ///
  /// The direction of a date speaks of the days measured; the time since something else happened goes the other way than its
  /// amount, and so does the share of what lapsed. A difference of two `since` keeps that turn.
  private static func expectedSlope(_ expression: Expression, _ signal: Signal) -> Double? {
    guard signal.direction == .up || signal.direction == .down else { return nil }
    let isTurned = expression.function == .lapsed || (expression.function == .since && signal.kind != .date)
    return (signal.direction == .up) == isTurned ? -1 : 1
  }

  /// Which way a curve goes from its first knot to its last: positive, negative or zero; nil where there is no order.
  /// A percentile states its direction by itself, as a card of peers must that wants the small ones.
  private static func slope(_ curve: Curve) -> Double? {
    switch curve {
    case .points(let knots), .steps(let knots):
      guard let first = knots.first, let last = knots.last else { return nil }
      return last.y - first.y
    case .map(let labels):
      let ratings = labels.compactMap { label, y in YAMLValue.number(label).map { (x: $0, y: y) } }.sorted { $0.x < $1.x }
      guard ratings.count == labels.count, let first = ratings.first, let last = ratings.last else { return nil }
      return last.y - first.y
    case .percentile:
      return nil
    }
  }
}
