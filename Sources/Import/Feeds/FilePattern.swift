import Health

/// A pattern over file names: `*` and `?` as in a shell, and in a day pattern `%Y %y %m %d %b` for the parts of a day.
package struct FilePattern: Hashable, Sendable {
  private enum Part: Hashable, Sendable { case year, month, day }

  private enum Token: Hashable, Sendable {
    case any, one
    case literal(Character)
    case digits(Part, Int)
    case monthName
  }

  /// As the feed writes it.
  package let text: String
  private let tokens: [Token]

  /// What a name tells; no day where the pattern asks for none.
  package struct Found: Hashable, Sendable { package var day: Day? }

  /// A glob.
  package init(glob text: String) {
    self.text = text
    tokens = text.map { $0 == "*" ? .any : $0 == "?" ? .one : .literal($0) }
  }

  /// A glob with the parts of a day; nil when it does not have year, month and day once each, or has another `%`.
  package init?(day text: String) {
    self.text = text
    var tokens: [Token] = []
    var characters = text.makeIterator()
    while let character = characters.next() {
      guard character == "%" else {
        tokens.append(character == "*" ? .any : character == "?" ? .one : .literal(character))
        continue
      }
      switch characters.next() {
      case "Y": tokens.append(.digits(.year, 4))
      case "y": tokens.append(.digits(.year, 2))
      case "m": tokens.append(.digits(.month, 2))
      case "d": tokens.append(.digits(.day, 2))
      case "b": tokens.append(.monthName)
      case "%": tokens.append(.literal("%"))
      default: return nil
      }
    }
    func count(_ part: Part) -> Int {
      tokens.count { if case .digits(part, _) = $0 { true } else { part == .month && $0 == .monthName } }
    }
    guard count(.year) == 1, count(.month) == 1, count(.day) == 1 else { return nil }
    self.tokens = tokens
  }

  /// Whether the whole name fits, and the day that it tells; a name whose day does not exist does not fit.
  package func match(_ name: String) -> Found? {
    var walk = Walk(tokens: tokens, name: Array(name))
    guard let parts = walk.match(0, 0) else { return nil }
    guard tokens.contains(where: { if case .digits = $0 { true } else { false } }) else { return Found() }
    return Day(year: parts.year, month: parts.month, day: parts.day).map { Found(day: $0) }
  }

  private struct Parts { var year = 0, month = 0, day = 0 }

  /// Tries each way that the stars allow, each pair of token and place once.
  private struct Walk {
    let tokens: [Token]
    let name: [Character]
    var failed: Set<[Int]> = []

    mutating func match(_ token: Int, _ at: Int) -> Parts? {
      guard token < tokens.count else { return at == name.count ? Parts() : nil }
      if failed.contains([token, at]) { return nil }
      let found = step(token, at)
      if found == nil { failed.insert([token, at]) }
      return found
    }

    private mutating func step(_ token: Int, _ at: Int) -> Parts? {
      switch tokens[token] {
      case .any: return match(token + 1, at) ?? (at < name.count ? match(token, at + 1) : nil)
      case .one: return at < name.count ? match(token + 1, at + 1) : nil
      case .literal(let character): return at < name.count && name[at] == character ? match(token + 1, at + 1) : nil
      case .digits(let part, let width):
        guard let value = digits(at, width), isPossible(part, value) else { return nil }
        return match(token + 1, at + width).map { set(part, part == .year && width == 2 ? 2000 + value : value, in: $0) }
      case .monthName:
        let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        guard at + 3 <= name.count, let index = names.firstIndex(of: String(name[at..<at + 3]).lowercased()) else { return nil }
        return match(token + 1, at + 3).map { set(.month, index + 1, in: $0) }
      }
    }

    private func digits(_ at: Int, _ width: Int) -> Int? {
      guard at + width <= name.count, name[at..<at + width].allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
      return Int(String(name[at..<at + width]))
    }

    private func isPossible(_ part: Part, _ value: Int) -> Bool {
      switch part {
      case .year: true
      case .month: (1...12).contains(value)
      case .day: (1...31).contains(value)
      }
    }

    private func set(_ part: Part, _ value: Int, in parts: Parts) -> Parts {
      var parts = parts
      switch part {
      case .year: parts.year = value
      case .month: parts.month = value
      case .day: parts.day = value
      }
      return parts
    }
  }
}

extension FilePattern {
  /// One character of a name, or any number of them.
  private enum Step {
    case any, one, digit
    case literal(Character)

    /// A character that both stand for; nil where there is none.
    static func common(_ a: Step, _ b: Step) -> Character? {
      switch (a, b) {
      case (.literal(let x), .literal(let y)): x == y ? x : nil
      case (.literal(let x), .digit), (.digit, .literal(let x)): x.isASCII && x.isNumber ? x : nil
      case (.literal(let x), _), (_, .literal(let x)): x
      case (.digit, _), (_, .digit): "1"
      default: "x"
      }
    }
  }

  private var steps: [Step] {
    tokens.flatMap { token -> [Step] in
      switch token {
      case .any: [.any]
      case .one: [.one]
      case .literal(let character): [.literal(character)]
      case .digits(_, let width): Array(repeating: .digit, count: width)
      case .monthName: Array(repeating: .one, count: 3)
      }
    }
  }

  /// The shortest name that fits both patterns, as far as their stars and marks tell; nil where no name does.
  package func sharedName(with other: FilePattern) -> String? {
    let (a, b) = (steps, other.steps)
    // Breadth first over how far each pattern has come, so that each pair is looked at once.
    var names: [[Int]: String] = [[0, 0]: ""]
    var queue = [[0, 0]]
    var next = 0
    func isAny(_ steps: [Step], _ at: Int) -> Bool { at < steps.count ? { if case .any = steps[at] { true } else { false } }() : false }
    while next < queue.count {
      let (i, j) = (queue[next][0], queue[next][1])
      let name = names[[i, j]] ?? ""
      next += 1
      if i == a.count, j == b.count { return name }
      func go(_ i: Int, _ j: Int, _ more: Character?) {
        guard names[[i, j]] == nil else { return }
        names[[i, j]] = name + (more.map(String.init) ?? "")
        queue.append([i, j])
      }
      if isAny(a, i) { go(i + 1, j, nil) }
      if isAny(b, j) { go(i, j + 1, nil) }
      guard i < a.count, j < b.count, let character = Step.common(a[i], b[j]) else { continue }
      go(isAny(a, i) ? i : i + 1, isAny(b, j) ? j : j + 1, character)
    }
    return nil
  }
}
