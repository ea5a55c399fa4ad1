import Foundation
import Health
import Reports
import Storage
import Testing

/// Accounts whose ten-month course is made of a hidden danger: `telling` shows it, `twin` shows what `telling` shows, `upside` shows it the
/// wrong way round for the card, `noise` shows nothing, `still` is always the same, and `rare` is hardly ever known.
private final class Dangers {
  static let first = Day(year: 2025, month: 1, day: 1)!
  static let last = first + 420
  static let names = ["telling", "twin", "upside", "noise", "still", "rare"]
  static let catalogue = Catalogue(
    names.map { Signal(key: "product.\($0)", kind: .gauge, expire: 400) } + [Signal(key: "financial.arr", kind: .gauge, expire: 400)])
  static var text: String {
    "card: dangers\noutcome: churn\nhorizon: 60d\nbands: [{band: low, color: red, from: 0}, {band: high, color: green, from: 50}]\ngroups:\n"
      + names.map {
        "  \($0):\n    weight: 10\n    inputs:\n      - {signal: product.\($0), points: {0: 0, 100: 100}, weight: 1, missing: skip, why: w}\n"
      }
      .joined()
  }

  let sample: SampleHistory
  let card: Card
  private(set) var churned = 0

  init(accounts: Int = 150, seed: UInt64 = 22, outcome: String = "churn", amount: Double? = nil) throws {
    sample = try SampleHistory()
    card = try CardFile.read(text: Self.text, file: "dangers.yaml", catalogue: Self.catalogue).card
    var draws = SeededDraws(seed: seed)
    let keys = (0..<accounts).map { "a\(1000 + $0)" }
    let dangers = keys.map { _ in draws.unit() }
    var leaves = keys.map { _ in Self.last + 1000 }
    for (index, danger) in dangers.enumerated() where draws.unit() < danger * 0.9 { leaves[index] = Self.first + 40 + draws.below(380) }
    try sample.take(
      "crm", fileDay: Self.first, at: night(after: Self.first), keys.map { ($0, .attribute("started", from: Self.first, "2023-01-01")) })
    for month in 0...14 {
      let day = Self.first + month * 30
      var rows: [(String, SampleHistory.Fact)] = []
      for (index, key) in keys.enumerated() {
        let shown = 100 * (1 - dangers[index])
        func noisy(_ value: Double) -> Double { min(100, max(0, value + Double(draws.below(41)) - 20)) }
        let telling = noisy(shown)
        let values = [telling, min(100, max(0, telling + Double(draws.below(11)) - 5)), noisy(100 - shown), Double(draws.below(101)), 50]
        rows += zip(Self.names, values).map { (key, .reading("product.\($0)", .gauge, on: Moment(day), $1)) }
        if index < 3 { rows.append((key, .reading("product.rare", .gauge, on: Moment(day), 10))) }
        rows.append((key, .reading("financial.arr", .gauge, on: Moment(day), 1000)))
      }
      try sample.take("signals", fileDay: day, at: night(after: day), rows)
    }
    for (key, day) in zip(keys, leaves).sorted(by: { $0.1 < $1.1 }) where day <= Self.last {
      churned += 1
      try sample.take(
        "outcomes", fileDay: day, at: night(after: day), [(key, .event("outcome.\(outcome)", .event, on: Moment(day), amount, id: key))])
    }
  }

  func viewpoint() throws -> Viewpoint { try sample.viewpoint(Self.catalogue) }

  func power() throws -> PowerReport {
    var request = JudgingRequest(outcome: .event("churn"), horizon: 60)
    request.rounds = 200
    return try PowerReport(viewpoint(), card, request, today: Self.last) {
      try CardFile.read(text: $0, file: "suggested", catalogue: Self.catalogue).card
    }
  }
}

