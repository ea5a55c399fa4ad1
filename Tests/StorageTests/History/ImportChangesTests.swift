import Foundation
import Health
import Storage
import TestSupport
import Testing

/// A history in a folder of its own, and short ways to fill it.
private struct Sample {
  let scratch: Scratch
  let history: History

  init() throws {
    scratch = try Scratch()
    let connection = try Migrator().create(scratch.path(), at: 0)
    history = try History(connection, zone: .utc)
  }

  /// An instant on a day's noon.
  static func noon(_ day: Int) -> Int64 { CalendarZone.utc.start(of: Day(day)) + 43_200_000 }

  enum Fact {
    case reading(account: Int, day: Int, value: Double)
    case event(account: Int, day: Int, ref: String)
  }

  /// Takes facts in as one file of a feed, finished at noon of a day; gives the import's id. Accounts are named "a0", "a1", …
  func take(_ facts: [Fact], feed: String = "use", at day: Int, fileDay: Int? = nil, backfill: Bool = false) throws -> Int {
    try history.connection.transaction(.immediate) {
      let head = ImportHead(
        feed: feed, file: "\(feed)-\(day).csv", fileDay: fileDay.map { Day($0) }, backfill: backfill, createsAccounts: true,
        started: Sample.noon(day))
      let session = try ImportSession(history, head)
      let logins = try #require(try session.signal("product.logins", kind: .gauge))
      let tickets = try #require(try session.signal("service.tickets", kind: .event))
      let line = try session.line(signal: tickets, name: "0")
      for (index, fact) in facts.enumerated() {
        let row = Int32(index)
        switch fact {
        case .reading(let number, let day, let value):
          let account = try #require(try self.account(number, row, session))
          session.addReading(account: account, signal: logins, moment: Moment(Day(day)), value: value, row: row)
        case .event(let number, let day, let ref):
          let account = try #require(try self.account(number, row, session))
          try session.addEvent(StatedEvent(line: line, ref: ref, account: account, moment: Moment(Day(day)), value: 1), row: row)
        }
      }
      try session.flush(rows: facts.count, duplicate: { _ in }, replaced: { _ in })
      try session.finish(digest: UInt64(day), bytes: facts.count)
      return session.importID
    }
  }

  private func account(_ number: Int, _ row: Int32, _ session: ImportSession) throws -> Int? {
    var key = "a\(number)"
    return try key.withUTF8 { try session.account(UnsafeRawBufferPointer($0), row: row) }
  }

  func id(_ number: Int) throws -> Int { try #require(try history.connection.number("SELECT id FROM account WHERE key = 'a\(number)'")) }

  /// The first day of account "aN" as known by noon of a day, or now.
  func first(_ number: Int, by day: Int? = nil) throws -> Int? {
    try history.firstFacts(history.knowledge(by: day.map(Sample.noon)))[id(number)].map { Int($0.number) }
  }

  func live(by day: Int? = nil) throws -> [Int] { try history.knowledge(by: day.map(Sample.noon)).visible.map(\.id).sorted() }

  @discardableResult
  func change(_ change: ImportChanges.Change, _ id: Int, at day: Int) throws -> ImportChanges.Outcome {
    try ImportChanges.apply(change, to: id, at: Sample.noon(day), history)
  }
}

@Suite struct ImportChangesTests {
  @Test func aRevertedImportNoLongerCountsFromThenOnAndARestoredOneDoes() throws {
    let sample = try Sample()
    let import1 = try sample.take([.reading(account: 0, day: 100, value: 1)], at: 101)
    let import2 = try sample.take([.reading(account: 0, day: 101, value: 2)], at: 102)
    let outcome = try sample.change(.revert, import2, at: 110)
    #expect(outcome.isChanged && !outcome.record.isLive)
    #expect(try !ImportLog.one(import2, sample.history).isLive)
    #expect(try sample.live() == [import1])
    #expect(try sample.live(by: 109) == [import1, import2])
    try sample.change(.restore, import2, at: 120)
    #expect(try sample.live() == [import1, import2])
    #expect(try sample.live(by: 115) == [import1])
  }

  @Test func aChangeThatChangesNothingWritesNothing() throws {
    let sample = try Sample()
    let id = try sample.take([.reading(account: 0, day: 100, value: 1)], at: 101)
    try sample.change(.revert, id, at: 110)
    let entries = try sample.history.connection.number("SELECT count(*) FROM import_state")
    #expect(try !sample.change(.revert, id, at: 111).isChanged)
    #expect(try !sample.change(.mark(backfill: false), id, at: 111).isChanged)
    #expect(try ImportChanges.tryOut(.restore, on: id, at: Sample.noon(112), sample.history) { $0.isChanged })
    #expect(try sample.history.connection.number("SELECT count(*) FROM import_state") == entries)
  }

