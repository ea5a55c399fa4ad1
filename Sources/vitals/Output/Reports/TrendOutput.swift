import Health
import Reports

extension TrendReport: Report {
  var title: String {
    let known = knownBy.map { ", known by \(InstantText.machine($0))" } ?? ""
    let only = filter.isEmpty ? "" : " where \(filter)"
    return "\(card) \(period.rawValue) from \(days.lowerBound) to \(days.upperBound)\(known)\(only)\(by.map { ", by \($0)" } ?? "")"
  }

  var notes: [String] {
    rows.contains(where: \.isRunning) ? ["* still running: as of \(days.upperBound), and left out of the means below the table"] : []
  }

  func blocks(_ style: Style) -> [Block] {
    groups.flatMap { group, rows -> [Block] in
      let heading: [Block] = group.map { [.heading("\(by ?? "") \($0.isEmpty ? style.absent : $0)")] } ?? []
      // Between its own least and greatest: the mean of a portfolio hardly ever moves far on the scale of one score.
      let line = Sparkline.draw(rows.map(\.mean), style: style) + span(rows)
      return heading + [.table(table(rows, style)), .gap, .line([Cell("mean  "), Cell(line)])] + (group == nil ? [] : [.gap])
    }
  }

  /// Between which means a chart is drawn.
  private func span(_ rows: [Row]) -> String {
    let means = rows.compactMap(\.mean)
    guard let least = means.min(), let greatest = means.max() else { return "" }
    return "  \(Human.number(least, decimals: 1)) to \(Human.number(greatest, decimals: 1))"
  }

  /// The rows of each group, in order.
  private var groups: [(group: String?, rows: [Row])] {
    var result: [(group: String?, rows: [Row])] = []
    for row in rows {
      if let last = result.last, last.group == row.group {
        result[result.count - 1].rows.append(row)
      } else {
        result.append((row.group, [row]))
      }
    }
    return result
  }

  private func table(_ rows: [Row], _ style: Style) -> Table {
    var columns: [TableColumn<Row>] = [
      TableColumn("period") { Cell($0.period + ($0.isRunning ? "*" : "")) },
      TableColumn("to", kind: .word, importance: 0) { Cell($0.asOf.description) },
      TableColumn("accounts", kind: .number, importance: 3) { Cell(Human.count($0.accounts)) },
      TableColumn("mean", kind: .number) { Cell($0.mean.map { Human.number($0, decimals: 1) } ?? style.absent) },
      TableColumn("change", title: style.isASCII ? "+/-" : "Δ", kind: .number, importance: 2) {
        Cell($0.change.map { Human.change($0, decimals: 1, style: style) } ?? "")
      },
      TableColumn("revenue", kind: .number, importance: 1) { Cell($0.revenue.map(Human.money) ?? style.absent) },
    ]
    for (place, band) in (rows.first?.bands ?? []).enumerated() {
      columns.append(
        TableColumn("band.\(band.band)", title: band.band, kind: .number) {
          Cell(Human.count($0.bands[place].accounts), Ink(colorWord: band.color ?? ""))
        })
    }
    columns.append(TableColumn("unknown", kind: .number, importance: 4) { Cell(Human.count($0.unknown), .dim) })
    var table = Table(rows, columns: columns, whenEmpty: "No period lies in these days.")
    table.totals = totals(rows, columns: table.columns, style)
    return table
  }

  /// The means of the periods that are over and have a mean.
  private func totals(_ rows: [Row], columns: [Table.Column], _ style: Style) -> [[Cell]] {
    let over = rows.filter { !$0.isRunning && $0.mean != nil }
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

  var records: Records {
    Records(
      rows,
      fields: [
        RecordField("card") { [card] _ in card },
        RecordField("period") { $0.period },
        RecordField("from") { $0.from },
        RecordField("to") { $0.to },
        RecordField("as_of") { $0.asOf },
        RecordField("running") { $0.isRunning },
        RecordField("group") { $0.group },
        RecordField("accounts") { $0.accounts },
        RecordField("unknown") { $0.unknown },
        RecordField("mean") { $0.mean },
        RecordField("change") { $0.change },
        RecordField("revenue") { $0.revenue },
        RecordField("bands", csv: .columns(prefix: "band", keys: bands)) { row in
          JSONValue.object(row.bands.map { JSONValue.Member(key: $0.band, value: $0.accounts.json) })
        },
      ])
  }
}
