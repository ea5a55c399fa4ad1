import Foundation
import Health
import Import
import Storage
import TestSupport
import Testing

/// Published nightly files that lie beside the repository: every night twice, and in any order. Where they are absent the tests say so.
struct NightlyFilesTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let archive = root.appendingPathComponent("../shared/data/online-retail/by-day.tar.xz").standardizedFileURL
  private static let isThere = FileManager.default.fileExists(atPath: archive.path)
  /// Some weeks are enough to see customers come back and orders cancelled.
  private static let nights = 20

  private func shipped(_ name: String) throws -> String {
    try String(contentsOf: Self.root.appendingPathComponent("Sources/vitals/Shipped/\(name)"), encoding: .utf8)
  }

  private func bench() throws -> Workbench {
    let bench = try Workbench(signals: try shipped("retail_signals.yaml"))
    try bench.feed(try shipped("retail_feed_orders.yaml"))
    return bench
  }

  /// The files of the first nights, unpacked beside a history.
  private func unpack(_ bench: Workbench) throws -> [String] {
    let folder = bench.folder.appendingPathComponent("nights")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let tar = Process()
    tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    tar.arguments = ["tar", "-xJf", Self.archive.path, "-C", folder.path, "--strip-components=1"]
    try tar.run()
    tar.waitUntilExit()
    #expect(tar.terminationStatus == 0)
    let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { ($0 as? URL)?.path } ?? []
    return Array(found.filter { $0.hasSuffix(".csv") }.sorted().prefix(Self.nights))
  }

  /// What the history comes to, as few numbers: of each signal how many facts there are on how many accounts' days, and their sum.
  private func totals(_ bench: Workbench) throws -> [String] {
    let tiles = HistoryTiles(bench.history, knowledge: try bench.history.knowledge(), catalogue: bench.catalogue, settings: Settings())
    let (first, last) = (try #require(Day("2010-12-01")), try #require(Day("2011-12-31")))
    let signals = bench.catalogue.signals.keys.sorted()
    let uses = signals.map { SignalUse(signal: $0, lookback: 0, reach: nil) }
    try tiles.prepare(uses, days: first...last)
    var lines = ["\(try bench.history.accounts(bench.history.knowledge()).count) accounts"]
    for use in uses {
      var figures: [String: String] = [:]
      for start in stride(from: 0, to: try bench.history.accountCount(), by: Layout.shardSize) {
        let accounts = start..<min(start + Layout.shardSize, try bench.history.accountCount())
        let daily = try tiles.daily(use, accounts: accounts)
        let keys = try bench.history.connection.prepare("SELECT key FROM account WHERE id >= ? AND id < ? ORDER BY id")
          .all(accounts.lowerBound, accounts.upperBound) { $0.text(0) }
        var sums = [Double](repeating: 0, count: accounts.count)
        var counts = [Double](repeating: 0, count: accounts.count)
        let busy = Set(daily.busy.map(\.cell))
        for cell in 0..<daily.value.count where !busy.contains(cell) && !daily.value.cells[cell].isNaN {
          sums[cell % accounts.count] += daily.value.cells[cell]
          counts[cell % accounts.count] += 1
        }
        for some in daily.busy {
          sums[some.cell % accounts.count] += some.sum
          counts[some.cell % accounts.count] += some.count
        }
        for (place, key) in keys.enumerated() { figures[key] = "\(counts[place]) facts, \((sums[place] * 1000).rounded() / 1000)" }
      }
      lines += figures.map { "\($0.key) \(use.signal) \($0.value)" }
    }
    return lines.sorted()
  }

  @Test(.enabled(if: isThere, "there is no ../shared/data/online-retail beside the repository"))
  func everyNightTwiceOrInAnyOrderIsTheSameAsOnce() throws {
    let (once, twice, shuffled) = (try bench(), try bench(), try bench())
    let paths = try unpack(once)
    #expect(paths.count == Self.nights)
    for path in paths {
      let first = try once.run([path])[0]
      let (same, known) = (try twice.run([path])[0], try twice.run([path])[0])
      let again = try twice.run([path]) { $0.again = true }[0]
      #expect(first.state == .imported && first.counts == same.counts && known.state == .already)
      #expect(again.rows[.unchanged] + again.rows[.skipped] == again.rows.total, "\(path): \(again.counts)")
      #expect(again.facts[.unchanged] + again.facts[.skipped] == again.facts.total, "\(path): \(again.factCounts)")
    }
    let expected = try totals(once)
    #expect(expected.count > 2000)
    expectSame(try totals(twice), expected)
    var dice = Seeded(305)
    for path in paths.shuffled(using: &dice) { try shuffled.run([path]) }
    try shuffled.run(paths)
    expectSame(try totals(shuffled), expected)
    #expect(try shuffled.run(paths).allSatisfy { $0.state == .already })
  }
}
