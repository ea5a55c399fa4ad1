import Health

/// When there are any: what CSMs, directors, support and the product team think of an account. Three pulses in a hundred are revised
/// some days later.
struct PulsesFeed: DemoFeed {
  let name = "pulses"
  private let story: DemoStory
  private var dice = Dice(2026, stream: 1_005)
  /// For the kinds that were added later, so that those before stay as they were.
  private var moreDice = Dice(2026, stream: 1_011)
  private var later = Later<Pulse>()
  private var count = 0

  private struct Pulse {
    var number: Int
    var account: Int
    var day: Day
    var kind: String
    var rating: Int
    var note: String
    var author: String
  }

  init(_ story: DemoStory) { self.story = story }

  mutating func file(_ day: Day) -> [UInt8]? {
    guard !day.isWeekend else { return nil }
    var csv = CSVText("pulse,account,day,kind,rating,note,author", capacity: 2_000)
    for pulse in later.take(day) { write(pulse, to: &csv) }
    for (number, account) in story.accounts.enumerated() where account.isCustomer(day) {
      if isKnown(account, day), isDue(number, day, every: csmRhythm(account)) { write(csmPulse(number, account, day), to: &csv) }
      if account.segment != .small, isDue(number + 17, day, every: 91) { write(execPulse(number, account, day), to: &csv) }
      for pulse in otherPulses(number, account, day) { write(pulse, to: &csv) }
    }
    return csv.rows > 0 ? csv.bytes : nil
  }

  /// Nobody rates an orphaned account before they have met the successor.
  private func isKnown(_ account: DemoAccount, _ day: Day) -> Bool {
    guard account.fate == .orphaned, let left = account.championLeft else { return true }
    return day < left
  }

  /// Enterprises hear from their CSM every three weeks.
  private func csmRhythm(_ account: DemoAccount) -> Int {
    switch account.segment {
    case .small: 42
    case .middle: 28
    case .enterprise: 21
    }
  }

  /// Whether the account's turn is today, or was on the weekend before a Monday.
  private func isDue(_ number: Int, _ day: Day, every period: Int) -> Bool {
    (0...(day.weekday == 0 ? 2 : 0)).contains { (Int(day.number) - $0 + number * 5) % period == 0 }
  }

  private mutating func csmPulse(_ number: Int, _ account: DemoAccount, _ day: Day) -> Pulse {
    let rating = max(1, min(6, Int(0.9 + 5.6 * account.mood.level(day) + 0.45 * dice.bell() + 0.5)))
    let pulse = pulse(number, day, "csm", rating, notes: notes(account, day, rating), author: account.csm(day))
    if dice.chance(0.03) {
      var revised = pulse
      revised.rating = max(1, rating - 1)
      later.add(revised, on: (day + 3).orNextWorkday)
    }
    return pulse
  }

  private mutating func execPulse(_ number: Int, _ account: DemoAccount, _ day: Day) -> Pulse {
    let rating = max(1, min(6, Int(0.8 + 5.6 * account.relationship.level(day) + 0.5 * dice.bell() + 0.5)))
    return pulse(
      number, day, "exec", rating, notes: [""] + DemoWords.notes[rating - 1], author: account.segment == .enterprise ? "robin" : "kim")
  }

  /// Support, the product team, and what the CSM is asked each quarter beside the pulse.
  private mutating func otherPulses(_ number: Int, _ account: DemoAccount, _ day: Day) -> [Pulse] {
    let csm = account.csm(day)
    var pulses: [Pulse] = []
    func add(_ kind: String, _ offset: Int, every period: Int, _ level: Double, author: String) {
      guard isDue(number + offset, day, every: period) else { return }
      let rating = max(1, min(6, Int(0.9 + 5.6 * level + 0.5 * moreDice.bell() + 0.5)))
      count += 1
      pulses.append(Pulse(number: count, account: number, day: day, kind: kind, rating: rating, note: "", author: author))
    }
    add("support", 5, every: 49, account.service.level(day), author: "support")
    add("product", 23, every: 98, 0.5 * account.product.level(day) + 0.5 * account.mood.level(day), author: "product")
    guard isKnown(account, day) else { return pulses }
    add("trust", 41, every: 98, account.mood.level(day), author: csm)
    add("decision-maker", 59, every: 98, account.relationship.level(day), author: csm)
    return pulses
  }

  private mutating func pulse(_ number: Int, _ day: Day, _ kind: String, _ rating: Int, notes: [String], author: String) -> Pulse {
    count += 1
    return Pulse(number: count, account: number, day: day, kind: kind, rating: rating, note: dice.pick(notes), author: author)
  }

  /// What there is to say: the trouble where there is one that everybody knows of, else how it feels.
  private func notes(_ account: DemoAccount, _ day: Day, _ rating: Int) -> [String] {
    if rating >= 5 { return DemoWords.notes[rating - 1] }
    if let left = account.championLeft, (0...90).contains(day - left) { return DemoWords.championNotes }
    if account.isFlooded(day) || account.service.level(day) < 0.4 { return DemoWords.supportNotes }
    if account.product.level(day) < 0.4 { return DemoWords.usageNotes }
    return account.payment.level(day) < 0.4 ? DemoWords.priceNotes : DemoWords.notes[rating - 1]
  }

  private func write(_ pulse: Pulse, to csv: inout CSVText) {
    csv.cell("P-\(100_000 + pulse.number)")
    csv.cell(story.accounts[pulse.account].key)
    csv.cell(pulse.day)
    csv.cell(pulse.kind)
    csv.cell(pulse.rating)
    csv.cell(pulse.note)
    csv.cell(pulse.author)
    csv.endRow()
  }
}
