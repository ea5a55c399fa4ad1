import Health
import TestSupport

/// A history in memory that gives the engine exactly what it asks for and nothing beyond.
final class MemoryHistory: TileSource {
  struct Fact {
    var day: Int
    /// Order within the day.
    var time = 0
    /// Nil for a text without a number.
    var value: Double?
  }

  /// Facts by signal and account, by day and time.
  var facts: [String: [Int: [Fact]]] = [:]
  /// Days on which each signal's feeds spoke; a signal that is not here is typed by people and never dark.
  var spoken: [String: [ClosedRange<Int>]] = [:]
  var members: [Int: Membership] = [:]
  var labels: [String: [Double]] = [:]
  /// By name and account.
  var attributes: [String: [Int: [AttributeStep]]] = [:]
  var decisions: [Override] = []
  var accounts = 1
  private var days: ClosedRange<Day> = Day(0)...Day(0)
  private var needed: Set<SignalUse> = []

  /// The start of accounts of which nothing else is said.
  var start = Day(0)

  func add(_ signal: String, account: Int = 0, _ values: (Int, Double?)...) {
    for (day, value) in values { add(signal, account: account, Fact(day: day, time: facts[signal]?[account]?.count ?? 0, value: value)) }
  }

  func add(_ signal: String, account: Int, _ fact: Fact) {
    let isLast = facts[signal]?[account]?.last.map { ($0.day, $0.time) <= (fact.day, fact.time) } ?? true
    facts[signal, default: [:]][account, default: []].append(fact)
    if !isLast { facts[signal]?[account]?.sort { ($0.day, $0.time) < ($1.day, $1.time) } }
  }

  func prepare(_ uses: [SignalUse], days: ClosedRange<Day>) {
    (self.days, needed) = (days, Set(uses))
  }

  func daily(_ use: SignalUse, accounts: Range<Int>) -> Daily {
    precondition(needed.contains(use), "what is not announced is not there")
    let first = days.lowerBound - use.lookback
    var daily = Daily(first: first, rows: days.upperBound - first + 1, width: accounts.count)
    for (account, facts) in facts[use.signal] ?? [:] where accounts.contains(account) {
      for (day, facts) in Dictionary(grouping: facts, by: \.day).sorted(by: { $0.key < $1.key }) where day <= Int(days.upperBound.number) {
        fill(&daily, Day(day), facts, account - accounts.lowerBound, use.reach)
      }
    }
    return daily
  }

  private func fill(_ daily: inout Daily, _ day: Day, _ facts: [Fact], _ place: Int, _ reach: Int?) {
    let values = facts.compactMap(\.value)
    let nonzero = facts.filter { $0.value != 0 }.count
    let row = day - daily.first
    if row < 0 {
      if let reach, -row > reach { return }
      if let last = values.last { (daily.openingValue[place], daily.openingDay[place]) = (last, Double(day.number)) }
      if nonzero > 0 { daily.openingNonzeroDay[place] = Double(day.number) }
      daily.openingSum[place] += values.reduce(0, +)
      return
    }
    daily.value[row, place] = values.last ?? .nan
    if facts.count == 1, values.count == 1 { return }
    daily.busy.append(
      Daily.Busy(
        cell: row * daily.value.width + place, count: Double(facts.count), valued: Double(values.count), nonzero: Double(nonzero),
        sum: values.reduce(0, +), min: values.min() ?? .nan, max: values.max() ?? .nan))
  }

  func silence(of signal: String) -> Silence {
    guard let spoken = spoken[signal] else { return Silence(spoken: [], isTyped: true) }
    return Silence(spoken: spoken.map { Day($0.lowerBound)...Day($0.upperBound) })
  }

  func memberships(accounts: Range<Int>) -> [Membership] { accounts.map { members[$0] ?? Membership(start: start) } }

  func labelNumbers(like text: String) -> [Double] { labels[text.lowercased()] ?? [] }

  func accountCount() -> Int { accounts }

  func instances(of pattern: String) -> [String] { facts.keys.filter { $0.hasPrefix(pattern.dropLast()) }.sorted() }

  func attribute(_ name: String, accounts: Range<Int>) -> [[AttributeStep]] { accounts.map { attributes[name]?[$0] ?? [] } }

  func overrides(accounts: Range<Int>) -> [Override] { decisions.filter { accounts.contains($0.account) } }
}

extension MemoryHistory {
  /// Scores some accounts under a card on the days.
  func score(
    _ card: Card, _ catalogue: Catalogue, days: ClosedRange<Int>, accounts: Range<Int> = 0..<1, leastPeers: Int = TileEngine.leastPeers
  ) throws -> TileScores {
    let plan = try CardPlan(card, catalogue: catalogue, labelNumbers: { self.labelNumbers(like: $0) })
    return try TileEngine(plan, days: Day(days.lowerBound)...Day(days.upperBound), source: self, keepsInputs: true, leastPeers: leastPeers)
      .score(accounts)
  }

  /// What one expression comes to on a day for account 0; nil where it is missing.
  func measure(_ expression: Expression, _ catalogue: Catalogue, on day: Int) throws -> Double? {
    let input = Card.Input(expression: expression, curve: .points([.init(-1e9, 0), .init(1e9, 100)]), weight: 1, missing: .skip)
    let card = Card(name: "x", groups: [Card.Group(name: "g", weight: 1, inputs: [input])])
    let value = try score(card, catalogue, days: day...day).inputs[0].measured[0, 0]
    return value.isNaN ? nil : value
  }
}

extension MemoryHistory {
  /// The same facts as the oracle wants them.
  func told(to catalogue: Catalogue, accounts: Range<Int>) -> OracleFacts {
    var all = OracleFacts()
    all.accounts = Array(accounts)
    all.facts = facts.mapValues { $0.mapValues { $0.map { OracleFacts.Fact(day: $0.day, value: $0.value) } } }
    all.spoken = spoken.mapValues { Set($0.joined()) }
    all.typed = Set(facts.keys).union(catalogue.signals.keys).subtracting(spoken.keys)
    for (account, member) in zip(accounts, memberships(accounts: accounts)) {
      var life = OracleFacts.Life(start: member.start.map { Int($0.number) })
      life.exclusions = member.exclusions.map { (Int($0.from.number), $0.isExcluded) }
      (life.churns, life.returns) = (member.churns.map { Int($0.number) }, member.returns.map { Int($0.number) })
      all.lives[account] = life
    }
    all.attributes = attributes.mapValues { $0.mapValues { $0.map { (Int($0.from.number), $0.value) } } }
    for (word, numbers) in labels { for number in numbers { all.words[number] = word } }
    all.overrides = decisions
    return all
  }
}
