import Health
import Testing

@testable import vitals

@Suite("Errors as text")
struct FailureTests {
  private func text(_ problem: Problem) -> String { Failure.text(problem, style: Style()) }

  @Test("place, excerpt, mark and remedy")
  func whole() {
    let place = Place(file: "cards/renewal.yaml", line: 12, column: 15, excerpt: "    - signal: product.login")
    let problem = Problem(
      "unknown-signal", .badInput, "there is no signal \"product.login\"", place: place, hint: "did you mean product.logins?")
    #expect(
      text(problem) == """
        vitals: error: cards/renewal.yaml:12:15: there is no signal "product.login"
              - signal: product.login
                        ^
        hint: did you mean product.logins?

        """)
  }

  @Test("what is not known is left out")
  func parts() {
    #expect(text(Problem("x", .failure, "it failed")) == "vitals: error: it failed\n")
    #expect(text(Problem("x", .badInput, "empty", place: Place(file: "a.csv"))) == "vitals: error: a.csv: empty\n")
    #expect(text(Problem("x", .badInput, "odd", place: Place(file: "a.csv", line: 3))) == "vitals: error: a.csv:3: odd\n")
    #expect(
      text(Problem("x", .badInput, "odd", place: Place(file: "a.csv", line: 3, excerpt: "x,y"))) == "vitals: error: a.csv:3: odd\n  x,y\n")
  }

  /// The character above the mark.
  private func marked(_ excerpt: String, column: Int) -> Character? {
    let lines = text(Problem("x", .badInput, "m", place: Place(file: "f", line: 1, column: column, excerpt: excerpt))).split(
      separator: "\n")
    guard lines.count == 3, lines[2].last == "^" else { return nil }
    var position = 0
    for character in lines[1] {
      if position == lines[2].count - 1 { return character }
      position += TextWidth.of(character)
    }
    return nil
  }

  @Test("the mark stands under its character, after wide, escaped and many characters, and long lines are cut around it")
  func mark() {
    #expect(marked("abXcd", column: 3) == "X")
    #expect(marked("東京X", column: 3) == "X")
    #expect(marked("a\tX", column: 3) == "X")
    #expect(marked("\u{9B}\u{1B}X", column: 3) == "X")
    let long = String(repeating: "abcdefghi,", count: 1000)
    for column in [1, 74, 76, 120, 5000, 9950, 10_000] {
      var characters = Array(long)
      characters[column - 1] = "X"
      #expect(marked(String(characters), column: column) == "X")
      let lines = text(Problem("x", .badInput, "m", place: Place(file: "f", line: 1, column: column, excerpt: String(characters)))).split(
        separator: "\n")
      #expect(lines.allSatisfy { TextWidth.of($0) <= 110 })
    }
  }

  @Test("a mark just past the end is shown, one far beyond is not")
  func beyond() {
    let place = Place(file: "f", line: 1, column: 4, excerpt: "abc")
    #expect(text(Problem("x", .badInput, "m", place: place)).hasSuffix("  abc\n     ^\n"))
    #expect(text(Problem("x", .badInput, "m", place: Place(file: "f", line: 1, column: 99, excerpt: "abc"))).hasSuffix("  abc\n"))
  }

  @Test("nothing that input brings is acted on by the terminal")
  func harmless() {
    let evil = "\u{1B}]0;x\u{7}\u{202E}"
    let told = text(Problem("x", .badInput, evil, place: Place(file: evil, line: 1, column: 2, excerpt: evil), hint: evil))
    #expect(!told.unicodeScalars.contains { $0 != "\n" && HarmlessText.isHarmful($0) })
  }
}
