import Foundation
import Health
import Import
import Storage
import Testing

/// Files that are not read to their end, or that change meanwhile.
struct BrokenOffTests {
  private func bench() throws -> Workbench {
    let bench = try Workbench()
    try bench.feed(
      """
      feed: usage
      match: ["usage*"]
      account: account
      unknown_accounts: create
      at: day
      signals:
        product.logins: {value: logins}
      """)
    return bench
  }

  private let header = "account,day,logins\n"

  /// The bytes of a gzip file whose second half is missing.
  private func brokenOff(_ text: String, _ bench: Workbench) throws -> [UInt8] {
    let path = try bench.write("plain", Array(text.utf8))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-kf", path]
    try process.run()
    process.waitUntilExit()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path + ".gz"))
    return Array(bytes.prefix(bytes.count - 8))
  }

  @Test func refusedRowsBeforeTheBreakAreListed() throws {
    let bench = try bench()
    let rows = "a,2026-03-01,1\nb,2026-03-01,x\nc,2026-03-01,3\n"
    let path = try bench.write("usage.csv.gz", brokenOff(header + rows, bench))
    let result = try bench.run([path])[0]
    #expect(result.state == .failed && result.problem?.name == "bad-gzip")
    #expect(result.counts == "2 new 1 rejected")
    #expect(try bench.remarks(result.importID) == ["bad-number 3:14"])
    #expect(try ImportLog.one(result.importID ?? 0, bench.history).rows[.rejected] == 1)
    #expect(try bench.state().isEmpty)
  }

  @Test func ofAFileWhoseRowsAreAllBrokenTheFirstTenThousandAreRead() throws {
    let bench = try bench()
    let text = header + "a,2026-03-01,1\n" + String(repeating: "b\"b,2026-03-01,1\n", count: 30_000)
    let result = try bench.take("usage.csv", text)
    #expect(result.state == .failed && result.problem?.name == "too-many-rejects")
    #expect(result.rows[.rejected] == 10_000 && result.rows.total == 10_001)
    #expect(result.remarks.contains { $0.hasPrefix("not read to its end") })
    #expect(try bench.remarks(result.importID).count == 10_000)
    // Where a share may be refused, how many rows there are has to be known.
    let all = try bench.take("usage.csv", text) { $0.maxRejects = .share(0.5) }
    #expect(all.state == .failed && all.rows.total == 30_001)
    #expect(try bench.state().isEmpty)
  }

  @Test func aFileThatGrowsWhileItIsReadIsRefused() throws {
    let bench = try bench()
    bench.limits.facts = 10
    let text = header + (0..<50).map { "a\($0),2026-03-01,1\n" }.joined()
    let path = try bench.write("usage.csv", Array(text.utf8))
    let options = ImportOptions(now: bench.now)
    let importer = Importer(bench.history, catalogue: bench.catalogue, limits: bench.limits)
    let file = try FilePlan(paths: [path], feeds: bench.feeds, options: options).files[0]
    let result = try importer.run(
      file, options: options,
      onProgress: { _ in
        let handle = FileHandle(forWritingAtPath: path)
        _ = try? handle?.seekToEnd()
        try? handle?.write(contentsOf: Data("z,2026-03-01,1\n".utf8))
        try? handle?.close()
      })
    #expect(result.state == .failed && result.problem?.name == "file-changed")
    #expect(try bench.state().isEmpty)
    #expect(try bench.run([path])[0].state == .imported)
  }
}
