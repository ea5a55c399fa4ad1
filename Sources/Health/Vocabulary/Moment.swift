/// When a fact holds: a day, and where the source gave one, a time of that day.
///
/// Two moments of one day compare by time; one without a time of day comes before every timed one.
public struct Moment: Hashable, Comparable, Sendable {
  /// The calendar day in the workspace's zone.
  public let day: Day
  /// Milliseconds after the local midnight that begins the day, 0 … 90,000,000 (a 25-hour day fits); −1 without a time of day.
  public let millisecond: Int32

  /// A moment of a day, or the day itself without a time.
  public init(_ day: Day, millisecond: Int32 = -1) {
    self.day = day
    self.millisecond = millisecond
  }

  /// Whether the source gave a time of day.
  public var isTimed: Bool { millisecond >= 0 }

  /// One integer that sorts as moments do: day · 2²⁷ + (millisecond + 1).
  public var packed: Int64 { Int64(day.number) << 27 | Int64(millisecond + 1) }

  /// The moment that `packed` stands for.
  public init(packed: Int64) {
    day = Day(Int(packed >> 27))
    millisecond = Int32(truncatingIfNeeded: packed & 0x7FF_FFFF) - 1
  }

  /// Earlier moments are less.
  public static func < (a: Moment, b: Moment) -> Bool { a.packed < b.packed }
}

extension Moment: CustomStringConvertible {
  /// `2026-03-31`, `2026-03-31T08:44:00`, or with milliseconds where there are any.
  public var description: String {
    guard isTimed else { return day.description }
    func padded(_ n: Int32, _ width: Int) -> String { String(repeating: "0", count: max(0, width - String(n).count)) + String(n) }
    let seconds = millisecond / 1000
    let clock = "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    let fraction = millisecond % 1000
    return "\(day)T\(clock)" + (fraction == 0 ? "" : "." + padded(fraction, 3))
  }
}
