import Health
import Testing

@Suite struct CatalogueFileTests {
  private func read(_ text: String) throws -> Catalogue { try CatalogueFile.read(text: text, file: "signals.yaml") }

  @Test func theExampleOfTheDesign() throws {
    let text = """
      signals:
        product.logins: {kind: count, unit: logins, direction: up, every: 1d, dark_after: 2d, says: How often they come.}
        human.csm_pulse: {kind: event, unit: rating 1-6, direction: up, fresh: 30d, expire: 90d, reasons: [champion-left, price, bugs], says: What the CSM thinks.}
        product.feature:*: {kind: count, unit: uses, direction: up, dark_after: 2d, says: Use of one feature.}
        market.trend: {kind: gauge}
        outcome.lapse: {kind: event, direction: down}
      dimensions: [market]        # beyond the five
      """
    let catalogue = try read(text)
    #expect(
      catalogue.signals["product.logins"]
        == Signal(key: "product.logins", kind: .count, unit: "logins", direction: .up, every: 1, darkAfter: 2, says: "How often they come.")
    )
    #expect(
      catalogue.signals["human.csm_pulse"]
        == Signal(
          key: "human.csm_pulse", kind: .event, unit: "rating 1-6", direction: .up, fresh: 30, expire: 90,
          reasons: ["champion-left", "price", "bugs"], says: "What the CSM thinks."))
    #expect(catalogue.signals["market.trend"] == Signal(key: "market.trend", kind: .gauge, direction: .none, darkAfter: 7))
    #expect(catalogue.signal("product.feature:search")?.kind == .count)
    #expect(catalogue.signal("outcome.lapse")?.direction == .down)
    #expect(catalogue.signal("outcome.churn") != nil)
    #expect(catalogue.dimensions == ["financial", "product", "service", "relationship", "human", "market"])
    #expect(catalogue.text == text)
    #expect(catalogue.identity == StableHash.hex(text))
  }

  @Test(arguments: [
    ("unknown-key", "signals: {}\n§signal: {}\n"),
    ("missing-key", "§dimensions: [market]\n"),
    ("missing-key", "signals:\n  product.a: §{unit: x}\n"),
    ("unknown-kind", "signals:\n  product.a: {kind: §guage}\n"),
    ("unknown-direction", "signals:\n  product.a: {kind: gauge, direction: §upp}\n"),
    ("unknown-key", "signals:\n  product.a: {kind: gauge, §expires: 3d}\n"),
    ("wrong-type", "signals:\n  product.a: {kind: gauge, expire: §3}\n"),
    ("wrong-type", "signals:\n  product.a: {kind: gauge, every: §1w}\n"),
    ("wrong-type", "signals:\n  product.a: {kind: count, dark_after: §2}\n"),
    ("wrong-type", "signals:\n  product.a: {kind: event, reasons: §price}\n"),
    ("wrong-type", "signals:\n  product.a: {kind: event, says: §[a]}\n"),
    ("wrong-type", "signals:\n  product.a: §gauge\n"),
    ("fresh-after-expire", "signals:\n  product.a: {kind: gauge, fresh: §9d, expire: 8d}\n"),
    ("bad-signal-key", "signals:\n  §Product.a: {kind: gauge}\n"),
    ("bad-signal-key", "signals:\n  §product.a.b: {kind: gauge}\n"),
    ("bad-signal-key", "signals:\n  §product: {kind: gauge}\n"),
    ("bad-signal-key", "signals:\n  §product.a-b: {kind: gauge}\n"),
    ("bad-signal-key", "signals:\n  §product.a:b: {kind: count}\n"),
    ("unknown-dimension", "signals:\n  §prodct.a: {kind: gauge}\n"),
    ("unknown-dimension", "signals:\n  §market.a: {kind: gauge}\n"),
    ("built-in-signal", "signals:\n  §outcome.churn: {kind: event, direction: up}\n"),
    ("outcome-kind", "signals:\n  outcome.a: {kind: §count, direction: up}\n"),
    ("outcome-direction", "signals:\n  outcome.a: §{kind: event}\n"),
    ("pattern-kind", "signals:\n  product.a:*: {kind: §gauge}\n"),
    ("bad-dimension", "signals: {}\ndimensions: [§Market]\n"),
    ("known-dimension", "signals: {}\ndimensions: [a, §a]\n"),
    ("known-dimension", "signals: {}\ndimensions: [§outcome]\n"),
    ("duplicate-key", "signals:\n  §product.a: {kind: gauge}\n  product.a: {kind: count}\n"),
  ])
  func errors(name: String, marked: String) {
    let marked = Marked(marked)
    #expect(marked.problems(read) == ["\(name) \(marked.place)"])
  }

  @Test func aKeyThatIsMisspeltGetsTheNearest() {
    #expect(throws: Problems.self) { try read("signals:\n  prodct.a: {kind: gauge}\n") }
    do {
      _ = try read("signals:\n  prodct.a: {kind: gauge}\n")
    } catch {
      let hint = (error as? Problems)?.all.first?.hint
      #expect(hint == "did you mean product? Otherwise add it to dimensions: [prodct]")
    }
  }

  @Test func allProblemsOfAFileAtOnce() {
    let marked = Marked("signals:\n  product.a: {kind: guage, unknown: 1}\n  b: {kind: gauge}\n")
    #expect(marked.problems(read) == ["unknown-kind 2:21", "unknown-key 2:28", "bad-signal-key 3:3"])
  }
}
