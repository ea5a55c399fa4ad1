import Foundation
import Health
import Storage
import Synchronization
import Testing

@testable import vitals

/// One error, the smallest files that provoke it, and what a person sees: a transcript in `Cases/KIND/NAME.txt`.
///
///     What it is, in a sentence.
///
///     === usage_2026-03-22.csv
///     account,day,logins
///     acme,2026-03-22
///     $ vitals import usage_2026-03-22.csv
///     vitals: error: …
///     | what stands on standard output
///     [65]
///
/// Each begins in a copy of `SampleWorkspace`. A file called `NAME (escaped)` knows `\n \r \t \0 \\ \xHH`, and `\*5{…}` for
/// five times the same, where `\#` counts; its lines are joined without line ends. Beside vitals the lines may run `rm FILE`, `mkdir FOLDER` and `sqlite3 DATABASE "SQL"`; `> /dev/null`
/// at the end leaves standard output out.
/// The file's name up to its first dot is the name of the error: `no-feed.stdin.txt` is another case of `no-feed`.
struct GalleryCase: CustomTestStringConvertible, Sendable {
  enum Step: Sendable {
    case file(name: String, isEscaped: Bool, lines: [String])
    case command(String, expected: [String])
  }

  let file: URL
  let says: [String]
  let steps: [Step]

  var name: String { String(file.lastPathComponent.prefix { $0 != "." }) }
  var testDescription: String { file.deletingPathExtension().lastPathComponent }

  init(_ file: URL) throws {
    self.file = file
    var lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
    if lines.last == "" { lines.removeLast() }
    var (says, steps): ([String], [Step]) = ([], [])
    for line in lines {
      if line.hasPrefix("=== ") {
        let isEscaped = line.hasSuffix(" (escaped)")
        steps.append(.file(name: String(line.dropFirst(4).dropLast(isEscaped ? 10 : 0)), isEscaped: isEscaped, lines: []))
      } else if line.hasPrefix("$ ") {
        steps.append(.command(String(line.dropFirst(2)), expected: []))
      } else if let last = steps.popLast() {
        switch last {
        case .file(let name, let isEscaped, let lines): steps.append(.file(name: name, isEscaped: isEscaped, lines: lines + [line]))
        case .command(let words, let expected): steps.append(.command(words, expected: expected + [line]))
        }
      } else {
        says.append(line)
      }
    }
    (self.says, self.steps) = (says, steps)
  }

