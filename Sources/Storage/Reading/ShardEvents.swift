import Health

/// How much of the events that one line of a feed states is needed.
struct EventNeed {
  /// The signal that they are of.
  var signal: Int
  /// Events before it are not looked at.
  var from: Day
  /// The first day that is looked at day by day: of earlier events only what they came to together. Nil where each is looked at.
  var first: Day?
}

/// The events in force of one shard, for some lines of feeds.
struct ShardEvents {
  /// One event.
  struct Item {
    /// slot · moment
    var key: UInt64
    /// NaN for a text without a number.
    var value: Double
    var rank: UInt32
    var source: UInt32

    @inline(__always) var slot: Int { Int(key >> Item.momentBits) }
    @inline(__always) var moment: Moment { Moment(packed: Int64(key & (1 << Item.momentBits - 1))) }

    private static let momentBits: UInt64 = 43
    @inline(__always) static func key(slot: Int, _ day: Int, _ time: Int) -> UInt64 {
      UInt64(slot) << momentBits | UInt64(bitPattern: Int64(day)) << 27 | UInt64(bitPattern: Int64(time))
    }

    /// In the order of accounts and moments; at one moment by rank and source.
    @inline(__always) func isBefore(_ other: Item) -> Bool {
      key != other.key ? key < other.key : rank != other.rank ? rank < other.rank : source < other.source
    }
  }

  /// What the events of one account before the first day come to.
  struct Opening {
    /// The last event with a value.
    var last: Item?
    var nonzeroDay = Double.nan
    var sum = 0.0

    mutating func add(_ item: Item) {
      if item.value == item.value {
        if last.map({ $0.isBefore(item) }) ?? true { last = item }
        sum += item.value
      }
      if item.value != 0 { nonzeroDay = max(nonzeroDay.isNaN ? -1 : nonzeroDay, Double(item.moment.day.number)) }
    }
  }

  /// One signal's events.
  struct SignalEvents {
    /// In order.
    fileprivate(set) var items: [Item] = []
    /// By slot, of events that are not among the items; empty where all are.
    fileprivate(set) var openings: [Opening] = []
  }

  private(set) var bySignal: [Int: SignalEvents] = [:]
  let shard: Int

  /// Reads the events in force of the shard on the days up to `last`, as far as they are needed; `needs` is by line.
  ///
  /// With `isWhole` no event is only counted in an opening, since accounts are merged afterwards.
  init(_ connection: Connection, knowledge: Knowledge, shard: Int, needs: [Int: EventNeed], through last: Day, isWhole: Bool) throws {
    self.shard = shard
    guard !needs.isEmpty else { return }
    let arena = Arena()
    var pieces: [(importID: Int, lanes: EventLanes)] = []
    try connection.prepare("SELECT import, data FROM event_chunk WHERE shard = ? ORDER BY id").each(shard) { row in
      let importID = row.int(0)
      guard knowledge.rank(of: importID) > 0 else { return }
      try row.blob(1) { pieces.append((importID, try EventLanes(arena.copy($0), importID: importID, shard: shard))) }
    }
    var reading = EventReading(shard: shard, needs: needs, last: last, isWhole: isWhole, pieces: pieces.map(\.lanes))
    for piece in pieces { reading.read(piece.lanes, importID: piece.importID, knowledge) }
    reading.settleRivals()
    bySignal = reading.bySignal()
  }

  /// The events of the shard as those of the accounts that theirs count as. `elsewhere` gives the events of merged accounts of
  /// another shard.
  mutating func merge(_ merges: Merges, elsewhere: (Int) throws -> ShardEvents) throws {
    var arriving: Set<Int> = []
    for (root, others) in merges.members where Layout.shard(of: root) == shard { arriving.formUnion(others.map { Layout.shard(of: $0) }) }
    let own = bySignal
    for signal in own.keys { bySignal[signal]?.items.removeAll { [shard] in merges.isMerged(ShardEvents.account(of: $0, shard)) } }
    for source in arriving.sorted() {
      let other = source == shard ? nil : try elsewhere(source)
      for (signal, events) in other?.bySignal ?? own {
        for var item in events.items {
          let account = ShardEvents.account(of: item, source)
          let root = merges.root(of: account)
          guard merges.isMerged(account), Layout.shard(of: root) == shard else { continue }
          item.key = Item.key(slot: Layout.slot(of: root), Int(item.moment.day.number), Int(item.moment.millisecond + 1))
          bySignal[signal, default: SignalEvents()].items.append(item)
        }
      }
    }
    for signal in bySignal.keys { bySignal[signal]?.items.sort { $0.isBefore($1) } }
  }

