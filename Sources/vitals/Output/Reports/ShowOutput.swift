import Health
import Reports

extension ShowReport: Report {
  var title: String {
    let known = knownBy.map { ", known by \(InstantText.machine($0))" } ?? ""
    return "\(name)\(name == account ? "" : " (\(account))") as of \(asOf)\(known)"
  }

  func blocks(_ style: Style) -> [Block] {
    var blocks: [Block] = []
    if let words = standingWords { blocks += [.paragraph(words), .gap] }
    blocks += facts(style)
    for score in scores { blocks += [.gap] + score.blocks(style) }
    if !notes.isEmpty {
      blocks += [.gap, .heading("Notes")]
      blocks += notes.map { .paragraph($0.phrase) }
    }
    return blocks
  }

  private var standingWords: String? {
    switch standing {
    case .counted: nil
    case .gone(let day): "Left on \(day). The scores are those of the day before, \(scoredOn)."
    case .excluded: "Excluded from the portfolio by vitals.yaml; the scores are not counted."
    case .notStarted(let day?): "Not a customer yet: starts on \(day). The scores are not counted."
    case .notStarted(nil): "Nothing tells when it began: no start, no reading, no event. It is not counted."
    }
  }

  private func facts(_ style: Style) -> [Block] {
    var lines: [Block] = []
    if !attributes.isEmpty {
      lines.append(.paragraph(attributes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: " · ")))
    }
    var pieces: [String] = []
    if let revenue { pieces.append("revenue \(Human.money(revenue))") }
    if let renewalOn {
      let days = renewalOn - asOf
      pieces.append("renewal on \(renewalOn) (\(days >= 0 ? "in \(Human.plural(days, "day"))" : "\(Human.plural(-days, "day")) ago"))")
    }
    if !aliases.isEmpty { pieces.append("also known as \(aliases.joined(separator: ", "))") }
    if !pieces.isEmpty { lines.append(.paragraph(pieces.joined(separator: " · "))) }
    return lines
  }
}

extension ShowReport.Score {
  func blocks(_ style: Style) -> [Block] {
    let ink = Ink(colorWord: standing.color ?? "gray")
    let outcome = standing.outcome.map { " (\($0))" } ?? ""
    let trend = standing.trend == nil ? "" : " \(TrendText.text(standing.trend, style: style)) / \(AccountScore.trendSpan) d"
    var blocks: [Block] = [
      .heading("\(standing.card)\(outcome)\(title.isEmpty ? "" : ": \(title)")"),
      .line([
        Cell("score "), standing.scoreCell(style), Cell("  "), Cell(standing.band, ink), Cell("\(trend)  "),
        Cell(Sparkline.draw(course, within: 0...100, style: style)), Cell("  coverage \(Human.percent(standing.coverage))"),
      ]),
    ]
    for rule in standing.rules { blocks.append(.paragraph("rule: \(rule.phrase)")) }
    for override in standing.overrides { blocks.append(.paragraph("\(override.phrase) (\(override.id))")) }
    if !standing.rules.isEmpty || !standing.overrides.isEmpty, let raw = standing.raw {
      blocks.append(.paragraph("before \(standing.overrides.isEmpty ? "rules" : "rules and overrides"): \(Human.number(raw, decimals: 1))"))
    }
    blocks += highlights.map { .paragraph($0) }
    if let play { blocks.append(.paragraph("play: \(play)")) }
    return blocks + [.gap, .table(table(style))]
  }

  /// What helps most, what hurts most, and what cannot be relied on.
  private var highlights: [String] {
    func named(_ items: [Contribution]) -> String { items.map { "\($0.signal) \($0.measure)" }.joined(separator: ", ") }
    // Points that a card gives for want of data say nothing about the account.
    let told = contributions.filter(\.isTold)
    let helping = told.filter { $0.lift > 0 }.sorted { $0.lift > $1.lift }.prefix(3)
    let hurting = told.filter { $0.lift < 0 }.sorted { $0.lift < $1.lift }.prefix(3)
    var lines: [String] = []
    if !helping.isEmpty { lines.append("helps: \(named(Array(helping)))") }
    if !hurting.isEmpty { lines.append("hurts: \(named(Array(hurting)))") }
    return lines + (notFresh.map { [$0] } ?? [])
  }

  /// How many inputs are not fresh and in what way, and the first few of them.
  private var notFresh: String? {
    let most = 3
    let lacking = contributions.filter { $0.state != .fresh }
    guard !lacking.isEmpty else { return nil }
    let first = lacking.prefix(most).map { "\($0.signal) \($0.measure) (\($0.state.rawValue))" }.joined(separator: ", ")
    guard lacking.count > most else { return "not fresh: \(first)" }
    let counts = Contribution.State.allCases.compactMap { state -> String? in
      let count = lacking.filter { $0.state == state }.count
      return count > 0 ? "\(count) \(state.rawValue)" : nil
    }
    return "not fresh: \(lacking.count) of \(contributions.count) inputs (\(counts.joined(separator: ", "))): \(first), …"
  }

