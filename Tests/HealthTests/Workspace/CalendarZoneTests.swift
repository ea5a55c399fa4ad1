import Health
import Testing

/// Moments around changes of clocks; instants worked out with the zones' published rules.
struct CalendarZoneTests {
  private static let hour: Int64 = 3_600_000

  /// The wall-clock time of a date, as if it were UTC.
  private func wall(_ date: String, _ hours: Int64, _ minutes: Int64 = 0) throws -> Int64 {
    Int64(try #require(Day(date)).number) * 86_400_000 + hours * Self.hour + minutes * 60_000
  }

  /// The instant of a UTC date and time.
  private func utc(_ date: String, _ hours: Int64, _ minutes: Int64 = 0) throws -> Int64 { try wall(date, hours, minutes) }

  private struct Change {
    var zone: String
    /// The day whose clocks change, and its length in minutes.
    var day: String
    var minutes: Int64
    /// UTC date, hour and minute at which the day begins.
    var start: (String, Int64, Int64)
    /// The first instant with the new offset: UTC hour and minute of the same or the day before.
    var change: (String, Int64, Int64)
  }

  private static let changes = [
    Change(zone: "Europe/Berlin", day: "2026-03-29", minutes: 23 * 60, start: ("2026-03-28", 23, 0), change: ("2026-03-29", 1, 0)),
    Change(zone: "Europe/Berlin", day: "2026-10-25", minutes: 25 * 60, start: ("2026-10-24", 22, 0), change: ("2026-10-25", 1, 0)),
    Change(zone: "America/New_York", day: "2026-03-08", minutes: 23 * 60, start: ("2026-03-08", 5, 0), change: ("2026-03-08", 7, 0)),
    Change(zone: "America/New_York", day: "2026-11-01", minutes: 25 * 60, start: ("2026-11-01", 4, 0), change: ("2026-11-01", 6, 0)),
    Change(
      zone: "Australia/Lord_Howe", day: "2026-10-04", minutes: 23 * 60 + 30, start: ("2026-10-03", 13, 30), change: ("2026-10-03", 15, 30)),
    Change(
      zone: "Australia/Lord_Howe", day: "2026-04-05", minutes: 24 * 60 + 30, start: ("2026-04-04", 13, 0), change: ("2026-04-04", 15, 0)),
  ]

  @Test func daysAreAsLongAsTheClocksSay() throws {
    for change in Self.changes {
      let zone = try CalendarZone(change.zone)
      let day = try #require(Day(change.day))
      let start = try utc(change.start.0, change.start.1, change.start.2)
      #expect(zone.start(of: day) == start, "\(change.zone) \(day)")
      #expect(zone.end(of: day) == start + change.minutes * 60_000 - 1, "\(change.zone) \(day)")
      #expect(zone.start(of: day + 1) == zone.end(of: day) + 1)
    }
  }

  @Test func timesOfDayCountRealTimeAndNeverGoBack() throws {
    for change in Self.changes {
      let zone = try CalendarZone(change.zone)
      let day = try #require(Day(change.day))
      let start = zone.start(of: day)
      #expect(zone.moment(of: start - 1).day == day - 1)
      #expect(zone.moment(of: start + change.minutes * 60_000) == Moment(day + 1, millisecond: 0))
      var last = zone.moment(of: start)
      #expect(last == Moment(day, millisecond: 0))
      for minute in stride(from: Int64(1), to: change.minutes, by: 1) {
        let moment = zone.moment(of: start + minute * 60_000)
        #expect(moment == Moment(day, millisecond: Int32(minute * 60_000)))
        #expect(last < moment)
        last = moment
      }
    }
  }

  @Test func aRepeatedTimeIsTheFirst() throws {
    // 02:30 twice in Berlin, at 00:30 and 01:30 UTC; 01:30 twice in New York; 01:45 twice on Lord Howe.
    #expect(try CalendarZone("Europe/Berlin").instant(ofWallClock: wall("2026-10-25", 2, 30)) == utc("2026-10-25", 0, 30))
    #expect(try CalendarZone("Europe/Berlin").instant(ofWallClock: wall("2026-10-25", 3)) == utc("2026-10-25", 2))
    #expect(try CalendarZone("America/New_York").instant(ofWallClock: wall("2026-11-01", 1, 30)) == utc("2026-11-01", 5, 30))
    #expect(try CalendarZone("Australia/Lord_Howe").instant(ofWallClock: wall("2026-04-05", 1, 45)) == utc("2026-04-04", 14, 45))
  }

  @Test func aSkippedTimeIsTheMomentAfterTheJump() throws {
    for minute in [Int64(0), 1, 30, 59] {
      #expect(try CalendarZone("Europe/Berlin").instant(ofWallClock: wall("2026-03-29", 2, minute)) == utc("2026-03-29", 1))
      #expect(try CalendarZone("America/New_York").instant(ofWallClock: wall("2026-03-08", 2, minute)) == utc("2026-03-08", 7))
    }
    #expect(try CalendarZone("Europe/Berlin").instant(ofWallClock: wall("2026-03-29", 1, 59)) == utc("2026-03-29", 0, 59))
    #expect(try CalendarZone("Europe/Berlin").instant(ofWallClock: wall("2026-03-29", 3, 1)) == utc("2026-03-29", 1, 1))
    #expect(try CalendarZone("Australia/Lord_Howe").instant(ofWallClock: wall("2026-10-04", 2, 15)) == utc("2026-10-03", 15, 30))
  }

  /// Where clocks jump at midnight, the day begins after the jump.
  @Test func aDayWithoutAMidnight() throws {
    let zone = try CalendarZone("America/Sao_Paulo")
    let day = try #require(Day("2018-11-04"))
    #expect(try zone.start(of: day) == utc("2018-11-04", 3))
    #expect(zone.moment(of: zone.start(of: day)) == Moment(day, millisecond: 0))
    #expect(zone.moment(of: zone.start(of: day) - 1).day == day - 1)
  }

  @Test func everyMinuteOfAYearComesBack() throws {
    for name in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu"] {
      let zone = try CalendarZone(name)
      var instant = try utc("2026-01-01", 0)
      for _ in 0..<(365 * 24 * 2) {
        let moment = zone.moment(of: instant)
        #expect(zone.start(of: moment.day) + Int64(moment.millisecond) == instant)
        #expect(zone.moment(of: zone.end(of: moment.day)).day == moment.day)
        instant += 30 * 60_000
      }
    }
  }

  @Test func unknownNamesAreRefused() {
    do {
      _ = try CalendarZone("Europe/Atlantis")
      Issue.record("accepted")
    } catch {
      #expect((error as? Problem)?.name == "unknown-zone")
    }
  }
}
