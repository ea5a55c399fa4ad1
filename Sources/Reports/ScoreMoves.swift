import Health

/// Whose score differs between two reports of one day under one card.
package struct ScoreMoves: Codable, Hashable, Sendable {
  /// One account; an end is nil where the account is not counted, or has no score.
  package struct Row: Codable, Hashable, Sendable {
    package var account: String
    package var name: String
    package var before: Double?
    package var after: Double?
    /// Nil where the account is not counted.
    package var bandBefore: String?
    package var bandAfter: String?

    /// Nil where an end has no score.
    package var change: Double? { before.flatMap { before in after.map { $0 - before } } }
    package var changesBand: Bool { bandBefore != bandAfter }
  }

  package var card: String
  package var asOf: Day
  /// Who is no longer, or newly, counted or scored first, then the greatest changes.
  package var rows: [Row]

  package init(from before: ScoreReport, to after: ScoreReport) {
    (card, asOf) = (before.card, before.asOf)
    var rows: [String: Row] = [:]
    for row in before.rows {
      rows[row.account] = Row(
        account: row.account, name: row.name, before: row.standing.score, after: nil, bandBefore: row.standing.band, bandAfter: nil)
    }
    for row in after.rows {
      var move = rows[row.account] ?? Row(account: row.account, name: row.name)
      (move.after, move.bandAfter) = (row.standing.score, row.standing.band)
      rows[row.account] = move
    }
    func size(_ row: Row) -> Double { row.change.map { abs($0) } ?? .infinity }
    self.rows = rows.values.filter { $0.before != $0.after || $0.changesBand }
      .sorted { (-size($0), $0.account) < (-size($1), $1.account) }
  }
}
