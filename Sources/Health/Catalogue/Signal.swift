/// What sort of thing a signal measures; decides how its facts are stored and which measures fit.
public enum SignalKind: String, Sendable, CaseIterable, Codable {
  /// A state that holds until it is replaced or expires.
  case gauge
  /// An amount of what happened on a day.
  case count
  /// One thing with an identity: a ticket, an invoice, a call, a pulse.
  case event
  /// Signed events whose running sum is a state, such as open tickets.
  case balance
  /// A date as a state, such as the renewal date.
  case date
  /// A text state, such as the plan.
  case label

  /// Whether facts of this kind are readings (kept in chunks) rather than events (kept as rows).
  public var isReading: Bool { self != .event && self != .balance }
}

/// Which way a signal is good.
public enum Direction: String, Sendable, CaseIterable, Codable {
  /// More is better.
  case up
  /// Less is better.
  case down
  /// Some is healthy, a flood is not.
  case middle
  /// Context only.
  case none
}

/// Something measured about accounts, as the catalogue declares it.
public struct Signal: Hashable, Sendable {
  /// `dimension.name`, or a pattern `dimension.name:*`.
  public var key: String
  /// What sort of thing it is.
  public var kind: SignalKind
  /// What one unit of the value is, in words.
  public var unit: String
  /// Which way is good.
  public var direction: Direction
  /// The usual cadence in days, for `check`.
  public var every: Int?
  /// Age in days up to which a reading counts in full.
  public var fresh: Int?
  /// Age in days after which a reading no longer counts.
  public var expire: Int?
  /// Days of silence of its feeds after which the signal is dark.
  public var darkAfter: Int
  /// Reasons a person may give with it; empty means any.
  public var reasons: [String]
  /// One sentence about it.
  public var says: String

  /// A declared signal; `darkAfter` defaults to seven days.
  public init(
    key: String, kind: SignalKind, unit: String = "", direction: Direction = .none, every: Int? = nil, fresh: Int? = nil,
    expire: Int? = nil, darkAfter: Int = 7, reasons: [String] = [], says: String = ""
  ) {
    (self.key, self.kind, self.unit, self.direction, self.every) = (key, kind, unit, direction, every)
    (self.fresh, self.expire, self.darkAfter, self.reasons, self.says) = (fresh, expire, darkAfter, reasons, says)
  }

  /// The least and greatest value, where the unit names them: `rating 1-6`, `tone -2 to 2`.
  public var scale: ClosedRange<Double>? {
    guard let found = unit.firstMatch(of: /(-?[0-9]+) ?(?:-|–|\.\.|to) ?([+-]?[0-9]+)/), let low = Double(found.1),
      let high = Double(found.2),
      low < high
    else { return nil }
    return low...high
  }

  /// The part before the first dot.
  public var dimension: String { String(key.prefix { $0 != "." }) }
  /// Whether this declares a family of signals, `product.feature:*`.
  public var isPattern: Bool { key.hasSuffix(":*") }
}

/// The signals a workspace knows.
public struct Catalogue: Sendable {
  /// Declared signals and patterns by key.
  public private(set) var signals: [String: Signal]
  /// The dimensions that keys may start with; `outcome` is a namespace beside them.
  public let dimensions: [String]
  /// The text it was read from, for hashing; empty when built in code.
  public let text: String

  /// The dimensions that every workspace has.
  public static let coreDimensions = ["financial", "product", "service", "relationship", "human"]

  /// Outcomes that exist without being declared: dated things that a card is judged against.
  public static let outcomes: [Signal] = [
    Signal(key: "outcome.churn", kind: .event, unit: "churns", direction: .down, says: "The account left."),
    Signal(key: "outcome.return", kind: .event, unit: "returns", direction: .up, says: "The account came back."),
    Signal(key: "outcome.renewal", kind: .event, unit: "renewals", direction: .up, says: "The account renewed."),
    Signal(key: "outcome.upsell", kind: .event, unit: "upsells", direction: .up, says: "The account bought more."),
  ]

  /// What people write about an account where they say nothing else; it may be declared otherwise.
  public static let note = Signal(key: "human.note", kind: .event, unit: "note", says: "What somebody wrote down.")

  /// A catalogue of these signals, the built-in outcomes, and dimensions beyond the five.
  public init(_ declared: [Signal], extraDimensions: [String] = [], text: String = "") {
    var all: [String: Signal] = [:]
    for signal in Catalogue.outcomes + [Catalogue.note] + declared { all[signal.key] = signal }
    signals = all
    dimensions = Catalogue.coreDimensions + extraDimensions
    self.text = text
  }

  /// The declaration that covers a key: the signal itself, or the pattern it is an instance of (with the instance's key).
  public func signal(_ key: String) -> Signal? {
    if let exact = signals[key] { return exact }
    guard let colon = key.firstIndex(of: ":"), key.index(after: colon) < key.endIndex else { return nil }
    guard var instance = signals[key[...colon] + "*"] else { return nil }
    instance.key = key
    return instance
  }

  /// The declared key nearest to a misspelt one.
  public func nearest(to key: String) -> String? { Nearest.match(to: key, among: signals.keys.sorted()) }
}
