import Yams

/// One YAML file while it is read: gives every value its place and collects every problem, so that a person mends a file in one go.
///
/// A class, because the values of one file report into it; it lives only inside `read` and never leaves its thread.
package final class YAMLFile {
  /// The file as the person named it.
  package let name: String
  private let lines: [String]
  private(set) var problems: [Problem] = []

  private init(name: String, lines: [String]) { (self.name, self.lines) = (name, lines) }

  /// Reads a file: `body` gets the root and returns what it stands for, reporting into the values what is wrong with them.
  /// Throws all that was reported, in the order of the file; `body` returns nil only after it reported why.
  /// A file without any value stands for `empty`, or is reported where there is no such thing.
  package static func read<Result>(
    _ text: String, file name: String, empty: Result? = nil, _ body: (YAMLValue) -> Result?
  ) throws(Problems) -> Result {
    let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    let file = YAMLFile(name: name, lines: YAMLFile.lines(of: text))
    var result = empty
    switch file.root(of: text) {
    case .value(let root): result = body(root)
    case .nothing where empty == nil:
      let hint = "write at least one key, or remove the file"
      file.report(Problem("empty-file", .badInput, "the file is empty", place: Place(file: name), hint: hint))
    case .nothing, .unreadable: break
    }
    if let result, file.problems.isEmpty { return result }
    if file.problems.isEmpty {
      file.report(Problem("unreadable-file", .failure, "the file was not read, and nothing said why", place: Place(file: name)))
    }
    throw Problems(file.inOrder())
  }

  /// Keeps a problem; an alias and its anchor are one and the same.
  func report(_ problem: Problem) { if !problems.contains(problem) { problems.append(problem) } }

  private func inOrder() -> [Problem] {
    let keyed = problems.enumerated().map { (line: $1.place?.line ?? 0, column: $1.place?.column ?? 0, index: $0, problem: $1) }
    return keyed.sorted { ($0.line, $0.column, $0.index) < ($1.line, $1.column, $1.index) }.map(\.problem)
  }

  /// The place of a mark, whose column libyaml counts in Unicode scalars, with the line as excerpt.
  func place(line: Int, scalarColumn: Int) -> Place {
    guard line >= 1, let last = lines.last else { return Place(file: name) }
    // What is missing at the end of a file is missed on the line after it, which is not there.
    guard line <= lines.count else { return Place(file: name, line: lines.count, column: last.count + 1, excerpt: last) }
    let excerpt = lines[line - 1]
    // Every value has a place, and almost every line is ASCII, where a byte is a character.
    if excerpt.utf8.allSatisfy({ $0 < 128 && $0 != 13 }) {
      return Place(file: name, line: line, column: min(max(scalarColumn - 1, 0), excerpt.utf8.count) + 1, excerpt: excerpt)
    }
    let before = String(String.UnicodeScalarView(excerpt.unicodeScalars.prefix(max(scalarColumn - 1, 0))))
    return Place(file: name, line: line, column: before.count + 1, excerpt: excerpt)
  }

  /// Lines as libyaml counts them: ended by a line feed, a carriage return, both, or one of Unicode's three line ends.
  private static func lines(of text: String) -> [String] {
    if text.utf8.allSatisfy({ $0 < 128 && $0 != 13 }) {
      return text.utf8.split(separator: 10, omittingEmptySubsequences: false).map { String(Substring($0)) }
    }
    var all: [String] = []
    var line = String.UnicodeScalarView()
    var afterReturn = false
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n" where afterReturn: break
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
        all.append(String(line))
        line = String.UnicodeScalarView()
      default: line.append(scalar)
      }
      afterReturn = scalar == "\r"
    }
    all.append(String(line))
    return all
  }
}

// From Yams' nodes to values with places.
extension YAMLFile {
  private enum Root {
    case value(YAMLValue)
    case nothing
    case unreadable
  }

  private func root(of text: String) -> Root {
    do {
      // No resolver rules: whether a scalar is a number is for the reader of a value to say, which keeps `007` as written.
      let parser = try Parser(yaml: text, resolver: .basic, constructor: .default, encoding: .utf8)
      // Nodes know their anchors only as long as the parser lives.
      return try withExtendedLifetime(parser) {
        guard let node = try parser.singleRoot() else { return .nothing }
        return value(of: node).map { $0.isEmpty ? .nothing : .value($0) } ?? .unreadable
      }
    } catch {
      report(syntaxProblem(error))
      return .unreadable
    }
  }

