import Health
import Reports

extension ScoreReport: Report {
  var title: String {
    let known = knownBy.map { ", known by \(InstantText.machine($0))" } ?? ""
    let only = filter.isEmpty ? "" : " where \(filter)"
    return "\(card) as of \(asOf)\(known): \(Human.plural(accounts, "account"))\(only)"
  }

  func blocks(_ style: Style) -> [Block] {
    var figures = [Cell("mean \(mean.map { Human.number($0, decimals: 1) } ?? style.absent)")]
    if let revenue { figures.append(Cell("   revenue \(Human.money(revenue))")) }
    for band in bands { figures.append(Cell("   \(band.band) \(Human.count(band.accounts))", Ink(colorWord: band.color ?? ""))) }
    figures.append(Cell("   unknown \(Human.count(unknown))", .dim))
    return [.line(figures), .gap, .table(table(style))]
  }

  private func table(_ style: Style) -> Table {
    Table(
      rows,
      columns: [
        TableColumn("account") { Cell($0.account) },
        TableColumn("name", importance: 5) { Cell($0.name) },
        TableColumn("score", kind: .number) { $0.standing.scoreCell(style) },
        TableColumn("band") { Cell($0.standing.band, Ink(colorWord: $0.standing.color ?? "gray")) },
        TableColumn("trend_30d", title: "30 d", kind: .number, importance: 4) { Cell(TrendText.text($0.standing.trend, style: style)) },
        TableColumn("coverage", kind: .number, importance: 3) { Cell(Human.percent($0.standing.coverage)) },
        TableColumn("revenue", kind: .number, importance: 2) { Cell($0.revenue.map(Human.money) ?? style.absent) },
        TableColumn("status", kind: .word, importance: 1) { Cell($0.standing.status ?? "") },
      ] + TableColumn.extras(with, of: rows, style) + left(style) + [
        TableColumn("card", isExtra: true) { Cell($0.standing.card) },
        TableColumn("raw", kind: .number, isExtra: true) { Cell($0.standing.raw.map { Human.number($0, decimals: 1) } ?? style.absent) },
        TableColumn("rules", importance: 0) {
          Cell(($0.standing.rules.map(\.phrase) + $0.standing.overrides.map(\.phrase)).joined(separator: "; "))
        },
      ],
      whenEmpty: "No account fits.")
  }

  var records: Records {
    Records(
      rows,
      fields: [
        RecordField("account") { $0.account },
        RecordField("name") { $0.name },
        RecordField("card") { $0.standing.card },
        RecordField("outcome") { $0.standing.outcome },
        RecordField("as_of") { $0.standing.asOf },
        RecordField("score") { $0.standing.score },
        RecordField("shown") { $0.standing.shown },
        RecordField("raw") { $0.standing.raw },
        RecordField("band") { $0.standing.band },
        RecordField("coverage") { $0.standing.coverage },
        RecordField("known_by") { [knownBy] _ in knownBy.map(InstantText.machine) },
        RecordField("status") { $0.standing.status },
        RecordField("rules") { $0.standing.rules.map(\.json) },
        RecordField("override") { $0.standing.overridesJSON },
        RecordField("groups", csv: .columns(prefix: "groups", keys: groups)) { $0.standing.groupsJSON },
        RecordField("trend_30d") { $0.standing.trend },
        RecordField("revenue") { $0.revenue },
      ] + (isWithGone ? [RecordField("left_on") { $0.leftOn }] : []) + RecordField.extras(with))
  }

  private func left(_ style: Style) -> [TableColumn<Row>] {
    isWithGone ? [TableColumn("left_on", title: "left", kind: .word, importance: 4) { Cell($0.leftOn?.description ?? style.absent) }] : []
  }
}

extension AccountScore {
  /// The shown score in its band's colour; in parentheses where it is only a guess.
  func scoreCell(_ style: Style) -> Cell {
    let text = Human.score(shown, style: style)
    return Cell(isUnknown && shown != nil ? "(\(text))" : text, Ink(colorWord: color ?? "gray"))
  }

  /// Null where nobody decided anything.
  var overridesJSON: JSONValue { overrides.isEmpty ? .null : .array(overrides.map(\.json)) }

  var groupsJSON: JSONValue { .object(groups.map { JSONValue.Member(key: $0.name, value: $0.score.json) }) }
}

extension AccountScore.FiredRule {
  /// For machines.
  var json: JSONValue { .object(["effect": effect, "value": bound.map(\.json) ?? words.json, "reason": reason]) }

  /// For people: `cap 40: An open P1 incident`.
  var phrase: String {
    let what = bound.map(Human.measured) ?? words ?? ""
    return reason.isEmpty ? "\(effect) \(what)" : "\(effect) \(what): \(reason)"
  }
}

extension AccountScore.ActingOverride {
  /// For machines.
  var json: JSONValue {
    .object([
      "id": id, "kind": kind.rawValue, "value": value, "from": from, "until": until, "author": author, "note": note,
    ])
  }

  /// For people: `override cap 40 by dana until 2026-05-01: …`.
  var phrase: String {
    let by = author.map { " by \($0)" } ?? ""
    return "override \(kind.rawValue) \(Human.measured(value))\(by) until \(until)" + (note.map { ": \($0)" } ?? "")
  }
}

/// A change over the trend's span.
enum TrendText {
  /// `▼ −12`, `▬ +2`, or the mark of absence.
  static func text(_ change: Double?, style: Style) -> String {
    guard let change else { return style.absent }
    return "\(arrow(change, style: style)) \(Human.change(change, style: style))"
  }

  private static func arrow(_ change: Double, style: Style) -> String {
    if abs(change) <= AccountScore.flat + 1e-9 { return style.flat }
    return change > 0 ? style.up : style.down
  }
}
