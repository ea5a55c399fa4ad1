import Health

/// `--format`
enum Format: String, CaseIterable, Sendable {
  case table, csv, json, jsonl

  /// The format that a file's name asks for.
  init?(fileName: String) {
    guard let dot = fileName.lastIndex(of: ".") else { return nil }
    switch fileName[fileName.index(after: dot)...].lowercased() {
    case "csv": self = .csv
    case "json": self = .json
    case "jsonl", "ndjson": self = .jsonl
    case "txt": self = .table
    default: return nil
    }
  }
}

/// Where a command's words go: data to standard output or a file, everything else to standard error.
struct Output: Sendable {
  let format: Format
  /// What `--columns` names.
  let columns: [String]?
  /// The file of `-o`; nil for standard output.
  let file: String?
  /// What drawings and text for people may use.
  let style: Style
  let isPaged: Bool
  let isQuiet: Bool
  let context: Context

  init(
    format: Format, columns: [String]? = nil, file: String? = nil, isASCII: Bool = false, isPaged: Bool = true, isQuiet: Bool = false,
    context: Context
  ) {
    (self.format, self.columns, self.file) = (format, columns, file)
    (self.isPaged, self.isQuiet, self.context) = (isPaged, isQuiet, context)
    let isScreen = file == nil && context.standardOutput.isTerminal
    let hasColor = file == nil ? context.usesColor(on: context.standardOutput) : context.color == .always
    style = Style(hasColor: hasColor, isASCII: isASCII, width: isScreen ? context.terminal.columns : nil)
  }

  /// Writes a report in the format asked for.
  func write(_ report: some Report) throws {
    let text: String
    switch format {
    case .table: text = try ReportText.lines(report, columns: columns, style: style).map { $0 + "\n" }.joined()
    case .csv: text = try CSVWriter.text(report.records, columns: columns)
    case .json: text = JSONWriter.indented(columns == nil ? report.json : .array(try report.records.selecting(columns).objects)) + "\n"
    case .jsonl: text = try report.records.selecting(columns).objects.map { JSONWriter.compact($0) + "\n" }.joined()
    }
    try write(text)
  }

  /// Writes text as it is: to the file, else through the pager if it is for people and taller than their terminal.
  func write(_ text: String) throws {
    let bytes = Array(text.utf8)
    if file == nil, isPaged, format == .table, try Pager.show(bytes, in: context) { return }
    try write(bytes: bytes)
  }

  /// Writes bytes as they are, to the file or to standard output.
  func write(bytes: [UInt8]) throws {
    if let file { try OutputFile.write(bytes, to: file) } else { try context.standardOutput.write(bytes) }
  }

  /// Says something beside the data, one line; `--quiet` leaves it out.
  func message(_ text: String) {
    guard !isQuiet else { return }
    say("", text)
  }

  /// Warns, even when quiet: something may be wrong.
  func warning(_ text: String) {
    let label = Style(hasColor: context.usesColor(on: context.standardError)).paint("warning:", .yellow)
    say("vitals: \(label) ", text)
  }

  /// Warns of something with its place and remedy.
  func warning(_ problem: Problem) { tell(problem, isWarning: true) }

  /// Tells of a problem that does not end the command.
  func failure(_ problem: Problem) { tell(problem, isWarning: false) }

  private func tell(_ problem: Problem, isWarning: Bool) {
    context.onProblem(problem)
    let text = Failure.text(problem, isWarning: isWarning, style: Style(hasColor: context.usesColor(on: context.standardError)))
    // Where standard error is closed there is nobody left to tell.
    try? context.standardError.write(Array(text.utf8))
  }

  /// A bar of progress that shows itself only on a terminal and only when it takes long.
  func progress(_ label: String, total: Int64?) -> Progress {
    Progress(
      label: label, total: total, isShown: !isQuiet && context.standardError.isTerminal && context.environment["TERM"] != "dumb",
      context: context)
  }

  private func say(_ prefix: String, _ text: String) {
    // Where standard error is closed there is nobody left to tell.
    try? context.standardError.write(Array((prefix + HarmlessText.line(text, isASCII: style.isASCII) + "\n").utf8))
  }
}
