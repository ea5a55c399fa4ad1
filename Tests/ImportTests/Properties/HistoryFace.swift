import Health
import Import
import Storage

/// Everything that anybody can see of a history, as lines that two histories with the same facts have in common.
extension Workbench {
  /// Accounts, aliases, facts and scores as known by an instant, or now.
  func face(by instant: Int64? = nil) throws -> [String] {
    let knowledge = try history.knowledge(by: instant)
    return try (known(knowledge) + scores(knowledge)).sorted()
  }

  /// Accounts, aliases and facts alone.
  func facts(by instant: Int64? = nil) throws -> [String] { try known(try history.knowledge(by: instant)).sorted() }

  private func known(_ knowledge: Knowledge) throws -> [String] {
    try history.accounts(knowledge).flatMap { account in
      try ["account \(account.key)"] + history.aliases(of: account.id, knowledge).map { "\(account.key) is also \($0)" }
        + facts(account.key, knowledge).map { "\(account.key) \($0)" }
    }
  }

  /// One line an account and day: whether it counts, its score before and after rules, and the coverage, to the last bit.
  private func scores(_ knowledge: Knowledge) throws -> [String] {
    let card = try CardFile.read(text: Self.card, file: "card.yaml", catalogue: catalogue).card
    let tiles = HistoryTiles(history, knowledge: knowledge, catalogue: catalogue, settings: Settings())
    let plan = try CardPlan(card, catalogue: catalogue) { try tiles.labelNumbers(like: $0) }
    guard let first = Day("2026-03-25"), let last = Day("2026-04-02") else { return [] }
    let engine = try TileEngine(plan, days: first...last, source: tiles)
    let accounts = try history.accounts(knowledge)
    var lines: [String] = []
    for start in stride(from: 0, to: try history.accountCount(), by: TileEngine.width) {
      let range = start..<min(start + TileEngine.width, try history.accountCount())
      let scores = try engine.score(range)
      for account in accounts where range.contains(account.id) {
        let place = account.id - start
        for row in 0..<scores.counted.rows {
          let figures = [scores.counted, scores.raw, scores.final, scores.coverage].map { $0[row, place] }
          lines.append("\(account.key) \(first + row) scores \(figures)")
        }
      }
    }
    return lines
  }

  private static let card = """
    card: all
    groups:
      use:
        weight: 60
        inputs:
          - {signal: product.logins, measure: sum 3d, points: {0: 0, 16: 100}, weight: 32, missing: skip, why: x}
          - {signal: product.seats, measure: last, points: {0: 0, 32: 100}, weight: 16, missing: 50, why: x}
          - {signal: product.plan, measure: last, map: {gold: 100, "sil;ver": 25}, weight: 16, missing: skip, why: x}
          - {signal: "product.feature:search", measure: count 7d, points: {0: 0, 4: 100}, weight: 16, missing: skip, why: x}
      service:
        weight: 40
        inputs:
          - {signal: service.tickets, measure: count 7d, points: {0: 100, 4: 0}, weight: 16, missing: skip, why: x}
          - {signal: service.tickets_open, measure: last, points: {0: 100, 4: 0}, weight: 16, missing: skip, why: x}
          - {signal: financial.order_value, measure: sum 7d, points: {0: 0, 16: 100}, weight: 16, missing: skip, why: x}
          - {signal: human.feedback, measure: mean 7d, points: {-1: 0, 4: 100}, weight: 16, missing: skip, why: x}
    rules:
      - {when: [{signal: service.urgent, measure: days 7d, above: 0}], cap: 40, reason: Something burns}
    """
}
