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
    try self.init(database: global.existingDatabase(in: context), busyMilliseconds: context.busyMilliseconds)
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
  /// The cards in `cards/`, by name of file.
  func cards() throws -> [CardFile] {
    try WorkspaceFile.yaml(in: folder + "cards").map { path in
      try CardFile.read(text: WorkspaceFile.required(path), file: path, catalogue: catalogue)
    }
  }

  /// The card that a person means: a file, a card of the workspace, or one that ships.
  func card(_ word: String) throws -> Card {
    if word.contains("/") || word.hasSuffix(".yaml") || word.hasSuffix(".yml") {
      guard let text = try WorkspaceFile.text(word) else {
        throw Problem("no-card-file", .missing, "there is no card file \"\(word)\"")
      }
      return try CardFile.read(text: text, file: word, catalogue: catalogue).card
    }
    let path = folder + "cards/\(word).yaml"
    if let text = try WorkspaceFile.text(path) {
      let found = try CardFile.read(text: text, file: path, catalogue: catalogue).card
      if found.name == word { return found }
    }
    let own = try cards().map(\.card)
    if let found = own.first(where: { $0.name == word }) { return found }
    if let shipped = Workspace.shippedCards.first(where: { $0.name == word }) {
      return try CardFile.read(text: shipped.file.text, file: "\(shipped.file.path) (shipped)", catalogue: catalogue).card
    }
    throw unknownCard(word, among: own.map(\.name) + Workspace.shippedCards.map(\.name))
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

  /// What `--card` asks for, else the headline.
  func selection(_ card: String?) throws -> CardSelection {
    if let card { return .card(try self.card(card)) }
    switch settings.headline {
    case .card(let name): return .card(try self.card(name))
    case .outcome(let outcome):
      let candidates = CardChoice(try cards().map(\.card)).candidates[outcome] ?? []
      guard !candidates.isEmpty else {
        throw Problem(
          "no-candidates", .badInput, "vitals.yaml makes the outcome \(outcome) the headline, and no card in cards/ has it",
          hint: "copy a card into cards/, or name a card as the headline")
      }
      return .outcome(outcome, candidates)
    }
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

/// Reads the files of a workspace.
enum WorkspaceFile {
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
      throw Problem("bad-encoding", .badInput, "\(path) is not UTF-8 text", place: Place(file: path), hint: "save it as UTF-8")
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