  /// All cases, by path.
  static let all: [GalleryCase] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Cases")
    let paths = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
    return paths.filter { $0.pathExtension == "txt" }.sorted { $0.path < $1.path }.compactMap { try? GalleryCase($0) }
  }()

  /// The transcript with what was really said.
  func text(_ said: [[String]]) -> String {
    var said = said[...]
    let lines =
      says
      + steps.flatMap { step -> [String] in
        switch step {
        case .file(let name, let isEscaped, let lines): ["=== \(name)\(isEscaped ? " (escaped)" : "")"] + lines
        case .command(let words, _): ["$ \(words)"] + (said.popFirst() ?? [])
        }
      }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// Plays a case in a workspace of its own.
struct GalleryRun {
  /// What each command said, as the transcript writes it.
  private(set) var said: [[String]] = []
  /// The problems that a person was told of.
  private(set) var problems: [Problem] = []
  let folder: CommandFolder

  init(_ one: GalleryCase) throws {
    folder = try CommandFolder()
    for path in try FileManager.default.subpathsOfDirectory(atPath: Self.template.path).sorted() {
      let (from, to) = (Self.template.path + "/" + path, folder.path + "/" + path)
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: from, isDirectory: &isFolder), isFolder.boolValue {
        try FileManager.default.createDirectory(atPath: to, withIntermediateDirectories: true)
      } else {
        try FileManager.default.copyItem(atPath: from, toPath: to)
      }
    }
    for step in one.steps {
      switch step {
      case .file(let name, let isEscaped, let lines): try write(name, isEscaped, lines)
      case .command(let line, _): said.append(try run(Self.words(line)))
      }
    }
  }

  private static let template: CommandFolder = {
    do { return try SampleWorkspace.filled() } catch { preconditionFailure("the sample workspace: \(error)") }
  }()

  private func write(_ name: String, _ isEscaped: Bool, _ lines: [String]) throws {
    let url = URL(fileURLWithPath: folder.path + "/" + name)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    let bytes = isEscaped ? Self.unescaped(lines.joined()) : Array(lines.map { $0 + "\n" }.joined().utf8)
    try Data(bytes).write(to: url)
  }

  private static func unescaped(_ written: String) -> [UInt8] {
    let text = written.replacing(/\\\*([0-9]+)\{([^}]*)\}/) { match in
      (1...(Int(match.output.1) ?? 1)).map { match.output.2.replacing("\\#", with: String($0)) }.joined()
    }
    var (bytes, rest): ([UInt8], Substring) = ([], Substring(text))
    while let character = rest.popFirst() {
      guard character == "\\", let code = rest.popFirst() else {
        bytes += String(character).utf8
        continue
      }
      switch code {
      case "n": bytes.append(10)
      case "r": bytes.append(13)
      case "t": bytes.append(9)
      case "0": bytes.append(0)
      case "x":
        bytes.append(UInt8(rest.prefix(2), radix: 16) ?? 0)
        rest = rest.dropFirst(2)
      default: bytes += String(code).utf8
      }
    }
    return bytes
  }

  /// The words of a line, where double quotes keep spaces together.
  static func words(_ line: String) -> [String] {
    line.split(separator: "\"", omittingEmptySubsequences: false).enumerated().flatMap { index, part in
      index % 2 == 1 ? [String(part)] : part.split(separator: " ").map(String.init)
    }
  }

  private mutating func run(_ words: [String]) throws -> [String] {
    switch words.first {
    case "rm": try FileManager.default.removeItem(atPath: path(words[1]))
    case "mkdir": try FileManager.default.createDirectory(atPath: path(words[1]), withIntermediateDirectories: true)
    case "sqlite3":
      let connection = try Connection(path(words[1]), .readWrite)
      try connection.execute(words[2])
      try connection.finish()
      connection.close()
    default:
      let isShown = words.suffix(2) != [">", "/dev/null"]
      let arguments = Array(words.dropFirst().dropLast(isShown ? 0 : 2))
      return vitals(arguments.enumerated().map { isPath($1, after: $0 > 0 ? arguments[$0 - 1] : "") ? path($1) : $1 }, isShown: isShown)
    }
    return []
  }

  private mutating func vitals(_ arguments: [String], isShown: Bool) -> [String] {
    let heard = Heard()
    var test = TestContext()
    test.context.onProblem = { heard.add($0) }
    let done = folder.run(arguments: arguments, in: test)
    problems += heard.all
    return lines(done.err, prefix: "") + (isShown ? lines(done.out, prefix: "| ") : []) + (done.code == 0 ? [] : ["[\(done.code)]"])
  }

  private final class Heard: Sendable {
    private let problems = Mutex<[Problem]>([])
    func add(_ problem: Problem) { problems.withLock { $0.append(problem) } }
    var all: [Problem] { problems.withLock { $0 } }
  }

  private func lines(_ text: String, prefix: String) -> [String] {
    let plain = folder.plain(text).replacing(folder.path, with: ".").replacing(/this vitals knows [0-9]+/, with: "this vitals knows N")
    return plain.split(separator: "\n", omittingEmptySubsequences: false).dropLast(plain.hasSuffix("\n") || plain.isEmpty ? 1 : 0).map {
      line in
      var text = prefix + line
      while text.last == " " { text.removeLast() }
      return text
    }
  }

  private func path(_ word: String) -> String { word == "." ? folder.path : folder.path + "/" + word }

  /// A word of a command line that names a file or a folder of the case.
  private func isPath(_ word: String, after option: String) -> Bool {
    if word.hasPrefix("-") || word.contains("=") || option == "--zone" { return false }
    let endings = [".csv", ".yaml", ".yml", ".db", ".gz", ".jsonl", ".json", ".html", "/"]
    return word == "." || word.contains("/") && !word.contains(" ") || endings.contains { word.hasSuffix($0) }
  }
}
