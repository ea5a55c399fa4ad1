import Health
import Storage

/// Whether a card tells what happened: its scores, made of what was known on each day, against what came after.
package struct BacktestReport: Codable, Hashable, Sendable {
  /// The observations in one band.
  package struct Band: Codable, Hashable, Sendable {
    package var band: String
    package var color: String?
    package var observations = 0
    package var events = 0
    /// Events ÷ observations.
    package var rate: Double?
    /// The rate ÷ that of all.
    package var lift: Double?
    /// What the events came to, or what the accounts with them were worth; nil where nothing tells.
    package var amount: Double?
  }

  /// What the accounts with the outcome scored so many days before it.
  package struct Lead: Codable, Hashable, Sendable {
    package var days: Int
    /// The observations that this many days and no more than one step fewer came before the outcome, against those without one.
    package var ranking: JudgedRanking
    package var meanWith: Double?
    package var meanWithout: Double?
  }

  /// The accounts with one value of an attribute, as of each day; empty for those without one.
  package struct Segment: Codable, Hashable, Sendable {
    package var value: String
    package var ranking: JudgedRanking
  }

  /// Something that a useful card keeps.
  package struct Floor: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Sendable {
      /// The worst band's rate is at least three times the base rate.
      case worstBandLift = "worst_band_lift"
      /// At least two thirds of the events are below the best band 75 days before.
      case seenComing = "seen_coming"
      /// At most 80 % of the book is in the best band.
      case bestBandShare = "best_band_share"
    }

    package var kind: Kind
    package var bound: Double
    package var value: Double?
    /// Nil where it does not apply, and `why` says so.
    package var holds: Bool?
    package var why: String?
  }

  /// Another card on the observations that both know.
  package struct Rival: Codable, Hashable, Sendable {
    package var card: String
    package var n: Int
    package var auc: Double?
    package var other: Double?
    /// The card's AUC less the rival's.
    package var difference: Double?
    package var interval: Interval?
  }

  /// Scores by tens: how many observations with and without the outcome.
  package struct ScoreBin: Codable, Hashable, Sendable {
    package var from: Int
    package var with = 0
    package var without = 0
  }

  package var card: String
  package var outcome: String
  /// Whether it is expected of low scores.
  package var isBad: Bool
  package var horizon: Int
  package var every: Int
  package var from: Day
  package var to: Day
  /// How many days were looked at.
  package var days: Int
  package var knowing: JudgingRequest.Knowing
  package var lag: Int
  package var filter: String
  package var overall: JudgedRanking
  /// Observations of accounts at risk whose score was unknown; they are left out.
  package var unknown: Int
  package var bands: [Band]
  /// Of the worst band: the share of its observations with the outcome, and of all events those in it.
  package var precision: Double?
  package var recall: Double?
  /// By risk ÷ 100 as a prediction, ten bins of about equal size.
  package var calibration: [CalibrationBin]
  package var scores: [ScoreBin]
  package var leads: [Lead]
  package var by: String?
  package var segments: [Segment]
  package var floors: [Floor]
  package var against: Rival?
  /// The share of facts that became known more than a month after their day, and not by a backfill.
  package var lateShare: Double

  package static let usualLeads = [90, 60, 30]

  /// `viewpoint` is one of now. `leads` are days, none longer than the horizon; `against` is another card.
  package init(
    _ viewpoint: Viewpoint, _ selection: CardSelection, _ request: JudgingRequest, leads: [Int] = usualLeads, by attribute: String? = nil,
    against: CardSelection? = nil, today: Day
  ) throws {
    try viewpoint.requireAttributes(request.filter.conditions.map(\.attribute) + (attribute.map { [$0.lowercased()] } ?? []))
    if let long = leads.first(where: { $0 > request.horizon }) {
      throw Problem(
        "long-lead", .usage, "a lead of \(long) days is longer than the horizon of \(request.horizon)",
        hint: "give a longer --horizon or shorter leads")
    }
    let observations = try Observations(viewpoint, selection, request, today: today)
    var judged = Judged(days: observations.days)
    let name = attribute?.lowercased()
    try observations.forEach(attributes: Set(name.map { [$0] } ?? []), unknown: { judged.unknown += 1 }) { one, place in
      judged.add(one, risk: observations.risk(one.score), segment: name.map { place.attribute($0) ?? "" })
    }
    (card, outcome, isBad) = (selection.name, request.outcome.name, observations.outcomes.isBad)
    (horizon, every, knowing, lag) = (request.horizon, request.every, request.knowing, observations.lag)
    (from, to, days) = observations.span(judged.all)
    (filter, by, unknown) = (request.filter.description, attribute, judged.unknown)
    overall = judged.ranking(request.rounds) { _ in true }
    bands = judged.bands(selection, overall)
    (precision, recall) = judged.worst(overall)
    calibration = !overall.isEnough ? [] : Calibration.bins(judged.risks.map { $0 / 100 }, happened: judged.all.map(\.happened))
    scores = judged.scores()
    self.leads = request.outcome.isEvent ? leads.map { judged.lead($0, every: request.every, request.rounds) } : []
    segments = attribute == nil ? [] : judged.segments(request.rounds)
    floors = observations.outcomes.isBad ? judged.floors(request, overall) : []
    self.against = try against.map { try judged.rival($0, Observations(viewpoint, $0, request, today: today), request.rounds) }
    lateShare = try viewpoint.history.lateShare(viewpoint.knowledge, after: 30)
  }
}
