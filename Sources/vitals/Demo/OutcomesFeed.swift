import Health

/// When there are any: who left, who renewed, who bought more. Some are entered days late; some amounts are put right later.
struct OutcomesFeed: DemoFeed {
  let name = "outcomes"
  private let story: DemoStory
  private var later = Later<Outcome>()

  private struct Outcome {
    var number: Int
    var account: Int
    var day: Day
    var name: String
    var amount: Int
    var note: String
  }

  init(_ story: DemoStory) {
    self.story = story
    var dice = Dice(2026, stream: 1_006)
    var count = 0
    for outcome in OutcomesFeed.outcomes(story, &dice) {
      count += 1
      var final = outcome
      final.number = count
      let night = dice.chance(0.05) ? final.day + dice.integer(1, 3) : final.day
      if final.name == "upsell", dice.chance(0.06) {
        var early = final
        early.amount = final.amount * 8 / 10
        later.add(early, on: night)
        later.add(final, on: night + 4)
      } else {
        later.add(final, on: night)
      }
    }
  }

  mutating func file(_ day: Day) -> [UInt8]? {
    let outcomes = later.take(day)
    guard !outcomes.isEmpty else { return nil }
    var csv = CSVText("entry,account,day,outcome,amount,note", capacity: 400)
    for outcome in outcomes {
      csv.cell("O-\(100_000 + outcome.number)")
      csv.cell(story.accounts[outcome.account].key)
      csv.cell(outcome.day)
      csv.cell(outcome.name)
      csv.cell(outcome.amount)
      csv.cell(outcome.note)
      csv.endRow()
    }
    return csv.bytes
  }

  /// Everything that happens within the two years, in order of days.
  private static func outcomes(_ story: DemoStory, _ dice: inout Dice) -> [Outcome] {
    var all: [Outcome] = []
    for (number, account) in story.accounts.enumerated() {
      func add(_ day: Day, _ name: String, _ amount: Int, _ note: String) {
        guard day >= DemoStory.firstDay, day <= DemoStory.lastDay else { return }
        all.append(Outcome(number: 0, account: number, day: day, name: name, amount: amount, note: note))
      }
      for upsell in account.upsells { add(upsell.day, "upsell", upsell.amount, dice.pick(DemoWords.upsells)) }
      var renewal = account.renewal(after: max(account.started, DemoStory.firstDay - 1))
      while account.isCustomer(renewal), renewal <= DemoStory.lastDay {
        add(renewal, "renewal", account.arr(renewal), dice.pick(DemoWords.renewals))
        renewal = account.renewal(after: renewal)
      }
      if let left = account.left {
        add(left, "churn", account.arr(left), dice.pick(account.fate == .sudden ? DemoWords.suddenReasons : DemoWords.churnReasons))
      }
    }
    return all.sorted { ($0.day, $0.account) < ($1.day, $1.account) }
  }
}
