import Health

/// Instants in words.
enum InstantText {
  /// `2026-03-31T08:44:00Z`, whatever the workspace's zone.
  static func machine(_ instant: Int64) -> String { CalendarZone.utc.moment(of: instant).description + "Z" }

  /// `2026-03-31 08:44` by the workspace's clocks.
  static func human(_ instant: Int64, in zone: CalendarZone) -> String {
    // The wall clock, not the real time since midnight, which differ on a day on which clocks change.
    let wall = CalendarZone.utc.moment(of: instant + zone.offset(at: instant))
    return "\(wall.day) \(String(wall.description.dropFirst(11).prefix(5)))"
  }
}
