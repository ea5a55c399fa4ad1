/// A value of a YAML file with its place. Accessors that find something else report it to the file and return nil.
package struct YAMLValue {
  enum Content {
    case scalar(String, plain: Bool)
    case list([YAMLValue])
    case map([YAMLMap.Entry])
  }

  let file: YAMLFile
  /// Where the value begins.
  package let place: Place
  let content: Content

  /// Reports a problem at this value.
  package func fail(_ name: String, _ message: String, hint: String? = nil) {
    file.report(Problem(name, .badInput, message, place: place, hint: hint))
  }

  /// Whether it is a word, a number or a text.
  package var isScalar: Bool { if case .scalar = content { true } else { false } }
  /// Whether it is a list.
  package var isList: Bool { if case .list = content { true } else { false } }
  /// Whether it is a mapping.
  package var isMap: Bool { if case .map = content { true } else { false } }
  /// Whether nothing is written after the key (or `~`, or `null`).
  package var isEmpty: Bool {
    if case .scalar(let text, plain: true) = content { ["", "~", "null"].contains(text) } else { false }
  }

  /// What it is, for messages.
  var shape: String {
    switch content {
    case _ where isEmpty: "nothing"
    case .scalar(let text, _): "\"\(text.count > 40 ? text.prefix(40) + "…" : text[...])\""
    case .list: "a list"
    case .map: "a mapping"
    }
  }

  private func mismatch(_ expected: String, hint: String? = nil) {
    fail("wrong-type", "expected \(expected), found \(shape)", hint: hint)
  }
}

// Lists and mappings.
extension YAMLValue {
  /// The items of a list.
  package func list(of what: String = "values") -> [YAMLValue]? {
    if case .list(let items) = content { return items }
    mismatch("a list of \(what)", hint: "write it as [a, b] or one item a line, each after \"- \"")
    return nil
  }

  /// The items of a list, or the value itself where a single one is written.
  package var items: [YAMLValue] { if case .list(let items) = content { items } else { [self] } }

  /// A mapping. With `allowed`, every other key is reported, with the nearest known one.
  package func map(allowed: [String]? = nil) -> YAMLMap? {
    guard case .map(let entries) = content else {
      mismatch("a mapping", hint: allowed.map { "its keys are \($0.joined(separator: ", "))" })
      return nil
    }
    if let allowed {
      for entry in entries where !allowed.contains(entry.name) {
        let hint = Nearest.match(to: entry.name, among: allowed).map { "did you mean \($0)?" }
        entry.key.fail("unknown-key", "unknown key \"\(entry.name)\"", hint: hint ?? "the keys here are \(allowed.joined(separator: ", "))")
      }
    }
    return YAMLMap(value: self, entries: entries)
  }
}

// Scalars. The text is always as written: `007` stays 007.
extension YAMLValue {
  /// The scalar's text as written, without a report; nil for lists and mappings.
  package var written: String? { if case .scalar(let text, _) = content { text } else { nil } }

  /// A text. An empty one must be quoted to be meant.
  package func text(_ what: String = "a text") -> String? {
    if !isEmpty, case .scalar(let text, _) = content { return text }
    mismatch(what)
    return nil
  }

  /// A finite number.
  package func number(_ what: String = "a number") -> Double? {
    guard let written, let number = YAMLValue.number(written) else {
      let hint = written?.hasSuffix("%") == true ? "write it without the percent sign" : "write digits with a dot as decimal mark"
      mismatch(what, hint: hint)
      return nil
    }
    return number
  }

  /// A number in plain decimal notation; nil for NaN, infinity, hexadecimal digits and anything else.
  package static func number(_ text: String) -> Double? {
    guard text.utf8.contains(where: { (48...57).contains($0) }),
      text.utf8.allSatisfy({ (48...57).contains($0) || [43, 45, 46, 69, 101].contains($0) }),
      let number = Double(text), number.isFinite
    else { return nil }
    return number
  }

