import Health
import TestSupport
import Testing

/// Random cards over random histories: against definitions taken literally, and against the engine itself over other ranges.
struct EnginePropertyTests {
  /// "Agrees to 1e-9": every figure of random cells of random cards.
  @Test(arguments: 0..<16)
  func theEngineAgreesWithTheOracle(_ seed: Int) throws {
    var dice = Seeded(UInt64(seed))
    let accounts = 12 + dice.below(20)
    let history = RandomCards.history(&dice, accounts: accounts)
    let facts = history.told(to: RandomCards.catalogue, accounts: 0..<accounts)
    for _ in 0..<5 {
      let card = RandomCards.card(&dice)
      let oracle = Oracle(facts, RandomCards.catalogue, card)
      let first = RandomCards.days.lowerBound + 60 + dice.below(160)
      let days = first...first + dice.below(40)
      let scores = try history.score(card, RandomCards.catalogue, days: days, accounts: 0..<accounts)
      for _ in 0..<10 {
        let (day, account) = (first + dice.below(days.count), dice.below(accounts))
        compare(scores, day - first, account, card, oracle.standing(account, on: day), "\(account) on \(day)")
      }
    }
  }

  private func compare(
    _ scores: TileScores, _ row: Int, _ place: Int, _ card: Card, _ expected: Oracle.Standing, _ cell: String
  ) {
    let inputs = card.groups.flatMap(\.inputs)
    for (index, input) in inputs.enumerated() {
      let found = scores.inputs[index]
      #expect(isClose(found.measured[row, place], expected.measured[index]), "measured \(input.expression) of account \(cell)")
      #expect(isClose(found.points[row, place], expected.points[index]), "points of \(input) of account \(cell)")
    }
    for index in card.groups.indices { #expect(isClose(scores.groups[index][row, place], expected.groups[index]), "group of \(cell)") }
    #expect(isClose(scores.raw[row, place], expected.raw), "raw of \(cell)")
    #expect(isClose(scores.coverage[row, place], expected.coverage), "coverage of \(cell)")
    for (index, rule) in card.rules.enumerated() {
      #expect((scores.fired[index][row, place] > 0) == expected.fired[index], "\(rule) for account \(cell)")
    }
    #expect(isClose(scores.final[row, place], expected.final), "final of \(cell)")
    #expect(scores.band(card, row, place)?.name ?? Card.unknownBand == expected.band, "band of \(cell)")
    #expect((scores.counted[row, place] > 0) == expected.isCounted, "counted \(cell)")
  }

  private func isClose(_ found: Double, _ expected: Double?) -> Bool {
    guard let expected else { return found.isNaN }
    return (found - expected).magnitude <= 1e-9 * max(1, expected.magnitude)
  }

  @Test(arguments: 0..<10)
  func aDayAloneIsTheDayOfASweepBitForBit(_ seed: Int) throws {
    var dice = Seeded(UInt64(100 + seed))
    let history = RandomCards.history(&dice, accounts: 15)
    let card = RandomCards.card(&dice)
    let sweep = RandomCards.days.lowerBound + 60...RandomCards.days.upperBound
    let whole = try history.score(card, RandomCards.catalogue, days: sweep, accounts: 0..<15)
    for _ in 0..<40 {
      let first = sweep.lowerBound + dice.below(sweep.count)
      let days = first...min(sweep.upperBound, first + (dice.oneIn(2) ? 0 : dice.below(30)))
      let place = dice.below(15)
      let accounts = place..<place + 1 + dice.below(15 - place)
      let part = try history.score(card, RandomCards.catalogue, days: days, accounts: accounts)
      let (rows, places) = (days.lowerBound - sweep.lowerBound, accounts)
      for (name, a, b) in grids(part, whole) {
        for row in 0..<days.count {
          for account in places {
            let (alone, swept) = (a[row, account - places.lowerBound], b[rows + row, account])
            #expect(
              isSame(alone, swept), "\(name) of account \(account) on \(days.lowerBound + row): \(alone) alone, \(swept) in the sweep")
          }
        }
      }
    }
  }

