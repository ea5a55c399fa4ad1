import Testing

@testable import vitals

@Suite("Progress and pager")
struct ProgressTests {
  private func output(_ test: TestContext, isQuiet: Bool = false) -> Output {
    Output(format: .table, isQuiet: isQuiet, context: test.context)
  }

  @Test("the line appears after half a second, changes ten times a second at most, and is wiped")
  func appears() {
    let test = TestContext(errIsTerminal: true)
    let progress = output(test).progress("usage.csv", total: 2_000_000)
    test.stopwatch.pass(499)
    progress.advance(to: 500_000)
    #expect(test.err.text.isEmpty)
    test.stopwatch.pass(1)
    progress.advance(by: 500_000)
    #expect(test.err.text == "\rusage.csv  50 %  1.0 MB of 2.0 MB\u{1B}[K")
    test.stopwatch.pass(99)
    progress.advance(to: 1_200_000)
    #expect(test.err.text.filter { $0 == "\r" }.count == 1)
    test.stopwatch.pass(1)
    progress.advance(to: 2_000_000)
    #expect(test.err.text.contains("100 %"))
    progress.finish()
    #expect(test.err.text.hasSuffix("\r\u{1B}[K"))
  }

  @Test("what was quick leaves nothing behind")
  func quick() {
    let test = TestContext(errIsTerminal: true)
    let progress = output(test).progress("usage.csv", total: nil)
    progress.advance(to: 10)
    progress.finish()
    #expect(test.err.text.isEmpty)
  }

  @Test("not in a pipe, not when quiet, not on a dumb terminal")
  func hidden() {
    for (test, isQuiet) in [
      (TestContext(), false), (TestContext(errIsTerminal: true), true),
      (TestContext(environment: ["TERM": "dumb"], errIsTerminal: true), false),
    ] {
      let progress = output(test, isQuiet: isQuiet).progress("usage.csv", total: 10)
      test.stopwatch.pass(10_000)
      progress.advance(to: 5)
      progress.finish()
      #expect(test.err.text.isEmpty)
    }
  }

  @Test("warnings are told even when quiet, messages are not; neither reaches standard output")
  func words() {
    let test = TestContext()
    output(test, isQuiet: true).message("hello")
    output(test, isQuiet: true).warning("feed\u{1B} is late")
    #expect(test.err.text == "vitals: warning: feed␛ is late\n")
    #expect(test.out.text.isEmpty)
  }

  @Test(
    "which pager",
    arguments: [
      ([:], "less -FRX"), (["PAGER": "less"], "LESS=FRX less"), (["PAGER": "less", "LESS": "M"], "less"),
      (["VITALS_PAGER": "most", "PAGER": "less"], "LESS=FRX most"), (["VITALS_PAGER": "", "PAGER": "less"], nil), (["PAGER": "cat"], nil),
    ] as [([String: String], String?)])
  func pager(environment: [String: String], expected: String?) {
    #expect(Pager.command(in: TestContext(environment: environment).context) == expected)
  }

  @Test("a pager gets all the bytes; one that cannot be started says so")
  func runs() {
    let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 300_000)
    #expect(Pager.run("test $(wc -c) = 300000", bytes) == 0)
    #expect(Pager.run("exec nowhere-such-a-pager 2>/dev/null", []) == 127)
  }
}
