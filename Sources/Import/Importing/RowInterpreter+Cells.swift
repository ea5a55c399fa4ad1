import Health
import Storage

// What single cells say.
extension RowInterpreter {
  /// The signal that the row itself names; nil where the cell is blank.
  @inline(__always)
  mutating func dynamicTarget(_ step: LineStep, at place: Int, _ row: Row) throws -> LineTarget? {
    let cell = row[step.signalColumn]
    if !plan.isBlank(cell) { return try resolver.target(cell, plan, at: place, cell: step.signalColumn) }
    if step.mayLackSignal { return nil }
    throw RowFault("unknown-signal", cell: step.signalColumn, "the signal is blank")
  }

  @inline(__always)
  mutating func moment(_ time: Int?, _ row: Row, keepsFuture: Bool) throws -> Moment? {
    guard let time else { return try fileMoment(keepsFuture: keepsFuture) }
    let cell = row[plan.timeColumns[time]]
    let key = CellKey(cell)
    var found: Moment?
    if let key { found = moments[time].find(key) }
    if found == nil {
      found = try readTime(time, row)
      if let found, let key { moments[time].keep(found, for: key) }
    }
    guard let moment = found else { return nil }
    if moment.day > lastDay, !keepsFuture {
      throw RowFault("future-moment", cell: plan.timeColumns[time], "\(row.text(plan.timeColumns[time])) is later than tomorrow")
    }
    return moment
  }

  private func fileMoment(keepsFuture: Bool) throws -> Moment? {
    guard let fileDay else { return nil }
    if !Day.range.contains(fileDay) { throw RowFault("bad-time", "the file's day, \(fileDay), is outside \(Day.range)") }
    if fileDay > lastDay, !keepsFuture { throw RowFault("future-moment", "the file's day, \(fileDay), is later than tomorrow") }
    return Moment(fileDay)
  }

  private mutating func readTime(_ time: Int, _ row: Row) throws -> Moment? {
    let column = plan.timeColumns[time]
    let cell = row[column]
    if plan.isBlank(cell) { return nil }
    do {
      return try parsers[time].parse(cell)
    } catch {
      throw RowFault("bad-time", cell: column, "\"\(row.text(column))\" \(error.message(plan.times[time].format))", hint: error.hint)
    }
  }

  /// The value of a reading; nil where the row does not state it.
  @inline(__always)
  mutating func value(_ step: LineStep, at place: Int, _ form: LineTarget.Form, _ row: Row) throws -> Double? {
    if form == .number { return try number(step, at: place, row) }
    guard case .column(let column) = step.value, !plan.isBlank(row[column]) else { return nil }
    if form == .label { return Double(try session.history.internLabel(row.text(column))) }
    // A date may lie in the future: it is a value, not the moment of a fact.
    guard let date = plan.lines[place].date, let moment = try readTime(date, row) else { return nil }
    return Double(moment.day.number)
  }

  @inline(__always)
  func number(_ step: LineStep, at place: Int, _ row: Row) throws -> Double? {
    switch step.value {
    case .absent: return nil
    case .constant(let number): return try summable(number, cell: nil)
    case .column(let column): return plan.isBlank(row[column]) ? nil : try summable(number(column, row), cell: column)
    case .product: return try product(plan.lines[place], row)
    }
  }

  private func product(_ line: FeedPlan.Line, _ row: Row) throws -> Double? {
    guard case .product(let factors) = line.value else { return nil }
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

  @inline(__always)
  private func summable(_ value: Double, cell: Int?) throws -> Double {
    // So large that adding up as many as a database can hold could come to infinity. Written so that NaN, which a product of zero and infinity is, fails as well.
    guard abs(value) <= 1e290 else { throw RowFault("bad-number", cell: cell, "the value \(value) is too large to be added up") }
    return value
  }

  @inline(__always)
  private func number(_ column: Int, _ row: Row) throws -> Double {
    do {
      return try plan.number(row[column])
    } catch {
      throw RowFault("bad-number", cell: column, "\"\(row.text(column))\" \(error.message)", hint: error.hint)
    }
  }
}
