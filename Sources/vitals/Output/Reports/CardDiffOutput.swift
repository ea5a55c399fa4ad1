import Health
import Reports

/// What another card would say, for people and machines.
struct CardDiffOutput: Report {
  let report: CardDiffReport
  /// How many of the biggest movers people are shown.
  let most: Int

  var title: String {
    let known = report.knownBy.map { ", known by \(InstantText.machine($0))" } ?? ""
    let only = report.filter.isEmpty ? "" : " where \(report.filter)"
    let accounts = Human.plural(report.accounts, "account")
    return "\(oldName) against \(newName) as of \(report.asOf)\(known): \(accounts)\(only)"
  }

  private var oldName: String { report.old.card == report.new.card ? "\(report.old.card) \(report.old.hash)" : report.old.card }
  private var newName: String { report.old.card == report.new.card ? "\(report.new.card) \(report.new.hash)" : report.new.card }

  var notes: [String] {
    report.moves.count > most ? ["\(Human.count(report.moves.count - most)) more move less; --top N or --json shows them."] : []
  }

  func blocks(_ style: Style) -> [Block] {
    var blocks: [Block] = [.paragraph(summary(style)), .gap, .table(bands(style))]
    if !report.passages.isEmpty { blocks += [.gap, .heading("From band to band"), .table(passages(style))] }
    return blocks + [.gap, .heading("Biggest movers"), .table(movers(style))]
  }

  private func summary(_ style: Style) -> String {
    let moved = report.revenue.flatMap { all in
      report.revenueMoved.map { ", with \(Human.money($0)) of \(Human.money(all)) revenue" }
    }
    let mean = [report.old.mean, report.new.mean].map { $0.map { Human.number($0, decimals: 1) } ?? style.absent }
    let changing = "\(Human.plural(report.changingBand, "account")) \(report.changingBand == 1 ? "changes" : "change") band"
    return "\(changing)\(moved ?? ""). The mean goes from \(mean[0]) to \(mean[1])."
  }

  private func bands(_ style: Style) -> Table {
    func count(_ number: Int?) -> String { number.map(Human.count) ?? style.absent }
    func money(_ amount: Double?) -> String { amount.map(Human.money) ?? style.absent }
    return Table(
      report.bands,
      columns: [
        TableColumn("band") { Cell($0.band, $0.color.map { Ink(colorWord: $0) } ?? .dim) },
        TableColumn("before", kind: .number) { Cell(count($0.before)) },
        TableColumn("after", kind: .number) { Cell(count($0.after)) },
        TableColumn("revenue_before", title: "revenue before", kind: .number, importance: 0) { Cell(money($0.revenueBefore)) },
        TableColumn("revenue_after", title: "revenue after", kind: .number, importance: 1) { Cell(money($0.revenueAfter)) },
      ])
  }

  private func passages(_ style: Style) -> Table {
    Table(
      report.passages,
      columns: [
        TableColumn("from", text: \.from), TableColumn("to", text: \.to),
        TableColumn("accounts", kind: .number) { Cell(Human.count($0.accounts)) },
        TableColumn("revenue", kind: .number, importance: 0) { Cell($0.revenue.map(Human.money) ?? style.absent) },
      ])
  }

  private func movers(_ style: Style) -> Table {
    func end(_ score: Double?, _ band: String) -> String { "\(Human.score(score.map(Card.shown), style: style)) \(band)" }
    return Table(
      report.moves.prefix(most),
      columns: [
        TableColumn("account", text: \.account),
        TableColumn("name", importance: 0, text: \.name),
        TableColumn("before") { Cell(end($0.before, $0.bandBefore)) },
        TableColumn("after") { Cell(end($0.after, $0.bandAfter)) },
        TableColumn("change", kind: .number) { Cell($0.change.map { Human.change($0, decimals: 1, style: style) } ?? style.absent) },
        TableColumn("revenue", kind: .number, importance: 1) { Cell($0.revenue.map(Human.money) ?? style.absent) },
        TableColumn("reason", importance: 2, least: 16) { Cell($0.parts.prefix(2).map { $0.phrase(style) }.joined(separator: "; ")) },
      ],
      whenEmpty: "No score moves.")
  }
}

extension CardDifference.Part {
  /// `product.logins change 90d −7.2 (weight 12 % to 6 %)`
  fileprivate func phrase(_ style: Style) -> String {
    let amount = Human.change(change, decimals: 1, style: style)
    guard let signal, let measure else { return "rules \(amount)" }
    return "\(signal) \(measure) \(amount) (\(why))"
  }

  /// What the cards do differently with it.
  private var why: String {
    guard let weightBefore else { return "new" }
    guard let weightAfter else { return "left out" }
    func points(_ points: Double?) -> String { points.map { Human.number($0) } ?? "none" }
    var words: [String] = []
    if abs(weightAfter - weightBefore) > 0.0005 {
      words.append("weight \(Human.percent(weightBefore, decimals: 1)) to \(Human.percent(weightAfter, decimals: 1))")
    }
    if pointsBefore != pointsAfter { words.append("points \(points(pointsBefore)) to \(points(pointsAfter))") }
    return words.isEmpty ? "the same" : words.joined(separator: ", ")
  }
}

// For machines.
extension CardDiffOutput {
  /// One row for each account that moves.
  var records: Records {
    Records(
      report.moves,
      fields: [
        RecordField("old") { [report] _ in report.old.card },
        RecordField("new") { [report] _ in report.new.card },
        RecordField("as_of") { [report] _ in report.asOf },
      ] + Self.moveFields)
  }

  private static var moveFields: [RecordField<CardDiffReport.Move>] {
    [
      RecordField("account", \.account), RecordField("name", \.name), RecordField("revenue", \.revenue),
      RecordField("before", \.before), RecordField("after", \.after), RecordField("change", \.change),
      RecordField("band_before", \.bandBefore), RecordField("band_after", \.bandAfter),
      RecordField("parts") { $0.parts.map(\.json) },
    ]
  }

  var json: JSONValue {
    .object([
      "old": report.old.json,
      "new": report.new.json,
      "as_of": report.asOf,
      "known_by": report.knownBy.map(InstantText.machine),
      "accounts": report.accounts,
      "revenue": report.revenue,
      "changing_band": report.changingBand,
      "revenue_moved": report.revenueMoved,
      "bands": report.bands.map { band in
        JSONValue.object([
          "band": band.band, "color": band.color, "before": band.before, "after": band.after, "revenue_before": band.revenueBefore,
          "revenue_after": band.revenueAfter,
        ])
      },
      "passages": report.passages.map { passage in
        JSONValue.object(["from": passage.from, "to": passage.to, "accounts": passage.accounts, "revenue": passage.revenue])
      },
      "moves": Records(report.moves, fields: Self.moveFields).objects,
    ])
  }
}

extension CardDiffReport.Side {
  fileprivate var json: JSONValue { .object(["card": card, "hash": hash, "unknown": unknown, "mean": mean]) }
}

extension CardDifference.Part {
  fileprivate var json: JSONValue {
    .object([
      "group": group, "signal": signal, "measure": measure, "change": change, "weight_before": weightBefore, "weight_after": weightAfter,
      "points_before": pointsBefore, "points_after": pointsAfter,
    ])
  }
}
