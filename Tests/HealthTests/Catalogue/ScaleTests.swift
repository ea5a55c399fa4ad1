import Health
import Testing

/// What a unit says about the values that people may give.
struct ScaleTests {
  @Test(arguments: [
    ("rating 1-6", 1.0, 6.0), ("tone -2 to 2", -2, 2), ("rating 0–10", 0, 10), ("sign -1..+1", -1, 1), ("stars 1 to 5", 1, 5),
  ])
  func aUnitNamesItsScale(unit: String, low: Double, high: Double) {
    #expect(Signal(key: "human.x", kind: .event, unit: unit).scale == low...high)
  }

  @Test(arguments: ["logins", "EUR", "6-1", "tickets of 30 days", ""])
  func otherUnitsHaveNone(unit: String) { #expect(Signal(key: "human.x", kind: .event, unit: unit).scale == nil) }
}
