import Health
import Reports

/// The charts of the page, from the values of its report.
enum PageDrawing {
  /// The least multiple of four, with one digit that counts or two, that is not below a number: so that the lines have whole labels.
  static func ceiling(_ number: Double) -> Double {
    var step = 4.0
    while step * 25 < number { step *= 10 }
    return max(4, (number / step).rounded(.up) * step)
  }

  /// Accounts by band, week by week, one area on the other.
  static func bands(_ trend: TrendReport) -> PageChart {
    let rows = trend.rows
    let bands = (rows.first?.bands ?? []).map { ($0.band, $0.color) } + [(Card.unknownBand, nil)]
    let counts = rows.map { row in row.bands.map(\.accounts) + [row.unknown] }
    let table = PageTable(
      "Accounts by band, week by week", head: "week", columns: ["as of", "accounts", "mean"] + bands.map(\.0),
      rows: zip(rows, counts).map { row, counts in
        (
          row.period + (row.isRunning ? "*" : ""),
          [row.asOf.description, Human.count(row.accounts), number(row.mean)] + counts.map(Human.count)
        )
      })
    let (first, last) = (rows.first?.asOf.description ?? "", rows.last?.asOf.description ?? "")
    var chart = PageChart(
      id: "trend", title: "Accounts by band", description: "Stacked areas from \(first) to \(last); the table below has every figure.",
      table: table)
    let most = ceiling(Double(rows.map(\.accounts).max() ?? 0))
    // The best band at the bottom, where its height can be read.
    let order = Array(bands.indices.dropLast().reversed()) + [bands.count - 1]
    var base = counts.map { _ in 0.0 }
    for place in order {
      let upper = zip(base, counts).map { $0 + Double($1[place]) }
      let there = points(upper, most), back = points(base, most).reversed()
      let color = place == bands.count - 1 ? "c-none" : PageChart.color(bands[place].1, place)
      chart.areas.append(
        PageChart.Shape(
          path: "M" + (there + back).joined(separator: "L") + "Z", color: color, pattern: place % 5,
          label: PageText.clean("\(bands[place].0): \(counts.last?[place] ?? 0)")))
      base = upper
    }
    chart.label(across: rows.map(\.asOf.description))
    chart.label(up: most)
    return chart
  }

  private static func points(_ values: [Double], _ most: Double) -> [String] {
    // One week alone is drawn as wide as the chart.
    let values = values.count == 1 ? values + values : values
    return values.enumerated().map { place, value in
      "\(PageChart.coordinate(PageChart.x(place, of: values.count))) \(PageChart.coordinate(PageChart.y(value, most: most)))"
    }
  }

  /// The score and the dimensions of one account day by day, with what happened as marks on the same axis.
  static func account(_ account: PageAccount, number place: Int) -> PageChart {
    let weekly = account.points.enumerated().filter { (account.points.count - 1 - $0.offset) % 7 == 0 }.map(\.element)
    let table = PageTable(
      "Score and dimensions of \(account.name), every seventh day", head: "day", columns: ["score", "band"] + account.dimensions,
      rows: weekly.map { point in
        (
          point.day.description,
          [point.score.map { String(Card.shown($0)) } ?? "–", point.band ?? "–"] + point.dimensions.map { number($0) }
        )
      })
    var chart = PageChart(
      id: "account-\(place)", title: "Score and dimensions of \(account.name)",
      description: "Lines from 0, bad, to 100, good; a break is a day without a score; marks are the events listed below.", table: table)
    let count = account.points.count
    chart.lines = account.dimensions.enumerated().map { index, name in
      line(account.points.map { $0.dimensions[index] }, color: "c-\(index % 6)", pattern: index % 5 + 1, label: name)
    }
    chart.lines.append(line(account.points.map(\.score), color: "c-score", pattern: 0, label: "score"))
    chart.label(across: account.points.map(\.day.description))
    chart.label(up: 100)
    if let first = account.points.first?.day {
      chart.marks = account.events.compactMap { event in
        Day(String(event.at.prefix(10))).map {
          PageChart.Mark(at: PageChart.coordinate(PageChart.x($0 - first, of: count)), text: PageText.clean("\(event.at) \(event.signal)"))
        }
      }
    }
    return chart
  }

  private static func line(_ values: [Double?], color: String, pattern: Int, label: String) -> PageChart.Shape {
    var (path, isOpen) = ("", false)
    for (place, value) in values.enumerated() {
      if let value {
        let x = PageChart.coordinate(PageChart.x(place, of: values.count)), y = PageChart.coordinate(PageChart.y(value, most: 100))
        path += "\(isOpen ? "L" : "M")\(x) \(y)"
      }
      isOpen = value != nil
    }
    return PageChart.Shape(path: path.isEmpty ? "M0 0" : path, color: color, pattern: pattern, label: PageText.clean(label))
  }

  static func number(_ value: Double?) -> String { value.map { Human.number($0, decimals: 1) } ?? "–" }
}
