import Health

/// Whether each file that arrives will find its feed, and its day.
package enum FeedNames {
  /// What the patterns of feeds get wrong: a file that two feeds match, one that none can, a day that is never found.
  package static func check(_ feeds: [Feed]) -> [Problem] { feeds.flatMap(alone) + pairs(feeds) }

  private static func alone(_ feed: Feed) -> [Problem] {
    var problems: [Problem] = []
    for pattern in feed.match where pattern.text.contains("/") {
      problems.append(
        Problem(
          "match-with-folder", .badInput, "\"\(pattern.text)\" matches no file: names are matched without their folder",
          place: feed.matchPlace, hint: "leave the folder out"))
    }
    if let day = feed.day, !feed.match.isEmpty, feed.match.allSatisfy({ $0.sharedName(with: day) == nil }) {
      let patterns = feed.match.map { "\"\($0.text)\"" }.joined(separator: ", ")
      problems.append(
        Problem(
          "day-never-found", .badInput, "no name that \(patterns) matches has a day like \"\(day.text)\"", place: feed.dayPlace,
          hint: "both are patterns of the whole name; end the day's with * if more follows"))
    }
    return problems
  }

  private static func pairs(_ feeds: [Feed]) -> [Problem] {
    feeds.enumerated().flatMap { index, feed in
      feeds[..<index].compactMap { other -> Problem? in
        let shared = feed.match.lazy.compactMap { mine in
          other.match.lazy.compactMap { theirs in mine.sharedName(with: theirs).map { (mine.text, theirs.text, $0) } }.first
        }.first
        guard let (mine, theirs, name) = shared else { return nil }
        return Problem(
          "overlapping-feeds", .badInput,
          "a file such as \(name) matches \"\(mine)\" here and \"\(theirs)\" of the feed \(other.name) (\(other.file))",
          place: feed.matchPlace, hint: "a file that two feeds match is refused: make one pattern narrower")
      }
    }
  }
}
