import Health
import Storage

/// Takes one file in: reads it as a stream, checks every row, settles facts batch by batch, all within one transaction.
struct FileImport {
  let history: History
  let feed: Feed
  let catalogue: Catalogue
  let head: ImportHead
  let options: ImportOptions
  /// The day on which each account started, as known before the file.
  let startDays: StartDays
  let limits: BatchLimits
  let onProgress: (Int) -> Void

  /// Remarks that a failed import keeps at most, and bytes of their rows.
  private static let mostRemarksKept = 10_000
  private static let mostBytesKept = 1 << 26
  /// Columns that no line uses, in the remark about them.
  private static let mostUnusedNamed = 50

  /// What the file's rows came to before its transaction was committed or undone.
  struct Outcome {
    var importID: Int
    var rows: Tally
    var facts: Tally
    var warnings: Int
    var remarks: [String]
    var rejects: RejectBook
    var allRemarks: [Remark]
    /// How the file is written.
    var header: FileHeader
    var bytes: Int
    var problem: Problem?
    var startDays: StartDays

    /// Whether the file said anything that was not in force already.
    var writesFacts: Bool { facts[.new] + facts[.corrected] + facts[.older] > 0 }
  }

  /// Reads the file within the transaction that the caller has begun. Problems of the file as a whole are thrown; too many refused
  /// rows come back as the outcome's `problem`.
  func run(_ source: any ByteSource) throws -> Outcome {
    let metered = MeteredSource(source)
    let isCompressed = head.file.hasSuffix(".gz")
    let bytes: any ByteSource = isCompressed ? try GzipSource(metered, file: head.file) : PlainSource(metered, file: head.file)
    switch feed.format {
    case .csv:
      var reader = try CSVReader(source: bytes, dialect: feed.dialect, file: head.file, bufferSize: limits.buffer)
      let plan = try FeedPlan(feed, columns: reader.columns, file: head.file)
      return try read(&reader, plan, metered)
    case .jsonl:
      let plan = try FeedPlan(feed, file: head.file)
      var reader = try JSONLinesReader(source: bytes, columns: plan.columns, file: head.file, bufferSize: limits.buffer)
      return try read(&reader, plan, metered)
    }
  }

  private func read<Reader: RowReader & ~Copyable>(
    _ reader: inout Reader, _ plan: FeedPlan, _ metered: MeteredSource
  ) throws -> Outcome {
    let session = try ImportSession(history, head)
    var batch = Batch(keepsRows: feed.lines.contains { !$0.event.isEmpty && !$0.adds })
    var interpreter = try RowInterpreter(
      plan, session: session, catalogue: catalogue, fileDay: head.fileDay, today: history.zone.moment(of: head.started).day,
      startDays: startDays)
    var book = RejectBook(encoding: feed.dialect.encoding)
    var kept: [Remark] = []
    reading: while true {
      switch try next(&reader) {
      case .end: break reading
      case .broken:
        let broken = reader.broken
        book.reject(
          RowFault(broken.code, broken.message), line: broken.line, column: broken.column, columnName: broken.columnName,
          text: reader.row.raw,
          candidates: { [] },
          value: nil)
        session.reject(row: batch.begin(reader.row))
      case .row: try take(reader.row, &interpreter, session, &batch, &book, plan) { reader.place(ofCell: $0) }
      }
      if interpreter.waiting >= limits.facts || batch.isFull(limits) || book.isFull(limits) {
        try settle(session, &batch, &book, &kept, interpreter)
        interpreter.waiting = 0
        onProgress(metered.bytesRead)
      }
    }
    // A few mended rows need not have every column that the whole file had.
    if head.mends == nil { try plan.require(reader.absentColumns, among: reader.furtherColumns, file: head.file) }
    try settle(session, &batch, &book, &kept, interpreter)
    session.warnings = book.warnings
    let header = feed.header(reader.header)
    session.header = header
    try session.finish(digest: metered.digest, bytes: metered.bytesRead)
    return Outcome(
      importID: session.importID, rows: session.rows, facts: session.facts, warnings: book.warnings,
      remarks: remarks(plan, interpreter, further: reader.furtherColumns), rejects: book, allRemarks: kept, header: header,
      bytes: metered.bytesRead,
      problem: book.problem(rows: session.rows.total, limit: options.maxRejects ?? feed.maxRejects, file: head.file),
      startDays: interpreter.startDays)
  }

