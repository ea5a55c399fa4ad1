import Testing

@testable import vitals

/// The arrow of a change: flat up to 3.0.
struct TrendTextTests {
  @Test(arguments: [(3.0, "▬ +3"), (3.1, "▲ +3"), (-3.0, "▬ −3"), (-3.1, "▼ −3"), (0, "▬ 0"), (-12.4, "▼ −12"), (73.1 - 70.1, "▬ +3")])
  func threePointsAreFlat(change: Double, text: String) { #expect(TrendText.text(change, style: Style()) == text) }

  @Test func noChangeHasNoArrow() { #expect(TrendText.text(nil, style: Style()) == "–") }
}
