import Health
import Storage

/// The accounts whose scores fell and rose most between two days, with the main reason.
package struct MoversReport: Codable, Hashable, Sendable {
  package var card: String
  package var days: ClosedRange<Day>
  package var knownBy: Int64?
  package var filter: String
  /// Accounts whose scores are compared, and those that are unknown or not there at an end.
  package var compared: Int
  package var leftOut: Int
  /// Largest first.
  package var falls: [AccountMove]
  package var rises: [AccountMove]
  /// The attributes and signals that are told beside, as of the last day.
  package var with: [String]

  /// Accounts in each of the two lists, unless somebody says otherwise.
  package static let usualLength = 10

  /// The request's `top` bounds each of the two lists; the largest are chosen before they are sorted otherwise.
  package init(_ viewpoint: Viewpoint, _ selection: CardSelection, days: ClosedRange<Day>, _ request: ListRequest = ListRequest()) throws {
    (card, self.days, knownBy, filter) = (selection.name, days, viewpoint.knownBy, request.filter.description)
    let wanted = try ScoreReport.bands(request.bands, of: selection.cards)
    let extras = try Extras(request.with, viewpoint)
    with = extras.names
    let order = try request.sort.map { try ListOrder($0, among: AccountMove.fields, with: extras.names) }
    let all = try PortfolioMoves(viewpoint: viewpoint, selection: selection, days: days, filter: request.filter, extras: extras)
      .all { ($0.change ?? 0) != 0 }
    let moves = all.filter { $0.change != nil }
    (compared, leftOut) = (moves.count, all.count - moves.count)
    let listed = moves.filter { wanted?.contains($0.to) ?? true }
    func sorted(_ sign: Double) -> [AccountMove] {
      let largest = Array(
        listed.filter { ($0.change ?? 0) * sign > 0 }
          .sorted { (-abs($0.change ?? 0), $0.account) < (-abs($1.change ?? 0), $1.account) }
          .prefix(request.top ?? MoversReport.usualLength))
      return order?.sorted(largest) ?? largest
    }
    (falls, rises) = (sorted(-1), sorted(1))
  }
}

/// How many accounts went from each band to each between two days.
package struct BandsReport: Codable, Hashable, Sendable {
  /// The accounts that went from one band to another, or stayed.
  package struct Passage: Codable, Hashable, Sendable {
    /// A band, or `came`.
    package var from: String
    /// A band, or `left`.
    package var to: String
    package var accounts: Int
    /// What those are worth together of whom it is known; nil where the workspace has no signal of that.
    package var revenue: Double?
  }

  package var card: String
  package var days: ClosedRange<Day>
  package var knownBy: Int64?
  package var filter: String
  /// Worst first, `unknown` last.
  package var bands: [BandCount]
  /// Of every pair that has accounts, in the order of the bands.
  package var passages: [Passage]
  /// Accounts that changed their band, came or left, listed or not.
  package var moved: Int
  /// Those of them that were asked for; by account unless somebody says otherwise.
  package var moves: [AccountMove]
  /// The attributes and signals that are told beside, as of the last day.
  package var with: [String]

  /// With the request's `bands`, only those that are in one of them on the last day, or were on the first.
  package init(_ viewpoint: Viewpoint, _ selection: CardSelection, days: ClosedRange<Day>, _ request: ListRequest = ListRequest()) throws {
    (card, self.days, knownBy, filter) = (selection.name, days, viewpoint.knownBy, request.filter.description)
    let wanted = try ScoreReport.bands(request.bands, of: selection.cards)
    let extras = try Extras(request.with, viewpoint)
    with = extras.names
    let order = try ListOrder(request.sort ?? "account", among: AccountMove.fields, with: extras.names)
    var all = try PortfolioMoves(viewpoint: viewpoint, selection: selection, days: days, filter: request.filter, extras: extras)
      .all { $0.from != $0.to }
    if let wanted { all = all.filter { wanted.contains($0.from) || wanted.contains($0.to) } }
    var bands = BandTally(selection.cards).counts + [BandCount(band: Card.unknownBand, color: nil, accounts: 0)]
    for index in bands.indices {
      let band = bands[index].band
      bands[index].accounts = all.count { $0.after?.band == band }
    }
    self.bands = bands
    let moving = all.filter { $0.from != $0.to }
    moved = moving.count
    moves = Array(order.sorted(moving).prefix(request.top ?? .max))
    let names = bands.map(\.band)
    passages = (names + [AccountMove.came]).flatMap { from in
      (names + [AccountMove.left]).compactMap { to in
        let own = all.filter { $0.from == from && $0.to == to }
        guard !own.isEmpty else { return nil }
        return Passage(
          from: from, to: to, accounts: own.count,
          revenue: viewpoint.revenue == nil ? nil : own.reduce(0) { $0 + ($1.revenue ?? 0) })
      }
    }
  }
}
