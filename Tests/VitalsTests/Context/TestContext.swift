import Health
import Synchronization

@testable import vitals

/// What was written to a stream, and a clock that tests turn by hand.
final class Recorder: Sendable {
  private let bytes = Mutex<[UInt8]>([])
  private let time = Mutex<Int64>(0)

  var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
  func append(_ new: [UInt8]) { bytes.withLock { $0 += new } }
  var milliseconds: Int64 { time.withLock { $0 } }
  func pass(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }

  func stream(isTerminal: Bool) -> ByteStream { ByteStream(isTerminal: isTerminal) { self.append($0) } }
}

/// A context without a world around it, and what was written in it.
struct TestContext {
  let out = Recorder()
  let err = Recorder()
  let paged = Recorder()
  let stopwatch = Recorder()
  let controlC = ControlC(listens: false)
  var context: Context

  init(environment: [String: String] = [:], outIsTerminal: Bool = false, errIsTerminal: Bool = false, columns: Int = 80, rows: Int = 24) {
    let (paged, stopwatch) = (paged, stopwatch)
    context = Context(
      environment: environment,
      login: "dana",
      clock: Clock(system: { 1_774_947_600_123 }),  // 2026-03-31T09:00:00.123Z
      standardOutput: out.stream(isTerminal: outIsTerminal),
      standardError: err.stream(isTerminal: errIsTerminal),
      terminal: Context.TerminalSize(columns: columns, rows: rows),
      stopwatch: { stopwatch.milliseconds },
      runPager: { command, bytes in
        paged.append(Array("[\(command)]".utf8) + bytes)
        return command.contains("nowhere") ? 127 : 0
      },
      controlC: controlC)
  }
}
