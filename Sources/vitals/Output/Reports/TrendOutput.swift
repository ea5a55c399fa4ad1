import Health
import Reports

/// A trend, or two side by side, for people and machines.
struct TrendOutput: Report {
  let report: TrendReport
  /// The same periods under another card.
  var other: TrendReport?
  /// Whether the running period has a part in the means below the table.
  var includesRunning = false
  /// Whether each group has a chart over the full width.
  var isPlotted = false

  var title: String {
    let known = report.isKnownThen ? ", each as it was known then" : report.knownBy.map { ", known by \(InstantText.machine($0))" } ?? ""
    let only =
      (report.filter.isEmpty ? "" : " where \(report.filter)")
      + (report.inBands.isEmpty ? "" : " in \(report.inBands.joined(separator: ", "))")
    let card = other.map { "\(report.card) against \($0.card)" } ?? report.card
    let by = report.by.map { ", by \($0.word)" } ?? ""
    return "\(card) \(report.period.rawValue) from \(report.days.lowerBound) to \(report.days.upperBound)\(known)\(only)\(by)"
  }

  var notes: [String] {
    var notes: [String] = []
    if report.rows.contains(where: \.isRunning) {
      let means = includesRunning ? "" : ", and left out of the means below the table"
      notes.append("* still running: as of \(report.days.upperBound)\(means)")
    }
    if let last = report.rows.last, let unpriced = last.unpriced, unpriced > 0, report.by == nil {
      notes.append("\(Human.plural(unpriced, "account")) without revenue as of \(last.asOf), left out of the figures of revenue")
    }
    return notes
  }

  func blocks(_ style: Style) -> [Block] {
    let pairs = Self.groups(report.rows).map { group, rows in (group, rows, other.map { Self.rows(of: group, in: $0) }) }
    var blocks: [Block] = []
    if report.by != nil, pairs.count > 1 { blocks += [.table(summary(style)), .gap] }
    for (group, rows, others) in pairs {
      if let group { blocks.append(.heading("\(report.by?.word ?? "") \(group.isEmpty ? style.absent : group)")) }
      if let others { blocks.append(.table(compared(rows, others, style))) } else { blocks.append(.table(table(rows, style))) }
      blocks.append(.gap)
      blocks += chart(rows, style)
      if group != nil { blocks.append(.gap) }
    }
    return blocks
  }

  private func chart(_ rows: [TrendReport.Row], _ style: Style) -> [Block] {
    let means = rows.map(\.mean)
    if isPlotted {
      return Plot.lines(means, labels: (rows.first?.period ?? "", rows.last?.period ?? ""), style: style).map { .line([Cell($0)]) }
    }
    // Between its own least and greatest: the mean of a portfolio hardly ever moves far on the scale of one score.
    let known = means.compactMap { $0 }
    let span = known.min().map { "  \(Human.number($0, decimals: 1)) to \(Human.number(known.max() ?? $0, decimals: 1))" } ?? ""
    return [.line([Cell("mean  "), Cell(Sparkline.draw(means, style: style) + span)])]
  }

  /// The rows of each group, in order.
  private static func groups(_ rows: [TrendReport.Row]) -> [(group: String?, rows: [TrendReport.Row])] {
    var result: [(group: String?, rows: [TrendReport.Row])] = []
    for row in rows {
      if let last = result.last, last.group == row.group {
        result[result.count - 1].rows.append(row)
      } else {
        result.append((row.group, [row]))
      }
    }
    return result
  }

  private static func rows(of group: String?, in report: TrendReport) -> [TrendReport.Row] { report.rows.filter { $0.group == group } }
}

// Tables for people.
extension TrendOutput {
  private typealias Row = TrendReport.Row

  /// One line for each group, with its course.
  private func summary(_ style: Style) -> Table {
    Table(
      Self.groups(report.rows),
      columns: [
        TableColumn("group", title: report.by?.word) { Cell(($0.group ?? "").isEmpty ? style.absent : $0.group ?? "") },
        TableColumn("accounts", kind: .number) { Cell(Human.count($0.rows.last?.accounts ?? 0)) },
        TableColumn("mean", kind: .number) { Cell(mean($0.rows.last?.mean, style)) },
        TableColumn("change", title: style.isASCII ? "+/-" : "Δ", kind: .number, importance: 1) { group in
          let (first, last) = (group.rows.first { $0.mean != nil }?.mean, group.rows.last?.mean)
          return Cell(first.flatMap { a in last.map { Human.change($0 - a, decimals: 1, style: style) } } ?? style.absent)
        },
        TableColumn("course", kind: .chart, importance: 0) { Cell(Sparkline.draw($0.rows.map(\.mean), style: style)) },
      ])
  }

  private func mean(_ mean: Double?, _ style: Style) -> String { mean.map { Human.number($0, decimals: 1) } ?? style.absent }

