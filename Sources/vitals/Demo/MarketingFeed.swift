import Health

/// On Mondays: what the mailings, the events, the community and the offers of the seven days that end with it brought.
struct MarketingFeed: DemoFeed {
  let name = "marketing"
  private let story: DemoStory
  private var dice = Dice(2026, stream: 1_007)

  init(_ story: DemoStory) { self.story = story }

  mutating func file(_ day: Day) -> [UInt8]? {
    guard day.weekday == 0 else { return nil }
    var csv = CSVText(
      "account,open_rate,click_rate,reply_rate,content,unsubscribed,bounced,attended,community,answers,requests,referrals,leads,"
        + "leads_won,offers,offers_opened",
      capacity: 12_000)
    for account in story.accounts where account.isCustomer(day) { write(account, day, to: &csv) }
    return csv.bytes
  }

  private mutating func write(_ account: DemoAccount, _ day: Day, to csv: inout CSVText) {
    let (product, relationship, mood) = (account.product.level(day), account.relationship.level(day), account.mood.level(day))
    csv.cell(account.key)
    csv.cell(percent(6 + 38 * relationship + 3 * dice.bell()))
    csv.cell(tenths: max(0, Int(10 * (0.4 + 8.5 * relationship * product + 0.6 * dice.bell()))))
    csv.cell(percent(12 + 74 * relationship + 5 * dice.bell()))
    csv.cell(dice.occurrences(0.1 + 0.5 * product))
    csv.cell(dice.occurrences(0.07 * (1 - mood)))
    csv.cell(dice.occurrences(bounces(account, day)))
    csv.cell(dice.occurrences(0.02 + 0.1 * relationship))
    csv.cell(dice.occurrences(0.1 + product))
    csv.cell(dice.occurrences(0.4 * product * mood))
    csv.cell(dice.occurrences(0.03 + 0.18 * product))
    csv.cell(dice.occurrences(0.05 * mood * mood))
    let leads = dice.occurrences(0.15 + 0.6 * mood)
    csv.cell(leads)
    csv.cell(leads > 0 ? dice.occurrences(0.5 * mood) : 0)
    let offers = dice.occurrences(0.1)
    csv.cell(offers)
    csv.cell(offers > 0 ? dice.occurrences(0.05 + 0.8 * product) : 0)
    csv.endRow()
  }

  /// The address of somebody who has left no longer works.
  private func bounces(_ account: DemoAccount, _ day: Day) -> Double {
    guard let left = account.championLeft, (0...60).contains(day - left) else { return 0.02 }
    return 0.3
  }

  private func percent(_ number: Double) -> Int { Int(max(0, min(100, number))) }
}
