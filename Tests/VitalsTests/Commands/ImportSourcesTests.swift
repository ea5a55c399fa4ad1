import Foundation
import Testing

@testable import vitals

/// Where `vitals import` takes files from, beside single files: standard input, whole folders, and mended rows.
struct ImportSourcesTests {
  private static let usage = "account,day,logins\nacme,2026-03-20,1\n"

  /// A workspace that knows four accounts.
  private let folder: CommandFolder

  init() throws { folder = try SampleWorkspace.filled() }

  /// Runs a command with these bytes on standard input, as from a pipe; nil for one that is closed.
  private func run(_ arguments: [String], input: String?) throws -> (code: Int32, out: String, err: String) {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    if let input {
      let bytes = Array(input.utf8)
      try #require(write(ends[1], bytes, bytes.count) == bytes.count)  // less than a pipe holds
    }
    close(ends[1])
    defer { if input != nil { close(ends[0]) } }
    if input == nil { close(ends[0]) }
    var test = TestContext()
    test.context.standardInput = input == nil ? 1_000_000 : ends[0]
    return folder.run(arguments: arguments, in: test)
  }

  private func records(_ text: String) throws -> [[String: Any]] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
  }

  @Test func standardInputIsReadAndReadAgain() throws {
    let first = try run(["import", "-", "--feed", "usage", "--at", "2026-03-22", "--json"], input: Self.usage + "bolt,2026-03-21,4\n")
    #expect(first.code == 0, "\(first.err)")
    let row = try #require(try records(first.out).first)
    #expect(row["file"] as? String == "-" && row["file_day"] as? String == "2026-03-22" && row["state"] as? String == "imported")
    #expect(row["unchanged"] as? Int == 1 && row["new"] as? Int == 1 && row["mends"] is NSNull)
    let again = try records(
      run(["import", "-", "--feed", "usage", "--at", "2026-03-22", "--json"], input: Self.usage + "bolt,2026-03-21,4\n").out)
    #expect(again.first?["state"] as? String == "imported" && again.first?["unchanged"] as? Int == 2)
  }

  @Test func standardInputNeedsAFeedADayAndBytes() throws {
    let nameless = try run(["import", "-"], input: Self.usage)
    #expect(nameless.code == 64 && nameless.err.contains("name one with --feed"))
    let dayless = try run(["import", "-", "--feed", "accounts"], input: "account\n")
    #expect(dayless.code == 64)
    #expect(
      dayless.err == """
        vitals: error: the feed accounts takes its day from the file, and standard input has no name that gives one
        hint: give it with --at DAY

        """)
    let empty = try run(["import", "-", "--feed", "usage"], input: "")
    #expect(empty.code == 65 && empty.err.contains("-: the file has no header"))
    let closed = try run(["import", "-", "--feed", "usage"], input: nil)
    #expect(closed.code == 1 && closed.err.contains("-: reading failed"))
    let packed = try run(["import", "-", "--feed", "usage"], input: "\u{1F}")  // too short to be known as gzip, and no header either
    #expect(packed.code == 65)
  }

  @Test func ofAFoldersManyFilesThoseThatAreInAreCounted() throws {
    let all = folder.run("import", folder.path)
    #expect(all.code == 0)
    #expect(all.out == "All of it was imported already.\n\n10 files: 0 imported, 10 already imported, 0 failed\n", "\(all.out)")
    #expect(try records(folder.run("import", folder.path, "--json").out).count == 10)
    try folder.write(Self.usage, to: "usage_2026-03-22.csv")
    try folder.write(Self.usage.replacing("-20", with: "-19"), to: "usage_2026-03-23.csv")
    let some = folder.run("import", folder.path).out
    #expect(some.contains("usage_2026-03-22.csv") && !some.contains("usage_2026-03-20.csv"))
    #expect(some.contains("12 files: 2 imported, 10 already imported, 0 failed"))
    // The totals stand under the figures: two rows.
    #expect(some.split(separator: "\n").filter { $0.contains("2  ") && !$0.contains("usage") }.count >= 1, "\(some)")
    let one = folder.run("import", "\(folder.path)/usage_2026-03-22.csv").out
    #expect(one.contains("already imported") && one.contains("usage_2026-03-22.csv"))
  }

  @Test func aKindThatDiffersIsSaidOnceForAFeed() {
    let done = folder.run("import", folder.path, "--backfill")
    #expect(done.err.split(separator: "\n").filter { $0.contains("imported already, not as a backfill") }.count == 4, "\(done.err)")
  }

  @Test(arguments: ["-1", "x", "101%", "nan%", "%", "1.5", "0x10"]) func aLimitThatIsNone(limit: String) throws {
    try folder.write(Self.usage, to: "usage_2026-03-22.csv")
    let done = folder.run("import", "\(folder.path)/usage_2026-03-22.csv", "--max-rejects=\(limit)")
    #expect(done.code == 64 && done.err.contains("write --max-rejects 50 or --max-rejects 2%"), "\(done.err)")
  }

  // MARK: Mending

  private func refused() throws {
    try folder.write("account,day,logins\nacme,2026-03-21,many\nbolt,2026-03-21,4\n\"no, one\",2026-03-21,5\n", to: "usage_2026-03-22.csv")
    #expect(folder.run("import", "\(folder.path)/usage_2026-03-22.csv").code == 0)
  }

  @Test func refusedRowsAreWrittenMendedAndTakenIn() throws {
    try refused()
    let rows = folder.run("imports", "rejects", "11", "--rows")
    #expect(rows.code == 0 && rows.out == "account,day,logins\nacme,2026-03-21,many\n\"no, one\",2026-03-21,5\n")
    #expect(rows.err == "mend the rows, then `vitals import FILE --mends 11`\n")
    #expect(folder.run("imports", "rejects", "11", "--rows", "-o", folder.path + "/mended.csv").code == 0)
    #expect(try folder.text("mended.csv") == rows.out)
    try folder.write(rows.out.replacing("many", with: "8").replacing("\"no, one\"", with: "cedar"), to: "mended.csv")
    let row = try #require(try folder.rows("import", folder.path + "/mended.csv", "--mends", "11").first)
    #expect(row["feed"] as? String == "usage" && row["file_day"] as? String == "2026-03-22" && row["mends"] as? Int == 11)
    #expect(row["new"] as? Int == 2 && row["rejected"] as? Int == 0)
    #expect(folder.run("imports", "show", "12").out.contains("import 11"))
    #expect(try (folder.json("imports", "show", "12") as? [String: Any])?["mends"] as? Int == 11)
    let piped = try run(["import", "-", "--mends", "11"], input: "account,day,logins\nacme,2026-03-21,8\n")
    #expect(piped.code == 0, "\(piped.err)")
  }

  @Test func whatMendsAndRowsCannotGoWith() throws {
    try refused()
    let file = folder.path + "/usage_2026-03-22.csv"
    let unknown = folder.run("import", file, "--mends", "99")
    #expect(unknown.code == 64 && unknown.err.contains("there is no import 99") && unknown.err.contains("`vitals imports list`"))
    for more in [["--feed", "usage"], ["--at", "2026-03-22"], [file]] {
      let done = folder.run(arguments: ["import", file, "--mends", "11"] + more)
      #expect(done.code == 64 && done.err.contains("--mends takes one file"), "\(done.err)")
    }
    #expect(folder.run("imports", "rejects", "11", "--rows", "--json").code == 64)
    #expect(folder.run("imports", "rejects", "11", "--rows", "--warnings").code == 64)
    let none = folder.run("imports", "rejects", "1", "--rows")
    #expect(none.code == 0 && none.out.isEmpty && none.err == "vitals: warning: no row of import 1 was refused\n")
    #expect(folder.run("imports", "rejects", "99", "--rows").code == 64)
  }
}
