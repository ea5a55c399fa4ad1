import Health
import Reports

extension MoversReport: Report {
  var title: String {
    let known = knownBy.map { ", known by \(InstantText.machine($0))" } ?? ""
    let only = filter.isEmpty ? "" : " where \(filter)"
    return "movers under \(card) from \(days.lowerBound) to \(days.upperBound)\(known): \(Human.plural(compared, "account"))\(only)"
  }

  var notes: [String] {
    leftOut == 0 ? [] : ["\(Human.plural(leftOut, "account")) unknown or not there at one of the days, and left out"]
  }

  func blocks(_ style: Style) -> [Block] {
    [.heading("Falls"), .table(table(falls, style)), .gap, .heading("Rises"), .table(table(rises, style))]
  }

  private func table(_ moves: [AccountMove], _ style: Style) -> Table {
    Table(
      moves,
      columns: [
        TableColumn("account", text: \.account),
        TableColumn("name", importance: 1, text: \.name),
        TableColumn("change", kind: .number) { Cell($0.change.map { Human.change($0, decimals: 1, style: style) } ?? style.absent) },
        TableColumn("before") { $0.cell($0.before, style) },
        TableColumn("after") { $0.cell($0.after, style) },
        TableColumn("revenue", kind: .number, importance: 2) { Cell($0.revenue.map(Human.money) ?? style.absent) },
      ] + TableColumn.extras(with, of: falls + rises, style) + [
        TableColumn("reason", importance: 0, least: 24) { Cell($0.reasonWords(style)) }
      ],
      whenEmpty: "None.")
  }

  var records: Records { Records(falls + rises, fields: AccountMove.fields(days) + RecordField.extras(with)) }
}

/// The matrix of bands, or with `isList` the accounts that changed theirs.
struct BandsOutput: Report {
  let report: BandsReport
  var isList = false

  var title: String {
    let known = report.knownBy.map { ", known by \(InstantText.machine($0))" } ?? ""
    let only = report.filter.isEmpty ? "" : " where \(report.filter)"
    let moved = Human.plural(report.moved, "account")
    return "bands under \(report.card) from \(report.days.lowerBound) to \(report.days.upperBound)\(known): \(moved) moved\(only)"
  }

  func blocks(_ style: Style) -> [Block] { isList ? [.table(list(style))] : [.table(matrix(style))] }

  private func matrix(_ style: Style) -> Table {
    let names = report.bands.map(\.band)
    func count(_ from: String, _ to: String) -> Int { report.passages.first { $0.from == from && $0.to == to }?.accounts ?? 0 }
    func ink(_ band: String) -> Ink { report.bands.first { $0.band == band }?.color.map { Ink(colorWord: $0) } ?? .dim }
    let goals = names + [AccountMove.left]
    let columns =
      [TableColumn<String>("from") { Cell($0, ink($0)) }]
      + goals.map { goal in
        TableColumn<String>(goal, title: goal == AccountMove.left ? goal : "to \(goal)", kind: .number) { from in
          let number = count(from, goal)
          return Cell(number == 0 ? style.absent : Human.count(number), from == goal ? .dim : .plain)
        }
      } + [TableColumn<String>("all", kind: .number) { from in Cell(Human.count(goals.reduce(0) { $0 + count(from, $1) })) }]
    var table = Table(names + [AccountMove.came], columns: columns)
    let sums = goals.map { goal in (names + [AccountMove.came]).reduce(0) { $0 + count($1, goal) } }
    table.totals = [[Cell("all")] + sums.map { Cell(Human.count($0)) } + [Cell(Human.count(sums.reduce(0, +)))]]
    return table
  }

  private func list(_ style: Style) -> Table {
    Table(
      report.moves,
      columns: [
        TableColumn("account", text: \.account),
        TableColumn("name", importance: 1, text: \.name),
        TableColumn("from") { Cell($0.from, Ink(colorWord: $0.before?.color ?? "gray")) },
        TableColumn("to") { Cell($0.to, Ink(colorWord: $0.after?.color ?? "gray")) },
        TableColumn("score", kind: .number) { Cell(Human.score($0.after?.shown, style: style)) },
        TableColumn("revenue", kind: .number, importance: 2) { Cell($0.revenue.map(Human.money) ?? style.absent) },
      ] + TableColumn.extras(report.with, of: report.moves, style) + [
        TableColumn("reason", importance: 0, least: 24) { Cell($0.reasonWords(style)) }
      ],
      whenEmpty: "Nobody changed band.")
  }

  /// One row for each passage, or with `isList` for each account.
  var records: Records {
    if isList { return Records(report.moves, fields: AccountMove.fields(report.days) + RecordField.extras(report.with)) }
    return Records(
      report.passages,
      fields: [
        RecordField("card") { [report] _ in report.card }, RecordField("from_day") { [report] _ in report.days.lowerBound },
        RecordField("to_day") { [report] _ in report.days.upperBound }, RecordField("from", \.from), RecordField("to", \.to),
        RecordField("accounts", \.accounts), RecordField("revenue", \.revenue),
      ])
  }
}

extension AccountMove {
  fileprivate func cell(_ side: Side?, _ style: Style) -> Cell {
    guard let side else { return Cell(style.absent) }
    return Cell("\(Human.score(side.shown, style: style)) \(side.band)", Ink(colorWord: side.color ?? "gray"))
  }

  fileprivate func reasonWords(_ style: Style) -> String {
    reason.map { "\($0.phrase(style)): \(Human.change($0.amount, decimals: 1, style: style))" } ?? ""
  }

  fileprivate static func fields(_ days: ClosedRange<Day>) -> [RecordField<AccountMove>] {
    [
      RecordField("account", \.account), RecordField("name", \.name), RecordField("card") { $0.after?.card ?? $0.before?.card },
      RecordField("from_day") { _ in days.lowerBound }, RecordField("to_day") { _ in days.upperBound }, RecordField("from", \.from),
      RecordField("to", \.to), RecordField("before") { $0.before?.score }, RecordField("score") { $0.after?.score },
      RecordField("shown_before") { $0.before?.shown }, RecordField("shown") { $0.after?.shown }, RecordField("change", \.change),
      RecordField("revenue", \.revenue), RecordField("reason") { $0.reasonWords(Style()) },
    ]
  }
}
