import Health
import Storage

/// What a card is judged with.
package struct JudgingRequest: Sendable {
  /// Whose knowledge the scores are made of.
  package enum Knowing: String, Codable, Sendable {
    /// What was known on each day, and the settings' `knowledge_lag` later.
    case then
    /// All that is known now, of days after as well: what a leak looks like.
    case now
  }

  package var outcome: Card.Outcome
  /// Days within which the outcome is expected.
  package var horizon: Int
  /// Days within which outcomes are looked for, where that is further than the horizon; those beyond what is known are not seen.
  package var reach: Int?
  /// Days from one observation of an account to the next.
  package var every = 30
  package var filter = AttributeFilter()
  package var from: Day?
  package var to: Day?
  package var knowing = Knowing.then
  /// How often accounts are drawn for intervals; 0 leaves out whatever needs one.
  package var rounds = RankedOutcomes.rounds

  package init(outcome: Card.Outcome, horizon: Int) { (self.outcome, self.horizon) = (outcome, horizon) }
}

/// One account on one day, scored with what was known then, and what became of it.
struct Observation {
  var account: Int
  /// Among the days that were looked at.
  var day: Int
  /// After rules and overrides.
  var score: Double
  /// Among the bands of all the cards, worst first.
  var band: Int
  /// Whether that is the worst, or the best, of its card.
  var isWorst: Bool
  var isBest: Bool
  /// Days until the outcome; nil where it did not come within the horizon.
  var ahead: Int?
  /// Days until the contract ends; nil unless renewals are judged.
  var due: Int?
  /// What the outcome came to, else what the account was worth on the day; NaN where neither is known.
  var amount: Double

  var happened: Bool { ahead != nil }
}

/// Looks at every account at risk, every so many days, with what was known then.
struct Observations {
  let viewpoint: Viewpoint
  let selection: CardSelection
  let request: JudgingRequest
  let outcomes: OutcomeHistory
  /// Ascending.
  let days: [Day]
  /// The last day that a feed told of.
  let lastDay: Day
  /// Days until a day counts as known.
  let lag: Int

  /// `viewpoint` is one of now. Throws `too-little-history` where no day is both after the first fact and so early that its outcomes
  /// are known.
  init(_ viewpoint: Viewpoint, _ selection: CardSelection, _ request: JudgingRequest, today: Day) throws {
    (self.viewpoint, self.selection, self.request) = (viewpoint, selection, request)
    lag = viewpoint.settings.knowledgeLag
    let (first, told) = try Observations.span(viewpoint, today: today)
    let silence = try viewpoint.tiles().silence(of: request.outcome.signal)
    // Whether an outcome came is known only of days up to which its own feed has told; without one, people type it.
    let last = silence.isTyped ? told : min(told, silence.spoken.last?.upperBound ?? told)
    lastDay = last
    let latest = min(last - lag - request.horizon, request.to ?? last)
    let earliest = max(first, request.from ?? first)
    guard earliest <= latest else {
      let known = "facts begin on \(first), and \(request.outcome.signal) is told of up to \(last)"
      throw Problem(
        "too-little-history", .failure,
        "no day can be judged: \(known), and a day's outcomes are known \(request.horizon + lag) days after it",
        hint: "import more history, or ask for a shorter --horizon")
    }
    let all = stride(from: 0, through: latest - earliest, by: request.every).reversed().map { latest - $0 }
    days = try Observations.heard(all, request, silence, lag, viewpoint, last: last)
    guard !days.isEmpty else {
      throw Problem(
        "too-little-history", .failure, "no day can be judged: nobody told of \(request.outcome.signal) in the days after any",
        hint: "import what its feed has to tell")
    }
    outcomes = try OutcomeHistory(request.outcome, viewpoint, days: earliest...last)
  }

  /// The day of the first reading or event, and the last day that a feed told of, not after today.
  private static func span(_ viewpoint: Viewpoint, today: Day) throws -> (Day, Day) {
    let runs = try viewpoint.history.speeches(viewpoint.knowledge).filter { !$0.isTyped }.flatMap(\.runs)
    let told = runs.filter { $0.lowerBound <= today }.map { min($0.upperBound, today) }
    guard let first = try viewpoint.history.earliestFacts(viewpoint.knowledge).compactMap({ $0 }).min(), let last = told.max()
    else { throw try viewpoint.nothingThere() }
    return (first, last)
  }

