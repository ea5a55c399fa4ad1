import Health
import Reports
import Storage

/// What `vitals demo` shows of the workspace it has made: the portfolio's trend, who needs someone first, and one account.
struct DemoTour {
  let workspace: Workspace
  let output: Output

  /// How many accounts need someone first.
  private static let mostUrgent = 3

  func show() throws {
    let selection = try workspace.selection(nil)
    let (trend, urgent, account) = try workspace.read { history in
      let viewpoint = try Viewpoint(history, catalogue: workspace.catalogue, settings: workspace.settings)
      let day = try viewpoint.defaultDay(today: DemoStory.lastDay)
      let days = try TrendReport.usualStart(.monthly, before: day, viewpoint)...day
      let trend = try TrendReport(viewpoint, selection, period: .monthly, days: days)
      let scores = try ScoreReport(viewpoint, selection, asOf: day)
      let finder = AccountFinder(viewpoint, asOf: day)
      let account = try ShowReport(viewpoint, account: try finder.find(Self.example), asOf: day) { _ in selection.cards }
      return (trend, UrgentAccounts(scores, most: Self.mostUrgent), account)
    }
    try output.write(DemoPage(trend: TrendOutput(report: trend), urgent: urgent, account: account, database: workspace.database))
  }

  /// The account that the documentation looks at.
  private static let example = "acme"
}

/// The accounts that need someone first: those with the most revenue at risk, revenue × (100 − score).
struct UrgentAccounts {
  let asOf: Day
  let rows: [ScoreReport.Row]

  init(_ scores: ScoreReport, most: Int) {
    asOf = scores.asOf
    func risk(_ row: ScoreReport.Row) -> Double { (row.revenue ?? 0) * (100 - Double(row.standing.shown ?? 50)) }
    let known = scores.rows.filter { $0.standing.band != Card.unknownBand }
    rows = Array(known.sorted { (risk($0), $1.account) > (risk($1), $0.account) }.prefix(most))
  }
}
