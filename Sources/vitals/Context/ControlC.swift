import Foundation
import Synchronization

/// What happens on control-C: whoever has something to put away says so with `during`; then the process ends with 130.
///
/// A signal comes to the process as a whole, so this is the one thing here that is shared.
enum ControlC {
  private struct State {
    var next = 0
    var closures: [Int: @Sendable () -> Void] = [:]
    var source: (any DispatchSourceSignal)?
  }

  private static let state = Mutex(State())

  /// Does `work`; a control-C while it goes on calls `cleanUp` (on another thread) and ends the process.
  /// Before the first such work control-C ends the process as the system does, which a shell shows as 130 as well.
  static func during<R>(_ work: () throws -> R, cleanUp: @escaping @Sendable () -> Void) rethrows -> R {
    let id = state.withLock { state in
      state.next += 1
      state.closures[state.next] = cleanUp
      if state.source == nil { state.source = listen() }
      return state.next
    }
    defer { state.withLock { $0.closures[id] = nil } }
    return try work()
  }

  /// Calls the closures, newest first.
  static func cleanUp() {
    let closures = state.withLock { state in
      let sorted = state.closures.sorted { $0.key > $1.key }.map(\.value)
      state.closures = [:]
      return sorted
    }
    for closure in closures { closure() }
  }

  private static func listen() -> any DispatchSourceSignal {
    let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    source.setEventHandler {
      cleanUp()
      _exit(130)
    }
    source.resume()
    return source
  }
}
