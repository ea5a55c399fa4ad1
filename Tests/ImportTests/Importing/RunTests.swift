import Foundation
import Health
import Import
import Storage
import Testing

/// Several files in one run: files that cannot be imported, rehearsals, interrupts.
struct RunTests {
  private func bench() throws -> Workbench {
    let bench = try Workbench()
    try bench.feed(
      "feed: accounts\nmatch: [\"accounts*.csv\"]\naccount: key\nunknown_accounts: create\nat: day\nattributes: {segment: size}")
    try bench.feed(
      """
      feed: seats
      match: ["seats*.csv"]
      after: [accounts]
      day: "seats_%Y-%m-%d*"
      account: account
      at: file
      signals: {product.seats: {value: seats}}
      """)
    try bench.feed(
      "feed: any\nmatch: [\"twice*.csv\"]\naccount: account\nat: day\nsignals: {product.logins: {value: logins}}")
    try bench.feed(
      "feed: other\nmatch: [\"twice*.csv\"]\naccount: account\nat: day\nsignals: {product.logins: {value: logins}}")
    return bench
  }

  private func nightly(_ bench: Workbench) throws {
    try bench.write("accounts.csv", "key,day,size\na,2026-03-01,small\n")
    try bench.write("seats_2026-03-01.csv", "account,seats\na,1\n")
    try bench.write("seats_2026-03-02.csv", "account,seats\na,2\n")
  }

  @Test func aFileThatCannotBeImportedIsAResultLikeOthers() throws {
    let bench = try bench()
    try nightly(bench)
    try bench.write("seats.csv", "account,seats\na,9\n")
    try bench.write("twice.csv", "account,day,logins\na,2026-03-01,9\n")
    try FileManager.default.createSymbolicLink(
      at: bench.folder.appendingPathComponent("seats_2026-03-03.csv"), withDestinationURL: URL(fileURLWithPath: "nowhere"))
    let results = try bench.run([bench.folder.path, bench.folder.appendingPathComponent("absent.csv").path])
    #expect(
      results.map { $0.problem?.name } == ["no-file-day", "several-feeds", "no-file", nil, nil, nil, "no-file"])
    #expect(results.map(\.feed) == ["seats", nil, nil, "accounts", "seats", "seats", "seats"])
    #expect(results.map { $0.importID != nil } == [true, false, false, true, true, true, true])
    #expect(results.map(\.state) == [.failed, .failed, .failed, .imported, .imported, .imported, .failed])
    #expect(results[2].problem?.category == .missing)
    let failed = try ImportLog.all(bench.history).filter { $0.error != nil }.map(\.file)
    #expect(failed == ["seats.csv", "seats_2026-03-03.csv"])
    #expect(try bench.facts("a").filter { $0.contains("seats") } == ["2026-03-01 product.seats 1", "2026-03-02 product.seats 2"])
  }

  @Test func aRehearsalLetsFilesBuildOnEachOtherAndKeepsNothing() throws {
    let bench = try bench()
    try nightly(bench)
    try bench.write("seats_2026-03-02.csv", "account,seats\na,2\n" + String(repeating: "b,1\n", count: 11))
    try bench.write("seats_2026-03-03.csv", "account,seats\na,3\n")
    let signals = bench.history.signals
    let rehearsed = try bench.run([bench.folder.path]) { $0.dryRun = true }
    #expect(rehearsed.map(\.state) == [.dryRun, .dryRun, .failed, .dryRun])
    #expect(rehearsed.allSatisfy { $0.importID == nil })
    #expect(try ImportLog.all(bench.history).isEmpty)
    #expect(try bench.state() == [] && bench.history.signals == signals)
    let imported = try bench.run([bench.folder.path])
    #expect(imported.map(\.counts) == rehearsed.map(\.counts))
    #expect(imported.map(\.state) == [.imported, .imported, .failed, .imported])
    // What is in the history already is there in a rehearsal too.
    let again = try bench.run([bench.folder.path]) { $0.dryRun = true }
    #expect(again.map(\.state) == [.already, .already, .failed, .already])
    #expect(again.map(\.importID) == [imported[0].importID, imported[1].importID, nil, imported[3].importID])
  }

  @Test func aFileGivenTwiceIsKnownTheSecondTimeInARehearsalToo() throws {
    let bench = try bench()
    try nightly(bench)
    let path = bench.folder.appendingPathComponent("accounts.csv").path
    let results = try bench.run([path, path]) { $0.dryRun = true }
    #expect(results.map(\.state) == [.dryRun, .already])
    #expect(results.map(\.importID) == [nil, nil])
  }

  @Test(arguments: [false, true]) func anInterruptUndoesTheFileThatIsBeingRead(dryRun: Bool) throws {
    let bench = try bench()
    try nightly(bench)
    try bench.run([bench.folder.appendingPathComponent("accounts.csv").path])
    let before = try bench.state()
    let path = try bench.write("seats_2026-03-01.csv", "account,seats\na,1\na,1\na,1\n")
    var options = ImportOptions(now: bench.now)
    options.dryRun = dryRun
    bench.limits.rows = 1
    let importer = Importer(bench.history, catalogue: bench.catalogue, limits: bench.limits)
    let file = try #require(try FilePlan(paths: [path], feeds: bench.feeds, options: options).files.first)
    var batches = 0
    let problem = #expect(throws: Problem.self) {
      _ = try importer.run(
        file, options: options,
        onProgress: { _ in
          batches += 1
          bench.history.connection.interrupt.raise()
        })
    }
    #expect(problem?.category == .interrupted)
    #expect(batches == 1)
    #expect(try bench.state() == before)
    #expect(try ImportLog.all(bench.history).count == 1)
    try bench.history.connection.finish()
  }

  @Test func aFileIsKnownWhateverTheBackfillFlag() throws {
    let bench = try bench()
    try nightly(bench)
    let path = bench.folder.appendingPathComponent("accounts.csv").path
    try bench.run([path])
    let again = try bench.run([path]) { $0.backfill = true }
    #expect(again.map(\.state) == [.already])
    #expect(again[0].backfill == false)
    #expect(again[0].remarks == ["imported already, not as a backfill; `vitals imports mark 1 --backfill` changes that"])
    #expect(try bench.run([path]).map(\.remarks) == [[]])
  }

  @Test func aCompleteFileCoversEveryDayThatItSpeaksOf() throws {
    let bench = try Workbench()
    try bench.feed(
      """
      feed: usage
      match: ["usage*.csv"]
      day: "usage_%Y-%m-%d*"
      account: account
      unknown_accounts: create
      at: day
      attributes_at: {column: since, format: iso}
      attributes: {segment: size}
      complete: day
      signals: {product.seats: {value: seats}}
      """)
    let header = "account,day,seats,since,size\n"
    try bench.take(
      "usage_2026-03-03.csv", header + "a,2026-03-01,1,,\nb,2026-03-01,2,,\nb,2026-03-02,3,,\nb,2026-02-01,7,,\n")
    let second = try bench.take("usage_2026-03-04.csv", header + "a,2026-03-01,1,2026-02-01,small\na,2026-03-02,4,,\n")
    #expect(try bench.facts("a").filter { $0.contains("seats") } == ["2026-03-01 product.seats 1", "2026-03-02 product.seats 4"])
    // Neither of the two days that the second file speaks of has b any more; a day that only an attribute holds from is not covered.
    #expect(try bench.facts("b") == ["2026-02-01 product.seats 7"])
    #expect(
      try ImportLog.detail(try #require(second.importID), bench.history).covers.map(\.description)
        == ["2026-03-01", "2026-03-02", "2026-03-04"])
  }
}
