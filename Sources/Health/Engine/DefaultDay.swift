/// The day that reports speak of when nobody names one.
package enum DefaultDay {
  /// The days of a week back, and how many of them make a feed a daily one.
  private static let (stretch, fewest) = (7, 4)

  /// The latest day not after `today` on which a feed spoke and at least half of the daily feeds spoke, or where none is daily,
  /// half of all feeds that spoke in the week. `feeds` has for each feed the runs of days on which it spoke.
  package static func day(of feeds: [[ClosedRange<Day>]], today: Day) -> Day? {
    let spoken = feeds.map { runs in
      Silence(spoken: runs.filter { $0.lowerBound <= today }.map { $0.lowerBound...min($0.upperBound, today) }).spoken
    }
    for run in Silence(spoken: spoken.flatMap { $0 }).spoken.reversed() {
      var day = run.upperBound
      while day >= run.lowerBound {
        if isWellTold(day, spoken) { return day }
        day = day - 1
      }
    }
    return nil
  }

  private static func isWellTold(_ day: Day, _ feeds: [[ClosedRange<Day>]]) -> Bool {
    var (daily, dailyToday, some, someToday) = (0, 0, 0, 0)
    for runs in feeds {
      let days = count(runs, within: (day - (stretch - 1))...day)
      guard days > 0 else { continue }
      let spokeToday = count(runs, within: day...day)
      some += 1
      someToday += spokeToday
      guard days >= fewest else { continue }
      daily += 1
      dailyToday += spokeToday
    }
    return daily > 0 ? dailyToday * 2 >= daily : someToday * 2 >= some
  }

  /// How many days of a stretch lie in the runs, which ascend and are apart.
  private static func count(_ runs: [ClosedRange<Day>], within days: ClosedRange<Day>) -> Int {
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].upperBound < days.lowerBound { low = middle + 1 } else { high = middle }
    }
    var count = 0
    while low < runs.count, runs[low].lowerBound <= days.upperBound {
      count += min(runs[low].upperBound, days.upperBound) - max(runs[low].lowerBound, days.lowerBound) + 1
      low += 1
    }
    return count
  }
}
