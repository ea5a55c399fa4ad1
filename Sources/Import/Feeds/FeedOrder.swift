import Health

/// The order of feeds among each other, from their `after`.
package enum FeedOrder {
  /// What is wrong between feeds: two of one name, `after` of a feed that is not there, a circle.
  package static func check(_ feeds: [Feed]) -> [Problem] {
    var problems: [Problem] = []
    var byName: [String: Feed] = [:]
    for feed in feeds {
      if let other = byName[feed.name] {
        let message = "the feed \(feed.name) is also in \(other.file)"
        problems.append(Problem("duplicate-feed", .badInput, message, place: Place(file: feed.file), hint: "give each its own name"))
      } else {
        byName[feed.name] = feed
      }
    }
    for feed in feeds {
      for name in feed.after where byName[name] == nil {
        let hint = Nearest.match(to: name, among: byName.keys.sorted()).map { "did you mean \($0)?" }
        problems.append(Problem("unknown-feed", .badInput, "there is no feed \"\(name)\"", place: feed.afterPlace, hint: hint))
      }
    }
    if let circle = circle(byName) {
      let message = "the feeds wait for each other: \((circle + circle.prefix(1)).joined(separator: " after "))"
      problems.append(
        Problem("cyclic-after", .badInput, message, place: circle.first.flatMap { byName[$0]?.afterPlace }, hint: "take one `after` out"))
    }
    return problems
  }

  /// How many feeds deep each feed waits: a feed's number is above those of all it comes after. Feeds in a circle count as if they waited for none.
  package static func ranks(_ feeds: [Feed]) -> [String: Int] {
    let byName = Dictionary(feeds.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var ranks: [String: Int] = [:]
    // Each round settles at least one feed that waits only for settled ones.
    for _ in feeds {
      for (name, feed) in byName where ranks[name] == nil {
        let waits = feed.after.filter { byName[$0] != nil }
        let known = waits.compactMap { ranks[$0] }
        if known.count == waits.count { ranks[name] = (known.max() ?? -1) + 1 }
      }
    }
    for name in byName.keys where ranks[name] == nil { ranks[name] = 0 }
    return ranks
  }

  /// The feeds of a circle, beginning with the alphabetically first of them.
  private static func circle(_ feeds: [String: Feed]) -> [String]? {
    var done: Set<String> = []
    func walk(_ name: String, _ path: [String]) -> [String]? {
      if let start = path.firstIndex(of: name) { return Array(path[start...]) }
      guard let feed = feeds[name], !done.contains(name) else { return nil }
      for next in feed.after.sorted() {
        if let found = walk(next, path + [name]) { return found }
      }
      done.insert(name)
      return nil
    }
    for name in feeds.keys.sorted() {
      guard let found = walk(name, []), let first = found.min(), let index = found.firstIndex(of: first) else { continue }
      return Array(found[index...] + found[..<index])
    }
    return nil
  }
}
