import Foundation

/// Turns instants (milliseconds since 1970-01-01T00:00:00Z) into days of one zone and back.
///
/// UTC, the usual case, is plain arithmetic; other zones ask Foundation, which carries its own zone data.
public struct CalendarZone: Sendable {
  /// The zone's name.
  public let name: String
  private let zone: TimeZone?  // nil for UTC

  /// The zone of this name; throws `unknown-zone` for a name that Foundation does not know.
  public init(_ name: String) throws {
    self.name = name
    if ["UTC", "GMT", "Z", "Etc/UTC"].contains(name) {
      zone = nil
    } else if let found = TimeZone(identifier: name) {
      zone = found
    } else {
      let hint = "use a name such as UTC, Europe/Berlin or America/New_York"
      throw Problem("unknown-zone", .badInput, "there is no time zone \"\(name)\"", hint: hint)
    }
  }

  /// Coordinated universal time.
  public static var utc: CalendarZone { CalendarZone() }
  private init() { (name, zone) = ("UTC", nil) }

  /// Whether this is UTC, so that no conversion is needed.
  public var isUTC: Bool { zone == nil }

  /// Milliseconds that the zone's clocks are ahead of UTC at an instant.
  public func offset(at instant: Int64) -> Int64 {
    guard let zone else { return 0 }
    return Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant) / 1000))) * 1000
  }

  /// The day and time of day that the zone's clocks show at an instant; after a change of clocks the time of day counts real time since midnight.
  public func moment(of instant: Int64) -> Moment {
    let local = instant + offset(at: instant)
    let day = Day(Int((Double(local) / 86_400_000).rounded(.down)))
    return Moment(day, millisecond: Int32(clamping: instant - start(of: day)))
  }

  /// The instant at which a day begins.
  public func start(of day: Day) -> Int64 { instant(ofWallClock: Int64(day.number) * 86_400_000) }

  /// The last millisecond of a day.
  public func end(of day: Day) -> Int64 { start(of: day + 1) - 1 }

  /// The instant at which clocks show a wall-clock time (milliseconds since 1970-01-01T00:00:00 on the wall):
  /// in a repeated hour the first, in a skipped one the moment after the jump.
  public func instant(ofWallClock wall: Int64) -> Int64 {
    guard zone != nil else { return wall }
    let before = offset(at: wall - 86_400_000)
    let after = offset(at: wall + 86_400_000)
    if before == after, offset(at: wall - before) == before { return wall - before }
    let early = wall - max(before, after)
    let late = wall - min(before, after)
    if early + offset(at: early) == wall { return early }
    if late + offset(at: late) == wall { return late }
    return transition(between: early, and: late)
  }

  /// The first instant with the later offset, by bisection.
  private func transition(between early: Int64, and late: Int64) -> Int64 {
    var (low, high) = (early, late)
    let target = offset(at: late)
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if offset(at: middle) == target { high = middle } else { low = middle }
    }
    return high
  }
}
