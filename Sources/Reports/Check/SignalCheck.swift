import Health
import Storage

/// How one signal stands.
package struct SignalCheck: Codable, Hashable, Sendable {
  package var signal: String
  /// The last day on which a feed of it spoke.
  package var lastDay: Day
  /// The usual number of days from one telling to the next, as the catalogue says.
  package var every: Int?
  /// Accounts with a fact in the days that end with the last one, as many as `every`.
  package var accounts: Int
  /// The gap between two tellings that nine of ten do not exceed, such as over weekends.
  package var usualGap: Int
  /// The median of the same in the weeks before; nil where there are too few to say.
  package var usualAccounts: Double?
  /// The median over accounts of how far the last value is from the account's own of the weeks before, as a share of it.
  package var jump: Double?

  /// Fewer accounts than this share of the usual number are few.
  static let fewest = 0.7
  /// A median change beyond this is nothing that customers do together.
  static let greatestJump = 0.5
  /// So many accounts must be compared.
  static let leastAccounts = 10

  func late(today: Day, lag: Int) -> CheckReport.Finding? {
    guard let every, let days = Lateness.days(last: lastDay, every: max(every, usualGap), today: today, lag: lag) else { return nil }
    return CheckReport.Finding(
      kind: .lateSignal, subject: signal, day: lastDay, found: Double(days), usual: Double(every),
      message: "told last of \(lastDay), \(days) days ago; the catalogue says every \(every == 1 ? "day" : "\(every) days")")
  }

  var findings: [CheckReport.Finding] {
    var findings: [CheckReport.Finding] = []
    // What happens now and then varies by the root of how often; so much less than usual is no accident.
    if let usualAccounts, usualAccounts >= Double(Self.leastAccounts), Double(accounts) < Self.fewest * usualAccounts,
      usualAccounts - Double(accounts) > 3 * usualAccounts.squareRoot()
    {
      findings.append(
        CheckReport.Finding(
          kind: .thin, subject: signal, day: lastDay, found: Double(accounts), usual: usualAccounts,
          message: "\(accounts) accounts on \(lastDay), usually \(usualAccounts.formattedShortly)"))
    }
    if let jump, abs(jump) >= Self.greatestJump {
      findings.append(
        CheckReport.Finding(
          kind: .jump, subject: signal, day: lastDay, found: jump, usual: 0,
          message: "half of all accounts \(jump < 0 ? "fell" : "rose") by \(Int((abs(jump) * 100).rounded())) % or more on \(lastDay)"))
    }
    return findings
  }
}

/// Looks at all signals that feeds tell, in one pass over the accounts.
struct SignalChecks {
  private(set) var signals: [SignalCheck] = []
  private(set) var vanished: [CheckReport.Finding] = []

  /// Weeks before the last day that it is compared with.
  private static let weeks = 8
  /// Of a comparison of values: weeks, and how many of them an account must have.
  private static let valueWeeks = 4

  init(_ viewpoint: Viewpoint, today: Day) throws {
    var looks = try Self.looks(viewpoint, today: today)
    guard let last = looks.map(\.last).max() else { return }
    let lookback = Self.weeks * 7 + 31
    let tiles = viewpoint.tiles()
    let uses = looks.map { SignalUse(signal: $0.signal.key, lookback: lookback, reach: 0) }
    try tiles.prepare(uses, days: last...last)
    let counted = try viewpoint.history.accounts(viewpoint.knowledge)
    let keys = Dictionary(uniqueKeysWithValues: counted.map { ($0.id, $0.key) })
    let complete = try Self.completeDays(viewpoint, today: today)
    var gone: [String: [String]] = [:]
    try Portfolio(viewpoint).forEachTile { range in
      let members = try tiles.memberships(accounts: range)
      let places = members.indices.filter { keys[range.lowerBound + $0] != nil && members[$0].counts(on: last) }
      var seen: [String: (before: Set<Int>, now: Set<Int>)] = [:]
      for index in looks.indices {
        let daily = try tiles.daily(uses[index], accounts: range)
        looks[index].add(daily, places: places)
        for feed in complete where feed.signals.contains(looks[index].signal.key) {
          for place in places {
            let account = range.lowerBound + place
            if daily.tells(feed.before, place) { seen[feed.name, default: ([], [])].before.insert(account) }
            if daily.tells(feed.now, place) { seen[feed.name, default: ([], [])].now.insert(account) }
          }
        }
      }
      for (feed, sets) in seen { gone[feed, default: []] += sets.before.subtracting(sets.now).sorted().compactMap { keys[$0] } }
    }
    signals = looks.map(\.result)
    vanished = complete.compactMap { feed in
      guard let accounts = gone[feed.name], !accounts.isEmpty else { return nil }
      return CheckReport.Finding(
        kind: .vanished, subject: feed.name, day: feed.now, found: Double(accounts.count),
        message:
          "\(accounts.count) account\(accounts.count == 1 ? "" : "s") of \(feed.before) \(accounts.count == 1 ? "is" : "are") not in the file of \(feed.now)",
        accounts: Array(accounts.prefix(10)))
    }
  }

