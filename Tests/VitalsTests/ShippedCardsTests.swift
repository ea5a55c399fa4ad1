import Health
import Testing

@testable import vitals

/// The cards that ship: which there are, that each is clean, and where its bands begin.
@Suite("Shipped cards") struct ShippedCardsTests {
  private static let names = [
    "five-dimensions", "ten-components", "stoplight", "customer-churn", "lead-generation", "revenue-churn", "success-score", "upsell",
    "initial-sale", "onboarding", "adoption", "retention", "expansion", "product-adoption", "engagement", "satisfaction-index",
    "financial-health", "support-satisfaction", "renewal-readiness", "feature-adoption", "expansion-potential", "advocacy",
  ]

  private func read(_ name: String) throws -> CardFile { try #require(ShippedCard(named: name)).asShipped() }

  @Test func areThoseThatArePromised() throws {
    #expect(ShippedCard.all.map(\.name) == Self.names)
    for name in Self.names { #expect(try read(name).card.name == name) }
  }

  @Test(arguments: names) func areClean(_ name: String) throws {
    let file = try read(name)
    #expect(CardLint.warnings(file, catalogue: try Shipped.catalogue(), today: DemoStory.lastDay) == [])
    #expect(try ShippedCard(named: name)?.missingSignals(Shipped.catalogue()) == [])
  }

  /// What `cards show` prints: a question, one paragraph, and a reason for every input.
  @Test(arguments: names) func explainThemselves(_ name: String) throws {
    let card = try read(name).card
    #expect(card.title.hasSuffix("?"))
    #expect(card.about.count > 100 && card.about.hasSuffix(".\n") && !card.about.dropLast().contains("\n"))
    for input in card.groups.flatMap(\.inputs) { #expect(input.why.hasSuffix("."), "\(input.expression.signal)") }
  }

  /// The service signals that may be declared either way, and the rules that look at them.
  @Test(arguments: names) func workWithGaugesInsteadOfBalances(_ name: String) throws {
    let declared = try Shipped.catalogue()
    let gauges = declared.signals.values.map { signal in
      var signal = signal
      if signal.kind == .balance { signal.kind = .gauge }
      return signal
    }
    let catalogue = Catalogue(gauges.filter { $0.dimension != "outcome" }, extraDimensions: ["market"])
    let file = try CardFile.read(text: #require(ShippedCard(named: name)).text, file: name, catalogue: catalogue)
    #expect(CardLint.warnings(file, catalogue: catalogue, today: nil) == [])
  }

  /// Equal groups and equal inputs, executives' logins double.
  @Test(arguments: ["ten-components", "stoplight", "success-score", "upsell", "retention"])
  func weighEquallyWhereNothingElseIsSaid(_ name: String) throws {
    for group in try read(name).card.groups {
      #expect(group.weight == (try read(name).card.groups[0].weight))
      for input in group.inputs { #expect(input.weight == (input.expression.signal == "product.exec_logins" ? 2 : 1)) }
    }
  }

  /// Scores as they are before rounding, and the band that each falls into.
  private static let edges: [String: [(score: Double, band: String)]] = [
    "product-adoption": [(84.4, "developing"), (84.5, "robust"), (0, "developing"), (100, "robust")],
    "engagement": [(39.4, "disengaged"), (39.5, "moderate"), (69.4, "moderate"), (69.5, "active")],
    "satisfaction-index": [(69.4, "discontent"), (69.5, "mixed"), (89.4, "mixed"), (89.5, "satisfied")],
    "financial-health": [(49.4, "unstable"), (49.5, "watch"), (80.4, "watch"), (80.5, "healthy")],
    "support-satisfaction": [(59.4, "issues"), (59.5, "mixed"), (85.4, "mixed"), (85.5, "satisfied")],
    "renewal-readiness": [(40.4, "low"), (40.5, "medium"), (60.4, "medium"), (60.5, "high")],
    "feature-adoption": [(59.4, "under-used"), (59.5, "partial"), (89.4, "partial"), (89.5, "strong")],
    "expansion-potential": [(40.4, "low"), (40.5, "medium"), (60.4, "medium"), (60.5, "high")],
    "advocacy": [(40.4, "low"), (40.5, "medium"), (60.4, "medium"), (60.5, "high")],
    "stoplight": [(39.4, "red"), (39.5, "orange"), (59.4, "orange"), (59.5, "yellow"), (79.4, "yellow"), (79.5, "green")],
    "five-dimensions": [(40.4, "unhealthy"), (40.5, "neutral"), (60.4, "neutral"), (60.5, "healthy")],
    "ten-components": [(40.4, "unhealthy"), (40.5, "neutral"), (60.4, "neutral"), (60.5, "healthy")],
  ]

  @Test(arguments: edges.keys.sorted()) func haveTheirBandsWhereTheArticlesPutThem(_ name: String) throws {
    let card = try read(name).card
    for (score, band) in Self.edges[name] ?? [] { #expect(card.band(score: score, coverage: 1)?.name == band, "\(name) \(score)") }
  }

  @Test func nineWeighTheirInputsAsGiven() throws {
    let weights: [String: [Double]] = [
      "product-adoption": [35, 30, 25, 10], "engagement": [30, 30, 40], "satisfaction-index": [75, 25],
      "support-satisfaction": [30, 35, 35], "renewal-readiness": [20, 50, 30], "expansion-potential": [35, 25, 25, 15],
      "advocacy": [40, 25, 15, 20],
    ]
    for (name, expected) in weights { #expect(try read(name).card.groups.map { $0.inputs.map(\.weight) } == [expected], "\(name)") }
    #expect(try read("financial-health").card.groups.map(\.weight) == [40, 25, 35])
    #expect(try read("feature-adoption").card.groups.map(\.weight) == [80, 20])
  }

  @Test func stagesApplyToTheirOwnAccounts() throws {
    for stage in ["initial_sale", "onboarding", "adoption", "retention", "expansion"] {
      let card = try read(stage.replacing("_", with: "-")).card
      #expect(card.conditions == ["stage": [stage]])
    }
  }
}
