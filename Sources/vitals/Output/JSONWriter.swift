/// Writes JSON: keys in their order, numbers in full, and no character that a terminal would act on.
struct JSONWriter {
  private(set) var text = ""
  private let isIndented: Bool

  private init(isIndented: Bool) { self.isIndented = isIndented }

  /// The value over several indented lines; small arrays and objects of plain values stay on one.
  static func indented(_ value: JSONValue) -> String {
    var writer = JSONWriter(isIndented: true)
    writer.write(value, depth: 0)
    return writer.text
  }

  /// The value on one line.
  static func compact(_ value: JSONValue) -> String {
    var writer = JSONWriter(isIndented: false)
    writer.write(value, depth: 0)
    return writer.text
  }

  private mutating func write(_ value: JSONValue, depth: Int) {
    switch value {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .int(let value): text += String(value)
    case .double(let value): text += value.isFinite ? value.shortest : "null"
    case .string(let value): write(string: value)
    case .array(let items):
      write(between: "[", and: "]", items.count, breaks: isIndented && !items.allSatisfy(\.isPlain), depth: depth) { writer, index in
        writer.write(items[index], depth: depth + 1)
      }
    case .object(let members):
      write(between: "{", and: "}", members.count, breaks: isIndented && !members.isEmpty, depth: depth) { writer, index in
        writer.write(string: members[index].key)
        writer.text += writer.isIndented ? ": " : ":"
        writer.write(members[index].value, depth: depth + 1)
      }
    }
  }

  private mutating func write(
    between open: String, and close: String, _ count: Int, breaks: Bool, depth: Int, _ item: (inout JSONWriter, Int) -> Void
  ) {
    text += open
    for index in 0..<count {
      if index > 0 { text += isIndented && !breaks ? ", " : "," }
      if breaks { text += "\n" + String(repeating: "  ", count: depth + 1) }
      item(&self, index)
    }
    if breaks { text += "\n" + String(repeating: "  ", count: depth) }
    text += close
  }

  private mutating func write(string: String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where HarmlessText.isHarmful(scalar):
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

extension JSONValue {
  /// Whether it holds no other value.
  var isPlain: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }
}
