import Health
import TestSupport
import Testing

@Suite struct MembershipTests {
  private func left(_ churns: [Int], _ returns: [Int], by day: Int) -> Int? {
    Membership(start: Day(0), churns: churns.map(Day.init), returns: returns.map(Day.init)).left(by: Day(day)).map { Int($0.number) }
  }

  @Test func itLeftOnTheFirstChurnAfterItsLastReturn() {
    #expect(left([], [], by: 9) == nil)
    #expect(left([5, 8], [], by: 9) == 5)
    #expect(left([5, 8], [], by: 7) == 5)
    #expect(left([5, 8], [], by: 4) == nil)
    #expect(left([8, 2, 6], [4], by: 9) == 6)
    #expect(left([2, 6], [4], by: 5) == nil)
  }

  @Test func aReturnOnTheDayOfAChurnUndoesNothing() {
    #expect(left([5], [5], by: 9) == 5)
    #expect(left([3, 5], [5], by: 9) == 3)
    #expect(left([3, 5], [5, 6], by: 9) == nil)
  }

  /// "The latest of churn and return not after the day is a churn; on one day the churn wins": read day by day.
  @Test func itIsAwayFromThatDayOn() {
    var dice = Seeded(7)
    for _ in 0..<500 {
      let churns = (0..<dice.below(5)).map { _ in dice.below(12) }
      let returns = (0..<dice.below(5)).map { _ in dice.below(12) }
      var since: Int?
      for day in 0..<12 {
        if churns.contains(day) { since = since ?? day } else if returns.contains(day) { since = nil }
        #expect(left(churns, returns, by: day) == since, "churns \(churns), returns \(returns), day \(day)")
      }
    }
  }
}
