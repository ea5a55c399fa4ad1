import Health

/// One fact of one account, as it is told in order.
package struct AccountFact: Sendable, Hashable {
  /// What sort of fact it is.
  package enum Form: String, Sendable, Codable { case reading, event, attribute }

  package var form: Form
  /// The signal's key, or the attribute's name.
  package var subject: String
  package var moment: Moment
  /// Nil for a text without a number, and for attributes.
  package var value: Double?
  /// The words of an event, or the value of an attribute; nil where it was cleared.
  package var text: String?
  package var author: String?
  package var reason: String?
  package var importID: Int
  /// Whether a visible import of higher rank says otherwise.
  package var isSuperseded = false
  /// Whether it says that there is no such event any more.
  package var isWithdrawn = false
  /// The account that it was stated of, where that is merged into the one asked for.
  package var mergedFrom: Int?
}

/// Reads what visible imports say of one account and of those merged into it, touching only their shards.
package struct AccountHistory {
  private let history: History
  private let knowledge: Knowledge
  /// The account asked for.
  private let root: Int
  /// That one, or one that is merged into it, whose facts are read.
  private var account: Int
  private let isAmount: (String) -> Bool
  private var connection: Connection { history.connection }
  private var shard: Int { Layout.shard(of: account) }

  /// `isAmount` says which signals' readings add up, which matters where accounts are merged.
  package init(_ history: History, knowledge: Knowledge, account: Int, isAmount: @escaping (String) -> Bool = { _ in false }) {
    (self.history, self.knowledge, root, self.account, self.isAmount) = (history, knowledge, account, account, isAmount)
  }

  /// The facts on some days in the order of their time; of one moment, attributes, readings, events. `subjects` nil means all.
  package func facts(days: ClosedRange<Day>, subjects: Set<String>? = nil, superseded: Bool = false) throws -> [AccountFact] {
    let members = knowledge.merges.group(of: root)
    let all = try members.count == 1 ? ownFacts(days, subjects) : mergedFacts(members, days, subjects)
    let kept = all.filter { superseded || !($0.isSuperseded || $0.isWithdrawn) }
    return AccountHistory.order(kept).map { kept[$0] }
  }

  private func ownFacts(_ days: ClosedRange<Day>, _ subjects: Set<String>?) throws -> [AccountFact] {
    try attributes(days, subjects) + AccountHistory.marked(readings(days, subjects)) + events(days, subjects)
  }

  /// The facts of a whole group, each marked by what it comes to in the group.
  private func mergedFacts(_ members: [Int], _ days: ClosedRange<Day>, _ subjects: Set<String>?) throws -> [AccountFact] {
    var (attributes, events): ([AccountFact], [AccountFact]) = ([], [])
    var readings: [(member: Int, rank: UInt32, fact: AccountFact)] = []
    var taken: Set<String> = []
    for (place, member) in members.enumerated() {
      var reader = self
      reader.account = member
      func said(_ fact: AccountFact, isTaken: Bool = false) -> AccountFact {
        var fact = fact
        fact.mergedFrom = member == root ? nil : member
        fact.isSuperseded = fact.isSuperseded || isTaken
        return fact
      }
      // What the account states itself, on whatever day, counts more than what it takes over.
      let stated = try Set(reader.attributes(Day.range, subjects).map { $0.subject.lowercased() })
      attributes += try reader.attributes(days, subjects).map { said($0, isTaken: taken.contains($0.subject.lowercased())) }
      taken.formUnion(stated)
      readings += try reader.readings(days, subjects).map { (place, $0.rank, said($0.fact)) }
      events += try reader.events(days, subjects).map { said($0) }
    }
    return attributes + marked(merged: readings) + events
  }

  /// The places of facts in the order of their time; within a moment by form, subject, and as they came. Thousands of facts are
  /// ordered by numbers alone.
  private static func order(_ facts: [AccountFact]) -> [Int] {
    let subjects = Dictionary(uniqueKeysWithValues: Set(facts.map(\.subject)).sorted().enumerated().map { ($1, $0) })
    let forms: [AccountFact.Form: Int] = [.attribute: 0, .reading: 1, .event: 2]
    let keys = facts.map { fact in
      (moment: fact.moment.packed, thing: (forms[fact.form] ?? 0) << 32 | (subjects[fact.subject] ?? 0))
    }
    return facts.indices.sorted { (keys[$0].moment, keys[$0].thing, $0) < (keys[$1].moment, keys[$1].thing, $1) }
  }

  private func signalIDs(_ subjects: Set<String>?) -> Set<Int> {
    Set(history.signals.indices.filter { subjects?.contains(history.signals[$0]) ?? true })
  }

  // MARK: Attributes

  private func attributes(_ days: ClosedRange<Day>, _ subjects: Set<String>?) throws -> [AccountFact] {
    var found: [(rank: UInt32, fact: AccountFact)] = []
    let sql = """
      SELECT n.text, a.day, a.import, l.text FROM attribute AS a JOIN label AS n ON n.id = a.name LEFT JOIN label AS l ON l.id = a.value
      WHERE a.account = ? AND a.day BETWEEN ? AND ? ORDER BY a.name, a.day, a.import
      """
    try connection.prepare(sql).each(account, days.lowerBound.number, days.upperBound.number) { row in
      let (name, day) = (row.text(0), Day(row.int(1)))
      let rank = knowledge.rank(of: row.int(2), day: day)
      guard rank > 0, subjects?.contains(name) ?? true else { return }
      let fact = AccountFact(form: .attribute, subject: name, moment: Moment(day), text: row.optionalText(3), importID: row.int(2))
      found.append((rank, fact))
    }
    return AccountHistory.marked(found) { $0.subject == $1.subject && $0.moment == $1.moment }
  }

  // MARK: Readings

  /// In the order of their time, within a moment as they came.
  private func readings(_ days: ClosedRange<Day>, _ subjects: Set<String>?) throws -> [(rank: UInt32, fact: AccountFact)] {
    let wanted = signalIDs(subjects)
    guard !wanted.isEmpty else { return [] }
    var found = try chunkReadings(days, wanted)
    found += try lateReadings(days, wanted)
    return AccountHistory.order(found.map(\.fact)).map { found[$0] }
  }

  private static func marked(_ readings: [(rank: UInt32, fact: AccountFact)]) -> [AccountFact] {
    marked(readings) { $0.subject == $1.subject && $0.moment == $1.moment }
  }

  private func marked(merged readings: [(member: Int, rank: UInt32, fact: AccountFact)]) -> [AccountFact] {
    struct Thing: Hashable {
      let subject: String
      let moment: Moment
    }
    var facts = readings.map(\.fact)
    for (thing, places) in Dictionary(grouping: facts.indices, by: { Thing(subject: facts[$0].subject, moment: facts[$0].moment) }) {
      let statements = places.map {
        MergedMoment.Statement(
          member: readings[$0].member, rank: readings[$0].rank, origin: knowledge.origin(ofRank: readings[$0].rank),
          value: readings[$0].fact.value ?? 0)
      }
      let winners = Set(MergedMoment.inForce(statements, isAmount: isAmount(thing.subject)).map { places[$0] })
      for place in places { facts[place].isSuperseded = !winners.contains(place) }
    }
    return facts
  }

  private func chunkReadings(_ days: ClosedRange<Day>, _ wanted: Set<Int>) throws -> [(rank: UInt32, fact: AccountFact)] {
    var found: [(rank: UInt32, fact: AccountFact)] = []
    let slot = Layout.slot(of: account)
    let blocks = Set(wanted.map { $0 / Layout.blockSize })
    let statement = try connection.prepare("SELECT key, data FROM chunk WHERE key BETWEEN ? AND ? ORDER BY key")
    for day in try chunkDays(days) {
      let range = ChunkKey.range(day: day, shard: shard)
      try statement.each(range.lowerBound, range.upperBound) { row in
        let key = ChunkKey(packed: row.int64(0))
        let rank = knowledge.uncoveredRank(of: key.importID, day: day)
        guard rank > 0, blocks.contains(key.block) else { return }
        try row.blob(1) { bytes in
          let view = try ChunkView(bytes, key: key)
          for index in 0..<view.columnCount {
            let signal = key.block * Layout.blockSize + view.signal(index)
            guard wanted.contains(signal) else { continue }
            let column = view.column(index)
            for place in column.indices(ofSlot: slot) {
              found.append((rank, reading(signal, day, column.time(place), column.value(place), key.importID)))
            }
          }
        }
      }
    }
    return found
  }

  /// The days asked for, no wider than what imports spoke of.
  private func chunkDays(_ days: ClosedRange<Day>) throws -> [Day] {
    let sql = "SELECT min(first_day), max(last_day) FROM spoke"
    guard let spoken = try connection.prepare(sql).first(row: { $0.isNull(0) ? nil : Day($0.int(0))...Day($0.int(1)) }) ?? nil,
      spoken.overlaps(days)
    else { return [] }
    let seen = spoken.clamped(to: days)
    return (0...(seen.upperBound - seen.lowerBound)).map { seen.lowerBound + $0 }
  }

  private func lateReadings(_ days: ClosedRange<Day>, _ wanted: Set<Int>) throws -> [(rank: UInt32, fact: AccountFact)] {
    var found: [(rank: UInt32, fact: AccountFact)] = []
    let slot = Layout.slot(of: account)
    let sql = "SELECT import, data FROM late WHERE shard = ? AND last_day >= ? AND first_day <= ? ORDER BY id"
    try connection.prepare(sql).each(shard, days.lowerBound.number, days.upperBound.number) { row in
      let importID = row.int(0)
      guard knowledge.rank(of: importID) > 0 else { return }
      try row.blob(1) { bytes in
        try Sliver.forEach(bytes, importID: importID, shard: shard) { late in
          guard late.slot == slot, days.contains(late.day), wanted.contains(late.signal) else { return }
          let rank = knowledge.uncoveredRank(of: importID, day: late.day)
          if rank > 0 { found.append((rank, reading(late.signal, late.day, late.time, late.value, importID))) }
        }
      }
    }
    return found
  }

  private func reading(_ signal: Int, _ day: Day, _ time: UInt32, _ value: Double, _ importID: Int) -> AccountFact {
    let moment = Moment(day, millisecond: Int32(truncatingIfNeeded: Int64(time) - 1))
    return AccountFact(form: .reading, subject: history.signalKey(signal), moment: moment, value: value, importID: importID)
  }

  // MARK: Events

  private struct Revision {
    let revision: EventRevision
    let rank: UInt32
    let importID: Int
  }

  private func events(_ days: ClosedRange<Day>, _ subjects: Set<String>?) throws -> [AccountFact] {
    let signals = signalIDs(subjects)
    var lines: [Int: Int] = [:]
    try connection.prepare("SELECT id, signal FROM line").each { if signals.contains($0.int(1)) { lines[$0.int(0)] = $0.int(1) } }
    guard !lines.isEmpty else { return [] }
    var facts: [AccountFact] = []
    for (_, stated) in try revisions(lines).sorted(by: { $0.key < $1.key }) {
      // Of equal ranks the later statement wins.
      let winner = stated.indices.reduce(0) { stated[$1].rank >= stated[$0].rank ? $1 : $0 }
      for (index, item) in stated.enumerated() where item.revision.account == account && days.contains(item.revision.moment.day) {
        guard let signal = lines[item.revision.line] else { continue }
        var fact = try fact(item, signal: signal)
        fact.isSuperseded = index != winner
        facts.append(fact)
      }
    }
    return facts
  }

  /// Every visible revision of the events that were ever the account's: its own, and those that may have taken one away.
  private func revisions(_ lines: [Int: Int]) throws -> [UInt64: [Revision]] {
    var all: [UInt64: [Revision]] = [:]
    var own: Set<UInt64> = []
    try eachRevision(lines) { item in
      let isOwn = item.revision.account == account
      guard isOwn || item.revision.flags.contains(.revises) else { return }
      if isOwn { own.insert(item.revision.identity) }
      all[item.revision.identity, default: []].append(item)
    }
    all = all.filter { own.contains($0.key) }
    // What the account has may revise, from below, what another account had first.
    let headless = Set(all.filter { $0.value.allSatisfy { $0.revision.flags.contains(.revises) } }.keys)
    guard !headless.isEmpty else { return all }
    for identity in headless { all[identity] = nil }
    try eachRevision(lines) { item in
      if headless.contains(item.revision.identity) { all[item.revision.identity, default: []].append(item) }
    }
    return all
  }

  /// Calls `body` with every visible revision of the account's shard, in the order in which they were written.
  private func eachRevision(_ lines: [Int: Int], _ body: (Revision) -> Void) throws {
    try connection.prepare("SELECT import, data FROM event_chunk WHERE shard = ? ORDER BY id").each(shard) { row in
      let importID = row.int(0)
      guard knowledge.rank(of: importID) > 0 else { return }
      try row.blob(1) { bytes in
        try EventChunk.forEach(bytes, importID: importID, shard: shard, wanted: { lines[$0] != nil }) { revision in
          let day = revision.moment.day
          let isIdless = revision.flags.contains(.idless)
          let rank = isIdless ? knowledge.uncoveredRank(of: importID, day: day) : knowledge.rank(of: importID, day: day)
          if rank > 0 { body(Revision(revision: revision, rank: rank, importID: importID)) }
        }
      }
    }
  }

  private func fact(_ item: Revision, signal: Int) throws -> AccountFact {
    let revision = item.revision
    var fact = AccountFact(
      form: .event, subject: history.signalKey(signal), moment: revision.moment,
      value: revision.flags.contains(.valueless) || revision.flags.contains(.withdrawn) ? nil : revision.value, importID: item.importID)
    fact.isWithdrawn = revision.flags.contains(.withdrawn)
    guard revision.flags.contains(.worded) else { return fact }
    let sql = "SELECT text, author, reason FROM event_text WHERE source = ? AND line = ? AND import = ?"
    try connection.prepare(sql).each(revision.source, revision.line, item.importID) { row in
      (fact.text, fact.author, fact.reason) = (row.optionalText(0), row.optionalText(1), row.optionalText(2))
    }
    return fact
  }

  /// Facts of one thing stand together: all but the last of the highest rank are superseded.
  private static func marked(
    _ found: [(rank: UInt32, fact: AccountFact)], isSame: (AccountFact, AccountFact) -> Bool
  ) -> [AccountFact] {
    var facts = found.map(\.fact)
    var best = 0
    for index in found.indices.dropFirst() {
      guard isSame(facts[index], facts[best]) else {
        best = index
        continue
      }
      if found[index].rank >= found[best].rank {
        facts[best].isSuperseded = true
        best = index
      } else {
        facts[index].isSuperseded = true
      }
    }
    return facts
  }
}
