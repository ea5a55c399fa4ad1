import Health
import Storage
import TestSupport
import Testing

/// What two accounts come to that are one, case by case.
struct MergeTests {
  private let scratch: Scratch
  private let history: History
  private static let day = SampleWorld.days[3]
  private let count = "product.s1"
  private let gauge = "product.s0"

  init() throws {
    scratch = try Scratch()
    history = try SampleFile.emptyHistory(in: scratch)
  }

  @discardableResult
  private func take(_ facts: SampleFact..., at hour: Int, feed: String = "use") throws -> (id: Int, facts: Tally, rows: Tally) {
    let file = SampleFile(feed: feed, fileDay: nil, rows: facts.map { [$0] })
    return try file.take(into: history, at: SampleWorld.first + Int64(hour) * 3_600_000, batch: .max)
  }

  private func said(_ account: Int, _ signal: String, _ value: Double) -> SampleFact {
    .reading(account: account, signal: signal, moment: Moment(Self.day), value: value)
  }

  @discardableResult
  private func merge(_ a: Int, _ b: Int, at hour: Int) throws -> Int {
    let change = AccountChange.merge(Account(id: a, key: "a\(a)"), into: Account(id: b, key: "a\(b)"))
    return try #require(
      try change.apply(history, words: "merge a\(a) into a\(b)", author: nil, at: SampleWorld.first + Int64(hour) * 3_600_000))
  }

  private func revert(_ id: Int, at hour: Int) throws {
    _ = try ImportChanges.apply(.revert, to: id, at: SampleWorld.first + Int64(hour) * 3_600_000, history)
  }

  private func sum(_ account: Int, _ signal: String, by hour: Int? = nil) throws -> Double? {
    let instant = hour.map { SampleWorld.first + Int64($0) * 3_600_000 }
    let view = try HistoryView(history, by: instant, days: Self.day...Self.day, tile: 512)
    return view.cells[HistoryView.Cell(account: account, signal: signal, day: Self.day)]?.sum
  }

  @Test("amounts of one file add up, the same file again changes nothing, and a revert tells both apart", arguments: [511, 1090])
  func amounts(_ a: Int) throws {
    let b = 3
    try take(said(a, count, 5), said(b, count, 7), at: 1)
    let id = try merge(a, b, at: 2)
    #expect(try sum(b, count) == 12)
    #expect(try sum(a, count) == nil)
    let again = try take(said(a, count, 5), said(b, count, 7), at: 3)
    #expect(again.facts[.unchanged] == 2)
    #expect(try sum(b, count) == 12)
    try take(said(a, count, 6), at: 4)
    #expect(try sum(b, count) == 13)
    #expect(try sum(b, count, by: 1) == 7)
    #expect(try sum(a, count, by: 1) == 5)
    try revert(id, at: 5)
    #expect(try sum(b, count) == 7)
    #expect(try sum(a, count) == 6)
  }

  @Test("what a later file tells under the other key alone takes the place of what was told")
  func restated() throws {
    try take(said(1090, count, 5), at: 1)
    try take(said(3, count, 6), at: 2)
    try merge(1090, 3, at: 3)
    #expect(try sum(3, count) == 6)
  }

  @Test("a correction of one of two amounts that were told together leaves the other")
  func corrected() throws {
    try take(said(1090, count, 5), said(3, count, 7), at: 1)
    try take(said(1090, count, 5), said(3, count, 8), at: 2)
    try merge(1090, 3, at: 3)
    #expect(try sum(3, count) == 13)
  }

  @Test("of states the newer import's holds, and within one the account's own")
  func states() throws {
    try take(said(1090, gauge, 5), said(3, gauge, 7), at: 1)
    try merge(1090, 3, at: 2)
    #expect(try sum(3, gauge) == 7)
    try take(said(1090, gauge, 9), at: 3)
    #expect(try sum(3, gauge) == 9)
  }

  @Test("attributes and aliases of the merged account are taken over, where the other never states its own")
  func names() throws {
    let day = SampleWorld.days[0]
    try take(
      .attribute(account: 1090, name: "stage", day: day, value: "x"), .attribute(account: 1090, name: "csm", day: day, value: "y"),
      .attribute(account: 3, name: "csm", day: SampleWorld.days[5], value: "z"), .alias("x1", account: 1090), at: 1)
    let id = try merge(1090, 3, at: 2)
    let knowledge = try history.knowledge()
    let own = try #require(try history.attributes(accounts: 0..<512, names: nil, knowledge)[3])
    #expect(own["stage"]?.value(on: Self.day) == "x")
    #expect(own["csm"]?.value(on: Self.day) == nil)
    #expect(try history.attribute("stage", knowledge)[3]?.map(\.value) == ["x"])
    #expect(try history.account(alias: "x1", knowledge)?.key == "a3")
    #expect(try history.account(key: "a1090", knowledge)?.key == "a3")
    #expect(try history.aliases(of: 3, knowledge) == ["a1090", "x1"])
    #expect(try history.accounts(knowledge).count == SampleWorld.accounts - 1)
    try revert(id, at: 3)
    #expect(try history.account(alias: "x1", history.knowledge())?.key == "a1090")
    #expect(try history.accounts(history.knowledge()).count == SampleWorld.accounts)
  }

  @Test("a chain leads to its end, and nobody is merged into himself")
  func chain() throws {
    try take(said(1090, count, 1), said(512, count, 2), said(3, count, 4), at: 1)
    let first = try merge(1090, 512, at: 2)
    try merge(512, 3, at: 3)
    #expect(try sum(3, count) == 7)
    #expect(try history.account(key: "a1090", history.knowledge())?.id == 3)
    let knowledge = try history.knowledge()
    let (a, b) = (try #require(try history.account(key: "a1090", knowledge)), try #require(try history.account(key: "a3", knowledge)))
    #expect(problem { _ = try AccountChange.merge(b, into: a).apply(history, words: "", author: nil, at: 0) }?.name == "same-account")
    try revert(first, at: 4)
    #expect(try sum(3, count) == 6)
    #expect(try sum(1090, count) == 1)
    try merge(3, 1090, at: 5)
    // Restored, 1090 would count as 512, 512 as 3, and 3 as 1090.
    let restored = problem { _ = try ImportChanges.apply(.restore, to: first, at: SampleWorld.first + 30_000_000, history) }
    #expect(restored?.name == "merge-circle")
    #expect(try sum(1090, count) == 7)
  }

  @Test("the history of the account tells the facts of both, and whose they were")
  func facts() throws {
    try take(said(1090, count, 5), said(3, count, 7), said(1090, gauge, 1), said(3, gauge, 2), at: 1)
    try take(
      .event(signal: "service.tickets", line: "1", ref: "t1", account: 1090, moment: Moment(Self.day), value: 1, adds: false), at: 2,
      feed: "tix")
    try merge(1090, 3, at: 3)
    let reader = AccountHistory(history, knowledge: try history.knowledge(), account: 3) { [count] in $0 == count }
    let facts = try reader.facts(days: Day.range, superseded: true)
    let told = facts.map { "\($0.subject) \($0.value ?? -1) \($0.mergedFrom ?? 3)\($0.isSuperseded ? " superseded" : "")" }.sorted()
    #expect(
      told == [
        "product.s0 1.0 1090 superseded", "product.s0 2.0 3", "product.s1 5.0 1090", "product.s1 7.0 3", "service.tickets 1.0 1090",
      ])
    #expect(try sum(3, "service.tickets") == 1)
    #expect(try history.earliestFacts(history.knowledge())[1090] == nil)
  }

  @Test("a rename shows another key, both find the account, and files may use either")
  func rename() throws {
    let account = Account(id: 3, key: "a3")
    let id = try #require(try AccountChange.rename(account, to: "new").apply(history, words: "", author: nil, at: SampleWorld.first))
    let knowledge = try history.knowledge()
    #expect(try history.account(key: "new", knowledge) == Account(id: 3, key: "new"))
    #expect(try history.account(key: "a3", knowledge) == Account(id: 3, key: "new"))
    #expect(try history.accounts(knowledge).first { $0.id == 3 }?.key == "new")
    #expect(try history.aliases(of: 3, knowledge) == ["a3"])
    for creates in [true, false] {
      let ids = try history.connection.rehearsal {
        let head = ImportHead(feed: "f", file: "f", createsAccounts: creates, started: SampleWorld.first + 1)
        let session = try ImportSession(history, head)
        return try ["new", "a3"].map { key in try Array(key.utf8).withUnsafeBytes { try session.account($0, row: 0) } }
      }
      #expect(ids == [3, 3])
      try history.reload()
    }
    let taken = problem { _ = try AccountChange.rename(Account(id: 4, key: "a4"), to: "a3").apply(history, words: "", author: nil, at: 0) }
    #expect(taken?.name == "name-taken")
    try revert(id, at: 2)
    #expect(try history.account(key: "new", history.knowledge()) == nil)
    try #require(
      try AccountChange.rename(Account(id: 4, key: "a4"), to: "new").apply(history, words: "", author: nil, at: SampleWorld.first) != nil)
    let restored = problem { _ = try ImportChanges.apply(.restore, to: id, at: SampleWorld.first, history) }
    #expect(restored?.name == "name-taken")
  }
}
