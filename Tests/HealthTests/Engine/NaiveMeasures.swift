import Health

/// The measures straight from their definitions, fact by fact, for one account and one day: what the engine is held to.
struct NaiveMeasures {
  let history: MemoryHistory
  let catalogue: Catalogue
  let account: Int
  let day: Int

  private var start: Int { history.memberships(accounts: account..<account + 1)[0].start.map { Int($0.number) } ?? Int.max / 2 }

  /// The value of an expression, nil where it is missing; `expire` of the input that it belongs to.
  func value(_ expression: Expression, expire: Int? = nil) -> Double? {
    var result = compared(expression, expire)
    if let divisor = expression.per.first {
      let below = value(divisor.expression)
      result = result.flatMap { own in
        below.flatMap { other in
          let whole = divisor.plusOwn ? own + other : other
          return whole == 0 ? nil : own / whole * divisor.times
        }
      }
    }
    return result ?? expression.otherwise.first.flatMap { value($0, expire: expire) }
  }

  private func compared(_ expression: Expression, _ expire: Int?) -> Double? {
    let signal = catalogue.signal(expression.signal)
    let end = End(
      owner: self, expression: expression, kind: signal?.kind ?? .gauge, expire: expire ?? signal?.expire, darkAfter: signal?.darkAfter ?? 7
    )
    let now = end.value(on: day)
    let back: Int
    switch expression.versus {
    case nil: return now
    case .previous: back = expression.window ?? 0
    case .days(let days): back = days
    }
    if let window = expression.window, day - back - window + 1 < start { return nil }
    guard let now, let then = end.value(on: day - back) else { return nil }
    if expression.comparison == .difference { return now - then }
    return then == 0 ? nil : now / then - 1
  }

  /// One end of a comparison.
  private struct End {
    let owner: NaiveMeasures
    let expression: Expression
    let kind: SignalKind
    let expire: Int?
    let darkAfter: Int

    private var facts: [MemoryHistory.Fact] { owner.history.facts[expression.signal]?[owner.account] ?? [] }

    func value(on day: Int) -> Double? {
      let past = facts.filter { $0.day <= day }
      switch expression.function {
      case .last where kind == .balance: return isDark(day) ? nil : state(day)
      case .last: return newest(past, day)
      case .until: return newest(past, day).map { $0 - Double(day) }
      case .since where kind == .date: return newest(past, day).map { Double(day) - $0 }
      case .since: return isDark(day) ? nil : past.last { $0.value != 0 }.map { Double(day - $0.day) }
      default: return windowed(day)
      }
    }

    private func newest(_ past: [MemoryHistory.Fact], _ day: Int) -> Double? {
      past.last { $0.value != nil }.flatMap { day - $0.day <= expire ?? .max ? $0.value : nil }
    }

    private func state(_ day: Int) -> Double { facts.filter { $0.day <= day }.compactMap(\.value).reduce(0, +) }

    private func windowed(_ day: Int) -> Double? {
      let window = expression.window ?? 1
      let lived = day - owner.start + 1
      if lived < 1 || (lived < 14 && lived < window) { return nil }
      let days = max(day - window + 1, owner.start)...day
      let inside = facts.filter { days.contains($0.day) }
      let values = inside.compactMap(\.value)
      switch expression.function {
      case .sum: return scaled(values.reduce(0, +), days, window)
      case .count: return scaled(Double(inside.count), days, window)
      case .days: return scaled(Double(Set(inside.filter { $0.value != 0 }.map(\.day)).count), days, window)
      default: break
      }
      if kind == .balance, isDark(day) { return nil }
      let series =
        kind == .balance ? days.map { (Double($0), state($0)) } : inside.compactMap { fact in fact.value.map { (Double(fact.day), $0) } }
      let ys = series.map(\.1)
      switch expression.function {
      case .mean: return ys.isEmpty ? nil : ys.reduce(0, +) / Double(ys.count)
      case .min: return ys.min()
      case .max: return ys.max()
      default: return slope(series)
      }
    }

    private func scaled(_ amount: Double, _ days: ClosedRange<Int>, _ window: Int) -> Double? {
      if isDark(days.upperBound) { return nil }
      let dark = days.filter { wasDark($0, by: days.upperBound) }.count
      return dark * 2 > days.count ? nil : amount * Double(window) / Double(days.count - dark)
    }

    private func slope(_ series: [(Double, Double)]) -> Double? {
      let n = Double(series.count)
      let (mx, my) = (series.map(\.0).reduce(0, +) / n, series.map(\.1).reduce(0, +) / n)
      let spread = series.map { ($0.0 - mx) * ($0.0 - mx) }.reduce(0, +)
      if series.count < 3 || spread == 0 { return nil }
      return 30 * series.map { ($0.0 - mx) * ($0.1 - my) }.reduce(0, +) / spread
    }

    private func spoke(_ day: Int) -> Bool { owner.history.spoken[expression.signal]?.contains { $0.contains(day) } ?? true }

    /// Whether a silence that lasts on the day is longer than `darkAfter`.
    private func isDark(_ day: Int) -> Bool {
      guard owner.history.spoken[expression.signal] != nil else { return false }
      return (day - darkAfter...day).allSatisfy { !spoke($0) }
    }

    /// Whether a day lies in a silence longer than `darkAfter` that was over by another day.
    private func wasDark(_ day: Int, by end: Int) -> Bool {
      if spoke(day) { return false }
      guard let after = (day...end).first(where: { spoke($0) }) else { return false }
      var before = day
      while before > day - 400, !spoke(before) { before -= 1 }
      return after - before - 1 > darkAfter
    }
  }
}
