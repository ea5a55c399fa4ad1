import Health
import Storage

/// What one page says of the portfolio: how it stands, how it got there, who changed band, and some accounts in full.
package struct PageReport: Codable, Hashable, Sendable {
  /// How many accounts went from one band to another between the first and the last day.
  package struct Move: Codable, Hashable, Sendable {
    package var from: String
    package var to: String
    package var accounts: Int
  }

  /// What one CSM has to look after; the name is empty for accounts without one.
  package struct Desk: Codable, Hashable, Sendable {
    package var csm: String
    package var accounts = 0
    package var revenue = 0.0
    /// The mean score of those that are known; nil where none is.
    package var mean: Double?
    /// In the worst band of their card.
    package var worst = 0
    /// Renewals within 90 days.
    package var renewals = 0
    /// Revenue × risk × nearness of renewal, summed.
    package var rank = 0.0
  }

  package var now: ScoreReport
  /// Week by week.
  package var trend: TrendReport
  /// The same weeks by an attribute, a dimension, a group or a band.
  package var parts: TrendReport?
  /// The first and the last day between which accounts moved.
  package var moved: ClosedRange<Day>
  /// The names of the rows and columns of the matrix: bands worst first, then `unknown`, then `not counted`.
  package var standings: [String]
  /// Every pair of standings, row by row; `not counted` to `not counted` is left out of the counts.
  package var moves: [Move]
  /// Why the mean moved between the two days.
  package var why: PortfolioWhyReport
  /// Who needs somebody first.
  package var book: BookReport
  /// The whole book by CSM, the heaviest first; empty where no account has one.
  package var desks: [Desk]
  package var accounts: [PageAccount]
  /// What is late, thin or broken today.
  package var check: CheckReport
  /// Whether the score foresaw an outcome; nil where none was asked for.
  package var judged: BacktestReport?

  /// Where an account stands that does not count on a day.
  package static let notCounted = "not counted"
  /// Accounts of the book that the page has.
  package static let bookLength = 25
  /// Days before the day spoken of, when nobody names a begin.
  package static let usualSpan = 364

  /// The begin when nobody names one: a year before the last day, or the first day on which a feed spoke.
  package static func usualStart(before last: Day, _ viewpoint: Viewpoint) throws -> Day {
    guard let first = try viewpoint.firstDay(), first <= last else { return last - usualSpan }
    return max(first, last - usualSpan)
  }

  package init(
    _ viewpoint: Viewpoint, _ selection: CardSelection, days: ClosedRange<Day>, filter: AttributeFilter = AttributeFilter(),
    by: TrendReport.By? = nil, accounts: [Account] = [], judging: JudgingRequest? = nil, today: Day
  ) throws {
    let request = ListRequest(filter: filter)
    now = try ScoreReport(viewpoint, selection, asOf: days.upperBound, request)
    let before = try ScoreReport(viewpoint, selection, asOf: days.lowerBound, request)
    trend = try TrendReport(viewpoint, selection, period: .weekly, days: days, request)
    parts = try by.map { try TrendReport(viewpoint, selection, period: .weekly, days: days, request, by: $0) }
    moved = days
    standings = trend.bands + [Card.unknownBand, PageReport.notCounted]
    moves = PageReport.moves(from: before, to: now, among: standings)
    check = try CheckReport(viewpoint, cards: selection.cards, today: today)
    why = try PortfolioWhyReport(viewpoint, selection, days: days, filter: filter)
    var asked = BookReport.Request()
    asked.list.filter = filter
    book = try BookReport(viewpoint, selection, asOf: days.upperBound, asked)
    desks = PageReport.desks(book, worst: Set(selection.cards.compactMap(\.bands.first?.name)))
    book.rows = Array(book.rows.prefix(PageReport.bookLength))
    judged = try judging.map { request in
      // What is judged is what was known on each day, whatever the rest of the page looks back to.
      let now = try Viewpoint(viewpoint.history, catalogue: viewpoint.catalogue, settings: viewpoint.settings)
      return try BacktestReport(
        now, selection, request, leads: BacktestReport.usualLeads.filter { $0 <= request.horizon }, today: today)
    }
    self.accounts = try accounts.map { try PageAccount(viewpoint, selection, $0, days: days) }
  }

  private static func desks(_ book: BookReport, worst: Set<String>) -> [Desk] {
    let byName = Dictionary(grouping: book.rows) { $0.csm ?? "" }
    guard byName.keys.contains(where: { !$0.isEmpty }) else { return [] }
    return byName.map { name, rows in
      let scores = rows.filter { !$0.standing.isUnknown }.compactMap(\.standing.score)
      return Desk(
        csm: name, accounts: rows.count, revenue: rows.reduce(0) { $0 + ($1.isRevenueKnown ? $1.revenue : 0) },
        mean: scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count), worst: rows.count { worst.contains($0.standing.band) },
        renewals: rows.count { row in row.renewalOn.map { (0...90).contains($0 - book.asOf) } ?? false },
        rank: rows.reduce(0) { $0 + $1.rank })
    }.sorted { ($1.rank, $0.csm) < ($0.rank, $1.csm) }
  }

  private static func moves(from before: ScoreReport, to now: ScoreReport, among standings: [String]) -> [Move] {
    let then = Dictionary(uniqueKeysWithValues: before.rows.map { ($0.account, $0.standing.band) })
    let here = Dictionary(uniqueKeysWithValues: now.rows.map { ($0.account, $0.standing.band) })
    var counts: [[String]: Int] = [:]
    for account in Set(then.keys).union(here.keys) {
      counts[[then[account] ?? notCounted, here[account] ?? notCounted], default: 0] += 1
    }
    return standings.flatMap { from in standings.map { Move(from: from, to: $0, accounts: counts[[from, $0]] ?? 0) } }
  }
}
