import Foundation
import Health
import Import
import Storage
import Testing

/// What an import makes known, and from when.
struct TwoClocksTests {
  private let usage = """
    feed: usage
    match: ["usage*.csv"]
    day: "usage_%Y-%m-%d*"
    account: account
    alias: [code]
    unknown_accounts: create
    at: file
    attributes: {segment: segment}
    signals:
      product.logins: {value: logins}
      service.tickets: {event: ticket, value: tickets}
    """
  private let tuesday = "account,code,logins,segment,ticket,tickets\na,A-1,3,small,T1,1\nb,B-1,1,large,,\n"

  private func facts(_ bench: Workbench, _ key: String, by day: String) throws -> [String] {
    let knowledge = try bench.history.knowledge(by: Workbench.instant(day))
    guard let account = try bench.history.account(key: key, knowledge) else { return [] }
    let facts = try AccountHistory(bench.history, knowledge: knowledge, account: account.id).facts(days: Day.range, superseded: false)
    return facts.map(\.subject).sorted() + (try bench.history.aliases(of: account.id, knowledge))
  }

  @Test func aBackfillOfWhatIsInForceAlreadyMakesItKnownEarlier() throws {
    let bench = try Workbench()
    try bench.feed(usage)
    try bench.take("usage_2026-03-03.csv", tuesday)
    #expect(try facts(bench, "a", by: "2026-03-05") == [])
    let again = try bench.take("usage_2026-03-03.csv", tuesday) { ($0.backfill, $0.again) = (true, true) }
    #expect(again.counts == "2 unchanged")
    #expect(try facts(bench, "a", by: "2026-03-05") == ["product.logins", "segment", "service.tickets", "A-1"])
    #expect(try facts(bench, "a", by: "2026-03-03") == ["A-1"])  // the day is not over; a name has no day
  }

  @Test func aSecondBackfillLeansOnTheFirst() throws {
    let bench = try Workbench()
    try bench.feed(usage)
    let first = try bench.take("usage_2026-03-03.csv", tuesday) { $0.backfill = true }
    let second = try bench.take("usage_2026-03-03.csv", tuesday) { ($0.backfill, $0.again) = (true, true) }
    #expect(second.counts == "2 unchanged")
    #expect(try ImportLog.leaning(on: first.importID ?? 0, bench.history).map(\.record.id) == [second.importID])
    try bench.revert(second.importID)
    #expect(try facts(bench, "a", by: "2026-03-05") == ["product.logins", "segment", "service.tickets", "A-1"])
  }

  @Test func aRefusedRowIntroducesNobody() throws {
    let bench = try Workbench()
    try bench.feed(usage)
    let rows = "account,code,logins,segment,ticket,tickets\na,A-1,3,small,T1,1\nghost,G-1,3,small,T1,2\nb,B-1,1,large,,\nghost,,,,,\n"
    let result = try bench.take("usage_2026-03-03.csv", rows)
    #expect(try bench.remarks(result.importID).map { $0.split(separator: " ")[0] } == ["duplicate-id"])
    // The last row names the account without a fact; naming it is what introduces it, not the refused row.
    #expect(try bench.facts("ghost") == [])
    let bare = try Workbench()
    try bare.feed(usage)
    try bare.take("usage_2026-03-03.csv", rows.replacingOccurrences(of: "ghost,,,,,\n", with: ""))
    #expect(try bare.facts("ghost") == ["no account ghost"])
    #expect(try bare.history.account(alias: "G-1", bare.history.knowledge()) == nil)
    try bare.take("usage_2026-03-04.csv", "account,code,logins,segment,ticket,tickets\nghost,,7,,,\n")
    #expect(try bare.facts("ghost") == ["2026-03-04 product.logins 7"])
  }

  @Test func aColumnAddedLaterLeavesTheDaysBeforeItDark() throws {
    let bench = try Workbench()
    try bench.feed(usage)
    for day in ["2026-03-01", "2026-03-02", "2026-03-03"] { try bench.take("usage_\(day).csv", tuesday) }
    try bench.feed(usage + "\n  product.seats: {value: logins}")
    try bench.take("usage_2026-03-04.csv", tuesday)
    let tiles = HistoryTiles(bench.history, knowledge: try bench.history.knowledge(), catalogue: bench.catalogue, settings: Settings())
    let days = try ["2026-03-01", "2026-03-04"].map { try #require(Day($0)) }
    #expect(try tiles.silence(of: "product.logins").spoken == [days[0]...days[1]])
    #expect(try tiles.silence(of: "product.seats").spoken == [days[1]...days[1]])
  }

  @Test func aFirstFileOfManyDaysSpeaksOfAllOfThem() throws {
    let bench = try Workbench()
    try bench.feed(usage.replacingOccurrences(of: "at: file", with: "at: on"))
    let rows = "account,code,logins,segment,ticket,tickets,on\na,,3,,,,2026-02-20\na,,3,,,,2026-02-21\n"
    try bench.take("usage_2026-03-03.csv", rows)
    let tiles = HistoryTiles(bench.history, knowledge: try bench.history.knowledge(), catalogue: bench.catalogue, settings: Settings())
    let days = try ["2026-02-20", "2026-02-21", "2026-03-03"].map { try #require(Day($0)) }
    #expect(try tiles.silence(of: "product.logins").spoken == [days[0]...days[1], days[2]...days[2]])
  }
}
