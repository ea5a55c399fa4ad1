import Health
import Storage

/// Everything that a reader can see of the sample accounts, and what the model expects: two dictionaries to compare.
struct HistoryView: Equatable {
  struct Cell: Hashable {
    var account: Int
    var signal: String
    var day: Day
  }
  /// What one day of one signal comes to.
  struct Figures: Equatable {
    var last: Double?
    var count = 0.0
    var valued = 0.0
    var nonzero = 0.0
    var sum = 0.0
    var min: Double?
    var max: Double?
  }
  struct Opening: Equatable {
    var value: Double?
    var day: Day?
    var nonzeroDay: Day?
    var sum = 0.0
  }

  var cells: [Cell: Figures] = [:]
  /// By account and signal, on the day before the first.
  var openings: [Cell: Opening] = [:]
  var attributes: [String: String] = [:]
  var aliases: [String: String] = [:]

  private static let signals = SampleWorld.readings + SampleWorld.events
  private static let names = ["stage", "csm"]
  private static let texts = (0..<4).map { "x\($0)" }

  // MARK: As the reader sees it

  init(_ history: History, by instant: Int64?, days: ClosedRange<Day>, tile: Int) throws {
    let knowledge = try history.knowledge(by: instant)
    let tiles = HistoryTiles(history, knowledge: knowledge, catalogue: SampleWorld.catalogue, settings: Settings())
    let uses = HistoryView.signals.map { SignalUse(signal: $0, lookback: 0, reach: nil) }
    try tiles.prepare(uses, days: days)
    var first = 0
    while first < SampleWorld.accounts {
      let end = min(SampleWorld.accounts, first + tile, (first / 512 + 1) * 512)
      for use in uses { take(try tiles.daily(use, accounts: first..<end), use.signal, first) }
      first = end
    }
    for (account, names) in try history.attributes(accounts: 0..<SampleWorld.accounts, names: nil, knowledge) {
      for (name, changes) in names {
        for day in SampleWorld.days { if let value = changes.value(on: day) { attributes["\(account) \(name) \(day)"] = value } }
      }
    }
    for text in HistoryView.texts { aliases[text] = try history.account(alias: text, knowledge)?.key }
  }

  private mutating func take(_ daily: Daily, _ signal: String, _ first: Int) {
    let width = daily.value.width
    for row in 0..<daily.value.rows {
      for place in 0..<width where !daily.value[row, place].isNaN {
        let x = daily.value[row, place]
        cells[Cell(account: first + place, signal: signal, day: daily.first + row)] = Figures(
          last: x, count: 1, valued: 1, nonzero: x == 0 ? 0 : 1, sum: x, min: x, max: x)
      }
    }
    for busy in daily.busy {
      let (row, place) = (busy.cell / width, busy.cell % width)
      let last = daily.value[row, place]
      cells[Cell(account: first + place, signal: signal, day: daily.first + row)] = Figures(
        last: last.isNaN ? nil : last, count: busy.count, valued: busy.valued, nonzero: busy.nonzero, sum: busy.sum,
        min: busy.valued > 0 ? busy.min : nil, max: busy.valued > 0 ? busy.max : nil)
    }
    for place in 0..<width {
      func day(_ number: Double) -> Day? { number.isNaN ? nil : Day(Int(number)) }
      let value = daily.openingValue[place]
      let opening = Opening(
        value: value.isNaN ? nil : value, day: day(daily.openingDay[place]), nonzeroDay: day(daily.openingNonzeroDay[place]),
        sum: daily.openingSum[place])
      if opening != Opening() { openings[Cell(account: first + place, signal: signal, day: daily.first - 1)] = opening }
    }
  }

  // MARK: As the model has it

  init(_ model: HistoryModel, by instant: Int64?, days: ClosedRange<Day>) {
    var facts: [Cell: [(moment: Moment, value: Double?)]] = [:]
    let groups = ModelGroups(model, by: instant)
    for key in Set(model.imports.values.flatMap(\.readings.keys).map(groups.rooted)) {
      guard let value = groups.reading(key) else { continue }
      facts[Cell(account: key.account, signal: key.signal, day: key.moment.day), default: []].append((key.moment, value))
    }
    for key in Set(model.imports.values.flatMap(\.events.keys)) {
      guard let state = model.event(key, by: instant), !state.isWithdrawn else { continue }
      let account = groups.root(of: state.account)
      facts[Cell(account: account, signal: key.signal, day: state.moment.day), default: []].append((state.moment, state.value))
    }
    for (cell, found) in facts.sorted(by: { $0.key.day < $1.key.day }) where cell.day <= days.upperBound {
      let values = found.sorted { $0.moment < $1.moment }.compactMap(\.value)
      let nonzero = found.filter { $0.value != 0 }.count
      if days.contains(cell.day) {
        cells[cell] = Figures(
          last: values.last, count: Double(found.count), valued: Double(values.count), nonzero: Double(nonzero), sum: values.reduce(0, +),
          min: values.min(), max: values.max())
      } else {
        open(cell, values, nonzero, before: days.lowerBound)
      }
    }
    for account in SampleWorld.hot {
      for name in HistoryView.names {
        for day in SampleWorld.days {
          if let value = groups.attribute(account, name, on: day) { attributes["\(account) \(name) \(day)"] = value }
        }
      }
    }
    for text in HistoryView.texts { aliases[text] = model.alias(text, by: instant).map { "a\(groups.root(of: $0))" } }
  }

  private mutating func open(_ cell: Cell, _ values: [Double], _ nonzero: Int, before first: Day) {
    let place = Cell(account: cell.account, signal: cell.signal, day: first - 1)
    var opening = openings[place] ?? Opening()
    if let last = values.last { (opening.value, opening.day) = (last, cell.day) }
    if nonzero > 0 { opening.nonzeroDay = cell.day }
    opening.sum += values.reduce(0, +)
    if opening != Opening() { openings[place] = opening }
  }

  /// What differs, in a few words; empty where nothing does.
  func difference(_ expected: HistoryView) -> String {
    func some<K: Hashable, V: Equatable>(_ name: String, _ found: [K: V], _ expected: [K: V]) -> [String] {
      Set(found.keys).union(expected.keys).filter { found[$0] != expected[$0] }
        .map { "\(name) \($0): \(found[$0].map { "\($0)" } ?? "nothing") for \(expected[$0].map { "\($0)" } ?? "nothing")" }
    }
    let all =
      some("cell", cells, expected.cells) + some("opening", openings, expected.openings)
      + some("attribute", attributes, expected.attributes)
      + some("alias", aliases, expected.aliases)
    return all.prefix(3).joined(separator: "; ")
  }
}