  /// Days after which an absence can be told from a feed that was silent.
  private static func heard(
    _ days: [Day], _ request: JudgingRequest, _ silence: Silence, _ lag: Int, _ viewpoint: Viewpoint, last: Day
  ) throws -> [Day] {
    guard !request.outcome.isEvent, let first = days.first, let signal = viewpoint.catalogue.signal(request.outcome.signal) else {
      return days
    }
    let calendar = silence.calendar(first...last, darkAfter: signal.darkAfter)
    return days.filter { day in
      !(1...request.horizon).contains { calendar.isDark(on: day + lag + $0, asOf: last) }
    }
  }

  /// The days from the first to the last of some observations, and on how many days there are any; all days where there are none.
  func span(_ all: [Observation]) -> (from: Day, to: Day, days: Int) {
    let seen = Set(all.map(\.day))
    guard let first = seen.min(), let last = seen.max() else { return (days[0], days[days.count - 1], days.count) }
    return (days[first], days[last], seen.count)
  }

  /// A viewpoint of what was known on a day.
  func known(on day: Day) throws -> Viewpoint {
    guard request.knowing == .then else { return viewpoint }
    return try Viewpoint(
      viewpoint.history, catalogue: viewpoint.catalogue, settings: viewpoint.settings, knownBy: viewpoint.history.zone.end(of: day + lag))
  }

  /// What stands beside an observation where it was scored.
  struct Place {
    let scores: TileScores
    let card: Card
    let place: Int
    /// The value of an attribute as of the day.
    let attribute: (String) -> String?
  }

  /// Calls `body` with each observation, day by day and account by account, and `unknown` for each account at risk without a known score.
  func forEach(
    keepsInputs: Bool = false, attributes: Set<String> = [], unknown: () -> Void = {}, _ body: (Observation, Place) throws -> Void
  ) throws {
    for (number, day) in days.enumerated() {
      let then = try known(on: day)
      try forEach(of: day, number, then, keepsInputs: keepsInputs, attributes: attributes, unknown: unknown, body)
    }
  }

  private func forEach(
    of day: Day, _ number: Int, _ then: Viewpoint, keepsInputs: Bool, attributes: Set<String>, unknown: () -> Void,
    _ body: (Observation, Place) throws -> Void
  ) throws {
    let names = selection.attributes.union(request.filter.conditions.map(\.attribute)).union(attributes)
    let book = try AttributeBook(names, then)
    let revenue = then.revenue.map { [$0] } ?? []
    let renewal = asksForRenewal ? [Expression(ShowReport.renewal, .last)] : []
    let tally = BandTally(selection.cards)
    for (index, card) in selection.cards.enumerated() {
      let bands = tally.places(of: card)
      try Portfolio(then).sweep(card, days: day...day, beside: revenue + renewal, keepsInputs: keepsInputs) { scores in
        for (place, id) in scores.accounts.enumerated() where scores.counted[0, place] > 0 {
          // What became of an account that has been merged since is told of the one that it counts as now.
          let root = viewpoint.knowledge.merges.root(of: id)
          guard !outcomes.isGone(root, by: day + lag), request.filter.matches({ book.value($0, of: id, on: day) }),
            selection.applies(index, attributes: { book.values(of: id, on: day) })
          else { continue }
          var due: Int?
          if !renewal.isEmpty {
            let date = scores.beside[revenue.count][0, place]
            guard !date.isNaN, isDue(Day(Int(date)), after: day) else { continue }
            due = Day(Int(date)) - day - lag
          }
          guard let band = scores.bandIndex(card, 0, place) else {
            unknown()
            continue
          }
          let next = outcomes.next(of: root, after: day + lag, within: request.reach ?? request.horizon)
          let worth = revenue.isEmpty ? .nan : scores.beside[0][0, place]
          let amount = next.map { $0.amount.isNaN ? worth : $0.amount } ?? worth
          try body(
            Observation(
              account: id, day: number, score: scores.final[0, place], band: bands[band], isWorst: band == 0,
              isBest: band == card.bands.count - 1, ahead: next?.ahead, due: due, amount: amount),
            Place(scores: scores, card: card, place: place) { book.value($0, of: id, on: day) })
        }
      }
    }
  }

  /// Whether a contract ends so soon after a day that it may be renewed within the time that is looked at.
  func isDue(_ renewal: Day, after day: Day) -> Bool { (1...(request.reach ?? request.horizon)).contains(renewal - day - lag) }

  /// Of renewals only those are at risk whose contract ends within the horizon, as it was known then.
  var asksForRenewal: Bool {
    request.outcome == .event("renewal") && viewpoint.catalogue.signal(ShowReport.renewal)?.kind == .date
  }

  /// The rank of a score by risk: the outcome is expected of low scores where it is bad, of high ones where it is good.
  func risk(_ score: Double) -> Double { outcomes.isBad ? 100 - score : score }
}
