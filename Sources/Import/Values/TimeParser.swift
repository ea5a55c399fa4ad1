import Health

/// Why a cell is not a time.
package enum TimeFault: Error, Hashable, Sendable {
  /// It is not written in the format.
  case notATime
  /// It is written in the format, but there is no such day or time of day.
  case noSuchTime
  /// Its day lies before 1970-01-01 or after 2149-06-06.
  case outOfRange

  /// What is wrong, to stand behind the cell's text.
  package func message(_ format: TimeFormat) -> String {
    switch self {
    case .notATime: "is not a time of the format \(format.name)"
    case .noSuchTime: "is no day or time that exists"
    case .outOfRange: "lies outside \(Day.range.lowerBound) … \(Day.range.upperBound)"
    }
  }
}

extension TimeFault {
  /// What to do.
  package var hint: String? {
    self == .notATime ? "if the column writes times otherwise, say how: {column: NAME, format: dd/MM/yyyy HH:mm} in the feed" : nil
  }
}

/// What a text says of a time, before zones: a wall clock, with or without a time of day and an offset.
struct WallClock {
  var day = Day(0)
  /// Milliseconds after midnight on the wall; nil without a time of day.
  var millisecond: Int64?
  /// Milliseconds ahead of UTC; nil where the text does not say.
  var offset: Int64?
}

/// Reads times from bytes into moments of the workspace's zone.
///
/// A day without a time of day stays that day. A wall clock without an offset is read in the feed's zone: in a repeated hour the
/// first, in a skipped one the moment after the jump. Mutating, because it remembers the days of both zones that it has seen.
package struct TimeParser {
  /// How the column writes times.
  package let format: TimeFormat
  private let isUTC: Bool
  private let isISO: Bool
  private var lastDate = ISODate()
  private var feedDays: ZoneDays
  private var workspaceDays: ZoneDays

  /// A parser of a format; naive times are of the feed's zone.
  package init(format: TimeFormat, feedZone: CalendarZone, workspaceZone: CalendarZone) {
    self.format = format
    isUTC = feedZone.isUTC && workspaceZone.isUTC
    isISO = format == .iso
    feedDays = ZoneDays(feedZone)
    workspaceDays = ZoneDays(workspaceZone)
  }

  /// The moment that a cell states.
  package mutating func parse(_ cell: UnsafeRawBufferPointer) throws(TimeFault) -> Moment {
    if isISO { return try iso(cell) }
    switch format {
    case .iso: return try iso(cell)
    case .epoch: return try moment(EpochTime.parse(cell, digitsAfterSecond: 3))
    case .epochMilliseconds: return try moment(EpochTime.parse(cell, digitsAfterSecond: 0))
    case .pattern(let pattern): return try moment(pattern.parse(cell.trimmed))
    }
  }

  /// The usual shapes on the shortest way: a day, or a time of UTC in whole seconds where all is UTC.
  @inline(__always)
  private mutating func iso(_ cell: UnsafeRawBufferPointer) throws(TimeFault) -> Moment {
    guard cell.count >= 10, let day = lastDate.read(cell) else { return try moment(ISOTime.parse(cell)) }
    if cell.count == 10 { return try inRange(Moment(day)) }
    guard isUTC, cell.count == 19 || (cell.count == 20 && cell[19] == UInt8(ascii: "Z")), let second = ISOTime.second(cell) else {
      return try moment(ISOTime.parse(cell))
    }
    return try inRange(Moment(day, millisecond: Int32(truncatingIfNeeded: second * 1000)))
  }

  private mutating func moment(_ clock: WallClock) throws(TimeFault) -> Moment {
    guard let millisecond = clock.millisecond else { return try inRange(Moment(clock.day)) }
    if isUTC, clock.offset ?? 0 == 0 { return try inRange(Moment(clock.day, millisecond: Int32(truncatingIfNeeded: millisecond))) }
    // Refused before zones are asked: they know nothing of such days.
    guard clock.day >= Day.range.lowerBound - 1, clock.day <= Day.range.upperBound + 1 else { throw .outOfRange }
    let instant: Int64
    if let offset = clock.offset {
      instant = Int64(clock.day.number) * 86_400_000 + millisecond - offset
    } else {
      instant = feedDays.instant(clock.day, millisecond)
    }
    return try inRange(workspaceDays.moment(of: instant))
  }

  private func inRange(_ moment: Moment) throws(TimeFault) -> Moment {
    guard Day.range.contains(moment.day) else { throw .outOfRange }
    return moment
  }

  private mutating func moment(_ instant: Int64) throws(TimeFault) -> Moment {
    guard instant >= -86_400_000, instant <= Int64(Day.range.upperBound.number + 2) * 86_400_000 else { throw .outOfRange }
    return try inRange(workspaceDays.moment(of: instant))
  }
}

/// The beginnings of the days of a zone, remembered, because a zone's own arithmetic costs as much as reading a whole row.
struct ZoneDays {
  private struct Known {
    var day = Int32.min
    var start: Int64 = 0
    var end: Int64 = 0
    /// Whether clocks are not changed on it.
    var isPlain = false
  }

  private static let size = 128
  private let zone: CalendarZone
  private var known = [Known](repeating: Known(), count: ZoneDays.size)
  private var last = Day(0)

  init(_ zone: CalendarZone) { self.zone = zone }

  private mutating func known(_ day: Day) -> Known {
    let slot = Int(day.number) & (ZoneDays.size - 1)
    if known[slot].day == day.number { return known[slot] }
    let (start, end) = (zone.start(of: day), zone.start(of: day + 1))
    // A change and its reversal within one day would keep the length but not the offset at noon.
    let isPlain = end - start == 86_400_000 && zone.offset(at: start) == zone.offset(at: start + 43_200_000)
    known[slot] = Known(day: day.number, start: start, end: end, isPlain: isPlain)
    return known[slot]
  }

  /// The instant at which the zone's clocks show this.
  mutating func instant(_ day: Day, _ millisecond: Int64) -> Int64 {
    let wall = Int64(day.number) * 86_400_000 + millisecond
    if zone.isUTC { return wall }
    let found = known(day)
    return found.isPlain ? found.start + millisecond : zone.instant(ofWallClock: wall)
  }

  /// The day of an instant, and how far into it the instant lies.
  mutating func moment(of instant: Int64) -> Moment {
    if zone.isUTC {
      let day = instant >= 0 ? instant / 86_400_000 : (instant - 86_399_999) / 86_400_000
      return Moment(Day(Int(day)), millisecond: Int32(truncatingIfNeeded: instant - day * 86_400_000))
    }
    let guess = known(last)
    if instant >= guess.start, instant < guess.end { return Moment(last, millisecond: Int32(truncatingIfNeeded: instant - guess.start)) }
    let utc = Day(Int((instant >= 0 ? instant : instant - 86_399_999) / 86_400_000))
    for day in [utc, utc - 1, utc + 1] {
      let found = known(day)
      guard instant >= found.start, instant < found.end else { continue }
      last = day
      return Moment(day, millisecond: Int32(truncatingIfNeeded: instant - found.start))
    }
    return zone.moment(of: instant)  // a zone that skips a whole day
  }
}
