import ArgumentParser
import Foundation
import Health
import Storage

struct InitCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make a workspace: an empty database, and the files that say what its facts mean.",
    discussion: """
      Writes only what is missing, so it can be run again; nothing that is there is changed.

      EXAMPLES
        vitals init
        vitals init health --zone Europe/Berlin
        vitals init try --example ravenstack
      """)

  @Argument(help: ArgumentHelp("The workspace's folder (else that of --db or VITALS_DB, else this one).", valueName: "folder"))
  var folder: String?

  @Option(help: ArgumentHelp("Whose midnight ends a day; fixed from now on (else UTC).", valueName: "zone"))
  var zone: String?

  @Option(
    help: ArgumentHelp(
      "Begin with feeds and a card for published data: \(Shipped.examples.map(\.name).joined(separator: ", ")).", valueName: "name"))
  var example: String?

  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let output = try global.output(in: context)
    let database = try databasePath(in: context)
    let new = NewWorkspace(database: database, files: try shippedFiles(), zone: try zone.map { try CalendarZone($0).name })
    let written = try new.write(at: context.clock.now(in: .utc))
    try output.write(InitReport(folder: new.folder, files: written, example: example.flatMap(Shipped.example)))
  }

  private func databasePath(in context: Context) throws(Problem) -> String {
    guard let folder else { return global.databasePath(in: context).path }
    if global.database != nil {
      throw Problem("two-places", .usage, "both a folder and --db say where the workspace is", hint: "leave one of them out")
    }
    return (folder as NSString).appendingPathComponent("vitals.db")
  }

  private func shippedFiles() throws(Problem) -> [Shipped.File] {
    guard let example else { return Shipped.workspace }
    if let found = Shipped.example(example) { return found.files }
    let names = Shipped.examples.map(\.name)
    let near = Nearest.match(to: example, among: names).map { "did you mean \($0)? " } ?? ""
    throw Problem(
      "unknown-example", .usage, "there is no example \"\(example)\"", hint: "\(near)The examples are: \(names.joined(separator: ", "))")
  }
}

/// The files of a workspace that is to be made, or made whole.
struct NewWorkspace {
  /// What became of one of them.
  struct Written: Hashable {
    var path: String
    var isNew: Bool
  }

  let database: String
  let files: [Shipped.File]
  /// The zone asked for; nil for the files' own.
  let zone: String?

  /// The folder that the database lies in.
  var folder: String {
    let folder = (database as NSString).deletingLastPathComponent
    return folder.isEmpty ? "." : folder
  }

  /// Writes what is missing. `instant` is now.
  func write(at instant: Int64) throws -> [Written] {
    try requireZone()
    let exists = FileManager.default.fileExists(atPath: database)
    // Opening it is what finds out that the file is no database of ours, before anything is written beside it.
    if exists { try Migrator().openReader(database).close() }
    var written: [Written] = []
    for file in files {
      let path = path(of: file.path)
      let isNew = !FileManager.default.fileExists(atPath: path)
      if isNew {
        try WorkspaceFile.makeFolder((path as NSString).deletingLastPathComponent)
        try OutputFile.write(Array(text(of: file).utf8), to: path)
      }
      written.append(Written(path: path, isNew: isNew))
    }
    try WorkspaceFile.makeFolder(path(of: "feeds"))
    if !exists {
      let connection = try Migrator().create(database, at: instant)
      _ = try History(connection, zone: settledZone())
      try connection.finish()
      connection.close()
    }
    return written + [Written(path: database, isNew: !exists)]
  }

  /// A zone cannot be changed under facts that were imported with it.
  private func requireZone() throws {
    let path = path(of: "vitals.yaml")
    guard let zone, let text = try WorkspaceFile.text(path) else { return }
    let settings = try SettingsFile.read(text: text, file: path)
    guard settings.zone != zone else { return }
    throw Problem(
      "zone-fixed", .usage, "\(path) says that the zone is \(settings.zone)",
      hint: "leave --zone out; before anything is imported, the zone can be changed in that file")
  }

  /// The zone that vitals.yaml says, which the database keeps.
  private func settledZone() throws -> CalendarZone {
    let path = path(of: "vitals.yaml")
    return try CalendarZone(SettingsFile.read(text: WorkspaceFile.required(path), file: path).zone)
  }

  private func text(of file: Shipped.File) -> String {
    guard let zone, file.path == "vitals.yaml" else { return file.text }
    return Shipped.settings(file, zone: zone).text
  }

  private func path(of name: String) -> String { folder == "." ? name : (folder as NSString).appendingPathComponent(name) }
}
