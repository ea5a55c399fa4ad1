/// Lays a table out as lines of text.
struct TableText {
  private let table: Table
  private let style: Style
  private let widths: [Int]
  private static let gap = 2

  /// The lines: titles, a rule, the rows, and below another rule the totals.
  static func lines(_ table: Table, style: Style) -> [String] {
    if table.rows.isEmpty { return [style.paint(table.whenEmpty, .dim)] }
    let text = TableText(table.harmless(isASCII: style.isASCII), style: style)
    let titles = text.line(table.columns.map { Cell($0.title, .bold) })
    let totals = table.totals.isEmpty ? [] : [text.rule] + text.table.totals.map(text.line)
    return [titles, text.rule] + text.table.rows.map(text.line) + totals
  }

  private init(_ table: Table, style: Style) {
    (self.table, self.style) = (table, style)
    let natural = table.columns.indices.map { index in
      (table.rows + table.totals).reduce(TextWidth.of(table.columns[index].title)) { max($0, TextWidth.of($1[index].text)) }
    }
    widths = style.width.map { TableText.fitted(natural, columns: table.columns, to: $0) } ?? natural
  }

  /// Takes columns from the least important first, down to eight and then to four; what can still not fit is left to the terminal to wrap.
  private static func fitted(_ natural: [Int], columns: [Table.Column], to width: Int) -> [Int] {
    var widths = natural
    var excess = natural.reduce(0, +) + gap * max(0, natural.count - 1) - width
    let order = columns.indices.filter { columns[$0].importance != nil }
      .sorted { (columns[$0].importance ?? 0, -natural[$0]) < (columns[$1].importance ?? 0, -natural[$1]) }
    for least in [8, 4] {
      for index in order where excess > 0 {
        let taken = min(excess, max(0, widths[index] - least))
        widths[index] -= taken
        excess -= taken
      }
    }
    return widths
  }

  private var rule: String {
    style.paint(
      widths.map { String(repeating: style.rule, count: $0) }.joined(separator: String(repeating: " ", count: TableText.gap)), .dim)
  }

  private func line(_ cells: [Cell]) -> String {
    var line = ""
    var pending = 0  // spaces are written only before text, so that no line ends in them
    for (index, cell) in cells.enumerated() {
      let text = TextWidth.shortened(cell.text, to: widths[index], mark: style.ellipsis)
      let room = widths[index] - TextWidth.of(text)
      let before = table.columns[index].kind == .number ? room : 0
      pending += before
      if !text.isEmpty {
        line += String(repeating: " ", count: pending) + style.paint(text, cell.ink)
        pending = 0
      }
      pending += room - before + TableText.gap
    }
    return line
  }
}

extension Table {
  /// The table with nothing in it that a terminal would act on.
  fileprivate func harmless(isASCII: Bool) -> Table {
    func clean(_ row: [Cell]) -> [Cell] { row.map { Cell(HarmlessText.line($0.text, isASCII: isASCII), $0.ink) } }
    var table = self
    table.columns = columns.map { column in
      var column = column
      column.title = HarmlessText.line(column.title, isASCII: isASCII)
      return column
    }
    table.rows = rows.map(clean)
    table.totals = totals.map(clean)
    return table
  }
}
