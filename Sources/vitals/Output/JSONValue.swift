import Health

/// A JSON value whose objects keep the order of their keys.
enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// One key and its value.
  struct Member: Hashable, Sendable {
    var key: String
    var value: JSONValue
  }

  /// An object of these pairs, in this order.
  static func object(_ pairs: KeyValuePairs<String, any JSONRepresentable>) -> JSONValue {
    .object(pairs.map { Member(key: $0.key, value: $0.value.json) })
  }
}

/// What has one obvious form in JSON. Days are ISO dates; nil, and a number that is not finite, is null.
protocol JSONRepresentable {
  /// That form.
  var json: JSONValue { get }
}

extension JSONValue: JSONRepresentable { var json: JSONValue { self } }
extension Bool: JSONRepresentable { var json: JSONValue { .bool(self) } }
extension Int: JSONRepresentable { var json: JSONValue { .int(Int64(self)) } }
extension Int32: JSONRepresentable { var json: JSONValue { .int(Int64(self)) } }
extension Int64: JSONRepresentable { var json: JSONValue { .int(self) } }
extension Double: JSONRepresentable { var json: JSONValue { isFinite ? .double(self) : .null } }
extension String: JSONRepresentable { var json: JSONValue { .string(self) } }
extension Day: JSONRepresentable { var json: JSONValue { .string(description) } }
extension Moment: JSONRepresentable { var json: JSONValue { .string(description) } }
extension Optional: JSONRepresentable where Wrapped: JSONRepresentable { var json: JSONValue { map(\.json) ?? .null } }
extension Array: JSONRepresentable where Element: JSONRepresentable { var json: JSONValue { .array(map(\.json)) } }

extension Double {
  /// The shortest text that reads back as the same number; whole numbers without a point, but `-0.0` keeps its sign.
  var shortest: String {
    let text = description
    return text.hasSuffix(".0") && self != 0 || text == "0.0" ? String(text.dropLast(2)) : text
  }
}
