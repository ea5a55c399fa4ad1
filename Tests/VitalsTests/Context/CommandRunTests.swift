import ArgumentParser
import Foundation
import Health
import Testing

@testable import vitals

/// A report of two accounts, one of them with a name that means harm.
private struct SampleReport: TableReport {
  struct Row {
    var account: String
    var name: String
    var score: Double?
  }
  var rows = [Row(account: "007", name: "Acme, \"the\" \u{1B}[31mfirm", score: 72.5), Row(account: "b", name: "東京 Oy", score: nil)]
  var title: String { "Scores as of 2026-03-31" }
  var notes: [String] { ["2 accounts."] }
  func table(_ style: Style) -> Table {
    Table(
      rows,
      columns: [
        TableColumn("account", text: \.account),
        TableColumn("name", importance: 1, text: \.name),
        TableColumn("score", kind: .number) { row in
          Cell(row.score.map { Human.number($0) } ?? style.absent, row.score == nil ? .dim : .red)
        },
        TableColumn("exact", kind: .number, isExtra: true, text: { $0.score.map(\.shortest) ?? "" }),
      ])
  }
  var records: Records {
    Records(
      rows,
      fields: [
        RecordField("account", \.account), RecordField("name", \.name), RecordField("score", \.score),
        RecordField("bands", csv: .columns(prefix: "band")) { JSONValue.object([$0.score == nil ? "unknown" : "healthy": 1]) },
      ])
  }
}

private struct Root: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "vitals", version: "1.2.3", subcommands: [Sample.self, Breaks.self])
}

private struct Sample: VitalsCommand {
  @OptionGroup var global: GlobalOptions
  mutating func run(in context: Context) throws {
    let output = try global.output(in: context)
    output.message("looked at 2 accounts")
    try output.write(SampleReport())
  }
}

private struct Breaks: VitalsCommand {
  @OptionGroup var global: GlobalOptions
  @Argument var how: String
  mutating func run(in context: Context) throws {
    switch how {
    case "findings": throw ExitCode(2)
    case "busy": throw Problem("busy", .busy, "the database stayed busy", hint: "try again")
    case "two": throw Problems([Problem("a", .badInput, "first"), Problem("b", .failure, "second")])
    case "pipe": throw ClosedPipe()
    default: throw CancellationError()
    }
  }
}

@Suite("A command line from end to end")
struct CommandRunTests {
  private func run(_ test: TestContext, _ arguments: String...) -> Int32 { CommandRun.run(Root.self, arguments, in: test.context) }

