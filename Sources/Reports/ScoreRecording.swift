import Health
import Storage

extension ScoreReport {
  /// Records the scores of all counted accounts, within an open transaction; the same again writes nothing.
  package static func record(
    _ viewpoint: Viewpoint, _ selection: CardSelection, asOf: Day, author: String?, at instant: Int64
  ) throws -> RecordedScores.Run {
    let report = try ScoreReport(viewpoint, selection, asOf: asOf)
    let ids = Dictionary(uniqueKeysWithValues: try viewpoint.history.accounts(viewpoint.knowledge).map { ($0.key, $0.id) })
    let hashes = Dictionary(selection.cards.map { ($0.name, $0.identity) }) { first, _ in first }
    let identity = RecordedScores.Identity(
      asOf: asOf, knownBy: viewpoint.knownBy,
      cards: selection.cards.map { RecordedScores.CardVersion(hash: $0.identity, name: $0.name, yaml: $0.text) },
      catalogue: viewpoint.catalogue.identity, settings: viewpoint.settings.identity)
    let rows = report.rows.compactMap { row -> RecordedScores.Row? in
      guard let id = ids[row.account], let card = hashes[row.standing.card] else { return nil }
      return RecordedScores.Row(
        account: id, card: card, score: row.standing.score, raw: row.standing.raw, coverage: row.standing.coverage, band: row.standing.band)
    }.sorted { $0.account < $1.account }
    return try RecordedScores.record(identity, rows, author: author, at: instant, viewpoint.history)
  }
}
