import Health

/// The days on which one feed spoke.
package struct Speech: Sendable, Hashable {
  package var feed: String
  /// Runs of days as its imports stated them: in no order, and they may overlap.
  package var runs: [ClosedRange<Day>]

  /// Whether people type it: such a feed does not move the default as-of day.
  package var isTyped: Bool { feed.hasPrefix("@") }
}

extension History {
  /// When each feed with visible imports spoke, by name of feed.
  package func speeches(_ knowledge: Knowledge) throws -> [Speech] {
    let names = Dictionary(uniqueKeysWithValues: try connection.prepare("SELECT id, name FROM feed").all { ($0.int(0), $0.text(1)) })
    var feeds: [Int: Int] = [:]
    for entry in knowledge.visible { feeds[entry.id] = entry.feed }
    var runs: [Int: [ClosedRange<Day>]] = [:]
    try connection.prepare("SELECT import, first_day, last_day FROM spoke ORDER BY import, first_day").each { row in
      guard let feed = feeds[row.int(0)] else { return }
      guard let seen = knowledge.visibleDays(of: Day(row.int(1))...Day(row.int(2)), importID: row.int(0)) else { return }
      runs[feed, default: []].append(seen)
    }
    return runs.map { Speech(feed: names[$0.key] ?? "", runs: $0.value) }.sorted { $0.feed < $1.feed }
  }

  /// The imports that only one of two moments' knowledge has, that spoke of a signal that fits and of a day no later than this one;
  /// ascending.
  package func imports(
    knownToOneOf one: Knowledge, _ other: Knowledge, by day: Day, where fits: (_ signal: String) -> Bool
  ) throws -> [Int] {
    let ids = Set(one.visible.map(\.id)).symmetricDifference(other.visible.map(\.id))
    guard !ids.isEmpty else { return [] }
    var found: Set<Int> = []
    let query = "SELECT DISTINCT i.import, s.key FROM import_signal i JOIN signal s ON s.id = i.signal JOIN spoke p ON p.import = i.import"
    try connection.prepare(query + " WHERE p.first_day <= ?1").each(Int(day.number)) { row in
      if ids.contains(row.int(0)), fits(row.text(1)) { found.insert(row.int(0)) }
    }
    return found.sorted()
  }

  /// The day that reports speak of when nobody names one; throws where no feed has told of a day yet.
  package func defaultDay(today: Day, _ knowledge: Knowledge) throws -> Day {
    let feeds = try speeches(knowledge).filter { !$0.isTyped }.map(\.runs)
    guard let day = DefaultDay.day(of: feeds, today: today) else {
      throw Problem(
        "nothing-imported", .missing, "nothing imported yet", hint: "take files in with `vitals import`, or name a day with --as-of")
    }
    return day
  }

  /// What to say where somebody asks for an account and there is none.
  package static let nothingImported = Problem(
    "nothing-imported", .missing, "nothing imported yet", hint: "take files in with `vitals import`")
}
