/// A part of a report for people.
enum Block: Hashable, Sendable {
  /// A few words above what follows.
  case heading(String)
  /// Words that are wrapped to the terminal.
  case paragraph(String)
  /// One line of pieces side by side.
  case line([Cell])
  case table(Table)
  /// An empty line.
  case gap
}

/// What a command found, as a value that can be written in every format. A command makes it and hands it to `Output.write`.
protocol Report {
  /// What it is and which days it speaks of, for people.
  var title: String { get }
  /// What people should know when they read it, printed below it.
  var notes: [String] { get }
  /// The report for people.
  func blocks(_ style: Style) -> [Block]
  /// The report for machines, one row per value.
  var records: Records { get }
  /// The report as one JSON value; unless the report says otherwise, an array of its records.
  var json: JSONValue { get }
}

extension Report {
  var notes: [String] { [] }
  var json: JSONValue { .array(records.objects) }
}

/// A report that is one table.
protocol TableReport: Report {
  /// The table for people.
  func table(_ style: Style) -> Table
}

extension TableReport {
  func blocks(_ style: Style) -> [Block] { [.table(table(style))] }
}

/// Lays a report out for people.
enum ReportText {
  /// The lines: title, blocks, notes. `--columns` chooses among the columns of the report's first table.
  static func lines(_ report: some Report, columns: [String]?, style: Style) throws -> [String] {
    var lines = report.title.isEmpty ? [] : wrapped(report.title, style).map { style.paint($0, .bold) } + [""]
    var isFirst = true
    for block in report.blocks(style) {
      switch block {
      case .heading(let text): lines += wrapped(text, style).map { style.paint($0, .bold) }
      case .paragraph(let text):
        lines += text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { wrapped(String($0), style) }
      case .line(let cells): lines += pieces(cells, style)
      case .table(let table):
        lines += TableText.lines(try table.selecting(isFirst ? columns : nil), style: style)
        isFirst = false
      case .gap: lines.append("")
      }
    }
    if !report.notes.isEmpty { lines.append("") }
    return lines + report.notes.flatMap { wrapped($0, style) }.map { style.paint($0, .dim) }
  }

  /// The pieces side by side, in as many lines as the terminal's width asks for.
  private static func pieces(_ cells: [Cell], _ style: Style) -> [String] {
    var (lines, line, width) = ([String](), "", 0)
    for cell in cells {
      var text = HarmlessText.line(cell.text, isASCII: style.isASCII)
      if let limit = style.width, width > 0, width + TextWidth.of(text) > limit {
        lines.append(line)
        (line, width) = ("", 0)
        text = String(text.drop { $0 == " " })
      }
      line += style.paint(text, cell.ink)
      width += TextWidth.of(text)
    }
    return lines + [line]
  }

  private static func wrapped(_ text: String, _ style: Style) -> [String] {
    let text = HarmlessText.line(text, isASCII: style.isASCII)
    return style.width.map { TextWidth.wrapped(text, to: $0) } ?? [text]
  }
}
