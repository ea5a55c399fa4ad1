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
    (asked.list.filter, asked.list.top) = (filter, PageReport.bookLength)
    book = try BookReport(viewpoint, selection, asOf: days.upperBound, asked)
    judged = try judging.map { request in
      // What is judged is what was known on each day, whatever the rest of the page looks back to.
      let now = try Viewpoint(viewpoint.history, catalogue: viewpoint.catalogue, settings: viewpoint.settings)
      return try BacktestReport(
        now, selection, request, leads: BacktestReport.usualLeads.filter { $0 <= request.horizon }, today: today)
    }
    self.accounts = try accounts.map { try PageAccount(viewpoint, selection, $0, days: days) }
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
