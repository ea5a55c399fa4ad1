import CSQLite
import Health

extension Connection {
  /// How a transaction begins.
  package enum TransactionKind: Sendable {
    /// For writing. A deferred transaction that turns to writing fails at once, ignoring the busy timeout,
    /// when another process has written meanwhile; this one waits before it reads anything.
    case immediate
    /// For reading: everything inside sees the database as of its first statement.
    case deferred
  }

  /// Runs `body` in a transaction: committed when it returns, rolled back when it throws or when the interrupt was raised.
  /// The error thrown is the one that `body` threw, whatever the rollback answers.
  package func transaction<T>(_ kind: TransactionKind, _ body: () throws -> T) throws -> T {
    try begin(kind)
    do {
      let result = try body()
      try interrupt.check()
      try execute("COMMIT")
      return result
    } catch {
      rollBack()
      throw error
    }
  }

  /// Runs `body` in a transaction for writing that is rolled back whatever comes of it.
  package func rehearsal<T>(_ body: () throws -> T) throws -> T {
    try begin(.immediate)
    defer { rollBack() }
    return try body()
  }

  /// Runs `body` within the open transaction: when it throws, or when the interrupt was raised, what it wrote is undone, and what
  /// was written before it stays. Cannot be nested.
  package func savepoint<T>(_ body: () throws -> T) throws -> T {
    guard isInTransaction else { throw Problem("no-transaction", .failure, "there is no transaction to set a savepoint in") }
    try execute("SAVEPOINT part")
    do {
      let result = try body()
      try interrupt.check()
      try execute("RELEASE part")
      return result
    } catch {
      undoPart()
      throw error
    }
  }

  private func begin(_ kind: TransactionKind) throws {
    guard !isInTransaction else { throw Problem("nested-transaction", .failure, "a transaction was begun inside another") }
    try execute(kind == .immediate ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED")
  }

  /// SQLite may have rolled the whole transaction back itself, as it does when a statement that writes is interrupted.
  private func undoPart() {
    resetStatements()
    guard isInTransaction else { return }
    // A part that cannot be undone must not stay: then the whole goes.
    do { try execute("ROLLBACK TO part; RELEASE part") } catch { rollBack() }
  }

  /// Whether a transaction is open.
  package var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  /// SQLite rolls some errors back itself and leaves the transaction open after others (a full disk): only it knows which.
  private func rollBack() {
    resetStatements()
    if isInTransaction { try? execute("ROLLBACK") }
  }
}
