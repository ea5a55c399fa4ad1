import Foundation

/// Shows long text a page at a time: VITALS_PAGER, else PAGER, else `less -FRX`.
enum Pager {
  /// Pages the text if standard output is a terminal that it does not fit on; false where it was not shown.
  static func show(_ bytes: [UInt8], in context: Context) throws -> Bool {
    guard context.standardOutput.isTerminal else { return false }
    let lines = bytes.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
    guard lines >= context.terminal.rows, let command = command(in: context) else { return false }
    // 126 and 127 are the shell's own: the pager could not be started, so nothing was shown.
    return ![126, 127].contains(context.runPager(command, bytes))
  }

  /// The shell command, or nil where a variable is set to nothing or to `cat`.
  static func command(in context: Context) -> String? {
    guard let chosen = context.environment["VITALS_PAGER"] ?? context.environment["PAGER"] else { return "less -FRX" }
    let command = chosen.trimmingCharacters(in: .whitespaces)
    if command.isEmpty || command == "cat" { return nil }
    // A `less` without options of its own would show colour codes as text.
    return context.environment["LESS"] == nil ? "LESS=FRX \(command)" : command
  }

  /// Runs the command with the bytes as its input and waits for it; gives its exit status.
  static func run(_ command: String, _ bytes: [UInt8]) -> Int32 {
    guard let pipe = popen(command, "w") else { return 127 }
    // Control-C belongs to the pager while it runs. A handler is not handed on to the pager, which has been started already anyway.
    let previous = signal(SIGINT) { _ in }
    fwrite(bytes, 1, bytes.count, pipe)  // less is closed before its end all the time: that is no error
    let status = pclose(pipe)
    signal(SIGINT, previous)
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 0
  }
}
