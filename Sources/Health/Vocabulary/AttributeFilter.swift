/// Which accounts are meant: conditions on attributes, all of which must hold. Names and values are compared without case.
public struct AttributeFilter: Hashable, Sendable {
  /// One condition, `segment=enterprise,middle` or `csm!=dana`.
  public struct Condition: Hashable, Sendable {
    /// The attribute's name in lower case.
    public let attribute: String
    /// Whether the value must be one of the values, or none of them.
    public let isOneOf: Bool
    /// The values in lower case; an empty one stands for an account without a value.
    public let values: [String]

    /// A condition; the case of the words does not matter.
    public init(attribute: String, isOneOf: Bool = true, values: [String]) {
      (self.attribute, self.isOneOf) = (attribute.lowercased(), isOneOf)
      self.values = values.map { $0.lowercased() }
    }

    /// Reads `attribute=value[,value…]` or `attribute!=value[,value…]`; `\,` is a comma within a value.
    public init(_ text: String) throws(Problem) {
      guard let sign = text.firstIndex(of: "=") else {
        throw Problem("bad-where", .usage, "\"\(text)\" has no = or !=", hint: "write --where segment=enterprise or --where csm!=dana")
      }
      let isNegated = text[..<sign].last == "!"
      let name = trimmed(text[..<sign].dropLast(isNegated ? 1 : 0))
      guard !name.isEmpty else {
        throw Problem("bad-where", .usage, "\"\(text)\" names no attribute", hint: "write --where segment=enterprise or --where csm!=dana")
      }
      self.init(attribute: name, isOneOf: !isNegated, values: Condition.values(in: text[text.index(after: sign)...]))
    }

    /// Whether an account with this value (nil without one) is meant.
    public func holds(for value: String?) -> Bool { values.contains((value ?? "").lowercased()) == isOneOf }

    private static func values(in text: Substring) -> [String] {
      var values = [""]
      var isEscaped = false
      for character in text {
        switch character {
        case "," where !isEscaped: values.append("")
        case "\\" where !isEscaped:
          isEscaped = true
          continue
        default:
          // A backslash is itself unless a comma or another backslash follows.
          if isEscaped, character != ",", character != "\\" { values[values.count - 1].append("\\") }
          values[values.count - 1].append(character)
        }
        isEscaped = false
      }
      if isEscaped { values[values.count - 1].append("\\") }
      return values.map { trimmed($0[...]) }
    }
  }

  /// The conditions; none means every account.
  public var conditions: [Condition]

  /// A filter of these conditions.
  public init(_ conditions: [Condition] = []) { self.conditions = conditions }

  /// Whether an account is meant. `value` gives the account's value of an attribute whose name comes in lower case.
  public func matches(_ value: (_ attribute: String) -> String?) -> Bool {
    conditions.allSatisfy { $0.holds(for: value($0.attribute)) }
  }
}

extension AttributeFilter: CustomStringConvertible {
  /// The conditions as a title prints them: `segment=enterprise, csm!=dana`.
  public var description: String {
    conditions.map { "\($0.attribute)\($0.isOneOf ? "=" : "!=")\($0.values.joined(separator: "|"))" }.joined(separator: ", ")
  }
}

private func trimmed(_ text: Substring) -> String {
  let start = text.drop { $0.isWhitespace }
  return String(start.reversed().drop { $0.isWhitespace }.reversed())
}
