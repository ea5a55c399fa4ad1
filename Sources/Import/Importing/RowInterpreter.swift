import Health
import Storage

/// Turns the rows of one file into facts.
///
/// One bad cell refuses the row: its readings are then taken out of the batch again, and nothing else of it has been handed on.
/// Never copied, since every row passes through it.
struct RowInterpreter: ~Copyable {
  struct AttributeFact {
    var name: String
    var day: Day
    var value: String?
  }

  let plan: FeedPlan
  let session: ImportSession
  let fileDay: Day?
  let lastDay: Day
  private(set) var startDays: StartDays
  var parsers: [TimeParser]
  /// By parser: the moments of the cells seen last.
  var moments: [CellCache<Moment>]
  private let steps: [LineStep]
  /// What each line of the plan states facts of; nil where the rows name the signal.
  let lines: [LineTarget?]
  /// By line: the conditions of all lines of its signal that withdraw the id.
  private let gone: [[FeedPlan.Condition]]
  var resolver: SignalResolver
  /// The accounts of the cells seen last; kept only where no row can change what a text names.
  private var accounts = CellCache<Int>(bits: 12)

  /// How many readings of the row wait, the last of all. Counted here, since asking the batch costs a row more than counting.
  private var readings = 0
  // What the row says besides readings.
  var events: [StatedEvent] = []
  var attributes: [AttributeFact] = []
  private var aliases: [String] = []
  /// The first day that the row states a reading or event of.
  private var earliest = Day.range.upperBound
  private let latest = Day.range.upperBound

  /// Facts handed on since the last batch was settled, in units of what a reading takes of memory.
  var waiting = 0
  /// Facts more than a week older than the import, and all facts.
  private(set) var oldFacts = 0
  private(set) var allFacts = 0

  /// Gets ready for a file's rows. `today` is the day of the import; a moment later than tomorrow is refused.
  init(_ plan: FeedPlan, session: ImportSession, catalogue: Catalogue, fileDay: Day?, today: Day, startDays: StartDays) throws {
    let parsers = try plan.timeParsers(workspaceZone: session.history.zone)
    var resolver = SignalResolver(session: session, catalogue: catalogue, lines: plan.lines)
    let lines: [LineTarget?] = try plan.lines.map { line in
      guard case .fixed(let key) = line.signal else { return nil }
      do { return try resolver.target(key, line: line, cell: nil) } catch let fault as RowFault {
        throw fault.problem(file: session.head.file)
      }
    }
    (self.plan, self.session, self.fileDay, self.startDays) = (plan, session, fileDay, startDays)
    (self.parsers, self.resolver, self.lines) = (parsers, resolver, lines)
    lastDay = today + 1
    moments = plan.times.map { _ in CellCache(bits: 4) }
    let gone = plan.lines.map { line in plan.lines.filter { $0.source.signal == line.source.signal }.flatMap(\.gone) }
    self.gone = gone
    steps = zip(plan.lines, zip(lines, gone)).map { LineStep($0, target: $1.0, isConditional: !$0.only.isEmpty || !$1.1.isEmpty) }
  }

  /// Reads a row and hands its facts on. The remark, if any, is a warning about it.
  mutating func take(_ row: Row, number: Int32) throws -> String? {
    if plan.skipsRows, plan.skip.contains(where: { $0.holds(row) }) { return nil }
    if plan.speaksByRows, plan.isBlank(row[plan.account]) {
      try speak(row)
      return nil
    }
    let cell = try accountCell(row)
    let known = knownAccount(cell, number)
    readings = 0
    do {
      try read(row, account: known ?? 0, number)
      return try handOn(try known ?? findAccount(cell, number), number)
    } catch {
      session.waiting.removeLast(readings)
      forgetOthers()
      throw error
    }
  }

  /// Takes a row that says nothing but that the source spoke of a signal on a day.
  private mutating func speak(_ row: Row) throws {
    guard let step = steps.first, let target = try dynamicTarget(step, at: 0, row) else { return }
    if case .column(let column) = step.value, !plan.isBlank(row[column]) { _ = try accountCell(row) }
    if let day = try moment(step.time, row, keepsFuture: step.keepsFuture)?.day { session.speak(of: target.signal, on: day) }
  }

