import Health
import Testing

@Suite struct CardChoiceTests {
  private static let cards = [
    Card(name: "all", outcome: .event("churn")),
    Card(name: "view", conditions: [:]),
    Card(
      name: "big-adoption", outcome: .event("churn"), priority: 20,
      conditions: ["segment": ["Enterprise"], "stage": ["adoption", "onboarding"]]),
    Card(name: "big", outcome: .event("churn"), priority: 10, conditions: ["segment": ["enterprise"]]),
    Card(name: "lapse-small", outcome: .absence(name: "lapse", signal: "product.logins", days: 90), conditions: ["segment": ["small"]]),
  ]

  @Test(arguments: [
    ([:], "all"),
    (["segment": "small"], "all"),
    (["segment": "ENTERPRISE"], "big"),
    (["segment": "enterprise", "stage": "retention"], "big"),
    (["Segment": "enterprise", "stage": "Onboarding"], "big-adoption"),
    (["stage": "adoption"], "all"),
  ])
  func theFirstByPriorityThatMatches(attributes: [String: String], expected: String) {
    #expect(CardChoice(CardChoiceTests.cards).card(for: "churn", attributes: attributes)?.name == expected)
    #expect(CardChoice(CardChoiceTests.cards.reversed()).card(for: "churn", attributes: attributes)?.name == expected)
  }

  @Test func oneCardAnOutcome() {
    let choice = CardChoice(CardChoiceTests.cards)
    #expect(choice.outcomes == ["churn", "lapse"])
    #expect(choice.cards(attributes: ["segment": "small"]).map(\.name) == ["all", "lapse-small"])
    #expect(choice.cards(attributes: [:]).map(\.name) == ["all"])
    #expect(choice.card(for: "renewal", attributes: [:]) == nil)
  }

  @Test func atOnePriorityConditionsGoFirst() {
    let cards = [Card(name: "a", outcome: .event("churn")), Card(name: "b", outcome: .event("churn"), conditions: ["x": ["1"]])]
    #expect(CardChoice(cards).card(for: "churn", attributes: ["x": "1"])?.name == "b")
    #expect(CardChoice(cards).card(for: "churn", attributes: ["x": "01"])?.name == "a")
  }

  /// Two sets of conditions can both hold exactly where some account, of all there can be, meets both.
  @Test func overlapAgreesWithTryingEveryAccount() {
    let values: [String?] = [nil, "u", "v"]
    let sets: [[String]?] = [nil, ["u"], ["V"], ["u", "v"]]
    func conditions(_ a: [String]?, _ b: [String]?) -> [String: [String]] { ["a": a, "b": b].compactMapValues { $0 } }
    for a in sets {
      for b in sets {
        for c in sets {
          for d in sets {
            let (first, second) = (conditions(a, b), conditions(c, d))
            let isMet = values.contains { x in
              values.contains { y in
                let account = ["a": x, "b": y].compactMapValues { $0 }
                return AttributeConditions.hold(first, for: account) && AttributeConditions.hold(second, for: account)
              }
            }
            #expect(AttributeConditions.canBothHold(first, second) == isMet)
          }
        }
      }
    }
  }

  @Test func oneOfSeveralExclusionsIsEnough() {
    let exclude = ["is_trial": ["true"], "plan": ["free"]]
    #expect(AttributeConditions.anyHolds(exclude, for: ["is_trial": "TRUE"]))
    #expect(AttributeConditions.anyHolds(exclude, for: ["plan": "Free", "is_trial": "false"]))
    #expect(!AttributeConditions.anyHolds(exclude, for: ["plan": "paid"]))
    #expect(!AttributeConditions.anyHolds([:], for: ["plan": "paid"]))
  }
}
