/// How a signal's history becomes one number on a day.
///
/// `change N` of the card language is not here: reading a card turns it into what it is short for.
public struct Expression: Sendable, Hashable {
  /// A measure, without its window.
  public enum Function: String, Sendable, CaseIterable {
    case last, sum, count, mean, min, max, days, since, until, slope, breadth, lapsed

    /// Whether the measure looks at a window of days.
    public var hasWindow: Bool {
      switch self {
      case .last, .since, .until: false
      default: true
      }
    }
  }

  /// The other end of a comparison.
  public enum Versus: Sendable, Hashable {
    /// The window just before.
    case previous
    /// The same window so many days ago.
    case days(Int)
  }

  /// How the two ends are compared.
  public enum Comparison: String, Sendable, CaseIterable {
    /// a ÷ b − 1.
    case ratio
    /// a − b.
    case difference
  }

  /// What a value is divided by.
  public struct Divisor: Sendable, Hashable {
    /// What is measured.
    public var expression: Expression
    /// Add the value itself: a ÷ (a + b).
    public var plusOwn: Bool
    /// The quotient is multiplied by this.
    public var times: Double

    /// A divisor.
    public init(_ expression: Expression, plusOwn: Bool = false, times: Double = 1) {
      (self.expression, self.plusOwn, self.times) = (expression, plusOwn, times)
    }
  }

  /// What a `breadth` is a share of.
  public enum Population: Sendable, Hashable {
    /// The `last` of a signal.
    case signal(String)
    /// These names.
    case names([String])
    /// Every name of the pattern that the account has used before.
    case seen
  }

  /// The signal's key, or a pattern for `breadth`, `lapsed` and `sum`.
  public var signal: String
  /// The measure.
  public var function: Function
  /// Days of the window; nil for `last`, `since`, `until`.
  public var window: Int?
  /// The other end of a comparison, if any.
  public var versus: Versus?
  /// How ends are compared.
  public var comparison: Comparison
  /// For `breadth`: the least amount in the window that counts as use.
  public var atLeast: Double?
  /// For `breadth`: what it is a share of.
  public var of: Population
  /// For `breadth`: weights by name; others weigh 1.
  public var weights: [String: Double]
  /// Zero or one divisor (an array so that the type can contain itself).
  public var per: [Divisor]
  /// Zero or one expression used when this one is missing.
  public var otherwise: [Expression]

  /// A measure of a signal.
  public init(
    _ signal: String, _ function: Function = .last, window: Int? = nil, versus: Versus? = nil, comparison: Comparison = .ratio,
    atLeast: Double? = nil, of: Population = .seen, weights: [String: Double] = [:], per: Divisor? = nil, otherwise: Expression? = nil
  ) {
    (self.signal, self.function, self.window, self.versus, self.comparison) = (signal, function, window, versus, comparison)
    (self.atLeast, self.of, self.weights) = (atLeast, of, weights)
    self.per = per.map { [$0] } ?? []
    self.otherwise = otherwise.map { [$0] } ?? []
  }
}

/// How a number becomes points on the 0–100 scale.
public enum Curve: Sendable, Hashable {
  /// A knot of a curve.
  public struct Knot: Sendable, Hashable {
    /// The measured value.
    public var x: Double
    /// The points, 0–100.
    public var y: Double
    /// A knot.
    public init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
  }
  /// Straight lines between knots (ascending x), flat outside.
  case points([Knot])
  /// The y of the greatest x not above the value; of the first x below it.
  case steps([Knot])
  /// Points of labels, or of ratings written as numbers. Labels compare without case; another label is missing.
  case map([String: Double])
  /// The place among counted accounts; within those of one attribute's value where named.
  case percentile(attribute: String?, direction: Direction)
}
