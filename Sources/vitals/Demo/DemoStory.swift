import Health

/// The demo's cast: two hundred customers of a made-up software house over two years, the same on every machine.
///
/// What is to be found in it: customers who decline for months and leave, some who leave without a warning, a champion who
/// left, use that fades slowly, floods of support tickets, invoices paid later and later, growth that ends in upsells,
/// a CSM whose book goes to a colleague, a spring in which support was short of people, and a usage feed that broke for
/// everybody for four days.
package struct DemoStory {
  /// The first night's day.
  package static let firstDay = Day(year: 2024, month: 11, day: 1) ?? Day(0)
  /// The last night's day.
  package static let lastDay = Day(year: 2026, month: 10, day: 31) ?? Day(0)
  /// The usage feed sent nothing on these days.
  package static let outage = (Day(year: 2026, month: 3, day: 10) ?? Day(0))...(Day(year: 2026, month: 3, day: 13) ?? Day(0))
  /// Half of the usage rows of this day came a day late.
  package static let thinDay = Day(year: 2025, month: 9, day: 17) ?? Day(0)
  /// Support had too few people in these months, which every account felt.
  static let shortStaffed = (Day(year: 2026, month: 1, day: 20) ?? Day(0))...(Day(year: 2026, month: 4, day: 20) ?? Day(0))
  /// From this day on Felix's customers are Mei's.
  static let handover = Day(year: 2025, month: 9, day: 1) ?? Day(0)

  let accounts: [DemoAccount]

  /// The cast.
  package init() {
    var dice = Dice(2026)
    var fates = DemoStory.fates.flatMap { Array(repeating: $0.fate, count: $0.count) }
    dice.shuffle(&fates)
    // The two accounts that documentation names come first, with the stories that it tells of them.
    for (place, fate) in [DemoFate.orphaned, .fading].enumerated() {
      if let other = fates.indices.first(where: { $0 >= place && fates[$0] == fate }) { fates.swapAt(place, other) }
    }
    accounts = fates.enumerated().map { number, fate in
      var casting = Casting(number: number, fate: fate, dice: Dice(2026, stream: UInt64(number) + 1))
      return casting.account()
    }
  }

  /// Accounts worth looking at, with what to find there.
  package var highlights: [(account: String, story: String)] {
    let tales: [(DemoFate, String)] = [
      (.orphaned, "the champion left weeks before the renewal"), (.fading, "use has been fading for months"),
      (.rescued, "declined and was won back"), (.sudden, "left without a warning"), (.declining, "declined for months and left"),
    ]
    return tales.compactMap { fate, story in accounts.first { $0.fate == fate }.map { ($0.key, story) } }
  }

  private static let fates: [(fate: DemoFate, count: Int)] = [
    (.declining, 38), (.sudden, 10), (.rescued, 16), (.fading, 12), (.orphaned, 4), (.struggling, 10), (.latePaying, 8), (.flooded, 8),
    (.growing, 52), (.steady, 42),
  ]
}
