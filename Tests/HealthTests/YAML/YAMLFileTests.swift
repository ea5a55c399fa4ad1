import Health
import TestSupport
import Testing

@Suite struct YAMLFileTests {
  private func read<Result>(_ text: String, _ body: (YAMLValue) -> Result?) throws -> Result {
    try YAMLFile.read(text, file: "a.yaml", body)
  }

  private func problems(_ text: String, _ body: (YAMLValue) -> Void = { _ in }) -> [Problem] {
    do {
      _ = try YAMLFile.read(text, file: "a.yaml") { root -> Bool? in
        body(root)
        return true
      }
      return []
    } catch {
      return error.all
    }
  }

  @Test func scalarsKeepTheirTextAndKeysTheirOrder() throws {
    let pairs = try read("z: 007\na: 1e3\n'yes': \"x: y\"\nm: |\n  two\n  lines\n") { root in
      root.map()?.entries.map { [$0.name, $0.value.text() ?? ""] }
    }
    #expect(pairs == [["z", "007"], ["a", "1e3"], ["yes", "x: y"], ["m", "two\nlines\n"]])
  }

  @Test func aProblemHasPlaceExcerptAndHint() throws {
    let all = problems("zone: UTC\nouter:\n  wieght: 3\n") { $0.map()?["outer"]?.map(allowed: ["weight", "why"]).map { _ in } }
    let problem = try #require(all.first)
    #expect(all.count == 1)
    #expect(problem.name == "unknown-key")
    #expect(problem.category == .badInput)
    #expect(problem.place == Place(file: "a.yaml", line: 3, column: 3, excerpt: "  wieght: 3"))
    #expect(problem.hint == "did you mean weight?")
    let far = problems("zzz: 1") { _ = $0.map(allowed: ["weight", "why"]) }
    #expect(far.first?.hint == "the keys here are weight, why")
  }

  @Test func allProblemsComeInTheOrderOfTheFile() {
    let all = problems("a: x\nb: y\nc: z\n") { root in
      for name in ["c", "a", "b"] { _ = root.map()?[name]?.number() }
    }
    #expect(all.map { $0.place?.line } == [1, 2, 3])
  }

  /// `"` closes nothing, a list closes with a brace, a key stands twice, …: what each is called and where.
  @Test(arguments: [
    ("yaml-syntax", "a: 1\nb: [1, 2§}\n"),
    ("yaml-syntax", "a: 1\n§\tb: 2\n"),
    ("yaml-syntax", "a: [1§"),
    ("yaml-syntax", "a: [1\n§"),
    ("yaml-syntax", "a: 1\n§---\nb: 2\n"),
    ("yaml-syntax", "a: §*nobody\n"),
    ("yaml-syntax", "a: x\nb: u§\u{1}v\n"),
    ("duplicate-key", "a: 1\n§b: 2\nb: 3\n"),
    ("yaml-anchor", "a: §&x [1, 2]\nb: *x\n"),
    ("yaml-tag", "a: §!!float 3\n"),
    ("wrong-type", "§[1, 2]: 3\n"),
  ])
  func whatIsNotThisLanguageIsRefusedAtItsPlace(name: String, marked: String) {
    let marked = Marked(marked)
    let found = marked.problems { text in try read(text) { _ in true } }
    #expect(found.first == "\(name) \(marked.place)")
  }

  @Test func anEmptyFileIsRefusedUnlessItMeansSomething() throws {
    #expect(problems("").map(\.name) == ["empty-file"])
    #expect(problems("# nothing\n").map(\.name) == ["empty-file"])
    #expect(try YAMLFile.read("# nothing\n", file: "a.yaml", empty: 7) { _ in 8 } == 7)
    #expect(try YAMLFile.read("a: 1", file: "a.yaml", empty: 7) { _ in 8 } == 8)
  }

  @Test func columnsCountCharactersAndLinesEndInAnyWay() {
    let combined = problems("\u{FEFF}a: 1\r\n\"e\u{301}é\": x\rc: {d: \"👩‍👩‍👧\", e: nix}") { root in
      let map = root.map()
      _ = map?["e\u{301}é"]?.number()
      _ = map?["c"]?.map()?["e"]?.number()
    }
    #expect(combined.map { "\($0.place?.line ?? 0):\($0.place?.column ?? 0)" } == ["2:7", "3:16"])
    #expect(combined.last?.place?.excerpt == "c: {d: \"👩‍👩‍👧\", e: nix}")
  }

