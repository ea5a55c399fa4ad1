import Health
import Storage

/// What files say, kept in plain dictionaries: every live import states all its facts, and the highest rank that speaks of a thing wins.
///
/// It knows nothing of leaning, slivers, batches or shards, so it says what the history ought to show once every file has been read
/// that has to be.
struct FactModel {
  /// One thing that files speak of.
  enum Key: Hashable {
    case reading(account: String, signal: String, moment: Moment)
    case event(feed: String, line: String, id: String)
    case idless(feed: String, line: String, account: String, moment: Moment, value: Double?, ordinal: Int)
    case attribute(account: String, name: String, day: Day)
  }
  /// What a file says of it; an event without a moment is withdrawn, an attribute without a text cleared.
  struct Statement: Equatable {
    var account: String
    var subject: String
    var moment: Moment?
    var number: Double?
    var text: String?
    var author: String?
  }
  struct Import {
    var feed: String
    var rank: [Int]
    var isLive = true
    var covers: Set<Day> = []
    var statements: [Key: Statement] = [:]
    var introduced: Set<String> = []
    var aliases: [String: String] = [:]
    /// Withdrawals of what nobody had stated, and attributes found as they were: nothing is written for them, so that they hold against a
    /// file that comes late only once their own file is read again.
    var idle: Set<Key> = []
  }

  private(set) var imports: [Import] = []

  mutating func setLive(_ place: Int, _ isLive: Bool) { imports[place].isLive = isLive }

  // MARK: What is in force

  var accounts: Set<String> { imports.filter(\.isLive).reduce(into: []) { $0.formUnion($1.introduced) } }

  func account(alias: String) -> String? {
    best { $0.aliases[alias] }.flatMap { accounts.contains($0.value) ? $0.value : nil }
  }

  private func best<T>(_ statement: (Import) -> T?) -> (rank: [Int], value: T)? {
    var found: (rank: [Int], value: T)?
    for item in imports where item.isLive {
      guard let value = statement(item) else { continue }
      if let known = found, !known.rank.lexicographicallyPrecedes(item.rank) { continue }
      found = (item.rank, value)
    }
    return found
  }

  private func isCovered(_ item: Import, _ day: Day) -> Bool {
    imports.contains { $0.isLive && $0.feed == item.feed && $0.covers.contains(day) && item.rank.lexicographicallyPrecedes($0.rank) }
  }

  private func isHidden(_ key: Key, _ item: Import) -> Bool {
    switch key {
    case .reading(_, _, let moment), .idless(_, _, _, let moment, _, _): isCovered(item, moment.day)
    case .event, .attribute: false
    }
  }

  func inForce(_ key: Key, idle: Bool = true) -> (rank: [Int], value: Statement)? {
    best { item in
      guard let statement = item.statements[key], idle || !item.idle.contains(key) else { return nil }
      return isHidden(key, item) ? nil : statement
    }
  }

  /// The value of an attribute from the newest statement on or before a day.
  func attribute(_ account: String, _ name: String, on day: Day, idle: Bool = true) -> (day: Day, rank: [Int], value: Statement)? {
    let days = Set(
      imports.filter(\.isLive).flatMap { item in item.statements.keys.filter { idle || !item.idle.contains($0) } }.compactMap {
        key -> Day? in
        guard case .attribute(account, name, let stated) = key, stated <= day else { return nil }
        return stated
      })
    return days.max().flatMap { day in
      inForce(.attribute(account: account, name: name, day: day), idle: idle).map { (day, $0.rank, $0.value) }
    }
  }

  /// Everything in force, in the words of `Workbench.state`, sorted.
  func state() -> [String] {
    let known = accounts
    var lines = known.map { "account \($0)" }
    for alias in Set(imports.flatMap(\.aliases.keys)) {
      if let account = account(alias: alias) { lines.append("\(account) is also \(alias)") }
    }
    var attributes: [String: [(Day, String?)]] = [:]
    for key in Set(imports.flatMap(\.statements.keys)) {
      guard let statement = inForce(key)?.value, known.contains(statement.account), let moment = statement.moment else { continue }
      if case .attribute(let account, let name, let day) = key {
        attributes["\(account)\u{1}\(name)", default: []].append((day, statement.text))
      } else {
        lines.append(FactModel.line(statement, moment))
      }
    }
    for (subject, days) in attributes {
      let words = subject.split(separator: "\u{1}")
      var last: String?
      for (day, value) in days.sorted(by: { $0.0 < $1.0 }) where value != last {
        lines.append(
          ([String(words[0]), day.description, String(words[1])] + [value.map { "\"\($0)\"" }].compactMap { $0 }).joined(separator: " "))
        last = value
      }
    }
    return lines.sorted()
  }

