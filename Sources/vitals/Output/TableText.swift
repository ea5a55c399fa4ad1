/// Lays a table out as lines of text.
struct TableText {
  private let table: Table
  private let style: Style
  private let widths: [Int]
  private static let gap = 2

  /// The lines: titles, a rule, the rows, below another rule the totals, and what a narrow terminal has no room for.
  static func lines(_ table: Table, style: Style) -> [String] {
    if table.rows.isEmpty { return [style.paint(table.whenEmpty, .dim)] }
    let (table, leftOut) = fitting(table.harmless(isASCII: style.isASCII), to: style.width)
    let text = TableText(table, style: style)
    let titles = text.line(table.columns.map { Cell($0.title, .bold) })
    let totals = table.totals.isEmpty ? [] : [text.rule] + text.table.totals.map(text.line)
    return [titles, text.rule] + text.table.rows.map(text.line) + totals + text.remark(leftOut)
  }

  private init(_ table: Table, style: Style) {
    (self.table, self.style) = (table, style)
    widths = style.width.map { TableText.widths(table, within: $0) } ?? TableText.widths(table)
  }

  /// How wide the columns are by what is in them.
  private static func widths(_ table: Table) -> [Int] {
    table.columns.indices.map { index in
      (table.rows + table.totals).reduce(TextWidth.of(table.columns[index].title)) { max($0, TextWidth.of($1[index].text)) }
    }
  }

  private static func span(_ widths: [Int]) -> Int { widths.reduce(0, +) + gap * max(0, widths.count - 1) }

  /// Takes from the columns of text, the least important first, down to their least widths; columns that somebody chose can be made
  /// narrower still.
  private static func widths(_ table: Table, within width: Int) -> [Int] {
    let natural = widths(table)
    var (widths, excess) = (natural, span(natural) - width)
    let order = table.columns.indices.filter { table.columns[$0].importance != nil && table.columns[$0].kind == .text }
      .sorted { (table.columns[$0].importance ?? 0, -natural[$0]) < (table.columns[$1].importance ?? 0, -natural[$1]) }
    for least in table.isChosen ? [.max, 4] : [Int.max] {
      for index in order where excess > 0 {
        let taken = min(excess, max(0, widths[index] - min(least, table.columns[index].least)))
        widths[index] -= taken
        excess -= taken
      }
    }
    return widths
  }

  /// What a width leaves of a table: columns for which there is no room are left out, the least important first. What can still not
  /// fit is left to the terminal to wrap.
  private static func fitting(_ table: Table, to width: Int?) -> (table: Table, leftOut: [String]) {
    guard let width, !table.isChosen else { return (table, []) }
    var (table, leftOut): (Table, [String]) = (table, [])
    while span(widths(table, within: width)) > width {
      let candidates = table.columns.indices.filter { table.columns[$0].importance != nil }
      guard let index = candidates.min(by: { (table.columns[$0].importance ?? 0) < (table.columns[$1].importance ?? 0) }) else { break }
      leftOut.append(table.columns[index].title)
      table = table[table.columns.indices.filter { $0 != index }]
    }
    return (table, leftOut)
  }

  private func remark(_ leftOut: [String]) -> [String] {
    guard let width = style.width, !leftOut.isEmpty else { return [] }
    return TextWidth.wrapped("no room here for: \(leftOut.joined(separator: ", "))", to: width).map { style.paint($0, .dim) }
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
