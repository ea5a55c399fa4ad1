import Health
import Storage

/// What became of every account, as it is known now.
struct OutcomeHistory {
  struct Occurrence {
    var day: Day
    /// NaN where none was told.
    var amount: Double
  }

  let outcome: Card.Outcome
  /// Whether accounts with a low score are those that it is expected of.
  let isBad: Bool
  /// By account id: its events, or the days on which what may stay away was there; ascending.
  private var occurrences: [[Occurrence]]
  private var memberships: [Membership] = []

  /// Reads what happened on some days. The viewpoint is one of now.
  init(_ outcome: Card.Outcome, _ viewpoint: Viewpoint, days: ClosedRange<Day>) throws {
    self.outcome = outcome
    let signal = outcome.signal
    isBad = !outcome.isEvent || viewpoint.catalogue.signal(signal)?.direction != .up
    occurrences = Array(repeating: [], count: try viewpoint.history.accountCount())
    let tiles = viewpoint.tiles()
    let use = SignalUse(signal: signal, lookback: 0, reach: 0)
    try tiles.prepare([use], days: days)
    try Portfolio(viewpoint).forEachTile { accounts in
      memberships += try viewpoint.memberships(accounts, asOf: days.upperBound)
      let daily = try tiles.daily(use, accounts: accounts)
      let happened = daily.figures(
        none: 0, plain: { outcome.isEvent || $0 != 0 ? 1 : 0 }, busy: { outcome.isEvent ? $0.count : $0.nonzero })
      let amounts = daily.figures(none: .nan, plain: { $0 }, busy: { $0.valued > 0 ? $0.sum : .nan })
      for row in 0..<happened.rows {
        for (place, id) in accounts.enumerated() where happened[row, place] > 0 {
          occurrences[id].append(Occurrence(day: daily.first + row, amount: amounts[row, place]))
        }
      }
    }
  }

  /// The mean of what the events came to of which it is told; nil where it is of none.
  var meanAmount: Double? {
    let told = occurrences.flatMap { $0.map(\.amount) }.filter { !$0.isNaN }
    return told.isEmpty ? nil : told.reduce(0, +) / Double(told.count)
  }

  /// Whether an account had left by a day, and so could not any more.
  func isGone(_ account: Int, by day: Day) -> Bool { memberships[account].isGone(on: day) }

  /// The first event after a day and within so many days of it, with the days until then. Of what may stay away: where it did, the
  /// last of those days.
  func next(of account: Int, after day: Day, within horizon: Int) -> (ahead: Int, amount: Double)? {
    let all = occurrences[account]
    var (low, high) = (0, all.count)
    while low < high {
      let middle = (low + high) / 2
      if all[middle].day <= day { low = middle + 1 } else { high = middle }
    }
    let found = low < all.count && all[low].day - day <= horizon ? all[low] : nil
    guard outcome.isEvent else { return found == nil ? (horizon, .nan) : nil }
    return found.map { ($0.day - day, $0.amount) }
  }
}

extension Card.Outcome {
  var isEvent: Bool { if case .event = self { true } else { false } }

  /// What tells of it, or stays away.
  var signal: String {
    switch self {
    case .event(let name): "outcome.\(name)"
    case .absence(_, let signal, _): signal
    }
  }
}
