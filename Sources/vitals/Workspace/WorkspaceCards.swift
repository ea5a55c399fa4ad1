import Foundation
import Health
import Reports

extension Workspace {
  /// A card of the workspace that cannot be read.
  struct BrokenCard {
    let file: String
    let problems: Problems
    fileprivate let text: String

    /// Whether it says that this is its name, as far as a file can be believed that is broken.
    fileprivate func claims(_ name: String) -> Bool { self.name == name }

    /// The name that it says it has; nil where it says none.
    var name: String? {
      let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("card:") }
      return line.map { $0.dropFirst("card:".count).trimmingCharacters(in: CharacterSet(charactersIn: " \t\"'")) }
    }
  }

  /// A card with where it is from.
  struct FoundCard {
    let file: CardFile
    let source: CardReport.Source
    var card: Card { file.card }
  }

  /// The cards in `cards/`, by name of file, and those that are broken.
  func cards() throws -> (whole: [CardFile], broken: [BrokenCard]) {
    var (whole, broken): ([CardFile], [BrokenCard]) = ([], [])
    for path in try WorkspaceFile.yaml(in: folder + "cards") {
      let text = try WorkspaceFile.required(path)
      do {
        whole.append(try CardFile.read(text: text, file: path, catalogue: catalogue))
      } catch {
        broken.append(BrokenCard(file: path, problems: error, text: text))
      }
    }
    return (whole, broken)
  }

  /// The card that a person means: a file, a card of the workspace, or one that ships.
  func card(_ word: String) throws -> Card { try find(card: word).card }

  /// The card that a person means, with where it is from.
  func find(card word: String) throws -> FoundCard {
    if word.contains("/") || word.hasSuffix(".yaml") || word.hasSuffix(".yml") {
      guard let text = try WorkspaceFile.text(word) else {
        throw Problem(
          "no-card-file", .missing, "there is no card file \"\(word)\"",
          hint: "check the name; a card in cards/ is named without folder and ending")
      }
      return FoundCard(file: try CardFile.read(text: text, file: word, catalogue: catalogue), source: .file)
    }
    let path = folder + "cards/\(word).yaml"
    if let text = try WorkspaceFile.text(path) {
      let found = try CardFile.read(text: text, file: path, catalogue: catalogue)
      if found.card.name == word { return FoundCard(file: found, source: .workspace) }
    }
    let (own, broken) = try cards()
    if let found = own.first(where: { $0.card.name == word }) { return FoundCard(file: found, source: .workspace) }
    // Not the shipped one of that name, which would score otherwise than the file that is meant.
    if let meant = broken.first(where: { $0.claims(word) }) { throw meant.problems }
    if let shipped = ShippedCard(named: word) { return FoundCard(file: try shipped.read(catalogue), source: .shipped) }
    throw unknownCard(word, among: own.map(\.card.name) + ShippedCard.all.map(\.name))
  }

  private func unknownCard(_ word: String, among names: [String]) -> Problem {
    let near = Nearest.match(to: word, among: names).map { "did you mean \($0)? " } ?? ""
    return Problem("unknown-card", .usage, "there is no card \"\(word)\"", hint: "\(near)`vitals cards list` lists the cards")
  }

  /// What `--card` asks for, else the headline, for which every card has to be whole where it may be any of them.
  func selection(_ card: String?) throws -> CardSelection {
    if let card { return .card(try self.card(card)) }
    return try headline {
      let (whole, broken) = try cards()
      guard broken.isEmpty else { throw Problems(broken.flatMap(\.problems.all)) }
      return CardChoice(whole.map(\.card))
    }
  }

  /// The headline, where `choice` gives the cards it may be.
  func headline(_ choice: () throws -> CardChoice) throws -> CardSelection {
    switch settings.headline {
    case .card(let name):
      do {
        return .card(try card(name))
      } catch let problem as Problem where problem.name == "unknown-card" {
        throw headlineProblem("unknown-card", "the headline \"\(name)\" is no card", hint: problem.hint)
      }
    case .outcome(let outcome):
      let candidates = try choice().candidates[outcome] ?? []
      guard !candidates.isEmpty else {
        throw headlineProblem(
          "no-candidates", "the outcome \(outcome) is the headline, and no card in cards/ has it",
          hint: "copy a card into cards/ with `vitals cards new`, or name a card as the headline")
      }
      return .outcome(outcome, candidates)
    }
  }

  private func headlineProblem(_ name: String, _ message: String, hint: String?) -> Problem {
    let place = SettingsFile.place(of: "headline", in: settings.text, file: folder + "vitals.yaml")
    return Problem(name, .badInput, message, place: place, hint: hint)
  }
}

/// A card inside the program.
struct ShippedCard {
  let name: String
  let text: String

  static let all: [ShippedCard] = Shipped.cards.map { file in
    ShippedCard(name: String(file.path.dropFirst("cards/".count).dropLast(".yaml".count)), text: file.text)
  }

  private init(name: String, text: String) { (self.name, self.text) = (name, text) }

  init?(named name: String) {
    guard let found = ShippedCard.all.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// The card against a workspace's own signals. Where it speaks of some that the workspace does not declare, that is said in one
  /// sentence rather than with a place for each in a file that nobody can open.
  func read(_ catalogue: Catalogue) throws -> CardFile {
    do {
      return try CardFile.read(text: text, file: "\(name) (shipped)", catalogue: catalogue)
    } catch {
      let missing = try missingSignals(catalogue)
      guard !missing.isEmpty else { throw error }
      throw Problem(
        "card-needs-signals", .badInput,
        "the shipped card \(name) speaks of signals that signals.yaml does not declare: \(missing.joined(separator: ", "))",
        hint: "`vitals cards new \(name)` makes a copy to cut down, and prints the lines that are missing")
    }
  }

  /// The card against the signals that ship, which has them all.
  func asShipped() throws -> CardFile {
    try CardFile.read(text: text, file: "\(name) (shipped)", catalogue: Shipped.catalogue())
  }

  /// The signals that it needs and a catalogue lacks, in the order of the card.
  func missingSignals(_ catalogue: Catalogue) throws -> [String] {
    try asShipped().card.signals.filter { catalogue.signal($0) == nil }
  }
}

extension Shipped {
  private static var signals: String { workspace.first { $0.path == "signals.yaml" }?.text ?? "" }

  /// The catalogue that new workspaces begin with.
  static func catalogue() throws -> Catalogue { try CatalogueFile.read(text: signals, file: "signals.yaml (shipped)") }

  /// The lines of the shipped catalogue that declare a signal.
  static func declaration(of signal: String) -> String? {
    let lines = signals.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.firstIndex(where: { $0.hasPrefix("  \(signal): {") }),
      let last = lines[first...].firstIndex(where: { $0.hasSuffix("}") })
    else { return nil }
    return lines[first...last].map { $0.drop { $0 == " " } }.joined(separator: " ")
  }
}
