import Health
import Reports

/// The section on whether the score foresaw an outcome.
struct PageJudging {
  let title: String
  let verdict: String
  let figures: String
  let charts: [PageChart]
  let bands: PageTable
  let floors: PageTable?

  init(_ judged: BacktestReport) {
    let output = BacktestOutput(report: judged)
    title = PageText.clean("Did the score foresee \(judged.outcome)?")
    verdict = PageText.clean(output.verdict(Style()))
    figures = PageText.clean(output.title + ". " + output.figures(Style()))
    charts = judged.calibration.isEmpty ? [] : [Self.lift(judged), Self.calibration(judged), Self.scores(judged)]
    bands = Self.bands(judged)
    floors = judged.floors.isEmpty ? nil : Self.floors(output)
  }

  private static func percent(_ share: Double?) -> String { share.map { "\(Human.number($0 * 100, decimals: 1)) %" } ?? "–" }

  /// The rate of each tenth, the lowest risk first, with that of all.
  private static func lift(_ judged: BacktestReport) -> PageChart {
    let bins = judged.calibration
    let base = judged.overall.baseRate ?? 0
    let table = PageTable(
      "\(judged.outcome) by tenths of \(judged.isBad ? "risk" : "the score"), the lowest first", head: "tenth",
      columns: ["observations", "events", "rate", "× base"],
      rows: bins.enumerated().map { place, bin in
        let lift = base > 0 ? Human.number(bin.observed / base, decimals: 1) : "–"
        return ("\(place + 1)", [Human.count(bin.observations), Human.count(bin.events), percent(bin.observed), lift])
      })
    var chart = PageChart(
      id: "lift", title: "Rate of \(judged.outcome) by tenths of \(judged.isBad ? "risk" : "the score")",
      description: "One bar for each tenth of the observations, the lowest first, in percent.", table: table)
    let most = PageDrawing.ceiling(100 * (bins.map(\.observed).max() ?? 0))
    chart.areas = [bars(bins.map { $0.observed * 100 }, most, color: "c-0", pattern: 0, label: "rate in percent")]
    chart.lines = [level(base * 100, most, label: "all: \(percent(base))")]
    chart.across = bins.indices.map { place in
      PageChart.Tick(at: PageChart.coordinate(middle(place, of: bins.count)), text: "\(place + 1)")
    }
    chart.label(up: most)
    return chart
  }

  /// The observed rate over the mean risk of each tenth.
  private static func calibration(_ judged: BacktestReport) -> PageChart {
    let bins = judged.calibration
    let table = PageTable(
      "What scores came to", head: "mean risk", columns: ["mean score", "observations", "rate"],
      rows: bins.map { bin in
        let risk = bin.predicted * 100
        return (
          Human.number(risk, decimals: 1),
          [Human.number(judged.isBad ? 100 - risk : risk, decimals: 1), Human.count(bin.observations), percent(bin.observed)]
        )
      })
    var chart = PageChart(
      id: "calibration", title: "Rate of \(judged.outcome) by risk", description: "Risk from 0 to 100 across, the rate in percent up.",
      table: table)
    let most = PageDrawing.ceiling(100 * (bins.map(\.observed).max() ?? 0))
    let points = bins.map { bin in
      let x = PageChart.left + (PageChart.right - PageChart.left) * min(1, max(0, bin.predicted))
      return "\(PageChart.coordinate(x)) \(PageChart.coordinate(PageChart.y(bin.observed * 100, most: most)))"
    }
    chart.lines = [
      PageChart.Shape(path: "M" + points.joined(separator: "L"), color: "c-score", pattern: 0, label: "rate in percent"),
      level((judged.overall.baseRate ?? 0) * 100, most, label: "all: \(percent(judged.overall.baseRate))"),
    ]
    chart.across = [0, 25, 50, 75, 100].map { risk in
      let x = PageChart.left + (PageChart.right - PageChart.left) * Double(risk) / 100
      return PageChart.Tick(
        at: PageChart.coordinate(x), text: "risk \(risk)", anchor: risk == 0 ? "start" : risk == 100 ? "end" : "middle")
    }
    chart.label(up: most)
    return chart
  }

