import Health
import Storage

/// Turns the rows of one file into facts.
///
/// A row is read wholly before anything of it is handed on, because one bad cell refuses the row.
struct RowInterpreter {
  private struct Reading {
    var signal: Int
    var moment: Moment
    var value: Double
  }
  private struct AttributeFact {
    var name: String
    var day: Day
    var value: String?
  }

  let plan: FeedPlan
  private let session: ImportSession
  private let catalogue: Catalogue
  private let fileDay: Day?
  private let lastDay: Day
  private(set) var startDays: StartDays
  private var parsers: [TimeParser]
  private var times: [Moment??]  // by index into plan.times: not read yet, blank, or read
  /// What each line of the plan states facts of; nil where the rows name the signal.
  private(set) var lines: [LineTarget?]
  /// By line: the conditions of all lines of its signal that withdraw the id.
  private let gone: [[FeedPlan.Condition]]
  private var resolver: SignalResolver

  private var readings: [Reading] = []
  private var events: [StatedEvent] = []
  private var attributes: [AttributeFact] = []
  private var aliases: [String] = []

  /// Facts handed on since the last batch was settled, in units of what a reading takes of memory.
  var waiting = 0
  /// Facts more than a week older than the import, and all facts.
  private(set) var oldFacts = 0
  private(set) var allFacts = 0

  /// Gets ready for a file's rows. `today` is the day of the import; a moment later than tomorrow is refused.
  init(_ plan: FeedPlan, session: ImportSession, catalogue: Catalogue, fileDay: Day?, today: Day, startDays: StartDays) throws {
    (self.plan, self.session, self.catalogue, self.fileDay, self.startDays) = (plan, session, catalogue, fileDay, startDays)
    lastDay = today + 1
    parsers = try plan.timeParsers(workspaceZone: session.history.zone)
    times = [Moment??](repeating: nil, count: plan.times.count)
    resolver = SignalResolver(session: session, catalogue: catalogue, lines: plan.lines.count)
    gone = plan.lines.map { line in plan.lines.filter { $0.source.signal == line.source.signal }.flatMap(\.gone) }
    lines = []
    for line in plan.lines {
      guard case .fixed(let key) = line.signal else {
        lines.append(nil)
        continue
      }
      do { lines.append(try resolver.target(key, line: line, cell: nil)) } catch let fault as RowFault {
        throw fault.problem(file: session.head.file)
      }
    }
  }

  /// Reads a row and hands its facts on. False where the feed leaves it out or it has no fact.
  /// The remark, if any, is a warning about it.
  mutating func take(_ row: Row, number: Int32) throws -> String? {
    for condition in plan.skip where condition.holds(row) { return nil }
    let accountCell = try accountCell(row)
    forget()
    for index in times.indices { times[index] = nil }
    let isGone = plan.gone.contains { $0.holds(row) }
    for (index, line) in plan.lines.enumerated() {
      try read(line, at: index, lines[index], row, isGone: isGone || gone[index].contains { $0.holds(row) })
    }
    try readAttributes(row)
    for column in plan.aliases where !plan.isBlank(row[column]) { aliases.append(row.text(column)) }
    guard let account = try session.account(accountCell, row: number) else {
      throw RowFault("unknown-account", cell: plan.account, "there is no account \"\(String(decoding: accountCell, as: UTF8.self))\"")
    }
    return try handOn(account, number)
  }

  /// The day that the attribute `started` names; a time of day may follow it.
  private static func startDay(_ text: String) -> Day? { Day(String(text.prefix(10))) }

  private mutating func forget() {
    readings.removeAll(keepingCapacity: true)
    events.removeAll(keepingCapacity: true)
    attributes.removeAll(keepingCapacity: true)
    aliases.removeAll(keepingCapacity: true)
  }

  private func accountCell(_ row: Row) throws -> UnsafeRawBufferPointer {
    let cell = row[plan.account]
    if plan.isBlank(cell) { throw RowFault("blank-account", cell: plan.account, "the account is blank") }
    guard plan.feed.accountIsInteger else { return cell }
    guard let whole = cell.wholeNumber else {
      throw RowFault(
        "bad-account", cell: plan.account, "\"\(row.text(plan.account))\" is not a whole number, as the feed says accounts are")
    }
    return whole
  }

  /// How many readings an event takes the room of, with its reference and the revision made of it.
  private static let eventWeight = 16

  private mutating func handOn(_ account: Int, _ number: Int32) throws -> String? {
    waiting += readings.count + events.count * Self.eventWeight + attributes.count
    var earliest = Day.range.upperBound
    for reading in readings {
      session.addReading(account: account, signal: reading.signal, moment: reading.moment, value: reading.value, row: number)
      earliest = min(earliest, reading.moment.day)
    }
    for var event in events {
      event.account = account
      try session.addEvent(event, row: number)
      if let moment = event.moment { earliest = min(earliest, moment.day) }
    }
    for fact in attributes {
      try session.addAttribute(account: account, name: fact.name, day: fact.day, value: fact.value, row: number)
      if fact.name == "started" { startDays[account] = fact.value.flatMap(Self.startDay) }
    }
    for alias in aliases { try session.addAlias(alias, account: account, row: number) }
    guard !readings.isEmpty || !events.isEmpty else { return nil }
    allFacts += 1
    if earliest + 8 < lastDay { oldFacts += 1 }
    guard let start = startDays[account], earliest < start else { return nil }
    return "\(earliest) is before the account's start, \(start)"
  }

  // MARK: Lines

