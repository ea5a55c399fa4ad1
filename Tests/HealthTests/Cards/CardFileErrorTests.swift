import Health
import Testing

/// The smallest card for every error; `§` stands where it is reported.
@Suite struct CardFileErrorTests {
  private func expectOne(_ name: String, _ marked: String) {
    let marked = Marked(marked)
    #expect(marked.problems(CardSamples.read) == ["\(name) \(marked.place)"], "\(marked.text)")
  }

  @Test func placesAreFileLineAndColumn() throws {
    let text = "card: x\ngroups:\n  product:\n    weight: 1\n    inputs:\n      - {signal: product.login, measure: sum 30d}\n"
    do {
      _ = try CardSamples.read(text)
      Issue.record("read")
    } catch {
      let problem = try #require(error.all.first { $0.name == "unknown-signal" })
      let excerpt = "      - {signal: product.login, measure: sum 30d}"
      #expect(problem.place == Place(file: "cards/x.yaml", line: 6, column: 18, excerpt: excerpt))
      #expect(
        problem.hint
          == "did you mean product.logins? Otherwise add to signals.yaml: product.login: {kind: …, unit: …, direction: …, says: …}")
      #expect(error.all.map(\.name) == ["missing-curve", "missing-key", "missing-key", "unknown-signal"])
    }
  }

  @Test(arguments: [
    ("bad-card-name", "card: §Big Card"),
    ("bad-card-name", "card: §-x"),
    ("unknown-key", "card: x\n§tittle: y"),
    ("missing-key", "§title: y"),
    ("unknown-outcome", "card: x\noutcome: §renewl"),
    ("missing-key", "card: x\noutcome: §{name: lapse, none: product.logins}"),
    ("missing-key", "card: x\noutcome: §{none: product.logins, in: 9d}"),
    ("missing-key", "card: x\noutcome: §{name: lapse, in: 9d}"),
    ("unknown-signal", "card: x\noutcome: {name: lapse, none: §product.login, in: 9d}"),
    ("absence-kind", "card: x\noutcome: {name: lapse, none: §product.adoption_level, in: 9d}"),
    ("absence-kind", "card: x\noutcome: {name: lapse, none: §product.feature:*, in: 9d}"),
    ("two-horizons", "card: x\nhorizon: §30d\noutcome: {name: lapse, none: product.logins, in: 9d}"),
    ("wrong-type", "card: x\nhorizon: §90"),
    ("wrong-type", "card: x\nreview_by: §2027-13-01"),
    ("wrong-type", "card: x\npriority: §high"),
    ("wrong-type", "card: x\ncoverage_floor: §0.5"),
    ("wrong-type", "card: x\nfor: §enterprise"),
    ("empty-condition", "card: x\nfor: {segment: §[]}"),
    ("wrong-type", "card: x\nrules: §none"),
  ])
  func top(name: String, marked: String) { expectOne(name, CardSamples.card(marked)) }

  @Test(arguments: [
    ("no-bands", "§[]"),
    ("wrong-type", "§red"),
    ("band-gap", "[{band: a, color: red, from: §1}]"),
    ("band-gap", "[{band: a, color: red, above: §0}]"),
    ("band-order", "[{band: a, color: red, from: 0}, {band: b, color: red, from: 50}, {band: c, color: red, from: §40}]"),
    ("band-overlap", "[{band: a, color: red, from: 0}, {band: b, color: red, above: 40}, {band: c, color: red, from: §41}]"),
    ("band-overlap", "[{band: a, color: red, from: 0}, {band: b, color: red, from: §0}]"),
    ("band-out-of-range", "[{band: a, color: red, from: 0}, {band: b, color: red, above: §100}]"),
    ("duplicate-band", "[{band: a, color: red, from: 0}, §{band: a, color: red, from: 9}]"),
    ("reserved-band", "[{band: §unknown, color: red, from: 0}]"),
    ("two-starts", "[{band: a, color: red, from: §0, above: 3}]"),
    ("missing-key", "[§{band: a, color: red}]"),
    ("missing-key", "[§{band: a, from: 0}]"),
    ("missing-key", "[§{color: red, from: 0}]"),
    ("unknown-key", "[{band: a, color: red, from: 0, §to: 40}]"),
    ("wrong-type", "[{band: a, color: red, from: §.nan}]"),
  ])
  func bands(name: String, marked: String) { expectOne(name, CardSamples.card("card: x\nbands: \(marked)")) }

  @Test func bandsThatHoldEveryScoreOnceAreSound() throws {
    let sound = "[{band: a, color: red, from: -5}, {band: b, color: red, from: 40}, {band: c, color: red, above: 40}]"
    #expect(try CardSamples.read(CardSamples.card("card: x\nbands: \(sound)")).card.bands.count == 3)
  }

  @Test(arguments: [
    ("missing-key", "§card: x\n"),
    ("no-groups", "card: x\ngroups: §{}\n"),
    ("wrong-type", "card: x\ngroups: §[]\n"),
    ("no-inputs", "card: x\ngroups:\n  g: {weight: 1, inputs: §[]}\n"),
    ("missing-key", "card: x\ngroups:\n  g: §{weight: 1}\n"),
    ("missing-key", "card: x\ngroups:\n  g: §{inputs: [{\(CardSamples.sound)}]}\n"),
    ("bad-weight", "card: x\ngroups:\n  g: {weight: §0, inputs: [{\(CardSamples.sound)}]}\n"),
    ("unknown-key", "card: x\ngroups:\n  g: {weight: 1, §input: [], inputs: [{\(CardSamples.sound)}]}\n"),
    ("duplicate-key", "card: x\ngroups:\n  §g: {weight: 1}\n  g: {weight: 1}\n"),
  ])
  func groups(name: String, marked: String) { expectOne(name, marked) }

  @Test(arguments: [
    ("missing-key", "signal: financial.arr, points: {0: 0}, weight: 1", 9),
    ("missing-key", "signal: financial.arr, points: {0: 0}, missing: skip", 9),
    ("missing-key", "points: {0: 0}, weight: 1, missing: skip", 9),
    ("missing-curve", "signal: financial.arr, weight: 1, missing: skip", 9),
  ])
  func whatIsMissingIsReportedAtTheInput(name: String, input: String, column: Int) {
    #expect(Marked(CardSamples.card(input: input)).problems(CardSamples.read) == ["\(name) 6:\(column)"])
  }

  @Test(arguments: [
    ("bad-weight", "signal: financial.arr, points: {0: 0}, weight: §-1, missing: skip"),
    ("wrong-type", "signal: financial.arr, points: {0: 0}, weight: §NaN, missing: skip"),
    ("wrong-type", "signal: financial.arr, points: {0: 0}, weight: §40%, missing: skip"),
    ("wrong-type", "signal: financial.arr, points: {0: 0}, weight: 1, missing: §ignore"),
    ("points-out-of-range", "signal: financial.arr, points: {0: 0}, weight: 1, missing: §101"),
    ("unknown-key", "signal: financial.arr, points: {0: 0}, §wieght: 1, weight: 1, missing: skip"),
    ("wrong-type", "signal: financial.arr, points: {0: 0}, weight: 1, missing: skip, fresh: §7"),
    ("fresh-after-expire", "signal: financial.arr, points: {0: 0}, weight: 1, missing: skip, fresh: §9d, expire: 8d"),
    ("fresh-after-expire", "signal: financial.arr, points: {0: 0}, weight: 1, missing: skip, fresh: §401d"),
    ("fresh-after-expire", "signal: human.csm_pulse, points: {0: 0}, weight: 1, missing: skip, expire: §29d"),
    ("two-curves", "signal: financial.arr, points: {0: 0}, §steps: {0: 0}, weight: 1, missing: skip"),
    ("points-out-of-range", "signal: financial.arr, points: {0: 0, 1: §100.5}, weight: 1, missing: skip"),
    ("points-out-of-range", "signal: financial.arr, steps: {0: §-1, 1: 2}, weight: 1, missing: skip"),
    ("points-out-of-range", "signal: financial.arr, map: {0: §101}, weight: 1, missing: skip"),
    ("wrong-type", "signal: financial.arr, points: {§nan: 0, 1: 2}, weight: 1, missing: skip"),
    ("wrong-type", "signal: financial.arr, points: {0: §.inf, 1: 2}, weight: 1, missing: skip"),
    ("wrong-type", "signal: financial.arr, points: §[0, 1], weight: 1, missing: skip"),
    ("empty-curve", "signal: financial.arr, points: §{}, weight: 1, missing: skip"),
    ("empty-curve", "signal: financial.arr, map: §{}, weight: 1, missing: skip"),
    ("duplicate-knot", "signal: financial.arr, points: {1: 0, §1.0: 2}, weight: 1, missing: skip"),
    ("duplicate-knot", "signal: financial.arr, map: {1: 0, §01: 2}, weight: 1, missing: skip"),
    ("duplicate-knot", "signal: product.adoption_level, map: {Basic: 0, §basic: 2}, weight: 1, missing: skip"),
    ("unsorted-knots", "signal: financial.arr, points: {0: 0, 2: 1, §1: 2}, weight: 1, missing: skip"),
    ("unsorted-knots", "signal: financial.arr, steps: {2: 0, 1: 1, §3: 2}, weight: 1, missing: skip"),
    ("label-on-number", "signal: service.csat, map: {§good: 100, 1: 0}, weight: 1, missing: skip"),
    ("curve-does-not-fit", "signal: product.adoption_level, §points: {0: 1}, weight: 1, missing: skip"),
    ("curve-does-not-fit", "signal: product.adoption_level, §percentile: all, weight: 1, missing: skip"),
    ("key-does-not-fit", "signal: financial.arr, points: {0: 1}, §direction: down, weight: 1, missing: skip"),
    ("unknown-direction", "signal: financial.arr, percentile: all, direction: §middle, weight: 1, missing: skip"),
    ("unknown-direction", "signal: financial.arr, percentile: all, direction: §dwon, weight: 1, missing: skip"),
    ("wrong-type", "signal: financial.arr, percentile: §[all], weight: 1, missing: skip"),
  ])
  func inputs(name: String, marked: String) { expectOne(name, CardSamples.card(input: marked)) }

  @Test(arguments: [
    ("unknown-signal", "signal: §product.login, measure: sum 30d"),
    ("unknown-measure", "signal: product.logins, measure: §summ 30d"),
    ("unknown-measure", "signal: product.logins, measure: §''"),
    ("bad-window", "signal: product.logins, measure: §sum 30"),
    ("bad-window", "signal: product.logins, measure: §sum 0d"),
    ("bad-window", "signal: product.logins, measure: §sum 30d versus previous"),
    ("missing-window", "signal: product.logins, measure: §sum"),
    ("missing-window", "signal: product.logins, measure: §change"),
    ("window-does-not-fit", "signal: financial.arr, measure: §last 30d"),
    ("measure-does-not-fit", "signal: financial.arr, measure: §sum 30d"),
    ("measure-does-not-fit", "signal: financial.renewal_on, measure: §mean 30d"),
    ("measure-does-not-fit", "signal: financial.renewal_on, measure: §change 30d"),
    ("measure-does-not-fit", "signal: product.logins, measure: §until"),
    ("measure-does-not-fit", "signal: product.logins, measure: §breadth 30d"),
    ("measure-does-not-fit", "signal: product.feature:*, measure: §mean 30d"),
    ("measure-does-not-fit", "signal: §product.feature:*"),
    ("bad-versus", "signal: product.logins, measure: sum 30d, versus: §before"),
    ("bad-versus", "signal: product.logins, measure: sum 30d, versus: §0d"),
    ("versus-without-window", "signal: financial.arr, versus: §previous"),
    ("two-comparisons", "signal: product.logins, measure: change 30d, §versus: 30d"),
    ("key-does-not-fit", "signal: financial.renewal_on, measure: until, §versus: 30d"),
    ("key-does-not-fit", "signal: product.logins, measure: sum 30d, §as: ratio"),
    ("unknown-comparison", "signal: product.logins, measure: change 30d, as: §differnce"),
    ("divide-by-nothing", "signal: product.logins, measure: sum 30d, per: §~"),
    ("unknown-signal", "signal: product.logins, measure: sum 30d, per: §product.seat"),
    ("missing-key", "signal: product.logins, measure: sum 30d, per: §{times: 2}"),
    ("unknown-key", "signal: product.logins, measure: sum 30d, per: {signal: product.seats, §plusown: true}"),
    ("wrong-type", "signal: product.logins, measure: sum 30d, per: {signal: product.seats, plus_own: §yes}"),
    ("bad-times", "signal: product.logins, measure: sum 30d, per: {signal: product.seats, times: §0}"),
    ("measure-does-not-fit", "signal: product.logins, measure: sum 30d, per: {signal: product.seats, measure: §sum 30d}"),
    ("measure-does-not-fit", "signal: product.logins, measure: sum 30d, per: §product.adoption_level"),
    ("measure-does-not-fit", "signal: product.logins, measure: sum 30d, per: §financial.renewal_on"),
    ("measure-does-not-fit", "signal: product.logins, measure: sum 30d, per: §product.feature:*"),
    ("wrong-type", "signal: product.logins, measure: sum 30d, else: §product.seats"),
    ("unknown-key", "signal: product.logins, measure: sum 30d, else: {signal: product.seats, §above: 3}"),
    ("else-does-not-fit", "signal: product.logins, measure: sum 30d, else: {signal: §product.adoption_level}"),
    ("key-does-not-fit", "signal: product.logins, measure: sum 30d, §at_least: 3"),
    ("key-does-not-fit", "signal: product.feature:*, measure: lapsed 30d, §weights: {a: 1}"),
    ("bad-at-least", "signal: product.feature:*, measure: breadth 30d, at_least: §0"),
    ("bad-weight", "signal: product.feature:*, measure: breadth 30d, weights: {a: §0}"),
    ("divide-by-nothing", "signal: product.feature:*, measure: breadth 30d, of: §[]"),
    ("divide-by-nothing", "signal: product.feature:*, measure: breadth 30d, of: §null"),
    ("duplicate-name", "signal: product.feature:*, measure: breadth 30d, of: [a, §a]"),
    ("unknown-signal", "signal: product.feature:*, measure: breadth 30d, of: §product.features"),
    ("measure-does-not-fit", "signal: product.feature:*, measure: breadth 30d, of: §financial.renewal_on"),
  ])
  func expressions(name: String, marked: String) { expectOne(name, CardSamples.card(measuring: marked)) }

  /// Every pair of kind and measure, against the table of the design.
  @Test func measuresFitTheKindsOfTheTable() throws {
    let table = [
      ("financial.arr", "last mean min max slope days count"),
      ("financial.renewal_on", "last since until"),
      ("product.logins", "last sum count mean min max days since slope"),
      ("service.csat", "last sum count mean min max days since slope"),
      ("service.p1_open", "last mean min max slope sum count days since"),
      ("product.feature:*", "breadth lapsed sum"),
      ("product.feature:search", "last sum count mean min max days since slope"),
    ]
    for (signal, fitting) in table {
      for function in Expression.Function.allCases {
        let measure = function.hasWindow ? "\(function.rawValue) 30d" : function.rawValue
        let problems = Marked(CardSamples.card(measuring: "signal: \(signal), measure: §\(measure)"))
        let expected = fitting.split(separator: " ").contains { $0 == function.rawValue } ? [] : ["measure-does-not-fit \(problems.place)"]
        #expect(problems.problems(CardSamples.read) == expected, "\(signal) \(measure)")
      }
    }
    for function in Expression.Function.allCases where function != .last {
      let measure = function.hasWindow ? "\(function.rawValue) 30d" : function.rawValue
      let input = "signal: product.adoption_level, measure: §\(measure), map: {a: 1}, weight: 1, missing: skip"
      expectOne("measure-does-not-fit", CardSamples.card(input: input))
    }
  }

  @Test(arguments: [
    ("missing-effect", "§when: [{score: raw, to: 5}]", true),
    ("missing-key", "§cap: 40", true),
    ("two-effects", "when: [{score: raw, to: 5}], cap: 40, §play: Call", false),
    ("points-out-of-range", "when: [{score: raw, to: 5}], cap: §140", false),
    ("wrong-type", "when: [{score: raw, to: 5}], floor: §low", false),
    ("wrong-type", "when: [{score: raw, to: 5}], play: §[]", false),
    ("unknown-key", "when: [{score: raw, to: 5}], cap: 40, §reasons: x", false),
    ("unknown-signal", "when: [{signal: service.csat, to: 5}], cap: 40, until: §human.csm_pulsee", false),
    ("until-kind", "when: [{signal: service.csat, to: 5}], cap: 40, until: §product.logins", false),
    ("until-without-signal", "when: [{score: raw, to: 5}], cap: 40, until: §human.csm_pulse", false),
    ("wrong-type", "when: §{score: raw, to: 5}, cap: 40", false),
    ("no-conditions", "when: §[], cap: 40", false),
  ])
  func rules(name: String, marked: String, isAtTheBrace: Bool) {
    let whole = CardSamples.card(rule: marked)
    expectOne(name, isAtTheBrace ? whole.replacing("{§", with: "§{") : whole)
  }

  @Test(arguments: [
    ("missing-test", "§signal: service.csat", true),
    ("missing-subject", "§above: 3", true),
    ("two-subjects", "signal: service.csat, §score: raw, above: 3", false),
    ("unknown-signal", "signal: §service.csatt, above: 3", false),
    ("measure-does-not-fit", "signal: service.csat, measure: §until, above: 3", false),
    ("unknown-score", "score: §final, above: 3", false),
    ("wrong-type", "trend: §90, above: 3", false),
    ("unknown-band", "band: [neutral, §helthy]", false),
    ("no-bands", "band: §[]", false),
    ("key-does-not-fit", "band: [neutral], §above: 3", false),
    ("key-does-not-fit", "score: raw, §measure: last, above: 3", false),
    ("key-does-not-fit", "signal: product.adoption_level, §above: 3", false),
    ("wrong-type", "signal: service.csat, above: §high", false),
    ("wrong-type", "signal: service.csat, is: §bad", false),
    ("unknown-key", "signal: service.csat, §over: 3, above: 3", false),
  ])
  func conditions(name: String, marked: String, isAtTheBrace: Bool) {
    let whole = CardSamples.card(condition: marked)
    expectOne(name, isAtTheBrace ? whole.replacing("{§", with: "§{") : whole)
  }

  @Test func everyProblemHasAHintAndAnExcerpt() throws {
    let text = """
      card: X
      outcome: nothing
      bands: [{band: a, color: red, from: 9}]
      groups:
        g:
          weight: 0
          inputs: [{signal: a.b, measure: summ, points: {1: 200}, weight: -1, missing: no}]
      rules: [{when: [{band: z}], cap: 400}]
      """
    do {
      _ = try CardSamples.read(text)
      Issue.record("read")
    } catch {
      #expect(
        error.all.map(\.name) == [
          "bad-card-name", "unknown-outcome", "band-gap", "bad-weight", "unknown-signal", "unknown-measure", "points-out-of-range",
          "bad-weight", "wrong-type", "unknown-band", "points-out-of-range",
        ])
      for problem in error.all {
        #expect(problem.hint?.isEmpty == false)
        #expect(
          problem.place?.excerpt
            == text.split(separator: "\n", omittingEmptySubsequences: false)[(problem.place?.line ?? 1) - 1][...].description)
      }
    }
  }
}
