import Health

/// Writes revisions of events, and the sources that they need.
struct EventOutput {
  private let connection: Connection
  private let importID: Int
  private let feed: Int
  private var nextSource: Int
  /// The lines whose words can be searched for.
  var notedLines: Set<Int> = []
  private var newSources: [(index: Int, id: Int, shard: Int)] = []
  private var revisions: [[EventRevision]] = []  // by shard

  init(_ connection: Connection, importID: Int, feed: Int) throws {
    (self.connection, self.importID, self.feed) = (connection, importID, feed)
    nextSource = (try connection.prepare("SELECT coalesce(max(id), 0) FROM source").first { $0.int(0) } ?? 0) + 1
  }

  /// Takes a revision to be written. A withdrawal keeps the day and account of what it withdraws, so that day filters treat both alike.
  mutating func take(
    _ own: EventBatch.Own, _ batch: EventBatch, _ inForce: inout EventsInForce, isKnown: Bool, withdrawing: EventRevision?
  ) throws {
    let (index, fact) = (Int(own.source), own.fact)
    let account = withdrawing?.account ?? Int(fact.account)
    let shard = Layout.shard(of: account)
    if inForce.sources[index].id == 0 {
      inForce.sources[index].id = nextSource
      (inForce.sources[index].firstImport, inForce.sources[index].shard) = (importID, shard)
      newSources.append((index, nextSource, shard))
      nextSource += 1
    }
    if !inForce.sources[index].contains(shard: shard) { try move(index, to: shard, &inForce) }
    let source = inForce.sources[index].id
    if !inForce.sources[index].isStated(by: importID) {
      try connection.prepare("INSERT OR IGNORE INTO restated (source, import) VALUES (?, ?)").run(source, importID)
      inForce.sources[index].otherImports.append(importID)
    }
    var flags: EventRevision.Flags = []
    if fact.moment == nil { flags.insert(.withdrawn) }
    if fact.value == nil { flags.insert(.valueless) }
    if isKnown { flags.insert(.revises) }
    if own.isIdless { flags.insert(.idless) }
    if fact.words >= 0 {
      flags.insert(.worded)
      let words = batch.words(fact)
      if notedLines.contains(Int(fact.line)) { try note(words.text, source: source, line: Int(fact.line)) }
      try connection.prepare("INSERT OR REPLACE INTO event_text (source, line, import, text, author, reason) VALUES (?, ?, ?, ?, ?, ?)")
        .run(source, Int(fact.line), importID, words.text, words.author, words.reason)
    }
    let revision = EventRevision(
      source: source, line: Int(fact.line), account: account, moment: fact.moment ?? withdrawing?.moment ?? Moment(Day(0)),
      value: fact.value ?? 0, flags: flags)
    keep(revision, shard: inForce.sources[index].shard)
    for shard in inForce.sources[index].otherShards { keep(revision, shard: shard) }
  }

  private func note(_ text: String?, source: Int, line: Int) throws {
    let sql = "SELECT 1 FROM event_text WHERE source = ? AND line = ? AND import = ?"
    let isKnown = try connection.prepare(sql).first(source, line, importID) { _ in true } ?? false
    try NoteIndex.keep(text, source: source, line: line, importID: importID, isKnown: isKnown, connection)
  }

  private mutating func keep(_ revision: EventRevision, shard: Int) {
    while revisions.count <= shard { revisions.append([]) }
    revisions[shard].append(revision)
  }

  /// Brings a source's events to one more shard: all earlier revisions are copied there under their own imports, so that whoever
  /// reads that shard alone sees every revision and finds the same winner.
  private mutating func move(_ index: Int, to shard: Int, _ inForce: inout EventsInForce) throws {
    let source = inForce.sources[index]
    var earlier: [EventsInForce.Stated] = []
    inForce.forEach(index) { earlier.append($0) }
    for stated in earlier { try insert([stated.revision], shard: shard, importID: stated.importID) }
    let waiting = source.shard < revisions.count ? revisions[source.shard].filter { $0.source == source.id } : []
    for revision in waiting { keep(revision, shard: shard) }
    try connection.prepare("INSERT INTO source_shard (source, shard) VALUES (?, ?)").run(source.id, shard)
    inForce.sources[index].otherShards.append(shard)
  }

  /// Writes everything taken.
  mutating func write(_ refs: EventRefs) throws {
    try writeSources(refs)
    for shard in revisions.indices where !revisions[shard].isEmpty {
      revisions[shard].sort { $0.identity < $1.identity }
      for start in stride(from: 0, to: revisions[shard].count, by: EventChunk.mostEvents) {
        try insert(
          revisions[shard][start..<min(revisions[shard].count, start + EventChunk.mostEvents)], shard: shard, importID: importID)
      }
      revisions[shard].removeAll(keepingCapacity: true)
    }
  }

  private mutating func writeSources(_ refs: EventRefs) throws {
    let insert = try connection.prepare("INSERT INTO source (id, hash, feed, ref, import, shard) VALUES (?, ?, ?, ?, ?, ?)")
    for (index, id, shard) in newSources { try insert.run(id, refs.hashes[index], feed, refs.text(index), importID, shard) }
    newSources.removeAll(keepingCapacity: true)
  }

  private func insert(_ events: ArraySlice<EventRevision>, shard: Int, importID: Int) throws {
    guard let first = events.first else { return }
    var (days, sources) = ((first.moment.day, first.moment.day), (first.source, first.source))
    for event in events {
      days = (min(days.0, event.moment.day), max(days.1, event.moment.day))
      sources = (min(sources.0, event.source), max(sources.1, event.source))
    }
    let sql = "INSERT INTO event_chunk (import, shard, first_day, last_day, first_source, last_source, data) VALUES (?, ?, ?, ?, ?, ?, ?)"
    try EventChunk.encode(events, importID: importID).withUnsafeBytes { bytes in
      try connection.prepare(sql).run(importID, shard, days.0.number, days.1.number, sources.0, sources.1, bytes)
    }
  }
}
