import Health
import Storage
import TestSupport
import Testing

/// Random histories against the model: imports in any order, corrections, withdrawals, reverts, restores, marks, two clocks.
struct HistoryPropertyTests {
  @Test(arguments: 0..<24)
  func theReaderSeesWhatTheRulesSay(_ seed: Int) throws {
    var dice = Seeded(UInt64(seed))
    let scratch = try Scratch()
    let history = try SampleFile.emptyHistory(in: scratch)
    var model = HistoryModel()
    var files: [SampleFile] = []
    var instants: [Int64] = []
    for step in 0..<30 {
      let now = SampleWorld.first + Int64(step) * 5 * 3_600_000
      instants.append(now)
      let known = model.imports.keys.sorted()
      if known.isEmpty || !dice.oneIn(3) {
        let file = files.isEmpty || !dice.oneIn(4) ? SampleFile.random(&dice) : dice.pick(files)
        files.append(file)
        let taken = try file.take(into: history, at: now, batch: .max)
        model.take(file, id: taken.id, at: now)
      } else {
        try change(dice.pick(known), at: now, history, &model, &dice)
      }
      if step % 5 == 4 { try compare(history, model, by: nil, "step \(step)", &dice) }
    }
    for instant in instants where dice.oneIn(3) {
      try compare(history, model, by: instant + Int64(dice.below(3) - 1), "known by \(instant)", &dice)
    }
    history.connection.close()
  }

  private func change(_ id: Int, at now: Int64, _ history: History, _ model: inout HistoryModel, _ dice: inout Seeded) throws {
    guard let state = model.imports[id]?.states.last else { return }
    let change: ImportChanges.Change
    var next = (at: now, live: state.live, backfill: state.backfill)
    if dice.oneIn(4) {
      next.backfill.toggle()
      change = .mark(backfill: next.backfill)
    } else {
      next.live.toggle()
      change = next.live ? .restore : .revert
    }
    _ = try ImportChanges.apply(change, to: id, at: now, history)
    model.imports[id]?.states.append(next)
  }

  private func compare(_ history: History, _ model: HistoryModel, by instant: Int64?, _ comment: String, _ dice: inout Seeded) throws {
    let first = SampleWorld.days[dice.below(4)]
    let days = first...(first + dice.below(7))
    let found = try HistoryView(history, by: instant, days: days, tile: dice.pick([128, 512, 100]))
    let expected = HistoryView(model, by: instant, days: days)
    #expect(found.difference(expected) == "", "\(comment)")
  }

  @Test(arguments: 0..<30)
  func settlingAfterEveryRowGivesTheSame(_ seed: Int) throws {
    for batch in [1, 7, Int.max] {
      var dice = Seeded(UInt64(1000 + seed))
      let scratch = try Scratch()
      let history = try SampleFile.emptyHistory(in: scratch)
      var model = HistoryModel()
      for step in 0..<5 {
        var file = SampleFile.random(&dice)
        file.rows += SampleFile.random(&dice).rows.filter { _ in file.feed != "snap" }
        file.rows.shuffle(using: &dice)
        file = file.withNamesOnce(perDay: false)
        let now = SampleWorld.first + Int64(step) * 3_600_000
        // Until the last file all three histories are made alike, so that what is compared is the last file's settling.
        let taken = try file.take(into: history, at: now, batch: step < 4 ? .max : batch)
        model.take(file, id: taken.id, at: now)
      }
      let days = SampleWorld.days[1]...SampleWorld.days[7]
      let view = try HistoryView(history, by: nil, days: days, tile: 128)
      let expected = HistoryView(model, by: nil, days: days)
      #expect(view.difference(expected) == "", "batches of \(batch)")
      history.connection.close()
    }
  }

  @Test(arguments: 0..<12)
  func theSameFileTwiceWritesNothing(_ seed: Int) throws {
    var dice = Seeded(UInt64(2000 + seed))
    let scratch = try Scratch()
    let history = try SampleFile.emptyHistory(in: scratch)
    var file = SampleFile.random(&dice)
    while file.isComplete || file.rows.isEmpty { file = SampleFile.random(&dice) }
    let first = try file.take(into: history, at: SampleWorld.first, batch: .max)
    let before = try facts(history)
    let second = try file.take(into: history, at: SampleWorld.first + 1, batch: .max)
    #expect(try facts(history) == before)
    #expect(second.facts[.new] == 0 && second.facts[.corrected] == 0 && second.facts[.older] == 0)
    #expect(second.rows[.rejected] == first.rows[.rejected])
    history.connection.close()
  }

  /// How many rows the tables of facts have.
  private func facts(_ history: History) throws -> [Int] {
    try ["chunk", "late", "event_chunk", "event_text", "attribute", "alias", "source", "restated", "source_shard"].map { table in
      try history.connection.number("SELECT count(*) FROM \(table)") ?? -1
    }
  }

  @Test(arguments: 0..<16)
  func importRevertImportAgainIsTheSecondAlone(_ seed: Int) throws {
    var dice = Seeded(UInt64(3000 + seed))
    let files = [SampleFile.random(&dice), SampleFile.random(&dice)]
    let (scratch, other) = (try Scratch(), try Scratch())
    let history = try SampleFile.emptyHistory(in: scratch)
    let alone = try SampleFile.emptyHistory(in: other)
    var second = files[1]
    if dice.oneIn(2) { second.rows += files[0].rows.filter { _ in second.feed == files[0].feed && dice.oneIn(2) } }
    let a = try files[0].take(into: history, at: SampleWorld.first, batch: .max)
    try second.take(into: history, at: SampleWorld.first + 1, batch: .max)
    _ = try ImportChanges.apply(.revert, to: a.id, at: SampleWorld.first + 2, history)
    try second.take(into: history, at: SampleWorld.first + 3, batch: .max)
    try second.take(into: alone, at: SampleWorld.first + 3, batch: .max)
    let days = SampleWorld.days[0]...SampleWorld.days[7]
    let (found, expected) = (
      try HistoryView(history, by: nil, days: days, tile: 128), try HistoryView(alone, by: nil, days: days, tile: 128)
    )
    #expect(found.difference(expected) == "")
    history.connection.close()
    alone.connection.close()
  }
}
