import Health
import Reports
import Storage
import Testing

struct HistoryReportTests {
  private func history(_ sample: SampleHistory, _ key: String = "acme", _ request: HistoryReport.Request = .init(), knownBy: Int64? = nil)
    throws -> HistoryReport
  {
    let viewpoint = try sample.viewpoint(knownBy: knownBy)
    return try HistoryReport(viewpoint, account: AccountFinder(viewpoint, asOf: day(12, 31)).find(key), asOf: day(12, 31), request)
  }

  @Test func factsComeInTheOrderOfTheirTime() throws {
    let sample = try SampleHistory()
    let (first, noon) = (day(1, 10), Moment(day(1, 10), millisecond: 43_200_000))
    let id = try sample.take(
      "crm", fileDay: first, at: night(after: first),
      [
        ("acme", .event("service.tickets", .event, on: noon, 1, id: "t1", text: "Broken", author: "eve")),
        ("acme", .reading("product.usage", .gauge, on: Moment(first), 12.5)), ("acme", .attribute("segment", from: first, "small")),
        ("acme", .label("product.plan", on: Moment(day(1, 11)), "gold")),
        ("acme", .reading("financial.renewal_on", .date, on: Moment(day(1, 9)), Double(day(6, 30).number))),
        ("other", .reading("product.usage", .gauge, on: Moment(first), 99)),
      ])
    let rows = try history(sample).rows
    #expect(rows.map(\.signal) == ["financial.renewal_on", "segment", "product.usage", "service.tickets", "product.plan"])
    #expect(rows.map(\.type) == ["reading", "attribute", "reading", "event", "reading"])
    #expect(rows.map(\.kind) == ["date", nil, "gauge", "event", "label"])
    #expect(rows.map(\.at) == ["2026-01-09", "2026-01-10", "2026-01-10", "2026-01-10T12:00:00", "2026-01-11"])
    #expect(rows.map(\.value) == [nil, nil, 12.5, 1, nil])
    #expect(rows.map(\.text) == ["2026-06-30", "small", nil, "Broken", "gold"])
    #expect(rows[3].author == "eve" && rows.allSatisfy { $0.importID == id && $0.known == night(after: first) })
  }

  @Test func whatWasSaidOtherwiseIsToldOnRequest() throws {
    let sample = try SampleHistory()
    let first = day(1, 10)
    let early = try sample.take(
      "crm", fileDay: first, at: night(after: first),
      [
        ("acme", .reading("product.usage", .gauge, on: Moment(first), 1)), ("acme", .attribute("segment", from: first, "small")),
        ("acme", .event("service.tickets", .event, on: Moment(first), 1, id: "moved")),
        ("acme", .event("service.tickets", .event, on: Moment(first), 1, id: "gone")),
      ])
    let late = try sample.take(
      "crm", fileDay: first + 1, at: night(after: first + 1),
      [
        ("acme", .reading("product.usage", .gauge, on: Moment(first), 2)), ("acme", .attribute("segment", from: first, "large")),
        ("other", .event("service.tickets", .event, on: Moment(first), 1, id: "moved")),
        ("acme", .event("service.tickets", .event, on: nil, nil, id: "gone")),
      ])
    #expect(try history(sample).rows.map { $0.value ?? -1 } == [-1, 2])
    #expect(try history(sample).rows.map(\.text) == ["large", nil])
    #expect(try history(sample, "other").rows.map(\.signal) == ["service.tickets"])
    var request = HistoryReport.Request()
    request.all = true
    let all = try history(sample, "acme", request).rows
    #expect(
      all.map { "\($0.signal) \($0.importID == early ? "early" : "late") \($0.isSuperseded) \($0.isWithdrawn)" } == [
        "segment early true false", "segment late false false", "product.usage early true false", "product.usage late false false",
        "service.tickets early true false", "service.tickets early true false", "service.tickets late false true",
      ])
    // As believed before the second file, and as of now once it is taken back.
    #expect(try history(sample, knownBy: night(after: first)).rows.count == 4)
    try sample.revert(late, at: night(after: first + 2))
    #expect(try history(sample).rows.count == 4)
  }

  @Test func aBackfillIsKnownFromTheEndOfItsOwnDays() throws {
    let sample = try SampleHistory()
    try sample.take(
      "crm", at: night(after: day(5, 1)), backfill: true,
      [
        ("acme", .reading("product.usage", .gauge, on: Moment(day(1, 10)), 1)),
        ("acme", .reading("product.usage", .gauge, on: Moment(day(1, 12)), 2)),
      ])
    #expect(try history(sample).rows.map(\.known) == [day(1, 11), day(1, 13)].map { Int64($0.number) * 86_400_000 - 1 })
    #expect(try history(sample, knownBy: Int64(day(1, 12).number) * 86_400_000).rows.count == 1)
  }

  @Test func signalsAndDaysCanBeChosen() throws {
    let sample = try SamplePortfolio().sample
    var request = HistoryReport.Request()
    request.signals = ["product.usage"]
    #expect(try history(sample, "acme", request).rows.map(\.value) == [40, 60, 60, 80])
    request.since = day(3, 1)
    #expect(try history(sample, "acme", request).rows.map(\.value) == [60, 80])
    request.signals = ["segment"]
    #expect(try history(sample, "gamma", request).rows.map(\.text) == ["enterprise"])
  }

  @Test func chunksAndSliversAreReadAlike() throws {
    let sample = try SampleHistory()
    // 100 accounts make a chunk; three corrections a sliver.
    let keys = (0..<100).map { "a\($0)" }
    let date = day(2, 2)
    try sample.take(
      "crm", fileDay: date, at: night(after: date),
      keys.enumerated().map { ($1, .reading("product.usage", .gauge, on: Moment(date), Double($0))) })
    try sample.take(
      "crm", fileDay: date + 1, at: night(after: date + 1),
      ["a7", "a8", "a9"].map { ($0, .reading("product.usage", .gauge, on: Moment(date), 1000)) })
    for key in ["a0", "a7", "a99"] {
      #expect(try history(sample, key).rows.map(\.value) == [key == "a7" ? 1000 : Double(key.dropFirst())])
    }
  }

  @Test func statusTellsHowFarTheFeedsHaveTold() throws {
    let sample = try SamplePortfolio().sample
    let status = try StatusReport(sample.viewpoint(), today: day(4, 5))
    #expect(status.accounts == 4 && status.counted == 3 && status.gone == 1)
    #expect(status.asOf == day(3, 31) && status.firstDay == day(1, 1) && status.lastDay == day(3, 31))
    #expect(status.live == 98 && status.reverted == 0 && status.failed == 0 && status.lastImport == 98)
    #expect(status.feeds.map(\.feed) == ["crm", "outcomes", "tickets", "usage"] && status.feeds.map(\.imports) == [1, 1, 90, 6])
    #expect(status.feeds.map(\.lastDay) == [day(3, 1), day(3, 20), day(3, 31), day(3, 31)])
  }
}
