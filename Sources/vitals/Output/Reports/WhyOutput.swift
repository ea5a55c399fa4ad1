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
    guard let change = report.change else { return blocks + [.paragraph(withoutScore)] }
    let shown = Array(report.parts.prefix(most))
    var table = Table(
      shown,
      columns: [
        TableColumn("part", title: "what changed", importance: 0, least: 30) { Cell($0.phrase(style)) },
        TableColumn("change", kind: .number) { Cell(Human.change($0.amount, decimals: 1, style: style)) },
        TableColumn("imports", isExtra: !isBelief) { Cell(imports($0)) },
        TableColumn("group", isExtra: true) { Cell($0.group ?? "") },
        TableColumn("kind", kind: .word, isExtra: true) { Cell($0.kind.rawValue) },
      ],
      whenEmpty: "Nothing changed.")
    let bands = [report.before, report.after].map { end in end.score.map { "\($0.shown.map(String.init) ?? "") \($0.band)" } ?? "" }
    table.totals = WhyTotals.rows(
      report.parts, shown: shown.count, change: change, between: bands, columns: table.columns.count, style)
    blocks.append(.table(table))
    return blocks
  }

  private func label(_ end: WhyReport.End) -> String {
    guard isBelief else { return end.asOf.description }
    guard let knownBy = end.knownBy else { return "known now" }
    return "\(knownBy == report.after.knownBy ? "known" : "believed") by \(InstantText.machine(knownBy))"
  }

  /// Why nothing can be taken apart; of an account that is not there the state says why.
  private var withoutScore: String {
    let reasons = [report.before, report.after].compactMap { end in
      end.standing.isThere ? end.reason.map { "\(label(end)): \($0)." } : nil
    }
    var sentences = ["Without a score at both ends there is nothing to take apart."] + reasons
    if case .gone(let day) = report.after.standing, !isBelief { sentences.append("It had one until \(day - 1): write --to \(day - 1).") }
    return sentences.joined(separator: " ")
  }

  /// The newest of the imports behind a part, and how many more there are.
  private func imports(_ part: WhyPart) -> String {
    let all = part.imports ?? []
    let more = all.count > 3 ? ["\(Human.count(all.count - 3)) before"] : []
    return (all.suffix(3).map(String.init) + more).joined(separator: ", ")
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
      ] + WhyPart.fields(decimals: 1))
  }

  var json: JSONValue {
    .object([
      "account": report.account, "name": report.name, "card": report.card, "before": report.before.json, "after": report.after.json,
      "change": report.change, "parts": Records(report.parts, fields: WhyPart.fields(decimals: 1)).objects,
    ])
  }
}

extension WhyReport.End {
  /// Why there is no score; nil where there is one.
  fileprivate var reason: String? {
    if score?.score != nil { return nil }
    if standing != .counted { return standing.words }
    return score == nil ? "no card applies to it" : "unknown, since nothing that the card looks at was there"
  }

  fileprivate var json: JSONValue {
    .object([
      "as_of": asOf, "known_by": knownBy.map(InstantText.machine), "standing": standing.word, "card": score?.card, "score": score?.score,
      "reason": reason, "shown": score?.shown, "raw": score?.raw, "band": score?.band, "coverage": score?.coverage,
    ])
  }
}

/// The rows below the parts: the rest of them, and what all come to.
enum WhyTotals {
  /// `between` says what the two ends are called.
  static func rows(
    _ parts: [WhyPart], shown: Int, change: Double, between ends: [String], columns: Int, decimals: Int = 1, _ style: Style
  ) -> [[Cell]] {
    func row(_ words: String, _ amount: Double) -> [Cell] {
      [Cell(words), Cell(Human.change(amount, decimals: decimals, style: style))] + [Cell](repeating: "", count: columns - 2)
    }
    let rest = parts.dropFirst(shown)
    let more =
      rest.isEmpty ? [] : [row("\(Human.plural(rest.count, "smaller part")) (--top N shows more)", rest.reduce(0) { $0 + $1.amount })]
    return more + [row("change: " + ends.joined(separator: style.isASCII ? " -> " : " → "), change)]
  }
}
