import Health

/// On which days the feeds of each signal spoke, as one knowledge shows it.
struct FeedSilences {
  private let history: History
  private let knowledge: Knowledge

  init(_ history: History, _ knowledge: Knowledge) { (self.history, self.knowledge) = (history, knowledge) }

  /// For each signal the days on which a feed that speaks of it spoke.
  ///
  /// A feed speaks of a signal in every import that has it, and from the first of those on also in imports without it: a column
  /// added today leaves the days before it dark, while a signal that a file names now and then does not go dark in between.
  func bySignal() throws -> [Int: Silence] {
    // By import, feed and signal, all numbered from 0 on: there may be tens of thousands of imports.
    var feeds = [Int](repeating: 0, count: (knowledge.visible.map(\.id).max() ?? 0) + 1)  // 0: not visible
    var firstDays = [Day?](repeating: nil, count: feeds.count)
    for entry in knowledge.visible { (feeds[entry.id], firstDays[entry.id]) = (entry.feed, entry.fileDay) }
    let feedCount = (feeds.max() ?? 0) + 1
    var typed = [Bool](repeating: false, count: feedCount)
    try history.connection.prepare("SELECT id FROM feed WHERE name LIKE '@%'").each { if $0.int(0) < feedCount { typed[$0.int(0)] = true } }
    var spoken: [(importID: Int, run: ClosedRange<Day>)] = []
    var runs = [DayRuns](repeating: DayRuns(), count: feedCount)
    try history.connection.prepare("SELECT import, first_day, last_day FROM spoke ORDER BY import, first_day").each { row in
      let (importID, run) = (row.int(0), Day(row.int(1))...Day(row.int(2)))
      guard importID < feeds.count, feeds[importID] > 0, let days = knowledge.visibleDays(of: run, importID: importID) else { return }
      runs[feeds[importID]].add(days)
      spoken.append((importID, days))
      if firstDays[importID] == nil { firstDays[importID] = days.lowerBound }
    }
    var own = try spokenByRows(isVisible: { $0 < feeds.count && feeds[$0] > 0 })
    let byRows = Set(try history.connection.prepare("SELECT id FROM import WHERE speaks_by_rows = 1").all { $0.int(0) })
    var signals = Set<Int>()  // those that visible imports speak of
    var first = [Day?](repeating: nil, count: history.signals.count * feedCount)
    var next = 0
    try history.connection.prepare("SELECT import, signal FROM import_signal ORDER BY import").each { row in
      let (importID, signal) = (row.int(0), row.int(1))
      while next < spoken.count, spoken[next].importID < importID { next += 1 }
      guard importID < feeds.count, feeds[importID] > 0 else { return }
      signals.insert(signal)
      guard !byRows.contains(importID), let day = firstDays[importID] else { return }
      let feed = feeds[importID]
      var place = next
      while !typed[feed], place < spoken.count, spoken[place].importID == importID {
        own[signal].add(spoken[place].run)
        place += 1
      }
      first[signal * feedCount + feed] = min(first[signal * feedCount + feed] ?? day, day)
    }
    return silences(of: signals, own: own, first: first, runs: runs, typed: typed)
  }

  /// By signal the days on which imports say by their rows that they spoke of it.
  private func spokenByRows(isVisible: (_ importID: Int) -> Bool) throws -> [DayRuns] {
    var own = [DayRuns](repeating: DayRuns(), count: history.signals.count)
    try history.connection.prepare("SELECT import, signal, first_day, last_day FROM signal_spoke ORDER BY import, signal, first_day").each {
      let run = Day($0.int(2))...Day($0.int(3))
      guard isVisible($0.int(0)), let days = knowledge.visibleDays(of: run, importID: $0.int(0)) else { return }
      own[$0.int(1)].add(days)
    }
    return own
  }

  private func silences(of signals: Set<Int>, own: [DayRuns], first: [Day?], runs: [DayRuns], typed: [Bool]) -> [Int: Silence] {
    var found: [Int: Silence] = [:]
    for signal in signals {
      let feeds = typed.indices.filter { first[signal * typed.count + $0] != nil }
      var all = own[signal].runs
      for feed in feeds where !typed[feed] {
        guard let day = first[signal * typed.count + feed] else { continue }
        all += runs[feed].runs.compactMap { $0.upperBound < day ? nil : max($0.lowerBound, day)...$0.upperBound }
      }
      // What nobody but people tells of is never dark, nor what was gathered without the days of its silence.
      found[signal] = Silence(spoken: all, isTyped: all.isEmpty && feeds.allSatisfy { typed[$0] })
    }
    return found
  }
}

/// Runs of days that mostly come in order, as nights do: one that touches the last run only makes it longer.
private struct DayRuns {
  private(set) var runs: [ClosedRange<Day>] = []

  mutating func add(_ run: ClosedRange<Day>) {
    if let last = runs.last, run.lowerBound >= last.lowerBound, run.lowerBound <= last.upperBound + 1 {
      runs[runs.count - 1] = last.lowerBound...max(last.upperBound, run.upperBound)
    } else {
      runs.append(run)
    }
  }
}
