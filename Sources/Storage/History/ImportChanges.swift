import Health

/// Takes imports back, restores them, and says of what kind they are.
///
/// Nothing is erased or rewritten: a change is an entry in `import_state`, so what was known before it can still be asked for.
package enum ImportChanges {
  /// What is done to an import.
  package enum Change: Sendable, Hashable {
    /// Its facts no longer count.
    case revert
    /// They count again.
    case restore
    /// Whether it is history, loaded after the fact.
    case mark(backfill: Bool)
  }

  /// What a change did, or would do.
  package struct Outcome: Sendable {
    /// The import as it stands after the change.
    package var record: ImportRecord
    /// False where it stood like this already, and nothing was written.
    package var isChanged: Bool
    /// Live imports that stated facts only by leaning on this one, which the change takes out or ranks lower, with how many.
    /// Their files have to be read again.
    package var leaning: [ImportDetail.Leaning]
  }

  /// Changes how an import stands, in one transaction.
  ///
  /// - Parameter instant: now; a clock that has gone back does not put the entry before earlier ones.
  /// - Throws: `unknown-import`, `import-failed`, `import-purged`, `not-revertible`, `merge-circle`, `name-taken`, or what a damaged history throws; then nothing has changed.
  package static func apply(_ change: Change, to id: Int, at instant: Int64, _ history: History) throws -> Outcome {
    try history.connection.transaction(.immediate) { try write(change, to: id, at: instant, history) }
  }

  /// What `body` finds in the history as a change would make it. The change is written and then undone, so other writers wait.
  package static func tryOut<T>(
    _ change: Change, on id: Int, at instant: Int64, _ history: History, _ body: (Outcome) throws -> T
  ) throws -> T {
    var result: T?
    do {
      return try history.connection.transaction(.immediate) {
        result = try body(try write(change, to: id, at: instant, history))
        throw Undone()
      }
    } catch {
      try history.reload()
      guard let result, error is Undone else { throw error }
      return result
    }
  }

  /// Thrown out of a transaction so that it is not kept.
  private struct Undone: Error {}

  private static func write(_ change: Change, to id: Int, at instant: Int64, _ history: History) throws -> Outcome {
    let outcome = try preview(change, of: id, history)
    guard outcome.isChanged else { return outcome }
    let at = max(instant, try ImportLog.newestInstant(history))
    try ImportLog.setState(id, live: outcome.record.isLive, backfill: outcome.record.backfill, at: at, history.connection)
    try completeFirstFacts(after: change, of: id, history)
    if outcome.record.feed == AccountChange.feed { try requireSoundAccounts(id, history) }
    return outcome
  }

  /// Keys and merges that were said one after another may contradict each other when one of them is taken out or put back.
  private static func requireSoundAccounts(_ id: Int, _ history: History) throws {
    guard try !history.knowledge().merges.hasCircle else {
      throw Problem(
        "merge-circle", .usage, "the accounts would be merged in a circle",
        hint: "revert the later merge first; `vitals imports list --all` shows both")
    }
    try AccountChange.requireFreeKeys(of: id, history)
  }

  /// How a change would leave the import.
  private static func preview(_ change: Change, of id: Int, _ history: History) throws -> Outcome {
    let before = try ImportLog.one(id, history)
    guard before.error == nil else {
      throw Problem(
        "import-failed", .usage, "import \(id) failed, so it has never counted",
        hint: "mend the file and import it again; `vitals imports rejects \(id)` shows what was refused")
    }
    guard !before.isPurged else {
      throw Problem(
        "import-purged", .usage, "the facts of import \(id) were erased by `vitals compact --purge`",
        hint: before.isTyped ? "say it again: \(before.file)" : "import its file again: \(before.file)")
    }
    if try isErasure(id, history) {
      throw Problem(
        "not-revertible", .usage, "import \(id) erased an account, and what was erased is gone",
        hint: "only a backup that was made before still has it")
    }
    var after = before
    switch change {
    case .revert: after.isLive = false
    case .restore: after.isLive = true
    case .mark(let backfill): after.backfill = backfill
    }
    let isWeaker = (before.isLive && !after.isLive) || (after.isLive && !before.backfill && after.backfill)
    let leaning = try (isWeaker ? ImportLog.leaning(on: id, history) : [])
      .map { ImportDetail.Leaning(record: $0.record, facts: $0.facts) }
    return Outcome(record: after, isChanged: after != before, leaning: leaning)
  }

  private static func isErasure(_ id: Int, _ history: History) throws -> Bool {
    try history.connection.prepare("SELECT 1 FROM erased WHERE import = ?").first(id) { _ in true } ?? false
  }

  /// Adds the first days that have come to matter. After a revert other imports have to answer for the accounts that this one
  /// answered for, after a mark also this one for accounts that others answered for. A restored import has kept its rows.
  private static func completeFirstFacts(after change: Change, of id: Int, _ history: History) throws {
    var accounts = try FirstFacts.accounts(of: id, history.connection)
    switch change {
    case .revert: break
    case .restore: return
    case .mark: accounts.formUnion(try StatedDays.accounts(statedBy: id, history))
    }
    try FirstFacts(history).complete(accounts)
  }
}
