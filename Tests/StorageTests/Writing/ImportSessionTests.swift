import Health
import Storage
import Testing

/// What becomes of the facts of one file, above all where the file is settled in several batches.
struct ImportSessionTests {
  private static let day = SampleWorld.days[3]

  private static func reading(_ signal: String, _ account: Int, _ value: Double, time: Int32 = -1) -> [SampleFact] {
    [.reading(account: account, signal: signal, moment: Moment(day, millisecond: time), value: value)]
  }

  private static func event(_ ref: String, _ value: Double?, account: Int = 0, time: Int32 = 1, adds: Bool = false, isGone: Bool = false)
    -> SampleFact
  {
    .event(
      signal: "service.tickets", line: "1", ref: ref, account: account, moment: isGone ? nil : Moment(day, millisecond: time), value: value,
      adds: adds)
  }

  private func file(_ rows: [[SampleFact]]) -> SampleFile { SampleFile(feed: "use", fileDay: Self.day, rows: rows) }

  private func figures(_ history: History, _ signal: String, _ account: Int) throws -> HistoryView.Figures? {
    let view = try HistoryView(history, by: nil, days: Self.day...Self.day, tile: 128)
    return view.cells[HistoryView.Cell(account: account, signal: signal, day: Self.day)]
  }

  private func withHistory(_ body: (History) throws -> Void) throws {
    let scratch = try Scratch()
    let history = try SampleFile.emptyHistory(in: scratch)
    try body(history)
    history.connection.close()
  }

  @Test(arguments: [1, 2, Int.max])
  func amountsAddUpOverBatchesEvenWhereTheFirstChangedNothing(_ batch: Int) throws {
    try withHistory { history in
      try file([Self.reading("product.s1", 7, 5)]).take(into: history, at: SampleWorld.first, batch: .max)
      let rows = [
        Self.reading("product.s1", 7, 5), Self.reading("product.s0", 7, 1), Self.reading("product.s1", 7, 2),
        Self.reading("product.s1", 7, 3),
      ]
      try file(rows).take(into: history, at: SampleWorld.first + 1, batch: batch)
      #expect(try figures(history, "product.s1", 7)?.last == 10)
    }
  }

  /// A few readings (a sliver), then many of the same cell (a chunk), then a few again.
  @Test(arguments: ["product.s0", "product.s1"])
  func theLastRowWinsWhereverItIsKept(_ signal: String) throws {
    try withHistory { history in
      let few = (0..<5).map { Self.reading(signal, $0, 1)[0] }
      let many = (0..<100).map { Self.reading(signal, $0, 20)[0] }
      let again = (3..<8).map { Self.reading(signal, $0, 300)[0] }
      try file([few, many, again]).take(into: history, at: SampleWorld.first, batch: 1)
      let isCount = signal == "product.s1"
      let expected: [Double] = (0..<9).map { account in
        let parts: [Double] = [account < 5 ? 1 : 0, 20, (3..<8).contains(account) ? 300 : 0]
        return isCount ? parts.reduce(0, +) : parts.last { $0 > 0 } ?? 0
      }
      #expect(try (0..<9).map { try figures(history, signal, $0)?.last ?? -1 } == expected)
    }
  }

  /// A file ordered by account holds its days open; the cell comes back batch after batch.
  @Test func manyPartsOfACellBecomeOne() throws {
    try withHistory { history in
      let rows = (0..<12).map { round in (0..<80).map { Self.reading("product.s0", ($0 + round * 30) % 500, Double(round))[0] } }
      try file(rows).take(into: history, at: SampleWorld.first, batch: 1)
      #expect(try history.connection.number("SELECT count(*) FROM chunk") == 1)
      var expected: [Int: Double] = [:]
      for round in 0..<12 { for place in 0..<80 { expected[(place + round * 30) % 500] = Double(round) } }
      let view = try HistoryView(history, by: nil, days: Self.day...Self.day, tile: 512)
      #expect(Dictionary(uniqueKeysWithValues: view.cells.map { ($0.key.account, $0.value.last ?? -1) }) == expected)
    }
  }

  @Test(arguments: [1, Int.max])
  func aRowThatContradictsAnEarlierOneOfItsIdIsRejected(_ batch: Int) throws {
    try withHistory { history in
      let known = file([[Self.event("t1", 5)]])
      try known.take(into: history, at: SampleWorld.first, batch: .max)
      let rows = [
        [Self.event("t1", 5)], [Self.event("t1", 6), Self.reading("product.s0", 0, 9)[0]], [Self.event("t2", 1)], [Self.event("t2", 1)],
        [Self.event("t2", nil)], [Self.event("t3", nil, isGone: true)], [Self.event("t3", 4)],
      ]
      let taken = try file(rows).take(into: history, at: SampleWorld.first + 1, batch: batch)
      #expect(taken.rows[.rejected] == 3)
      #expect(taken.rows[.new] == 1)
      #expect(taken.rows[.unchanged] == 2)
      #expect(taken.rows[.skipped] == 1)
      #expect(try figures(history, "product.s0", 0) == nil)
      #expect(try figures(history, "service.tickets", 0)?.sum == 6)
    }
  }

