import Health
import Storage

/// Who needs somebody first: revenue × risk × nearness of renewal, account by account.
package struct BookReport: Codable, Hashable, Sendable {
  /// Which accounts, and in what order.
  package struct Request: Sendable {
    package var list = ListRequest()
    /// Only renewals within so many days, by day.
    package var next: Int?

    package init() {}
  }

  /// One account.
  package struct Row: Codable, Hashable, Sendable, ListedAccount {
    package var account: String
    package var name: String
    package var csm: String?
    package var standing: AccountScore
    /// revenue × risk × nearness.
    package var rank: Double
    /// What it is worth, or the median of the book where that is not known.
    package var revenue: Double
    package var isRevenueKnown: Bool
    /// (100 − shown) ÷ 100; an unknown score counts as 50.
    package var risk: Double
    /// 1 within 90 days of the renewal, falling straight to 0.25 at 365 and beyond; 0.5 where it is not known.
    package var nearness: Double
    package var renewalOn: Day?
    /// The band a week before, where it was a better one.
    package var droppedFrom: String?
    /// Days since the last pulse, where that is longer than a pulse is fresh; nil where it is not, or pulses are not known here.
    package var pulseOverdue: Int?
    /// What to do with accounts in the band.
    package var play: String?
    /// What was typed of days after the as-of day, which is not in the score yet.
    package var pending: [String]
    package var with: [Extras.Value] = []
  }

  package var card: String
  package var asOf: Day
  package var knownBy: Int64?
  package var filter: String
  /// Renewals within so many days were asked for.
  package var next: Int?
  /// Accounts in the book, listed or not.
  package var accounts: Int
  /// Highest rank first, or with `next` the earliest renewal.
  package var rows: [Row]
  /// The attributes and signals that are told beside.
  package var with: [String]

  /// A week: within it a fall into a worse band is new.
  package static let dropSpan = 7
  static let pulse = "human.csm_pulse"

  package init(_ viewpoint: Viewpoint, _ selection: CardSelection, asOf: Day, _ request: Request = Request()) throws {
    try viewpoint.requireAttributes(request.list.filter.conditions.map(\.attribute))
    let wanted = try ScoreReport.bands(request.list.bands, of: selection.cards)
    (card, self.asOf, knownBy, next) = (selection.name, asOf, viewpoint.knownBy, request.next)
    filter = request.list.filter.description
    let extras = try Extras(request.list.with, viewpoint)
    with = extras.names
    let order = try request.list.sort.map { try ListOrder($0, among: BookReport.fields, with: extras.names) }
    var all = try BookReport.read(viewpoint, selection, asOf: asOf, request.list.filter, extras)
    let known = all.filter(\.isRevenueKnown).map(\.revenue).sorted()
    let median = known.isEmpty ? 1 : (known[(known.count - 1) / 2] + known[known.count / 2]) / 2
    for index in all.indices {
      if !all[index].isRevenueKnown { all[index].revenue = median }
      all[index].rank = all[index].revenue * all[index].risk * all[index].nearness
    }
    accounts = all.count
    all = all.filter { wanted?.contains($0.standing.band) ?? true }
    if let days = request.next { all = all.filter { row in row.renewalOn.map { $0 >= asOf && $0 - asOf <= days } ?? false } }
    if let order {
      all = order.sorted(all)
    } else if request.next != nil {
      all.sort { ($0.renewalOn ?? asOf, -$0.rank, $0.account) < ($1.renewalOn ?? asOf, -$1.rank, $1.account) }
    } else {
      all.sort { ($1.rank, $0.account) < ($0.rank, $1.account) }
    }
    rows = Array(all.prefix(request.list.top ?? .max))
  }

  /// What its list can be sorted by.
  private static var fields: KeyValuePairs<String, SortKey<Row>> {
    [
      "rank": .number(\.rank), "revenue": .number(\.revenue), "risk": .number(\.risk), "nearness": .number(\.nearness),
      "score": .number { $0.standing.isUnknown ? nil : $0.standing.score }, "trend_30d": .number(\.standing.trend),
      "renewal_on": .number { $0.renewalOn.map { Double($0.number) } }, "account": .text(\.account), "name": .text(\.name),
      "csm": .text(\.csm),
      "band": .text(\.standing.band),
    ]
  }

  /// How near a renewal is. One that is over counts as near for 90 days, and after that as not known.
  static func nearness(_ renewal: Day?, asOf: Day) -> Double {
    guard let renewal, renewal - asOf >= -90 else { return 0.5 }
    let days = Double(renewal - asOf)
    return days <= 90 ? 1 : days >= 365 ? 0.25 : 1 - 0.75 * (days - 90) / (365 - 90)
  }

  private static func read(
    _ viewpoint: Viewpoint, _ selection: CardSelection, asOf: Day, _ filter: AttributeFilter, _ extras: Extras
  ) throws -> [Row] {
    let names = selection.attributes.union(filter.conditions.map(\.attribute)).union(["name", "csm"]).union(extras.attributes)
    let book = try AttributeBook(names, viewpoint)
    let accounts = Dictionary(uniqueKeysWithValues: try viewpoint.history.accounts(viewpoint.knowledge).map { ($0.id, $0) })
    let beside = Beside(viewpoint)
    let pending = try pendingFacts(viewpoint, asOf: asOf)
    let last = AccountScore.trendSpan
    var rows: [Row] = []
    for (index, card) in selection.cards.enumerated() {
      try Portfolio(viewpoint).sweep(card, days: (asOf - last)...asOf, beside: beside.expressions + extras.expressions) { scores in
        for (place, id) in scores.accounts.enumerated() where scores.counted[last, place] > 0 {
          guard let account = accounts[id], filter.matches({ book.value($0, of: id, on: asOf) }),
            selection.applies(index, attributes: { book.values(of: id, on: asOf) })
          else { continue }
          let standing = AccountScore(scores, card, row: last, place: place, before: 0)
          let told = beside.values(scores, row: last, place: place)
          let before = scores.band(card, last - dropSpan, place)
          let now = scores.band(card, last, place)
          rows.append(
            Row(
              account: account.key, name: book.name(of: account, on: asOf), csm: book.value("csm", of: id, on: asOf), standing: standing,
              rank: 0, revenue: told.revenue ?? 0, isRevenueKnown: told.revenue != nil,
              risk: Double(100 - (standing.isUnknown ? 50 : standing.shown ?? 50)) / 100, nearness: nearness(told.renewal, asOf: asOf),
              renewalOn: told.renewal,
              droppedFrom: before.flatMap { a in now.flatMap { b in card.isWorse(b, than: a) ? a.name : nil } },
              pulseOverdue: told.pulseOverdue, play: now?.play, pending: pending[id] ?? [],
              with: try extras.values(
                attribute: { book.value($0, of: id, on: asOf) }, measured: { scores.beside[beside.expressions.count + $0][last, place] })))
        }
      }
    }
    return rows
  }

  /// What was typed of later days, in words, by account.
  private static func pendingFacts(_ viewpoint: Viewpoint, asOf: Day) throws -> [Int: [String]] {
    var pending: [Int: [String]] = [:]
    for fact in try viewpoint.history.typed(after: asOf, viewpoint.knowledge) {
      pending[fact.account, default: []].append("\(fact.moment.day) \(fact.signal)" + (fact.value.map { " \($0.formattedShortly)" } ?? ""))
    }
    for kept in try viewpoint.history.overrides(viewpoint.knowledge)
    where kept.override.from > asOf && kept.override.from <= kept.override.until {
      let override = kept.override
      pending[override.account, default: []].append(
        "\(override.from) override \(override.kind.rawValue) \(override.value.formattedShortly)")
    }
    return pending
  }

  /// What is measured beside the card.
  private struct Beside {
    private enum What { case revenue, renewal, pulse }
    private var asked: [(what: What, expression: Expression)] = []
    private let fresh: Int?

    init(_ viewpoint: Viewpoint) {
      if let revenue = viewpoint.revenue { asked.append((.revenue, revenue)) }
      if viewpoint.catalogue.signal(ShowReport.renewal)?.kind == .date { asked.append((.renewal, Expression(ShowReport.renewal, .last))) }
      let pulse = viewpoint.catalogue.signal(BookReport.pulse)
      fresh = pulse?.kind == .event ? pulse?.fresh ?? pulse?.expire : nil
      if fresh != nil { asked.append((.pulse, Expression(BookReport.pulse, .since))) }
    }

    var expressions: [Expression] { asked.map(\.expression) }

    func values(_ scores: TileScores, row: Int, place: Int) -> (revenue: Double?, renewal: Day?, pulseOverdue: Int?) {
      var values: (revenue: Double?, renewal: Day?, pulseOverdue: Int?) = (nil, nil, nil)
      for (asked, grid) in zip(asked, scores.beside) {
        let value = grid[row, place]
        switch asked.what {
        case .revenue: values.revenue = value.isNaN ? nil : value
        case .renewal: values.renewal = value.isNaN ? nil : Day(Int(value))
        case .pulse: values.pulseOverdue = value.isNaN || Int(value) <= fresh ?? .max ? nil : Int(value)
        }
      }
      return values
    }
  }
}

extension Card {
  /// Whether a band stands before another, from worst to best.
  fileprivate func isWorse(_ band: Band, than other: Band) -> Bool {
    guard let a = bands.firstIndex(of: band), let b = bands.firstIndex(of: other) else { return false }
    return a < b
  }
}
