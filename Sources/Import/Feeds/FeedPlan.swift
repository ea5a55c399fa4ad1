import Health

/// A feed bound to a header: every column it names as an index into a row.
///
/// A class, since every row asks it, and a copy would be a hundred words.
package final class FeedPlan: Sendable {
  /// A column and how it writes times. Equal ones are one, so that a row's cell is read once however many lines share it.
  package struct Time: Hashable, Sendable {
    package let column: Int
    package let format: TimeFormat
    /// Nil for the workspace's zone.
    package let zone: String?
  }

  /// A column and the texts looked for in it.
  package struct Condition: Sendable {
    package let column: Int
    package let values: [[UInt8]]

    /// Whether the row's cell is one of them.
    package func holds(_ row: Row) -> Bool {
      let cell = row[column]
      return values.contains { cell.equals($0) }
    }
  }

  package enum SignalName: Sendable {
    case fixed(String)
    case instance(prefix: String, column: Int)
    case column(Int)
  }

  package enum Factor: Sendable {
    case constant(Double)
    case column(Int)
  }

  package enum Value: Sendable {
    case absent
    case constant(Double)
    case column(Int)
    case product([Factor])
  }

  /// A class, since every row goes through every line, and a copy of a line is a dozen references to count.
  package final class Line: Sendable {
    /// What the feed says.
    package let source: FeedLine
    package let signal: SignalName
    package let value: Value
    /// Index into `times`, to read the value where the signal is a date.
    package let date: Int?
    package let event: [Int]
    /// Index into `times`; nil for the file's day.
    package let time: Int?
    package let text: Int?
    package let author: Int?
    package let reason: Int?
    /// All must hold.
    package let only: [Condition]
    /// Any withdraws.
    package let gone: [Condition]

    init(
      source: FeedLine, signal: SignalName, value: Value, date: Int?, event: [Int], time: Int?, text: Int?, author: Int?, reason: Int?,
      only: [Condition], gone: [Condition]
    ) {
      (self.source, self.signal, self.value, self.date, self.event) = (source, signal, value, date, event)
      (self.time, self.text, self.author, self.reason, self.only, self.gone) = (time, text, author, reason, only, gone)
    }
  }

  package struct Attribute: Sendable {
    package let name: String
    /// The column that says the name instead.
    package let nameColumn: Int?
    package let column: Int
  }

  package let feed: Feed
  package let columns: [String]
  package let account: Int
  package let aliases: [Int]
  package let accountName: Int?
  package let times: [Time]
  /// The columns of `times`.
  let timeColumns: [Int]
  /// Index into `times`; nil for the file's day.
  package let at: Int?
  /// From when attributes hold, where the feed says so; `.some(nil)` for the file's day.
  package let attributesAt: Int??
  package let skip: [Condition]
  package let gone: [Condition]
  package let attributes: [Attribute]
  package let lines: [Line]
  /// Columns that no line uses, in the order of the header.
  package let unused: [String]
  private let nulls: [[UInt8]]
  private let longestNull: Int
  private let numbers: CellNumbers
  // Asked for every row, so not by counting what an array has.
  let accountIsInteger: Bool
  let skipsRows: Bool
  let withdrawsRows: Bool
  let hasAttributes: Bool
  let speaksByRows: Bool

  /// Binds a feed to the header of a file. Throws `missing-column` and `duplicate-column`, all of them.
  package convenience init(_ feed: Feed, columns: [String], file: String) throws(Problems) {
    try self.init(feed, Binder(feed: feed, columns: columns, file: file))
  }

  /// Binds a feed to a file without a header, whose rows name their cells: its columns are those that the feed names.
  package convenience init(_ feed: Feed, file: String) throws(Problems) {
    try self.init(feed, Binder(feed: feed, columns: [], file: file, isOpen: true))
  }

  private init(_ feed: Feed, _ start: Binder) throws(Problems) {
    var binder = start
    self.feed = feed
    account = binder.index(feed.account)
    aliases = feed.aliases.map { binder.index($0) }
    accountName = feed.accountName.map { binder.index($0) }
    at = binder.time(feed.at)
    attributesAt = feed.attributesAt.map { binder.time($0) }
    skip = binder.conditions(feed.skip)
    gone = binder.conditions(feed.gone)
    attributes = feed.attributes.map { attribute in
      Attribute(
        name: attribute.name, nameColumn: attribute.nameColumn.map { binder.index($0) }, column: binder.index(attribute.column))
    }
    lines = feed.lines.map { binder.line($0) }
    times = binder.times
    timeColumns = binder.times.map(\.column)
    let columns = binder.columns
    self.columns = columns
    self.unused = columns.indices.filter { !binder.used.contains($0) }.map { columns[$0] }
    nulls = feed.nulls.map { Array($0.utf8) }
    longestNull = nulls.map(\.count).max() ?? 0
    accountIsInteger = feed.accountIsInteger
    (skipsRows, withdrawsRows) = (!skip.isEmpty, !gone.isEmpty)
    speaksByRows = feed.speaksByRows
    hasAttributes = !attributes.isEmpty || accountName != nil
    numbers = CellNumbers(format: feed.number, words: feed.words)
    if !binder.problems.isEmpty { throw Problems(binder.problems) }
  }

  /// Refuses a file whose rows name their cells and none of which had these columns. A feed names columns that a night's rows may
  /// all leave out in its `header`.
  package func require(_ absent: [String], among further: [String], file: String) throws(Problems) {
    let optional = feed.dialect.header ?? []
    let problems = absent.filter { !optional.contains($0) }.map { name in
      let message = "no line of the file has \"\(name)\", which the feed \(feed.name) names"
      let hint = FeedPlan.columnHint(name, among: further)
      let more = "\(hint.hasSuffix("?") ? " A" : "; a") column that all lines may leave out is listed in the feed's `header`"
      return Problem("missing-column", .badInput, message, place: Place(file: file), hint: hint + more)
    }
    if !problems.isEmpty { throw Problems(problems) }
  }

  /// What to do about a column that is not there.
  fileprivate static func columnHint(_ name: String, among columns: [String]) -> String {
    if let near = Nearest.match(to: name, among: columns) { return "did you mean \"\(near)\"?" }
    return "its columns are \(columns.prefix(20).joined(separator: ", "))\(columns.count > 20 ? ", …" : "")"
  }

  /// Whether a cell states nothing: one of the feed's `null` texts, or only spaces.
  @inline(__always)
  package func isBlank(_ cell: UnsafeRawBufferPointer) -> Bool {
    if cell.count == 0 { return true }
    if cell.count > longestNull, cell[0] > 32, cell[cell.count - 1] > 32 { return false }
    return isNull(cell)
  }

  private func isNull(_ cell: UnsafeRawBufferPointer) -> Bool {
    let trimmed = cell.trimmed
    return trimmed.count == 0 || nulls.contains { cell.equals($0) || trimmed.equals($0) }
  }

  /// The number that a cell states: by the feed's `values`, as a number, or `true` and `false`.
  @inline(__always)
  package func number(_ cell: UnsafeRawBufferPointer) throws(NumberFault) -> Double { try numbers.parse(cell) }

  /// Parsers for `times`, in their order; for one import, since they remember the days that they have seen.
  package func timeParsers(workspaceZone: CalendarZone) throws -> [TimeParser] {
    try times.map { time in
      TimeParser(format: time.format, feedZone: try time.zone.map { try CalendarZone($0) } ?? workspaceZone, workspaceZone: workspaceZone)
    }
  }
}

