import Health

/// Numbers of days as people write them.
enum DayCounts {
  /// `90d` or `90`; at least `least`. Throws `bad-days`.
  static func read(_ text: String, least: Int = 1) throws(Problem) -> Int {
    let digits = text.hasSuffix("d") ? String(text.dropLast()) : text
    guard let days = Int(digits), days >= least, days <= 36_500 else {
      throw Problem("bad-days", .usage, "\"\(text)\" is no number of days", hint: "write 90d")
    }
    return days
  }

  /// Several, with commas between.
  static func list(_ text: String) throws(Problem) -> [Int] {
    var days: [Int] = []
    guard text.contains(where: \.isNumber) else {
      throw Problem("bad-days", .usage, "\"\(text)\" is no list of days", hint: "write 90d,60d,30d")
    }
    for part in text.split(separator: ",") { days.append(try read(part.filter { $0 != " " })) }
    return days
  }
}
