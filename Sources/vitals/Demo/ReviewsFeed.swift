import Health

/// On Mondays: the weekly review of each account by customer success and finance: training, units, promises kept, worth and cost.
struct ReviewsFeed: DemoFeed {
  let name = "reviews"
  private let story: DemoStory
  private var dice = Dice(2026, stream: 1_008)

  init(_ story: DemoStory) { self.story = story }

  mutating func file(_ day: Day) -> [UInt8]? {
    guard day.weekday == 0 else { return nil }
    var csv = CSVText(
      "account,training_done,units_used,units_bought,self_served,chatbot,complaints,bugs,sla_met,roi,revenue_growth,demand_per_unit,"
        + "cost_to_retain,contract_start_value,contract_end_value,renewed_on",
      capacity: 20_000)
    for account in story.accounts where account.isCustomer(day) { write(account, day, to: &csv) }
    return csv.bytes
  }

  private mutating func write(_ account: DemoAccount, _ day: Day, to csv: inout CSVText) {
    let (product, service, mood) = (account.product.level(day), account.service.level(day), account.mood.level(day))
    let (seats, arr) = (Double(account.seats(day)), account.arr(day))
    let bought = seats * 100
    let renewed = account.renewedOn(by: day)
    csv.cell(account.key)
    csv.cell(min(100, Int(70 * product) + (day - account.started) / 30))
    csv.cell(Int(bought * (0.08 + (account.fate == .growing ? 1.15 : 0.9) * product) * (1 + 0.03 * dice.bell())))
    csv.cell(Int(bought))
    csv.cell(dice.occurrences(0.2 + seats * 0.012 * product))
    csv.cell(dice.occurrences(seats * 0.012 * (1.6 - service)))
    csv.cell(dice.occurrences(account.isFlooded(day) ? 0.25 : 0.05 * (1 - service)))
    csv.cell(dice.occurrences(seats * 0.002 * (1.3 - service)))
    csv.cell(min(100, Int(78 + 22 * service + 2 * dice.bell())))
    csv.cell(tenths: Int(10 * (0.4 + 3 * product)))
    csv.cell(Int(60 * (account.payment.level(day) - 0.62) + 2 * dice.bell()))
    csv.cell(tenths: Int(10 * (2 + 6 * product)))
    csv.cell(Int(Double(arr) / 52 * (0.03 + 0.26 * (1 - mood))))
    csv.cell(account.arr(renewed))
    csv.cell(product < 0.45 ? arr * 92 / 100 : arr)
    csv.cell(renewed)
    csv.endRow()
  }
}

extension DemoAccount {
  /// The day on which the contract that runs on this day began: the last anniversary of the start, or the start itself.
  func renewedOn(by day: Day) -> Day {
    let (year, month, dayOfMonth) = started.date
    var last = started
    for next in (year + 1)...max(year + 1, day.date.year) {
      guard let anniversary = Day(year: next, month: month, day: dayOfMonth), anniversary <= day else { break }
      last = anniversary
    }
    return last
  }
}
