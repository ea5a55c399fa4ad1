import Foundation
import Synchronization

/// What happens on control-C: whoever is at work says with `during` how to be stopped, then ends by itself, with 130.
/// What does not end within a moment, and a second control-C, ends the process at once.
final class ControlC: Sendable {
  private struct State {
    var next = 0
    var closures: [Int: @Sendable () -> Void] = [:]
    var atWork = 0
    var source: (any DispatchSourceSignal)?
  }

  /// The one that hears the signal, which comes to the process as a whole.
  static let live = ControlC(listens: true)

  private static let grace = DispatchTimeInterval.seconds(5)
  private let listens: Bool
  private let state = Mutex(State())

  /// One that hears the signal, or only what calls `stop`.
  init(listens: Bool) { self.listens = listens }

  /// Does `work`; a control-C while it goes on calls `cleanUp` (on another thread), which makes the work end soon with a problem of
  /// the category `interrupted`.
  /// Before the first such work control-C ends the process as the system does, which a shell shows as 130 as well.
  func during<R>(_ work: () throws -> R, cleanUp: @escaping @Sendable () -> Void) rethrows -> R {
    let id = state.withLock { state in
      state.next += 1
      state.atWork += 1
      state.closures[state.next] = cleanUp
      if listens, state.source == nil { state.source = listen() }
      return state.next
    }
    defer {
      state.withLock { state in
        state.closures[id] = nil
        state.atWork -= 1
      }
    }
    return try work()
  }

  /// Stops whoever is at work, newest first, each once. False where there was nobody.
  @discardableResult func stop() -> Bool {
    let closures = state.withLock { state in
      let sorted = state.closures.sorted { $0.key > $1.key }.map(\.value)
      state.closures = [:]
      return sorted
    }
    for closure in closures { closure() }
    return !closures.isEmpty
  }

  private func listen() -> any DispatchSourceSignal {
    let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    source.setEventHandler { [self] in
      guard stop() else { _exit(130) }
      DispatchQueue.global().asyncAfter(deadline: .now() + Self.grace) { [self] in
        if state.withLock({ $0.atWork > 0 }) { _exit(130) }
      }
    }
    source.resume()
    return source
  }
}
