/// An expression made ready: its signal's declaration, and what it needs of the history.
struct MeasurePlan {
  let expression: Expression
  let signal: Signal
  /// Age after which a state no longer counts: what the input says, else the signal's own.
  let expire: Int?
  /// Zero or one divisor (an array so that the type can contain itself).
  let per: [MeasurePlan]
  /// Zero or one that is used where this one is missing.
  let otherwise: [MeasurePlan]
  /// For `breadth` of what another signal says: the `last` of that signal.
  let population: [MeasurePlan]

  /// `expire` is what the input that it belongs to says.
  init(_ expression: Expression, catalogue: Catalogue, expire: Int? = nil) throws {
    guard let signal = catalogue.signal(expression.signal) else {
      throw Problem("unknown-signal", .badInput, "\(expression.signal) is not in signals.yaml")
    }
    guard signal.measures.contains(expression.function) else {
      throw Problem(
        "measure-does-not-fit", .badInput, "\(expression.function.rawValue) does not fit \(signal.key), \(signal.kindInWords)",
        hint: "what fits: \(signal.measures.map(\.rawValue).joined(separator: ", "))")
    }
    (self.expression, self.signal) = (expression, signal)
    self.expire = expire ?? signal.expire
    per = try expression.per.map { try MeasurePlan($0.expression, catalogue: catalogue) }
    otherwise = try expression.otherwise.map { try MeasurePlan($0, catalogue: catalogue, expire: expire) }
    if expression.function == .breadth, case .signal(let key) = expression.of {
      population = [try MeasurePlan(Expression(key), catalogue: catalogue)]
    } else {
      population = []
    }
  }

  /// This expression and those that stand in for it, in the order they are tried.
  var chain: [MeasurePlan] { [self] + otherwise.flatMap(\.chain) }

  /// The signals that it reads.
  var signals: [Signal] { [signal] + (per + otherwise + population).flatMap(\.signals) }

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

  /// Days that one end looks at: the window, and for `lapsed` the one before it.
  var span: Int { (expression.window ?? 1) * (expression.function == .lapsed ? 2 : 1) }

  /// Whether it, or a part of it, looks at a signal at two ends.
  var hasTwoEnds: Bool { shift > 0 || (per + otherwise + population).contains(where: \.hasTwoEnds) }

  /// What this expression and those it refers to need of the history, when it is measured so many days back. `keys` gives the signals
  /// that a signal stands for: a pattern's instances, else itself.
  func uses(back: Int = 0, keys: (Signal) -> [String]) -> [SignalUse] {
    let own = keys(signal).map { SignalUse(signal: $0, lookback: back + shift + span - 1, reach: reach) }
    return own + (per + population).flatMap { $0.uses(back: back + shift, keys: keys) }
      + otherwise.flatMap { $0.uses(back: back, keys: keys) }
  }

  /// How far back before the window the last value may lie; nil for the whole past.
  private var reach: Int? {
    switch expression.function {
    case .last where signal.kind != .balance: expire
    case .since where !goesDark: expire
    case .until: expire
    case .since: nil
    case .breadth: expression.of == .seen ? nil : 0
    default: signal.kind == .balance ? nil : 0
    }
  }
}