  @Test func numbersAreDecimalAndFinite() {
    for (text, number) in [("0", 0), ("-1.5", -1.5), ("+2", 2), ("1e3", 1000), (".5", 0.5), ("007", 7)] {
      #expect(YAMLValue.number(text) == number)
    }
    for text in ["", "nan", ".nan", "NaN", "inf", "-.inf", "0x10", "1_000", "1,5", "1e999", "50%", "e", "-", "٣"] {
      #expect(YAMLValue.number(text) == nil, "\(text)")
    }
  }

  @Test func spansAreWholeDays() {
    #expect(YAMLValue.days("90d") == 90)
    #expect(YAMLValue.days("65535d") == 65_535)
    for text in ["90", "2w", "d", "-1d", "1.5d", "65536d", "99999999999999999999d", "90 d", "90D"] {
      #expect(YAMLValue.days(text) == nil, "\(text)")
    }
  }

  @Test func accessorsReportWhatTheyCannotRead() {
    let text = "n: x\nd: 90\nz: 0d\np: 0.5\nq: 150%\nb: yes\nt:\nl: a\nm: 3\ni: 1.5\ny: 2026-02-30\nk: guage\n"
    let all = problems(text) { root in
      guard let map = root.map() else { return }
      _ = (map["n"]?.number(), map["d"]?.days(), map["z"]?.days(), map["p"]?.percent(), map["q"]?.percent(), map["b"]?.bool())
      _ = (map["t"]?.text(), map["l"]?.list(), map["m"]?.map(), map["i"]?.integer(), map["y"]?.day())
      _ = map["k"]?.choice(SignalKind.self, "kind")
      _ = map.required("w")
    }
    #expect(
      all.map { "\($0.name) \($0.place?.line ?? 0):\($0.place?.column ?? 0)" }
        == [
          "missing-key 1:1", "wrong-type 1:4", "wrong-type 2:4", "wrong-type 3:4", "wrong-type 4:4", "wrong-type 5:4", "wrong-type 6:4",
          "wrong-type 7:3", "wrong-type 8:4", "wrong-type 9:4", "wrong-type 10:4", "wrong-type 11:4", "unknown-kind 12:4",
        ])
    #expect(all.first { $0.place?.line == 2 }?.hint == "write the unit: 90d")
    #expect(all.first { $0.place?.line == 12 }?.hint == "did you mean gauge?")
  }

  @Test func accessorsRead() throws {
    let isDone: Bool = try read("i: -3\nd: 0d\np: 12.5%\nb: true\ny: 2026-03-31\none: a\nmany: [a, b]\nnone: ~\ntilde: '~'\n") {
      root -> Bool? in
      guard let map = root.map() else { return nil }
      #expect(map["i"]?.integer() == -3)
      #expect(map["d"]?.days(least: 0) == 0)
      #expect(map["p"]?.percent() == 0.125)
      #expect(map["b"]?.bool() == true)
      #expect(map["y"]?.day() == Day(year: 2026, month: 3, day: 31))
      #expect(map["one"]?.items.count == 1)
      #expect(map["many"]?.items.map(\.written) == ["a", "b"])
      #expect(map["none"]?.isEmpty == true)
      #expect(map["tilde"]?.isEmpty == false)
      #expect(map["absent"] == nil)
      return true
    }
    #expect(isDone)
  }

  /// Whatever is done to a file, reading it ends, and every problem lies inside it.
  @Test func damagedFilesAreReportedInside() {
    var random = Seeded(7)
    let whole = Array(
      "card: x\ngroups:\n  a: {weight: 1, inputs: [{signal: p.q, points: {0: 0, 1: 100}}]}\n- 'é\"': |\n  &a *a !t %\n".utf8)
    for _ in 0..<3000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: at)
        default: bytes.insert(contentsOf: whole.dropFirst(at).prefix(9).reversed(), at: at)
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.count
      for problem in problems(text, { walk($0) }) {
        #expect((0...lines).contains(problem.place?.line ?? -1), "\(text)")
      }
    }
  }

  private func walk(_ value: YAMLValue) {
    _ = value.number()
    for item in value.list() ?? [] { walk(item) }
    for entry in value.map(allowed: ["card"])?.entries ?? [] { walk(entry.value) }
  }

  @Test(arguments: ["[", "- ", "{a: "]) func depthIsRefusedBeforeItHarms(unit: String) {
    let all = problems(String(repeating: unit, count: 100_000)) { _ in }
    #expect(all.map(\.message) == ["nested too deeply"])
  }

  @Test func aFewLinesCannotGrowIntoATree() {
    let bomb = "a0: &a0 [x, x]\n" + (1...12).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]\n" }.joined()
    let all = problems(bomb) { _ in }
    #expect(Set(all.map(\.name)) == ["yaml-anchor"])
  }
}