  // MARK: The account

  @inline(__always)
  private func accountCell(_ row: Row) throws -> UnsafeRawBufferPointer {
    let cell = row[plan.account]
    if plan.isBlank(cell) { throw RowFault("blank-account", cell: plan.account, "the account is blank") }
    guard plan.accountIsInteger else { return cell }
    guard let whole = cell.wholeNumber else {
      throw RowFault(
        "bad-account", cell: plan.account, "\"\(row.text(plan.account))\" is not a whole number, as the feed says accounts are")
    }
    return whole
  }

  /// The account where its text was among those seen last.
  @inline(__always)
  private func knownAccount(_ cell: UnsafeRawBufferPointer, _ number: Int32) -> Int? {
    guard let key = CellKey(cell), let account = accounts.find(key) else { return nil }
    if session.hasNewcomers { session.name(account: account, row: number) }
    return account
  }

  /// Finds the account of a row whose readings wait for it.
  private mutating func findAccount(_ cell: UnsafeRawBufferPointer, _ number: Int32) throws -> Int {
    guard let account = try session.account(cell, row: number) else {
      throw RowFault(UnknownAccount.code, cell: plan.account, UnknownAccount.message(String(decoding: cell, as: UTF8.self)))
    }
    session.waiting.setAccount(account, ofLast: readings)
    if plan.aliases.isEmpty, let key = CellKey(cell) { accounts.keep(account, for: key) }
    return account
  }

  // MARK: The row as a whole

  @inline(__always)
  private mutating func read(_ row: Row, account: Int, _ number: Int32) throws {
    earliest = latest
    let isGone = plan.withdrawsRows && plan.gone.contains { $0.holds(row) }
    for index in steps.indices {
      let step = steps[index]
      guard let target = try step.target ?? dynamicTarget(step, at: index, row) else { continue }
      let isWithdrawn = isGone || step.isConditional && isWithdrawn(index, row)
      let moment = isWithdrawn ? nil : try moment(step.time, row, keepsFuture: step.keepsFuture)
      if target.form == .event {
        try readEvent(step, at: index, target, row, moment: moment)
      } else if let moment, let value = try value(step, at: index, target.form, row) {
        session.addReading(account: account, signal: target.signal, moment: moment, value: value, row: number)
        readings += 1
        earliest = min(earliest, moment.day)
      }
    }
    if plan.hasAttributes { try readAttributes(row) }
    for column in plan.aliases where !plan.isBlank(row[column]) { aliases.append(row.text(column)) }
  }

  private func isWithdrawn(_ line: Int, _ row: Row) -> Bool {
    gone[line].contains { $0.holds(row) } || !plan.lines[line].only.allSatisfy { $0.holds(row) }
  }

  /// How many readings an event takes the room of, with its reference and the revision made of it.
  private static let eventWeight = 16

  @inline(__always)
  private mutating func handOn(_ account: Int, _ number: Int32) throws -> String? {
    let hasMore = !events.isEmpty || !attributes.isEmpty || !aliases.isEmpty
    let dated = readings + events.count
    waiting += readings + events.count * Self.eventWeight + attributes.count
    if hasMore { try handOnOthers(account, number) }
    guard dated > 0 else { return nil }
    allFacts += 1
    if earliest + 8 < lastDay { oldFacts += 1 }
    guard let start = startDays[account], earliest < start else { return nil }
    return "\(earliest) is before the account's start, \(start)"
  }

  private mutating func handOnOthers(_ account: Int, _ number: Int32) throws {
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
    forgetOthers()
  }

  private mutating func forgetOthers() {
    events.removeAll(keepingCapacity: true)
    attributes.removeAll(keepingCapacity: true)
    aliases.removeAll(keepingCapacity: true)
  }

  /// The day that the attribute `started` names; a time of day may follow it.
  static func startDay(_ text: String) -> Day? { Day(String(text.prefix(10))) }
}
