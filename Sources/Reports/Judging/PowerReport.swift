import Health
import Storage

/// What each input of a card tells about an outcome by itself, and which weights the outcomes suggest.
package struct PowerReport: Codable, Hashable, Sendable {
  package struct Input: Codable, Hashable, Sendable {
    /// How an input stands to the outcome.
    package enum Verdict: String, Codable, Sendable {
      /// Its points tell who is at risk, in the direction that the card takes them.
      case with
      /// They do so in the other direction.
      case against
      /// The interval of its AUC covers one half.
      case silent
      /// There is not enough to say.
      case unsaid
      /// Hardly ever known, or always the same.
      case dead
    }

    package var group: String
    package var signal: String
    package var measure: String
    /// Its nominal share of the card, 0–1.
    package var weight: Double
    /// The share of observations in which it is known.
    package var known: Double
    package var ranking: JudgedRanking
    package var verdict: Verdict
    /// How much the odds of the outcome change with one standard deviation of points towards risk, as the card sees it.
    package var oddsRatio: Double?
    /// The share that the outcomes suggest; nil where nothing is suggested.
    package var suggested: Double?
  }

  /// The suggested weights against the card's own, on days after those they were found on.
  package struct Suggestion: Codable, Hashable, Sendable {
    package var trainedFrom: Day
    package var trainedTo: Day
    package var judgedFrom: Day
    package var judgedTo: Day
    /// Of the suggested weights.
    package var auc: Double?
    package var own: Double?
    package var difference: Double?
    package var interval: Interval?
    /// A card file with the weights.
    package var card: String
  }

  package var card: String
  package var outcome: String
  package var isBad: Bool
  package var horizon: Int
  package var from: Day
  package var to: Day
  package var days: Int
  package var filter: String
  package var overall: JudgedRanking
  package var inputs: [Input]
  /// Inputs, by their places, whose points go together by more than one half.
  package var together: [[Int]]
  package var suggestion: Suggestion?
  /// Why there is none.
  package var whyNone: String?

  /// Inputs known in a smaller share of the observations are dead.
  static let leastKnown = 0.05

  /// `viewpoint` is one of now. `before` is the day from which on the suggestion is judged; nil leaves a third of the days for that.
  /// `read` makes a card of a file's text.
  package init(
    _ viewpoint: Viewpoint, _ card: Card, _ request: JudgingRequest, before: Day? = nil, today: Day, read: (String) throws -> Card
  ) throws {
    let observations = try Observations(viewpoint, .card(card), request, today: today)
    let columns = try InputColumns(card, observations)
    (self.card, outcome, isBad, horizon) = (card.name, request.outcome.name, observations.outcomes.isBad, request.horizon)
    (from, to, days) = observations.span(columns.rows)
    filter = request.filter.description
    overall = JudgedRanking(
      risks: columns.rows.map { observations.risk($0.score) }, happened: columns.happened, accounts: columns.rows.map(\.account),
      rounds: request.rounds)
    inputs = columns.inputs(card, rounds: request.rounds)
    together = Correlations.groups(columns.points)
    let fit = SuggestedWeights(columns, observations, before: before)
    guard let weights = fit.weights else {
      whyNone = fit.whyNone
      return
    }
    for place in inputs.indices { inputs[place].suggested = weights[place] / 100 }
    let text = try card.reweighted(named: "\(card.name)-suggested", weights)
    var later = request
    later.from = fit.judgedFrom
    let judged = try BacktestReport(viewpoint, .card(try read(text)), later, leads: [], against: .card(card), today: today)
    suggestion = Suggestion(
      trainedFrom: fit.trainedFrom, trainedTo: fit.trainedTo, judgedFrom: judged.from, judgedTo: judged.to, auc: judged.against?.auc,
      own: judged.against?.other, difference: judged.against?.difference, interval: judged.against?.interval, card: text)
  }
}

/// The points of every input in every observation, by input.
struct InputColumns {
  private(set) var rows: [Observation] = []
  /// NaN where there are no data; points given for missing data are none.
  private(set) var points: [[Double]]
  let isBad: Bool

  var happened: [Bool] { rows.map(\.happened) }

  init(_ card: Card, _ observations: Observations) throws {
    isBad = observations.outcomes.isBad
    var (rows, points) = ([Observation](), [[Double]](repeating: [], count: card.groups.reduce(0) { $0 + $1.inputs.count }))
    try observations.forEach(keepsInputs: true) { one, place in
      rows.append(one)
      for (index, input) in place.scores.inputs.enumerated() {
        points[index].append(input.measured[0, place.place].isNaN ? .nan : input.points[0, place.place])
      }
    }
    (self.rows, self.points) = (rows, points)
  }

  /// How much an input points at the outcome, as the card takes it: 0 where it speaks least for it, 100 most.
  func risk(_ points: Double) -> Double { isBad ? 100 - points : points }

  func inputs(_ card: Card, rounds: Int) -> [PowerReport.Input] {
    let happened = happened
    let all = card.groups.reduce(0) { $0 + $1.weight }
    var (inputs, index) = ([PowerReport.Input](), 0)
    for group in card.groups {
      let own = group.inputs.reduce(0) { $0 + $1.weight }
      for input in group.inputs {
        inputs.append(
          self.input(index, happened, rounds, group: group.name, input, weight: group.weight / all * input.weight / own))
        index += 1
      }
    }
    return inputs
  }

  private func input(
    _ index: Int, _ happened: [Bool], _ rounds: Int, group: String, _ input: Card.Input, weight: Double
  ) -> PowerReport.Input {
    let known = rows.indices.filter { !points[index][$0].isNaN }
    let risks = known.map { risk(points[index][$0]) }
    let outcomes = known.map { happened[$0] }
    let share = rows.isEmpty ? 0 : Double(known.count) / Double(rows.count)
    let deviation = InputColumns.deviation(risks)
    let isDead = share < PowerReport.leastKnown || deviation < 1e-9
    let ranking = JudgedRanking(risks: risks, happened: outcomes, accounts: known.map { rows[$0].account }, rounds: isDead ? 0 : rounds)
    let verdict: PowerReport.Input.Verdict =
      isDead ? .dead : ranking.interval.map { $0.low > 0.5 ? .with : $0.high < 0.5 ? .against : .silent } ?? .unsaid
    return PowerReport.Input(
      group: group, signal: input.expression.signal, measure: input.expression.phrase, weight: weight, known: share, ranking: ranking,
      verdict: verdict, oddsRatio: ranking.auc == nil ? nil : InputColumns.oddsRatio(risks, outcomes, deviation))
  }

  private static func deviation(_ values: [Double]) -> Double {
    guard values.count > 1 else { return 0 }
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
  }

  /// The factor that one standard deviation more puts on the odds, from a logistic fit of this input alone.
  private static func oddsRatio(_ risks: [Double], _ happened: [Bool], _ deviation: Double) -> Double {
    let scaled = risks.map { $0 / deviation }
    // A coefficient may not be negative, so the sign is found by trying both.
    let up = LogisticFit(columns: [scaled], happened: happened, penalty: 1e-6).coefficients[0]
    let down = up > 0 ? 0 : LogisticFit(columns: [scaled.map { -$0 }], happened: happened, penalty: 1e-6).coefficients[0]
    return LogisticFit.factor(up - down)
  }
}