  private mutating func read(_ line: FeedPlan.Line, at place: Int, _ fixed: LineTarget?, _ row: Row, isGone: Bool) throws {
    guard let target = try fixed ?? dynamicTarget(line, at: place, row) else { return }
    let isWithdrawn = isGone || !line.only.allSatisfy { $0.holds(row) }
    let moment = isWithdrawn ? nil : try moment(line.time, row, keepsFuture: line.source.keepsFuture)
    if target.kind.isReading {
      guard let moment, let value = try value(line, target.kind, row) else { return }
      readings.append(Reading(signal: target.signal, moment: moment, value: value))
      return
    }
    try readEvent(line, target, row, moment: moment)
  }

  private mutating func readEvent(_ line: FeedPlan.Line, _ target: LineTarget, _ row: Row, moment: Moment?) throws {
    let words = words(line, row)
    var stated = moment
    var value: Double?
    if moment != nil {
      if case .absent = line.value {
        // A text column that is blank says nothing; without a text column the row itself is the event.
        if line.text != nil, words?.text == nil { stated = nil }
      } else {
        value = try self.value(line, target.kind, row)
        if value == nil { stated = nil }
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
    let text = line.text.flatMap { plan.isBlank(row[$0]) ? nil : row.text($0) }
    let author = line.author.flatMap { plan.isBlank(row[$0]) ? nil : row.text($0) }
    return text == nil && author == nil ? nil : EventWords(text: text, author: author)
  }

  /// The signal that the row itself names; nil where the cell is blank.
  private mutating func dynamicTarget(_ line: FeedPlan.Line, at place: Int, _ row: Row) throws -> LineTarget? {
    switch line.signal {
    case .fixed: return nil
    case .column(let column):
      if plan.isBlank(row[column]) { throw RowFault("unknown-signal", cell: column, "the signal is blank") }
      return try resolver.target(row[column], prefix: "", line: line, at: place, cell: column)
    case .instance(let prefix, let column):
      return plan.isBlank(row[column]) ? nil : try resolver.target(row[column], prefix: prefix, line: line, at: place, cell: column)
    }
  }

  // MARK: Cells

  private mutating func moment(_ time: Int?, _ row: Row, keepsFuture: Bool) throws -> Moment? {
    guard let time else { return try fileMoment(keepsFuture: keepsFuture) }
    let known: Moment?
    if let read = times[time] {
      known = read
    } else {
      known = try readTime(time, row)
      times[time] = .some(known)
    }
    if let known, known.day > lastDay, !keepsFuture {
      let column = plan.times[time].column
      throw RowFault("future-moment", cell: column, "\(row.text(column)) is later than tomorrow")
    }
    return known
  }

  private func fileMoment(keepsFuture: Bool) throws -> Moment? {
    guard let fileDay else { return nil }
    if !Day.range.contains(fileDay) { throw RowFault("bad-time", "the file's day, \(fileDay), is outside \(Day.range)") }
    if fileDay > lastDay, !keepsFuture { throw RowFault("future-moment", "the file's day, \(fileDay), is later than tomorrow") }
    return Moment(fileDay)
  }

  private mutating func readTime(_ time: Int, _ row: Row) throws -> Moment? {
    let column = plan.times[time].column
    let cell = row[column]
    if plan.isBlank(cell) { return nil }
    do {
      return try parsers[time].parse(cell)
    } catch {
      throw RowFault("bad-time", cell: column, "\"\(row.text(column))\" \(error.message(plan.times[time].format))", hint: error.hint)
    }
  }

  private mutating func value(_ line: FeedPlan.Line, _ kind: SignalKind, _ row: Row) throws -> Double? {
    switch line.value {
    case .absent: return nil
    case .constant(let number): return try summable(number, cell: nil)
    case .column(let column):
      if plan.isBlank(row[column]) { return nil }
      if kind == .label { return Double(try session.history.internLabel(row.text(column))) }
      if kind == .date { return try date(line, row) }
      return try summable(number(column, row), cell: column)
    case .product(let factors):
      var product = 1.0
      var cell: Int?
      for factor in factors {
        switch factor {
        case .constant(let number): product *= number
        case .column(let column):
          if plan.isBlank(row[column]) { return nil }
          product *= try number(column, row)
          cell = cell ?? column
        }
      }
      return try summable(product, cell: cell)
    }
  }

  /// No value may be so large that adding up as many as a database can hold comes to infinity.
  private static let largest = 1e290

  private func summable(_ value: Double, cell: Int?) throws -> Double {
    // Written so that NaN, which a product of zero and infinity is, fails as well.
    guard abs(value) <= Self.largest else { throw RowFault("bad-number", cell: cell, "the value \(value) is too large to be added up") }
    return value
  }

  private mutating func date(_ line: FeedPlan.Line, _ row: Row) throws -> Double? {
    guard let date = line.date else { return nil }
    // A date may lie in the future: it is a value, not the moment of a fact.
    return try readTime(date, row).map { Double($0.day.number) }
  }

  private func number(_ column: Int, _ row: Row) throws -> Double {
    do {
      return try plan.number(row[column])
    } catch {
      throw RowFault("bad-number", cell: column, "\"\(row.text(column))\" \(error.message)", hint: error.hint)
    }
  }

  private mutating func readAttributes(_ row: Row) throws {
    guard !plan.attributes.isEmpty || plan.accountName != nil else { return }
    let source: Int? = if let at = plan.attributesAt { at } else { fileDay != nil ? nil : plan.at }
    guard let day = try moment(source, row, keepsFuture: true)?.day else { return }
    if let column = plan.accountName { try addAttribute("name", column, day, row) }
    for attribute in plan.attributes { try addAttribute(attribute.name, attribute.column, day, row) }
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
