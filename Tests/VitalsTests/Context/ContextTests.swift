import ArgumentParser
import Foundation
import Health
import Testing

@testable import vitals

@Suite("Context and global options")
struct ContextTests {
  private func options(_ arguments: String...) throws -> GlobalOptions { try GlobalOptions.parse(arguments) }

  @Test(
    "colour",
    arguments: [
      ([:], ColorChoice.auto, true, true), ([:], .auto, false, false), (["NO_COLOR": "1"], .auto, true, false),
      (["NO_COLOR": ""], .auto, true, true),
      (["NO_COLOR": "1"], .always, false, true), (["CLICOLOR_FORCE": "1"], .auto, false, true),
      (["CLICOLOR_FORCE": "0"], .auto, false, false),
      (["NO_COLOR": "1", "CLICOLOR_FORCE": "1"], .auto, true, false), (["TERM": "dumb"], .auto, true, false), ([:], .never, true, false),
      (["CLICOLOR_FORCE": "1"], .never, true, false),
    ] as [([String: String], ColorChoice, Bool, Bool)])
  func color(environment: [String: String], choice: ColorChoice, isTerminal: Bool, expected: Bool) {
    var test = TestContext(environment: environment, outIsTerminal: isTerminal)
    test.context.color = choice
    #expect(test.context.usesColor(on: test.context.standardOutput) == expected)
  }

  @Test("COLUMNS and LINES come before the terminal")
  func size() {
    #expect(Context.TerminalSize(in: ["COLUMNS": "132", "LINES": "50"]) == Context.TerminalSize(columns: 132, rows: 50))
    #expect(Context.TerminalSize(in: ["COLUMNS": "-1"]).columns > 0)
  }

  @Test("the format: what is asked for, else the file's name, else a table")
  func format() throws {
    let context = TestContext().context
    #expect(try options().output(in: context).format == .table)
    #expect(try options("--csv").output(in: context).format == .csv)
    #expect(try options("--format", "jsonl").output(in: context).format == .jsonl)
    #expect(try options("--csv", "--format", "csv").output(in: context).format == .csv)
    #expect(try options("-o", "a.b/x.JSON").output(in: context).format == .json)
    #expect(try options("-o", "x.csv", "--json").output(in: context).format == .json)
    #expect(try options("-o", "-").output(in: context).file == nil)
    #expect { try options("--csv", "--json").output(in: context) } throws: { ($0 as? Problem)?.name == "two-formats" }
    #expect { try options("-o", "x.pdf").output(in: context) } throws: { ($0 as? Problem)?.name == "unknown-format" }
  }

  @Test("--today and --now make a run repeatable")
  func clock() throws {
    let context = TestContext().context
    let berlin = try CalendarZone("Europe/Berlin")
    #expect(context.clock.today(in: .utc).description == "2026-03-31")
    let fixed = try options("--today", "2026-02-01", "--now", "2026-01-31T23:30Z").applied(to: context).clock
    #expect(fixed.today(in: .utc).description == "2026-02-01")
    #expect(fixed.now(in: berlin) == 1_769_902_200_000)
    let nowOnly = try options("--now", "2026-01-31T23:30Z").applied(to: context).clock
    #expect(nowOnly.today(in: berlin).description == "2026-02-01")
    #expect { try options("--today", "last week").applied(to: context) } throws: { ($0 as? Problem)?.name == "bad-day" }
    #expect { try options("--now", "noon").applied(to: context) } throws: { ($0 as? Problem)?.name == "bad-time" }
  }

  @Test("the database: --db, else VITALS_DB, else ./vitals.db; one that is not there says where it was looked for")
  func database() throws {
    let plain = TestContext().context
    let set = TestContext(environment: ["VITALS_DB": "/nowhere/v.db"]).context
    #expect(try options().databasePath(in: plain).path == "vitals.db")
    #expect(try options().databasePath(in: set).path == "/nowhere/v.db")
    #expect(try options("--db", "x.db").databasePath(in: set).path == "x.db")
    #expect { try options().existingDatabase(in: set) } throws: { error in
      guard let problem = error as? Problem else { return false }
      return problem.name == "no-database" && problem.category == .missing && problem.message.contains("VITALS_DB")
    }
    let folder = FileManager.default.temporaryDirectory.path
    #expect { try options("--db", folder).existingDatabase(in: plain) } throws: { ($0 as? Problem)?.name == "database-is-folder" }
  }

  @Test("--from, --to and --since include their days")
  func ranges() throws {
    let today = try #require(Day("2026-03-31"))
    func days(_ arguments: String...) throws -> String {
      let days = try RangeOptions.parse(arguments).days(today: today, asOf: today - 2) { $0 - 9 }
      return "\(days.lowerBound)…\(days.upperBound)"
    }
    #expect(try days() == "2026-03-20…2026-03-29")
    #expect(try days("--from", "2026-01", "--to", "2026-02") == "2026-01-01…2026-02-28")
    #expect(try days("--since", "last month") == "2026-02-01…2026-03-29")
    #expect(try days("--to", "2025") == "2025-12-22…2025-12-31")
    #expect { try days("--since", "2026", "--to", "2026") } throws: { ($0 as? Problem)?.name == "two-ranges" }
    #expect { try days("--from", "2026-03", "--to", "2026-02") } throws: { ($0 as? Problem)?.name == "empty-range" }
    #expect(try PeriodOptions.parse(["--weekly"]).period == .weekly)
    #expect(throws: (any Error).self) { try PeriodOptions.parse(["--weekly", "--monthly"]) }
  }

  @Test("--where may be repeated")
  func filters() throws {
    let filter = try FilterOptions.parse(["--where", "segment=small,middle", "--where", "csm!=dana"]).filter()
    #expect(filter.matches { ["segment": "Middle", "csm": "lee"][$0] })
    #expect(!filter.matches { ["segment": "Middle", "csm": "Dana"][$0] })
    #expect(throws: Problem.self) { try FilterOptions.parse(["--where", "segment"]).filter() }
  }

  @Test("whoever is at work when control-C comes is called, newest first; who has finished is not")
  func interrupt() {
    let (calls, controlC) = (Recorder(), ControlC(listens: false))
    #expect(!controlC.stop())
    controlC.during({}, cleanUp: { calls.append(Array("finished ".utf8)) })
    controlC.during(
      {
        controlC.during({ controlC.stop() }, cleanUp: { calls.append(Array("inner ".utf8)) })
        controlC.stop()
      }, cleanUp: { calls.append(Array("outer".utf8)) })
    #expect(calls.text == "inner outer")
  }
}
