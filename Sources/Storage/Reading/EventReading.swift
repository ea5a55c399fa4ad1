import Health

/// Reads the event chunks of one shard: which events are in force, by signal and in order.
struct EventReading {
  /// What one revision says of an event that others speak of too.
  private struct Rival {
    var identity: UInt64
    var place: Int
    var item: ShardEvents.Item
    /// Nil where the revision leaves nothing to be seen.
    var isSeen: Bool
  }
  /// What happens to the events of one line.
  private struct Target {
    /// The place of its signal; −1 where the line is not wanted.
    var place = -1
    var from = 0
    /// Earlier events are only counted.
    var first = 0
  }

  private let shard: Int
  private let last: Int
  private var targets: [Target]
  private var signals: [Int] = []
  private var items: [[ShardEvents.Item]] = []
  private var openings: [[ShardEvents.Opening]] = []
  private var revised = SourceSet()
  private var rivals: [Rival] = []

  init(shard: Int, needs: [Int: EventNeed], last: Day, isWhole: Bool, pieces: [EventLanes]) {
    (self.shard, self.last) = (shard, Int(last.number))
    targets = [Target](repeating: Target(), count: (needs.keys.max() ?? 0) + 1)
    // A sum of fractions depends on its order, so it is taken event by event whatever day it is for.
    let isExact = pieces.reduce(0) { $0 + $1.mostOfIntegers } < 9_007_199_254_740_992
    for (line, need) in needs {
      let place = signals.firstIndex(of: need.signal) ?? signals.count
      if place == signals.count { signals.append(need.signal) }
      let first = isWhole || !isExact ? nil : need.first
      targets[line] = Target(place: place, from: Int(need.from.number), first: first.map { Int($0.number) } ?? Int.min)
    }
    items = signals.map { _ in [] }
    openings = signals.map { _ in [] }
    for lanes in pieces where lanes.mayRevise {
      for i in 0..<lanes.count where lanes.flags(i).contains(.revises) { revised.insert(lanes.sources.integer(i)) }
    }
  }

  /// Takes a chunk; those of one import in the order in which they were written.
  mutating func read(_ lanes: EventLanes, importID: Int, _ knowledge: Knowledge) {
    for i in 0..<lanes.count {
      let line = lanes.lines.integer(i)
      guard line < targets.count, targets[line].place >= 0 else { continue }
      let (target, day, source) = (targets[line], lanes.days.integer(i), lanes.sources.integer(i))
      let isRival = revised.contains(source)
      guard isRival || (day <= last && day >= target.from) else { continue }
      let (flags, account) = (lanes.flags(i), lanes.accounts.integer(i))
      let rank =
        flags.contains(.idless) ? knowledge.uncoveredRank(of: importID, day: Day(day)) : knowledge.rank(of: importID, day: Day(day))
      guard rank > 0 else { continue }
      let item = ShardEvents.Item(
        key: ShardEvents.Item.key(slot: Layout.slot(of: account), day, lanes.times.integer(i)),
        value: flags.contains(.valueless) ? .nan : lanes.values.value(i), rank: rank, source: UInt32(truncatingIfNeeded: source))
      let isSeen = !flags.contains(.withdrawn) && Layout.shard(of: account) == shard
      if isRival {
        let isWithin = day <= last && day >= target.from
        rivals.append(
          Rival(
            identity: EventRevision.identity(source: source, line: line), place: line, item: item, isSeen: isSeen && isWithin))
      } else if isSeen {
        take(item, target, day: day)
      }
    }
  }

  @inline(__always) private mutating func take(_ item: ShardEvents.Item, _ target: Target, day: Int) {
    guard day < target.first else { return items[target.place].append(item) }
    if openings[target.place].isEmpty {
      openings[target.place] = [ShardEvents.Opening](repeating: ShardEvents.Opening(), count: Layout.shardSize)
    }
    openings[target.place][item.slot].add(item)
  }

  /// Of events that several revisions speak of the highest rank counts; of one import the later statement.
  mutating func settleRivals() {
    let order = rivals.indices.sorted {
      (rivals[$0].identity, rivals[$0].item.rank, $0) < (rivals[$1].identity, rivals[$1].item.rank, $1)
    }
    for (index, rival) in order.enumerated() where index + 1 == order.count || rivals[order[index + 1]].identity != rivals[rival].identity {
      let winner = rivals[rival]
      if winner.isSeen { take(winner.item, targets[winner.place], day: Int(winner.item.moment.day.number)) }
    }
    rivals = []
  }

  /// What was read.
  func bySignal() -> [Int: ShardEvents.SignalEvents] {
    var found: [Int: ShardEvents.SignalEvents] = [:]
    for (place, signal) in signals.enumerated() where !items[place].isEmpty || !openings[place].isEmpty {
      found[signal] = ShardEvents.SignalEvents(items: EventReading.sorted(items[place]), openings: openings[place])
    }
    return found
  }

  /// In order. By accounts first, which keeps runs of ascending moments together, since things arrive in the order they happen.
  private static func sorted(_ items: [ShardEvents.Item]) -> [ShardEvents.Item] {
    var ends = [Int](repeating: 0, count: Layout.shardSize + 1)
    for item in items { ends[item.slot + 1] += 1 }
    for slot in 0..<Layout.shardSize { ends[slot + 1] += ends[slot] }
    var starts = ends
    var sorted = items
    for item in items {
      sorted[starts[item.slot]] = item
      starts[item.slot] += 1
    }
    for slot in 0..<Layout.shardSize {
      let own = ends[slot]..<ends[slot + 1]
      let isInOrder = own.dropFirst().allSatisfy { sorted[$0 - 1].isBefore(sorted[$0]) }
      if !isInOrder { sorted[own].sort { $0.isBefore($1) } }
    }
    return sorted
  }
}

/// Numbers of sources, as bits.
private struct SourceSet {
  private var words: [UInt64] = []

  mutating func insert(_ source: Int) {
    let word = source >> 6
    if word >= words.count { words.append(contentsOf: repeatElement(0, count: max(word + 1, words.count * 2) - words.count)) }
    words[word] |= 1 << UInt64(source & 63)
  }

  @inline(__always) func contains(_ source: Int) -> Bool {
    source >> 6 < words.count && words[source >> 6] & (1 << UInt64(source & 63)) != 0
  }
}
