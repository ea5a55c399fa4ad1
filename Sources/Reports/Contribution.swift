import Health
import Storage

/// What one input of a card does to a score.
package struct Contribution: Codable, Hashable, Sendable {
  /// How an input's data stand.
  package enum State: String, CaseIterable, Codable, Sendable {
    /// Real data, counted in full.
    case fresh
    /// Past `fresh`: its points drift to neutral.
    case ageing
    /// Past `expire`: not counted.
    case stale
    /// The signal's feeds have been silent too long.
    case dark
    /// Nothing to measure.
    case missing
  }

  package var group: String
  package var signal: String
  /// The expression in the words of the card language.
  package var measure: String
  package var measured: Double?
  /// What a label or a date stands for, in words.
  package var measuredText: String?
  /// Nil where the input is skipped.
  package var points: Double?
  /// The effective share of the score, of 1; 0 where the input is skipped.
  package var weight: Double
  /// weight × points. They sum to the raw score.
  package var contribution: Double
  package var ageDays: Int?
  package var state: State
  /// Why the input is in the card.
  package var why: String

  /// Whether there are data behind its points.
  package var isTold: Bool { state == .fresh || state == .ageing }

  /// How far it lifts the score above neutral, or pulls it below.
  package var lift: Double { points.map { weight * ($0 - 50) } ?? 0 }

  /// All inputs of one cell of a tile that kept them.
  static func all(
    _ scores: TileScores, _ plan: CardPlan, row: Int, place: Int, _ viewpoint: Viewpoint, _ source: HistoryTiles
  ) throws -> [Contribution] {
    let inputs = plan.card.groups.flatMap { group in group.inputs.map { (group, $0) } }
    let weights = scores.effectiveWeights(plan.card, row, place)
    return try inputs.indices.map { index in
      let (group, input) = inputs[index]
      let grids = scores.inputs[index]
      let points = value(grids.points, row, place)
      let expire = input.expire ?? viewpoint.catalogue.signal(input.expression.signal)?.expire
      let state = try state(grids, row, place, expire: expire) {
        try plan.isDark(input: index, on: scores.days.lowerBound + row, source: source)
      }
      let measured = value(grids.measured, row, place)
      return Contribution(
        group: group.name, signal: input.expression.signal, measure: input.expression.phrase, measured: measured,
        measuredText: try measured.flatMap { try words($0, input.expression, viewpoint) }, points: points, weight: weights[index],
        contribution: weights[index] * (points ?? 0), ageDays: age(grids, row, place, measured), state: state, why: input.why)
    }
  }

  private static func value(_ grid: Grid, _ row: Int, _ place: Int) -> Double? {
    let value = grid[row, place]
    return value.isNaN ? nil : value
  }

  private static func state(
    _ grids: TileScores.InputGrids, _ row: Int, _ place: Int, expire: Int?, isDark: () throws -> Bool
  ) rethrows -> State {
    if grids.rawPoints[row, place].isNaN {
      if let age = grids.age?[row, place], let expire, age > Double(expire) { return .stale }
      return try isDark() ? .dark : .missing
    }
    return grids.covered[row, place] > 0 ? .fresh : .ageing
  }

  private static func age(_ grids: TileScores.InputGrids, _ row: Int, _ place: Int, _ measured: Double?) -> Int? {
    guard let age = grids.age?[row, place] else { return measured == nil ? nil : 0 }
    return age.isFinite ? Int(age) : nil
  }

  private static func words(_ value: Double, _ expression: Expression, _ viewpoint: Viewpoint) throws -> String? {
    guard expression.function == .last, expression.per.isEmpty, let kind = viewpoint.catalogue.signal(expression.signal)?.kind else {
      return nil
    }
    return try viewpoint.words(of: value, kind: kind)
  }
}

extension Viewpoint {
  /// What the number of a label or date stands for; nil for kinds that are numbers.
  func words(of value: Double, kind: SignalKind) throws -> String? {
    switch kind {
    case .label: Int(exactly: value) == nil ? nil : try history.label(Int(value))
    case .date: Int(exactly: value).map { Day($0).description }
    default: nil
    }
  }
}

extension Expression {
  /// The measure in the words of the card language: `mean 28d per product.seats`.
  package var phrase: String {
    var words = [function.rawValue]
    if let window { words.append("\(window)d") }
    if function == .breadth { words += population }
    switch versus {
    case nil: break
    case .previous: words.append("versus previous")
    case .days(let days): words.append("versus \(days)d")
    }
    if versus != nil, comparison == .difference { words.append("as difference") }
    if let divisor = per.first {
      words.append("per " + (divisor.expression.function == .last ? "" : divisor.expression.phrase + " of ") + divisor.expression.signal)
      if divisor.plusOwn { words.append("plus own") }
      if divisor.times != 1 { words.append("times \(divisor.times.formattedShortly)") }
    }
    if let other = otherwise.first { words.append("else \(other.phrase) of \(other.signal)") }
    return words.joined(separator: " ")
  }

  /// What a breadth is a share of, and what counts.
  private var population: [String] {
    let share: [String] =
      switch of {
      case .seen: []
      case .signal(let key): ["of", key]
      case .names(let names): ["of", names.joined(separator: ", ")]
      }
    let least = atLeast.map { ["at least", $0.formattedShortly] } ?? []
    return share + least + (weights.isEmpty ? [] : ["weighted"])
  }
}

extension Double {
  /// `100` for a whole number, else as Swift writes it.
  var formattedShortly: String { Int(exactly: self).map(String.init) ?? description }
}
