/// A scorecard: which signals, how measured, how turned into points, how weighted, into which bands, for which accounts.
public struct Card: Sendable, Hashable {
  /// The card's name, as files and commands write it.
  public var name: String
  /// A question or a few words for people.
  public var title: String
  /// What the card is for, in a paragraph; printed by `cards show`.
  public var about: String
  /// The event or absence it is judged against; nil makes it a view.
  public var outcome: Outcome?
  /// Days ahead that the card speaks of.
  public var horizon: Int
  /// `check` complains after this day.
  public var reviewBy: Day?
  /// Higher is tried first.
  public var priority: Int
  /// Attribute values (as of the day) that an account must have; empty for the default card. Compared without case.
  public var conditions: [String: [String]]
  /// The share of weight, 0–1, that must have fresh data; below it the band is `unknown`.
  public var coverageFloor: Double
  /// Worst to best.
  public var bands: [Band]
  /// In the order of the file, which fixes the order of sums.
  public var groups: [Group]
  /// In the order of the file.
  public var rules: [Rule]
  /// The file's text; empty when built in code.
  public var text: String

  /// What a card is judged against.
  public enum Outcome: Sendable, Hashable {
    /// A dated event `outcome.NAME`.
    case event(String)
    /// No event or non-zero reading of a signal in so many days.
    case absence(name: String, signal: String, days: Int)

    /// The outcome's name.
    public var name: String {
      switch self {
      case .event(let name), .absence(let name, _, _): name
      }
    }
  }

  /// A named range of the shown score.
  public struct Band: Sendable, Hashable {
    /// The band's name.
    public var name: String
    /// red, orange, yellow, green or another colour word.
    public var color: String
    /// Where it begins.
    public var start: Double
    /// Whether the start itself belongs to it (`from`) or not (`above`).
    public var includesStart: Bool
    /// What to do with accounts in it.
    public var play: String?

    /// A band that begins at `start`.
    public init(name: String, color: String, start: Double, includesStart: Bool = true, play: String? = nil) {
      (self.name, self.color, self.start, self.includesStart, self.play) = (name, color, start, includesStart, play)
    }
  }

  /// A weighted group of inputs.
  public struct Group: Sendable, Hashable {
    /// The group's name, often a dimension.
    public var name: String
    /// Its share among the groups; any positive number.
    public var weight: Double
    /// In the order of the file.
    public var inputs: [Input]

    /// A group.
    public init(name: String, weight: Double, inputs: [Input]) { (self.name, self.weight, self.inputs) = (name, weight, inputs) }
  }

  /// One weighted input: a measure of a signal turned into points.
  public struct Input: Sendable, Hashable {
    /// What is measured.
    public var expression: Expression
    /// How the number becomes points.
    public var curve: Curve
    /// Its share within the group; any positive number.
    public var weight: Double
    /// What happens without data.
    public var missing: Missing
    /// Overrides the signal's `fresh`, in days.
    public var fresh: Int?
    /// Overrides the signal's `expire`, in days.
    public var expire: Int?
    /// Why the input is in the card.
    public var why: String

    /// An input.
    public init(
      expression: Expression, curve: Curve, weight: Double, missing: Missing, fresh: Int? = nil, expire: Int? = nil, why: String = ""
    ) {
      (self.expression, self.curve, self.weight, self.missing) = (expression, curve, weight, missing)
      (self.fresh, self.expire, self.why) = (fresh, expire, why)
    }
  }

  /// What an input without data does.
  public enum Missing: Sendable, Hashable {
    /// Its weight goes to the other inputs of its group.
    case skip
    /// It scores this many points, without coverage.
    case points(Double)
  }

  /// A rule: when all conditions hold, an effect.
  public struct Rule: Sendable, Hashable {
    /// All must hold.
    public var when: [Condition]
    /// What happens.
    public var effect: Effect
    /// Ends when this event signal has an event later than the one that fired the rule.
    public var until: String?
    /// In words.
    public var reason: String

    /// A rule.
    public init(when: [Condition], effect: Effect, until: String? = nil, reason: String = "") {
      (self.when, self.effect, self.until, self.reason) = (when, effect, until, reason)
    }
  }

  /// What a rule does.
  public enum Effect: Sendable, Hashable {
    /// The score is at most this.
    case cap(Double)
    /// The score is at least this.
    case floor(Double)
    /// Something to do.
    case play(String)
    /// A word for the account's state.
    case status(String)
  }

  /// One condition of a rule.
  public struct Condition: Sendable, Hashable {
    /// What is compared.
    public enum Subject: Sendable, Hashable {
      /// A measure of a signal.
      case expression(Expression)
      /// The raw score.
      case rawScore
      /// raw(D) − raw(D − days).
      case trend(days: Int)
      /// The band of the raw score is one of these.
      case band([String])
    }
    /// What is compared.
    public var subject: Subject
    /// All of these must hold; empty for `band`.
    public var tests: [Test]

    /// A condition.
    public init(subject: Subject, tests: [Test]) { (self.subject, self.tests) = (subject, tests) }
  }

  /// One comparison.
  public enum Test: Sendable, Hashable {
    /// Greater than.
    case above(Double)
    /// Less than.
    case below(Double)
    /// At least.
    case from(Double)
    /// At most.
    case to(Double)
    /// Equal to a number.
    case equals(Double)
    /// Equal to a label, without case.
    case label(String)
  }

  /// A card built in code; files are read by `CardFile`.
  public init(
    name: String, title: String = "", about: String = "", outcome: Outcome? = nil, horizon: Int = 90, reviewBy: Day? = nil,
    priority: Int = 0, conditions: [String: [String]] = [:], coverageFloor: Double = 0.5, bands: [Band] = Card.defaultBands,
    groups: [Group] = [], rules: [Rule] = [], text: String = ""
  ) {
    (self.name, self.title, self.about, self.outcome, self.horizon) = (name, title, about, outcome, horizon)
    (self.reviewBy, self.priority, self.conditions, self.coverageFloor) = (reviewBy, priority, conditions, coverageFloor)
    (self.bands, self.groups, self.rules, self.text) = (bands, groups, rules, text)
  }

  /// 0–40 unhealthy, 41–60 neutral, 61–100 healthy.
  public static let defaultBands = [
    Band(name: "unhealthy", color: "red", start: 0),
    Band(name: "neutral", color: "yellow", start: 41),
    Band(name: "healthy", color: "green", start: 61),
  ]
}
