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