  @Test("a table in a pipe is whole, uncoloured, aligned, and harmless")
  func table() {
    let test = TestContext(columns: 20)
    #expect(run(test, "sample") == 0)
    #expect(
      test.out.text == """
        Scores as of 2026-03-31

        account  name                   score
        ───────  ─────────────────────  ─────
        007      Acme, "the" ␛[31mfirm     73
        b        東京 Oy                    –

        2 accounts.

        """)
    #expect(test.err.text == "looked at 2 accounts\n")
  }

  @Test("CSV is tidy: every field, in full precision, objects as columns")
  func csv() {
    let test = TestContext()
    #expect(run(test, "sample", "--csv", "--quiet") == 0)
    #expect(
      test.out.text == """
        account,name,score,band.healthy,band.unknown
        007,"Acme, ""the"" ␛[31mfirm",72.5,1,
        b,東京 Oy,,,1

        """)
    #expect(test.err.text.isEmpty)
  }

  @Test("JSON keeps the order of keys and writes null for what is not there")
  func json() {
    let test = TestContext()
    #expect(run(test, "sample", "--format", "jsonl") == 0)
    #expect(
      test.out.text == #"""
        {"account":"007","name":"Acme, \"the\" \u001b[31mfirm","score":72.5,"bands":{"healthy":1}}
        {"account":"b","name":"東京 Oy","score":null,"bands":{"unknown":1}}

        """#)
    let one = TestContext()
    #expect(run(one, "sample", "--json", "--columns", "score,account") == 0)
    #expect(
      one.out.text == """
        [
          {
            "score": 72.5,
            "account": "007"
          },
          {
            "score": null,
            "account": "b"
          }
        ]

        """)
  }

  @Test("--columns chooses and orders; CSV also knows the columns that a field falls into; extra columns come when asked for")
  func columns() {
    let csv = TestContext()
    #expect(run(csv, "sample", "--csv", "--columns", "band.unknown,Account") == 0)
    #expect(csv.out.text == "band.unknown,account\n,007\n1,b\n")
    let fields = TestContext()
    #expect(run(fields, "sample", "--csv", "--columns", "bands") == 0)
    #expect(fields.out.text == "band.healthy,band.unknown\n1,\n,1\n")
    let table = TestContext()
    #expect(run(table, "sample", "--columns", "exact,account") == 0)
    #expect(table.out.text.contains("exact  account\n"))
    let unknown = TestContext()
    #expect(run(unknown, "sample", "--csv", "--columns", "arr") == 64)
    #expect(
      unknown.err.text.hasSuffix(
        "vitals: error: there is no column \"arr\" here\nhint: valid columns: account, name, score, band.healthy, band.unknown\n"))
    #expect(unknown.out.text.isEmpty)
  }

  @Test("on a terminal: coloured, cut to its width, paged when taller")
  func terminal() {
    let narrow = TestContext(outIsTerminal: true, columns: 30)
    #expect(run(narrow, "sample") == 0)
    #expect(narrow.out.text.contains("007      Acme, \"the\" ␛…     \u{1B}[31m73\u{1B}[0m\n"))
    #expect(narrow.paged.text.isEmpty)
    let short = TestContext(environment: ["PAGER": "more"], outIsTerminal: true, rows: 5)
    #expect(run(short, "sample", "--color", "never") == 0)
    #expect(short.paged.text.hasPrefix("[LESS=FRX more]Scores"))
    #expect(short.out.text.isEmpty)
    let unpaged = TestContext(outIsTerminal: true, rows: 5)
    #expect(run(unpaged, "sample", "--no-pager") == 0)
    #expect(unpaged.paged.text.isEmpty)
    let machine = TestContext(outIsTerminal: true, rows: 1)
    #expect(run(machine, "sample", "--json") == 0)
    #expect(machine.paged.text.isEmpty)
    let missing = TestContext(environment: ["VITALS_PAGER": "nowhere"], outIsTerminal: true, rows: 5)
    #expect(run(missing, "sample") == 0)
    #expect(missing.out.text.contains("Scores"))
  }

  @Test("-o writes the whole file and nothing to standard output, and replaces what was there")
  func file() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("vitals-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("x.csv").path
    try Data("old".utf8).write(to: URL(fileURLWithPath: path))
    let test = TestContext()
    #expect(run(test, "sample", "-o", path) == 0)
    #expect(test.out.text.isEmpty)
    #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("account,name,score"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["x.csv"])
    #expect(run(test, "sample", "-o", folder.appendingPathComponent("none/x.csv").path) == 1)
    #expect(test.err.text.contains("vitals: error: cannot write"))
  }

  @Test("exit codes", arguments: [("findings", 2), ("busy", 75), ("two", 65), ("pipe", 0), ("strange", 1)] as [(String, Int32)])
  func exitCodes(how: String, code: Int32) {
    let test = TestContext()
    #expect(run(test, "breaks", how) == code)
    switch how {
    case "busy": #expect(test.err.text == "vitals: error: the database stayed busy\nhint: try again\n")
    case "two": #expect(test.err.text == "vitals: error: first\nvitals: error: second\n")
    case "strange": #expect(test.err.text.hasPrefix("vitals: error: "))
    default: #expect(test.err.text.isEmpty)
    }
  }

  @Test("a command line that cannot be read is our error text and 64, and says which help to read")
  func usage() {
    let option = TestContext()
    #expect(run(option, "sample", "--frmat", "csv") == 64)
    #expect(
      option.err.text
        == "vitals: error: Unknown option '--frmat'. Did you mean '--format'?\nhint: `vitals sample --help` lists what it takes\n")
    let missing = TestContext()
    #expect(run(missing, "breaks") == 64)
    #expect(missing.err.text.contains("hint: `vitals breaks --help`"))
    let both = TestContext()
    #expect(run(both, "sample", "--csv", "--json") == 64)
    #expect(both.out.text.isEmpty)
  }

  @Test("help and version go to standard output")
  func help() {
    let version = TestContext()
    #expect(run(version, "--version") == 0)
    #expect(version.out.text == "1.2.3\n")
    let help = TestContext()
    #expect(run(help, "sample", "--help") == 0)
    #expect(help.out.text.contains("--columns"))
    #expect(help.err.text.isEmpty)
  }

  @Test("a reader that has gone is success")
  func closedPipe() {
    var test = TestContext()
    test.context.standardOutput = ByteStream(isTerminal: false) { _ in throw ClosedPipe() }
    #expect(run(test, "sample") == 0)
    #expect(run(test, "--version") == 0)
  }
}
