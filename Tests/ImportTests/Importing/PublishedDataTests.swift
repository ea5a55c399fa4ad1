import Foundation
import Health
import Import
import Storage
import Testing

/// Published data that lies beside the repository, against totals counted by others. Where it is absent the test says so and passes.
struct PublishedDataTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent()
  private static let folder = root.appendingPathComponent("../shared/data/ravenstack").standardizedFileURL

  private func shipped(_ name: String) throws -> String {
    try String(contentsOf: Self.root.appendingPathComponent("Sources/vitals/Shipped/\(name)"), encoding: .utf8)
  }

  /// How many events of a signal are in force, the sum of their values, and of how many accounts; as the engine sees them.
  private func totals(_ signal: String, _ bench: Workbench) throws -> [Double] {
    let tiles = HistoryTiles(bench.history, knowledge: try bench.history.knowledge(), catalogue: bench.catalogue, settings: Settings())
    let use = SignalUse(signal: signal, lookback: 0, reach: nil)
    let (first, last) = (try #require(Day("2022-12-01")), try #require(Day("2025-12-31")))
    try tiles.prepare([use], days: first...last)
    let daily = try tiles.daily(use, accounts: 0..<500)
    var (count, sum, accounts) = (0.0, 0.0, Set<Int>())
    let busy = Set(daily.busy.map(\.cell))
    for cell in 0..<daily.value.count where !busy.contains(cell) && !daily.value.cells[cell].isNaN {
      count += 1
      sum += daily.value.cells[cell]
      accounts.insert(cell % 500)
    }
    for some in daily.busy {
      count += some.count
      sum += some.sum
      accounts.insert(some.cell % 500)
    }
    #expect(daily.openingSum.allSatisfy { $0 == 0 })
    return [count, sum, Double(accounts.count)]
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: folder.path), "there is no ../shared/data/ravenstack beside the repository"))
  func ravenstackComesToItsTotalsHoweverOftenItIsImported() throws {
    let bench = try Workbench(signals: try shipped("ravenstack_signals.yaml"))
    for feed in ["accounts", "subscriptions", "feature_usage", "support_tickets", "churn_events"] {
      try bench.feed(try shipped("ravenstack_feed_\(feed).yaml"))
    }
    let first = try bench.run([Self.folder.path])
    #expect(first.map(\.feed).prefix(2) == ["accounts", "subscriptions"])
    #expect(first.allSatisfy { $0.state == .imported && $0.rows[.rejected] == 0 })
    #expect(first.first { $0.feed == "support_tickets" }?.warnings == 1077)
    let expected: [String: [Double]] = [
      "product.usage": [25_000, 250_525], "product.usage_seconds": [25_000, 76_055_072], "product.errors": [25_000, 14_107],
      "service.tickets": [2000, 2000], "service.urgent": [514, 514], "service.high_priority": [510, 510], "service.escalated": [95, 95],
      "service.csat": [1175, 4678], "outcome.churn": [600, 600, 352], "outcome.return": [5000, 5000], "human.feedback": [452, 0],
      "financial.mrr": [5486, 10_159_608],
    ]
    for round in 0..<2 {
      #expect(try bench.history.accounts(try bench.history.knowledge()).count == 500)
      for (signal, total) in expected { #expect(Array(try totals(signal, bench).prefix(total.count)) == total, "\(signal)") }
      #expect(abs(try totals("financial.refunds", bench)[1] - 8652.25) < 1e-6)
      guard round == 0 else { break }
      #expect(try bench.run([Self.folder.path]) { $0.again = true }.allSatisfy { $0.rows[.unchanged] == $0.rows.total })
    }
    #expect(try bench.run([Self.folder.path]).allSatisfy { $0.state == .already })
  }
}
