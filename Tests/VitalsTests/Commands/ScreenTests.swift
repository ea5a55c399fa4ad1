import Foundation
import Testing

@testable import vitals

/// What people see: whole and plain through a pipe, within the width of a terminal, and harmless whatever a file brought.
@Suite("On a screen and through a pipe")
struct ScreenTests {
  let folder: CommandFolder

  init() throws { folder = try SampleWorkspace.filled() }

  private static let commands: [[String]] = [
    ["score"], ["score", "--where", "segment!=smb"], ["trend"], ["trend", "--monthly", "--by", "segment"], ["show", "cedar"],
    ["show", "bolton"], ["history", "cedar"], ["history", "acme", "--all"], ["status"], ["imports"], ["imports", "show", "10"],
    ["imports", "rejects", "10"], ["imports", "revert", "10", "--dry-run"], ["why", "cedar"], ["why", "acme", "--from", "2026-02-18"],
    ["why", "--all", "--by", "segment"], ["why", "bolton"], ["why", "acme", "--at", "2026-03-20", "--believed", "2026-02-20"],
  ]

  private func run(_ command: [String], isTerminal: Bool, columns: Int = 80, color: String = "auto") -> (
    code: Int32, out: String, err: String
  ) {
    let test = TestContext(outIsTerminal: isTerminal, errIsTerminal: isTerminal, columns: columns, rows: 1000)
    return folder.run(arguments: command + ["--color", color], in: test)
  }

  @Test func aPipeGetsEverythingAndNoColour() {
    for command in Self.commands {
      let (narrow, wide) = (run(command, isTerminal: false, columns: 20), run(command, isTerminal: false, columns: 500))
      #expect(narrow.code == 0 && narrow.out == wide.out, "\(command)")
      #expect(!narrow.out.contains("\u{1B}") && !narrow.out.contains("…"), "\(command)")
      // A terminal wide enough shows the same words.
      #expect(run(command, isTerminal: true, columns: 500, color: "never").out == narrow.out, "\(command)")
    }
  }

  @Test func aTerminalIsNeverTooNarrow() {
    for command in Self.commands {
      for columns in [60, 80, 132] {
        let done = run(command, isTerminal: true, columns: columns, color: "never")
        #expect(done.code == 0)
        let tooWide = folder.plain(done.out).split(separator: "\n").filter { TextWidth.of(String($0)) > columns }
        #expect(tooWide.isEmpty, "\(command) \(columns)")
      }
    }
  }

  /// What is left out is said, and what the report is about stays.
  @Test func aNarrowTerminalKeepsWhatMatters() {
    let score = run(["score"], isTerminal: true, columns: 60, color: "never").out
    for word in ["account", "score", "band", "acme", "73", "good", "no room here for: rules, status"] { #expect(score.contains(word)) }
    #expect(!run(["score"], isTerminal: true, columns: 132, color: "never").out.contains("no room here"))
    let asked = run(["score", "--columns", "account,status,rules"], isTerminal: true, columns: 30, color: "never").out
    #expect(asked.contains("status") && !asked.contains("no room here"))
  }

  @Test func theReportOfAnImportFits() throws {
    let files = SampleWorkspace.files.map { folder.path + "/" + $0.name }
    for columns in [60, 80] {
      let done = run(["import", "--again"] + files, isTerminal: true, columns: columns, color: "never")
      #expect(done.code == 0)
      for line in done.out.split(separator: "\n") { #expect(TextWidth.of(String(line)) <= columns, "\(line)") }
      #expect(done.out.contains("2026-03-20") || done.out.contains("…"))
    }
    let piped = run(["import", "--again"] + files, isTerminal: false)
    #expect(piped.out.contains("accounts_2026-03-20.csv") && !piped.out.contains("…"))
  }

  @Test func colourIsThereOnATerminalAndWhenAskedFor() {
    #expect(run(["score"], isTerminal: true).out.contains("\u{1B}["))
    #expect(run(["score"], isTerminal: false, color: "always").out.contains("\u{1B}["))
    for format in ["csv", "json", "jsonl"] {
      #expect(!run(["score", "--format", format], isTerminal: true, color: "always").out.contains("\u{1B}"))
    }
  }

  /// By Unicode's own classes, not by the code's list: controls, and marks that turn the direction of writing.
  private static func isActedOn(_ scalar: Unicode.Scalar) -> Bool {
    scalar != "\n" && [.control, .format].contains(scalar.properties.generalCategory)
  }

  @Test func namesThatMeanHarmShowHarmlessly() throws {
    let evil = "\u{1B}]0;pwned\u{7}\u{1B}[31m<script>alert(1)</script>\u{202E}gpj"
    try folder.write(
      "account,name,segment,started,arr,renewal_on,people\n<script>,\"\(evil)\",\u{1B}[2J,2025-01-01,1,,5\n", to: "accounts_2026-03-21.csv")
    try folder.write(
      "pulse,account,day,rating,note,author\nP2,<script>,2026-03-20,3,\"\(evil)\nsecond line\",\"\u{9B}31m\"\n", to: "pulses_2026-03-21.csv"
    )
    let taken = folder.run("import", folder.path + "/accounts_2026-03-21.csv", folder.path + "/pulses_2026-03-21.csv")
    #expect(taken.code == 0, "\(taken.err)")
    let commands = [
      ["score", "--as-of", "2026-03-21"], ["show", "<script>", "--as-of", "2026-03-21"], ["history", "<script>"],
      ["trend", "--by", "segment", "--to", "2026-03-21"], ["show", "\(evil)", "--as-of", "2026-03-21"],
      ["score", "--where", "segment=\u{1B}[2J", "--as-of", "2026-03-21"], ["why", "<script>", "--since", "2026-03-01"],
      ["why", "<script>", "--from", "2026-03-20", "--to", "2026-03-21"], ["why", "--all", "--by", "segment", "--to", "2026-03-21"],
      ["why", "\(evil)", "--at", "2026-03-21", "--believed", "2026-03-20"],
    ]
    for command in commands {
      for format in ["table", "csv", "json", "jsonl"] {
        let done = run(command + ["--format", format, "--no-pager"], isTerminal: false)
        #expect(done.code == 0, "\(command) \(done.err)")
        let harmful = (done.out + done.err).unicodeScalars.filter(Self.isActedOn)
        #expect(harmful.isEmpty, "\(command) \(format)")
      }
    }
    let unknown = run(["show", "x\(evil)"], isTerminal: false)
    #expect(unknown.code == 64 && !unknown.err.unicodeScalars.contains(where: Self.isActedOn))
    // JSON gives back exactly what the file said.
    let rows = try folder.rows("score", "--as-of", "2026-03-21")
    #expect(rows.contains { $0["account"] as? String == "<script>" && $0["name"] as? String == evil })
    #expect(run(["score", "--as-of", "2026-03-21"], isTerminal: false).out.contains("<script>alert(1)</script>"))
  }
}
