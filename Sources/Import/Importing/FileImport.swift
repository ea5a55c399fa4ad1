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
  private static let mostRemarksKept = RejectBook.mostRejectsKept
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
    var furtherProblems: [Problem] = []
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
      let rows = rows(of: bytes) { source in
        // The row by itself, whose columns are known.
        let dialect = feed.dialect
        let headless = try CSVDialect(
          delimiter: dialect.delimiter, quote: dialect.quote, encoding: dialect.encoding, header: plan.columns)
        return try CSVReader(source: source, dialect: headless, file: "", bufferSize: 4096)
      }
      return try read(&reader, rows, plan, metered)
    case .jsonl:
      let plan = try FeedPlan(feed, file: head.file)
      var reader = try JSONLinesReader(source: bytes, columns: plan.columns, file: head.file, bufferSize: limits.buffer)
      let rows = rows(of: bytes) { try JSONLinesReader(source: $0, columns: plan.columns, file: "", bufferSize: 4096) }
      return try read(&reader, rows, plan, metered)
    }
  }

  /// The batch of rows of a source, with what reads one again that `open` gives a reader of.
  private func rows<Reader: RowReader & ~Copyable>(
    of source: any ByteSource, _ open: @escaping (any ByteSource) throws -> Reader
  ) -> BatchRows {
    // The events of a batch with ids wait with their texts, so there are fewer of them.
    let hasIDs = feed.lines.contains { !$0.event.isEmpty && !$0.adds }
    return BatchRows(
      keepsTexts: source.again(from: 0) == nil, mostRows: hasIDs ? min(limits.rowsKept, limits.rows) : limits.rows,
      mostBytes: limits.bytesKept, usualRows: limits.facts
    ) { bytes, offset, line, cell in
      var place = BatchRows.Place(line: line)
      guard let source = bytes.map({ MemorySource(Array($0)) }) ?? source.again(from: offset) else { return place }
      var reader = try open(source)
      guard case .row = try reader.next() else { return place }
      place.text = RowText(reader.row.raw, encoding: feed.dialect.encoding)
      if let cell {
        let found = reader.place(ofCell: cell)
        (place.line, place.column) = (line + found.line - 1, found.column)
      }
      return place
    }
  }

  private func read<Reader: RowReader & ~Copyable>(
    _ reader: inout Reader, _ rows: BatchRows, _ plan: FeedPlan, _ metered: MeteredSource
  ) throws -> Outcome {
    let session = try ImportSession(history, head)
    session.waiting.reserve(limits.facts + plan.lines.count)
    var rows = rows
    var interpreter = try RowInterpreter(
      plan, session: session, catalogue: catalogue, fileDay: head.fileDay, today: history.zone.moment(of: head.started).day,
      startDays: startDays)
    var book = RejectBook(encoding: feed.dialect.encoding)
    var kept: [Remark] = []
    let rejectLimit = options.maxRejects ?? feed.maxRejects
    var stops: [Problem] = []
    var isAbandoned = false
    do {
      reading: while true {
        switch try next(&reader) {
        case .end: break reading
        case .broken:
          let broken = reader.broken
          book.reject(
            RowFault(broken.code, broken.message), line: broken.line, column: broken.column, columnName: broken.columnName,
            text: reader.row.raw, candidates: { [] }, value: nil)
          session.reject(row: rows.begin(reader.row))
        case .row:
          let row = reader.row
          let number = rows.begin(row)
          do {
            if let warning = try interpreter.take(row, number: number) {
              book.warn(code: "before-start", line: row.line, message: warning, text: row.raw)
            }
          } catch let fault as RowFault {
            let place = fault.cell.map { reader.place(ofCell: $0) } ?? (row.line, 0)
            try refuse(row, fault, place, &book, session, plan)
            session.reject(row: number)
          }
        }
        if interpreter.waiting >= limits.facts || rows.isFull || book.isFull(limits) {
          isAbandoned = book.isHopeless(rejectLimit)
          if isAbandoned { break reading }
          try settle(session, &rows, &book, &kept, interpreter, isLast: false)
          interpreter.waiting = 0
          onProgress(metered.bytesRead)
        }
      }
      // A few mended rows need not have every column that the whole file had.
      if head.mends == nil { try plan.require(reader.absentColumns, among: reader.furtherColumns, file: head.file) }
    } catch let problem as Problem where problem.category == .badInput {
      // What was read until then is in the log with its refused rows.
      stops = [problem]
    } catch let problems as Problems {
      stops = problems.all
    }
    try settle(session, &rows, &book, &kept, interpreter, isLast: true)
    session.warnings = book.warnings
    let header = feed.header(reader.header)
    session.header = header
    try session.finish(digest: metered.digest, bytes: metered.bytesRead)
    return Outcome(
      importID: session.importID, rows: session.rows, facts: session.facts, warnings: book.warnings,
      remarks: isAbandoned
        ? ["not read to its end, since it could only be refused: the counts are those of the rows read"]
        // Of a part of a file nothing can be said about the whole.
        : stops.isEmpty ? remarks(plan, interpreter, rows: session.rows.total, further: reader.furtherColumns) : [],
      rejects: book, allRemarks: kept, header: header, bytes: metered.bytesRead,
      problem: stops.first ?? book.problem(rows: session.rows.total, limit: rejectLimit, file: head.file),
      furtherProblems: Array(stops.dropFirst()), startDays: interpreter.startDays)
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

  private func refuse(
    _ row: Row, _ fault: RowFault, _ place: (line: Int, column: Int), _ book: inout RejectBook, _ session: ImportSession, _ plan: FeedPlan
  ) throws {
    try book.reject(
      fault, line: place.line, column: place.column, columnName: fault.cell.map { plan.columns[$0] } ?? "", text: row.raw,
      candidates: { try session.accountCandidates() }, value: fault.cell.map { row.text($0) })
  }

  private func settle(
    _ session: ImportSession, _ rows: inout BatchRows, _ book: inout RejectBook, _ kept: inout [Remark],
    _ interpreter: borrowing RowInterpreter, isLast: Bool
  ) throws {
    try history.connection.interrupt.check()
    var (duplicates, repeats): ([ClashingRow], [ClashingRow]) = ([], [])
    try session.flush(rows: rows.count, isLast: isLast, duplicate: { duplicates.append($0) }, replaced: { repeats.append($0) })
    for clash in duplicates {
      let message = "an earlier row of this file has the same id and says something else"
      let column = interpreter.idColumn(ofLine: clash.subject)
      book.add(try remark(.reject, clash, rows, column: column, interpreter.plan, code: "duplicate-id", message))
    }
    for clash in repeats {
      let message = "\(clash.isLater ? "an earlier" : "a later") row of this file states the same account, signal and moment"
      let column = interpreter.valueColumn(ofSignal: clash.subject)
      book.add(try remark(.warning, clash, rows, column: column, interpreter.plan, code: "repeated-reading", message))
    }
    let remarks = book.takeRemarks()
    try session.keep(remarks)
    // For the log of a failed import, whose own rows will be undone; what was refused is why it failed.
    let refused = remarks.filter { $0.severity == .reject }
    if kept.count < Self.mostRemarksKept, kept.reduce(0, { $0 + $1.text.utf8.count }) < Self.mostBytesKept {
      kept.append(contentsOf: refused.prefix(Self.mostRemarksKept - kept.count))
    }
    rows.removeAll()
  }

  /// A remark about a row whose cells are gone.
  private func remark(
    _ severity: Remark.Severity, _ clash: ClashingRow, _ rows: BatchRows, column: Int?, _ plan: FeedPlan, code: String, _ message: String
  ) throws -> Remark {
    let place = try rows.place(clash.row, cell: column)
    return Remark(
      severity, line: place.line, column: place.column, columnName: column.map { plan.columns[$0] } ?? "", code: code, message: message,
      row: place.text ?? RowText(UnsafeRawBufferPointer(start: nil, count: 0), encoding: plan.feed.dialect.encoding))
  }

  private func remarks(_ plan: FeedPlan, _ interpreter: borrowing RowInterpreter, rows: Int, further: [String]) -> [String] {
    var remarks: [String] = rows == 0 ? ["the file has no rows"] : []
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
  /// Rows of a feed with ids, whose events wait with their texts.
  package var rowsKept = 32_768
  /// Bytes of rows that cannot be read again.
  package var bytesKept = 1 << 26
  /// Rows of any feed.
  package var rows = 1 << 22
  /// Refused rows and warnings.
  package var remarks = 10_000
  /// Bytes read at once.
  package var buffer = 1 << 18

  package init() {}
}