  /// Only the events of accounts that count as others.
  func ofMerged(_ merges: Merges) -> ShardEvents {
    var kept = self
    for signal in bySignal.keys { kept.bySignal[signal]?.items.removeAll { !merges.isMerged(ShardEvents.account(of: $0, shard)) } }
    return kept
  }

  private static func account(of item: Item, _ shard: Int) -> Int { shard * Layout.shardSize + item.slot }

  /// The days of a signal's events by account, of some accounts.
  func days(_ signal: Int, accounts: Range<Int>) -> [Int: [Day]] {
    let items = bySignal[signal]?.items ?? []
    var days: [Int: [Day]] = [:]
    for item in items {
      let account = ShardEvents.account(of: item, shard)
      if accounts.contains(account) { days[account, default: []].append(item.moment.day) }
    }
    return days
  }

  // MARK: By day

  /// The daily grid of one signal for some accounts; earlier events go into the openings.
  func daily(_ signal: Int, first: Day, last: Day, accounts: Range<Int>) -> Daily {
    var daily = Daily(first: first, rows: last - first + 1, width: accounts.count)
    guard let events = bySignal[signal] else { return daily }
    let slots = Layout.slot(of: accounts.lowerBound)..<Layout.slot(of: accounts.lowerBound) + accounts.count
    if !events.openings.isEmpty { for slot in slots { ShardEvents.open(events.openings[slot], place: slot - slots.lowerBound, &daily) } }
    events.items.withUnsafeBufferPointer { items in
      var start = ShardEvents.firstPlace(of: slots.lowerBound, in: items)
      while start < items.count, items[start].slot < slots.upperBound {
        let (slot, day) = (items[start].slot, items[start].moment.day)
        var end = start + 1
        while end < items.count, items[end].slot == slot, items[end].moment.day == day { end += 1 }
        ShardEvents.add(items[start..<end], day: day, place: slot - slots.lowerBound, to: &daily)
        start = end
      }
    }
    return daily
  }

  private static func firstPlace(of slot: Int, in items: UnsafeBufferPointer<Item>) -> Int {
    var (low, high) = (0, items.count)
    while low < high {
      let middle = (low + high) / 2
      if items[middle].slot < slot { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func open(_ opening: Opening, place: Int, _ daily: inout Daily) {
    if let last = opening.last {
      (daily.openingValue[place], daily.openingDay[place]) = (last.value, Double(last.moment.day.number))
    }
    (daily.openingSum[place], daily.openingNonzeroDay[place]) = (opening.sum, opening.nonzeroDay)
  }

  private static func add(_ items: Slice<UnsafeBufferPointer<Item>>, day: Day, place: Int, to daily: inout Daily) {
    let row = day - daily.first
    guard row < daily.value.rows else { return }
    var figures = Daily.Busy(
      cell: row * daily.value.width + place, count: Double(items.count), valued: 0, nonzero: 0, sum: 0, min: .nan, max: .nan)
    var last = Double.nan
    for item in items {
      if item.value != 0 { figures.nonzero += 1 }
      guard item.value == item.value else { continue }
      last = item.value
      figures.valued += 1
      figures.sum += item.value
      // The other way round a first value would stay NaN.
      figures.min = figures.min < item.value ? figures.min : item.value
      figures.max = figures.max > item.value ? figures.max : item.value
    }
    guard row >= 0 else {
      if figures.valued > 0 { (daily.openingValue[place], daily.openingDay[place]) = (last, Double(day.number)) }
      daily.openingSum[place] += figures.sum
      if figures.nonzero > 0 { daily.openingNonzeroDay[place] = Double(day.number) }
      return
    }
    daily.value.row(row)[place] = last
    if items.count > 1 || figures.valued == 0 { daily.busy.append(figures) }
  }
}
