import Health

/// Finds what earlier imports, and earlier batches of this one, say of the sources of a batch.
struct EventsInForce {
  /// A revision with the import that stated it.
  struct Stated {
    var revision: EventRevision
    var importID: Int
  }
  /// What the tables know of a source.
  struct Source {
    var id: Int
    var firstImport: Int
    var shards: [Int]
  }

  let connection: Connection
  let importID: Int
  let feed: Int

  /// The stored source of a reference, if there is one.
  func source(_ ref: String, hash: Int64) throws -> Source? {
    let found = try connection.prepare("SELECT id, import, shard FROM source WHERE hash = ? AND feed = ? AND ref = ?").first(
      hash, feed, ref
    ) { row in
      Source(id: row.int(0), firstImport: row.int(1), shards: [row.int(2)])
    }
    guard var source = found else { return nil }
    source.shards += try connection.prepare("SELECT shard FROM source_shard WHERE source = ? ORDER BY shard").all(source.id) { $0.int(0) }
    return source
  }

  /// All revisions of the sources, by identity, oldest import first; a revision that stands in several shards comes once.
  func revisions(of sources: [Source]) throws -> [UInt64: [Stated]] {
    struct Place: Hashable, Comparable {
      let importID, shard: Int
      static func < (a: Place, b: Place) -> Bool { (a.importID, a.shard) < (b.importID, b.shard) }
    }
    var wanted: [Place: [Int]] = [:]
    let restated = try connection.prepare("SELECT import FROM restated WHERE source = ?")
    for source in sources {
      let imports = [source.firstImport] + (try restated.all(source.id) { $0.int(0) })
      for importID in Set(imports) {
        for shard in source.shards { wanted[Place(importID: importID, shard: shard), default: []].append(source.id) }
      }
    }
    var result: [UInt64: [Stated]] = [:]
    for (place, ids) in wanted.sorted(by: { $0.key < $1.key }) {
      try collect(Set(ids), importID: place.importID, shard: place.shard, into: &result)
    }
    return result
  }

  private func collect(_ ids: Set<Int>, importID: Int, shard: Int, into result: inout [UInt64: [Stated]]) throws {
    let sorted = ids.sorted()
    guard let first = sorted.first, let last = sorted.last else { return }
    let sql = """
      SELECT data, first_source, last_source FROM event_chunk
      WHERE import = ? AND shard = ? AND last_source >= ? AND first_source <= ? ORDER BY id
      """
    try connection.prepare(sql).each(importID, shard, first, last) { row in
      // Skips chunks that have none of the sources between their ends.
      let (low, high) = (row.int(1), row.int(2))
      guard let next = sorted.first(where: { $0 >= low }), next <= high else { return }
      try row.blob(0) { bytes in
        try EventChunk.forEach(bytes, importID: importID, shard: shard) { revision in
          guard ids.contains(revision.source) else { return }
          var stated = result[revision.identity] ?? []
          // Of one import a later statement replaces an earlier one (`lines: add` over several batches).
          stated.removeAll { $0.importID == importID }
          stated.append(Stated(revision: revision, importID: importID))
          result[revision.identity] = stated
        }
      }
    }
  }

  /// What an event says in words.
  func words(source: Int, line: Int, importID: Int) throws -> EventWords? {
    try connection.prepare("SELECT text, author, reason FROM event_text WHERE source = ? AND line = ? AND import = ?").first(
      source, line, importID
    ) { row in
      EventWords(text: row.optionalText(0), author: row.optionalText(1), reason: row.optionalText(2))
    }
  }
}

/// What an event says in words.
package struct EventWords: Sendable, Hashable {
  package var text: String?
  package var author: String?
  package var reason: String?

  package init(text: String? = nil, author: String? = nil, reason: String? = nil) {
    (self.text, self.author, self.reason) = (text, author, reason)
  }
}