  private static func looks(_ viewpoint: Viewpoint, today: Day) throws -> [SignalLook] {
    let tiles = viewpoint.tiles()
    return try viewpoint.history.signals.sorted().compactMap { key in
      guard let signal = viewpoint.catalogue.signal(key), signal.dimension != "outcome", !key.contains(":") else { return nil }
      let silence = try tiles.silence(of: key)
      guard !silence.isTyped, let last = silence.spoken.last(where: { $0.lowerBound <= today })?.upperBound else { return nil }
      return SignalLook(signal: signal, last: min(last, today), gap: Lateness.usualGap(silence.spoken, by: today))
    }
  }

  /// The last two days of which files say everything, by feed, with the signals that they speak of.
  private static func completeDays(_ viewpoint: Viewpoint, today: Day) throws -> [(
    name: String, before: Day, now: Day, signals: Set<String>
  )] {
    let connection = viewpoint.history.connection
    var days: [String: Set<Day>] = [:]
    var signals: [String: Set<String>] = [:]
    let sql = "SELECT f.name, c.day, c.import FROM covers AS c JOIN import AS i ON i.id = c.import JOIN feed AS f ON f.id = i.feed"
    try connection.prepare(sql).each { row in
      if viewpoint.knowledge.rank(of: row.int(2)) > 0, Day(row.int(1)) <= today { days[row.text(0), default: []].insert(Day(row.int(1))) }
    }
    let spoken = """
      SELECT DISTINCT f.name, s.key FROM import_signal AS t JOIN import AS i ON i.id = t.import JOIN feed AS f ON f.id = i.feed
      JOIN signal AS s ON s.id = t.signal
      """
    if !days.isEmpty { try connection.prepare(spoken).each { signals[$0.text(0), default: []].insert($0.text(1)) } }
    return days.keys.sorted().compactMap { feed in
      let last = (days[feed] ?? []).sorted().suffix(2)
      return last.count == 2 ? (feed, last[last.startIndex], last[last.startIndex + 1], signals[feed] ?? []) : nil
    }
  }
}

/// One signal while the accounts go by.
private struct SignalLook {
  let signal: Signal
  let last: Day
  let gap: Int
  /// Accounts told of in the days that end with the last, and in those that end so many weeks before.
  private var accounts = [Int](repeating: 0, count: 9)
  private var changes: [Double] = []

  init(signal: Signal, last: Day, gap: Int) { (self.signal, self.last, self.gap) = (signal, last, gap) }

  private var span: Int { min(signal.every ?? 1, 31) }

  mutating func add(_ daily: Daily, places: [Int]) {
    for place in places {
      for week in accounts.indices where isTold(daily, place, last - week * 7) { accounts[week] += 1 }
      guard signal.kind == .gauge || signal.kind == .count, daily.tells(last, place) else { continue }
      let before = (1...4).map { daily.value(on: last - $0 * 7, place) }.filter { !$0.isNaN }.sorted()
      guard before.count >= 3 else { continue }
      let usual = (before[(before.count - 1) / 2] + before[before.count / 2]) / 2
      let now = daily.value(on: last, place)
      // From nothing to something is a whole; those that have nothing as ever did not move.
      changes.append(usual == 0 ? (now == 0 ? 0 : now > 0 ? 1 : -1) : (now - usual) / abs(usual))
    }
  }

  private func isTold(_ daily: Daily, _ place: Int, _ day: Day) -> Bool { (0..<span).contains { daily.tells(day - $0, place) } }

  var result: SignalCheck {
    // Weeks before anything was told say nothing about what is usual.
    let weeks = accounts.dropFirst().filter { $0 > 0 }.sorted()
    let usual = weeks.count >= 3 ? Double(weeks[(weeks.count - 1) / 2] + weeks[weeks.count / 2]) / 2 : nil
    let sorted = changes.sorted()
    let jump = sorted.count >= SignalCheck.leastAccounts ? (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2 : nil
    return SignalCheck(
      signal: signal.key, lastDay: last, every: signal.every, accounts: accounts[0], usualGap: gap,
      usualAccounts: usual, jump: jump)
  }
}

extension Daily {
  /// Whether an account has a fact on a day; false outside of the days that are there.
  fileprivate func tells(_ day: Day, _ place: Int) -> Bool {
    let row = day - first
    guard row >= 0, row < value.rows else { return false }
    return !value[row, place].isNaN || busy.contains { $0.cell == row * value.width + place }
  }

  fileprivate func value(on day: Day, _ place: Int) -> Double {
    let row = day - first
    guard row >= 0, row < value.rows else { return .nan }
    return value[row, place]
  }
}
