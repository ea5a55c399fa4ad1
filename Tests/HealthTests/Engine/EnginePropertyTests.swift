import Health
import TestSupport
import Testing

/// Random cards over random histories: against definitions taken literally, and against the engine itself over other ranges.
struct EnginePropertyTests {
  @Test(arguments: 0..<8)
  func measuresAreWhatTheyAreDefinedToBe(_ seed: Int) throws {
    var dice = Seeded(UInt64(seed))
    let history = RandomCards.history(&dice, accounts: 3)
    for _ in 0..<12 {
      let card = Card(
        name: "x",
        groups: [
          Card.Group(
            name: "g", weight: 1,
            inputs: (0..<4).map { _ in
              Card.Input(expression: RandomCards.expression(&dice), curve: .points([.init(0, 0), .init(1, 1)]), weight: 1, missing: .skip)
            })
        ])
      let first = RandomCards.days.lowerBound + 100 + dice.below(100)
      let days = first...first + dice.below(40)
      let scores = try history.score(card, RandomCards.catalogue, days: days, accounts: 0..<3)
      for (index, input) in card.groups[0].inputs.enumerated() {
        let expire = RandomCards.catalogue.signal(input.expression.signal)?.expire
        for day in days {
          for account in 0..<3 {
            let naive = NaiveMeasures(history: history, catalogue: RandomCards.catalogue, account: account, day: day)
            let (expected, found) = (naive.value(input.expression, expire: expire), scores.inputs[index].measured[day - first, account])
            #expect(
              isClose(found, expected),
              "\(input.expression) of account \(account) on \(day): \(found) for \(expected.map { "\($0)" } ?? "nothing")")
          }
        }
      }
    }
  }

  private func isClose(_ found: Double, _ expected: Double?) -> Bool {
    guard let expected else { return found.isNaN }
    return (found - expected).magnitude <= 1e-9 * max(1, expected.magnitude)
  }

  @Test(arguments: 0..<12)
  func aDayAloneIsTheDayOfASweepBitForBit(_ seed: Int) throws {
    var dice = Seeded(UInt64(100 + seed))
    let history = RandomCards.history(&dice, accounts: 5)
    let card = RandomCards.card(&dice)
    let sweep = RandomCards.days.lowerBound + 60...RandomCards.days.upperBound
    let whole = try history.score(card, RandomCards.catalogue, days: sweep, accounts: 0..<5)
    for _ in 0..<40 {
      let first = sweep.lowerBound + dice.below(sweep.count)
      let days = first...min(sweep.upperBound, first + (dice.oneIn(2) ? 0 : dice.below(30)))
      let place = dice.below(5)
      let accounts = place..<place + 1 + dice.below(5 - place)
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

  /// Windows of every length at every offset from day 0, against loops.
  @Test func windowsAreTheSumOfWhatTheyHold() throws {
    let catalogue = Catalogue([Signal(key: "product.count", kind: .count), Signal(key: "product.gauge", kind: .gauge)])
    var dice = Seeded(7)
    let history = MemoryHistory()
    history.spoken["product.count"] = [0...30_000]
    for day in 19_900...20_040 where !dice.oneIn(3) {
      for signal in ["product.count", "product.gauge"] {
        history.add(signal, account: 0, MemoryHistory.Fact(day: day, value: Double(dice.below(100)) / 10))
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
        for day in first...first + 20 {
          let expected = NaiveMeasures(history: history, catalogue: catalogue, account: 0, day: day).value(expression)
          #expect(isClose(grid[day - first, 0], expected), "\(function) \(window) on \(day)")
        }
      }
    }
  }
}