  /// Anchors are refused where they are set, so that an alias can neither lose its place nor blow a small file up into a large tree.
  private func value(of node: Node) -> YAMLValue? {
    let place = node.mark.map { self.place(line: $0.line, scalarColumn: $0.column) } ?? Place(file: name)
    func refuse(_ name: String, _ message: String, hint: String) -> YAMLValue? {
      report(Problem(name, .badInput, message, place: place, hint: hint))
      return nil
    }
    let anchored = "anchors and aliases are not part of this file"
    guard node.anchor == nil else { return refuse("yaml-anchor", anchored, hint: "write the value out in each place") }
    let tag = node.tag.description
    guard ["", Tag.Name.str.rawValue, Tag.Name.map.rawValue, Tag.Name.seq.rawValue].contains(tag) else {
      return refuse("yaml-tag", "the tag \(tag) is not part of this file", hint: "leave the tag out")
    }
    switch node {
    case .scalar(let scalar):
      return YAMLValue(file: self, place: place, content: .scalar(scalar.string, plain: scalar.style == .plain))
    case .sequence(let sequence):
      let items = sequence.compactMap { value(of: $0) }
      return items.count == sequence.count ? YAMLValue(file: self, place: place, content: .list(items)) : nil
    case .mapping(let mapping):
      let entries = mapping.compactMap { pair in entry(key: pair.key, value: pair.value) }
      return entries.count == mapping.count ? YAMLValue(file: self, place: place, content: .map(entries)) : nil
    case .alias: return refuse("yaml-anchor", anchored, hint: "write the value out in each place")
    }
  }

  private func entry(key: Node, value node: Node) -> YAMLMap.Entry? {
    guard let key = value(of: key), let value = value(of: node) else { return nil }
    guard case .scalar(let name, _) = key.content else {
      key.fail("wrong-type", "a key must be a word, not \(key.shape)")
      return nil
    }
    return YAMLMap.Entry(name: name, key: key, value: value)
  }

  private func syntaxProblem(_ error: any Error) -> Problem {
    func syntax(_ message: String, _ line: Int, _ column: Int, hint: String? = nil) -> Problem {
      Problem("yaml-syntax", .badInput, message, place: place(line: line, scalarColumn: column), hint: hint)
    }
    switch error as? YamlError {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
      let words = [context?.text, problem].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ": ")
      let isDeep = problem.contains("nesting level")
      return syntax(
        isDeep ? "nested too deeply" : words, mark.line, mark.column,
        hint: isDeep
          ? "nothing here needs more than ten levels"
          : "check indentation, quotes and brackets here and on the line before; a tab cannot indent")
    case .composer(_, let problem, let mark, _):
      let alias = problem.contains("alias")
      return syntax(
        problem, mark.line, mark.column,
        hint: alias ? "anchors and aliases are not part of this file" : "one file holds one document: remove what follows `---`")
    case .duplicatedKeysInMapping(let names, let context):
      let words = names.map { "\"\($0)\"" }.joined(separator: ", ")
      return Problem(
        "duplicate-key", .badInput, "\(words) stands more than once in the mapping that has it here",
        place: place(line: context.mark.line, scalarColumn: context.mark.column), hint: "keep one of them")
    case .reader(let problem, _, let value, _):
      let (line, column) = firstControlCharacter()
      let code = value >= 0 ? " (U+\(String(value, radix: 16, uppercase: true)))" : ""
      return syntax(problem + code, line, column, hint: "remove the character")
    default:
      return Problem("yaml-syntax", .badInput, "the file is not YAML: \(error)", place: Place(file: name))
    }
  }

  /// Where libyaml's reader stops: it names no line, only characters that YAML does not allow.
  private func firstControlCharacter() -> (line: Int, column: Int) {
    func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar.value {
      case 0xFEFF: false
      case 0x09, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...: true
      default: false
      }
    }
    for (index, line) in lines.enumerated() {
      if let column = line.unicodeScalars.enumerated().first(where: { !isAllowed($0.element) })?.offset { return (index + 1, column + 1) }
    }
    return (0, 0)
  }
}
