import ArgumentParser
import Foundation
import Health
import Testing

@testable import vitals

/// The README and the help texts say what the program does: every command is there, and every example can be run.
@Suite("Documentation")
struct DocumentationTests {
  private static let readme: String = {
    let file = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../README.md").standardized
    return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
  }()

  /// A command with the words that lead to it.
  struct Command: CustomTestStringConvertible, Sendable {
    var path: [String]
    var type: any ParsableCommand.Type

    var testDescription: String { path.joined(separator: " ") }
    var name: String { path.last ?? "" }
  }

  /// All commands below one, itself left out.
  private static func commands(below command: Command) -> [Command] {
    command.type.configuration.subcommands.flatMap { type -> [Command] in
      let child = Command(path: command.path + [type._commandName], type: type)
      return [child] + commands(below: child)
    }
  }

  static let all = commands(below: Command(path: ["vitals"], type: Vitals.self))
  /// A name that is not stated is made of the type's name, at a cost that every start of the process would pay.
  @Test(arguments: all) func everyCommandStatesItsName(_ command: Command) {
    #expect(command.type.configuration.commandName == command.name)
  }

  static let leaves = all.filter { $0.type.configuration.subcommands.isEmpty }

  /// The words of a command line as a shell reads them, up to a comment or a pipe.
  private static func words(_ line: String) -> [String] {
    var words: [String] = []
    var (word, isQuoted, isOpen) = ("", false, false)
    for character in line {
      switch character {
      case "\"":
        isQuoted.toggle()
        isOpen = true
      case " " where !isQuoted:
        if isOpen { words.append(word) }
        (word, isOpen) = ("", false)
      default:
        word.append(character)
        isOpen = true
      }
    }
    if isOpen { words.append(word) }
    return Array(words.prefix { $0 != "#" && $0 != "|" && $0 != ">" })
  }

  /// The arguments of a line that runs vitals, be it as the last part of a pipe; nil for other lines.
  private static func arguments(_ line: String) -> [String]? {
    let text = line.split(separator: "|").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
    for start in ["vitals ", "swift run -c release vitals "] where text.hasPrefix(start) {
      return words(String(text.dropFirst(start.count)))
    }
    return nil
  }

  /// The lines of code in the README that run vitals, and the commands named within its sentences.
  static let readmeLines: [String] = {
    let blocks = readme.split(separator: "\n").filter { $0.hasPrefix("    ") }.map { String($0.drop { $0 == " " }) }
    let inline = readme.matches(of: /`(vitals [^`]+)`/).map { String($0.output.1).replacing(/\bN\b/, with: "1") }
    return (blocks.map { $0.replacing(/.* && (?=swift run)/, with: "") } + inline).filter { arguments($0) != nil }
  }()

  private func parses(_ line: String, _ location: SourceLocation = #_sourceLocation) {
    #expect(throws: Never.self, "\(line)", sourceLocation: location) { try Vitals.parseAsRoot(Self.arguments(line) ?? []) }
  }

  @Test func theReadmeIsThereAndShowsCommands() {
    #expect(Self.readmeLines.count >= 12)
    #expect(Self.readmeLines.contains { $0.hasPrefix("swift run -c release vitals demo") })
  }

  @Test(arguments: readmeLines) func linesOfTheReadmeParse(line: String) { parses(line) }

  @Test(arguments: all) func theReadmeNamesEveryCommand(command: Command) {
    if command.path.count == 2 {
      #expect(Self.readme.contains("| `\(command.name)` |"), "the table of commands")
    } else {
      let row = Self.readme.split(separator: "\n").first { $0.hasPrefix("| `\(command.path[1])` |") } ?? ""
      #expect(row.contains(command.name), "the row of \(command.path[1])")
    }
  }

  @Test func theReadmeNamesNoCommandThatIsNotThere() {
    let named = Self.readme.matches(of: /(?m)^\| `([a-z]+)` \|/).map { String($0.output.1) }
    #expect(named == Self.all.filter { $0.path.count == 2 }.map(\.name))
  }

  @Test(arguments: leaves) func everyHelpHasExamplesThatParse(command: Command) throws {
    let discussion = command.type.configuration.discussion
    let parts = discussion.split(separator: /(?m)^EXAMPLES$/, omittingEmptySubsequences: false)
    try #require(parts.count == 2)
    let lines = parts[1].split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    #expect((1...4).contains(lines.count))
    for line in lines {
      let words = try #require(Self.arguments(line), "\(line)")
      #expect(Array(words.prefix(command.path.count - 1)) == Array(command.path.dropFirst()), "\(line)")
      parses(line)
    }
  }

  @Test(arguments: leaves) func everyHelpSaysWhatItIs(command: Command) {
    #expect(command.type.configuration.abstract.hasSuffix("."))
    let test = TestContext()
    #expect(CommandRun.run(Vitals.self, Array(command.path.dropFirst()) + ["--help"], in: test.context) == 0)
    for line in test.out.text.split(separator: "\n") { #expect(line.count <= 80 || line.contains("vitals "), "\(line)") }
    #expect(test.out.text.contains("--db <file>") && test.out.text.contains("--format <format>"))
    // What the command alone can do comes before what all of them can: `status` has no options of its own.
    let status = TestContext()
    #expect(CommandRun.run(Vitals.self, ["status", "--help"], in: status.context) == 0)
    let (own, global) = (options(test.out.text), options(status.out.text))
    #expect(global.count > 10 && own.suffix(global.count) == global[...])
  }

  /// The options that a help text lists, in its order.
  private func options(_ help: String) -> [String] {
    help.split(separator: "\n").filter { $0.hasPrefix("  -") }.compactMap { line in
      line.split(separator: " ").first { $0.hasPrefix("--") }.map(String.init)
    }
  }

  @Test func exitCodesAreThoseOfTheProgram() throws {
    let sentence = try #require(Self.readme.firstMatch(of: /Exit codes: ([^.]+)\./)?.output.1)
    let told = sentence.matches(of: /\b\d+\b/).compactMap { Int($0.output) }
    #expect(told == ([0, 2] + (0...255).filter { Problem.Category(rawValue: $0) != nil }).sorted())
  }

  /// The globals that the README explains are options of every command.
  @Test(arguments: leaves) func theGlobalOptionsOfTheReadmeParse(command: Command) throws {
    let lines = command.type.configuration.discussion.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    let words = try #require(lines.lazy.filter { $0.hasPrefix("vitals ") }.compactMap(Self.arguments).first)
    for globals in [["--db", "x.db"], ["--format", "jsonl"]] {
      #expect(throws: Never.self) { try Vitals.parseAsRoot(words + globals) }
    }
  }
}
