import Health
import Reports

/// Why an account's score changed, for people and machines.
struct WhyOutput: Report {
  let report: WhyReport
  /// How many parts people are shown.
  let most: Int

  private var isBelief: Bool { report.before.asOf == report.after.asOf && report.before.knownBy != report.after.knownBy }

  var title: String {
    let name = report.name == report.account ? report.account : "\(report.name) (\(report.account))"
    let known = report.after.knownBy.map { ", known by \(InstantText.machine($0))" } ?? ""
    let days = isBelief ? "on \(report.after.asOf)" : "from \(report.before.asOf) to \(report.after.asOf)"
    return "\(name) \(days)\(known) under \(report.card ?? "no card")"
  }

  func blocks(_ style: Style) -> [Block] {
    let ends = [report.before, report.after].map { end in
      [Cell("\(label(end))  "), end.score.map { $0.scoreCell(style) } ?? Cell(style.absent)] + words(end)
    }
    var blocks: [Block] = ends.map { .line($0) } + [.gap]
    guard let change = report.change else { return blocks + [.paragraph("Without a score at both ends there is nothing to take apart.")] }
    let shown = Array(report.parts.prefix(most))
    var table = Table(
      shown,
      columns: [
        TableColumn("part", title: "what changed", importance: 0, least: 30) { Cell($0.phrase(style)) },
        TableColumn("change", kind: .number) { Cell(Human.change($0.amount, decimals: 1, style: style)) },
        TableColumn("imports", isExtra: !isBelief) { Cell(($0.imports ?? []).map(String.init).joined(separator: ", ")) },
        TableColumn("group", isExtra: true) { Cell($0.group ?? "") },
        TableColumn("kind", kind: .word, isExtra: true) { Cell($0.kind.rawValue) },
      ],
      whenEmpty: "Nothing changed.")
    table.totals = WhyTotals.rows(report.parts, shown: shown.count, change: change, columns: table.columns.count, style)
    blocks.append(.table(table))
    return blocks
  }

  private func label(_ end: WhyReport.End) -> String {
    guard isBelief else { return end.asOf.description }
    return end.knownBy == report.after.knownBy ? "known now" : "believed by \(end.knownBy.map(InstantText.machine) ?? "")"
  }

  private func words(_ end: WhyReport.End) -> [Cell] {
    var cells: [Cell] = []
    if let score = end.score {
      let coverage = "coverage \(Human.percent(score.coverage))"
      let card = score.card == report.card ? "" : ", \(score.card)"
      cells.append(Cell("  \(score.band)", Ink(colorWord: score.color ?? "gray")))
      cells.append(Cell("  \(coverage)\(card)", .dim))
    }
    if end.standing != .counted { cells.append(Cell("  \(end.standing.words)", .dim)) }
    return cells
  }

  // MARK: For machines

  /// One row for each part.
  var records: Records {
    Records(
      report.parts,
      fields: [
        RecordField("account") { [report] _ in report.account }, RecordField("card") { [report] _ in report.card },
        RecordField("from") { [report] _ in report.before.asOf }, RecordField("to") { [report] _ in report.after.asOf },
      ] + WhyPart.fields)
  }

  var json: JSONValue {
    .object([
      "account": report.account, "name": report.name, "card": report.card, "before": report.before.json, "after": report.after.json,
      "change": report.change, "parts": Records(report.parts, fields: WhyPart.fields).objects,
    ])
  }
}

extension WhyReport.End {
  fileprivate var json: JSONValue {
    .object([
      "as_of": asOf, "known_by": knownBy.map(InstantText.machine), "standing": standing.word, "card": score?.card, "score": score?.score,
      "shown": score?.shown, "raw": score?.raw, "band": score?.band, "coverage": score?.coverage,
    ])
  }
}

/// The rows below the parts: the rest of them, and what all come to.
enum WhyTotals {
  static func rows(_ parts: [WhyPart], shown: Int, change: Double, columns: Int, decimals: Int = 1, _ style: Style) -> [[Cell]] {
    func row(_ words: String, _ amount: Double) -> [Cell] {
      [Cell(words), Cell(Human.change(amount, decimals: decimals, style: style))] + [Cell](repeating: "", count: columns - 2)
    }
    let rest = parts.dropFirst(shown)
    let more =
      rest.isEmpty ? [] : [row("\(Human.plural(rest.count, "smaller part")) (--top N shows more)", rest.reduce(0) { $0 + $1.amount })]
    return more + [row("change", change)]
  }
}
