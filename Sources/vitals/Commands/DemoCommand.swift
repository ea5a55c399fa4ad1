import ArgumentParser
import Foundation
import Health
import Import
import Storage

struct DemoCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Make a workspace with two years of made data, and show what it says.",
    discussion: """
      Writes 200 accounts' nightly files into FOLDER/nightly and imports each as of its own night, so that both clocks have \
      something to say. The same files and figures on every machine.

      EXAMPLES
        vitals demo
        vitals demo /tmp/look
      """)

  @Argument(help: ArgumentHelp("Where to make the workspace.", valueName: "folder"))
  var folder = "vitals-demo"

  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    try Self.show(folder, DemoNights(), try global.output(in: context), context)
  }

  /// Makes the workspace from these nights and shows it.
  static func show(_ folder: String, _ nights: some Sequence<DemoNights.Night>, _ output: Output, _ context: Context) throws {
    let started = context.stopwatch()
    let database = (folder as NSString).appendingPathComponent("vitals.db")
    try DemoWorkspace.prepare(folder, database: database)
    let workspace = try Workspace(database: database)
    let made = try DemoWorkspace.build(workspace, nights, folder: folder) { output.progress("making the demo", total: $0) }
    let seconds = Double(context.stopwatch() - started) / 1000
    output.message(
      "made \(folder): \(Human.count(made.files)) nightly files, \(Human.count(made.rows)) rows, imported night by night in \(Human.duration(seconds: seconds))"
    )
    try DemoTour(workspace: workspace, output: output).show()
  }
}

/// Builds the demo's workspace.
enum DemoWorkspace {
  /// Writes settings, catalogue, feeds and cards into a new folder.
  static func prepare(_ folder: String, database: String) throws {
    let files = FileManager.default
    if files.fileExists(atPath: database) {
      throw Problem(
        "demo-exists", .usage, "there is a database already: \(database)", hint: "name another folder, or remove \(folder)")
    }
    for file in Shipped.demo {
      let path = (folder as NSString).appendingPathComponent(file.path)
      if files.fileExists(atPath: path) {
        throw Problem("demo-exists", .usage, "there is a workspace already: \(path)", hint: "name another folder, or remove \(folder)")
      }
      try WorkspaceFile.makeFolder((path as NSString).deletingLastPathComponent)
      try OutputFile.write(Array(file.text.utf8), to: path)
    }
    try WorkspaceFile.makeFolder((folder as NSString).appendingPathComponent("nightly"))
  }

  /// Writes each night's files and imports them at six the next morning. The database is built under another name without waiting
  /// for the disk, then written through once and renamed.
  static func build(
    _ workspace: Workspace, _ nights: some Sequence<DemoNights.Night>, folder: String, progress: (Int64?) -> Progress
  ) throws -> (files: Int, rows: Int) {
    let building = workspace.database + ".building"
    try? FileManager.default.removeItem(atPath: building)
    let connection = try Migrator().create(building, at: morning(after: DemoStory.firstDay, workspace.zone), isSynced: false)
    let history = try History(connection, zone: workspace.zone)
    let importer = Importer(history, catalogue: workspace.catalogue)
    let feeds = try workspace.feeds()
    let bar = progress(Int64(nights.underestimatedCount))
    var (fileCount, rowCount) = (0, 0)
    for (number, night) in nights.enumerated() {
      var paths: [String] = []
      for file in night.files {
        let path = "\(folder)/nightly/\(file.name)"
        try OutputFile.write(file.content, to: path)
        paths.append(path)
      }
      let options = ImportOptions(now: morning(after: night.day, workspace.zone))
      let plan = try FilePlan(paths: paths, feeds: feeds, options: options)
      if let refused = plan.refused.first { throw refused.problem }
      for file in plan.files {
        let result = try importer.run(file, options: options)
        if let problem = result.problem { throw problem }
        fileCount += 1
        rowCount += result.rows.total
      }
      bar.advance(to: Int64(number + 1))
    }
    bar.finish()
    try connection.publish(as: workspace.database)
    return (fileCount, rowCount)
  }

  private static func morning(after day: Day, _ zone: CalendarZone) -> Int64 { zone.start(of: day + 1) + 6 * 3_600_000 }
}
