import Health
import TestSupport

/// Random cards over signals of every kind, with every measure, curve and condition, and random histories for them.
///
/// Values are eighths and thresholds are not, so that no comparison hangs on the last bit.
enum RandomCards {
  static let catalogue = Catalogue([
    Signal(key: "product.gauge", kind: .gauge, fresh: 9, expire: 30), Signal(key: "product.rate", kind: .gauge),
    Signal(key: "product.count", kind: .count, darkAfter: 2), Signal(key: "product.feature:*", kind: .count, darkAfter: 3),
    Signal(key: "service.event", kind: .event, fresh: 20, expire: 60, darkAfter: 5),
    Signal(key: "service.balance", kind: .balance, darkAfter: 4), Signal(key: "financial.date", kind: .date, expire: 70),
    Signal(key: "product.plan", kind: .label, expire: 45), Signal(key: "human.typed", kind: .event),
  ])
  /// The days that facts fall on.
  static let days = 19_800...20_060

  private static let names = ["a", "b", "c", "d", "e"]
  private static let patterns = ["product.feature:*": names.map { "product.feature:\($0)" }]

  private static let measures: [(signal: String, functions: [Expression.Function])] = [
    ("product.gauge", [.last, .mean, .min, .max, .slope, .days, .count]), ("product.rate", [.last, .mean, .min, .max, .slope]),
    ("product.count", [.last, .sum, .count, .mean, .min, .max, .days, .since, .slope]),
    ("service.event", [.last, .sum, .count, .mean, .min, .max, .days, .since, .slope]),
    ("service.balance", [.last, .mean, .min, .max, .slope, .sum, .count, .days, .since]), ("financial.date", [.last, .since, .until]),
    ("human.typed", [.last, .sum, .count, .days, .since]), ("product.feature:*", [.breadth, .lapsed, .sum]),
    ("product.feature:b", [.sum, .since, .last]),
  ]

  static func expression(_ dice: inout Seeded, depth: Int = 0) -> Expression {
    let (signal, functions) = dice.pick(measures)
    let function = dice.pick(functions)
    var result = Expression(signal, function, window: function.hasWindow ? dice.pick([1, 2, 3, 7, 14, 28, 30, 90]) : nil)
    if function == .breadth {
      result.of = dice.pick([.seen, .signal("product.rate"), .names(["a", "c", "never"])])
      if dice.oneIn(2) { result.atLeast = Double(1 + dice.below(12)) }
      if dice.oneIn(2) { result.weights = ["a": 2, "d": 0.5, "never": 3] }
    }
    if signal != "financial.date", function != .since, dice.oneIn(3) {
      result.versus = dice.oneIn(2) && function.hasWindow ? .previous : .days(1 + dice.below(60))
      result.comparison = dice.oneIn(2) ? .ratio : .difference
    }
    if depth == 0, dice.oneIn(4) {
      result.per = [.init(expression(&dice, depth: 1), plusOwn: dice.oneIn(2), times: dice.oneIn(2) ? 1 : 100)]
    }
    if depth == 0, dice.oneIn(4) { result.otherwise = [expression(&dice, depth: dice.oneIn(3) ? 0 : 1)] }
    return result
  }

  static func card(_ dice: inout Seeded) -> Card {
    let groups = (0..<1 + dice.below(4)).map { index in
      Card.Group(name: "g\(index)", weight: Double(1 + dice.below(9)) / 3, inputs: (0..<1 + dice.below(5)).map { _ in input(&dice) })
    }
    let rules = (0..<dice.below(4)).map { _ in rule(&dice) }
    return Card(name: "random", coverageFloor: dice.pick([0, 0.3, 0.6]), groups: groups, rules: rules)
  }

  private static func rule(_ dice: inout Seeded) -> Card.Rule {
    let when = (0..<(dice.oneIn(4) ? 2 : 1)).map { _ in condition(&dice) }
    let effect: Card.Effect = dice.pick([
      .cap(Double(dice.below(100))), .floor(Double(dice.below(100))), .status("stagnant"), .play("call them"),
    ])
    var rule = Card.Rule(when: when, effect: effect)
    if case .expression = when[0].subject, dice.oneIn(2) { rule.until = dice.pick(["human.typed", "service.event"]) }
    return rule
  }

  private static func condition(_ dice: inout Seeded) -> Card.Condition {
    switch dice.below(7) {
    case 0: return Card.Condition(subject: .band(dice.pick([["unhealthy"], ["neutral", "unknown"], ["healthy"]])), tests: [])
    case 1: return Card.Condition(subject: .rawScore, tests: tests(20, 80, &dice))
    case 2: return Card.Condition(subject: .trend(days: 1 + dice.below(40)), tests: tests(-20, 20, &dice))
    case 3: return Card.Condition(subject: .expression(Expression("product.plan")), tests: [.label(dice.pick(["Gold", "free"]))])
    default: return Card.Condition(subject: .expression(expression(&dice)), tests: tests(-2, 12, &dice))
    }
  }

