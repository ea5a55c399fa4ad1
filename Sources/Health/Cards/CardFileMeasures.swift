extension Signal {
  /// The measures that fit the signal; others have no meaning for its kind.
  var measures: [Expression.Function] {
    if isPattern { return [.breadth, .lapsed, .sum] }
    return switch kind {
    case .gauge: [.last, .mean, .min, .max, .slope, .days, .count]
    case .date: [.last, .since, .until]
    case .label: [.last]
    case .count, .event: [.last, .sum, .count, .mean, .min, .max, .days, .since, .slope]
    case .balance: [.last, .mean, .min, .max, .slope, .sum, .count, .days, .since]
    }
  }

  /// What it is, in messages.
  var kindInWords: String {
    if isPattern { return "a pattern of counts" }
    return kind == .event ? "an event" : "a \(kind.rawValue)"
  }
}

/// A measure as a card writes it: a word, and for most a window of days.
struct WrittenMeasure {
  var word: String
  var window: Int?

  static let words = Expression.Function.allCases.map(\.rawValue) + ["change"]

  /// Reads `last` or `mean 28d`, reporting what is neither.
  init?(_ value: YAMLValue) {
    guard let text = value.text("a measure, such as last or mean 28d") else { return nil }
    let parts = text.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    guard let word = parts.first, WrittenMeasure.words.contains(word) else {
      let near = parts.first.flatMap { Nearest.match(to: $0, among: WrittenMeasure.words) }
      let words = WrittenMeasure.words.joined(separator: ", ")
      value.fail("unknown-measure", "unknown measure \"\(text)\"", hint: near.map { "did you mean \($0)?" } ?? "the measures are \(words)")
      return nil
    }
    self.word = word
    guard parts.count > 1 else { return }
    guard parts.count == 2, let days = YAMLValue.days(parts[1]), days > 0 else {
      let hint =
        parts.contains("versus")
        ? "write versus: and as: as keys of their own" : "write the window as whole days, such as \(word) 30d"
      value.fail("bad-window", "\"\(text)\" is not a measure with a window", hint: hint)
      return nil
    }
    window = days
  }
}

/// A measure in the engine's terms: what `change` is short for, and everything else as it is.
struct Measure {
  var function: Expression.Function
  var window: Int?
  var versus: Expression.Versus?

  /// The measure that was written, if it fits the signal; reports at `place` what does not.
  static func fitting(_ written: WrittenMeasure, to signal: Signal, at place: YAMLValue) -> Measure? {
    guard let function = Expression.Function(rawValue: written.word) else { return change(written, of: signal, at: place) }
    guard signal.measures.contains(function) else {
      failFit(written.word, signal, place)
      return nil
    }
    if function.hasWindow, written.window == nil {
      place.fail("missing-window", "\(written.word) needs a window", hint: "write \(written.word) 30d")
      return nil
    }
    if !function.hasWindow, written.window != nil {
      place.fail("window-does-not-fit", "\(written.word) has no window", hint: "write \(written.word)")
      return nil
    }
    return Measure(function: function, window: written.window)
  }

  /// `change N`: the sum against the window before on what happens, the state against N days ago on what holds.
  private static func change(_ written: WrittenMeasure, of signal: Signal, at place: YAMLValue) -> Measure? {
    guard signal.kind != .date, signal.kind != .label else {
      failFit("change", signal, place)
      return nil
    }
    guard let window = written.window else {
      place.fail("missing-window", "change needs a window", hint: "write change 90d")
      return nil
    }
    return switch signal.kind {
    case .count, .event: Measure(function: .sum, window: window, versus: .previous)
    default: Measure(function: .last, versus: .days(window))
    }
  }

  private static func failFit(_ word: String, _ signal: Signal, _ place: YAMLValue) {
    let words = signal.measures.map(\.rawValue) + (signal.kind == .date || signal.kind == .label ? [] : ["change"])
    place.fail(
      "measure-does-not-fit", "\(word) does not fit \(signal.key), \(signal.kindInWords)",
      hint: "what fits: \(words.joined(separator: ", "))")
  }
}