/// Looks columns up and keeps what was not found.
private struct Binder {
  let feed: Feed
  private(set) var columns: [String]
  let file: String
  /// Whether a column is there because it is named.
  let isOpen: Bool
  var problems: [Problem] = []
  var used: Set<Int> = []
  var times: [FeedPlan.Time] = []

  init(feed: Feed, columns: [String], file: String, isOpen: Bool = false) {
    (self.feed, self.columns, self.file, self.isOpen) = (feed, columns, file, isOpen)
  }

  /// The index of a column; 0, and a problem kept, where there is not exactly one.
  mutating func index(_ name: String) -> Int {
    let found = columns.indices.filter { columns[$0] == name }
    if found.count == 1 {
      used.insert(found[0])
      return found[0]
    }
    if isOpen {
      used.insert(columns.count)
      columns.append(name)
      return columns.count - 1
    }
    let problem: Problem
    let place = Place(file: file, line: feed.dialect.header == nil ? 1 : 0)
    if found.isEmpty {
      let message = "the file has no column \"\(name)\", which the feed \(feed.name) names"
      problem = Problem("missing-column", .badInput, message, place: place, hint: FeedPlan.columnHint(name, among: columns))
    } else {
      let message = "the file has \(found.count) columns \"\(name)\", which the feed \(feed.name) names"
      let hint = "rename one of them, or name the columns in the feed's `header`"
      problem = Problem("duplicate-column", .badInput, message, place: place, hint: hint)
    }
    if !problems.contains(problem) { problems.append(problem) }
    return 0
  }

  mutating func time(_ source: Feed.TimeSource) -> Int? {
    switch source {
    case .file: nil
    case .column(let column): time(column)
    }
  }

  mutating func time(_ column: Feed.TimeColumn) -> Int {
    let time = FeedPlan.Time(column: index(column.name), format: column.format, zone: column.zone)
    if let known = times.firstIndex(of: time) { return known }
    times.append(time)
    return times.count - 1
  }

  mutating func conditions(_ conditions: [Feed.Condition]) -> [FeedPlan.Condition] {
    conditions.map { FeedPlan.Condition(column: index($0.column), values: $0.values.map { Array($0.utf8) }) }
  }

  mutating func line(_ line: FeedLine) -> FeedPlan.Line {
    let isDate = line.kind == nil || line.kind == .date
    return FeedPlan.Line(
      source: line, signal: signal(line.signal), value: value(line.value), date: isDate ? line.date.map { time($0) } : nil,
      event: line.event.map { index($0) }, time: time(line.at), text: line.text.map { index($0) }, author: line.author.map { index($0) },
      reason: line.reason.map { index($0) },
      only: conditions(line.only), gone: conditions(line.gone))
  }

  private mutating func signal(_ name: FeedLine.SignalName) -> FeedPlan.SignalName {
    switch name {
    case .fixed(let key): .fixed(key)
    case .instance(let prefix, let column): .instance(prefix: prefix, column: index(column))
    case .column(let column): .column(index(column))
    }
  }

  private mutating func value(_ value: FeedLine.Value) -> FeedPlan.Value {
    switch value {
    case .absent: .absent
    case .constant(let number): .constant(number)
    case .column(let column): .column(index(column))
    case .product(let factors): .product(factors.map { factor($0) })
    }
  }

  private mutating func factor(_ factor: FeedLine.Factor) -> FeedPlan.Factor {
    switch factor {
    case .constant(let number): .constant(number)
    case .column(let column): .column(index(column))
    }
  }
}
