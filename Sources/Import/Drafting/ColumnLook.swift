import Health

/// What the sampled values of one column have in common.
struct ColumnLook {
  /// What all values that state something can be read as.
  enum Kind: Hashable {
    /// No value states anything.
    case blank
    /// Yes and no; the words that stand for 1 and 0, none for `true` and `false`, which are known.
    case truth([String: Double])
    case number(NumberFormat)
    /// Every format that fits all of them, of which each reads day, month and year in another order.
    case time([TimeFormat])
    case text
  }

  let name: String
  let index: Int
  let words: NameWords
  /// How many rows have each value.
  let counts: [String: Int]
  let rows: Int
  /// Rows whose cell is empty or stands for nothing.
  let blanks: Int
  /// Words that stand for nothing in a column of numbers or times.
  let nulls: [String]
  let kind: Kind
  /// Whether the values are whole numbers written like `17850.0`.
  let isDottedInteger: Bool
  /// Whether they would be numbers if a comma were a decimal mark.
  let hasDecimalCommas: Bool

  init(name: String, index: Int, cells: some Sequence<String>) {
    (self.name, self.index, words) = (name, index, NameWords(name))
    var counts: [String: Int] = [:]
    for cell in cells { counts[cell, default: 0] += 1 }
    rows = counts.values.reduce(0, +)
    self.counts = counts
    let stated = counts.keys.filter { !Self.isEmpty($0) }.sorted()
    let plain = Self.kind(of: stated, words)
    let nothing = stated.filter { Self.nullWords.contains($0.lowercased()) }
    if plain == .text, !nothing.isEmpty {
      let rest = stated.filter { !Self.nullWords.contains($0.lowercased()) }
      let kind = Self.kind(of: rest, words)
      (self.kind, nulls) = kind == .text || kind == .blank ? (plain, []) : (kind, nothing)
    } else {
      (kind, nulls) = (plain, [])
    }
    let empty = Set(nulls)
    blanks = counts.reduce(0) { $0 + (Self.isEmpty($1.key) || empty.contains($1.key) ? $1.value : 0) }
    let values = stated.filter { !empty.contains($0) }
    isDottedInteger = !values.isEmpty && values.allSatisfy { $0.wholeMatch(of: /[0-9]+\.0+/) != nil }
    hasDecimalCommas = kind == .text && !values.isEmpty && values.allSatisfy { $0.wholeMatch(of: /-?[0-9.]+(,[0-9]+)?/) != nil }
  }

  private static let nullWords: Set<String> = [
    "na", "n/a", "#n/a", "null", "(null)", "none", "nil", "nan", "-", "--", "?", "\\n", "undefined", "unknown",
  ]

  private static func isEmpty(_ value: String) -> Bool { value.utf8.allSatisfy { $0 == 32 || $0 == 9 } }

  /// Whether the values are more than text.
  var isTyped: Bool {
    switch kind {
    case .blank, .text: false
    case .truth, .number, .time: true
    }
  }

  var filled: Int { rows - blanks }
  /// How many different values state something.
  var distinct: Int { values.count }
  /// The values that state something, most frequent first.
  var values: [String] {
    let empty = Set(nulls)
    return counts.filter { !Self.isEmpty($0.key) && !empty.contains($0.key) }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
  }
  /// Whether a row's cell states something.
  func states(_ cell: String) -> Bool { !Self.isEmpty(cell) && !nulls.contains(cell) }
  /// Whether each row has a value of its own.
  var isUnique: Bool { blanks == 0 && counts.count == rows }

  var timeFormats: [TimeFormat] { if case .time(let formats) = kind { formats } else { [] } }
  var isNumber: Bool { if case .number = kind { true } else { false } }
  var isTruth: Bool { if case .truth = kind { true } else { false } }

  private static func kind(of values: [String], _ name: NameWords) -> Kind {
    if values.isEmpty { return .blank }
    if let words = truth(values) { return .truth(words) }
    let times = TimeGuess.formats(values)
    // Bare digits are a time only where the name says so: an invoice's number may look like one.
    if !times.isEmpty, name.soundsLikeTime || !TimeGuess.isDigits(times, values) { return .time(times) }
    if let format = numberFormat(values) { return .number(format) }
    return .text
  }

  private static func truth(_ values: [String]) -> [String: Double]? {
    let low = Set(values.map { $0.lowercased() })
    if low.isSubset(of: ["true", "false"]) { return [:] }
    for (yes, no) in [("yes", "no"), ("y", "n"), ("t", "f"), ("on", "off")] {
      // One letter alone says too little.
      guard low.isSubset(of: [yes, no]), low.count == 2 || yes == "yes" else { continue }
      return Dictionary(values.map { ($0, $0.lowercased() == yes ? 1 : 0) }, uniquingKeysWith: { first, _ in first })
    }
    return nil
  }

  /// The plainest format in which all are numbers. Digits behind a leading zero, or more than 15 of them, are a name, not a number.
  private static func numberFormat(_ values: [String]) -> NumberFormat? {
    let isName = values.contains { value in
      let digits = value.prefix { $0.isNumber }
      return digits.count > 15 || (digits.count > 1 && digits.first == "0")
    }
    if isName { return nil }
    var formats = [NumberFormat(), NumberFormat(percent: true)]
    for mark in [",", "'", " "].compactMap(\.utf8.first) {
      formats += [NumberFormat(thousands: mark), NumberFormat(thousands: mark, percent: true)]
    }
    return formats.first { format in
      let parser = NumberParser(format)
      return values.allSatisfy { value in Array(value.utf8).withUnsafeBytes { (try? parser.parse($0)) != nil } }
    }
  }
}
