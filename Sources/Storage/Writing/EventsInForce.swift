import Health

/// What earlier imports, and earlier batches of this one, say of the sources of a batch.
struct EventsInForce {
  /// A revision with the import that stated it.
  struct Stated {
    var revision: EventRevision
    var importID: Int
    /// The next of the same source; −1 for none.
    fileprivate var next: Int32 = -1
  }
  /// What the tables know of a source.
  struct Source {
    /// 0 for one that is not in them.
    var id = 0
    var firstImport = 0
    var shard = 0
    var otherImports: [Int] = []
    var otherShards: [Int] = []
    /// Its revisions, in `stated`; −1 for none.
    fileprivate var first: Int32 = -1
    fileprivate var last: Int32 = -1

    var shards: [Int] { [shard] + otherShards }
    func contains(shard other: Int) -> Bool { shard == other || otherShards.contains(other) }
    /// Whether an import wrote revisions of its events.
    func isStated(by importID: Int) -> Bool { firstImport == importID || otherImports.contains(importID) }
  }

  let connection: Connection
  let feed: Int
  /// By index of the batch's references.
  var sources: [Source] = []
  private var stated: [Stated] = []

  init(connection: Connection, feed: Int) { (self.connection, self.feed) = (connection, feed) }

  mutating func removeAll() {
    sources.removeAll(keepingCapacity: true)
    stated.removeAll(keepingCapacity: true)
  }

  // MARK: Sources

  private static let sourceSQL = """
    SELECT s.id, s.import, s.shard, s.feed, s.ref, r.import FROM source AS s LEFT JOIN restated AS r ON r.source = s.id WHERE s.hash = ?
    """

  /// Looks up the references from `sources.count` on, and reads the revisions of those that are known.
  mutating func load(_ refs: EventRefs) throws {
    let first = sources.count
    sources.append(contentsOf: repeatElement(Source(), count: refs.count - first))
    guard first < refs.count, try connection.prepare("SELECT 1 FROM source LIMIT 1").first(row: { _ in true }) ?? false else { return }
    let isMoved = try connection.prepare("SELECT 1 FROM source_shard LIMIT 1").first(row: { _ in true }) ?? false
    let statement = try connection.prepare(Self.sourceSQL)
    // By hash, so that neighbours in the index are looked up one after the other.
    for index in (first..<refs.count).sorted(by: { refs.hashes[$0] < refs.hashes[$1] }) {
      try load(refs, index, statement)
      guard isMoved, sources[index].id > 0 else { continue }
      sources[index].otherShards = try connection.prepare("SELECT shard FROM source_shard WHERE source = ? ORDER BY shard")
        .all(sources[index].id) { $0.int(0) }
    }
    try readRevisions(first..<refs.count)
  }

  private mutating func load(_ refs: EventRefs, _ index: Int, _ statement: Statement) throws {
    try statement.bind(1, refs.hashes[index])
    defer { statement.reset() }
    while try statement.step() {
      let row = statement.row
      guard row.int(3) == feed, row.utf8(4, { found in refs.withBytes(index) { $0.elementsEqual(found) } }) else { continue }
      if sources[index].id == 0 { sources[index] = Source(id: row.int(0), firstImport: row.int(1), shard: row.int(2)) }
      if let other = row.optionalInt(5) { sources[index].otherImports.append(other) }
    }
  }

  /// Whether an import wrote something of a reference, and the number of its source; nil where there is none.
  func source(ref: String, hash: Int64) throws -> Source? {
    var found: Source?
    try connection.prepare(Self.sourceSQL).each(hash) { row in
      guard row.int(3) == feed, row.text(4) == ref else { return }
      if found == nil { found = Source(id: row.int(0), firstImport: row.int(1), shard: row.int(2)) }
      if let other = row.optionalInt(5) { found?.otherImports.append(other) }
    }
    return found
  }

  // MARK: Revisions

