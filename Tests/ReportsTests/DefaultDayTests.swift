import Health
import Testing

struct DefaultDayTests {
  private let today = day(3, 20)

  @Test func theLatestDayOnWhichHalfOfTheDailyFeedsSpoke() {
    let a = [day(3, 1)...day(3, 19)]
    #expect(DefaultDay.day(of: [a, [day(3, 1)...day(3, 17)]], today: today) == day(3, 19))
    // Of three daily feeds only one has told of the 18th and 19th.
    #expect(DefaultDay.day(of: [a, [day(3, 1)...day(3, 17)], [day(3, 1)...day(3, 17)]], today: today) == day(3, 17))
  }

  @Test func aFeedThatSpeaksRarelyDoesNotHoldTheOthersUp() {
    let weekly = stride(from: 0, to: 63, by: 7).map { day(1, 4) + $0...day(1, 4) + $0 }
    #expect(DefaultDay.day(of: [[day(3, 1)...day(3, 19)], weekly, weekly], today: today) == day(3, 19))
  }

  @Test func withoutDailyFeedsHalfOfThoseThatSpokeInTheWeek() {
    let (first, second, third) = ([day(3, 16)...day(3, 16)], [day(3, 16)...day(3, 16)], [day(3, 18)...day(3, 18)])
    #expect(DefaultDay.day(of: [first, second, third], today: today) == day(3, 16))
    #expect(DefaultDay.day(of: [first, third], today: today) == day(3, 18))
  }

  @Test func daysAfterTodayDoNotCount() {
    #expect(DefaultDay.day(of: [[day(3, 1)...day(4, 30)]], today: today) == today)
    #expect(DefaultDay.day(of: [[day(3, 21)...day(4, 30)]], today: today) == nil)
    #expect(DefaultDay.day(of: [], today: today) == nil)
  }

  @Test func aFeedIsDailyFromFourDaysInSevenOn() {
    // On the 19th the second feed has spoken on four of the seven days, on the 20th on three.
    let other = [day(3, 13)...day(3, 16)]
    let third = [day(3, 14)...day(3, 16)]
    let first = [day(3, 1)...day(3, 20)]
    #expect(DefaultDay.day(of: [first, other, other, third], today: day(3, 19)) == day(3, 16))
    #expect(DefaultDay.day(of: [first, other, other, third], today: day(3, 20)) == day(3, 20))
  }
}
