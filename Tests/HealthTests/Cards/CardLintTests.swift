import Health
import Testing

@Suite struct CardLintTests {
  private func warnings(_ text: String, today: Day? = nil) throws -> [String] {
    CardLint.warnings(try CardSamples.read(text), catalogue: CardSamples.catalogue, today: today).map {
      "\($0.name) \($0.place?.line ?? 0):\($0.place?.column ?? 0)"
    }
  }

  private func expectOne(_ name: String, _ marked: String, today: Day? = nil) throws {
    let marked = Marked(marked)
    #expect(try warnings(marked.text, today: today) == ["\(name) \(marked.place)"], "\(marked.text)")
  }

  private func inputs(_ count: Int) -> String { Array(repeating: "{\(CardSamples.sound)}", count: count).joined(separator: ", ") }

  @Test func aSoundCardIsClean() throws {
    #expect(try warnings(CardSamples.card("card: x")).isEmpty)
    #expect(CardLint.check([try CardSamples.read(CardSamples.card("card: x\noutcome: renewal"))]).isEmpty)
  }

  @Test func tooMuchAndTooLittle() throws {
    try expectOne("many-inputs", "card: x\ngroups:\n  §g: {weight: 1, inputs: [\(inputs(9))]}\n")
    #expect(try warnings("card: x\ngroups:\n  g: {weight: 1, inputs: [\(inputs(8))]}\n").isEmpty)
    let groups = (1...13).map { "  \($0 == 13 ? "§" : "")g\($0): {weight: 1, inputs: [\(inputs(1))]}\n" }.joined()
    try expectOne("many-groups", "card: x\ngroups:\n" + groups)
  }

  @Test func heavyGroupsFromThreeGroupsOn() throws {
    func card(_ weights: [Int]) -> String {
      "card: x\ngroups:\n" + weights.enumerated().map { "  g\($0): {weight: \($1), inputs: [\(inputs(1))]}\n" }.joined()
    }
    #expect(try warnings(card([61, 20, 19])) == ["heavy-group 3:3"])
    #expect(try warnings(card([60, 20, 20])).isEmpty)
    #expect(try warnings(card([90, 10])).isEmpty)
  }

  @Test func lightInputsAreSharesOfTheTotal() throws {
    func card(_ weight: Double) -> String {
      let light = CardSamples.sound.replacing("weight: 1", with: "weight: \(weight)")
      return "card: x\ngroups:\n  a: {weight: 1, inputs: [\(inputs(1))]}\n  b: {weight: 1, inputs: [\(inputs(1)), §{\(light)}]}\n"
    }
    // a half of x ÷ (1 + x): 0.04 gives 1.92 %, 0.042 gives 2.02 %
    try expectOne("light-input", card(0.04))
    #expect(try warnings(Marked(card(0.042)).text).isEmpty)
  }

  @Test func everyInputSaysWhy() throws {
    try expectOne(
      "no-why",
      CardSamples.card(input: "signal: product.logins, points: {0: 0, 1: 100}, weight: 1, missing: skip").replacing("- {", with: "- §{"))
  }

  @Test func theReviewIsDueAfterItsDay() throws {
    let day = try #require(Day("2027-03-31"))
    let card = CardSamples.card("card: x\nreview_by: §2027-03-31")
    try expectOne("review-due", card, today: day + 1)
    #expect(try warnings(Marked(card).text, today: day).isEmpty)
    #expect(try warnings(Marked(card).text).isEmpty)
  }

  /// A signal of each kind that says nothing about its age.
  @Test(arguments: [
    ("product.g", "last", true), ("product.g", "mean 30d", true), ("product.g", "days 30d", false), ("product.d", "since", true),
    ("product.d", "until", true), ("product.c", "sum 30d", false), ("product.e", "last", false), ("product.b", "last", false),
  ])
  func statesShouldExpire(signal: String, measure: String, isAsked: Bool) throws {
    let kinds: [(String, SignalKind)] = [("g", .gauge), ("d", .date), ("c", .count), ("e", .event), ("b", .balance)]
    let catalogue = Catalogue(kinds.map { Signal(key: "product.\($0)", kind: $1) })
    for (extra, isStillAsked) in [("", isAsked), (", expire: 9d", false)] {
      let text = CardSamples.card(measuring: "signal: \(signal), measure: \(measure)\(extra)")
      let file = try CardFile.read(text: text, file: "x", catalogue: catalogue)
      #expect(CardLint.warnings(file, catalogue: catalogue, today: nil).map(\.name) == (isStillAsked ? ["no-expire"] : []))
    }
  }

