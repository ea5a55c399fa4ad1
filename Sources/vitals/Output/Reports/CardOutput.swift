import Health
import Reports

extension CardReport: Report {
  var title: String { question.isEmpty ? name : "\(name): \(question)" }

  func blocks(_ style: Style) -> [Block] {
    var blocks: [Block] = about.isEmpty ? [] : [.paragraph(about), .gap]
    blocks += [.paragraph(facts), .gap, .table(bandTable)]
    for group in groups {
      blocks += [.gap, .heading("\(group.name), \(Human.percent(group.share, decimals: 1))"), .table(group.table(style))]
    }
    if !rules.isEmpty { blocks += [.gap, .heading("Rules")] + rules.map { .paragraph($0.phrase) } }
    return blocks
  }

  private var facts: String {
    var facts = [outcome.map { "judged by \($0) within \(Human.plural(horizon, "day"))" } ?? "a view: judged by no outcome"]
    facts.append(conditions.isEmpty ? "for every account" : "for \(conditions.phrase)")
    facts.append("priority \(priority)")
    facts.append("unknown below \(Human.percent(coverageFloor)) coverage")
    if let reviewBy { facts.append("to be reviewed by \(reviewBy)") }
    facts.append("version \(hash)")
    facts.append(file ?? "shipped")
    return facts.joined(separator: " · ")
  }

  private var bandTable: Table {
    Table(
      bands,
      columns: [
        TableColumn("band") { Cell($0.band, Ink(colorWord: $0.color)) },
        TableColumn("begins") { Cell($0.begins) },
        TableColumn("play", importance: 0) { Cell($0.play ?? "") },
      ])
  }

  /// One row for each input.
  var records: Records {
    let rows = groups.flatMap { group in group.inputs.map { (group.name, $0) } }
    return Records(
      rows,
      fields: [RecordField("card") { [name] _ in name }, RecordField("group") { $0.0 }]
        + CardReport.inputFields.map { field in RecordField(field.field.name) { field.value($0.1) } })
  }

  private static var inputFields: [RecordField<Input>] {
    [
      RecordField("signal", \.signal),
      RecordField("measure", \.measure),
      RecordField("curve") { $0.curve.json },
      RecordField("share", \.share),
      RecordField("missing") { $0.missing?.json ?? "skip".json },
      RecordField("fresh", \.fresh),
      RecordField("expire", \.expire),
      RecordField("why", \.why),
    ]
  }

  var json: JSONValue {
    .object([
      "card": name,
      "title": question,
      "about": about,
      "outcome": outcome,
      "horizon": horizon,
      "review_by": reviewBy,
      "priority": priority,
      "for": conditions.json,
      "coverage_floor": coverageFloor,
      "source": source.rawValue,
      "file": file,
      "hash": hash,
      "bands": bands.map(\.json),
      "groups": groups.map { group in
        JSONValue.object([
          "group": group.name, "share": group.share, "inputs": Records(group.inputs, fields: CardReport.inputFields).objects,
        ])
      },
      "rules": rules.map(\.json),
    ])
  }
}

extension CardReport.Band {
  /// Shown scores are whole numbers.
  fileprivate var begins: String { (includesStart ? "from " : "above ") + Human.measured(start) }

  fileprivate var json: JSONValue {
    .object(["band": band, "color": color, (includesStart ? "from" : "above"): start, "play": play])
  }
}

extension CardReport.Group {
  fileprivate func table(_ style: Style) -> Table {
    Table(
      inputs,
      columns: [
        TableColumn("signal", importance: 5, least: 20) { Cell($0.signal) },
        TableColumn("measure", importance: 4) { Cell($0.measure) },
        TableColumn("share", kind: .number) { Cell(Human.percent($0.share, decimals: 1)) },
        TableColumn("points", importance: 3, least: 16) { Cell($0.curve.phrase) },
        TableColumn("missing", title: "without data", kind: .word, importance: 1) {
          Cell($0.missing.map { "\(Human.measured($0)) points" } ?? "left out")
        },
        TableColumn("why", importance: 2) { Cell($0.why) },
      ])
  }
}

extension CardReport.CurveValue {
  /// The curve in words: what is measured, and the points it gives.
  fileprivate var phrase: String {
    switch self {
    case .points(let knots):
      let words = knots.map { "\(Human.measured($0.y)) at \(Human.measured($0.x))" }
      return "\(words.joined(separator: ", ")), straight between"
    case .steps(let knots):
      // The first step also holds below its own beginning.
      guard let first = knots.first, knots.count > 1 else { return knots.first.map { "always \(Human.measured($0.y))" } ?? "" }
      let others = knots.dropFirst().map { "\(Human.measured($0.y)) from \(Human.measured($0.x))" }
      return (["\(Human.measured(first.y)) below \(Human.measured(knots[1].x))"] + others).joined(separator: ", ")
    case .map(let labels): return labels.map { "\($0.label) gives \(Human.measured($0.y))" }.joined(separator: ", ")
    case .percentile(let attribute, let isDown):
      let peers = attribute.map { "accounts of the same \($0)" } ?? "all accounts"
      return "the place among \(peers), the \(isDown ? "lowest" : "highest") best"
    }
  }

  fileprivate var json: JSONValue {
    func pairs(_ knots: [CardReport.Knot]) -> JSONValue { .array(knots.map { [$0.x, $0.y].json }) }
    switch self {
    case .points(let knots): return .object(["kind": "points", "knots": pairs(knots)])
    case .steps(let knots): return .object(["kind": "steps", "knots": pairs(knots)])
    case .map(let labels):
      let members = JSONValue.object(labels.map { JSONValue.Member(key: $0.label, value: $0.y.json) })
      return .object(["kind": "map", "labels": members])
    case .percentile(let attribute, let isDown):
      return .object(["kind": "percentile", "among": attribute ?? "all", "direction": isDown ? "down" : "up"])
    }
  }
}

extension CardReport.Rule {
  /// `cap 40 when service.p1_open above 0: An open incident`
  fileprivate var phrase: String {
    let what = bound.map(Human.measured) ?? words ?? ""
    let end = until.map { ", until a later \($0)" } ?? ""
    let why = reason.isEmpty ? "" : ": \(reason)"
    return "\(effect) \(what) when \(when.joined(separator: " and "))\(end)\(why)"
  }

  fileprivate var json: JSONValue {
    .object(["when": when, "effect": effect, "value": bound?.json ?? words.json, "until": until, "reason": reason])
  }
}
