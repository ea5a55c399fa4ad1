import Health
import Import
import Storage

/// Takes the files of a plan in, one after another, and remembers what came of each, so that it can be told whatever happens next.
struct ImportRun {
  let importer: Importer
  let options: ImportOptions
  let output: Output
  let context: Context
  private(set) var results: [ImportResult] = []
  private var said: Set<String> = []  // a remark is made once for a feed, however many of its nights come

  init(_ importer: Importer, _ options: ImportOptions, output: Output, context: Context) {
    (self.importer, self.options, self.output, self.context) = (importer, options, output, context)
  }

  /// Takes all files in, or those up to the first that fails. An interrupt, and what concerns the database, is thrown.
  mutating func takeAll(_ plan: FilePlan, interrupt: Interrupt) throws {
    guard options.dryRun else { return try take(plan, interrupt) }
    try importer.rehearse { try take(plan, interrupt) }
  }

  private mutating func take(_ plan: FilePlan, _ interrupt: Interrupt) throws {
    let works: [() throws -> ImportResult] =
      plan.refused.map { file in { [importer, options] in try importer.refuse(file, options: options) } }
      + plan.files.map { file in { [self] in try read(file) } }
    for (done, work) in works.enumerated() {
      try interrupt.check()
      let result = try work()
      note(result)
      if result.state == .failed, !options.keepGoing {
        let left = works.count - done - 1
        if left > 0 { output.message("stopped; \(Human.plural(left, "file")) not read (--keep-going goes on)") }
        return
      }
    }
  }

  private func read(_ file: ImportFile) throws -> ImportResult {
    let progress = output.progress(file.name, total: file.size > 0 ? Int64(file.size) : nil)
    defer { progress.finish() }
    let started = context.stopwatch()
    return try importer.run(
      file, options: options, elapsed: { Double(context.stopwatch() - started) / 1000 }, onProgress: { progress.advance(to: Int64($0)) })
  }

  private mutating func note(_ result: ImportResult) {
    results.append(result)
    let name = result.file.split(separator: "/").last ?? ""
    for remark in result.remarks {
      // What is to be said of files that are in already names each by its number, and is the same for all.
      let subject = result.state == .already ? "already" : remark
      if said.insert("\(result.feed ?? ""): \(subject)").inserted { output.message("\(name): \(remark)") }
    }
    if let problem = result.problem { for one in [problem] + result.furtherProblems { output.failure(one) } }
  }
}
