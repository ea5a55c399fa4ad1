import Health

/// The measures straight from their definitions, for one account at the end of one day.
struct OracleMeasures {
  let facts: OracleFacts
  let catalogue: Catalogue
  let account: Int
  /// The day that is scored; nothing later is looked at.
  let asOf: Int
  /// The days on which the feeds of each signal spoke, ascending; nil for what only people type.
  let spoken: (Signal) -> [Int]?

  /// A value, the age in days of what it comes from, and the day of the newest fact that was used.
  struct Reading {
    var value: Double
    var age = 0
    var newest: Int?
  }
  private struct Dated {
    var day: Int
    var value: Double?
  }

  private var start: Int? { facts.lives[account]?.start }

  /// The reading of an expression, or of what stands in for it, with the expression that gave it. `expire` is the input's own.
  func reading(_ expression: Expression, expire: Int? = nil) -> (reading: Reading, of: Expression)? {
    if let reading = compared(expression, asOf, expire: expire) { return (reading, expression) }
    return expression.otherwise.first.flatMap { reading($0, expire: expire) }
  }

  private func compared(_ expression: Expression, _ day: Int, expire: Int? = nil) -> Reading? {
    guard let now = quotient(expression, day, expire) else { return nil }
    let back: Int
    switch expression.versus {
    case nil: return now
    case .previous: back = expression.window ?? 0
    case .days(let days): back = days
    }
    if let window = expression.window {
      let first = day - back - (expression.function == .lapsed ? 2 * window : window) + 1
      guard let start, start <= first else { return nil }
    }
    guard let then = quotient(expression, day - back, expire) else { return nil }
    if expression.comparison == .ratio, then.value == 0 { return nil }
    let value = expression.comparison == .ratio ? now.value / then.value - 1 : now.value - then.value
    return Reading(value: value, age: now.age, newest: [now.newest, then.newest].compactMap { $0 }.max())
  }

  private func quotient(_ expression: Expression, _ day: Int, _ expire: Int?) -> Reading? {
    guard var own = single(expression, day, expire) else { return nil }
    guard let divisor = expression.per.first else { return own }
    guard let other = compared(divisor.expression, day) else { return nil }
    let whole = divisor.plusOwn ? own.value + other.value : other.value
    guard whole != 0 else { return nil }
    own.value = own.value / whole * divisor.times
    own.age = max(own.age, other.age)
    return own
  }

  private func single(_ expression: Expression, _ day: Int, _ expire: Int?) -> Reading? {
    guard let signal = catalogue.signal(expression.signal) else { return nil }
    let past = history(signal.key, signal.kind).filter { $0.day <= day }
    let limit = expire ?? signal.expire ?? .max
    let isDated = signal.kind == .date
    switch expression.function {
    case .last where signal.kind == .balance:
      return isDark(signal, day) ? nil : Reading(value: sum(past), newest: past.last { $0.value != nil }?.day)
    case .last, .until,
      .since where isDated:
      guard let last = past.last(where: { $0.value != nil }), let value = last.value, day - last.day <= limit else { return nil }
      let number = expression.function == .last ? value : expression.function == .until ? value - Double(day) : Double(day) - value
      return Reading(value: number, age: day - last.day, newest: last.day)
    case .since:
      guard !isDark(signal, day), let last = past.last(where: { $0.value != 0 }) else { return nil }
      return Reading(value: Double(day - last.day), newest: last.day)
    case .breadth: return breadth(expression, signal, day)
    case .lapsed: return lapsed(expression, signal, day)
    case .sum, .count, .days: return amount(expression, signal, day)
    default: return summary(expression, signal, past, day)
    }
  }

  // MARK: Facts

  /// The facts of one signal: of a gauge the later of one day alone counts.
  private func history(_ key: String, _ kind: SignalKind) -> [Dated] {
    let all = (facts.facts[key]?[account] ?? []).map { Dated(day: $0.day, value: $0.value) }
    guard kind == .gauge else { return all }
    return all.indices.filter { $0 + 1 == all.count || all[$0 + 1].day != all[$0].day }.map { all[$0] }
  }

  private func sum(_ some: [Dated]) -> Double { some.compactMap(\.value).reduce(0, +) }

  private func instances(_ signal: Signal) -> [String] {
    signal.isPattern ? facts.facts.keys.filter { $0.hasPrefix(signal.key.dropLast()) }.sorted() : [signal.key]
  }

  // MARK: Silence

  /// Whether a day is dark as judged at the end of the scored day.
  private func isDark(_ signal: Signal, _ day: Int) -> Bool {
    guard let days = spoken(signal) else { return false }
    // The first day not before `day` on which a feed spoke.
    var (low, high) = (0, days.count)
    while low < high {
      let middle = (low + high) / 2
      if days[middle] < day { low = middle + 1 } else { high = middle }
    }
    if low < days.count, days[low] == day { return false }
    guard low > 0 else { return true }
    let isOver = low < days.count && days[low] <= asOf
    return (isOver ? days[low] : day + 1) - days[low - 1] - 1 > signal.darkAfter
  }

  // MARK: Windows