  /// How scores were spread where the outcome followed, and where it did not.
  private static func scores(_ judged: BacktestReport) -> PageChart {
    let bins = judged.scores
    let with = Double(max(1, bins.reduce(0) { $0 + $1.with }))
    let without = Double(max(1, bins.reduce(0) { $0 + $1.without }))
    let shares = bins.map { (100 * Double($0.with) / with, 100 * Double($0.without) / without) }
    let table = PageTable(
      "Scores within \(judged.horizon) days before, and of all others", head: "score", columns: ["before \(judged.outcome)", "others"],
      rows: bins.map { ("\($0.from) to \($0.from + 10)", [Human.count($0.with), Human.count($0.without)]) })
    var chart = PageChart(
      id: "scores", title: "Scores before \(judged.outcome)",
      description: "Shares in percent of the observations by score: those that the outcome followed, and the others.", table: table)
    let most = PageDrawing.ceiling(shares.map { max($0.0, $0.1) }.max() ?? 0)
    chart.areas = [
      bars(shares.map(\.1), most, color: "c-0", pattern: 2, label: "others, in percent", from: 0.1, to: 0.5),
      bars(shares.map(\.0), most, color: "c-5", pattern: 0, label: "before \(judged.outcome), in percent", from: 0.5, to: 0.9),
    ]
    chart.across = bins.indices.map { place in
      PageChart.Tick(at: PageChart.coordinate(middle(place, of: bins.count)), text: "\(bins[place].from)–")
    }
    chart.label(up: most)
    return chart
  }

  private static func bands(_ judged: BacktestReport) -> PageTable {
    PageTable(
      "\(judged.outcome) by band", head: "band", columns: ["observations", "events", "rate", "× base", "amount"],
      rows: judged.bands.map { band in
        (
          band.band,
          [
            Human.count(band.observations), Human.count(band.events), percent(band.rate),
            band.lift.map { Human.number($0, decimals: 1) } ?? "–", band.amount.map(Human.money) ?? "–",
          ]
        )
      })
  }

  private static func floors(_ output: BacktestOutput) -> PageTable {
    let table = output.floors(Style())
    return PageTable(
      "What a useful card keeps", head: "floor", columns: ["is", "should be", ""],
      rows: table.rows.map { cells in (cells[0].text, cells.dropFirst().map(\.text)) })
  }

  // MARK: Shapes

  private static func edge(_ place: Double, of count: Int) -> Double {
    PageChart.left + (PageChart.right - PageChart.left) * place / Double(max(1, count))
  }

  private static func middle(_ place: Int, of count: Int) -> Double { edge(Double(place) + 0.5, of: count) }

  /// Bars from 0, each between two shares of its place.
  private static func bars(
    _ values: [Double], _ most: Double, color: String, pattern: Int, label: String, from: Double = 0.15, to: Double = 0.85
  ) -> PageChart.Shape {
    let path = values.enumerated().map { place, value -> String in
      let (a, b) = (edge(Double(place) + from, of: values.count), edge(Double(place) + to, of: values.count))
      let top = PageChart.coordinate(PageChart.y(value, most: most))
      return "M\(PageChart.coordinate(a)) \(PageChart.coordinate(PageChart.bottom))V\(top)H\(PageChart.coordinate(b))V"
        + "\(PageChart.coordinate(PageChart.bottom))Z"
    }
    return PageChart.Shape(path: path.joined(), color: color, pattern: pattern, label: PageText.clean(label))
  }

  private static func level(_ value: Double, _ most: Double, label: String) -> PageChart.Shape {
    let y = PageChart.coordinate(PageChart.y(value, most: most))
    return PageChart.Shape(
      path: "M\(PageChart.coordinate(PageChart.left)) \(y)H\(PageChart.coordinate(PageChart.right))", color: "c-1", pattern: 4,
      label: PageText.clean(label))
  }
}