  private func table(_ rows: [TrendReport.Row], _ style: Style) -> Table {
    var columns: [TableColumn<TrendReport.Row>] = [
      TableColumn("period") { Cell($0.period + ($0.isRunning ? "*" : "")) },
      TableColumn("to", kind: .word, importance: 0) { Cell($0.asOf.description) },
      TableColumn("accounts", kind: .number, importance: 8) { Cell(Human.count($0.accounts)) },
      TableColumn("mean", kind: .number) { Cell(mean($0.mean, style)) },
      TableColumn("change", title: style.isASCII ? "+/-" : "Δ", kind: .number, importance: 7) {
        Cell($0.change.map { Human.change($0, decimals: 1, style: style) } ?? "")
      },
      TableColumn("change_share", title: style.isASCII ? "+/- %" : "Δ %", kind: .number, importance: 1) {
        Cell($0.changeShare.map { Human.change($0 * 100, decimals: 1, style: style) } ?? "")
      },
      TableColumn("median", kind: .number, importance: 4) { Cell(mean($0.median, style)) },
      TableColumn("revenue", kind: .number, importance: 6) { Cell($0.revenue.map(Human.money) ?? style.absent) },
      TableColumn("revenue_mean", title: "by revenue", kind: .number, importance: 5) { Cell(mean($0.revenueMean, style)) },
      TableColumn("unpriced", kind: .number, isExtra: true) { Cell($0.unpriced.map(Human.count) ?? style.absent) },
    ]
    for (place, band) in (rows.first?.bands ?? []).enumerated() where report.by != .band {
      columns.append(
        TableColumn("band.\(band.band)", title: band.band, kind: .number) {
          Cell(Human.count($0.bands[place].accounts), Ink(colorWord: band.color ?? ""))
        })
      columns.append(
        TableColumn("band_revenue.\(band.band)", title: "\(band.band) revenue", kind: .number, isExtra: true) {
          Cell($0.bands[place].revenue.map(Human.money) ?? style.absent)
        })
    }
    for (place, name) in report.with.enumerated() {
      columns.append(
        TableColumn(name, kind: .number, importance: 3) { Cell($0.with[place].map(Human.measured) ?? style.absent) })
    }
    columns.append(TableColumn("unknown", kind: .number, importance: 9) { Cell(Human.count($0.unknown), .dim) })
    var table = Table(rows, columns: columns, whenEmpty: "No period lies in these days.")
    table.totals = totals(rows, columns: table.columns)
    return table
  }

  private func compared(_ rows: [TrendReport.Row], _ others: [TrendReport.Row], _ style: Style) -> Table {
    let names = (report.card, other?.card == report.card ? "\(report.card) (2)" : other?.card ?? "")
    return Table(
      zip(rows, others).map { ($0, $1) },
      columns: [
        TableColumn("period") { Cell($0.0.period + ($0.0.isRunning ? "*" : "")) },
        TableColumn("to", kind: .word, importance: 0) { Cell($0.0.asOf.description) },
        TableColumn("accounts", kind: .number, importance: 1) { Cell(Human.count($0.0.accounts)) },
        TableColumn("mean", title: names.0, kind: .number) { Cell(mean($0.0.mean, style)) },
        TableColumn("other_mean", title: names.1, kind: .number) { Cell(mean($0.1.mean, style)) },
        TableColumn("difference", kind: .number) { pair in
          Cell(pair.0.mean.flatMap { a in pair.1.mean.map { Human.change($0 - a, decimals: 1, style: style) } } ?? style.absent)
        },
        TableColumn("unknown", kind: .number, importance: 3) { Cell(Human.count($0.0.unknown), .dim) },
        TableColumn("other_unknown", title: "unknown", kind: .number, importance: 2) { Cell(Human.count($0.1.unknown), .dim) },
      ],
      whenEmpty: "No period lies in these days.")
  }

  /// The means of the periods that are over, or of all, and have a mean.
  private func totals(_ rows: [TrendReport.Row], columns: [Table.Column]) -> [[Cell]] {
    let over = rows.filter { (includesRunning || !$0.isRunning) && $0.mean != nil }
    let means = over.compactMap(\.mean)
    guard over.count > 1 else { return [] }
    return [
      columns.map { column in
        switch column.name {
        case "period": Cell("mean")
        case "accounts": Cell(Human.number(over.reduce(0) { $0 + Double($1.accounts) } / Double(over.count)))
        case "mean": Cell(Human.number(means.reduce(0, +) / Double(means.count), decimals: 1))
        default: Cell("")
        }
      }
    ]
  }
}

// For machines.
extension TrendOutput {
  /// One row for each period of each group, and card.
  var records: Records {
    let reports = [report] + (other.map { [$0] } ?? [])
    let rows = reports.flatMap { report in report.rows.map { (report: report, row: $0) } }
    let bands = reports.flatMap(\.bands).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    return Records(
      rows,
      fields: [
        RecordField("card") { $0.report.card }, RecordField("period") { $0.row.period }, RecordField("from") { $0.row.from },
        RecordField("to") { $0.row.to }, RecordField("as_of") { $0.row.asOf }, RecordField("running") { $0.row.isRunning },
        RecordField("group") { $0.row.group }, RecordField("accounts") { $0.row.accounts }, RecordField("unknown") { $0.row.unknown },
        RecordField("mean") { $0.row.mean }, RecordField("change") { $0.row.change }, RecordField("revenue") { $0.row.revenue },
        RecordField("bands", csv: .columns(prefix: "band", keys: bands)) { item in
          JSONValue.object(item.row.bands.map { JSONValue.Member(key: $0.band, value: $0.accounts.json) })
        },
        RecordField("change_share") { $0.row.changeShare }, RecordField("median") { $0.row.median },
        RecordField("revenue_mean") { $0.row.revenueMean }, RecordField("unpriced") { $0.row.unpriced },
        RecordField("band_revenue", csv: .columns(prefix: "band_revenue", keys: bands)) { item in
          JSONValue.object(item.row.bands.map { JSONValue.Member(key: $0.band, value: $0.revenue.json) })
        },
      ] + report.with.indices.map { place in RecordField(report.with[place]) { $0.row.with[place] } })
  }
}
