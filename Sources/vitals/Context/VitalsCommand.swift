import ArgumentParser

/// A command of vitals: it is given its context instead of looking around.
protocol VitalsCommand: ParsableCommand {
  /// The options that every command has.
  var global: GlobalOptions { get }

  /// Does the work. The context already follows `--today`, `--now` and `--color`.
  mutating func run(in context: Context) throws
}

extension VitalsCommand {
  mutating func run() throws { try run(in: global.applied(to: .live())) }
}

/// Parses, runs, and turns errors into text and exit codes.
enum CommandRun {
  /// Runs a command line under a root command and gives the exit code.
  static func run(_ root: any ParsableCommand.Type, _ arguments: [String], in context: Context) -> Int32 {
    var context = context
    do {
      var command = try root.parseAsRoot(arguments)
      guard var ours = command as? any VitalsCommand else {
        try command.run()
        return 0
      }
      context = try ours.global.applied(to: context)
      try ours.run(in: context)
      return 0
    } catch {
      return Failure(root: root, arguments: arguments, context: context).report(error)
    }
  }
}
