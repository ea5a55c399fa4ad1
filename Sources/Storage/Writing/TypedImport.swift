import Health

/// Takes in what a person typed, as an import of its own: it is in the log with its author, can be reverted and restored, and is known
/// from the moment it was typed.
package struct TypedImport: Sendable {
  /// The feed that it belongs to, which begins with "@": such feeds never go dark and do not move the default day.
  package var feed: String
  /// The command as it was typed, without `vitals` and its options.
  package var words: String
  package var author: String?
  /// Now; a clock that has gone back does not put it before earlier imports.
  package var instant: Int64

  package init(feed: String, words: String, author: String?, at instant: Int64) {
    (self.feed, self.words, self.author, self.instant) = (feed, words, author, instant)
  }

  /// Takes in what `body` adds, all of it as row 0; gives the import's id and what `body` returns. In one transaction, unless one is
  /// open already.
  package func take<T>(into history: History, _ body: (ImportSession) throws -> T) throws -> (id: Int, result: T) {
    guard !history.connection.isInTransaction else { return try write(history, body) }
    do {
      return try history.connection.transaction(.immediate) { try write(history, body) }
    } catch {
      try history.reload()
      throw error
    }
  }

  private func write<T>(_ history: History, _ body: (ImportSession) throws -> T) throws -> (id: Int, result: T) {
    let started = max(instant, try ImportLog.newestInstant(history))
    let session = try ImportSession(history, ImportHead(feed: feed, file: words, author: author, started: started))
    let result = try body(session)
    try session.flush(rows: 1, duplicate: { _ in }, replaced: { _ in })
    let bytes = Array(words.utf8)
    try session.finish(digest: bytes.withUnsafeBytes { XXH64.hash($0, seed: 0) }, bytes: bytes.count)
    return (session.importID, result)
  }
}
