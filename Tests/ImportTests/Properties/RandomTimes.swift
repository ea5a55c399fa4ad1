import Foundation
import Health
import TestSupport

/// Times as files write them, with the moment that each stands for, worked out by Foundation's calendar.
struct RandomTimes {
  /// How a column writes times: the format and zone that a feed names.
  enum Form: CaseIterable { case iso, zoned, epoch, epochMilliseconds, dayFirst, days }

  let zone: TimeZone
  /// Few, so that facts meet; on the days around the beginning of summer time.
  let instants: [Int64]
  static let days = ["2026-03-26", "2026-03-27", "2026-03-28", "2026-03-29", "2026-03-30", "2026-03-31"]

  init(zone name: String) {
    zone = TimeZone(identifier: name) ?? .gmt
    var instants: [Int64] = []
    for day in RandomTimes.days {
      // Late enough in the evening for other zones to be a day ahead, or in the hour before the jump.
      let minutes: [Int64] = [600, day == "2026-03-29" ? 45 : 1410]
      instants += minutes.map { RandomTimes.start(day) + $0 * 60_000 }
    }
    self.instants = instants
  }

  private static func start(_ day: String) -> Int64 { Int64(Day(day)?.number ?? 0) * 86_400_000 }

  private func calendar(_ zone: TimeZone) -> Calendar {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    return calendar
  }

  /// What an instant is in the workspace's zone.
  func moment(_ instant: Int64) -> Moment {
    let date = Date(timeIntervalSince1970: Double(instant) / 1000)
    let parts = calendar(zone).dateComponents([.year, .month, .day], from: date)
    let midnight = Int64((calendar(zone).startOfDay(for: date).timeIntervalSince1970 * 1000).rounded())
    let day = Day(year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0) ?? Day(0)
    return Moment(day, millisecond: Int32(instant - midnight))
  }

  /// What stands in a feed's `at`.
  static func yaml(_ form: Form, column: String) -> String {
    switch form {
    case .iso, .days: column
    case .zoned: "{column: \(column), format: iso, zone: Asia/Tokyo}"
    case .epoch: "{column: \(column), format: epoch}"
    case .epochMilliseconds: "{column: \(column), format: epoch_ms}"
    case .dayFirst: "{column: \(column), format: \"dd/MM/yyyy HH:mm\", zone: UTC}"
    }
  }

  /// A cell and its moment.
  func cell(_ form: Form, _ dice: inout Seeded) -> (text: String, moment: Moment) {
    let instant = dice.pick(instants)
    switch form {
    case .days: return day(dice.pick(Self.days))
    case .iso: return dice.oneIn(3) ? day(dice.pick(Self.days)) : (iso(instant, &dice), moment(instant))
    case .zoned:
      return (dice.oneIn(3) ? iso(instant, &dice) : wall(instant, TimeZone(identifier: "Asia/Tokyo") ?? .gmt), moment(instant))
    case .epoch: return ("\(instant / 1000)", moment(instant))
    case .epochMilliseconds: return ("\(instant)", moment(instant))
    case .dayFirst:
      let text = wall(instant, .gmt)
      let (date, clock) = (text.prefix(10).split(separator: "-"), text.dropFirst(11).prefix(5))
      return ("\(date[2])/\(date[1])/\(date[0]) \(clock)", moment(instant))
    }
  }

  private func day(_ text: String) -> (String, Moment) { (text, Moment(Day(text) ?? Day(0))) }

  /// The time on a wall of a zone, such as `2026-03-29T00:45:00`.
  private func wall(_ instant: Int64, _ zone: TimeZone) -> String {
    let parts = calendar(zone).dateComponents(
      [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: Double(instant) / 1000))
    func two(_ number: Int?) -> String { (number ?? 0) < 10 ? "0\(number ?? 0)" : "\(number ?? 0)" }
    return "\(parts.year ?? 0)-\(two(parts.month))-\(two(parts.day))T\(two(parts.hour)):\(two(parts.minute)):\(two(parts.second))"
  }

  /// With an offset, any of which names the same instant.
  private func iso(_ instant: Int64, _ dice: inout Seeded) -> String {
    switch dice.below(3) {
    case 0: wall(instant, .gmt) + "Z"
    case 1: wall(instant, TimeZone(secondsFromGMT: 19_800) ?? .gmt) + "+05:30"
    default: wall(instant, TimeZone(secondsFromGMT: -10_800) ?? .gmt) + "-0300"
    }
  }
}
