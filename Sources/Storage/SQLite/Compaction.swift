import CSQLite
import Health

extension Connection {
  /// Writes the database anew without free pages, and empties the log, so that nothing of what was deleted is left in either file.
  ///
  /// - Throws: `log-in-use` where another process reads on, so that the log cannot be emptied; the database is sound then.
  package func compact() throws {
    finaliseStatements()
    try execute("PRAGMA optimize")
    try execute("VACUUM")
    let code = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
    if code & 0xff == SQLITE_BUSY {
      throw Problem(
        "log-in-use", .busy, "\(path) is being read by another process, so old pages are still in \(path) or its log",
        hint: "run `vitals compact` when the others have ended")
    }
    guard code == SQLITE_OK else { throw SQLiteError.problem(code, on: handle, sql: "checkpoint") }
  }

  /// The bytes of the database's file.
  package func fileSize() -> Int { Files.size(of: path) ?? 0 }

  /// The bytes that pages without content take.
  package func freeBytes() throws -> Int { Int(try integer("PRAGMA freelist_count") * integer("PRAGMA page_size")) }

  /// Copies that migrations made of the database, in its folder.
  package func migrationCopies() -> [String] { Files.names(in: Files.folder(of: path), beginning: Files.name(of: path) + ".schema") }
}
