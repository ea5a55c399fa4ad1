/// When the feeds of a signal spoke; tells zero from missing.
///
/// A silence longer than `darkAfter` days is dark: once it is over on all its days, while it lasts from the first day past `darkAfter`.
package struct Silence: Sendable {
  /// Runs of days on which some feed spoke, ascending and apart.
  package let spoken: [ClosedRange<Day>]
  /// Signals that only people type have no feed and are never dark.
  package let isTyped: Bool

  /// Merges the runs of several feeds.
  package init(spoken runs: [ClosedRange<Day>], isTyped: Bool = false) {
    var merged: [ClosedRange<Day>] = []
    for run in runs.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, run.lowerBound <= last.upperBound + 1 {
        merged[merged.count - 1] = last.lowerBound...max(last.upperBound, run.upperBound)
      } else {
        merged.append(run)
      }
    }
    (spoken, self.isTyped) = (merged, isTyped)
  }

  /// The silence of a signal over a stretch of days, ready for questions about single days.
  package struct Calendar: Sendable {
    private let first: Day
    private let lastSpoken: [Day?]
    private let darkBefore: [Int32]  // dark days of finished silences before row i
    private let darkAfter: Int
    private let isTyped: Bool

    init(_ silence: Silence, days: ClosedRange<Day>, darkAfter: Int) {
      first = days.lowerBound
      (self.darkAfter, isTyped) = (darkAfter, silence.isTyped)
      var (lastSpoken, darkBefore): ([Day?], [Int32]) = ([], [0])
      var index = silence.spoken.lastIndex { $0.lowerBound <= days.lowerBound } ?? -1
      for row in 0...(days.upperBound - days.lowerBound) {
        let day = days.lowerBound + row
        while index + 1 < silence.spoken.count, silence.spoken[index + 1].lowerBound <= day { index += 1 }
        let before = index >= 0 ? min(silence.spoken[index].upperBound, day) : nil
        lastSpoken.append(before)
        let next = index + 1 < silence.spoken.count ? silence.spoken[index + 1].lowerBound : nil
        var isDark = false
        if before != day, let next { isDark = before.map { next - $0 - 1 > darkAfter } ?? true }
        darkBefore.append(darkBefore[row] + (isDark ? 1 : 0))
      }
      (self.lastSpoken, self.darkBefore) = (lastSpoken, darkBefore)
    }

    /// Whether the signal is dark on a day of the stretch, as judged at the end of another one that is no earlier: a silence that is
    /// over by then is dark on all its days, one that lasts from the first day past `darkAfter`.
    package func isDark(on day: Day, asOf end: Day) -> Bool {
      if isTyped { return false }
      guard let last = lastSpoken[end - first] else { return true }
      if day > last { return day - last > darkAfter }
      return darkBefore[day - first + 1] > darkBefore[day - first]
    }

    /// Whether it is dark on a day as judged at the end of that day.
    package func isDark(on day: Day) -> Bool { isDark(on: day, asOf: day) }

    /// How many of the days `from … day` were dark in silences that are over by `end`.
    package func darkDays(from: Day, through day: Day, asOf end: Day) -> Int {
      if isTyped { return 0 }
      // A silence that lasts at `end` is not over: count only up to the last day on which a feed spoke.
      guard let spoken = lastSpoken[end - first] else { return 0 }
      let last = min(spoken, day)
      return last < from ? 0 : Int(darkBefore[last - first + 1] - darkBefore[max(0, from - first)])
    }
  }

  /// The silence over the days that a measure looks at.
  package func calendar(_ days: ClosedRange<Day>, darkAfter: Int) -> Calendar { Calendar(self, days: days, darkAfter: darkAfter) }
}
