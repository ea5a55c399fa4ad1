import Foundation
import Health
import Storage

/// All that a run takes from the world around it. Nothing else reads the environment, the clock or the terminal, so a test
/// that makes its own context sees exactly what a person would.
struct Context: Sendable {
  /// The environment's variables.
  var environment: [String: String]
  /// The name that pulses, notes and overrides are signed with.
  var login: String
  /// What time it is.
  var clock: Clock
  /// The descriptor that `vitals import -` reads.
  var standardInput: Int32 = 0
  /// Where data goes.
  var standardOutput: ByteStream
  /// Where everything else goes.
  var standardError: ByteStream
  /// Columns and rows of the terminal, where there is one.
  var terminal: TerminalSize
  /// Milliseconds that only ever grow, for progress.
  var stopwatch: @Sendable () -> Int64
  /// Hands bytes to a pager's shell command and waits for it; gives its exit status.
  var runPager: @Sendable (_ command: String, _ bytes: [UInt8]) -> Int32
  /// How a person stops the work.
  var controlC: ControlC
  /// How long a command waits for another that writes.
  var busyMilliseconds = Rules.busyMilliseconds
  /// Whether the person asked for colour, from `--color`.
  var color: ColorChoice = .auto
  /// Hears of each problem that the person is told of; text does not say its name.
  var onProblem: @Sendable (Problem) -> Void = { _ in }

  /// Columns and rows of a terminal.
  struct TerminalSize: Hashable, Sendable {
    var columns: Int
    var rows: Int
  }

  /// What the process was started with.
  static func live() -> Context {
    let environment = ProcessInfo.processInfo.environment
    return Context(
      environment: environment,
      login: login(in: environment),
      clock: Clock(),
      standardOutput: .descriptor(1),
      standardError: .descriptor(2),
      terminal: TerminalSize(in: environment),
      stopwatch: { Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000) },
      runPager: Pager.run,
      controlC: .live
    )
  }

  private static func login(in environment: [String: String]) -> String {
    for name in ["LOGNAME", "USER"] {
      if let value = environment[name], !value.isEmpty { return value }
    }
    let user = getuid()
    guard let entry = getpwuid(user) else { return "uid \(user)" }
    return String(cString: entry.pointee.pw_name)
  }

  /// The value of a variable that is set and not empty.
  func variable(_ name: String) -> String? {
    guard let value = environment[name], !value.isEmpty else { return nil }
    return value
  }

  /// Whether text on a stream is coloured: `--color`, then NO_COLOR, CLICOLOR_FORCE, TERM=dumb, then whether it is a terminal.
  func usesColor(on stream: ByteStream) -> Bool {
    switch color {
    case .always: return true
    case .never: return false
    case .auto:
      if variable("NO_COLOR") != nil { return false }
      if let force = variable("CLICOLOR_FORCE"), force != "0" { return true }
      return stream.isTerminal && environment["TERM"] != "dumb"
    }
  }
}

/// `--color`.
enum ColorChoice: String, CaseIterable, Sendable {
  case auto, always, never
}

extension Context.TerminalSize {
  /// COLUMNS and LINES, else what the terminal says, else 80 by 24.
  init(in environment: [String: String]) {
    func positive(_ name: String) -> Int? { environment[name].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } }
    var size = winsize()
    let known = ioctl(1, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    columns = positive("COLUMNS") ?? (known ? Int(size.ws_col) : 80)
    rows = positive("LINES") ?? (known && size.ws_row > 0 ? Int(size.ws_row) : 24)
  }
}