  private func table(_ style: Style) -> Table {
    Table(
      contributions,
      columns: [
        TableColumn("group", importance: 1) { Cell($0.group) },
        TableColumn("signal", importance: 5, least: 20) { Cell($0.signal) },
        TableColumn("measure", importance: 4) { Cell($0.measure) },
        TableColumn("measured", kind: .number, importance: 3) { Cell($0.measuredText ?? $0.measured.map(Human.measured) ?? style.absent) },
        TableColumn("points", kind: .number) { Cell($0.points.map { Human.number($0) } ?? style.absent) },
        TableColumn("weight", kind: .number, importance: 2) { Cell(Human.percent($0.weight, decimals: 1)) },
        TableColumn("contribution", title: "adds", kind: .number) { Cell(Human.number($0.contribution, decimals: 1)) },
        TableColumn("age_days", title: "age", kind: .number, importance: 0) { Cell($0.ageDays.map { "\($0) d" } ?? style.absent) },
        TableColumn("state") { Cell($0.state.rawValue, $0.state == .fresh ? .plain : .dim) },
        TableColumn("why", isExtra: true) { Cell($0.why) },
      ])
  }
}

extension ShowReport.Note {
  fileprivate var phrase: String {
    let who = author.map { " \($0)" } ?? ""
    let rating = value.map { " \(Human.measured($0))" } ?? ""
    let reason = reason.map { " [\($0)]" } ?? ""
    return "\(at)\(who), \(signal)\(rating)\(reason)\(text.isEmpty ? "" : ": \(text)")\(isLater ? " (not yet in the score)" : "")"
  }
}

// For machines.
extension ShowReport {
  var records: Records {
    let rows = scores.flatMap { score in score.contributions.map { (score.standing, $0) } }
    return Records(
      rows,
      fields: [
        RecordField("account") { [account] _ in account },
        RecordField("name") { [name] _ in name },
        RecordField("as_of") { [asOf] _ in asOf },
        RecordField("card") { $0.0.card },
        RecordField("outcome") { $0.0.outcome },
        RecordField("scored_on") { $0.0.asOf },
        RecordField("score") { $0.0.score },
        RecordField("band") { $0.0.band },
      ]
        + ShowReport.contributionFields.map { field in
          RecordField(field.field.name) { field.value($0.1) }
        })
  }

  private static var contributionFields: [RecordField<Contribution>] {
    [
      RecordField("group") { $0.group },
      RecordField("signal") { $0.signal },
      RecordField("measure") { $0.measure },
      RecordField("measured") { $0.measuredText?.json ?? $0.measured.json },
      RecordField("points") { $0.points },
      RecordField("weight") { $0.weight },
      RecordField("contribution") { $0.contribution },
      RecordField("age_days") { $0.ageDays },
      RecordField("state") { $0.state.rawValue },
      RecordField("why") { $0.why },
    ]
  }

  var json: JSONValue {
    .object([
      "account": account,
      "name": name,
      "as_of": asOf,
      "known_by": knownBy.map(InstantText.machine),
      "standing": standingWord,
      "standing_since": standingDay,
      "scored_on": scoredOn,
      "aliases": aliases,
      "attributes": JSONValue.object(attributes.sorted { $0.key < $1.key }.map { JSONValue.Member(key: $0.key, value: $0.value.json) }),
      "renewal_on": renewalOn,
      "revenue": revenue,
      "notes": notes.map(\.json),
      "scores": scores.map { $0.json(Records($0.contributions, fields: ShowReport.contributionFields)) },
    ])
  }

  private var standingWord: String {
    switch standing {
    case .counted: "counted"
    case .gone: "gone"
    case .excluded: "excluded"
    case .notStarted: "not-started"
    }
  }

  private var standingDay: Day? {
    switch standing {
    case .gone(let day): day
    case .notStarted(let day): day
    case .counted, .excluded: nil
    }
  }
}

extension ShowReport.Score {
  fileprivate func json(_ contributions: Records) -> JSONValue {
    .object([
      "card": standing.card,
      "title": title,
      "outcome": standing.outcome,
      "as_of": standing.asOf,
      "score": standing.score,
      "shown": standing.shown,
      "raw": standing.raw,
      "band": standing.band,
      "coverage": standing.coverage,
      "status": standing.status,
      "rules": standing.rules.map(\.json),
      "override": standing.overridesJSON,
      "groups": standing.groupsJSON,
      "trend_30d": standing.trend,
      "play": play,
      "contributions": JSONValue.array(contributions.objects),
    ])
  }
}

extension ShowReport.Note {
  fileprivate var json: JSONValue {
    .object(["at": at, "signal": signal, "value": value, "text": text, "author": author, "reason": reason])
  }
}
