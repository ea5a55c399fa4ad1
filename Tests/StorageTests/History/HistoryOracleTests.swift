import Health
import Storage
import TestSupport
import Testing

/// Scores of random histories, read back from the database, against the oracle over the model of what the imports said: reverts,
/// backfills, covering files, corrections and withdrawals, with both clocks.
struct HistoryOracleTests {
  /// The sample signals, silent after a day or two.
  private static let catalogue = Catalogue(
    SampleWorld.catalogue.signals.values.filter { $0.dimension != "outcome" }.map { signal in
      var signal = signal
      signal.darkAfter = signal.kind == .count ? 1 : 2
      if signal.kind == .gauge { (signal.fresh, signal.expire) = (2, 5) }
      return signal
    })

  @Test(arguments: 0..<8)
  func scoresFollowFromTheFactsInForce(_ seed: Int) throws {
    var dice = Seeded(UInt64(7000 + seed))
    let scratch = try Scratch()
    let history = try SampleFile.emptyHistory(in: scratch)
    let starts = (0..<SampleWorld.accounts).map { _ in Day(19_990 + dice.below(14)) }
    let book = starts.enumerated().map { account, day in
      [SampleFact.attribute(account: account, name: "started", day: Day(19_000), value: day.description)]
    }
    try SampleFile(feed: "book", rows: book).take(into: history, at: 2, batch: .max)
    var (model, speech, instants) = (HistoryModel(), Speeches(), [Int64?.none])
    var decisions = Decisions()
    for step in 0..<24 {
      if dice.oneIn(2) { try decisions.decide(history, at: SampleWorld.first + Int64(step) * 6 * 3_600_000 - 60_000, &dice) }
      let now = SampleWorld.first + Int64(step) * 6 * 3_600_000
      if dice.oneIn(4) { instants.append(now + Int64(dice.below(3) - 1)) }
      if model.imports.isEmpty || !dice.oneIn(4) {
        let file = SampleFile.random(&dice)
        let id = try file.take(into: history, at: now, batch: .max).id
        model.take(file, id: id, at: now)
        speech.note(file, id: id)
      } else if let id = model.imports.keys.sorted().randomElement(using: &dice), let state = model.imports[id]?.states.last {
        let marks = dice.oneIn(3)
        let next = (at: now, live: marks ? state.live : !state.live, backfill: marks ? !state.backfill : state.backfill)
        let change: ImportChanges.Change = marks ? .mark(backfill: next.backfill) : next.live ? .restore : .revert
        _ = try ImportChanges.apply(change, to: id, at: now, history)
        model.imports[id]?.states.append(next)
      }
    }
    for instant in instants {
      var facts = facts(model, speech, starts, by: instant)
      facts.overrides = decisions.known(by: instant)
      for _ in 0..<3 { try compare(history, facts, by: instant, &dice) }
    }
    history.connection.close()
  }

  private func compare(_ history: History, _ facts: OracleFacts, by instant: Int64?, _ dice: inout Seeded) throws {
    let card = Self.card(&dice)
    let tiles = HistoryTiles(history, knowledge: try history.knowledge(by: instant), catalogue: Self.catalogue, settings: Settings())
    let plan = try CardPlan(card, catalogue: Self.catalogue) { try tiles.labelNumbers(like: $0) }
    let days = SampleWorld.days[2]...SampleWorld.days[7] + 3
    let engine = try TileEngine(plan, days: days, source: tiles, keepsInputs: true)
    let oracle = Oracle(facts, Self.catalogue, card)
    for _ in 0..<3 {
      let account = dice.pick(SampleWorld.hot)
      let scores = try engine.score(account..<account + 1)
      for _ in 0..<3 {
        let day = days.lowerBound + dice.below(days.upperBound - days.lowerBound + 1)
        let (row, expected) = (day - days.lowerBound, oracle.standing(account, on: Int(day.number)))
        for (index, input) in card.groups.flatMap(\.inputs).enumerated() {
          let found = scores.inputs[index].measured[row, 0]
          #expect(isClose(found, expected.measured[index]), "\(input.expression) of \(account) on \(day) by \(instant ?? -1)")
        }
        #expect(isClose(scores.final[row, 0], expected.final), "final of \(account) on \(day) by \(instant ?? -1)")
        #expect(isClose(scores.coverage[row, 0], expected.coverage), "coverage of \(account) on \(day) by \(instant ?? -1)")
        #expect((scores.counted[row, 0] > 0) == expected.isCounted, "counted \(account) on \(day)")
      }
    }
  }

