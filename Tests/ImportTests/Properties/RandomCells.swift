import Health
import TestSupport

/// How the parts of a made feed write their cells, and what those say.
extension RandomFeed {
  private static let texts = ["gold", "sil;ver", "two\nlines", "say \"no\"", "it's", "Ünïq", "a,b|c", " spaced", "\r\n"]

  func said(_ part: Part, _ row: Context, _ dice: inout Seeded) -> Said {
    let moment = row.isGone ? nil : row.moment
    switch part {
    case .logins: return number("logins", "product.logins", moment, adds: true, &dice)
    case .seats: return number("seats", "product.seats", moment, adds: false, &dice)
    case .plan: return plan(moment, &dice)
    case .renewal: return renewal(moment, &dice)
    case .feature: return feature(moment, &dice)
    case .rows:
      return Said(facts: moment.map { [.reading(signal: "product.feature:rows", moment: $0, number: 1, text: nil, adds: true)] } ?? [])
    case .long: return long(moment, &dice)
    case .ticket: return ticket(row, moment, &dice)
    case .urgent: return urgent(row, moment, &dice)
    case .order: return order(moment, &dice)
    case .feedback: return feedback(moment, &dice)
    case .segment: return segment(row, &dice)
    case .alias: return Said()
    }
  }

  /// A number as a cell may write it; now and then blank, and rarely none.
  private func figure(_ dice: inout Seeded) -> (text: String, number: Double?, isBad: Bool) {
    if dice.oneIn(6) { return (dice.pick(["", " ", "NA", "?"]), nil, false) }
    if dice.oneIn(25) { return (dice.pick(["x", "1,5", "--1", "nan", "1e999", "0x1"]), nil, true) }
    let (text, number): (String, Double) = dice.pick([
      ("0", 0), ("1", 1), ("2", 2), ("2.0", 2), ("many", 3), ("none", 0), ("true", 1), (" 1 ", 1), ("1'024", 1024), ("25%", 25), ("-1", -1),
      ("1e1", 10), ("0.5", 0.5), ("+2", 2), ("FALSE", 0),
    ])
    return (text, number, false)
  }

  private func number(_ column: String, _ signal: String, _ moment: Moment?, adds: Bool, _ dice: inout Seeded) -> Said {
    let cell = figure(&dice)
    var said = Said(cells: [(column, cell.text)])
    guard let moment else { return said }
    said.isBad = cell.isBad
    if let number = cell.number { said.facts = [.reading(signal: signal, moment: moment, number: number, text: nil, adds: adds)] }
    return said
  }

  private func plan(_ moment: Moment?, _ dice: inout Seeded) -> Said {
    let text = dice.oneIn(5) ? "" : dice.pick(Self.texts)
    guard let moment, !text.isEmpty else { return Said(cells: [("plan", text)]) }
    return Said(cells: [("plan", text)], facts: [.reading(signal: "product.plan", moment: moment, number: nil, text: text, adds: false)])
  }

  private func renewal(_ moment: Moment?, _ dice: inout Seeded) -> Said {
    let (text, shown) = dice.pick([("01.06.2026", "2026-06-01"), ("31.12.2027", "2027-12-31"), ("", nil), ("31.02.2026", "")])
    var said = Said(cells: [("renewal", text)])
    guard let moment, let shown else { return said }
    if shown.isEmpty {
      said.isBad = true
    } else {
      said.facts = [.reading(signal: "financial.renewal_on", moment: moment, number: nil, text: shown, adds: false)]
    }
    return said
  }

  private func feature(_ moment: Moment?, _ dice: inout Seeded) -> Said {
    let feature = dice.pick(["", "search", "ex port", "search"])
    let cell = figure(&dice)
    var said = Said(cells: [("feature", feature), ("uses", cell.text)])
    guard let moment, !feature.isEmpty else { return said }
    said.isBad = cell.isBad
    if let number = cell.number {
      said.facts = [.reading(signal: "product.feature:\(feature)", moment: moment, number: number, text: nil, adds: true)]
    }
    return said
  }

