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

  @OptionGroup(title: "Global options") var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let output = try global.output(in: context)
    let database = try global.existingDatabase(in: context)
    let bytes = (try? FileManager.default.attributesOfItem(atPath: database)[.size] as? Int64) ?? nil
    let progress = output.progress("copying", total: bytes)
    defer { progress.finish() }
    let (target, mayReplace) = (file, force)
    let stop = Stop()
    let backup = try ControlC.during(
      {
        defer { stop.ended.signal() }
        return try Backup.make(of: database, to: target, mayReplace: mayReplace) { copied, total in
          if stop.isRaised.withLock({ $0 }) { throw Problem("interrupted", .interrupted, "interrupted") }
          progress.advance(to: (bytes ?? 0) * Int64(copied) / Int64(max(total, 1)))
        }
      },
      cleanUp: {
        // The process ends when this returns; the copy that is not finished has to be gone by then.
        stop.isRaised.withLock { $0 = true }
        _ = stop.ended.wait(timeout: .now() + .seconds(10))
      })
    progress.finish()
    try output.write(BackupReport(backup: backup))
  }

  /// Tells the copying thread to stop, and when it has.
  private final class Stop: Sendable {
    let isRaised = Mutex(false)
    let ended = DispatchSemaphore(value: 0)
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