  private func isClose(_ found: Double, _ expected: Double?) -> Bool {
    guard let expected else { return found.isNaN }
    return (found - expected).magnitude <= 1e-9 * max(1, expected.magnitude)
  }

  // MARK: Cards

  private static let measures: [(String, [Expression.Function])] = [
    ("product.s0", [.last, .mean, .min, .max, .slope, .days, .count]), ("product.s38", [.last, .mean]),
    ("product.s1", [.sum, .count, .days, .since, .last, .mean]), ("product.s39", [.sum, .since]),
    ("service.tickets", [.last, .sum, .count, .mean, .days, .since]), ("service.open", [.last, .mean, .min, .sum, .count, .since]),
    ("product.feature:*", [.breadth, .lapsed, .sum]),
  ]

  private static func card(_ dice: inout Seeded) -> Card {
    let inputs = (0..<5).map { _ in
      let (signal, functions) = dice.pick(measures)
      let function = dice.pick(functions)
      var expression = Expression(signal, function, window: function.hasWindow ? 1 + dice.below(5) : nil)
      if function != .since, dice.oneIn(4) { (expression.versus, expression.comparison) = (.days(1 + dice.below(3)), .difference) }
      var input = Card.Input(expression: expression, curve: .points([.init(-1, 0), .init(3, 100)]), weight: 1, missing: .skip)
      if dice.oneIn(5) { input.curve = .percentile(attribute: dice.oneIn(2) ? nil : "stage", direction: .up) }
      return input
    }
    let fired = Card.Condition(subject: .expression(Expression("service.tickets", .since)), tests: [.to(4)])
    let rule = Card.Rule(when: [fired], effect: .cap(30), until: dice.oneIn(2) ? "service.tickets" : nil)
    return Card(name: "x", groups: [Card.Group(name: "g", weight: 1, inputs: inputs)], rules: [rule])
  }

  // MARK: Facts

  private func facts(_ model: HistoryModel, _ speech: Speeches, _ starts: [Day], by instant: Int64?) -> OracleFacts {
    var facts = OracleFacts()
    facts.accounts = Array(starts.indices)
    for (account, day) in starts.enumerated() { facts.lives[account] = OracleFacts.Life(start: Int(day.number)) }
    var found: [String: [Int: [(moment: Moment, value: Double?)]]] = [:]
    for key in Set(model.imports.values.flatMap(\.readings.keys)) {
      guard let value = model.reading(key, by: instant) else { continue }
      found[key.signal, default: [:]][key.account, default: []].append((key.moment, value))
    }
    for key in Set(model.imports.values.flatMap(\.events.keys)) {
      guard let state = model.event(key, by: instant), !state.isWithdrawn else { continue }
      found[key.signal, default: [:]][state.account, default: []].append((state.moment, state.value))
    }
    facts.facts = found.mapValues {
      $0.mapValues { $0.sorted { $0.moment < $1.moment }.map { OracleFacts.Fact(day: Int($0.moment.day.number), value: $0.value) } }
    }
    facts.spoken = speech.days(model, by: instant)
    for account in starts.indices {
      facts.attributes["stage", default: [:]][account] = SampleWorld.days.map { day in
        (Int(day.number), model.attribute(account, "stage", on: day, by: instant) ?? nil)
      }
    }
    return facts
  }
}

