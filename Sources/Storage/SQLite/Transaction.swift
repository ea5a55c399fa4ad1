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
    guard sqlite3_get_autocommit(handle) != 0 else {
      throw Problem("nested-transaction", .failure, "a transaction was begun inside another")
    }
    try execute(kind == .immediate ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED")
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

  /// Whether a transaction is open.
  package var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  /// SQLite rolls some errors back itself and leaves the transaction open after others (a full disk): only it knows which.
  private func rollBack() {
    resetStatements()
    if isInTransaction { try? execute("ROLLBACK") }
  }
}