  /// Moves to the next row. Where compressed data are damaged is told by the last row that came out of them, too.
  @inline(__always)
  private func next<Reader: RowReader & ~Copyable>(_ reader: inout Reader) throws -> RowEvent {
    do {
      return try reader.next()
    } catch var problem as Problem where problem.name == "bad-gzip" {
      problem.place?.line = reader.row.line
      throw problem
    }
  }

  private func take(
    _ row: Row, _ interpreter: inout RowInterpreter, _ session: ImportSession, _ batch: inout Batch, _ book: inout RejectBook,
    _ plan: FeedPlan,
    place: (Int) -> (line: Int, column: Int)
  ) throws {
    let number = batch.begin(row)
    do {
      if let warning = try interpreter.take(row, number: number) {
        book.warn(code: "before-start", line: row.line, message: warning, text: row.raw)
      }
    } catch let fault as RowFault {
      let at = fault.cell.map { place($0) } ?? (row.line, 0)
      try book.reject(
        fault, line: at.0, column: at.1, columnName: fault.cell.map { plan.columns[$0] } ?? "", text: row.raw,
        candidates: { try session.accountCandidates() }, value: fault.cell.map { row.text($0) })
      session.reject(row: number)
    }
  }

  private func settle(
    _ session: ImportSession, _ batch: inout Batch, _ book: inout RejectBook, _ kept: inout [Remark], _ interpreter: RowInterpreter
  ) throws {
    try history.connection.interrupt.check()
    var (duplicates, replaced): ([ClashingRow], [ClashingRow]) = ([], [])
    try session.flush(rows: batch.count, duplicate: { duplicates.append($0) }, replaced: { replaced.append($0) })
    for clash in duplicates {
      let message = "an earlier row of this file has the same id and says something else"
      book.add(
        try batch.remark(
          .reject, clash.row, column: interpreter.idColumn(ofLine: clash.subject), interpreter.plan, code: "duplicate-id", message))
    }
    for clash in replaced {
      let message = "a later row of this file states the same account, signal and moment"
      book.add(
        try batch.remark(
          .warning, clash.row, column: interpreter.valueColumn(ofSignal: clash.subject), interpreter.plan, code: "repeated-reading", message
        ))
    }
    let remarks = book.takeRemarks()
    try session.keep(remarks)
    // For the log of a failed import, whose own rows will be undone; what was refused is why it failed.
    let refused = remarks.filter { $0.severity == .reject }
    if kept.count < Self.mostRemarksKept, kept.reduce(0, { $0 + $1.text.utf8.count }) < Self.mostBytesKept {
      kept.append(contentsOf: refused.prefix(Self.mostRemarksKept - kept.count))
    }
    batch.removeAll()
  }

  private func remarks(_ plan: FeedPlan, _ interpreter: RowInterpreter, further: [String]) -> [String] {
    var remarks: [String] = []
    let unused = plan.unused + further
    if !unused.isEmpty {
      let rest = unused.count > Self.mostUnusedNamed ? ", and \(unused.count - Self.mostUnusedNamed) more" : ""
      let names = unused.prefix(Self.mostUnusedNamed).joined(separator: ", ")
      remarks.append("columns that no line of the feed \(feed.name) uses: \(names)\(rest)")
    }
    if !head.backfill, head.mends == nil, interpreter.allFacts > 0, interpreter.oldFacts * 2 > interpreter.allFacts {
      remarks.append("most facts are older than a week; if this file is history, import it with --backfill")
    }
    return remarks
  }
}