/// What was decided about scores, and since when it was known: kept apart from the database, by the words of the design.
private struct Decisions {
  private struct Decision {
    var override: Override
    var at: Int64
    var reverted: Int64?
    var ends: [(day: Day, at: Int64)] = []
  }
  private var all: [Decision] = []

  /// Decides something, ends it, or takes it back.
  mutating func decide(_ history: History, at now: Int64, _ dice: inout Seeded) throws {
    let typed = TypedImport(feed: "@overrides", words: "override", author: "dana", at: now)
    if !all.isEmpty, dice.oneIn(3) {
      let index = dice.below(all.count)
      guard all[index].reverted == nil else { return }
      let id = all[index].override.order
      if dice.oneIn(2) {
        let day = SampleWorld.days[2] + dice.below(12)
        _ = try typed.take(into: history) { try $0.endOverride(id, on: day, row: 0) }
        all[index].ends.append((day, now))
      } else {
        _ = try ImportChanges.apply(.revert, to: id, at: now, history)
        all[index].reverted = now
      }
      return
    }
    let from = SampleWorld.days[2] + dice.below(8)
    var override = Override(
      account: dice.pick(SampleWorld.hot), card: dice.pick([nil, "x", "other"]), kind: dice.pick(Override.Kind.allCases),
      value: Double(dice.below(101)), from: from, until: from + dice.below(8), note: "so", order: 0)
    let decided = override
    override.order = try typed.take(into: history) { try $0.addOverride(decided, row: 0) }.id
    all.append(Decision(override: override, at: now))
  }

  func known(by instant: Int64?) -> [Override] {
    let moment = instant ?? .max
    return all.filter { $0.at <= moment && $0.reverted.map { $0 > moment } ?? true }.compactMap { decision in
      var override = decision.override
      for end in decision.ends where end.at <= moment { override.until = min(override.until, end.day - 1) }
      return override.from <= override.until ? override : nil
    }
  }
}

/// Which days each file spoke of, and of which signals, whatever became of its facts.
private struct Speeches {
  private struct Speech {
    var feed: String
    var fileDay: Day?
    var days: Set<Day> = []
    var signals: Set<String> = []
  }
  private var files: [Int: Speech] = [:]

  mutating func note(_ file: SampleFile, id: Int) {
    var speech = Speech(feed: file.feed, fileDay: file.fileDay)
    if let day = file.fileDay { speech.days.insert(day) }
    for fact in file.rows.joined() {
      switch fact {
      case .reading(_, let signal, let moment, _):
        speech.days.insert(moment.day)
        speech.signals.insert(signal)
      case .event(let signal, _, _, _, _, _, _): speech.signals.insert(signal)
      case .attribute(_, _, let day, _): speech.days.insert(day)
      case .alias: break
      }
    }
    for state in HistoryModel.events(HistoryModel.accepted(file), feed: file.feed).values {
      if let state { speech.days.insert(state.moment.day) }
    }
    files[id] = speech
  }

  /// By signal the days of the visible files that speak of it; and of every file of their feeds from the first of those on.
  func days(_ model: HistoryModel, by instant: Int64?) -> [String: Set<Int>] {
    let seen = files.mapValues { _ in Set<Day>() }.merging(
      files.map { id, file in (id, file.days.filter { model.isVisible(id, day: $0, by: instant) }) }
    ) { $1 }
    var days: [String: Set<Int>] = [:]
    for signal in Set(files.values.flatMap(\.signals)) {
      let speakers = files.filter { $0.value.signals.contains(signal) && !(seen[$0.key] ?? []).isEmpty }
      for (id, file) in speakers {
        days[signal, default: []].formUnion((seen[id] ?? []).map { Int($0.number) })
        let first = speakers.filter { $0.value.feed == file.feed }.compactMap { $0.value.fileDay ?? seen[$0.key]?.min() }.min()
        for (other, spoken) in seen where files[other]?.feed == file.feed {
          for day in spoken where first.map({ day >= $0 }) ?? false { days[signal, default: []].insert(Int(day.number)) }
        }
      }
    }
    return days
  }
}