  @Test(arguments: [
    ("signal: product.active_users, points: {0: 0, 9: 100}", false),
    ("signal: product.active_users, §points: {0: 100, 9: 0}", true),
    ("signal: product.active_users, §steps: {0: 100, 9: 0}", true),
    ("signal: product.active_users, measure: slope 90d, §points: {0: 100, 9: 0}", true),
    ("signal: product.active_users, points: {0: 0, 5: 100, 9: 0}", false),
    ("signal: service.p1_open, points: {0: 100, 9: 0}", false),
    ("signal: service.p1_open, §points: {9: 100, 0: 0}", true),
    ("signal: service.tickets, measure: sum 30d, points: {0: 100, 9: 0}", false),
    ("signal: product.seats, points: {0: 100, 9: 0}", false),
    ("signal: human.csm_pulse, map: {1: 0, 6: 100}", false),
    ("signal: human.csm_pulse, §map: {1: 100, 10: 0, 6: 50}", true),
    ("signal: product.adoption_level, map: {basic: 100, advanced: 0}", false),
    // The time since something bad is better long; the days of a date are what its direction speaks of.
    ("signal: relationship.decision_maker_changed, measure: since, points: {0: 0, 90: 100}", false),
    ("signal: relationship.decision_maker_changed, measure: since, §points: {0: 100, 90: 0}", true),
    ("signal: relationship.last_touch, measure: since, points: {0: 100, 90: 0}", false),
    ("signal: product.feature:*, measure: lapsed 30d, points: {0: 100, 1: 0}", false),
    ("signal: product.feature:*, measure: lapsed 30d, §points: {0: 0, 1: 100}", true),
    ("signal: financial.arr, percentile: segment, direction: down", false),
  ])
  func curvesAgainstTheDirection(marked: String, isAgainst: Bool) throws {
    let marked = CardSamples.card(input: marked + ", weight: 1, missing: skip, why: x")
    if isAgainst {
      try expectOne("curve-against-direction", marked)
    } else {
      #expect(try warnings(marked).isEmpty)
    }
  }
}

@Suite struct CardLintTogetherTests {
  private func file(_ name: String, _ rest: String) throws -> CardFile {
    try CardFile.read(text: CardSamples.card("card: \(name)\n\(rest)"), file: "\(name).yaml", catalogue: CardSamples.catalogue)
  }

  private func check(_ files: [CardFile]) -> [String] {
    CardLint.check(files).map { "\($0.name) \($0.place?.file ?? ""):\($0.place?.line ?? 0):\($0.place?.column ?? 0)" }
  }

  @Test func anOutcomeNeedsADefaultCard() throws {
    let special = try file("special", "outcome: churn\nfor: {segment: big}")
    #expect(check([special]) == ["no-default-card special.yaml:3:6"])
    #expect(check([special, try file("all", "outcome: churn\npriority: -1")]).isEmpty)
    #expect(check([special, try file("other", "outcome: renewal")]) == ["no-default-card special.yaml:3:6"])
    #expect(check([try file("view", "for: {segment: big}")]).isEmpty)
  }

  @Test func equalPrioritiesMustExcludeEachOther() throws {
    let fallback = try file("all", "outcome: churn")
    let big = try file("big", "outcome: churn\nfor: {segment: [Big, huge]}\npriority: 5")
    #expect(check([fallback, big]).isEmpty)
    #expect(check([fallback, big, try file("small", "outcome: churn\nfor: {segment: small}\npriority: 5")]).isEmpty)
    let overlapping = try file("overlapping", "outcome: churn\nfor: {segment: big, stage: adoption}\npriority: 5")
    #expect(check([fallback, big, overlapping]) == ["equal-priority overlapping.yaml:4:11"])
    let elsewhere = try file("elsewhere", "outcome: churn\nfor: {stage: adoption}\npriority: 5")
    #expect(check([fallback, big, elsewhere]) == ["equal-priority elsewhere.yaml:4:11"])
    #expect(check([fallback, big, try file("renewal", "outcome: renewal\npriority: 5")]).isEmpty)
    #expect(check([fallback, try file("again", "outcome: churn")]) == ["equal-priority again.yaml:1:7"])
  }

  @Test func twoCardsOfOneName() throws {
    #expect(check([try file("a", "title: x"), try file("a", "title: y")]) == ["duplicate-card a.yaml:1:7"])
  }
}
