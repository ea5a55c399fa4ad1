extension CardReader {
  private static let inputKeys =
    expressionKeys + ["points", "steps", "map", "percentile", "direction", "weight", "missing", "fresh", "expire", "why"]

  /// The groups in the order of the file.
  func groups(_ value: YAMLValue) -> [Found<Card.Group, CardFile.Places.Group>] {
    guard let map = value.map() else { return [] }
    if map.entries.isEmpty { value.fail("no-groups", "no groups", hint: "a card needs at least one group of inputs") }
    return map.entries.compactMap(group)
  }

  private func group(_ entry: YAMLMap.Entry) -> Found<Card.Group, CardFile.Places.Group>? {
    guard let map = entry.value.map(allowed: ["weight", "inputs"]) else { return nil }
    let weight = weight(map)
    guard let items = map.required("inputs", hint: "list the group's inputs")?.list(of: "inputs") else { return nil }
    if items.isEmpty {
      map["inputs"]?.fail("no-inputs", "the group \(entry.name) has no inputs", hint: "list at least one, or remove the group")
    }
    let inputs = items.compactMap(input)
    guard let weight else { return nil }
    let places = CardFile.Places.Group(name: entry.key.place, inputs: inputs.map(\.place))
    return Found(thing: Card.Group(name: entry.name, weight: weight, inputs: inputs.map(\.thing)), place: places)
  }

  private func input(_ value: YAMLValue) -> Found<Card.Input, CardFile.Places.Input>? {
    guard let map = value.map(allowed: CardReader.inputKeys) else { return nil }
    let expression = expression(map)
    let signal = expression.flatMap { catalogue.signal($0.signal) }
    let curve = curve(map, of: signal)
    let weight = weight(map)
    let missing = map.required("missing", hint: "write missing: skip, or a number of points").flatMap(missing)
    let fresh = map["fresh"]?.days()
    let expire = map["expire"]?.days()
    checkAges(map, fresh ?? signal?.fresh, expire ?? signal?.expire)
    let why = map["why"]?.text("a sentence") ?? ""
    guard let expression, let curve, let weight, let missing else { return nil }
    let input = Card.Input(
      expression: expression, curve: curve.thing, weight: weight, missing: missing, fresh: fresh, expire: expire, why: why)
    return Found(thing: input, place: CardFile.Places.Input(whole: value.place, curve: curve.place.place))
  }

  /// Only what the card itself says can be wrong here; the catalogue's own ages were checked with the catalogue.
  private func checkAges(_ map: YAMLMap, _ fresh: Int?, _ expire: Int?) {
    guard let place = map["fresh"] ?? map["expire"], let fresh, let expire, fresh > expire else { return }
    place.fail("fresh-after-expire", "fresh (\(fresh)d) is longer than expire (\(expire)d)", hint: "a reading is fresh first, then expires")
  }

  private func weight(_ map: YAMLMap) -> Double? {
    guard let value = map.required("weight", hint: "any positive number; weights are shares of their sum"), let weight = value.number()
    else {
      return nil
    }
    guard weight > 0 else {
      value.fail("bad-weight", "a weight must be positive", hint: "remove what should not count")
      return nil
    }
    return weight
  }

  private func missing(_ value: YAMLValue) -> Card.Missing? {
    if value.written == "skip" { return .skip }
    return points(value, "skip or a number of points").map { .points($0) }
  }

  /// A number on the 0–100 scale.
  func points(_ value: YAMLValue, _ what: String = "points") -> Double? {
    guard let points = value.number(what) else { return nil }
    guard (0...100).contains(points) else {
      value.fail("points-out-of-range", "\(value.written ?? "") is not on the scale", hint: "points run from 0 (bad) to 100 (good)")
      return nil
    }
    return points
  }
}