  @Test func aClockThatHasGoneBackDoesNotPutAnEntryBeforeEarlierOnes() throws {
    let sample = try Sample()
    let id = try sample.take([.reading(account: 0, day: 100, value: 1)], at: 101)
    try sample.change(.revert, id, at: 50)
    #expect(try sample.live() == [])
    #expect(try sample.history.connection.number("SELECT min(at) FROM import_state") == Int(Sample.noon(101)))
    #expect(try sample.live(by: 100) == [])
  }

  @Test func tryingOutShowsTheHistoryAsItWouldBeAndLeavesItAsItIs() throws {
    struct Stop: Error {}
    let sample = try Sample()
    let first = try sample.take([.reading(account: 0, day: 100, value: 1)], at: 101)
    _ = try sample.take([.reading(account: 0, day: 101, value: 2)], at: 102)
    let start = try ImportChanges.tryOut(.revert, on: first, at: Sample.noon(110), sample.history) { outcome in
      #expect(outcome.isChanged)
      return try sample.first(0)
    }
    #expect(start == 101)
    #expect(throws: Stop.self) { try ImportChanges.tryOut(.revert, on: first, at: 0, sample.history) { _ in throw Stop() } }
    #expect(try sample.first(0) == 100)
    #expect(try sample.live().contains(first))
    #expect(try sample.history.connection.number("SELECT count(*) FROM import_state") == 2)
    #expect(try sample.history.connection.number("SELECT count(*) FROM first_fact") == 1)
  }

  @Test func aRevertNamesTheLiveImportsThatLeanOnIt() throws {
    let sample = try Sample()
    let facts = [Sample.Fact.reading(account: 0, day: 100, value: 1), .reading(account: 1, day: 100, value: 2)]
    let first = try sample.take(facts, at: 101)
    let second = try sample.take(facts + [.reading(account: 0, day: 101, value: 3)], at: 102)
    let third = try sample.take([facts[0]], at: 103)
    try sample.change(.revert, third, at: 104)
    #expect(try !ImportLog.leansOnWeakened(second, sample.history))
    let tried = try ImportChanges.tryOut(.revert, on: first, at: Sample.noon(105), sample.history) { $0.leaning }
    for leaning in [tried, try sample.change(.revert, first, at: 105).leaning] {
      #expect(leaning.map(\.record.id) == [second])
      // Two readings, and two accounts that the file would have introduced.
      #expect(leaning.map(\.facts) == [4])
    }
    #expect(try ImportLog.leansOnWeakened(second, sample.history))
    #expect(try sample.change(.restore, first, at: 106).leaning.isEmpty)
    #expect(try sample.change(.mark(backfill: true), first, at: 107).leaning.map(\.record.id) == [second])
  }

  @Test func whatNeverCountedOrIsNotThereCannotBeChanged() throws {
    let sample = try Sample()
    let head = ImportHead(feed: "use", file: "bad.csv", started: Sample.noon(100))
    let failed = try ImportLog.logFailure(
      head, error: "too many rejects", rows: Tally(), warnings: 0, remarks: [], bytes: 1, sample.history)
    #expect(problem { try sample.change(.revert, failed, at: 101) }?.name == "import-failed")
    let unknown = problem { try sample.change(.restore, 99, at: 101) }
    #expect(unknown?.name == "unknown-import")
    #expect(unknown?.category == .usage)
    #expect(!sample.history.connection.isInTransaction)
  }

  @Test func markingMakesFactsKnownAtTheEndOfTheirOwnDay() throws {
    let sample = try Sample()
    let id = try sample.take([.reading(account: 0, day: 100, value: 1)], at: 400)
    #expect(try sample.first(0, by: 200) == nil)
    try sample.change(.mark(backfill: true), id, at: 401)
    #expect(try sample.first(0, by: 200) == 100)
    #expect(try sample.first(0, by: 100) == nil)
    #expect(try ImportLog.one(id, sample.history).backfill)
    try sample.change(.mark(backfill: false), id, at: 402)
    #expect(try sample.first(0, by: 200) == nil)
    #expect(try sample.first(0) == 100)
  }

  @Test func theFirstDayPassesToWhoeverStatesTheNextOneHoweverItIsStored() throws {
    let sample = try Sample()
    // Enough accounts for chunks, in two shards; later files state later days.
    let many = 0..<600
    let first = try sample.take(many.map { .reading(account: $0, day: 100, value: 1) }, at: 101)
    let second = try sample.take(many.map { .reading(account: $0, day: 110, value: 2) }, at: 111)
    _ = try sample.take([.reading(account: 7, day: 105, value: 3)], at: 112)
    _ = try sample.take([.event(account: 550, day: 103, ref: "T1")], feed: "tickets", at: 113)
    #expect(try many.map { try sample.first($0) } == many.map { _ in 100 })
    try sample.change(.revert, first, at: 120)
    #expect(try many.map { try sample.first($0) } == many.map { $0 == 7 ? 105 : $0 == 550 ? 103 : 110 })
    try sample.change(.revert, second, at: 121)
    #expect(try many.map { try sample.first($0) } == many.map { $0 == 7 ? 105 : $0 == 550 ? 103 : nil })
    #expect(try many.map { try sample.first($0, by: 119) } == many.map { _ in 100 })
    #expect(try many.map { try sample.first($0, by: 120) } == many.map { $0 == 7 ? 105 : $0 == 550 ? 103 : 110 })
  }