  @Test(arguments: [1, 2, Int.max])
  func linesOfOneIdAddUpOverBatches(_ batch: Int) throws {
    try withHistory { history in
      func row(_ value: Double, _ time: Int32) -> [SampleFact] { [Self.event("t1", value, time: time, adds: true)] }
      try file([row(5, 1)]).take(into: history, at: SampleWorld.first, batch: .max)
      try file([row(5, 1), row(2, 9), row(1, 9)]).take(into: history, at: SampleWorld.first + 1, batch: batch)
      let found = try figures(history, "service.tickets", 0)
      #expect(found?.sum == 8)
      #expect(found?.count == 1)
      #expect(try file([row(8, 1)]).take(into: history, at: SampleWorld.first + 2, batch: 1).facts[.unchanged] == 1)
    }
  }

  @Test func aWithdrawalStandsWhenWhatItWithdrewComesBack() throws {
    try withHistory { history in
      let first = try file([[Self.event("t1", 5)]]).take(into: history, at: SampleWorld.first, batch: 1)
      _ = try ImportChanges.apply(.revert, to: first.id, at: SampleWorld.first + 1, history)
      try file([[Self.event("t1", nil, isGone: true)]]).take(into: history, at: SampleWorld.first + 2, batch: 1)
      _ = try ImportChanges.apply(.restore, to: first.id, at: SampleWorld.first + 3, history)
      #expect(try figures(history, "service.tickets", 0) == nil)
    }
  }

  @Test func eachRowHasTheStrongestResultOfItsFacts() throws {
    try withHistory { history in
      var late = file([Self.reading("product.s0", 0, 1), Self.reading("product.s0", 1, 1), [Self.event("t1", 1)]])
      late.fileDay = Self.day + 1
      try late.take(into: history, at: SampleWorld.first, batch: .max)
      let rows = [
        Self.reading("product.s0", 0, 1),  // unchanged
        Self.reading("product.s0", 1, 2),  // a higher-ranked import says otherwise
        Self.reading("product.s0", 2, 7),  // replaced by the next row
        Self.reading("product.s0", 2, 8) + Self.reading("product.s0", 0, 1, time: 5),
        [Self.event("t1", 3)],
        [],
      ]
      let taken = try file(rows).take(into: history, at: SampleWorld.first + 1, batch: .max)
      #expect(Outcome.allCases.map { taken.rows[$0] } == [2, 1, 2, 1, 0, 0])
      var later = file([Self.reading("product.s0", 0, 4)])
      later.fileDay = Self.day + 2
      #expect(try later.take(into: history, at: SampleWorld.first + 2, batch: .max).rows[.corrected] == 1)
    }
  }

  @Test func anImportLeansOnWhoSaidItFirst() throws {
    try withHistory { history in
      let rows = [
        Self.reading("product.s0", 0, 1), [Self.event("t1", 1)], [.attribute(account: 0, name: "stage", day: Self.day, value: "x")],
      ]
      let first = try file(rows).take(into: history, at: SampleWorld.first, batch: .max)
      let second = try file(rows + [Self.reading("product.s0", 1, 1)]).take(into: history, at: SampleWorld.first + 1, batch: .max)
      let leaning = try ImportLog.leaning(on: first.id, history)
      #expect(leaning.map(\.record.id) == [second.id] && leaning.map(\.facts) == [3])
      #expect(try !ImportLog.leansOnWeakened(second.id, history))
      _ = try ImportChanges.apply(.revert, to: first.id, at: SampleWorld.first + 2, history)
      #expect(try ImportLog.leansOnWeakened(second.id, history))
    }
  }

  @Test func anAliasOfAnAccountThatNobodyVouchesForIsUnknown() throws {
    try withHistory { history in
      func find(_ text: String) throws -> Int? {
        try history.connection.transaction(.immediate) {
          let session = try ImportSession(history, ImportHead(feed: "use", file: "x.csv", started: SampleWorld.first + 5))
          let account = try Array(text.utf8).withUnsafeBytes { try session.account($0, row: 0) }
          try session.finish(digest: 0, bytes: 0)
          return account
        }
      }
      try file([[.alias("nickname", account: 4)]]).take(into: history, at: SampleWorld.first, batch: 1)
      #expect(try find("a4") == 4)
      #expect(try find("nickname") == 4)
      _ = try ImportChanges.apply(.revert, to: 1, at: SampleWorld.first + 9, history)
      #expect(try find("a4") == nil)
      #expect(try find("nickname") == nil)
    }
  }

  @Test func damageIsNamedAndNeverReadAsData() throws {
    try withHistory { history in
      try file((0..<100).map { Self.reading("product.s0", $0, 3) } + [[Self.event("t1", 1)]]).take(
        into: history, at: SampleWorld.first, batch: .max)
      for (table, name) in [("chunk", "damaged-chunk"), ("event_chunk", "damaged-strip")] {
        let data = try history.connection.prepare("SELECT data FROM \(table)").first { $0.bytes(0) } ?? []
        var damaged = data
        damaged[damaged.count - 1] ^= 1
        try damaged.withUnsafeBytes { try history.connection.prepare("UPDATE \(table) SET data = ?").run($0) }
        #expect(problem { _ = try HistoryView(history, by: nil, days: Self.day...Self.day, tile: 128) }?.name == name)
        try data.withUnsafeBytes { try history.connection.prepare("UPDATE \(table) SET data = ?").run($0) }
      }
    }
  }
}
