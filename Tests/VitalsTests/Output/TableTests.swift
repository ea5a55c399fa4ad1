import TestSupport
import Testing

@testable import vitals

@Suite("Tables")
struct TableTests {
  private func table(_ rows: [[Cell]], importance: [Int?] = [nil, 2, 1]) -> Table {
    Table(
      columns: [
        .init("account", importance: importance[0]), .init("name", importance: importance[1]), .init("note", importance: importance[2]),
        .init("score", kind: .number),
      ], rows: rows)
  }

  @Test("the least important column gives way first, numbers never; then columns are left out, but not those that were asked for")
  func fitting() {
    let table = table([["a1", "A fairly long name here", "and a note that goes on for ever", "100"]])
    #expect(
      TableText.lines(table, style: Style(width: 52)) == [
        "account  name                     note         score",
        "───────  ───────────────────────  ───────────  ─────",
        "a1       A fairly long name here  and a note…    100",
      ])
    let narrow = TableText.lines(table, style: Style(width: 34))
    #expect(narrow[2] == "a1       A fairl…  and a n…    100")
    let least = TableText.lines(table, style: Style(width: 10))
    #expect(least[2] == "a1         100")
    #expect(least.dropFirst(3).joined(separator: " ") == "no room here for: note, name")
    var chosen = table
    chosen.isChosen = true
    #expect(TableText.lines(chosen, style: Style(width: 10))[2] == "a1       A f…  and…    100")
  }

  @Test("of two columns of equal importance the wider gives way")
  func ties() {
    let table = table([["a1", "a longer name", "a note that is longest", "100"]], importance: [nil, 1, 1])
    #expect(TableText.lines(table, style: Style(width: 45))[2] == "a1       a longer name  a note that i…    100")
  }

  @Test("a row whose last cells are empty does not end in spaces")
  func trailing() {
    let table = Table(
      columns: [.init("a"), .init("b"), .init("c", kind: .number)], rows: [["x", "", ""], ["", "yy", ""], ["", "", ""]])
    #expect(TableText.lines(table, style: Style()).dropFirst(2) == ["x", "   yy", ""])
  }

  @Test("no line is wider than the terminal where the columns can give way, nor ends in a space")
  func widths() {
    var random = Seeded(5)
    let letters = Array("abc 東é👍")
    for _ in 0..<300 {
      let rows = (0..<4).map { _ in
        (0..<4).map { column -> Cell in
          column == 3
            ? "77" : Cell(String((0..<Int.random(in: 0...30, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" }))
        }
      }
      let columns = Int.random(in: 23...120, using: &random)
      for line in TableText.lines(table(rows, importance: [3, 2, 1]), style: Style(width: columns)) {
        #expect(TextWidth.of(line) <= columns)
        #expect(line.last != " ")
      }
    }
  }

  @Test("totals stand below a rule; a table without rows says so; ASCII stays ASCII")
  func shapes() {
    var table = Table(columns: [.init("band"), .init("n", kind: .number)], rows: [["red", "7"]])
    table.totals = [["all", "1,007"]]
    #expect(
      TableText.lines(table, style: Style(isASCII: true)) == ["band      n", "----  -----", "red       7", "----  -----", "all   1,007"])
    table.rows = []
    table.whenEmpty = "No account is red."
    #expect(TableText.lines(table, style: Style()) == ["No account is red."])
  }

  @Test("colour codes do not move columns")
  func colors() {
    let table = Table(columns: [.init("a"), .init("b", kind: .number)], rows: [[Cell("x", .green), Cell("5", .red)], ["yyy", "10"]])
    let plain = TableText.lines(table, style: Style())
    let colored = TableText.lines(table, style: Style(hasColor: true)).map { line in
      line.replacing(/\u{1B}\[[0-9;]*m/, with: "")
    }
    #expect(plain == colored)
  }
}
