import ArgumentParser
import Health

/// Turns errors into text on standard error and an exit code; nothing else does.
struct Failure {
  private let root: any ParsableCommand.Type
  private let arguments: [String]
  private let context: Context

  /// For a command line under a root command.
  init(root: any ParsableCommand.Type, arguments: [String], context: Context) {
    (self.root, self.arguments, self.context) = (root, arguments, context)
  }

  /// Prints what there is to say about the error and gives the exit code.
  func report(_ error: any Error) -> Int32 {
    switch error {
    case is ClosedPipe: return 0
    case let problem as Problem: return tell([problem])
    case let problems as Problems: return tell(problems.all)
    case let code as ExitCode: return code.rawValue
    default: return reportOther(error)
    }
  }

  /// The parser's own errors and requests for help, and what nobody foresaw.
  private func reportOther(_ error: any Error) -> Int32 {
    let code = root.exitCode(for: error)
    if code == .success {
      let columns = context.standardOutput.isTerminal ? context.terminal.columns : nil
      let text = root.fullMessage(for: error, columns: columns)
      do {
        try context.standardOutput.write(Array((text.hasSuffix("\n") ? text : text + "\n").utf8))
        return 0
      } catch {
        return report(error)
      }
    }
    if code == .validationFailure, let unknown = unknownCommand { return tell([unknown]) }
    if code == .validationFailure {
      let message = root.message(for: error)
      let hint = "`\(commandPath) --help` lists what it takes"
      return tell([Problem("usage", .usage, Failure.sentence(message), hint: hint)])
    }
    return tell([Problem("unexpected", .failure, "\(error)")])
  }

  /// The error text of problems and the exit code of the first.
  private func tell(_ problems: [Problem]) -> Int32 {
    let style = Style(hasColor: context.usesColor(on: context.standardError))
    for problem in problems { context.onProblem(problem) }
    let text = problems.map { Failure.text($0, style: style) }.joined()
    // Where standard error is closed the exit code is all that can be told.
    try? context.standardError.write(Array(text.utf8))
    return Int32(problems.first?.category.rawValue ?? 1)
  }

  /// What one problem says, with the line it is about and the remedy.
  static func text(_ problem: Problem, isWarning: Bool = false, style: Style) -> String {
    let label = isWarning ? style.paint("warning:", .yellow) : style.paint("error:", .red)
    var text = "vitals: \(label) \(line(problem))\n"
    if let at = problem.place, let excerpt = at.excerpt { text += Excerpt.text(excerpt, column: at.column, style: style) }
    if let hint = problem.hint { text += "\(style.paint("hint:", .bold)) \(HarmlessText.line(hint))\n" }
    return text
  }

  /// Where and what, on one line.
  static func line(_ problem: Problem) -> String {
    guard let at = problem.place else { return HarmlessText.line(problem.message) }
    var place = HarmlessText.line(at.file) + ":"
    if at.line > 0 { place += "\(at.line):" }
    if at.line > 0, at.column > 0 { place += "\(at.column):" }
    return "\(place) \(HarmlessText.line(problem.message))"
  }

  /// The parser's message as one sentence without a full stop, like our own.
  private static func sentence(_ message: String) -> String {
    let line = message.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: " ")
    return line.hasSuffix(".") ? String(line.dropLast()) : line
  }

  /// The commands that the arguments name, as far as they can be followed.
  private var commands: [any ParsableCommand.Type] {
    var path: [any ParsableCommand.Type] = [root]
    for word in arguments {
      let next = path[path.count - 1].configuration.subcommands.first {
        $0._commandName == word || $0.configuration.aliases.contains(word)
      }
      guard let next else { break }
      path.append(next)
    }
    return path
  }

  private var commandPath: String { commands.map { $0._commandName }.joined(separator: " ") }

  /// Where a command should follow and another word does.
  private var unknownCommand: Problem? {
    let path = commands
    let names = path[path.count - 1].configuration.subcommands.map { $0._commandName }
    guard !names.isEmpty, let word = arguments.dropFirst(path.count - 1).first, !word.hasPrefix("-") else { return nil }
    let near = Nearest.match(to: word, among: names).map { "did you mean \($0)? " } ?? ""
    return Problem(
      "unknown-command", .usage, "`\(commandPath)` has no command \"\(word)\"",
      hint: "\(near)The commands are: \(names.joined(separator: ", "))")
  }
}

/// The line that a problem is about, with a mark under its column.
private enum Excerpt {
  private static let width = 100

  /// Two lines; of a long line only what is near the column.
  static func text(_ line: String, column: Int, style: Style) -> String {
    let characters = Array(HarmlessText.line(String(line.prefix { !$0.isNewline })))
    var column = harmlessColumn(column, in: line)
    if column > characters.count + 1 { column = 0 }  // beyond the line: there is nothing to point at
    let start = column > width * 3 / 4 ? column - width / 2 : 0
    let end = min(start + width, characters.count)
    let before = start > 0 ? "…" : ""
    let shown = before + String(characters[start..<end]) + (end < characters.count ? "…" : "")
    guard column > 0 else { return "  \(shown)\n" }
    let indent = TextWidth.of(before) + TextWidth.of(String(characters[start..<max(start, column - 1)]))
    return "  \(shown)\n  \(String(repeating: " ", count: indent))\(style.paint("^", .red))\n"
  }

  /// Where the column is once every control character before it is written out.
  private static func harmlessColumn(_ column: Int, in line: String) -> Int {
    guard column > 0 else { return 0 }
    let before = line.prefix(column - 1)
    return HarmlessText.line(String(before)).count + 1 + (column - 1 - before.count)
  }
}
