import Health

/// Reads the lines of a feed: `signals`, or the long form.
struct FeedLineReader {
  let feed: FeedReader
  let at: Feed.TimeSource

  static let lineKeys = ["line", "value", "event", "at", "text", "author", "reason", "only", "lines", "future", "no_value", "gone"]

  func lines() -> [FeedLine] {
    if let signal = feed.map["signal"] {
      feed.map.key("signals")?.fail("two-forms", "signals and signal cannot stand together", hint: "keep the form that fits the file")
      guard let column = signal.text("the column with the signals' keys") else { return [] }
      _ = feed.map.required("value", hint: "name the column with the values: value: COLUMN")
      return [line(feed.map, signal: .column(column), kind: nil, ordinal: 0)]
    }
    for key in FeedFile.longFormKeys {
      feed.map.key(key)?.fail(
        "misplaced-key", "\(key) stands at the top only beside `signal: COLUMN`", hint: "move it into a line under signals")
    }
    return feed.map["signals"]?.map()?.entries.flatMap(lines(of:)) ?? []
  }

  private func lines(of entry: YAMLMap.Entry) -> [FeedLine] {
    let known = signal(entry.key, entry.name, isEvent: entry.value.items.contains { $0.isMap && $0.map()?["event"] != nil })
    var lines: [FeedLine] = []
    var names: Set<String> = []
    for (ordinal, item) in entry.value.items.enumerated() {
      guard let map = item.map(allowed: FeedLineReader.lineKeys) else { continue }
      let line = line(map, signal: known?.name ?? .fixed(entry.name), kind: known?.kind, ordinal: ordinal)
      if let name = line.name, !names.insert(name).inserted {
        map.key("line")?.fail("duplicate-line", "two lines of \(entry.name) are called \(name)", hint: "give each its own name")
      }
      if let kind = known?.kind { LineLint(map: map, line: line, kind: kind, key: entry.name).check() }
      lines.append(line)
    }
    return lines
  }

  private func line(_ map: YAMLMap, signal: FeedLine.SignalName, kind: SignalKind?, ordinal: Int) -> FeedLine {
    // At the feed's top these two keys speak of the whole feed.
    let isTop = kind == nil && feed.map["signal"] != nil
    let at = isTop ? self.at : map["at"].flatMap { FeedReader.time($0, inheriting: self.at) } ?? self.at
    let (value, date) = self.value(map["value"], at)
    return FeedLine(
      signal: signal, kind: kind, name: map["line"].flatMap(lineName), ordinal: ordinal, value: value, date: date,
      event: map["event"]?.items.compactMap { $0.text("a column") } ?? [], at: at, text: map["text"]?.text("a column"),
      author: map["author"]?.text("a column"), reason: map["reason"]?.text("a column"), only: FeedReader.conditions(map["only"]),
      gone: isTop ? [] : FeedReader.conditions(map["gone"]), adds: FeedReader.word(map["lines"], "add"),
      keepsFuture: FeedReader.word(map["future"], "keep"),
      keepsValueless: FeedReader.word(map["no_value"], "keep"))
  }

  private func lineName(_ value: YAMLValue) -> String? {
    guard let name = value.text("the line's name") else { return nil }
    // A name of digits would be taken for the ordinal of a line without one.
    if name.isEmpty || name.contains("/") || Int(name) != nil {
      value.fail("bad-line-name", "\"\(name)\" is no name for a line", hint: "use a word such as open")
    }
    return name
  }

  /// A column, a number, `{multiply: […]}`, or `{column, format, zone}` for a date.
  private func value(_ value: YAMLValue?, _ at: Feed.TimeSource) -> (FeedLine.Value, Feed.TimeColumn?) {
    guard let value else { return (.absent, nil) }
    var (format, zone): (TimeFormat, String?) = (.iso, nil)
    if case .column(let column) = at { (format, zone) = (column.format, column.zone) }
    if value.isMap, let map = value.map(allowed: ["multiply", "column", "format", "zone"]) {
      if let factors = map["multiply"] {
        for key in ["column", "format", "zone"] { map.key(key)?.fail("misplaced-key", "\(key) does not go with multiply") }
        return (.product(self.factors(factors)), nil)
      }
      let date = FeedReader.timeColumn(value, format, zone)
      return (date.map { .column($0.name) } ?? .absent, date)
    }
    guard let text = value.text("a column or a number") else { return (.absent, nil) }
    if let number = YAMLValue.number(text) { return (.constant(number), nil) }
    return (.column(text), Feed.TimeColumn(name: text, format: format, zone: zone))
  }

  private func factors(_ value: YAMLValue) -> [FeedLine.Factor] {
    guard let items = value.list(of: "columns") else { return [] }
    let factors = items.compactMap(factor)
    let hasColumn = factors.contains { if case .column = $0 { true } else { false } }
    if items.count < 2 || (factors.count == items.count && !hasColumn) {
      value.fail(
        "bad-multiply", "multiply needs two factors or more, one of them a column", hint: "write it like {multiply: [Quantity, UnitPrice]}")
    }
    return factors
  }

  private func factor(_ item: YAMLValue) -> FeedLine.Factor? {
    if item.isMap { return item.map(allowed: ["column"])?.required("column")?.text("a column").map { .column($0) } }
    guard let text = item.text("a column or a number") else { return nil }
    return YAMLValue.number(text).map { .constant($0) } ?? .column(text)
  }
}

// Which signal a line speaks of.
extension FeedLineReader {
  private func signal(_ place: YAMLValue, _ key: String, isEvent: Bool) -> (name: FeedLine.SignalName, kind: SignalKind)? {
    if let brace = key.firstIndex(of: "{") { return instance(place, key, brace) }
    guard let signal = feed.catalogue.signal(key) else {
      undeclared(place, key, kind: isEvent ? "event" : "gauge")
      return nil
    }
    if signal.isPattern {
      place.fail("pattern-without-column", "\(key) is a whole family", hint: "name the column that tells which: \(key.dropLast()){COLUMN}")
      return nil
    }
    if key.contains(":"), !signal.kind.isReading { return refuseEvent(place, key) }
    return (.fixed(key), signal.kind)
  }

  private func instance(_ place: YAMLValue, _ key: String, _ brace: String.Index) -> (name: FeedLine.SignalName, kind: SignalKind)? {
    let prefix = String(key[..<brace])
    let column = String(key[key.index(after: brace)...].dropLast())
    guard prefix.hasSuffix(":"), key.hasSuffix("}"), !column.isEmpty, !column.contains("{") else {
      place.fail("bad-pattern-key", "\"\(key)\" is not a pattern's instance", hint: "write it like product.feature:{COLUMN}")
      return nil
    }
    guard let signal = feed.catalogue.signals[prefix + "*"] else {
      undeclared(place, prefix + "*", kind: "count")
      return nil
    }
    return signal.kind.isReading ? (.instance(prefix: prefix, column: column), signal.kind) : refuseEvent(place, key)
  }

  private func refuseEvent(_ place: YAMLValue, _ key: String) -> (name: FeedLine.SignalName, kind: SignalKind)? {
    place.fail("event-of-pattern", "an instance of a pattern cannot be an event", hint: "declare the pattern as a count")
    return nil
  }

  private func undeclared(_ place: YAMLValue, _ key: String, kind: String) {
    let line = "declare it in signals.yaml: \(key): {kind: \(kind), unit: …, direction: up, says: …}"
    let near = feed.catalogue.nearest(to: key).map { "did you mean \($0)? If not, " } ?? ""
    place.fail("unknown-signal", "the signal \(key) is not declared", hint: near + line)
  }
}
