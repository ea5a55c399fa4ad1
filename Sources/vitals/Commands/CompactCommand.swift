import ArgumentParser
import Health
import Storage

struct CompactCommand: VitalsCommand {
  static let configuration = CommandConfiguration(
    commandName: "compact",
    abstract: "Write the database anew without free space, and erase what no longer counts.",
    discussion: """
      With --purge the facts of reverted imports and the refused rows of reverted and failed ones are erased. No score of now changes, \
      but the imports cannot be restored, and --known-by no longer shows what they had said before they were reverted. \
      Without --yes nothing is erased, and what would go is told.

      EXAMPLES
        vitals compact
        vitals compact --dry-run
        vitals compact --purge
        vitals compact --purge --yes
      """)

  @Flag(help: "Erase reverted and failed imports.")
  var purge = false

  @Flag(name: .customLong("dry-run"), help: "Only say what would go.")
  var dryRun = false

  @Flag(help: "Do erase.")
  var yes = false

  @OptionGroup var global: GlobalOptions

  mutating func run(in context: Context) throws {
    let output = try global.output(in: context)
    if yes, !purge || dryRun {
      throw Problem(
        "idle-yes", .usage, "--yes confirms --purge", hint: dryRun ? "leave out --dry-run or --yes" : "add --purge, or leave out --yes")
    }
    let workspace = try Workspace(global, in: context)
    let now = context.clock.now(in: workspace.zone)
    let history = try workspace.writer(at: now, output: output)
    let connection = history.connection
    defer { connection.close() }
    let (isPurge, isDone) = (purge, !dryRun && (yes || !purge))
    let before = connection.fileSize()
    let (purged, free, ending) = try context.controlC.during(
      {
        let purged = try isPurge ? (isDone ? Purge.apply(at: now, history) : Purge(history)) : nil
        let free = try connection.freeBytes()
        // What was erased is told even where the file cannot be written anew.
        return (purged, free, Result { try isDone ? connection.compact() : connection.finish() })
      }, cleanUp: { [interrupt = connection.interrupt] in interrupt.raise() })
    try output.write(
      CompactReport(purge: purged, before: before, after: isDone ? connection.fileSize() : nil, free: free))
    try ending.get()
    if isPurge, !isDone, !dryRun {
      throw Problem("not-confirmed", .usage, "nothing was erased", hint: "add --yes to erase it; it cannot be undone")
    }
  }
}

/// What compacting the database did, or would do.
struct CompactReport: Report {
  let purge: Purge?
  /// Bytes of the file.
  let before: Int
  /// Nil where nothing was done.
  let after: Int?
  /// Bytes without content.
  let free: Int

  var title: String { "" }

  var notes: [String] {
    guard let purge, !purge.items.isEmpty else { return [] }
    let verb = after == nil ? "would no longer show" : "no longer shows"
    return ["No score of now changes. --known-by \(verb) what these imports had said, and they cannot be restored."]
  }

  func blocks(_ style: Style) -> [Block] {
    var blocks: [Block] = []
    if let purge {
      let verb = after == nil ? "would be erased" : "erased"
      let count = purge.items.count
      blocks.append(
        .paragraph(count == 0 ? "No import is reverted or failed: nothing to erase." : "Of \(Human.plural(count, "import")) \(verb):"))
      if count > 0 { blocks += [.table(table(purge)), .gap] }
    }
    let size = Human.bytes(Int64(before))
    let words = after.map { "The database had \(size) and has \(Human.bytes(Int64($0)))." }
    blocks.append(.paragraph(words ?? "The database has \(size), of which \(Human.bytes(Int64(free))) are free."))
    return blocks
  }

  private func table(_ purge: Purge) -> Table {
    Table(
      purge.items,
      columns: [
        TableColumn("id", title: "Import", kind: .number) { Cell(String($0.record.id)) },
        TableColumn("feed", title: "Feed", importance: 1, text: \.record.feed),
        TableColumn("file", title: "File", importance: 2, least: 12, text: \.record.file),
        TableColumn("state", title: "State", text: \.record.state),
        TableColumn("facts", title: "Facts", kind: .number) { Cell(Human.count($0.facts)) },
        TableColumn("rejects", title: "Refused rows", kind: .number) { Cell(Human.count($0.rejects)) },
      ])
  }

  var records: Records {
    Records(
      [self],
      fields: [
        RecordField("before", \.before), RecordField("after", \.after), RecordField("free", \.free),
        RecordField("purged") { report in
          JSONValue.array(
            (report.purge?.items ?? []).map {
              .object([
                "import": $0.record.id, "feed": $0.record.feed, "file": $0.record.file, "state": $0.record.state, "facts": $0.facts,
                "rejects": $0.rejects,
              ])
            })
        },
      ])
  }

  var json: JSONValue { records.objects[0] }
}