/// How much of a file is held at most before it is settled.
package struct BatchLimits: Sendable {
  /// Facts that wait; 24 bytes each.
  package var facts = 1 << 20
  /// Rows whose raw text is kept, since an id may turn out to come twice, and the bytes of these texts.
  package var rowsKept = 32_768
  package var bytesKept = 1 << 26
  /// Rows of any feed.
  package var rows = 1 << 22
  /// Refused rows and warnings.
  package var remarks = 10_000
  /// Bytes read at once.
  package var buffer = 1 << 18

  package init() {}
}

/// The rows of a batch: their lines, and their bytes where an id may turn out to come twice.
private struct Batch {
  private var lines: [Int32] = []
  private var texts: [UInt8] = []
  private var starts: [Int] = []
  private let keepsRows: Bool

  init(keepsRows: Bool) { self.keepsRows = keepsRows }

  var count: Int { lines.count }

  /// Takes a row in and numbers it.
  @inline(__always) mutating func begin(_ row: Row) -> Int32 {
    lines.append(Int32(truncatingIfNeeded: row.line))
    if keepsRows {
      starts.append(texts.count)
      texts.append(contentsOf: row.raw)
    }
    return Int32(lines.count - 1)
  }

  func isFull(_ limits: BatchLimits) -> Bool {
    lines.count >= limits.rows || keepsRows && (lines.count >= limits.rowsKept || texts.count >= limits.bytesKept)
  }

  /// A remark about a row whose cells are gone. Its text and the column's place are told where the batch keeps rows.
  func remark(
    _ severity: Remark.Severity, _ row: Int32, column: Int?, _ plan: FeedPlan, code: String, _ message: String
  ) throws -> Remark {
    var place = (line: Int(lines[Int(row)]), column: 0)
    let bytes = bytes(row)
    if let column, !bytes.isEmpty { place = try Self.place(ofCell: column, in: bytes, line: place.line, plan) }
    return Remark(
      severity, line: place.line, column: place.column, columnName: column.map { plan.columns[$0] } ?? "", code: code, message: message,
      row: bytes.withUnsafeBytes { RowText($0, encoding: plan.feed.dialect.encoding) })
  }

  private func bytes(_ row: Int32) -> ArraySlice<UInt8> {
    guard keepsRows else { return [] }
    let index = Int(row)
    return texts[starts[index]..<(index + 1 < starts.count ? starts[index + 1] : texts.count)]
  }

  /// Reads the row again to find where the cell begins.
  private static func place(ofCell cell: Int, in bytes: ArraySlice<UInt8>, line: Int, _ plan: FeedPlan) throws -> (line: Int, column: Int) {
    let (dialect, source) = (plan.feed.dialect, MemorySource(Array(bytes)))
    switch plan.feed.format {
    case .csv:
      let headless = try CSVDialect(
        delimiter: dialect.delimiter, quote: dialect.quote, encoding: dialect.encoding, header: plan.columns)
      var reader = try CSVReader(source: source, dialect: headless, file: "", bufferSize: bytes.count)
      return try place(ofCell: cell, in: &reader, line: line)
    case .jsonl:
      var reader = try JSONLinesReader(source: source, columns: plan.columns, file: "", bufferSize: bytes.count)
      return try place(ofCell: cell, in: &reader, line: line)
    }
  }

  private static func place<Reader: RowReader & ~Copyable>(
    ofCell cell: Int, in reader: inout Reader, line: Int
  ) throws -> (line: Int, column: Int) {
    guard case .row = try reader.next() else { return (line, 0) }
    let place = reader.place(ofCell: cell)
    return (line + place.line - 1, place.column)
  }

  mutating func removeAll() {
    lines.removeAll(keepingCapacity: true)
    texts.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
  }
}
