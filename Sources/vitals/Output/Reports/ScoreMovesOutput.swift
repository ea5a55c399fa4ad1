import Health
import Reports

extension ScoreMoves {
  private static let most = 20

  /// Whose score moved, or would move, as a part of a report for people.
  func blocks(_ style: Style, isDone: Bool) -> [Block] {
    let (scale, verb) = ("under \(card) as of \(asOf)", isDone ? "moved" : "would move")
    if rows.isEmpty { return [.gap, .paragraph("No score \(verb), \(scale).")] }
    let bands = rows.filter(\.changesBand).count
    let summary = "\(Human.plural(rows.count, "score")) \(verb), \(scale), \(Human.count(bands)) into another band."
    var blocks: [Block] = [.gap, .paragraph(summary), .table(table(rows.prefix(Self.most), style))]
    if rows.count > Self.most { blocks.append(.paragraph("The greatest \(Self.most); --json has them all.")) }
    return blocks
  }

  private func table(_ rows: some Sequence<Row>, _ style: Style) -> Table {
    func end(_ score: Double?, _ band: String?) -> String {
      band.map { "\(Human.score(score.map { Card.shown($0) }, style: style)) \($0)" } ?? "not counted"
    }
    return Table(
      rows,
      columns: [
        TableColumn("account", title: "Account", text: \.account),
        TableColumn("name", title: "Name", importance: 1, text: \.name),
        TableColumn("before", title: "Before") { Cell(end($0.before, $0.bandBefore)) },
        TableColumn("after", title: "After") { Cell(end($0.after, $0.bandAfter)) },
        TableColumn("change", title: "Change", kind: .number) { row in
          Cell(row.change.map { Human.change($0, decimals: 1, style: style) } ?? style.absent)
        },
      ])
  }

  /// The same for machines.
  var json: JSONValue {
    let rows = rows.map { row in
      JSONValue.object([
        "account": row.account, "name": row.name, "before": row.before, "after": row.after, "band_before": row.bandBefore,
        "band_after": row.bandAfter,
      ])
    }
    return .object(["card": card, "as_of": asOf, "accounts": rows])
  }
}
