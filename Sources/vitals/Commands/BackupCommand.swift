import ArgumentParser
import Foundation
import Health
import Storage
import Synchronization

struct BackupCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy the database, also while others write to it, and check the copy.",
    discussion: """
      The file appears under its name only once it is whole, checked and on the disk.

      EXAMPLES
        vitals backup /backup/vitals-2026-03-31.db
        vitals backup yesterday.db --force
      """)

  @Argument(help: ArgumentHelp("The file to write.", valueName: "file"))
  var file: String

  @Flag(help: "Replace a file of that name.")
  var force = false

  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let output = try global.output(in: context)
    let database = try global.existingDatabase(in: context)
    let bytes = (try? FileManager.default.attributesOfItem(atPath: database)[.size] as? Int64) ?? nil
    let progress = output.progress("copying", total: bytes)
    defer { progress.finish() }
    let (target, mayReplace) = (file, force)
    let stop = Stop()
    let backup = try context.controlC.during(
      {
        try Backup.make(of: database, to: target, mayReplace: mayReplace) { copied, total in
          if stop.isRaised.withLock({ $0 }) { throw Problem("interrupted", .interrupted, "interrupted") }
          progress.advance(to: (bytes ?? 0) * Int64(copied) / Int64(max(total, 1)))
        }
      },
      cleanUp: { stop.isRaised.withLock { $0 = true } })
    progress.finish()
    try output.write(BackupReport(backup: backup))
  }

  /// Tells the copying thread to stop; what it has copied goes away with the problem that it throws.
  private final class Stop: Sendable {
    let isRaised = Mutex(false)
  }
}

/// A finished backup.
struct BackupReport: Report {
  let backup: Backup

  var title: String { "" }

  func blocks(_ style: Style) -> [Block] {
    let size = "\(Human.bytes(Int64(backup.bytes))), \(Human.plural(backup.tables, "table")), \(Human.plural(Int(backup.rows), "row"))"
    return [.paragraph("\(backup.path): \(size), checked.")]
  }

  var records: Records {
    Records(
      [backup],
      fields: [RecordField("file", \.path), RecordField("bytes", \.bytes), RecordField("tables", \.tables), RecordField("rows", \.rows)])
  }
}
