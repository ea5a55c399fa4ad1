import Foundation
import Synchronization
import Testing

@testable import vitals

/// What `vitals import` tells of its files.
struct ImportCommandTests {
  private func files(_ folder: CommandFolder) throws {
    for (name, text) in SampleWorkspace.files { try folder.write(text, to: name) }
  }

  private func records(_ text: String) throws -> [[String: Any]] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
  }

  private func imports(_ folder: CommandFolder) throws -> Int {
    try records(folder.run("imports", "list", "--json").out).count
  }

  @Test func theWorkspacesOwnFilesAreNotMentioned() throws {
    let folder = try SampleWorkspace.empty()
    try files(folder)
    try folder.write("x", to: "notes.txt")
    let done = folder.run("import", folder.path)
    #expect(done.code == 0, "\(done.err)")
    #expect(done.err.contains("no feed matches 1 file: notes.txt"))
  }

  @Test func aDryRunOfAFolderSaysWhatTheRunWillDo() throws {
    let folder = try SampleWorkspace.empty()
    try files(folder)
    let tried = folder.run("import", folder.path, "--dry-run", "--json")
    #expect(tried.code == 0, "\(tried.err)")
    #expect(try imports(folder) == 0)
    let done = try records(folder.run("import", folder.path, "--json").out)
    #expect(try records(tried.out).map { $0["new"] as? Int } == done.map { $0["new"] as? Int })
    #expect(done.count == SampleWorkspace.files.count)
  }

  @Test func aFailedFileIsExplainedToMachinesAndPeople() throws {
    let folder = try SampleWorkspace.empty()
    try files(folder)
    try folder.write("account,name\n", to: "accounts_2026-03-21.csv")
    let done = folder.run("import", folder.path, "\(folder.path)/absent.csv", "--keep-going", "--json")
    #expect(done.code == 66)
    let all = try records(done.out)
    #expect(all.count == SampleWorkspace.files.count + 2)
    let failed = all.filter { $0["state"] as? String == "failed" }
    #expect(failed.map { ($0["error"] as? [String: String])?["name"] } == ["no-file", "missing-column"])
    #expect(failed.map { $0["feed"] as? String } == [nil, "accounts"])
    #expect(all.allSatisfy { $0["remarks"] is [String] })
    #expect(all.filter { $0["error"] is NSNull }.count == SampleWorkspace.files.count)
    let people = folder.run("import", "\(folder.path)/accounts_2026-03-21.csv")
    #expect(people.code == 65)
    #expect(people.out.contains("Import") && people.out.contains("FAILED"))
    let header = folder.run("import", "\(folder.path)/absent.csv", "--csv").out.split(separator: "\n").first ?? ""
    #expect(header.contains("error.name,error.message") && header.hasSuffix("remarks"))
  }

  @Test func withoutKeepGoingTheFirstFailureStops() throws {
    let folder = try SampleWorkspace.empty()
    try files(folder)
    let done = folder.run("import", "\(folder.path)/absent.csv", folder.path, "--json")
    #expect(done.code == 66)
    #expect(try records(done.out).count == 1)
    #expect(done.err.contains("\(SampleWorkspace.files.count) files not read"))
    #expect(try imports(folder) == 0)
  }

  /// Control-C comes when the third file begins.
  @Test(arguments: [[], ["--dry-run"]]) func anInterruptTellsWhatWentIn(flags: [String]) throws {
    let folder = try SampleWorkspace.empty()
    try files(folder)
    var test = TestContext()
    let controlC = test.controlC
    let began = Calls()
    test.context.stopwatch = {
      if began.next() == 5 { controlC.stop() }  // each file looks twice at the clock
      return 0
    }
    let done = folder.run(arguments: ["import", folder.path, "--json"] + flags, in: test)
    #expect(done.code == 130)
    #expect(done.err.contains("interrupted"))
    #expect(try records(done.out).count == 2)
    #expect(try folder.names.allSatisfy { !$0.hasSuffix("-wal") })
    #expect(try imports(folder) == (flags.isEmpty ? 2 : 0))
    let rest = folder.run("import", folder.path)
    #expect(rest.code == 0, "\(rest.err)")
  }

  private final class Calls: Sendable {
    private let count = Mutex(0)
    func next() -> Int {
      count.withLock {
        $0 += 1
        return $0
      }
    }
  }
}
