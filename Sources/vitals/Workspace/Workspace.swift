import Foundation
import Health
import Reports
import Storage

/// A workspace: a database, and the files beside it that say what its facts mean.
struct Workspace {
  /// The database as the person named it.
  let database: String
  /// The folder that it lies in; empty for the current one.
  let folder: String
  /// `signals.yaml`
  let catalogue: Catalogue
  /// `vitals.yaml`
  let settings: Settings
  /// The settings' zone.
  let zone: CalendarZone
  private let migrator: Migrator

  /// The workspace of the database that the options name.
  init(_ global: GlobalOptions, in context: Context) throws {
    let database = try global.existingDatabase(in: context)
    // Of a file that is no database of ours it would mislead to say what is missing beside it.
    try Migrator(busyMilliseconds: context.busyMilliseconds).requireKnown(database)
    try self.init(database: database, busyMilliseconds: context.busyMilliseconds)
  }

  /// The workspace around a database.
  init(database: String, busyMilliseconds: Int32 = Rules.busyMilliseconds) throws {
    (self.database, migrator) = (database, Migrator(busyMilliseconds: busyMilliseconds))
    folder = database.lastIndex(of: "/").map { String(database[..<$0]) + "/" } ?? ""
    let (signals, words) = (folder + "signals.yaml", folder + "vitals.yaml")
    catalogue = try CatalogueFile.read(text: WorkspaceFile.required(signals), file: signals)
    settings = try SettingsFile.read(text: WorkspaceFile.required(words), file: words, catalogue: catalogue)
    zone = try CalendarZone(settings.zone)
  }

  /// The path of something in the workspace.
  func path(of name: String) -> String { folder + name }
}

// MARK: Cards

extension Workspace {
  /// A card of the workspace that cannot be read.
  struct BrokenCard {
    let file: String
    let problems: Problems
    fileprivate let text: String

    /// Whether it says that this is its name, as far as a file can be believed that is broken.
    fileprivate func claims(_ name: String) -> Bool {
      text.split(whereSeparator: \.isNewline).contains { line in
        line.hasPrefix("card:") && line.dropFirst("card:".count).trimmingCharacters(in: CharacterSet(charactersIn: " \t\"'")) == name
      }
    }
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
  func card(_ word: String) throws -> Card {
    if word.contains("/") || word.hasSuffix(".yaml") || word.hasSuffix(".yml") {
      guard let text = try WorkspaceFile.text(word) else {
        throw Problem(
          "no-card-file", .missing, "there is no card file \"\(word)\"",
          hint: "check the name; a card in cards/ is named without folder and ending")
      }
      return try CardFile.read(text: text, file: word, catalogue: catalogue).card
    }
    let path = folder + "cards/\(word).yaml"
    if let text = try WorkspaceFile.text(path) {
      let found = try CardFile.read(text: text, file: path, catalogue: catalogue).card
      if found.name == word { return found }
    }
    let (own, broken) = try cards()
    if let found = own.first(where: { $0.card.name == word }) { return found.card }
    // Not the shipped one of that name, which would score otherwise than the file that is meant.
    if let meant = broken.first(where: { $0.claims(word) }) { throw meant.problems }
    if let shipped = Workspace.shippedCards.first(where: { $0.name == word }) {
      return try CardFile.read(text: shipped.file.text, file: "\(shipped.file.path) (shipped)", catalogue: catalogue).card
    }
    throw unknownCard(word, among: own.map(\.card.name) + Workspace.shippedCards.map(\.name))
  }

  private func unknownCard(_ word: String, among names: [String]) -> Problem {
    let near = Nearest.match(to: word, among: names).map { "did you mean \($0)? " } ?? ""
    let known = Set(names).sorted().joined(separator: ", ")
    return Problem("unknown-card", .usage, "there is no card \"\(word)\"", hint: "\(near)The cards are: \(known)")
  }

  private static var shippedCards: [(name: String, file: Shipped.File)] {
    Shipped.workspace.compactMap { file in
      guard file.path.hasPrefix("cards/"), file.path.hasSuffix(".yaml") else { return nil }
      return (String(file.path.dropFirst("cards/".count).dropLast(".yaml".count)), file)
    }
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
          hint: "copy a card into cards/, or name a card as the headline")
      }
      return .outcome(outcome, candidates)
    }
  }

  private func headlineProblem(_ name: String, _ message: String, hint: String?) -> Problem {
    let place = SettingsFile.place(of: "headline", in: settings.text, file: folder + "vitals.yaml")
    return Problem(name, .badInput, message, place: place, hint: hint)
  }
}

// MARK: The database

extension Workspace {
  /// The history for a command that only reads.
  func openReader() throws -> History { try History(migrator.openReader(database), zone: zone) }

  /// The history for a command that writes, brought up to date first; the outcome says what that took.
  func openWriter(at instant: Int64) throws -> (history: History, outcome: Migrator.Outcome) {
    let opened = try migrator.openWriter(database, at: instant)
    return (try History(opened.connection, zone: zone), opened.outcome)
  }

  /// Reads a whole report as of one moment; the transaction has ended before anything is rendered or paged.
  func read<T>(_ body: (History) throws -> T) throws -> T {
    let history = try openReader()
    defer { history.connection.close() }
    return try history.connection.transaction(.deferred) { try body(history) }
  }
}

/// Reads the files of a workspace, and makes its folders.
enum WorkspaceFile {
  /// Makes a folder, and those that it lies in.
  static func makeFolder(_ path: String) throws(Problem) {
    guard !path.isEmpty else { return }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw Problem(
        "cannot-make-folder", .failure, "cannot make the folder \(path)", hint: "check whether a file has that name, and the permissions")
    }
  }

  /// The text of a file that a workspace must have.
  static func required(_ path: String) throws -> String {
    guard let text = try text(path) else {
      throw Problem(
        "no-workspace-file", .missing, "there is no \(path)",
        hint: "a workspace has it beside its database; `vitals init` writes the files that are missing")
    }
    return text
  }

  /// The text of a file, or nil where there is none.
  static func text(_ path: String) throws -> String? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Problem("unreadable-file", .missing, "\(path) cannot be read", hint: "it may be a folder, or its permissions forbid it")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw Problem("bad-encoding", .badInput, "the file is not UTF-8 text", place: Place(file: path), hint: "save it as UTF-8")
    }
    return text
  }

  /// The YAML files of a folder, sorted by name; none where there is no such folder.
  static func yaml(in folder: String) throws -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else { return [] }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    return names.filter { !$0.hasPrefix(".") && ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml")) }.sorted().map { "\(folder)/\($0)" }
  }
}