  /// A source to be looked for in the chunks of one import and shard.
  private struct Wanted {
    let place: UInt64  // import · shard
    let source: Int
    let index: Int
  }

  private mutating func readRevisions(_ indexes: Range<Int>) throws {
    var wanted: [Wanted] = []
    for index in indexes where sources[index].id > 0 {
      let source = sources[index]
      func want(_ importID: Int, _ shard: Int) {
        wanted.append(Wanted(place: UInt64(importID) << 12 | UInt64(shard), source: source.id, index: index))
      }
      for importID in [source.firstImport] + source.otherImports {
        want(importID, source.shard)
        for shard in source.otherShards { want(importID, shard) }
      }
    }
    wanted.sort { ($0.place, $0.source) < ($1.place, $1.source) }
    var start = 0
    while start < wanted.count {
      var end = start
      while end < wanted.count, wanted[end].place == wanted[start].place { end += 1 }
      try collect(wanted[start..<end], importID: Int(wanted[start].place >> 12), shard: Int(wanted[start].place & 0xFFF))
      start = end
    }
  }

  /// Reads what one import says of sources in one shard; they are sorted.
  private mutating func collect(_ wanted: ArraySlice<Wanted>, importID: Int, shard: Int) throws {
    guard let first = wanted.first?.source, let last = wanted.last?.source else { return }
    let sql = """
      SELECT data, first_source, last_source FROM event_chunk
      WHERE import = ? AND shard = ? AND last_source >= ? AND first_source <= ? ORDER BY id
      """
    let statement = try connection.prepare(sql)
    defer { statement.reset() }
    for (index, value) in [importID, shard, first, last].enumerated() { try statement.bind(index + 1, value) }
    while try statement.step() {
      let row = statement.row
      let (low, high) = (row.int(1), row.int(2))
      let start = Self.lowerBound(wanted, low)
      guard start < wanted.endIndex, wanted[start].source <= high else { continue }
      try row.blob(0) { bytes in
        var next = start
        try EventChunk.forEach(
          bytes, importID: importID, shard: shard,
          sources: {
            defer { next += 1 }
            return next < wanted.endIndex && wanted[next].source <= high ? wanted[next].source : nil
          }, { note($0, importID: importID, index: wanted[next - 1].index) })
      }
    }
  }

  private static func lowerBound(_ wanted: ArraySlice<Wanted>, _ source: Int) -> Int {
    var (low, high) = (wanted.startIndex, wanted.endIndex)
    while low < high {
      let middle = (low + high) / 2
      if wanted[middle].source < source { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Keeps a revision. Of one import a later statement replaces an earlier one, and one that stands in several shards comes once.
  private mutating func note(_ revision: EventRevision, importID: Int, index: Int) {
    var place = sources[index].first
    while place >= 0 {
      if stated[Int(place)].importID == importID, stated[Int(place)].revision.line == revision.line {
        stated[Int(place)].revision = revision
        return
      }
      place = stated[Int(place)].next
    }
    stated.append(Stated(revision: revision, importID: importID))
    let new = Int32(stated.count - 1)
    if sources[index].last >= 0 { stated[Int(sources[index].last)].next = new } else { sources[index].first = new }
    sources[index].last = new
  }

  /// Calls `body` with each revision of a source, oldest import first.
  @inline(__always) func forEach(_ index: Int, _ body: (Stated) throws -> Void) rethrows {
    var place = sources[index].first
    while place >= 0 {
      try body(stated[Int(place)])
      place = stated[Int(place)].next
    }
  }

  /// What an event says in words.
  func words(source: Int, line: Int, importID: Int) throws -> EventWords {
    try connection.prepare("SELECT text, author, reason FROM event_text WHERE source = ? AND line = ? AND import = ?").first(
      source, line, importID
    ) { row in
      EventWords(text: row.optionalText(0), author: row.optionalText(1), reason: row.optionalText(2))
    } ?? EventWords()
  }
}
