import Health
import Storage

/// One account on the page: its score and dimensions day by day, and what happened on the same days.
package struct PageAccount: Codable, Hashable, Sendable {
  /// One day. Nil where the account does not count, or its score is unknown.
  package struct Point: Codable, Hashable, Sendable {
    package var day: Day
    package var score: Double?
    package var band: String?
    /// In the order of `dimensions`.
    package var dimensions: [Double?]
  }

  package var account: String
  package var name: String
  package var card: String
  package var dimensions: [String]
  package var points: [Point]
  /// What people wrote, outcomes, and changes of attributes, oldest first; the newest `mostEvents` of them.
  package var events: [HistoryReport.Row]
  /// How many more there are.
  package var leftOut: Int

  package static let mostEvents = 100

  /// Where no card of an outcome applies to the account, it has no points.
  init(_ viewpoint: Viewpoint, _ selection: CardSelection, _ account: Account, days: ClosedRange<Day>) throws {
    let history = try HistoryReport(viewpoint, account: account, asOf: days.upperBound, PageAccount.request(days))
    let told = history.rows.filter { PageAccount.isTold($0, through: days.upperBound) }
    (self.account, name) = (account.key, history.name)
    events = Array(told.suffix(PageAccount.mostEvents))
    leftOut = told.count - events.count
    let book = try AttributeBook(selection.attributes, viewpoint)
    let attributes = book.values(of: account.id, on: days.upperBound)
    let place = selection.cards.indices.first { selection.applies($0, attributes: { attributes }) }
    guard let card = place.map({ selection.cards[$0] }) else {
      (self.card, dimensions, points) = (selection.name, [], [])
      return
    }
    let parts = CardDimensions(card)
    (self.card, dimensions) = (card.name, parts.names)
    let engine = try Portfolio(viewpoint).engine(card, days: days, keepsInputs: true)
    let scores = try engine.score(account.id..<account.id + 1)
    let tile = TrendTile(scores, card, besideFrom: 0)
    points = (0...days.upperBound - days.lowerBound).map { row in
      let (day, cell) = (days.lowerBound + row, TrendCell(tile: tile, row: row, place: 0))
      guard scores.counted[cell.row, 0] > 0, let band = cell.band else {
        return Point(day: day, dimensions: parts.names.map { _ in nil })
      }
      return Point(day: day, score: cell.final, band: band.name, dimensions: parts.scores(cell).map { $0.isNaN ? nil : $0 })
    }
  }

  private static func request(_ days: ClosedRange<Day>) -> HistoryReport.Request {
    var request = HistoryReport.Request()
    request.since = days.lowerBound
    return request
  }

  private static func isTold(_ row: HistoryReport.Row, through last: Day) -> Bool {
    guard !row.isWithdrawn, let day = Day(String(row.at.prefix(10))), day <= last else { return false }
    if row.type == "attribute" { return row.signal.lowercased() != "name" }
    return row.type == "event" && (row.signal.hasPrefix("human.") || row.signal.hasPrefix("outcome."))
  }
}
