import Foundation
import Health
import TestSupport
import Testing

@testable import Import

/// Times from cells.
struct TimeTests {
  private func parse(_ text: String, _ format: String = "iso", feed: String = "UTC", workspace: String = "UTC") throws -> Moment {
    var parser = try TimeParser(format: TimeFormat(format), feedZone: CalendarZone(feed), workspaceZone: CalendarZone(workspace))
    let result = Array(text.utf8).withUnsafeBytes { cell in Result { () throws(TimeFault) in try parser.parse(cell) } }
    return try result.get()
  }

  private func fault(_ text: String, _ format: String = "iso") -> TimeFault? {
    do { _ = try parse(text, format) } catch { return error as? TimeFault }
    return nil
  }

  @Test func isoForms() throws {
    let vectors = [
      ("2026-03-31", "2026-03-31"), ("2024-02-29", "2024-02-29"), (" 2026-03-31 ", "2026-03-31"), ("1970-01-01", "1970-01-01"),
      ("2149-06-06", "2149-06-06"), ("2026-03-31T08:44", "2026-03-31T08:44:00"), ("2026-03-31 08:44:05", "2026-03-31T08:44:05"),
      ("2026-03-31T08:44:05Z", "2026-03-31T08:44:05"), ("2026-03-31T08:44:05.1239Z", "2026-03-31T08:44:05.123"),
      ("2026-03-31T08:44:05,5", "2026-03-31T08:44:05.500"), ("2026-03-31T08:44:05+02:00", "2026-03-31T06:44:05"),
      ("2026-03-31T01:00-0330", "2026-03-31T04:30:00"), ("2026-03-31T01:00:00+02", "2026-03-30T23:00:00"),
      ("2026-03-31T23:59:59.999999999Z", "2026-03-31T23:59:59.999"),
    ]
    for (text, moment) in vectors { #expect(try parse(text).description == moment, "\(text)") }
  }

  @Test func oneParserForManyDays() throws {
    let texts = ["2026-03-31", "2026-03-30", "2026-03-30T01:02:03Z", "2027-03-30", "2026-03-31T05:00:00", "2026-03-31"]
    let expected = ["2026-03-31", "2026-03-30", "2026-03-30T01:02:03", "2027-03-30", "2026-03-31T05:00:00", "2026-03-31"]
    var parser = TimeParser(format: .iso, feedZone: .utc, workspaceZone: .utc)
    let found = try texts.map { text in try Array(text.utf8).withUnsafeBytes { try parser.parse($0).description } }
    #expect(found == expected)
  }

  @Test func whatIsNoTime() {
    let bad = [
      "", "2026", "2026-3-31", "31/03/2026", "2026-03-31x", "2026-03-31T", "2026-03-31T8:44", "2026-03-31T08:44:", "2026-03-31T08:44:05.",
      "2026-03-31T08:44:05+", "2026-03-31T08:44:05+2:00", "2026-03-31T08:44:05ZZ", "20260331", "2026-03-31T08", "\0\0\0\0\0\0\0\0\0\0",
    ]
    for text in bad { #expect(fault(text) == .notATime, "\(text)") }
    for text in ["2025-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-03-31T24:00:00", "2026-03-31T12:60", "2026-03-31 12:00:60Z"]
    {
      #expect(fault(text) == .noSuchTime, "\(text)")
    }
    for text in [
      "1969-12-31", "2149-06-07", "1969-12-31T23:00:00Z", "9999-12-31", "0001-01-01T00:00:00+01:00", "1970-01-01T00:00:00+01:00",
    ] {
      #expect(fault(text) == .outOfRange, "\(text)")
    }
  }

  @Test func daysAreNeverShifted() throws {
    #expect(try parse("2026-03-31", feed: "America/New_York", workspace: "Asia/Tokyo") == Moment(#require(Day("2026-03-31"))))
  }

  @Test func zones() throws {
    let (berlin, newYork) = ("Europe/Berlin", "America/New_York")
    #expect(try parse("2026-01-15T23:30:00Z", workspace: berlin).description == "2026-01-16T00:30:00")
    #expect(try parse("2026-07-15 08:00", feed: newYork, workspace: berlin).description == "2026-07-15T14:00:00")
    #expect(try parse("2026-07-15 08:00", feed: berlin, workspace: berlin).description == "2026-07-15T08:00:00")
    // Clocks jump from 02:00 to 03:00 on 2026-03-29: 02:30 is skipped, and the moment after the jump is 120 minutes after midnight.
    #expect(try parse("2026-03-29 02:30", feed: berlin, workspace: "UTC").description == "2026-03-29T01:00:00")
    #expect(try parse("2026-03-29 03:00", feed: berlin, workspace: berlin).millisecond == 7_200_000)
    // Clocks fall back from 03:00 to 02:00 on 2026-10-25: 02:30 comes twice, the first counts.
    #expect(try parse("2026-10-25 02:30", feed: berlin, workspace: "UTC").description == "2026-10-25T00:30:00")
    #expect(try parse("2026-10-25T22:59:59Z", feed: "UTC", workspace: berlin).millisecond == 89_999_000)
  }

  @Test func patterns() throws {
    let vectors = [
      ("dd/MM/yyyy HH:mm", "31/03/2026 08:44", "2026-03-31T08:44:00"), ("d/M/yyyy", "1/4/2013", "2013-04-01"),
      ("M/d/yyyy", "4/6/2013", "2013-04-06"),
      ("M/d/yyyy", "12/25/2013", "2013-12-25"), ("yyyyMMdd", "20260331", "2026-03-31"), ("d MMM yyyy", "7 Sep 2026", "2026-09-07"),
      ("MMMM d, yyyy", "september 30, 2026", "2026-09-30"), ("MM/dd/yy hh:mm a", "03/31/26 12:05 AM", "2026-03-31T00:05:00"),
      ("MM/dd/yy h:mm a", "03/31/70 1:05 pm", "1970-03-31T13:05:00"),
      ("EEE, d MMM yyyy HH:mm:ss X", "Tue, 31 Mar 2026 08:44:05 +0200", "2026-03-31T06:44:05"),
      ("yyyy-MM-dd'T'HH:mm:ss.SSS", "2026-03-31T08:44:05.25", "2026-03-31T08:44:05.250"),
      ("dd.MM.yyyy 'at' H'h'", "31.03.2026 at 7h", "2026-03-31T07:00:00"),
    ]
    for (pattern, text, moment) in vectors { #expect(try parse(text, pattern).description == moment, "\(pattern) \(text)") }
    #expect(fault("2026-03-31", "dd/MM/yyyy") == .notATime)
    #expect(fault("31/03/2026 ", "dd/MM/yyyy HH:mm") == .notATime)
    #expect(fault("1/3/2026", "dd/MM/yyyy") == .notATime)
    #expect(fault("31/02/2026", "dd/MM/yyyy") == .noSuchTime)
    #expect(fault("03/31/26 13:05 PM", "MM/dd/yy hh:mm a") == .noSuchTime)
    for bad in ["", "yyyy-MM", "dd/mm/yyyy", "yyyy-MM-dd hh:mm", "yyyy-MM-dd'T", "yyyyMd", "yyyy-MM-dd QQ", "yyyy-MM-dd mm", "ISO"] {
      #expect(problem { _ = try TimeFormat(bad) }?.name == "bad-time-format", "\(bad)")
    }
  }

  @Test func epochs() throws {
    #expect(try parse("0", "epoch").description == "1970-01-01T00:00:00")
    #expect(try parse("1540558108.796", "epoch").description == "2018-10-26T12:48:28.796")
    #expect(try parse("1540558108796.0", "epoch_ms").description == "2018-10-26T12:48:28.796")
    #expect(try parse("1540558108796", "epoch_ms", workspace: "Asia/Kolkata").description == "2018-10-26T18:18:28.796")
    #expect(fault("1540558108796", "epoch") == .outOfRange)
    #expect(fault("-1", "epoch") == .outOfRange)
    #expect(fault(String(repeating: "9", count: 400), "epoch") == .outOfRange)
    for text in ["", "x", "1.5.2", "1e9", "."] { #expect(fault(text, "epoch") == .notATime, "\(text)") }
  }

  @Test func anyInstantOfAnyZoneComesBackAsItsMoment() throws {
    var random = Seeded(5)
    for name in ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"] {
      let zone = try CalendarZone(name)
      var parser = TimeParser(format: .iso, feedZone: .utc, workspaceZone: zone)
      let formatter = ISO8601DateFormatter()
      for _ in 0..<300 {
        let second = Int64.random(in: 86_400..<65_000 * 86_400, using: &random)
        let text = formatter.string(from: Date(timeIntervalSince1970: Double(second)))
        let found = try? Array(text.utf8).withUnsafeBytes { try parser.parse($0) }
        #expect(found == zone.moment(of: second * 1000), "\(name) \(text)")
      }
    }
  }

  @Test func anyBytesAreHarmless() throws {
    var random = Seeded(11)
    let pieces = Array("0123456789-:.,TZ+ /aP\0é".utf8)
    for format in ["iso", "epoch", "epoch_ms", "dd/MM/yyyy HH:mm:ss.SSS X", "EEE d MMM yy h a"] {
      for _ in 0..<2000 {
        let bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in pieces.randomElement(using: &random) ?? 0 }
        if let moment = try? parse(String(decoding: bytes, as: UTF8.self), format) { #expect(Day.range.contains(moment.day)) }
      }
    }
  }
}
