import Foundation
import Health

/// What time it is: the system's, or what `--today` and `--now` say.
struct Clock: Sendable {
  /// The day that `--today` says.
  var fixedToday: Day?
  /// The time that `--now` says.
  var fixedNow: TimeText?
  /// Milliseconds since 1970-01-01T00:00:00Z by the system.
  var system: @Sendable () -> Int64 = { Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)) }

  /// The time of an import or of something typed: `--now`, else the system's.
  func now(in zone: CalendarZone) -> Int64 { fixedNow?.instant(in: zone) ?? system() }

  /// The day that `today` means: `--today`, else the day of `now`.
  func today(in zone: CalendarZone) -> Day { fixedToday ?? zone.moment(of: now(in: zone)).day }
}

/// A written time, `2026-03-31T08:44`, with `Z` or an offset if it does not speak of the workspace's zone.
struct TimeText: Hashable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00 on the clock that the text speaks of.
  let wall: Int64
  /// How far that clock is ahead of UTC in milliseconds; nil for the workspace's zone.
  let offset: Int64?

  /// The time that a text names, or nil: a day, `T` or a space, hours and minutes, and if wanted seconds, a fraction, `Z` or `±hh:mm`.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 16, let day = Day(String(text.prefix(10))), bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " ")
    else { return nil }
    var reader = DigitReader(bytes: bytes[11...])
    guard let hour = reader.pair(), hour < 24, reader.skip(":"), let minute = reader.pair(), minute < 60 else { return nil }
    var milliseconds = Int64(hour * 60 + minute) * 60_000
    if reader.skip(":") {
      guard let second = reader.pair(), second < 60 else { return nil }
      milliseconds += Int64(second) * 1000
      if reader.skip(".") {
        guard let fraction = reader.milliseconds() else { return nil }
        milliseconds += fraction
      }
    }
    guard let end = reader.offset() else { return nil }
    wall = Int64(day.number) * 86_400_000 + milliseconds
    offset =
      switch end {
      case .workspace: nil
      case .ahead(let milliseconds): milliseconds
      }
  }

  /// The instant that it names.
  func instant(in zone: CalendarZone) -> Int64 { offset.map { wall - $0 } ?? zone.instant(ofWallClock: wall) }
}

/// Reads the digits of a written time from left to right.
private struct DigitReader {
  var bytes: ArraySlice<UInt8>

  mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    guard bytes.first == UInt8(ascii: scalar) else { return false }
    bytes.removeFirst()
    return true
  }

  private mutating func digit() -> Int? {
    guard let byte = bytes.first, (48...57).contains(byte) else { return nil }
    bytes.removeFirst()
    return Int(byte) - 48
  }

  mutating func pair() -> Int? {
    guard let tens = digit(), let ones = digit() else { return nil }
    return tens * 10 + ones
  }

  /// One to nine digits after the point; what is finer than a millisecond is dropped.
  mutating func milliseconds() -> Int64? {
    guard var value = digit() else { return nil }
    for place in 1..<9 {
      guard let next = digit() else {
        if place < 3 { value *= place == 1 ? 100 : 10 }
        return Int64(value)
      }
      if place < 3 { value = value * 10 + next }
    }
    return Int64(value)
  }

  /// Whose clock the time is on.
  enum Offset {
    case workspace
    case ahead(Int64)
  }

  /// What stands after the time: nothing, `Z`, or `±hh:mm`; nil for anything else.
  mutating func offset() -> Offset? {
    if bytes.isEmpty { return .workspace }
    if skip("Z") { return bytes.isEmpty ? .ahead(0) : nil }
    let sign: Int64 = bytes.first == UInt8(ascii: "-") ? -1 : 1
    guard skip("-") || skip("+"), let hours = pair(), hours <= 18 else { return nil }
    _ = skip(":")
    guard let minutes = pair(), minutes < 60, bytes.isEmpty else { return nil }
    return .ahead(sign * Int64(hours * 60 + minutes) * 60_000)
  }
}