  private static func tests(_ low: Int, _ high: Int, _ dice: inout Seeded) -> [Card.Test] {
    let (a, b) = (Double(low + dice.below(high - low)) + 0.377, Double(low + dice.below(high - low)) + 0.377)
    switch dice.below(4) {
    case 0: return [.above(a)]
    case 1: return [.to(a)]
    case 2: return [.from(min(a, b)), .below(max(a, b))]
    default: return [.equals(Double(dice.below(3)))]
    }
  }

  private static func input(_ dice: inout Seeded) -> Card.Input {
    var input = Card.Input(
      expression: expression(&dice), curve: .points([.init(-3, 0), .init(Double(dice.below(40)), 100)]),
      weight: Double(1 + dice.below(7)) / 7,
      missing: dice.oneIn(3) ? .points(Double(dice.below(101))) : .skip)
    switch dice.below(8) {
    case 0: input.curve = .steps([.init(0.0123, 10), .init(1.377, 55.5), .init(3.511, 90)])
    case 1: input.curve = .points([.init(-1, 0), .init(1, 100), .init(4, 100), .init(12, 0)])
    case 2: (input.expression, input.curve) = (Expression("product.plan"), .map(["Gold": 90, "free": 10]))
    case 3: (input.expression, input.curve) = (Expression("human.typed"), .map(["1": 0, "2.5": 60, "4": 100]))
    case 4, 5:
      input.curve = .percentile(attribute: dice.oneIn(2) ? nil : "segment", direction: dice.oneIn(2) ? .up : .down)
    default: break
    }
    if dice.oneIn(3) { input.fresh = dice.below(30) }
    if dice.oneIn(3) { input.expire = (input.fresh ?? 0) + dice.below(50) }
    return input
  }
}

// Histories.
extension RandomCards {
  static func history(_ dice: inout Seeded, accounts: Int) -> MemoryHistory {
    let history = MemoryHistory()
    history.accounts = accounts
    history.labels = ["gold": [1, 4], "free": [2], "none": [3]]
    let signals = catalogue.signals.values.sorted { $0.key < $1.key }.filter { $0.dimension != "outcome" }
    for account in 0..<accounts {
      history.members[account] = member(&dice)
      for signal in signals where signal.key != "product.plan" || !dice.oneIn(3) {
        for key in patterns[signal.key] ?? [signal.key] {
          let rarity = 1 + dice.below(patterns[signal.key] == nil ? 12 : 40)
          for day in days where dice.oneIn(rarity) { addDay(day, of: signal, key, account, to: history, &dice) }
        }
      }
      decide(account, history, &dice)
      if !dice.oneIn(6) { history.attributes["segment", default: [:]][account] = segments(&dice) }
    }
    for signal in ["product.count", "service.event", "service.balance", "product.gauge"] + (patterns["product.feature:*"] ?? []) {
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

  private static func member(_ dice: inout Seeded) -> Membership {
    let start = days.lowerBound + (dice.oneIn(2) ? -500 : dice.below(240))
    var member = dice.oneIn(12) ? Membership() : Membership(start: Day(start))
    if dice.oneIn(5) { member.churns = (0..<1 + dice.below(2)).map { _ in Day(days.lowerBound + dice.below(300)) } }
    if dice.oneIn(5) { member.returns = [Day(days.lowerBound + dice.below(300))] }
    if dice.oneIn(6) {
      let day = Day(days.lowerBound + dice.below(200))
      member.exclusions = [(day, true), (day + 1 + dice.below(60), false)]
    }
    return member
  }

  private static func segments(_ dice: inout Seeded) -> [AttributeStep] {
    let first: AttributeStep = (Day(days.lowerBound - 10 + dice.below(20)), dice.pick(["big", "Big", "BIG", "small"]))
    return dice.oneIn(4) ? [first, (first.from + 60 + dice.below(90), dice.pick(["big", nil]))] : [first]
  }

  private static func decide(_ account: Int, _ history: MemoryHistory, _ dice: inout Seeded) {
    while dice.oneIn(3) {
      let from = Day(days.lowerBound + dice.below(260))
      history.decisions.append(
        Override(
          account: account, card: dice.pick([nil, "random", "another"]), kind: dice.pick(Override.Kind.allCases),
          value: Double(dice.below(101)), from: from, until: from + dice.below(90), order: dice.below(1000)))
    }
  }

  private static func addDay(
    _ day: Int, of signal: Signal, _ key: String, _ account: Int, to history: MemoryHistory, _ dice: inout Seeded
  ) {
    for time in 0..<(dice.oneIn(4) && signal.kind != .date ? 1 + dice.below(3) : 1) {
      let value: Double?
      switch signal.kind {
      case .balance: value = Double(dice.below(5) - 2)
      case .date: value = Double(day + dice.below(100) - 50)
      case .label: value = Double(1 + dice.below(4))
      case .event: value = dice.oneIn(8) ? nil : Double(dice.below(12)) / 2
      case .count: value = Double(dice.below(6))
      default: value = dice.oneIn(5) ? 0 : Double(dice.below(1000)) / 8
      }
      history.add(key, account: account, MemoryHistory.Fact(day: day, time: time, value: value))
    }
  }
}