  /// The days of a window that the account lived; nil where it is too young for it.
  private func lived(_ window: Int, _ day: Int) -> ClosedRange<Int>? {
    guard let start, start <= day else { return nil }
    let lived = day - start + 1
    return lived < 14 && lived < window ? nil : max(start, day - window + 1)...day
  }

  /// The lived days of a window, and how many of them are not dark; nil where that is too few or the last one is dark.
  private func told(_ signal: Signal, _ window: Int, _ day: Int) -> (days: ClosedRange<Int>, told: Int)? {
    guard !isDark(signal, day), let days = lived(window, day) else { return nil }
    let dark = days.filter { isDark(signal, $0) }.count
    return 2 * dark > days.count ? nil : (days, days.count - dark)
  }

  private func amount(_ expression: Expression, _ signal: Signal, _ day: Int) -> Reading? {
    guard let window = expression.window, let told = told(signal, window, day) else { return nil }
    let inside = instances(signal).flatMap { history($0, signal.kind) }.filter { told.days.contains($0.day) }
    let used: [Dated]
    let amount: Double
    switch expression.function {
    case .sum: (used, amount) = (inside.filter { $0.value != nil }, sum(inside))
    case .count: (used, amount) = (inside, Double(inside.count))
    default:
      used = inside.filter { $0.value != 0 }
      amount = Double(Set(used.map(\.day)).count)
    }
    return Reading(value: amount * Double(window) / Double(told.told), newest: used.map(\.day).max())
  }

  private func summary(_ expression: Expression, _ signal: Signal, _ past: [Dated], _ day: Int) -> Reading? {
    guard let window = expression.window, let days = lived(window, day) else { return nil }
    let isBalance = signal.kind == .balance
    if isBalance, isDark(signal, day) { return nil }
    let points: [(x: Double, y: Double)] =
      isBalance
      ? days.map { x in (Double(x - day), sum(past.filter { $0.day <= x })) }
      : past.filter { days.contains($0.day) }.compactMap { fact in fact.value.map { (Double(fact.day - day), $0) } }
    guard !points.isEmpty else { return nil }
    let n = Double(points.count)
    let mean = points.map(\.y).reduce(0, +) / n
    let value: Double
    switch expression.function {
    case .mean: value = mean
    case .min: value = points.map(\.y).min() ?? .nan
    case .max: value = points.map(\.y).max() ?? .nan
    default:
      let (x, y) = (points.map(\.x).reduce(0, +), points.map(\.y).reduce(0, +))
      let spread = n * points.map { $0.x * $0.x }.reduce(0, +) - x * x
      guard points.count >= 3, spread > 0 else { return nil }
      value = 30 * (n * points.map { $0.x * $0.y }.reduce(0, +) - x * y) / spread
    }
    let newest = isBalance ? past.last { $0.value != nil }?.day : points.map { day + Int($0.x) }.max()
    return Reading(value: value, age: isBalance ? 0 : day - (newest ?? day), newest: newest)
  }

  // MARK: Patterns

  private func name(_ key: String) -> String { String(key.split(separator: ":", maxSplits: 1)[1]) }

  private func used(_ key: String, _ days: ClosedRange<Int>) -> Double {
    sum(history(key, .count).filter { days.contains($0.day) })
  }

  private func newestUse(_ signal: Signal, _ days: ClosedRange<Int>) -> Int? {
    instances(signal).flatMap { history($0, .count) }.filter { days.contains($0.day) && $0.value != 0 }.map(\.day).max()
  }

  private func breadth(_ expression: Expression, _ signal: Signal, _ day: Int) -> Reading? {
    guard let window = expression.window, let told = told(signal, window, day) else { return nil }
    func weight(_ name: String) -> Double { expression.weights[name] ?? 1 }
    var names = instances(signal)
    let whole: Double
    switch expression.of {
    case .signal(let key):
      guard let last = compared(Expression(key), day) else { return nil }
      whole = last.value
    case .names(let listed):
      names = names.filter { listed.contains(name($0)) }
      whole = listed.map(weight).reduce(0, +)
    case .seen:
      let seen = names.filter { history($0, .count).contains { $0.day <= day && $0.value != 0 } }
      whole = seen.map { weight(name($0)) }.reduce(0, +)
    }
    guard whole != 0 else { return nil }
    let inUse = names.filter { key in
      let amount = used(key, told.days)
      return expression.atLeast.map { amount >= $0 } ?? (amount != 0)
    }
    return Reading(value: inUse.map { weight(name($0)) }.reduce(0, +) / whole, newest: newestUse(signal, told.days))
  }

  private func lapsed(_ expression: Expression, _ signal: Signal, _ day: Int) -> Reading? {
    guard let window = expression.window, let start, start <= day - 2 * window + 1, let now = told(signal, window, day),
      let then = told(signal, window, day - window)
    else { return nil }
    let before = instances(signal).filter { used($0, then.days) != 0 }
    guard !before.isEmpty else { return nil }
    let gone = before.filter { used($0, now.days) == 0 }
    return Reading(value: Double(gone.count) / Double(before.count), newest: newestUse(signal, then.days.lowerBound...day))
  }

  // MARK: Endings

  /// The day of the newest event of a signal, whatever its value.
  func newestEvent(_ key: String) -> Int? { facts.facts[key]?[account]?.last { $0.day <= asOf }?.day }
}
