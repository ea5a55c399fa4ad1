import Health

/// How the file of an import was written. It is kept where rows of the file were refused, so that these can be written out, mended and
/// imported again.
package struct FileHeader: Sendable, Hashable {
  /// `csv` or `jsonl`, and how bytes stand for characters, in the words of a feed.
  package var format: String
  package var encoding: String
  /// The byte between cells, and the one around them, as text; empty where there is none.
  package var delimiter: String
  package var quote: String
  /// The bytes of the header, without a line end; nil where the file has none of its own.
  package var bytes: [UInt8]?
  /// The names that the feed gives instead.
  package var names: [String]

  package init(format: String, encoding: String, delimiter: String, quote: String, bytes: [UInt8]?, names: [String]) {
    (self.format, self.encoding, self.delimiter, self.quote) = (format, encoding, delimiter, quote)
    (self.bytes, self.names) = (bytes, names)
  }

  /// Whether a file of the other kind is read in the same way. The columns of a header of the file's own may differ.
  package func isRead(like other: FileHeader) -> Bool {
    (format, encoding, delimiter, quote, names) == (other.format, other.encoding, other.delimiter, other.quote, other.names)
  }

  private static let separator = "\u{1F}"

  /// Keeps the header of an import's file.
  func keep(importID: Int, _ connection: Connection) throws {
    let sql = "INSERT INTO header (import, format, encoding, delimiter, quote, bytes, names) VALUES (?, ?, ?, ?, ?, ?, ?)"
    try connection.prepare(sql).run(importID, format, encoding, delimiter, quote, bytes, names.joined(separator: Self.separator))
  }

  fileprivate static func of(_ id: Int, _ connection: Connection) throws -> FileHeader? {
    try connection.prepare("SELECT format, encoding, delimiter, quote, bytes, names FROM header WHERE import = ?").first(id) { row in
      FileHeader(
        format: row.text(0), encoding: row.text(1), delimiter: row.text(2), quote: row.text(3),
        bytes: row.isNull(4) ? nil : row.blob(4) { Array($0) },
        names: row.text(5).split(separator: Self.separator).map(String.init))
    }
  }
}

extension ImportLog {
  /// How the file of an import was written; nil where none of its rows was refused, and of imports made before this was kept.
  package static func header(_ id: Int, _ history: History) throws -> FileHeader? { try FileHeader.of(id, history.connection) }

  /// An import, the one whose rows it mended, and so on: mended rows add to what these stated. Where the import is of a file that was
  /// sent again with rows refused again, what it found unchanged was not written, so the import that it leaned on is one of them too.
  static func mended(from id: Int, _ history: History) throws -> [Int] {
    let sql = """
      SELECT mends FROM import WHERE id = ?1 AND mends < id
      UNION SELECT b.id FROM leans AS l JOIN import AS a ON a.id = l.import JOIN import AS b ON b.id = l."on"
        WHERE l.import = ?1 AND b.id < a.id AND b.feed = a.feed AND a.rejected > 0 AND b.rejected > 0
          AND (b.file = a.file OR b.file_day = a.file_day)
      ORDER BY 1 DESC
      """
    let statement = try history.connection.prepare(sql)
    var (chain, next) = ([id], 0)
    while next < chain.count {
      chain += try statement.all(chain[next]) { $0.int(0) }.filter { !chain.contains($0) }
      next += 1
    }
    return chain
  }

  /// Whether rows of an import were mended and imported since, by an import that is live.
  package static func isMended(_ id: Int, _ history: History) throws -> Bool {
    try history.connection.prepare("SELECT id FROM import WHERE mends = ?").all(id) { $0.int(0) }.contains { try one($0, history).isLive }
  }

  /// Live imports that mended rows of earlier imports of a feed and file day.
  package static func liveMends(feed: String, fileDay: Day?, before id: Int, _ history: History) throws -> [ImportRecord] {
    let sql = """
      SELECT i.id FROM import AS i JOIN feed AS f ON f.id = i.feed
      WHERE f.name = ? AND i.file_day IS ? AND i.mends IS NOT NULL AND i.id < ? AND i.state = 'imported' ORDER BY i.id
      """
    return try history.connection.prepare(sql).all(feed, fileDay.map { Int($0.number) }, id) { $0.int(0) }
      .map { try one($0, history) }.filter(\.isLive)
  }
}
