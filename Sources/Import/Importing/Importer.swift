import Foundation
import Health
import Storage

/// A file to import, with the feed that reads it.
package struct ImportFile: Sendable {
  /// The path as the person gave it; "-" for standard input.
  package let path: String
  /// The name without its folder.
  package let name: String
  package let feed: Feed
  package let fileDay: Day?
  package let size: Int
  /// The instant of its last change; nil where it is no file.
  package let modified: Int64?

  package init(path: String, feed: Feed, fileDay: Day? = nil, size: Int, modified: Int64? = nil) {
    (self.path, self.feed, self.fileDay, self.size, self.modified) = (path, feed, fileDay, size, modified)
    name = ImportFile.name(of: path)
  }

  /// The last part of a path.
  static func name(of path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.index(after: $0)...]) } ?? path
  }
}

/// Imports files, each in its own transaction.
///
/// A class, because it remembers from file to file when accounts started.
package final class Importer {
  private let history: History
  private let catalogue: Catalogue
  private let limits: BatchLimits
  private let standardInput: Int32
  private var startDays: StartDays?
  /// During a rehearsal the newest import that will be there after it.
  private var newestKept = Int.max

  /// An importer into a history that is open for writing.
  package init(_ history: History, catalogue: Catalogue, limits: BatchLimits = BatchLimits(), standardInput: Int32 = 0) {
    (self.history, self.catalogue, self.limits, self.standardInput) = (history, catalogue, limits, standardInput)
  }

  /// Imports one file. A failure of the file is in the result; what concerns the database is thrown.
  package func run(
    _ file: ImportFile, options: ImportOptions, elapsed: () -> Double = { 0 }, onProgress: @escaping (Int) -> Void = { _ in }
  ) throws -> ImportResult {
    if options.dryRun, !history.connection.isInTransaction {
      return try rehearse { try run(file, options: options, elapsed: elapsed, onProgress: onProgress) }
    }
    var result = ImportResult(
      file: file.path, feed: file.feed.name, fileDay: file.fileDay, state: .imported, backfill: options.backfill, mends: options.mends?.id)
    do {
      if let mended = options.mends { try Mending(mended, history).requireSameForm(file.feed) }
      try requirePast(file, options)
      if let known = try alreadyImported(file, options) {
        tell(known, &result, options)
      } else {
        try take(file, head(file, options), options, &result, onProgress)
      }
    } catch let problem as Problem where Self.isOfFile(problem) {
      try fail(&result, problem, head(file, options), options)
    } catch let problems as Problems {
      try fail(&result, problems.all[0], head(file, options), options)
      result.furtherProblems = Array(problems.all.dropFirst())
    }
    result.seconds = elapsed()
    return result
  }

  /// The result of a file that cannot be imported at all; it is in the log where its feed is known.
  package func refuse(_ file: RefusedFile, options: ImportOptions) throws -> ImportResult {
    var result = ImportResult(file: file.path, feed: file.feed?.name, state: .failed, backfill: options.backfill, problem: file.problem)
    if let feed = file.feed {
      try fail(&result, file.problem, head(ImportFile(path: file.path, feed: feed, size: 0), options), options)
    }
    return result
  }

  /// Runs imports with `dryRun` such that later files find what earlier ones brought, and undoes all of them.
  package func rehearse<T>(_ body: () throws -> T) throws -> T {
    let result = try history.connection.rehearsal {
      newestKept = try ImportLog.newestID(history)
      defer { (newestKept, startDays) = (.max, nil) }
      return Result { try body() }
    }
    try history.reload()
    return try result.get()
  }

  private static func isOfFile(_ problem: Problem) -> Bool {
    problem.category == .badInput || ["no-file", "unreadable-file"].contains(problem.name)
  }

  /// Refuses a file of a day to come: its facts could not be right, and every file until then would be late.
  private func requirePast(_ file: ImportFile, _ options: ImportOptions) throws {
    guard let day = file.fileDay, day > history.zone.moment(of: options.now).day + 1, !file.feed.lines.contains(where: \.keepsFuture) else {
      return
    }
    throw Problem(
      "future-file-day", .badInput, "the file's day, \(day), is later than tomorrow", place: Place(file: file.path),
      hint: "give the right one with --at DAY, or mend `day:` in the feed")
  }

  private func tell(_ known: ImportRecord, _ result: inout ImportResult, _ options: ImportOptions) {
    result.state = .already
    (result.importID, result.backfill) = (known.id <= newestKept ? known.id : nil, known.backfill)
    (result.rows, result.facts, result.warnings) = (known.rows, known.facts, known.warnings)
    guard known.backfill != options.backfill else { return }
    let (state, flag) = known.backfill ? ("as a backfill", "--no-backfill") : ("not as a backfill", "--backfill")
    result.remarks = ["imported already, \(state); `vitals imports mark \(known.id) \(flag)` changes that"]
  }

  private func take(
    _ file: ImportFile, _ head: ImportHead, _ options: ImportOptions, _ result: inout ImportResult, _ onProgress: @escaping (Int) -> Void
  ) throws {
    let descriptor = try open(file)
    defer { if file.path != "-" { close(descriptor) } }
    let known = try startDays ?? history.startDays(history.knowledge())
    startDays = nil
    let work = FileImport(
      history: history, feed: file.feed, catalogue: catalogue, head: head, options: options, startDays: known, limits: limits,
      onProgress: onProgress)
    let outcome = try attempt(work, file, descriptor, options)
    fill(&result, outcome, dryRun: options.dryRun)
    if let problem = outcome.problem {
      if !options.dryRun { try log(&result, problem, outcome, head) }
      return
    }
    startDays = outcome.startDays
    if let mended = options.mends { result.remarks += Mending(mended, history).remarks }
    if head.isComplete { result.remarks += try Mending.coveredRemarks(head, before: outcome.importID, history) }
    if let day = file.fileDay, !options.backfill, outcome.writesFacts {
      result.remarks += try laterFiles(file.feed.name, day)
    }
  }

  private func head(_ file: ImportFile, _ options: ImportOptions) throws -> ImportHead {
    // Should the clock have gone back, the log still goes forward.
    let started = max(options.now, try ImportLog.newestInstant(history))
    return ImportHead(
      feed: file.feed.name, file: file.name, fileDay: file.fileDay, backfill: options.backfill,
      // Mended rows are only a part of their day.
      isComplete: file.feed.isComplete && options.mends == nil,
      createsAccounts: file.feed.unknownAccounts == .create, feedHash: file.feed.hash, modified: file.modified, started: started,
      mends: options.mends?.id, speaksByRows: file.feed.speaksByRows)
  }

  /// Leaves a transaction that must not be kept.
  private struct Undone: Error { let outcome: FileImport.Outcome }

  private func attempt(_ work: FileImport, _ file: ImportFile, _ descriptor: Int32, _ options: ImportOptions) throws -> FileImport.Outcome {
    let before = FileState(descriptor)
    func body() throws -> FileImport.Outcome {
      var outcome = try work.run(FileSource(descriptor: descriptor, name: file.path))
      if FileState(descriptor) != before {
        outcome.problem = Problem(
          "file-changed", .badInput, "the file was changed while it was read", place: Place(file: file.path),
          hint: "import it once it is written; whoever writes it had better write another name and rename it")
      }
      if outcome.problem != nil { throw Undone(outcome: outcome) }
      return outcome
    }
    let connection = history.connection
    do {
      return options.dryRun ? try connection.savepoint(body) : try connection.transaction(.immediate, body)
    } catch let undone as Undone {
      try history.reload()
      return undone.outcome
    } catch {
      try history.reload()
      throw error
    }
  }

  private func fill(_ result: inout ImportResult, _ outcome: FileImport.Outcome, dryRun: Bool) {
    result.state = outcome.problem != nil ? .failed : dryRun ? .dryRun : .imported
    result.importID = result.state == .imported ? outcome.importID : nil
    (result.rows, result.facts, result.warnings) = (outcome.rows, outcome.facts, outcome.warnings)
    (result.remarks, result.rejects, result.problem) = (outcome.remarks, outcome.rejects.first, outcome.problem)
    result.furtherProblems = outcome.furtherProblems
  }

  private func fail(_ result: inout ImportResult, _ problem: Problem, _ head: ImportHead, _ options: ImportOptions) throws {
    (result.state, result.problem) = (.failed, problem)
    guard !options.dryRun else { return }
    result.importID = try ImportLog.logFailure(head, error: problem.message, rows: Tally(), warnings: 0, remarks: [], bytes: 0, history)
  }

  /// Logs a file that was refused after rows of it were read, and says where the refused ones are listed.
  private func log(_ result: inout ImportResult, _ problem: Problem, _ outcome: FileImport.Outcome, _ head: ImportHead) throws {
    let id = try ImportLog.logFailure(
      head, error: problem.message, rows: outcome.rows, warnings: outcome.warnings, remarks: outcome.allRemarks,
      header: outcome.header, bytes: outcome.bytes,
      history)
    result.importID = id
    guard outcome.rows[.rejected] > 0 else { return }
    let hint = problem.hint.map { $0.hasSuffix("?") ? "\($0) " : "\($0); " } ?? ""
    result.problem?.hint = "\(hint)`vitals imports rejects \(id)` lists the refused rows"
  }

  /// Live imports of later days, which may have found facts unchanged that this file has now put in another light.
  private func laterFiles(_ feed: String, _ day: Day) throws -> [String] {
    let later = try ImportLog.liveAfter(feed: feed, fileDay: day, history)
    guard !later.isEmpty else { return [] }
    let names = later.prefix(5).map(\.file).joined(separator: ", ") + (later.count > 5 ? ", …" : "")
    return [
      "this file is late: \(later.count) later file\(later.count == 1 ? "" : "s") of the feed will be read again when given (\(names))"
    ]
  }

  // MARK: Already imported

  /// The import that has taken the file in, if it need not be read again.
  private func alreadyImported(_ file: ImportFile, _ options: ImportOptions) throws -> ImportRecord? {
    let connection = history.connection
    if connection.isInTransaction { return try findImported(file, options) }
    // Of a folder's thousands of files most are in already: one lock for each, not one for each question.
    return try connection.transaction(.deferred) { try findImported(file, options) }
  }

  private func findImported(_ file: ImportFile, _ options: ImportOptions) throws -> ImportRecord? {
    guard file.path != "-", !options.again,
      let known = try ImportLog.newestLive(feed: file.feed.name, fileDay: file.fileDay, file: file.name, mends: options.mends?.id, history),
      known.bytes == file.size, known.feedHash == file.feed.hash
    else { return nil }
    if try ImportLog.leansOnWeakened(known.id, history) { return nil }
    if known.rows[.rejected] > 0, try !ImportLog.isMended(known.id, history),
      try ImportLog.addedNames(since: known, history) || hasDeclaredSince(known)
    {
      return nil
    }
    if try ImportLog.isOvertaken(known, history) { return nil }
    if known.file == file.name, let modified = file.modified, known.modified == modified { return known }
    return try digest(file) == known.digest ? known : nil
  }

  /// Whether a signal that an import refused is in the catalogue by now.
  private func hasDeclaredSince(_ known: ImportRecord) throws -> Bool {
    try ImportLog.remarks(known.id, history).contains { remark in
      remark.code == UndeclaredSignal.code && UndeclaredSignal(message: remark.message).map { catalogue.signal($0.key) != nil } ?? false
    }
  }

  private func digest(_ file: ImportFile) throws -> UInt64 {
    let descriptor = try open(file)
    defer { close(descriptor) }
    let source = FileSource(descriptor: descriptor, name: file.path)
    return try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 8) { buffer in
      var hash = XXH64()
      while true {
        let count = try source.read(into: buffer)
        if count == 0 { return hash.finish() }
        hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      }
    }
  }

  /// What tells whether a file is still being written; all nothing where it is no plain file.
  private struct FileState: Equatable {
    var (size, seconds, nanoseconds) = (0, 0, 0)

    init(_ descriptor: Int32) {
      var status = stat()
      guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
      #if canImport(Darwin)
        let changed = status.st_mtimespec
      #else
        let changed = status.st_mtim
      #endif
      (size, seconds, nanoseconds) = (Int(status.st_size), changed.tv_sec, changed.tv_nsec)
    }
  }

  private func open(_ file: ImportFile) throws -> Int32 {
    if file.path == "-" { return standardInput }
    let descriptor = Foundation.open(file.path, O_RDONLY)
    guard descriptor >= 0 else {
      throw Problem(
        "no-file", .missing, "\(file.path) cannot be opened: \(String(cString: strerror(errno)))",
        hint: "check the name and its permissions")
    }
    return descriptor
  }
}
