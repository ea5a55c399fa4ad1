extension CardReader {
  /// The keys that say what is measured, wherever something is.
  static let expressionKeys = ["signal", "measure", "versus", "as", "per", "else", "at_least", "of", "weights"]

  /// What a mapping measures. Its keys were checked by whoever knows what else it may hold.
  func expression(_ map: YAMLMap) -> Expression? {
    guard let named = map.required("signal", hint: "name what is measured"), let signal = signal(named) else {
      checkUnattached(map)
      return nil
    }
    guard var expression = measured(map, signal, named) else { return nil }
    compare(&expression, map, signal)
    if let per = map["per"] {
      guard signal.kind != .label else {
        map.key("per")?.fail("key-does-not-fit", "a label cannot be divided", hint: "remove per")
        return nil
      }
      guard let divisor = divisor(per) else { return nil }
      expression.per = [divisor]
    }
    if let other = map["else"] {
      guard let otherwise = otherwise(other, for: signal) else { return nil }
      expression.otherwise = [otherwise]
    }
    breadth(&expression, map)
    return expression
  }

  /// Without a signal nothing says which measures fit, but the rest of what is written can still be wrong.
  private func checkUnattached(_ map: YAMLMap) {
    _ = map["measure"].flatMap(WrittenMeasure.init)
    _ = map["versus"].flatMap(versus)
    _ = map["as"]?.choice(Expression.Comparison.self, "comparison")
    _ = map["per"].flatMap(divisor)
  }

  /// The signal under its measure, `last` unless one is named.
  private func measured(_ map: YAMLMap, _ signal: Signal, _ named: YAMLValue) -> Expression? {
    let written = map["measure"].map { WrittenMeasure($0) } ?? WrittenMeasure(word: "last")
    guard let written, let measure = Measure.fitting(written, to: signal, at: map["measure"] ?? named) else { return nil }
    return Expression(signal.key, measure.function, window: measure.window, versus: measure.versus)
  }
}

// Comparing with an earlier time.
extension CardReader {
  private func compare(_ expression: inout Expression, _ map: YAMLMap, _ signal: Signal) {
    if let value = map["versus"] {
      if signal.kind == .date || signal.kind == .label {
        map.key("versus")?.fail("key-does-not-fit", "versus does not fit \(signal.key), a \(signal.kind.rawValue)", hint: "remove it")
      } else if expression.versus != nil {
        map.key("versus")?.fail("two-comparisons", "change compares already", hint: "write sum or last with versus, or change alone")
      } else if let versus = versus(value) {
        if versus == .previous, expression.window == nil {
          value.fail(
            "versus-without-window", "\(expression.function.rawValue) has no window to put before it", hint: "say how long ago: versus: 90d"
          )
        }
        expression.versus = versus
      }
    }
    guard let value = map["as"], let comparison = value.choice(Expression.Comparison.self, "comparison") else { return }
    if map["versus"] == nil, expression.versus == nil {
      map.key("as")?.fail(
        "key-does-not-fit", "as says how two ends compare, and there is no versus", hint: "add versus: previous, or remove as")
    }
    expression.comparison = comparison
  }

  private func versus(_ value: YAMLValue) -> Expression.Versus? {
    if value.written == "previous" { return .previous }
    guard let written = value.written, let days = YAMLValue.days(written), days > 0 else {
      value.fail("bad-versus", "expected previous or a span of days, found \(value.shape)", hint: "write versus: previous or versus: 90d")
      return nil
    }
    return .days(days)
  }
}

// Dividing, and standing in.
extension CardReader {
  /// `per: SIGNAL`, its `last`, or the long form.
  private func divisor(_ value: YAMLValue) -> Expression.Divisor? {
    guard !value.isEmpty else {
      value.fail("divide-by-nothing", "per names nothing to divide by", hint: "write per: SIGNAL, or remove per")
      return nil
    }
    guard value.isMap else {
      return signal(value).flatMap { amount(Expression($0.key), $0, at: value) }.map { Expression.Divisor($0) }
    }
    guard let map = value.map(allowed: ["signal", "measure", "plus_own", "times"]) else { return nil }
    let plusOwn = map["plus_own"].map { $0.bool() ?? false } ?? false
    let times = map["times"].map { $0.number() ?? 1 } ?? 1
    if times == 0 { map["times"]?.fail("bad-times", "times 0 makes everything 0", hint: "write times: 100 for a share in percent") }
    guard let named = map.required("signal", hint: "name what to divide by"), let signal = signal(named) else { return nil }
    guard let measured = measured(map, signal, named), let expression = amount(measured, signal, at: map["measure"] ?? named) else {
      return nil
    }
    return Expression.Divisor(expression, plusOwn: plusOwn, times: times)
  }

  /// An expression that is an amount, which is what a divisor must be.
  private func amount(_ expression: Expression, _ signal: Signal, at place: YAMLValue) -> Expression? {
    let isAmount = signal.kind != .label && !(signal.kind == .date && expression.function == .last)
    guard isAmount, signal.measures.contains(expression.function) else {
      place.fail(
        "measure-does-not-fit", "\(expression.function.rawValue) of \(signal.key), \(signal.kindInWords), is nothing to divide by",
        hint: signal.isPattern ? "write per: {signal: \(signal.key), measure: breadth 30d}" : "name a signal that is an amount")
      return nil
    }
    return expression
  }

  private func otherwise(_ value: YAMLValue, for signal: Signal) -> Expression? {
    guard let map = value.map(allowed: CardReader.expressionKeys), let expression = expression(map) else { return nil }
    guard (catalogue.signal(expression.signal)?.kind == .label) == (signal.kind == .label) else {
      map["signal"]?.fail(
        "else-does-not-fit", "one curve cannot read both \(signal.key) and \(expression.signal)", hint: "both must be labels, or neither")
      return nil
    }
    return expression
  }
}

// What only `breadth` has.
extension CardReader {
  private func breadth(_ expression: inout Expression, _ map: YAMLMap) {
    if expression.function != .breadth {
      for name in ["at_least", "of", "weights"] {
        map.key(name)?.fail("key-does-not-fit", "\(name) is only for breadth", hint: "remove it, or write measure: breadth 30d")
      }
      return
    }
    if let value = map["at_least"], let least = value.number() {
      if least <= 0 { value.fail("bad-at-least", "at_least must be positive", hint: "leave it out to count any use") }
      expression.atLeast = least
    }
    if let value = map["of"], let population = population(value) { expression.of = population }
    for entry in map["weights"]?.map()?.entries ?? [] {
      guard let weight = entry.value.number() else { continue }
      if weight <= 0 { entry.value.fail("bad-weight", "a weight must be positive", hint: "names that are not listed weigh 1") }
      expression.weights[entry.name] = weight
    }
  }

  private func population(_ value: YAMLValue) -> Expression.Population? {
    if value.isList {
      let items = value.items
      if items.isEmpty { value.fail("divide-by-nothing", "of names nothing", hint: "list the names, or leave of out for all seen before") }
      var names: [String] = []
      for item in items {
        guard let name = item.text("a name of the pattern") else { continue }
        if names.contains(name) { item.fail("duplicate-name", "\(name) is listed twice", hint: "keep one of them") }
        names.append(name)
      }
      return .names(names)
    }
    guard !value.isEmpty else {
      value.fail("divide-by-nothing", "of names nothing", hint: "name a signal or a list, or leave of out for all seen before")
      return nil
    }
    return signal(value).flatMap { amount(Expression($0.key), $0, at: value) }.map { .signal($0.signal) }
  }
}

extension WrittenMeasure {
  fileprivate init(word: String) { self.word = word }
}
