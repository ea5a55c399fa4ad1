import Synchronization

/// How far something long has come, on one line of standard error that is wiped at the end.
///
/// A class, because the work reports to it from wherever it is.
final class Progress: Sendable {
  private struct State {
    var done: Int64 = 0
    var drawn: Int64?
  }

  private let label: String
  private let total: Int64?
  private let isShown: Bool
  private let context: Context
  private let started: Int64
  private let state = Mutex(State())

  init(label: String, total: Int64?, isShown: Bool, context: Context) {
    (self.label, self.total, self.isShown, self.context) = (label, total, isShown, context)
    started = isShown ? context.stopwatch() : 0
  }

  /// Tells how many bytes are done. The line appears after half a second and changes ten times a second at most.
  func advance(to done: Int64) {
    guard isShown else { return }
    let now = context.stopwatch()
    state.withLock { state in
      state.done = done
      guard now - started >= 500, now - (state.drawn ?? 0) >= 100 || state.drawn == nil else { return }
      state.drawn = now
      write("\r" + TextWidth.shortened(line(done), to: context.terminal.columns - 1, mark: "...") + "\u{1B}[K")
    }
  }

  /// Tells how many more bytes are done.
  func advance(by bytes: Int64) { advance(to: state.withLock { $0.done } + bytes) }

  /// Wipes the line, if there is one.
  func finish() {
    state.withLock { state in
      if state.drawn != nil { write("\r\u{1B}[K") }
      state.drawn = nil
    }
  }

  private func line(_ done: Int64) -> String {
    let label = HarmlessText.line(label)
    guard let total, total > 0 else { return "\(label)  \(Human.bytes(done))" }
    let share = min(Double(done) / Double(total), 1)
    return "\(label)  \(Human.percent(share))  \(Human.bytes(done)) of \(Human.bytes(total))"
  }

  private func write(_ text: String) {
    // Progress that cannot be seen must not stop the work.
    try? context.standardError.write(Array(text.utf8))
  }
}
