import CSQLite
import Health
import Synchronization

/// Stops what a connection is doing, from another thread: the running statement ends with the problem `interrupted`,
/// and a transaction that has not been committed yet is rolled back even where no statement was running.
///
/// It takes a lock, so call it from a thread or a dispatch source, never from within a signal handler.
package final class Interrupt: Sendable {
  private struct State {
    // Unsafe: the bits of the connection's pointer; 0 before it is open and after it is closed. Whoever uses it holds the lock,
    // and the connection clears it, under the lock, before it closes.
    var connection: UInt = 0
    var isRaised = false
  }

  private let state = Mutex(State())

  init() {}

  /// Interrupts the connection, now and at its next commit.
  package func raise() {
    state.withLock { state in
      state.isRaised = true
      if let connection = OpaquePointer(bitPattern: state.connection) { sqlite3_interrupt(connection) }
    }
  }

  /// Whether it was raised.
  package var isRaised: Bool { state.withLock { $0.isRaised } }

  /// Throws `interrupted` if it was raised; for loops that run no long statement.
  package func check() throws {
    if isRaised { throw Problem("interrupted", .interrupted, "interrupted") }
  }

  func attach(_ connection: OpaquePointer?) {
    let bits = UInt(bitPattern: connection)
    state.withLock { $0.connection = bits }
  }
}
