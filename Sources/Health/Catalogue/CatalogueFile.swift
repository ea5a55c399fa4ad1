/// Reads `signals.yaml`: the signals and dimensions that a workspace knows.
public enum CatalogueFile {
  /// The catalogue that a file declares. Throws every problem of the file, with its place.
  public static func read(text: String, file: String) throws(Problems) -> Catalogue {
    try YAMLFile.read(text, file: file) { root in
      guard let map = root.map(allowed: ["signals", "dimensions"]) else { return nil }
      let extra = map["dimensions"].map(dimensions) ?? []
      guard let declared = map.required("signals")?.map() else { return nil }
      let known = Catalogue.coreDimensions + extra
      let signals = declared.entries.compactMap { signal($0, dimensions: known) }
      return Catalogue(signals, extraDimensions: extra, text: text)
    }
  }

  private static let keys = ["kind", "unit", "direction", "every", "fresh", "expire", "dark_after", "reasons", "says"]

  private static func dimensions(_ value: YAMLValue) -> [String] {
    var names: [String] = []
    for item in value.list(of: "dimensions") ?? [] {
      guard let name = item.text("the name of a dimension") else { continue }
      if !isWord(name) {
        item.fail("bad-dimension", "\"\(name)\" cannot name a dimension", hint: "use lower-case letters, digits and underscores")
      } else if (Catalogue.coreDimensions + ["outcome"] + names).contains(name) {
        item.fail(
          "known-dimension", "\(name) is there already",
          hint: "list only dimensions beyond \(Catalogue.coreDimensions.joined(separator: ", "))")
      } else {
        names.append(name)
      }
    }
    return names
  }

  private static func signal(_ entry: YAMLMap.Entry, dimensions: [String]) -> Signal? {
    let keyFits = check(key: entry, dimensions: dimensions)
    guard let map = entry.value.map(allowed: keys) else { return nil }
    let kinds = SignalKind.allCases.map(\.rawValue).joined(separator: ", ")
    let kind = map.required("kind", hint: "one of \(kinds)")?.choice(SignalKind.self, "kind")
    let direction = map["direction"].map { $0.choice(Direction.self, "direction") ?? .none } ?? Direction.none
    let fresh = map["fresh"]?.days()
    let expire = map["expire"]?.days()
    if let fresh, let expire, fresh > expire {
      map["fresh"]?.fail(
        "fresh-after-expire", "fresh (\(fresh)d) is longer than expire (\(expire)d)", hint: "a reading is fresh first, then expires")
    }
    let darkAfter = map["dark_after"].map { $0.days() ?? 7 } ?? 7
    let reasons = map["reasons"]?.list(of: "reasons")?.compactMap { $0.text("a reason") } ?? []
    let every = map["every"]?.days()
    let unit = map["unit"]?.text() ?? ""
    let says = map["says"]?.text("a sentence") ?? ""
    guard keyFits, let kind else { return nil }
    let signal = Signal(
      key: entry.name, kind: kind, unit: unit, direction: direction, every: every, fresh: fresh, expire: expire, darkAfter: darkAfter,
      reasons: reasons, says: says)
    check(signal, map)
    return signal
  }

  /// What only the key and the kind together tell.
  private static func check(_ signal: Signal, _ map: YAMLMap) {
    if signal.isPattern, signal.kind != .count {
      map["kind"]?.fail(
        "pattern-kind", "a pattern must be a count, not \(signal.kind == .event ? "an" : "a") \(signal.kind.rawValue)",
        hint: "write kind: count, or name each signal")
    }
    guard signal.dimension == "outcome" else { return }
    if signal.kind != .event {
      map["kind"]?.fail("outcome-kind", "an outcome must be an event, not a \(signal.kind.rawValue)", hint: "write kind: event")
    }
    if signal.direction != .up, signal.direction != .down {
      let place = map["direction"] ?? map.value
      place.fail("outcome-direction", "an outcome needs a direction", hint: "write direction: up where it is welcome, down where it is not")
    }
  }

  private static func check(key entry: YAMLMap.Entry, dimensions: [String]) -> Bool {
    let key = entry.name
    let stem = key.hasSuffix(":*") ? String(key.dropLast(2)) : key
    let parts = stem.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, parts.allSatisfy(isWord) else {
      entry.key.fail(
        "bad-signal-key", "\"\(key)\" is not a signal's key",
        hint: "write dimension.name, or dimension.name:* for a pattern, in lower-case letters, digits and underscores")
      return false
    }
    if Catalogue.outcomes.contains(where: { $0.key == key }) {
      entry.key.fail("built-in-signal", "\(key) is built in", hint: "remove it")
      return false
    }
    guard parts[0] == "outcome" || dimensions.contains(parts[0]) else {
      let near = Nearest.match(to: parts[0], among: dimensions).map { "did you mean \($0)? Otherwise " } ?? ""
      entry.key.fail("unknown-dimension", "\(parts[0]) is not a dimension", hint: "\(near)add it to dimensions: [\(parts[0])]")
      return false
    }
    return true
  }

  private static func isWord(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
  }
}
