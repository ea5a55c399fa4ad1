import Health
import Testing

@Suite struct SettingsFileTests {
  private func read(_ text: String) throws -> Settings { try SettingsFile.read(text: text, file: "vitals.yaml") }

  @Test func everySetting() throws {
    let text = """
      zone: Europe/Berlin
      headline: renewal
      revenue: financial.mrr
      knowledge_lag: 2d
      exclude: {is_trial: "true", plan: [Free, 007]}
      """
    let settings = try read(text)
    let expected = Settings(
      zone: "Europe/Berlin", headline: .card("renewal"), revenue: "financial.mrr", knowledgeLag: 2,
      exclude: ["is_trial": ["true"], "plan": ["Free", "007"]], text: text)
    #expect(settings == expected)
  }

  @Test func headlineMayBeAnOutcome() throws {
    #expect(try read("headline: {outcome: renewal}").headline == .outcome("renewal"))
    #expect(try read("headline:\n  outcome: churn\n").headline == .outcome("churn"))
  }

  @Test func aFileThatSaysNothingHasTheDefaults() throws {
    for text in ["", "# later\n", "zone: UTC\n"] {
      let expected = Settings(
        zone: "UTC", headline: .card("five-dimensions"), revenue: "financial.arr", knowledgeLag: 1, exclude: [:], text: text)
      #expect(try read(text) == expected)
    }
    #expect(try read("knowledge_lag: 0d").knowledgeLag == 0)
  }

  @Test(arguments: [
    ("unknown-zone", "zone: §Europe/Berln"),
    ("unknown-key", "zone: UTC\n§headlines: x"),
    ("unknown-key", "headline: {§card: x}"),
    ("wrong-type", "knowledge_lag: §1"),
    ("wrong-type", "revenue: §[a]"),
    ("wrong-type", "exclude: {a: §}"),
    ("wrong-type", "exclude: §x"),
    ("empty-condition", "exclude: {a: §[]}"),
  ])
  func errors(name: String, marked: String) {
    let marked = Marked(marked)
    let found = marked.problems(read)
    #expect(found.contains("\(name) \(marked.place)"))
    #expect(found.allSatisfy { $0.hasSuffix(" \(marked.place)") || $0.hasPrefix("missing-key") })
  }

  @Test(arguments: [
    ("unknown-signal", "revenue: §financial.ar"),
    ("revenue-kind", "revenue: §product.logins"),
  ])
  func revenueIsLookedUpWhereThereIsACatalogue(name: String, marked: String) throws {
    let catalogue = Catalogue([Signal(key: "financial.arr", kind: .gauge), Signal(key: "product.logins", kind: .count)])
    let marked = Marked(marked)
    #expect(marked.problems { try SettingsFile.read(text: $0, file: "vitals.yaml", catalogue: catalogue) } == ["\(name) \(marked.place)"])
    #expect(try SettingsFile.read(text: "revenue: financial.arr", file: "vitals.yaml", catalogue: catalogue).revenue == "financial.arr")
  }
}
