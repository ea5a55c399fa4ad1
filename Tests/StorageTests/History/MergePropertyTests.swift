import Health
import Storage
import TestSupport
import Testing

/// Random histories in which accounts are found to be one, and found not to be: what is read is what the model says, and reverting
/// every merge leaves what would be there without them.
struct MergePropertyTests {
  @Test(arguments: 0..<16)
  func theReaderSeesOneAccount(_ seed: Int) throws {
    var dice = Seeded(UInt64(7000 + seed))
    let (scratch, other) = (try Scratch(), try Scratch())
    let history = try SampleFile.emptyHistory(in: scratch)
    let unmerged = try SampleFile.emptyHistory(in: other)
    var model = HistoryModel()
    var merges: [Int] = []
    var instants: [Int64] = []
    for step in 0..<26 {
      let now = SampleWorld.first + Int64(step) * 5 * 3_600_000
      instants.append(now)
      if dice.oneIn(3), let id = try merge(dice.pick(SampleWorld.hot), into: dice.pick(SampleWorld.hot), at: now, history, &model) {
        merges.append(id)
        // Import ids stay the same in both.
        _ = try TypedImport(feed: "@accounts", words: "nothing", author: nil, at: now).take(into: unmerged) { _ in }
      } else if let id = merges.randomElement(using: &dice), dice.oneIn(3) {
        try toggle(id, at: now, history, &model)
      } else {
        let file = SampleFile.random(&dice)
        let taken = try file.take(into: history, at: now, batch: .max)
        #expect(try file.take(into: unmerged, at: now, batch: .max).id == taken.id)
        model.take(file, id: taken.id, at: now)
      }
      if step % 5 == 4 { try compare(history, model, by: nil, "step \(step)", &dice) }
    }
    for instant in instants where dice.oneIn(4) { try compare(history, model, by: instant + 1, "known by \(instant)", &dice) }
    for id in merges.reversed() where model.imports[id]?.states.last?.live ?? false {
      try toggle(id, at: instants[25] + 1, history, &model)
    }
    let days = SampleWorld.days[1]...SampleWorld.days[6]
    if merges.allSatisfy({ !(model.imports[$0]?.states.last?.live ?? false) }) {
      let apart = try HistoryView(unmerged, by: nil, days: days, tile: 128)
      #expect(try HistoryView(history, by: nil, days: days, tile: 128).difference(apart) == "", "after every revert")
    }
    history.connection.close()
    unmerged.connection.close()
  }

  /// Merges the accounts that the keys lead to, as a person does.
  private func merge(_ a: Int, into b: Int, at now: Int64, _ history: History, _ model: inout HistoryModel) throws -> Int? {
    let knowledge = try history.knowledge()
    guard let from = try history.account(key: "a\(a)", knowledge), let into = try history.account(key: "a\(b)", knowledge) else {
      return nil
    }
    let groups = ModelGroups(model, by: nil)
    #expect(from.id == groups.root(of: a) && into.id == groups.root(of: b))
    guard from.id != into.id else {
      #expect(
        problem { _ = try AccountChange.merge(from, into: into).apply(history, words: "", author: nil, at: now) }?.name == "same-account")
      return nil
    }
    let id = try #require(try AccountChange.merge(from, into: into).apply(history, words: "merge", author: "dana", at: now))
    var item = HistoryModel.Import(feed: "@accounts", fileDay: nil, finished: now, states: [(now, true, false)])
    item.merge = (from.id, into.id)
    model.imports[id] = item
    return id
  }

  /// Reverts or restores, unless that would merge in a circle.
  private func toggle(_ id: Int, at now: Int64, _ history: History, _ model: inout HistoryModel) throws {
    guard let state = model.imports[id]?.states.last else { return }
    do {
      _ = try ImportChanges.apply(state.live ? .revert : .restore, to: id, at: now, history)
      model.imports[id]?.states.append((now, !state.live, false))
    } catch let problem as Problem where problem.name == "merge-circle" {}
  }

  private func compare(_ history: History, _ model: HistoryModel, by instant: Int64?, _ comment: String, _ dice: inout Seeded) throws {
    let first = SampleWorld.days[dice.below(4)]
    let days = first...(first + dice.below(7))
    let found = try HistoryView(history, by: instant, days: days, tile: dice.pick([100, 128, 512]))
    #expect(found.difference(HistoryView(model, by: instant, days: days)) == "", "\(comment)")
  }
}