  private static func line(_ statement: Statement, _ moment: Moment) -> String {
    let number = statement.number.map { $0.rounded() == $0 ? String(Int($0)) : String($0) }
    let isLabel = statement.subject == "product.plan" || statement.subject == "financial.renewal_on"
    let text = statement.text.map { isLabel ? $0 : "\"\($0)\"" }
    return
      ([statement.account, moment.description, statement.subject] + [number, text, statement.author.map { "by \($0)" }].compactMap { $0 })
      .joined(separator: " ")
  }

  // MARK: Taking a file in

  /// What became of a file, counted one fact at a time.
  struct Tallies: Equatable {
    var rows = Tally()
    var facts = Tally()
  }

  /// Takes a file in, with the rank of its import, and says what its rows and facts come to.
  mutating func take(_ file: RandomFile, rank: [Int]) -> Tallies {
    var reading = FileReading(self, file)
    for row in file.rows { reading.take(row) }
    var item = Import(feed: file.feed.name, rank: rank, statements: reading.statements, introduced: reading.introduced)
    item.aliases = reading.aliases.mapValues(\.account)
    if file.feed.isComplete { item.covers = reading.days.union(file.day.map { [$0] } ?? []) }
    for (key, statement) in item.statements {
      if case .attribute(let account, let name, let day) = key {
        if attribute(account, name, on: day, idle: false)?.value.text == statement.text { item.idle.insert(key) }
      } else if statement.moment == nil, !imports.contains(where: { $0.statesEvent(key) }) {
        item.idle.insert(key)
      }
    }
    let tallies = settle(reading, item)
    imports.append(item)
    return tallies
  }

  private func settle(_ reading: FileReading, _ item: Import) -> Tallies {
    var tallies = Tallies()
    var rows = reading.outcomes
    func note(_ outcome: Outcome, _ row: Int) {
      tallies.facts[outcome] += 1
      rows[row] = max(rows[row], outcome)
    }
    for (key, statement) in reading.statements {
      guard let outcome = outcome(key, statement, item) else { continue }
      for row in reading.contributors[key] ?? [] { note(outcome, row) }
    }
    for side in reading.sideFacts where side.outcome != .unchanged || !item.idle.contains(side.key) { note(side.outcome, side.row) }
    for (row, account) in reading.introducers where !accounts.contains(account) { rows[row] = max(rows[row], .new) }
    for (alias, stated) in reading.aliases {
      let known = best { $0.aliases[alias] }
      let outcome: Outcome =
        known.map { $0.value == stated.account ? .unchanged : item.rank.lexicographicallyPrecedes($0.rank) ? .older : .corrected } ?? .new
      rows[stated.row] = max(rows[stated.row], outcome)
    }
    for outcome in rows { tallies.rows[outcome] += 1 }
    return tallies
  }

  private func outcome(_ key: Key, _ statement: Statement, _ item: Import) -> Outcome? {
    if case .attribute(let account, let name, let day) = key {
      let known = attribute(account, name, on: day, idle: false)
      if known?.value.text == statement.text { return .unchanged }
      guard let known, known.day == day else { return .new }
      return item.rank.lexicographicallyPrecedes(known.rank) ? .older : .corrected
    }
    let isHidden = isHidden(key, item)
    guard let known = inForce(key, idle: false) else { return statement.moment == nil ? nil : isHidden ? .older : .new }
    if known.value == statement || (known.value.moment == nil && statement.moment == nil) { return .unchanged }
    return isHidden || item.rank.lexicographicallyPrecedes(known.rank) ? .older : .corrected
  }
}

extension FactModel.Import {
  fileprivate func statesEvent(_ key: FactModel.Key) -> Bool { statements[key] != nil && !idle.contains(key) }
}
