/// Attribute values that an account must have, as `for`, `exclude` and `--where` write them: every attribute named must have one of
/// its values. Values are text as written; names and values compare without case; an account without the attribute does not match.
public enum AttributeConditions {
  /// Whether attributes meet all conditions; no conditions are always met.
  public static func hold(_ conditions: [String: [String]], for attributes: [String: String]) -> Bool {
    conditions.allSatisfy { name, values in
      guard let value = attributes[name] ?? attributes.first(where: { same($0.key, name) })?.value else { return false }
      return values.contains { same($0, value) }
    }
  }

  /// Whether one of the conditions is met: what `exclude` asks.
  public static func anyHolds(_ conditions: [String: [String]], for attributes: [String: String]) -> Bool {
    conditions.contains { hold([$0.key: $0.value], for: attributes) }
  }

  /// Whether some account can meet both: where both name an attribute, they must share a value.
  public static func canBothHold(_ a: [String: [String]], _ b: [String: [String]]) -> Bool {
    a.allSatisfy { name, values in
      guard let others = b[name] ?? b.first(where: { same($0.key, name) })?.value else { return true }
      return values.contains { value in others.contains { same($0, value) } }
    }
  }

  private static func same(_ a: String, _ b: String) -> Bool { a == b || a.lowercased() == b.lowercased() }

  /// Reads a mapping from attributes to a value or a list of values.
  static func read(_ value: YAMLValue) -> [String: [String]] {
    var conditions: [String: [String]] = [:]
    for entry in value.map()?.entries ?? [] {
      let values = entry.value.items.compactMap { $0.text("an attribute's value") }
      if entry.value.isList, entry.value.items.isEmpty {
        entry.value.fail("empty-condition", "no value of \(entry.name) is named", hint: "name at least one, or leave the attribute out")
      }
      conditions[entry.name] = values
    }
    return conditions
  }
}
