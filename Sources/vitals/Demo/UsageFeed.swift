import Health

/// Every night: what each account did with the product. One row in two hundred comes late, as many are corrected later;
/// for four days the feed sends nothing at all.
struct UsageFeed: DemoFeed {
  let name = "usage"
  private let story: DemoStory
  private var dice = Dice(2026, stream: 1_001)
  private var later = Later<Row>()

  private struct Row {
    var account: Int
    var day: Day
    var logins, execLogins, minutes, activeUsers, featuresUsed: Int
    /// Uses of the features whose use is counted one by one.
    var uses: [Int]
  }

  private static let features = "reports,exports,sharing,automation,mobile,api"
  /// Of each of them: how good things must be before it is taken up, and the share of logins that use it then.
  private static let habits: [(from: Double, share: Double)] = [
    (0.05, 0.6), (0.15, 0.3), (0.3, 0.25), (0.42, 0.2), (0.5, 0.3), (0.62, 0.15),
  ]

  init(_ story: DemoStory) { self.story = story }

  mutating func file(_ day: Day) -> [UInt8]? {
    guard !DemoStory.outage.contains(day) else { return nil }
    var csv = CSVText("account,day,logins,exec_logins,usage_minutes,active_users,features_used,\(UsageFeed.features)", capacity: 14_000)
    for row in later.take(day) { write(row, to: &csv) }
    for number in story.accounts.indices where story.accounts[number].isCustomer(day) {
      var row = measure(number, day)
      if dice.chance(day == DemoStory.thinDay ? 0.5 : 0.005), let night = laterNight(day) {
        later.add(row, on: night)
        continue
      }
      if dice.chance(0.005), let night = laterNight(day) {
        later.add(row, on: night)
        row.logins = row.logins * 6 / 10  // an early count, put right later
        row.minutes = row.minutes * 6 / 10
      }
      write(row, to: &csv)
    }
    return csv.bytes
  }

  /// A night after this day on which the feed does send, if there is one.
  private mutating func laterNight(_ day: Day) -> Day? {
    let night = day == DemoStory.thinDay ? day + 1 : day + dice.integer(1, 3)
    return DemoStory.outage.contains(night) || night > DemoStory.lastDay ? nil : night
  }

  private mutating func measure(_ number: Int, _ day: Day) -> Row {
    let account = story.accounts[number]
    let level = account.product.level(day)
    let seats = Double(account.seats(day))
    let active = max(0, min(seats, (seats * (0.08 + 0.86 * level) * (1 + 0.05 * dice.bell())).rounded()))
    let rhythm = day.isWeekend ? 0.12 : 1.15
    let logins = max(0, Int(active * rhythm * (0.45 + 0.6 * level) * (1 + 0.18 * dice.bell()) + 0.5))
    let execs = dice.occurrences(max(0, 0.22 * level - 0.05) * rhythm * (account.segment == .enterprise ? 1.6 : 1))
    let minutes = Int(Double(logins) * (9 + 22 * level) * (1 + 0.1 * dice.bell()))
    let features = min(Double(account.features), (Double(account.features) * (0.12 + 0.72 * level) + 0.7 * dice.bell()).rounded())
    return Row(
      account: number, day: day, logins: logins, execLogins: min(execs, logins), minutes: max(0, minutes), activeUsers: Int(active),
      featuresUsed: max(1, Int(features)), uses: uses(number, logins: logins, level: level))
  }

  /// No dice: who likes which feature lies in the account.
  private func uses(_ number: Int, logins: Int, level: Double) -> [Int] {
    UsageFeed.habits.enumerated().map { place, habit in
      let taste = Double((number * 7 + place * 5) % 11) / 100 - 0.05
      return level > habit.from + taste ? Int(Double(logins) * habit.share + 0.5) : 0
    }
  }

  private func write(_ row: Row, to csv: inout CSVText) {
    csv.cell(story.accounts[row.account].key)
    csv.cell(row.day)
    csv.cell(row.logins)
    csv.cell(row.execLogins)
    csv.cell(row.minutes)
    csv.cell(row.activeUsers)
    csv.cell(row.featuresUsed)
    for uses in row.uses { csv.cell(uses) }
    csv.endRow()
  }
}
