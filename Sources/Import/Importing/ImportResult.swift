import Health
import Storage

/// What came of one file, as people and scripts are told.
package struct ImportResult: Sendable {
  package enum State: String, Sendable, Codable {
    case imported, already, failed
    case dryRun = "dry-run"
  }
  package var file: String
  /// Nil where none could be found.
  package var feed: String?
  package var fileDay: Day?
  /// The import's id; nil where nothing was kept.
  package var importID: Int?
  package var state: State
  package var backfill: Bool
  /// The import whose refused rows it takes in.
  package var mends: Int?
  package var rows = Tally()
  package var facts = Tally()
  package var warnings = 0
  package var seconds = 0.0
  /// Things worth saying: unused columns, a hint to use --backfill, later files that are read again.
  package var remarks: [String] = []
  /// Why it failed, and the first refused rows.
  package var problem: Problem?
  /// What else is wrong with the file as a whole.
  package var furtherProblems: [Problem] = []
  package var rejects: [Remark] = []
}

/// How a file is to be imported.
package struct ImportOptions: Sendable {
  package var feed: String?
  package var at: Day?
  package var backfill = false
  package var dryRun = false
  package var again = false
  package var keepGoing = false
  package var maxRejects: Feed.RejectLimit?
  /// The import whose refused rows the file has, mended; it gives the feed and the file's day.
  package var mends: ImportRecord?
  /// The instant that the import takes place at.
  package var now: Int64

  package init(now: Int64) { self.now = now }
}
