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
    ["movers", "--from", "2026-02-18", "--with", "segment"], ["bands", "--from", "2026-02-18"],
    ["bands", "--from", "2026-02-18", "--list", "--with", "segment,product.active_users"], ["book", "--with", "product.active_users"],
    ["trend", "--daily", "--from", "2026-03-18"], ["trend", "--by", "band", "--with", "financial.arr"], ["score", "--gone"],
    ["query", "SELECT * FROM event"], ["notes", "search", "gone"], ["accounts", "list"],
    ["backtest", "--outcome", "churn", "--horizon", "7d", "--every", "7d", "--lead", "7d", "--by", "segment", "--against", "desk"],
    ["power", "--outcome", "churn", "--horizon", "7d", "--every", "7d"],
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
      ["why", "\(evil)", "--at", "2026-03-21", "--believed", "2026-03-20"], ["movers", "--from", "2026-02-18", "--to", "2026-03-21"],
      ["bands", "--list", "--from", "2026-03-20", "--to", "2026-03-21", "--with", "segment"], ["book", "--with", "name,segment"],
      ["query", "SELECT * FROM event"], ["notes", "search", "line"], ["trend", "--by", "segment", "--sort", "mean", "--to", "2026-03-21"],
      ["accounts", "list"], ["report", "--to", "2026-03-21", "--account", "<script>"],
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
    for what in ["events", "attributes", "accounts", "readings", "notes"] {
      for format in ["csv", "jsonl", "json"] {
        let done = run(["export", what, "--format", format], isTerminal: false)
        #expect(done.code == 0 && !done.out.unicodeScalars.contains(where: Self.isActedOn), "\(what) \(format)")
      }
    }
  }

  /// Names that are two columns wide a character, or several characters in one picture, in every list.
  @Test func wideNamesKeepTheColumnsInLine() throws {
    try folder.write(
      "account,name,segment,started,arr,renewal_on,people\nacme,漢字株式会社,企業,2025-01-01,120000,,80\nbolt,👩‍👩‍👧 Café,smb,2025-06-01,50000.5,,\n",
      to: "accounts_2026-03-21.csv")
    #expect(folder.run("import", folder.path + "/accounts_2026-03-21.csv", "--now", "2026-03-22T06:00Z").code == 0)
    for command in [
      ["score", "--with", "segment"], ["movers", "--from", "2026-02-18", "--with", "segment"], ["book", "--with", "segment"],
      ["bands", "--from", "2026-03-10", "--list", "--with", "segment"], ["accounts", "list"],
      ["query", "SELECT account, text FROM event ORDER BY at"], ["trend", "--by", "segment", "--daily", "--from", "2026-03-20"],
    ] {
      for more in [[], ["--ascii"]] {
        let lines = run(command + more, isTerminal: false).out.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        // Below a rule every row has its gaps where the rule has them.
        for (place, rule) in lines.enumerated() where rule.contains("──") || rule.hasPrefix("--") {
          let gaps = Self.gaps(rule)
          for line in lines[(place + 1)...].prefix(while: { !$0.isEmpty && !$0.contains("──") }) {
            let cells = Self.columns(line)
            for gap in gaps where gap < cells.count { #expect(cells[gap] == " ", "\(command): \(line)") }
          }
        }
        #expect(lines.contains { $0.contains("──") || $0.hasPrefix("--") }, "\(command)")
      }
    }
  }

  /// The columns in which a rule has a blank.
  private static func gaps(_ rule: String) -> [Int] { rule.enumerated().filter { $0.element == " " }.map(\.offset) }

  /// What stands in each column of a terminal; the second half of a wide character is nothing.
  private static func columns(_ line: String) -> [Character?] {
    line.flatMap { character -> [Character?] in
      [character] + [Character?](repeating: nil, count: max(0, TextWidth.of(String(character)) - 1))
    }
  }
}
