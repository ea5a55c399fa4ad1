import Foundation
import Testing

@testable import vitals

/// What a shell is told when somebody presses the tab key.
@Suite("Completions")
struct CompletionTests {
  private func proposed(_ argument: String, _ command: [String], _ words: [String]) throws -> (code: Int32, lines: [String]) {
    let test = TestContext()
    let place = words.count - 1
    let code = CommandRun.run(
      Vitals.self, ["---completion"] + command + ["--", argument, "\(place)", "\(words[place].count)"] + words, in: test.context)
    return (code, test.out.text.split(separator: "\n").map(String.init))
  }

  @Test("accounts by the beginning of their key, cards that are there and that ship, outcomes of the catalogue")
  func words() throws {
    let folder = try SampleWorkspace.filled()
    let db = folder.path + "/vitals.db"
    #expect(try proposed("positional@0", ["show"], ["vitals", "show", "--db", db, "bo"]).lines == ["bolt", "bolton"])
    #expect(try proposed("positional@0", ["why"], ["vitals", "why", "--db=" + db, ""]).lines == ["acme", "bolt", "cedar", "bolton"])
    let cards = try proposed("--card", ["score"], ["vitals", "score", "--db", db, "--card", "d"])
    #expect(cards.code == 0 && cards.lines == ["desk"])
    #expect(try proposed("--card", ["backtest"], ["vitals", "backtest", "--db", db, "--card", "s"]).lines.contains("stoplight"))
    #expect(try proposed("--outcome", ["backtest"], ["vitals", "backtest", "--db", db, "--outcome", "re"]).lines == ["renewal", "return"])
  }

  @Test("outside of a workspace there is nothing, and no error")
  func nothing() throws {
    let none = try proposed("positional@0", ["show"], ["vitals", "show", "--db", "/nowhere/vitals.db", "a"])
    #expect(none.code == 0 && none.lines.isEmpty)
  }
}