  private func long(_ moment: Moment?, _ dice: inout Seeded) -> Said {
    let signal =
      dice.oneIn(20) ? dice.pick(["", "product.nothing"]) : dice.pick(["product.logins", "product.seats", "product.feature:long"])
    let cell = figure(&dice)
    var said = Said(cells: [("signal", signal), ("amount", cell.text)])
    said.isBad = signal.isEmpty || signal == "product.nothing" || (moment != nil && cell.isBad)
    if let moment, let number = cell.number {
      said.facts = [.reading(signal: signal, moment: moment, number: number, text: nil, adds: signal != "product.seats")]
    }
    return said
  }

  private func ticket(_ row: Context, _ moment: Moment?, _ dice: inout Seeded) -> Said {
    let subject = dice.oneIn(3) ? "" : dice.pick(Self.texts.filter { $0 != "\r\n" })
    var said = Said(cells: [("ticket", row.ticket), ("subject", subject)])
    guard !row.ticket.isEmpty else {
      said.isBad = moment != nil
      return said
    }
    said.facts = [
      .event(
        signal: "service.tickets", line: "tickets", id: row.ticket, moment: moment, value: 1, text: subject.isEmpty ? nil : subject,
        author: nil, adds: false),
      .event(
        signal: "service.tickets_open", line: "open", id: row.ticket, moment: moment, value: 1, text: nil, author: nil, adds: false),
    ]
    return said
  }

  private func urgent(_ row: Context, _ moment: Moment?, _ dice: inout Seeded) -> Said {
    let cell = figure(&dice)
    let priority = row.isUrgent ? dice.pick(["urgent", "high"]) : dice.pick(["low", "", "Urgent"])
    var said = Said(cells: [("weight", cell.text), ("priority", priority)])
    if !parts.contains(.ticket) { said.cells.append(("ticket", row.ticket)) }
    let stated = row.isUrgent ? moment : nil
    if stated != nil, cell.isBad { said.isBad = true }
    guard !row.ticket.isEmpty else {
      said.isBad = said.isBad || (stated != nil && cell.number != nil)
      return said
    }
    said.facts = [
      .event(
        signal: "service.urgent", line: "urgent", id: row.ticket, moment: cell.number == nil ? nil : stated, value: cell.number, text: nil,
        author: nil, adds: false)
    ]
    return said
  }

  private func order(_ moment: Moment?, _ dice: inout Seeded) -> Said {
    let (invoice, shop) = (dice.pick(["I1", "I2"]), dice.pick(["n", "s"]))
    let (quantity, price) = (dice.pick([("1", 1.0), ("-2", -2), ("3", 3), ("", nil)]), dice.pick([("2", 2.0), ("0.5", 0.5)]))
    let value = quantity.1.map { $0 * price.1 * 0.5 }
    return Said(
      cells: [("invoice", invoice), ("shop", shop), ("quantity", quantity.0), ("price", price.0)],
      facts: [
        .event(
          signal: "financial.order_value", line: "order", id: "\(invoice)\u{1F}\(shop)", moment: value == nil ? nil : moment, value: value,
          text: nil, author: nil, adds: true)
      ])
  }

  private func feedback(_ moment: Moment?, _ dice: inout Seeded) -> Said {
    let tone = figure(&dice)
    let (words, by) = (dice.oneIn(2) ? "" : dice.pick(Self.texts.filter { $0 != "\r\n" }), dice.pick(["", "dana"]))
    var said = Said(cells: [("tone", tone.text), ("words", words), ("by", by)])
    guard let moment else { return said }
    said.isBad = tone.isBad
    if let value = tone.number {
      said.facts = [
        .idless(
          signal: "human.feedback", line: "feedback", moment: moment, value: value, text: words.isEmpty ? nil : words,
          author: by.isEmpty ? nil : by)
      ]
    }
    return said
  }

  private func segment(_ row: Context, _ dice: inout Seeded) -> Said {
    let (segment, since) = (dice.pick(["", "small", "large"]), dice.pick(["", "2026-03-27", "2025-01-01T10:00"]))
    var said = Said(cells: [("segment", segment), ("since", since)])
    guard let day = row.fileDay else { return said }
    for (name, value) in [("segment", segment), ("started", since)] where !value.isEmpty || clearsBlanks {
      said.facts.append(.attribute(name: name, day: day, value: value.isEmpty ? nil : value))
    }
    return said
  }
}
