import Health

/// What a file's name tells: the feed's name, the names of its other files, and the day.
struct FileNameLook {
  /// What the feed could be called.
  let feed: String
  /// A glob that fits the names of other days.
  let match: String
  /// A pattern that finds the day; nil where the name has none, or more readings than one.
  let day: String?
  /// Readings of the digits as a day, where there is more than one.
  let choices: [String]

  init(_ name: String) {
    let (stem, ending) = Self.parts(name)
    let found = Self.days(in: stem)
    let text = found.first.map { stem[..<$0.range.lowerBound] + " " + stem[$0.range.upperBound...] }.map(String.init) ?? stem
    feed = NameWords(text).plain ?? "daily"
    guard let first = found.first else {
      (match, day, choices) = (stem + "*" + ending, nil, [])
      return
    }
    let (before, after) = (stem[..<first.range.lowerBound], stem[first.range.upperBound...])
    // A name of nothing but a day must not claim every file there is.
    let hasWords = (before + after).contains { $0.isLetter }
    match = before + (hasWords ? "*" : String(stem[first.range].map { $0.isNumber ? "?" : $0 })) + after + ending
    let patterns = found.map { "\(before.replacing("%", with: "%%"))\($0.pattern)\(after.replacing("%", with: "%%"))*" }
    day = patterns.count == 1 ? patterns[0] : nil
    choices = patterns.count == 1 ? [] : patterns
  }

  private static func parts(_ name: String) -> (stem: String, ending: String) {
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return (name, "") }
    return (String(name[..<dot]), String(name[dot...]))
  }

  private struct Reading {
    var range: Range<String.Index>
    var pattern: String
  }

  /// The readings of the first stretch of digits that is a day; more than one where day and month could change places.
  private static func days(in stem: String) -> [Reading] {
    func reading(_ range: Range<Substring.Index>, _ pattern: String, _ year: Substring, _ month: Substring, _ day: Substring) -> [Reading] {
      guard let (year, month, day) = numbers(year, month, day), (1990...2100).contains(year), Day(year: year, month: month, day: day) != nil
      else { return [] }
      return [Reading(range: range, pattern: pattern)]
    }
    if let found = stem.firstMatch(of: /(?:^|[^0-9])([0-9]{4})([-_.]?)([0-9]{2})\2([0-9]{2})(?![0-9])/) {
      let (_, year, mark, month, day) = found.output
      let one = reading(year.startIndex..<day.endIndex, "%Y\(mark)%m\(mark)%d", year, month, day)
      if !one.isEmpty { return one }
    }
    if let found = stem.firstMatch(of: /(?:^|[^0-9])([0-9]{2})([-_.]?)([0-9]{2})\2([0-9]{4})(?![0-9])/) {
      let (_, first, mark, second, year) = found.output
      let range = first.startIndex..<year.endIndex
      return reading(range, "%d\(mark)%m\(mark)%Y", year, second, first)
        + reading(range, "%m\(mark)%d\(mark)%Y", year, first, second)
    }
    return []
  }

  private static func numbers(_ year: Substring, _ month: Substring, _ day: Substring) -> (Int, Int, Int)? {
    guard let year = Int(year), let month = Int(month), let day = Int(day) else { return nil }
    return (year, month, day)
  }
}
