/// An expression made ready: its signal's declaration, and what it needs of the history.
struct MeasurePlan {
  let expression: Expression
  let signal: Signal
  /// Age after which a state no longer counts: the input's for an input's own signal, else the signal's.
  let expire: Int?
  let per: (plan: [MeasurePlan], plusOwn: Bool, times: Double)?
  let otherwise: [MeasurePlan]

  /// What the engine cannot measure is refused here, with the measure's name.
  init(_ expression: Expression, catalogue: Catalogue, expire: Int? = nil) throws {
    guard let signal = catalogue.signal(expression.signal) else {
      throw Problem("unknown-signal", .badInput, "\(expression.signal) is not in signals.yaml")
    }
    guard expression.function != .breadth, expression.function != .lapsed, !signal.isPattern else {
      throw Problem(
        "unsupported-measure", .badInput,
        "\(expression.function.rawValue) of \(expression.signal): patterns of signals cannot be scored by this version",
        hint: "name one signal of the pattern")
    }
    (self.expression, self.signal) = (expression, signal)
    self.expire = expire ?? signal.expire
    per = try expression.per.first.map { (plan: [try MeasurePlan($0.expression, catalogue: catalogue)], $0.plusOwn, $0.times) }
    otherwise = try expression.otherwise.map { try MeasurePlan($0, catalogue: catalogue, expire: expire) }
  }

  /// How far before the scored day the other end of a comparison lies.
  var shift: Int {
    switch expression.versus {
    case nil: 0
    case .previous: expression.window ?? 0
    case .days(let days): days
    }
  }

  /// Whether the measure goes dark with its feeds instead of ageing.
  var goesDark: Bool {
    switch expression.function {
    case .sum, .count, .days, .breadth, .lapsed: true
    case .since: signal.kind == .count || signal.kind == .event || signal.kind == .balance
    default: signal.kind == .balance
    }
  }

  /// Whether a window is looked at, so that young accounts and dark days matter.
  var isWindowed: Bool { expression.function.hasWindow }

  /// What this expression and those it refers to need of the history.
  var uses: [SignalUse] {
    let window = expression.window ?? 1
    let own = SignalUse(signal: expression.signal, lookback: shift + window - 1, reach: reach)
    return [own] + (per?.plan ?? []).flatMap(\.uses) + otherwise.flatMap(\.uses)
  }

  /// How far back before the window the last value may lie; nil for the whole past.
  private var reach: Int? {
    switch expression.function {
    case .last where signal.kind != .balance: expire
    case .since where !goesDark: expire
    case .until: expire
    case .since: nil
    default: signal.kind == .balance ? nil : 0
    }
  }
}
