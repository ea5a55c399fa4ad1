import Health

/// On working days: contacts, surveys, changes of champions, and what was said. Two contacts in a hundred are logged days late.
struct CRMFeed: DemoFeed {
  let name = "crm"
  /// On this day somebody misspelt an account.
  static let slip = Day(year: 2026, month: 10, day: 12) ?? Day(0)

  private let story: DemoStory
  private var dice = Dice(2026, stream: 1_003)
  private var later = Later<Entry>()
  private var count = 0
  private var lastExecMeeting: [Int: Day] = [:]

  private struct Entry {
    var number: Int
    var account: Int
    var day: Day
    var type: String
    var score: Int?
    var text: String
  }

  init(_ story: DemoStory) { self.story = story }

  mutating func file(_ day: Day) -> [UInt8]? {
    guard !day.isWeekend else { return nil }
    var csv = CSVText("entry,account,day,type,score,text", capacity: 3_000)
    for entry in later.take(day) { write(entry, to: &csv) }
    for number in story.accounts.indices where story.accounts[number].isCustomer(day) {
      for entry in entries(number, day) { write(entry, to: &csv) }
    }
    if day == CRMFeed.slip { slip(day, to: &csv) }
    return csv.bytes
  }

  private mutating func entries(_ number: Int, _ day: Day) -> [Entry] {
    let account = story.accounts[number]
    var all: [Entry] = []
    for _ in 0..<dice.occurrences(touchRate(account, day)) {
      let entry = touch(number, account, day)
      if dice.chance(0.02) { later.add(entry, on: (day + dice.integer(1, 4)).orNextWorkday) } else { all.append(entry) }
    }
    // Surveys go to each account three times a year, on days of its own; six in ten answer.
    if (Int(day.number) + number * 7) % 120 < (day.weekday == 0 ? 3 : 1), dice.chance(0.6) { all.append(survey(number, account, day)) }
    if let left = account.championLeft, left.orNextWorkday == day {
      all.append(entry(number, day, "champion-left", text: dice.pick(DemoWords.champions)))
    }
    if dice.chance(1.0 / 75) { all.append(feedback(number, account, day)) }
    return all
  }

  /// Contacts a working day; they get rarer where people drift apart.
  private func touchRate(_ account: DemoAccount, _ day: Day) -> Double {
    let monthly: Double =
      switch account.segment {
      case .small: 1.8
      case .middle: 3.4
      case .enterprise: 6
      }
    return monthly / 21 * (0.15 + 1.2 * account.relationship.level(day))
  }

  private mutating func touch(_ number: Int, _ account: DemoAccount, _ day: Day) -> Entry {
    let roll = dice.unit()
    var type = roll < 0.45 ? "email" : roll < 0.75 ? "call" : "meeting"
    let meets = account.segment != .small || account.relationship.level(day) > 0.7
    if meets, roll > 1 - 0.2 * account.relationship.level(day), lastExecMeeting[number] != day {
      type = "exec-meeting"
      lastExecMeeting[number] = day
    }
    return entry(number, day, type, text: dice.pick(DemoWords.touches[type] ?? []))
  }

  private mutating func survey(_ number: Int, _ account: DemoAccount, _ day: Day) -> Entry {
    let level = 0.6 * account.mood.level(day) + 0.2 * account.service.level(day) + 0.2 * account.product.level(day)
    let score = max(0, min(10, Int(0.8 + 10.2 * level + 1.1 * dice.bell() + 0.5)))
    let kind = score <= 6 ? 0 : score <= 8 ? 1 : 2
    let answer = entry(number, day, "nps", score: score, text: dice.pick(DemoWords.nps[kind]))
    if dice.chance(0.03) {
      var mended = answer
      mended.score = min(10, score + 1)
      later.add(mended, on: (day + 2).orNextWorkday)
    }
    return answer
  }

  private mutating func feedback(_ number: Int, _ account: DemoAccount, _ day: Day) -> Entry {
    let level = 0.5 * account.mood.level(day) + 0.3 * account.product.level(day) + 0.2 * account.service.level(day)
    let tone = max(-2, min(2, Int((5.6 * level - 2.8 + 0.8 * dice.bell()).rounded())))
    return entry(number, day, "feedback", score: tone, text: dice.pick(DemoWords.feedback[tone + 2]))
  }

  private mutating func entry(_ number: Int, _ day: Day, _ type: String, score: Int? = nil, text: String) -> Entry {
    count += 1
    return Entry(number: count, account: number, day: day, type: type, score: score, text: text)
  }

  private func write(_ entry: Entry, to csv: inout CSVText) {
    row(entry, account: story.accounts[entry.account].key, to: &csv)
  }

  /// Two letters changed places: such a row is rejected, with the account that was meant as a hint.
  private mutating func slip(_ day: Day, to csv: inout CSVText) {
    let entry = entry(1, day, "call", text: "Typed in a hurry")
    var letters = Array(story.accounts[1].key)
    letters.swapAt(2, 3)
    row(entry, account: String(letters), to: &csv)
  }

  private func row(_ entry: Entry, account: String, to csv: inout CSVText) {
    csv.cell("E-\(100_000 + entry.number)")
    csv.cell(account)
    csv.cell(entry.day)
    csv.cell(entry.type)
    csv.cell(entry.score)
    csv.cell(entry.text)
    csv.endRow()
  }
}
