/// What a workspace decides once, `vitals.yaml`.
public struct Settings: Sendable, Hashable {
  /// Which card is used where none is named.
  public enum Headline: Sendable, Hashable {
    /// This card.
    case card(String)
    /// Each account under the card of this outcome that applies to it.
    case outcome(String)
  }

  /// The time zone's name, fixed at `init`.
  public var zone: String
  /// Which card is used where none is named.
  public var headline: Headline
  /// The signal that says what an account is worth.
  public var revenue: String
  /// Days after which a day's facts are known.
  public var knowledgeLag: Int
  /// Attribute values that take an account out of the count. Compared without case.
  public var exclude: [String: [String]]
  /// The text it was read from, for hashing.
  public var text: String

  /// Settings; the defaults are those of a file that says nothing.
  public init(
    zone: String = "UTC", headline: Headline = .card("five-dimensions"), revenue: String = "financial.arr", knowledgeLag: Int = 1,
    exclude: [String: [String]] = [:], text: String = ""
  ) {
    (self.zone, self.headline, self.revenue, self.knowledgeLag) = (zone, headline, revenue, knowledgeLag)
    (self.exclude, self.text) = (exclude, text)
  }
}
