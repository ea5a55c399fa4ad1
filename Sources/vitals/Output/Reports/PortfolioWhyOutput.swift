import Health
import Reports

/// Why the mean of a portfolio changed, for people and machines.
struct PortfolioWhyOutput: Report {
  let report: PortfolioWhyReport
  /// How many parts of each group people are shown.
  let most: Int

  var title: String {
    let known = report.knownBy.map { ", known by \(InstantText.machine($0))" } ?? ""
    let only = report.filter.isEmpty ? "" : " where \(report.filter)"
    let by = report.by.map { ", by \($0)" } ?? ""
    return "\(report.card) from \(report.days.lowerBound) to \(report.days.upperBound)\(known)\(only)\(by)"
  }

  func blocks(_ style: Style) -> [Block] {
    if report.groups.isEmpty { return [.paragraph("No account fits.")] }
    return Array(report.groups.map { blocks($0, style) }.joined(separator: [.gap]))
  }

  private func blocks(_ group: PortfolioWhyReport.Group, _ style: Style) -> [Block] {
    let heading: [Block] = group.name.map { [.heading("\(report.by ?? "") \($0.isEmpty ? style.absent : $0)")] } ?? []
    let ends: [Block] = [(report.days.lowerBound, group.before), (report.days.upperBound, group.after)].map { day, end in
      let unknown = end.unknown > 0 ? ", \(Human.count(end.unknown)) of them unknown" : ""
      let mean = end.mean.map { Human.number($0, decimals: 1) } ?? style.absent
      return .line([Cell("\(day)  mean \(mean)"), Cell("  \(Human.plural(end.accounts, "account"))\(unknown)", .dim)])
    }
    guard let change = group.change else {
      return heading + ends + [.gap, .paragraph("Without a mean at both ends there is nothing to take apart.")]
    }
    let shown = Array(group.parts.prefix(most))
    var table = Table(
      shown,
      columns: [
        TableColumn("part", title: "what changed", importance: 0, least: 30) { Cell($0.phrase(style)) },
        TableColumn("change", kind: .number) { Cell(Human.change($0.amount, decimals: 2, style: style)) },
        TableColumn("accounts", kind: .number, importance: 1) { Cell(Human.count($0.accounts)) },
        TableColumn("kind", kind: .word, isExtra: true) { Cell($0.kind.rawValue) },
      ],
      whenEmpty: "Nothing changed.")
    let means = [group.before, group.after].map { end in end.mean.map { Human.number($0, decimals: 1) } ?? style.absent }
    table.totals = WhyTotals.rows(
      group.parts, shown: shown.count, change: change, between: means, columns: table.columns.count, decimals: 2, style)
    return heading + ends + [.gap, .table(table)]
  }

  // MARK: For machines

  /// One row for each part of each group.
  var records: Records {
    let fields: [RecordField<(group: PortfolioWhyReport.Group, part: WhyPart)>] =
      [
        RecordField("by_value") { $0.group.name }, RecordField("from") { [report] _ in report.days.lowerBound },
        RecordField("to") { [report] _ in report.days.upperBound },
      ] + WhyPart.fields(decimals: 2).map { field in RecordField(field.field.name) { field.value($0.part) } }
    return Records(report.groups.flatMap { group in group.parts.map { (group: group, part: $0) } }, fields: fields)
  }

  var json: JSONValue {
    .object([
      "card": report.card, "from": report.days.lowerBound, "to": report.days.upperBound,
      "known_by": report.knownBy.map(InstantText.machine), "where": report.filter, "by": report.by,
      "groups": report.groups.map { group in
        JSONValue.object([
          "value": group.name, "before": group.before.json, "after": group.after.json, "change": group.change,
          "parts": Records(group.parts, fields: WhyPart.fields(decimals: 2)).objects,
        ])
      },
    ])
  }
}

extension PortfolioWhyReport.End {
  fileprivate var json: JSONValue { .object(["accounts": accounts, "unknown": unknown, "mean": mean]) }
}
