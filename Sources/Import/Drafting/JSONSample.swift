import Foundation

/// The objects of a JSON Lines text as rows: one column for each flat path `a.b`, in alphabetical order.
struct JSONSample {
  private(set) var columns: [String] = []
  private(set) var rows: [[String]] = []
  private(set) var broken = 0

  init(bytes: [UInt8]) {
    var objects: [[String: String]] = []
    for line in bytes.split(whereSeparator: { $0 == 10 || $0 == 13 }) where line.contains(where: { $0 != 32 && $0 != 9 }) {
      guard let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] else {
        broken += 1
        continue
      }
      var flat: [String: String] = [:]
      Self.flatten(object, under: "", into: &flat)
      objects.append(flat)
    }
    columns = Set(objects.flatMap(\.keys)).sorted()
    rows = objects.map { object in columns.map { object[$0] ?? "" } }
  }

  private static func flatten(_ object: [String: Any], under prefix: String, into flat: inout [String: String]) {
    for (key, value) in object {
      switch value {
      case let inner as [String: Any]: flatten(inner, under: prefix + key + ".", into: &flat)
      case let text as String: flat[prefix + key] = text
      case let number as NSNumber: flat[prefix + key] = Self.isTruth(number) ? (number.boolValue ? "true" : "false") : number.stringValue
      case is NSNull: flat[prefix + key] = ""
      default: continue  // a list is no cell
      }
    }
  }

  /// Foundation reads `true` as a number of its own type.
  private static func isTruth(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}
