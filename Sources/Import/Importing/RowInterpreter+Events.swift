import Health
import Storage

// What a row says besides readings: events and attributes.
extension RowInterpreter {
  mutating func readEvent(_ step: LineStep, at place: Int, _ target: LineTarget, _ row: Row, moment: Moment?) throws {
    let line = plan.lines[place]
    let words = words(line, row)
    var stated = moment
    var value: Double?
    if moment != nil {
      if case .absent = line.value {
        // A text column that is blank says nothing; without a text column the row itself is the event.
        if line.text != nil, words?.text == nil { stated = nil }
      } else {
        value = try number(step, at: place, row)
        if value == nil, !step.keepsValueless { stated = nil }
      }
    }
    let ref = line.event.isEmpty ? nil : try reference(line.event, row, isNeeded: stated != nil)
    guard stated != nil || ref != nil else { return }
    events.append(
      StatedEvent(
        line: target.line, ref: ref, account: 0, moment: stated, value: value, words: stated == nil ? nil : words, adds: line.source.adds))
  }

  /// The event's id; nil where a part of it is blank and nothing is stated that would need one.
  private func reference(_ columns: [Int], _ row: Row, isNeeded: Bool) throws -> String? {
    if columns.count == 1, !plan.isBlank(row[columns[0]]) { return row.text(columns[0]) }
    var parts: [String] = []
    for column in columns {
      if plan.isBlank(row[column]) {
        guard isNeeded else { return nil }
        throw RowFault("blank-id", cell: column, "the event's id is blank")
      }
      parts.append(row.text(column))
    }
    return parts.joined(separator: "\u{1F}")
  }

  private func words(_ line: FeedPlan.Line, _ row: Row) -> EventWords? {
    let plan = plan
    let text = line.text.flatMap { plan.isBlank(row[$0]) ? nil : row.text($0) }
    let author = line.author.flatMap { plan.isBlank(row[$0]) ? nil : row.text($0) }
    let reason = line.reason.flatMap { plan.isBlank(row[$0]) ? nil : row.text($0) }
    return text == nil && author == nil && reason == nil ? nil : EventWords(text: text, author: author, reason: reason)
  }

  mutating func readAttributes(_ row: Row) throws {
    let source: Int? = if let at = plan.attributesAt { at } else { fileDay != nil ? nil : plan.at }
    guard let day = try moment(source, row, keepsFuture: true)?.day else { return }
    if let column = plan.accountName { try addAttribute("name", column, day, row) }
    for attribute in plan.attributes {
      guard let column = attribute.nameColumn else {
        try addAttribute(attribute.name, attribute.column, day, row)
        continue
      }
      if plan.isBlank(row[column]) { throw RowFault("blank-attribute", cell: column, "the attribute's name is blank") }
      try addAttribute(row.text(column), attribute.column, day, row)
    }
  }

  private mutating func addAttribute(_ name: String, _ column: Int, _ day: Day, _ row: Row) throws {
    if plan.isBlank(row[column]) {
      if plan.feed.clearsBlankAttributes { attributes.append(AttributeFact(name: name, day: day, value: nil)) }
    } else {
      let value = row.text(column)
      if name == "started", Self.startDay(value) == nil {
        throw RowFault(
          "bad-time", cell: column, "\"\(value)\" is no date for `started`, which is written like 2023-12-31",
          hint: "write the column as YYYY-MM-DD")
      }
      attributes.append(AttributeFact(name: name, day: day, value: value))
    }
  }
}