struct PowerReportTests {
  @Test func eachInputIsJudgedByItself() throws {
    let report = try Dangers().power()
    #expect(report.inputs.map(\.verdict) == [.with, .with, .against, .silent, .dead, .dead])
    #expect(report.inputs.map(\.weight).reduce(0, +) > 0.999)
    let odds = report.inputs.map(\.oddsRatio)
    #expect(try #require(odds[0]) > 1.3)
    #expect(try #require(odds[2]) < 0.8)
    #expect(odds[4] == nil && report.inputs[5].known < 0.05)
    // What shows the same danger goes together, whichever way round; noise stands alone.
    #expect(report.together == [[0, 1, 2]])
  }

  @Test func theSuggestionLeavesOutWhatSaysNothingAndIsJudgedOnDaysAfter() throws {
    let report = try Dangers().power()
    let suggestion = try #require(report.suggestion, "\(report.whyNone ?? "")")
    let weights = report.inputs.compactMap(\.suggested)
    #expect(weights.count == 6 && abs(weights.reduce(0, +) - 1) < 1e-9)
    #expect(weights[2] == 0 && weights[4] == 0 && weights[0] + weights[1] > 0.8)
    #expect(suggestion.trainedTo + 61 < suggestion.judgedFrom)
    let (auc, own) = (try #require(suggestion.auc), try #require(suggestion.own))
    #expect(auc > own && abs(auc - own - suggestion.difference!) < 1e-12)
    let read = try CardFile.read(text: suggestion.card, file: "suggested", catalogue: Dangers.catalogue).card
    #expect(
      read.name == "dangers-suggested"
        && read.groups.map(\.name) == Dangers.names.enumerated().filter { weights[$0.offset] > 0 }.map(\.element))
    for (group, weight) in zip(read.groups, weights.filter { $0 > 0 }) { #expect(abs(group.weight - weight * 100) < 0.051) }
    #expect(read.horizon == 60 && read.bands.map(\.name) == ["low", "high"])
  }

  @Test func aForecastOfAPopulationLikeThePastIsThePast() throws {
    let dangers = try Dangers(accounts: 400, seed: 4)
    let report = try ForecastReport(
      dangers.viewpoint(), .card(dangers.card), .event("churn"), months: 2, asOf: Dangers.last, today: Dangers.last)
    // By and large as many as left per month and account before.
    for month in report.months {
      let expected = try #require(month.expected)
      let interval = try #require(month.interval)
      #expect(interval.low <= expected && expected <= interval.high)
      #expect(abs(try #require(month.amount) - expected * 1000) < 1e-6)
      #expect(month.pastOutcomes > 100)
      let byAccount = report.rows.reduce(0) { $0 + ($1.probabilities[month.month - 1] ?? 0) }
      #expect(abs(byAccount - expected) < 1e-9)
    }
    let scores = report.rows.map(\.score)
    #expect(report.rows.map(\.total) == report.rows.map(\.total).sorted(by: >) && (scores.first ?? 100) < (scores.last ?? 0))
    #expect(report.months.map(\.from) == [Dangers.last + 2, Dangers.last + 32] && report.months[1].to == Dangers.last + 61)
    // The fit is one of means: over the past itself it gives back what happened.
    #expect(report.observations > 1000)
  }

  @Test func anUpsellComesToWhatUpsellsCameTo() throws {
    let dangers = try Dangers(accounts: 400, seed: 4, outcome: "upsell", amount: 50)
    let report = try ForecastReport(
      dangers.viewpoint(), .card(dangers.card), .event("upsell"), months: 1, asOf: Dangers.last, today: Dangers.last)
    #expect(!report.isBad)
    #expect(abs(try #require(report.months[0].amount) - 50 * report.months[0].expected!) < 1e-6)
  }

  @Test func aRenewalIsExpectedInTheMonthOfItsContract() throws {
    let sample = try SampleHistory()
    let (first, last) = (Dangers.first, Dangers.last)
    let keys = (0..<300).map { "a\(1000 + $0)" }
    var draws = SeededDraws(seed: 2)
    let catalogue = Catalogue([
      Signal(key: "product.telling", kind: .gauge, expire: 400), Signal(key: "financial.renewal_on", kind: .date, expire: 900),
    ])
    let text = Dangers.text.replacing("outcome: churn", with: "outcome: renewal")
    let card = try CardFile.read(
      text: String(text.prefix(upTo: text.range(of: "  twin:")!.lowerBound)), file: "card.yaml", catalogue: catalogue
    ).card
    try sample.take(
      "crm", fileDay: first, at: night(after: first), keys.map { ($0, .attribute("started", from: first, "2023-01-01")) })
    let ends = keys.map { _ in first + 20 + draws.below(460) }
    for month in 0...14 {
      let day = first + month * 30
      try sample.take(
        "signals", fileDay: day, at: night(after: day),
        keys.indices.flatMap { index -> [(String, SampleHistory.Fact)] in
          [
            (keys[index], .reading("product.telling", .gauge, on: Moment(day), Double(draws.below(101)))),
            (keys[index], .reading("financial.renewal_on", .date, on: Moment(day), Double(ends[index].number))),
          ]
        })
    }
    for (index, end) in ends.enumerated() where end <= last && index % 4 > 0 {
      try sample.take(
        "outcomes", fileDay: end, at: night(after: end),
        [(keys[index], .event("outcome.renewal", .event, on: Moment(end), nil, id: keys[index]))])
    }
    try sample.take("outcomes", fileDay: last, at: night(after: last), event: "outcome.renewal", [])
    let report = try ForecastReport(
      sample.viewpoint(catalogue), .card(card), .event("renewal"), months: 2, asOf: last, today: last)
    let due = [1, 2].map { month in ends.count { (30 * month - 29...30 * month).contains($0 - last - 1) } }
    #expect(report.months.map(\.accounts) == due && due.allSatisfy { $0 > 5 } && report.rows.count == due[0] + due[1])
    for (month, count) in zip(report.months, due) {
      let expected = try #require(month.expected)
      #expect(abs(expected / Double(count) - 0.75) < 0.15)
    }
    #expect(report.rows.allSatisfy { $0.probabilities.count { ($0 ?? 0) > 0 } == 1 && $0.total <= 1 })
  }

  @Test func whatIsTooThinIsRefused() throws {
    let few = try Dangers(accounts: 30, seed: 8)
    #expect {
      try ForecastReport(few.viewpoint(), .card(few.card), .event("churn"), months: 2, asOf: Dangers.last, today: Dangers.last)
    } throws: {
      ($0 as? Problem)?.name == "thin-history"
    }
    let absence = Card.Outcome.absence(name: "lapse", signal: "product.noise", days: 30)
    #expect { try ForecastReport(few.viewpoint(), .card(few.card), absence, months: 2, asOf: Dangers.last, today: Dangers.last) } throws: {
      ($0 as? Problem)?.name == "absence-forecast"
    }
    let enough = try Dangers(accounts: 400, seed: 4)
    #expect {
      try ForecastReport(
        enough.viewpoint(), .card(enough.card), .event("churn"), months: 1, asOf: Dangers.last + 900, today: Dangers.last + 900)
    } throws: {
      ($0 as? Problem)?.name == "nobody-known"
    }
    // Six months ahead of the last days nothing is known yet, so fewer outcomes stand behind it.
    let many = try Dangers(accounts: 120, seed: 4)
    let report = try ForecastReport(
      many.viewpoint(), .card(many.card), .event("churn"), months: 12, asOf: Dangers.last, today: Dangers.last)
    let told = report.months.filter { $0.expected != nil }
    #expect(!told.isEmpty && told.count < 12)
    #expect(report.months.allSatisfy { ($0.expected == nil) == ($0.pastOutcomes < 30) && ($0.expected == nil) == ($0.why != nil) })
  }
}