  /// A whole number within a range.
  package func integer(_ what: String = "a whole number", in range: ClosedRange<Int> = Int.min...Int.max) -> Int? {
    if let written, let number = Int(written), range.contains(number) { return number }
    mismatch(range == Int.min...Int.max ? what : "\(what) from \(range.lowerBound) to \(range.upperBound)")
    return nil
  }

  /// `true` or `false`.
  package func bool() -> Bool? {
    switch written {
    case "true": return true
    case "false": return false
    default:
      mismatch("true or false")
      return nil
    }
  }

  /// The most days that a window or an age may have: what a fact's day can span.
  package static let mostDays = 65_535

  /// A span of whole days such as `90d`, at least `least`.
  package func days(least: Int = 1) -> Int? {
    if let written, let days = YAMLValue.days(written), days >= least { return days }
    let hint = written.flatMap(YAMLValue.number) == nil ? "write it like 90d" : "write the unit: \(written ?? "")d"
    mismatch("a span of at least \(least) d, such as 90d", hint: hint)
    return nil
  }

  /// The days of a text such as `90d`.
  package static func days(_ text: String) -> Int? {
    let digits = text.dropLast()
    guard text.hasSuffix("d"), digits.utf8.allSatisfy({ (48...57).contains($0) }), let days = Int(digits) else { return nil }
    return days <= mostDays ? days : nil
  }

  /// A share such as `50%`, from 0 % to 100 %, as 0–1.
  package func percent() -> Double? {
    if let written, written.hasSuffix("%"), let percent = YAMLValue.number(String(written.dropLast())), (0...100).contains(percent) {
      return percent / 100
    }
    mismatch("a share from 0% to 100%", hint: written.flatMap(YAMLValue.number) == nil ? nil : "write the percent sign: 50%")
    return nil
  }

  /// A calendar day, `2026-03-31`.
  package func day() -> Day? {
    if let written, let day = Day(written) { return day }
    mismatch("a day such as 2026-03-31")
    return nil
  }

  /// One of the words of an enumeration; the nearest is offered for another.
  package func choice<Choice: RawRepresentable<String> & CaseIterable>(_ type: Choice.Type, _ what: String) -> Choice? {
    if let written, let choice = Choice(rawValue: written) { return choice }
    let words = Choice.allCases.map(\.rawValue)
    let near = written.flatMap { Nearest.match(to: $0, among: words) }
    let hint = near.map { "did you mean \($0)?" } ?? "one of \(words.joined(separator: ", "))"
    let article = what.first.map { "aeio".contains($0) } == true ? "an" : "a"
    fail("unknown-\(what)", "expected \(article) \(what), found \(shape)", hint: hint)
    return nil
  }
}

/// A mapping of a YAML file, its keys in the order of the file.
package struct YAMLMap {
  /// A key and its value.
  package struct Entry {
    /// The key's text as written.
    package let name: String
    /// The key, for its place.
    package let key: YAMLValue
    /// The value.
    package let value: YAMLValue
  }

  /// The mapping as a value, for its place.
  package let value: YAMLValue
  /// In the order of the file.
  package let entries: [Entry]

  /// The value of a key, nil where the key is absent.
  package subscript(_ name: String) -> YAMLValue? { entries.first { $0.name == name }?.value }

  /// The key itself, for a report about it.
  package func key(_ name: String) -> YAMLValue? { entries.first { $0.name == name }?.key }

  /// The value of a key that must be there; reports its absence at the mapping.
  package func required(_ name: String, hint: String? = nil) -> YAMLValue? {
    if let found = self[name] { return found }
    value.fail("missing-key", "the key \"\(name)\" is missing", hint: hint)
    return nil
  }

  /// Reports a problem at the mapping.
  package func fail(_ name: String, _ message: String, hint: String? = nil) { value.fail(name, message, hint: hint) }
}
