import Health

/// A set of days, and its runs.
struct DaySet {
  private var days: Set<Int32> = []

  mutating func insert(_ day: Day) { days.insert(day.number) }

  func union(_ other: DaySet) -> DaySet {
    var result = self
    result.days.formUnion(other.days)
    return result
  }

  /// Every day, ascending.
  var all: [Day] { days.sorted().map { Day(Int($0)) } }

  /// Runs of consecutive days.
  var runs: [ClosedRange<Day>] {
    var result: [ClosedRange<Day>] = []
    for number in days.sorted() {
      let day = Day(Int(number))
      if let last = result.last, last.upperBound + 1 == day {
        result[result.count - 1] = last.lowerBound...day
      } else {
        result.append(day...day)
      }
    }
    return result
  }
}