  private func isSame(_ a: Double, _ b: Double) -> Bool { a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN) }

  private func grids(_ a: TileScores, _ b: TileScores) -> [(String, Grid, Grid)] {
    var all = [("raw", a.raw, b.raw), ("final", a.final, b.final), ("coverage", a.coverage, b.coverage), ("counted", a.counted, b.counted)]
    for index in a.groups.indices { all.append(("group \(index)", a.groups[index], b.groups[index])) }
    for index in a.fired.indices { all.append(("rule \(index)", a.fired[index], b.fired[index])) }
    for (index, input) in a.inputs.enumerated() {
      all.append(("input \(index) measured", input.measured, b.inputs[index].measured))
      all.append(("input \(index) points", input.points, b.inputs[index].points))
    }
    return all
  }

  /// What the random cards have to reach, or the tests here would prove less than they say.
  @Test func randomCardsReachEverything() throws {
    var reached: Set<String> = []
    for seed in 0..<6 {
      var dice = Seeded(UInt64(seed))
      let history = RandomCards.history(&dice, accounts: 25)
      for _ in 0..<30 {
        let card = RandomCards.card(&dice)
        let first = RandomCards.days.lowerBound + 60 + dice.below(160)
        let scores = try history.score(card, RandomCards.catalogue, days: first...first + 20, accounts: 0..<25)
        for (input, grids) in zip(card.groups.flatMap(\.inputs), scores.inputs) where hasNumbers(grids.rawPoints) {
          let expression = input.expression
          reached.insert("\(expression.function) of \(RandomCards.catalogue.signal(expression.signal)?.kind.rawValue ?? "")")
          if let versus = expression.versus { reached.insert("\(versus == .previous ? "previous" : "ago") \(expression.comparison)") }
          if let divisor = expression.per.first { reached.insert(divisor.plusOwn ? "per plus own" : "per") }
          if !expression.otherwise.isEmpty { reached.insert("else") }
          if case .percentile(let attribute, let direction) = input.curve {
            reached.insert("percentile \(attribute ?? "all") \(direction)")
          }
        }
        for (rule, fired) in zip(card.rules, scores.fired) where (0..<fired.count).contains(where: { fired.cells[$0] > 0 }) {
          for condition in rule.when { reached.insert("rule \("\(condition.subject)".prefix(5))") }
          if rule.until != nil { reached.insert("until") }
        }
        for place in 0..<25 { for kind in scores.overrides[place].map(\.kind) { reached.insert("override \(kind)") } }
      }
    }
    let functions = ["last", "sum", "count", "mean", "min", "max", "days", "since", "slope"]
    let wanted =
      functions.flatMap { ["\($0) of count", "\($0) of event", "\($0) of balance"] }
      + ["last", "mean", "min", "max", "slope", "days", "count"].map { "\($0) of gauge" }
      + ["last", "since", "until"].map { "\($0) of date" } + ["last of label", "breadth of count", "lapsed of count"]
      + ["previous ratio", "previous difference", "ago ratio", "ago difference", "per", "per plus own", "else", "until"]
      + ["percentile all up", "percentile all down", "percentile segment up", "percentile segment down"]
      + ["rule rawSc", "rule trend", "rule band(", "rule expre"] + Override.Kind.allCases.map { "override \($0)" }
    #expect(Set(wanted).subtracting(reached).sorted() == [])
  }

  private func hasNumbers(_ grid: Grid) -> Bool { (0..<grid.count).contains { !grid.cells[$0].isNaN } }

  /// Windows of every length at every offset from day 0, against loops.
  @Test func windowsAreTheSumOfWhatTheyHold() throws {
    let catalogue = Catalogue([Signal(key: "product.count", kind: .count), Signal(key: "product.gauge", kind: .gauge)])
    var dice = Seeded(7)
    let history = MemoryHistory()
    history.spoken["product.count"] = [0...30_000]
    history.spoken["product.gauge"] = [0...30_000]
    for day in 19_900...20_040 where !dice.oneIn(3) {
      for signal in ["product.count", "product.gauge"] {
        history.add(signal, account: 0, MemoryHistory.Fact(day: day, value: Double(dice.below(100)) / 8))
      }
    }
    for window in 1...40 {
      for function in [Expression.Function.sum, .mean, .min, .max, .slope] {
        let expression = Expression(function == .sum ? "product.count" : "product.gauge", function, window: window)
        let first = 19_960 + dice.below(45)
        let card = Card(
          name: "x",
          groups: [
            Card.Group(
              name: "g", weight: 1, inputs: [.init(expression: expression, curve: .steps([.init(0, 0)]), weight: 1, missing: .skip)])
          ])
        let grid = try history.score(card, catalogue, days: first...first + 20).inputs[0].measured
        let oracle = Oracle(history.told(to: catalogue, accounts: 0..<1), catalogue, card)
        for day in first...first + 20 {
          #expect(isClose(grid[day - first, 0], oracle.standing(0, on: day).measured[0]), "\(function) \(window) on \(day)")
        }
      }
    }
  }
}
