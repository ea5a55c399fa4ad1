import Foundation
import Health
import Testing

@testable import vitals

/// The gallery of errors: each has a name, the smallest files that provoke it, and the text that a person gets.
///
/// A new case is one file in `Cases/`, whose commands need no answer yet: with VITALS_GALLERY=write in the environment this test writes
/// what the program says into all cases, to be read before it is committed.
@Suite("Error gallery")
struct GalleryTests {
  private static let isWriting = ProcessInfo.processInfo.environment["VITALS_GALLERY"] == "write"

  @Test(arguments: GalleryCase.all) func everyErrorIsSaidAsItIsWritten(one: GalleryCase) throws {
    let run = try GalleryRun(one)
    let text = one.text(run.said)
    if Self.isWriting { try Data(text.utf8).write(to: one.file) }
    #expect(try String(contentsOf: one.file, encoding: .utf8) == text)
    // A refused row is no problem of its own: its code stands in what is said.
    let isSaid = run.said.joined().contains { line in line.matches(of: /[a-z0-9-]+/).contains { $0.output == one.name } }
    #expect(run.problems.contains { $0.name == one.name } || isSaid, "\(one.name) does not come up, but \(run.problems.map(\.name))")
    for problem in run.problems {
      #expect(problem.hint != nil || problem.place != nil, "\(problem.name) says neither where nor what to do")
      #expect(!problem.message.hasSuffix("."), "\(problem.name)")
    }
    #expect(!one.says.joined().isEmpty, "say in its first line what the case is about")
  }

  /// What no file and no word on the command line provokes, and where it is tested.
  private static let elsewhere: [String: String] = [
    "backup-damaged": "a disk that gives back other bytes: StorageTests/BackupTests",
    "broken-feed": "feeds that are broken for twenty accounts: CheckCommandTests.recording",
    "damaged-chunk": "bytes damaged on the disk: StorageTests/ChunkTests, ImportSessionTests",
    "damaged-strip": "bytes damaged on the disk: StorageTests/StripTests, ImportSessionTests",
    "database-busy": "another process that writes: StorageTests/TransactionTests, BadInputTests.aDatabaseThatAnotherWrites",
    "edited-migration": "a migration that was edited after it shipped: StorageTests/MigratorTests",
    "event-of-pattern": "the catalogue refuses a family of events before any feed is read: pattern-kind",
    "failed-migration": "a migration with a mistake: StorageTests/MigratorTests",
    "file-system": "a disk that fails: StorageTests/BackupTests",
    "file-changed": "a file that grows while it is read: ImportTests/BrokenOffTests",
    "interrupted": "control-C: StorageTests/TransactionTests, ImportCommandTests",
    "journal-mode": "a file system without shared memory; not provoked",
    "log-in-use": "another process that reads on: BadInputTests.aDatabaseThatAnotherReads",
    "nobody-known": "a forecast from a day on which no score is known, after enough outcomes: PowerReportTests",
    "no-card-text": "a card that was built in code, which no command has",
    "nested-transaction": "a mistake in this program: StorageTests/TransactionTests",
    "no-memory": "zlib without memory; not provoked",
    "no-statement": "a mistake in this program; not provoked",
    "no-transaction": "a mistake in this program: StorageTests/TransactionTests",
    "not-a-note": "a catalogue that declares human.note otherwise; not provoked",
    "not-unsynced": "a mistake in this program; not provoked",
    "older-schema": "a database of an older vitals: StorageTests/MigratorTests",
    "row-too-long": "a row of 32 MB: ImportTests/CSVReaderTests, with a lower limit",
    "sqlite-setting": "an SQLite that was built otherwise; not provoked",
    "statement-in-use": "a mistake in this program: StorageTests/StatementTests",
    "time-limit": "a query that runs on: QueryCommandTests.refusals",
    "too-many-accounts": "two million accounts; not provoked",
    "too-many-imports": "four million imports; not provoked",
    "unexpected": "what nobody foresaw: CommandRunTests.exitCodes",
    "unknown-reason": "a catalogue with reasons: TypingCommandTests.refusals",
    "unreadable-folder": "permissions, which do not bind the tests' user everywhere; not provoked",
    "wrong-argument-count": "a mistake in this program: StorageTests/StatementTests",
  ]

  @Test func everyNameHasItsCase() throws {
    let named = try ErrorNames.inSources()
    #expect(named.count > 150)
    let shown = Set(GalleryCase.all.map(\.name))
    let missing = named.keys.filter { !shown.contains($0) && Self.elsewhere[$0] == nil }.sorted()
    #expect(missing.isEmpty, "no case in Tests/VitalsTests/Gallery/Cases for: \(missing.map { "\($0) (\(named[$0] ?? ""))" })")
    #expect(shown.subtracting(named.keys).sorted() == [], "cases of errors that are not there any more")
    #expect(Self.elsewhere.keys.filter { named[$0] == nil || shown.contains($0) }.sorted() == [], "exceptions that are not needed")
  }
}

/// The names of errors, of refused rows and of warnings, as the sources give them.
private enum ErrorNames {
  /// Each with the file that it was found in.
  static func inSources() throws -> [String: String] {
    let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../Sources").standardizedFileURL
    var names: [String: String] = [:]
    let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
    for file in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      let given = text.matches(
        of: /(?:Problem|RowFault|fail|refuse|report|setBroken|fault|syntax|[a-z]+Problem)\(\s*"([a-z0-9]+(?:-[a-z0-9]+)*)"/)
      for match in given { names[String(match.output.1)] = file.lastPathComponent }
      for match in text.matches(of: /\bcode(?:: String)?(?:: | = )"([a-z0-9-]+)"/) {
        names[String(match.output.1)] = file.lastPathComponent
      }
      for match in text.matches(of: /\.choice\([A-Za-z.]+\.self, "([a-z]+)"\)/) {
        names["unknown-\(match.output.1)"] = file.lastPathComponent
      }
    }
    return names
  }
}
