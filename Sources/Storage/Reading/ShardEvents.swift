import Health

/// An event in force.
package struct Event: Sendable {
  package var source: Int
  package var line: Int
  package var account: Int
  package var moment: Moment
  /// Nil for a text without a number.
  package var value: Double?
  package var rank: UInt32
  package var importID: Int
  package var isWorded: Bool
}

/// The events in force of one shard, for some lines of feeds.
struct ShardEvents {
  /// By signal; within a signal by account, moment, rank and source.
  private(set) var bySignal: [Int: [Event]] = [:]

  /// Reads all events in force of the shard on the days up to `last`. `lines` gives the signal of each wanted line.
  init(_ connection: Connection, knowledge: Knowledge, shard: Int, lines: [Int: Int], through last: Day) throws {
    guard !lines.isEmpty else { return }
    var wanted = [Bool](repeating: false, count: (lines.keys.max() ?? 0) + 1)
    for line in lines.keys { wanted[line] = true }
    var all: [(event: Event, flags: EventRevision.Flags)] = []
    var revised: Set<Int> = []
    try connection.prepare("SELECT import, data FROM event_chunk WHERE shard = ? ORDER BY id").each(shard) { row in
      let importID = row.int(0)
      guard knowledge.rank(of: importID) > 0 else { return }
      try row.blob(1) { bytes in
        try EventChunk.forEach(bytes, importID: importID, shard: shard, wanted: { $0 < wanted.count && wanted[$0] }) { revision in
          let day = revision.moment.day
          let rank =
            revision.flags.contains(.idless) ? knowledge.uncoveredRank(of: importID, day: day) : knowledge.rank(of: importID, day: day)
          guard rank > 0 else { return }
          if revision.flags.contains(.revises) { revised.insert(revision.source) }
          let event = Event(
            source: revision.source, line: revision.line, account: revision.account, moment: revision.moment,
            value: revision.flags.contains(.valueless) ? nil : revision.value, rank: rank, importID: importID,
            isWorded: revision.flags.contains(.worded))
          all.append((event, revision.flags))
        }
      }
    }
    keepWinners(all, revised: revised, shard: shard, lines: lines, last: last)
  }

  private mutating func keepWinners(
    _ all: [(event: Event, flags: EventRevision.Flags)], revised: Set<Int>, shard: Int, lines: [Int: Int], last: Day
  ) {
    // Only events that some revision revises have rivals; of one import the later statement wins.
    var winners: [UInt64: Int] = [:]
    if !revised.isEmpty {
      for (index, item) in all.enumerated() where revised.contains(item.event.source) {
        let identity = EventRevision.identity(source: item.event.source, line: item.event.line)
        if let known = winners[identity], all[known].event.rank > item.event.rank { continue }
        winners[identity] = index
      }
    }
    for (index, item) in all.enumerated() {
      let event = item.event
      guard !item.flags.contains(.withdrawn), event.moment.day <= last, Layout.shard(of: event.account) == shard else { continue }
      if revised.contains(event.source), winners[EventRevision.identity(source: event.source, line: event.line)] != index { continue }
      guard let signal = lines[event.line] else { continue }
      bySignal[signal, default: []].append(event)
    }
    sort()
  }

  /// The events of the shard as those of the accounts that theirs count as. `elsewhere` gives the events of merged accounts of
  /// another shard.
  mutating func merge(_ merges: Merges, shard: Int, elsewhere: (Int) throws -> ShardEvents) throws {
    var arriving: Set<Int> = []
    for (root, others) in merges.members where Layout.shard(of: root) == shard { arriving.formUnion(others.map { Layout.shard(of: $0) }) }
    var merged = bySignal.mapValues { $0.filter { !merges.isMerged($0.account) } }
    for source in arriving.sorted() {
      for (signal, events) in try source == shard ? bySignal : elsewhere(source).bySignal {
        for var event in events where merges.isMerged(event.account) {
          event.account = merges.root(of: event.account)
          if Layout.shard(of: event.account) == shard { merged[signal, default: []].append(event) }
        }
      }
    }
    bySignal = merged
    sort()
  }

  /// Only the events of accounts that count as others.
  func ofMerged(_ merges: Merges) -> ShardEvents {
    var kept = self
    kept.bySignal = bySignal.mapValues { $0.filter { merges.isMerged($0.account) } }
    return kept
  }

  private mutating func sort() {
    for signal in bySignal.keys {
      bySignal[signal]?.sort { ($0.account, $0.moment.packed, $0.rank, $0.source) < ($1.account, $1.moment.packed, $1.rank, $1.source) }
    }
  }

  /// The daily grid of one signal for some accounts; earlier events go into the openings.
  func daily(_ signal: Int, first: Day, last: Day, accounts: Range<Int>) -> Daily {
    var daily = Daily(first: first, rows: last - first + 1, width: accounts.count)
    let events = bySignal[signal] ?? []
    var (low, high) = (0, events.count)
    while low < high {
      let middle = (low + high) / 2
      if events[middle].account < accounts.lowerBound { low = middle + 1 } else { high = middle }
    }
    var start = low
    while start < events.count, events[start].account < accounts.upperBound {
      var end = start
      let (account, day) = (events[start].account, events[start].moment.day)
      while end < events.count, events[end].account == account, events[end].moment.day == day { end += 1 }
      ShardEvents.add(events[start..<end], day: day, place: account - accounts.lowerBound, to: &daily)
      start = end
    }
    return daily
  }

  private static func add(_ events: ArraySlice<Event>, day: Day, place: Int, to daily: inout Daily) {
    let values = events.compactMap(\.value)
    let nonzero = events.filter { $0.value != 0 }.count
    let row = day - daily.first
    guard row >= 0 else {
      if let last = values.last {
        daily.openingValue[place] = last
        daily.openingDay[place] = Double(day.number)
      }
      daily.openingSum[place] += values.reduce(0, +)
      if nonzero > 0 { daily.openingNonzeroDay[place] = Double(day.number) }
      return
    }
    guard row < daily.value.rows else { return }
    daily.value.row(row)[place] = values.last ?? .nan
    guard events.count > 1 || values.isEmpty else { return }
    daily.busy.append(
      Daily.Busy(
        cell: row * daily.value.width + place, count: Double(events.count), valued: Double(values.count), nonzero: Double(nonzero),
        sum: values.reduce(0, +), min: values.min() ?? .nan, max: values.max() ?? .nan))
  }
}
