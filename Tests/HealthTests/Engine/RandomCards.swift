import Health
import TestSupport

/// Random cards over signals of every kind, and random histories for them.
enum RandomCards {
  static let catalogue = Catalogue([
    Signal(key: "product.gauge", kind: .gauge, fresh: 9, expire: 30), Signal(key: "product.rate", kind: .gauge),
    Signal(key: "product.count", kind: .count, darkAfter: 2),
    Signal(key: "service.event", kind: .event, fresh: 20, expire: 60, darkAfter: 5),
    Signal(key: "service.balance", kind: .balance, darkAfter: 4), Signal(key: "financial.date", kind: .date, expire: 70),
    Signal(key: "product.plan", kind: .label, expire: 45), Signal(key: "human.typed", kind: .event),
  ])
  /// The days that facts fall on.
  static let days = 19_800...20_060

  private static let measures: [(signal: String, functions: [Expression.Function])] = [
    ("product.gauge", [.last, .mean, .min, .max, .slope, .days, .count]), ("product.rate", [.last, .mean, .min, .max, .slope]),
    ("product.count", [.last, .sum, .count, .mean, .min, .max, .days, .since, .slope]),
    ("service.event", [.last, .sum, .count, .mean, .min, .max, .days, .since, .slope]),
    ("service.balance", [.last, .mean, .min, .max, .slope, .sum, .count, .days, .since]), ("financial.date", [.last, .since, .until]),
    ("human.typed", [.last, .sum, .count, .days, .since]),
  ]

  static func expression(_ dice: inout Seeded, depth: Int = 0) -> Expression {
    let (signal, functions) = dice.pick(measures)
    let function = dice.pick(functions)
    var result = Expression(signal, function, window: function.hasWindow ? dice.pick([1, 2, 3, 7, 14, 28, 30, 90]) : nil)
    if signal != "financial.date", function != .since, dice.oneIn(3) {
      result.versus = dice.oneIn(2) && function.hasWindow ? .previous : .days(1 + dice.below(60))
      result.comparison = dice.oneIn(2) ? .ratio : .difference
    }
    if depth == 0, dice.oneIn(4) {
      result.per = [.init(expression(&dice, depth: 1), plusOwn: dice.oneIn(2), times: dice.oneIn(2) ? 1 : 100)]
    }
    if depth == 0, dice.oneIn(4) { result.otherwise = [expression(&dice, depth: 1)] }
    return result
  }

  static func card(_ dice: inout Seeded) -> Card {
    let groups = (0..<1 + dice.below(4)).map { index in
      Card.Group(name: "g\(index)", weight: Double(1 + dice.below(9)) / 3, inputs: (0..<1 + dice.below(5)).map { _ in input(&dice) })
    }
    let rules = (0..<dice.below(4)).map { _ in
      let subject: Card.Condition.Subject =
        dice.oneIn(3) ? .rawScore : dice.oneIn(3) ? .band(["unhealthy", "unknown"]) : .expression(expression(&dice))
      let condition = Card.Condition(
        subject: subject, tests: [dice.oneIn(2) ? .above(Double(dice.below(60))) : .to(Double(dice.below(60)))])
      return Card.Rule(when: [condition], effect: dice.oneIn(2) ? .cap(Double(dice.below(100))) : .floor(Double(dice.below(100))))
    }
    return Card(name: "random", groups: groups, rules: rules)
  }

  private static func input(_ dice: inout Seeded) -> Card.Input {
    var input = Card.Input(
      expression: expression(&dice), curve: .points([.init(-3, 0), .init(Double(dice.below(40)), 100)]),
      weight: Double(1 + dice.below(7)) / 7,
      missing: dice.oneIn(3) ? .points(Double(dice.below(101))) : .skip)
    switch dice.below(6) {
    case 0: input.curve = .steps([.init(0, 10), .init(1, 55.5), .init(3, 90)])
    case 1: input.curve = .points([.init(-1, 0), .init(1, 100), .init(4, 100), .init(12, 0)])
    case 2: (input.expression, input.curve) = (Expression("product.plan"), .map(["gold": 90, "free": 10]))
    default: break
    }
    if dice.oneIn(3) { input.fresh = dice.below(30) }
    if dice.oneIn(3) { input.expire = (input.fresh ?? 0) + dice.below(50) }
    return input
  }

  static func history(_ dice: inout Seeded, accounts: Int) -> MemoryHistory {
    let history = MemoryHistory()
    history.labels = ["gold": [1, 4], "free": [2]]
    for account in 0..<accounts {
      let start = days.lowerBound + (dice.oneIn(2) ? -500 : dice.below(240))
      history.members[account] = dice.oneIn(9) ? Membership() : Membership(start: Day(start))
      for signal in catalogue.signals.values.sorted(by: { $0.key < $1.key }) where signal.key != "product.plan" || !dice.oneIn(3) {
        let rarity = 1 + dice.below(12)
        for day in days where dice.oneIn(rarity) { addDay(day, of: signal, account, to: history, &dice) }
      }
    }
    for signal in ["product.count", "service.event", "service.balance", "product.gauge"] {
      var (runs, day): ([ClosedRange<Int>], Int) = ([], days.lowerBound + dice.below(30))
      while day < days.upperBound {
        let end = day + dice.below(60)
        runs.append(day...end)
        day = end + 2 + dice.below(12)
      }
      history.spoken[signal] = runs
    }
    return history
  }

  private static func addDay(_ day: Int, of signal: Signal, _ account: Int, to history: MemoryHistory, _ dice: inout Seeded) {
    for time in 0..<(dice.oneIn(4) && signal.kind != .date ? 1 + dice.below(3) : 1) {
      let value: Double?
      switch signal.kind {
      case .balance: value = Double(dice.below(5) - 2)
      case .date: value = Double(day + dice.below(100) - 50)
      case .label: value = Double(1 + dice.below(4))
      case .event: value = dice.oneIn(8) ? nil : Double(dice.below(60)) / 10
      default: value = dice.oneIn(5) ? 0 : Double(dice.below(1000)) / 7
      }
      history.add(signal.key, account: account, MemoryHistory.Fact(day: day, time: time, value: value))
    }
  }
}
