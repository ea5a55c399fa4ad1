extension CardReader {
  private static let curveKeys = ["points", "steps", "map", "percentile"]

  /// The one curve of an input; `signal` is nil where the expression could not be read.
  func curve(_ map: YAMLMap, of signal: Signal?) -> Found<Curve, YAMLValue>? {
    let written = map.entries.filter { CardReader.curveKeys.contains($0.name) }
    guard let first = written.first else {
      map.fail("missing-curve", "nothing says how the value becomes points", hint: "write points: {x: y, …}, steps, map or percentile")
      return nil
    }
    if written.count > 1 {
      written[1].key.fail("two-curves", "an input has one curve, not \(first.name) and \(written[1].name)", hint: "keep one of them")
      return nil
    }
    if first.name != "percentile" {
      map.key("direction")?.fail("key-does-not-fit", "direction is only for percentile", hint: "the curve itself says which way is good")
    }
    if let signal, signal.kind == .label, first.name != "map" {
      first.key.fail(
        "curve-does-not-fit", "\(signal.key) is a label, which \(first.name) cannot turn into points", hint: "write map: {label: points, …}"
      )
      return nil
    }
    return curve(first, map, signal).map { Found(thing: $0, place: first.key) }
  }

  private func curve(_ entry: YAMLMap.Entry, _ map: YAMLMap, _ signal: Signal?) -> Curve? {
    switch entry.name {
    case "points": knots(entry.value).map { .points($0) }
    case "steps": knots(entry.value).map { .steps($0) }
    case "map": labels(entry.value, areNumbers: signal.map { $0.kind != .label }).map { .map($0) }
    default: percentile(entry.value, map["direction"])
    }
  }

  /// Knots by ascending x. A file may write them in either direction, so that `{10: 0, 0: 100}` reads as "10 is bad, 0 is good".
  private func knots(_ value: YAMLValue) -> [Curve.Knot]? {
    guard let entries = value.map()?.entries else { return nil }
    guard !entries.isEmpty else {
      value.fail("empty-curve", "the curve has no knots", hint: "write {x: y, …}")
      return nil
    }
    var knots: [Curve.Knot] = []
    for entry in entries {
      guard let x = entry.key.number("a number before the colon"), let y = points(entry.value) else { continue }
      if knots.contains(where: { $0.x == x }) {
        entry.key.fail("duplicate-knot", "\(entry.name) stands twice in the curve", hint: "keep one of them")
      } else if knots.count >= 2, (knots[1].x > knots[0].x) != (x > knots[knots.count - 1].x) {
        entry.key.fail("unsorted-knots", "\(entry.name) is out of order", hint: "write the knots in ascending or descending order")
      }
      knots.append(Curve.Knot(x, y))
    }
    return knots.count == entries.count ? knots.sorted { $0.x < $1.x } : nil
  }

  private func labels(_ value: YAMLValue, areNumbers: Bool?) -> [String: Double]? {
    guard let entries = value.map()?.entries else { return nil }
    guard !entries.isEmpty else {
      value.fail("empty-curve", "the map has no labels", hint: "write {label: points, …}")
      return nil
    }
    var labels: [String: Double] = [:]
    for entry in entries {
      guard let y = points(entry.value) else { continue }
      if areNumbers == true, YAMLValue.number(entry.name) == nil {
        entry.key.fail(
          "label-on-number", "\"\(entry.name)\" never matches, since the values are numbers",
          hint: "write ratings as numbers, or declare the signal a label")
      }
      if labels.keys.contains(where: { isSame($0, entry.name) }) {
        entry.key.fail("duplicate-knot", "\"\(entry.name)\" stands twice in the map", hint: "labels compare without case; keep one of them")
      }
      labels[entry.name] = y
    }
    return labels
  }

  private func isSame(_ a: String, _ b: String) -> Bool {
    if let a = YAMLValue.number(a), let b = YAMLValue.number(b) { return a == b }
    return a.lowercased() == b.lowercased()
  }

  private func percentile(_ value: YAMLValue, _ direction: YAMLValue?) -> Curve? {
    guard let among = value.text("all or an attribute") else { return nil }
    var way = Direction.up
    if let direction {
      guard let read = direction.choice(Direction.self, "direction") else { return nil }
      guard read == .up || read == .down else {
        direction.fail("unknown-direction", "a percentile goes up or down", hint: "write direction: down to flip it")
        return nil
      }
      way = read
    }
    return .percentile(attribute: among == "all" ? nil : among, direction: way)
  }
}