  @Test func aMovedEventCountsForItsOwnAccount() throws {
    let sample = try Sample()
    let many = 0..<600  // 87 and 599 have the same place in their shards
    _ = try sample.take(many.map { .reading(account: $0, day: 150, value: 1) }, at: 151)
    let ticket = try sample.take([.event(account: 87, day: 100, ref: "T1")], feed: "tickets", at: 152)
    let moved = try sample.take([.event(account: 599, day: 100, ref: "T1")], feed: "tickets", at: 153)
    try sample.change(.revert, ticket, at: 154)
    #expect(try sample.first(87) == 150)
    #expect(try sample.first(599) == 100)
    try sample.change(.revert, moved, at: 155)
    #expect(try sample.first(599) == 150)
  }
}

// MARK: - Any history, any changes

/// What imports state and how they stand, by the words of the design alone.
private struct Model {
  struct Import {
    var firstDays: [Int: Int] = [:]
    var log: [(day: Int, live: Bool, backfill: Bool)]
  }
  var imports: [Int: Import] = [:]

  func first(_ account: Int, by day: Int?) -> Int? {
    imports.values.compactMap { item -> Int? in
      guard let first = item.firstDays[account], let newest = item.log.last else { return nil }
      // At noon of a day the day itself has not ended.
      if newest.backfill { return newest.live && day.map { first < $0 } ?? true ? first : nil }
      let state = day.map { day in item.log.last { $0.day <= day } } ?? newest
      return state?.live == true ? first : nil
    }.min()
  }
}

@Suite struct FirstFactsPropertyTests {
  @Test(arguments: 1...16) func firstDaysFollowFromWhatIsLiveForEveryKnowledge(seed: Int) throws {
    var numbers = Seeded(UInt64(seed))
    let sample = try Sample()
    var model = Model()
    // Two shards, the second sparsely used; all accounts exist, stated on a day later than all others.
    let accounts = 0..<520
    func state(_ facts: [Sample.Fact], at day: Int, backfill: Bool) throws {
      let id = try sample.take(facts, feed: "feed\(Int.random(in: 0..<2, using: &numbers))", at: day, backfill: backfill)
      model.imports[id] = Model.Import(log: [(day, true, backfill)])
      for fact in facts {
        switch fact {
        case .reading(let account, let day, _), .event(let account, let day, _):
          let known = model.imports[id]?.firstDays[account] ?? day
          model.imports[id]?.firstDays[account] = min(known, day)
        }
      }
    }
    try state(accounts.map { .reading(account: $0, day: 90, value: 0) }, at: 100, backfill: false)
    for step in 1...24 {
      let today = 100 + step * 2
      if step % 2 == 1 {
        // A value of its own for every import, so that none leans on another.
        let isThick = Bool.random(using: &numbers)
        let days = (0..<3).map { _ in Int.random(in: 20..<90, using: &numbers) }
        let chosen = isThick ? Array(accounts) : (0..<10).map { _ in Int.random(in: accounts, using: &numbers) }
        let facts = Set(chosen).sorted().map { account -> Sample.Fact in
          let day = days.randomElement(using: &numbers) ?? 50
          return !isThick && account % 3 == 0
            ? .event(account: account, day: day, ref: "\(step)/\(account)") : .reading(account: account, day: day, value: Double(step))
        }
        try state(facts, at: today, backfill: Bool.random(using: &numbers))
      } else {
        let id = try #require(model.imports.keys.sorted().randomElement(using: &numbers))
        let before = try #require(model.imports[id]?.log.last)
        let changes: [ImportChanges.Change] = [.revert, .restore, .mark(backfill: !before.backfill), .mark(backfill: !before.backfill)]
        let change = try #require(changes.randomElement(using: &numbers))
        try sample.change(change, id, at: today)
        switch change {
        case .revert: model.imports[id]?.log.append((today, false, before.backfill))
        case .restore: model.imports[id]?.log.append((today, true, before.backfill))
        case .mark(let backfill): model.imports[id]?.log.append((today, before.live, backfill))
        }
      }
    }
    for moment in [nil, 30, 60, 89, 95] + Array(stride(from: 100, through: 150, by: 5)) {
      let found = try sample.history.firstFacts(sample.history.knowledge(by: moment.map(Sample.noon))).map { $0.map { Int($0.number) } }
      #expect(found == accounts.map { model.first($0, by: moment) }, "as known by \(moment.map(String.init) ?? "now")")
    }
  }
}
