import CSQLite
import Health

extension Connection {
  /// Ends a command that wrote: finalises every statement, lets SQLite refresh its statistics, and moves the log into the database.
  ///
  /// Neither waits for anybody: with a reader open the log cannot be emptied, so what can be moved is moved and the rest stays
  /// for the next command. That is success, since what was committed is safe in the log.
  package func finish() throws {
    guard mode != .readOnly else { return finaliseStatements() }
    finaliseStatements()
    setBusyTimeout(0)
    defer { setBusyTimeout(busyMilliseconds) }
    try ignoringBusy { try execute("PRAGMA optimize") }
    guard mode != .createUnsynced else { return }
    if try checkpoint(SQLITE_CHECKPOINT_TRUNCATE) == false { _ = try checkpoint(SQLITE_CHECKPOINT_PASSIVE) }
  }

  /// Ends a database that was built unsynced: closes it and gives it its name, whole and on the disk.
  ///
  /// - Throws: `file-exists` when there is something of that name.
  package func publish(as target: String) throws {
    guard mode == .createUnsynced else { throw Problem("not-unsynced", .failure, "\(path) was not opened to be published") }
    try finish()
    try execute("PRAGMA synchronous = FULL")
    try setJournal("wal")
    close()
    // Closing moves the log into the database and removes it; a log that stayed would be lost with the temporary name.
    guard !Files.exists(path + "-wal") else { throw Problem("database-busy", .busy, "\(path) is open elsewhere") }
    try requireUnused(target)
    try Files.publish(path, as: target)
  }

  private func ignoringBusy(_ body: () throws -> Void) throws {
    do { try body() } catch let problem as Problem where problem.category == .busy {}
  }

  /// False when somebody else was in the way.
  private func checkpoint(_ kind: Int32) throws -> Bool {
    let code = sqlite3_wal_checkpoint_v2(handle, nil, kind, nil, nil)
    if code & 0xff == SQLITE_BUSY { return false }
    guard code == SQLITE_OK else { throw SQLiteError.problem(code, on: handle, sql: "checkpoint") }
    return true
  }
}

/// Throws when a database cannot be put under this name: when there is one already, or a log that SQLite would apply to the new one.
///
/// - Parameter remedy: what to do where there is one and it may not be replaced.
func requireUnused(_ target: String, mayReplace: Bool = false, remedy: String = "choose another name, or move the file away") throws {
  if Files.exists(target), !mayReplace { throw Problem("file-exists", .usage, "\(target) exists already", hint: remedy) }
  if Files.isFolder(target) { throw Problem("file-exists", .usage, "\(target) is a folder", hint: "name a file in it") }
  removeEmptyLog(of: target)
  for suffix in ["-wal", "-journal"] where Files.exists(target + suffix) {
    let message = "\(target)\(suffix) exists: a database of that name is in use, or was left by a crash"
    throw Problem("file-exists", .usage, message, hint: "choose another name, or remove both if nothing has it open")
  }
}

/// Lets SQLite remove the empty log that whoever only reads a database leaves behind. Closing as the last one does that, so the log
/// stays where somebody has the database open, and with a file that is no database of ours.
private func removeEmptyLog(of target: String) {
  guard Files.exists(target), Files.size(of: target + "-wal") == 0 else { return }
  (try? Connection(target, .readWrite, busyMilliseconds: 0))?.close()
}
