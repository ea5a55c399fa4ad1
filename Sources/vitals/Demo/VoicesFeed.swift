import Health

/// On working days: what is said and done beside the daily contacts: walk-throughs, the opinion of the person who decides, social
/// media, who speaks for us, what tells of plans, and what the market does.
struct VoicesFeed: DemoFeed {
  let name = "voices"
  private let story: DemoStory
  private var dice = Dice(2026, stream: 1_009)
  private var count = 0

  init(_ story: DemoStory) { self.story = story }

  mutating func file(_ day: Day) -> [UInt8]? {
    guard !day.isWeekend else { return nil }
    var csv = CSVText("entry,account,day,type,score,text", capacity: 4_000)
    for number in story.accounts.indices where story.accounts[number].isCustomer(day) { write(number, day, to: &csv) }
    return csv.bytes
  }

  private mutating func write(_ number: Int, _ day: Day, to csv: inout CSVText) {
    let account = story.accounts[number]
    begin(number, account, day, to: &csv)
    regular(number, account, day, to: &csv)
    let mood = account.mood.level(day)
    for _ in 0..<dice.occurrences(0.01 + 0.09 * mood) {
      let type = dice.pick(["mention", "interaction", "interaction"])
      entry(account, day, type, text: dice.pick(DemoWords.social), to: &csv)
    }
    if dice.chance(0.006 * mood * mood) { entry(account, day, "advocacy", text: dice.pick(DemoWords.advocacy), to: &csv) }
    if dice.chance(0.003) { entry(account, day, "competitor", score: dice.integer(1, 3), text: dice.pick(DemoWords.competitors), to: &csv) }
    if dice.chance(account.fate == .growing ? 0.0016 : 0.0004) { entry(account, day, "funding", text: "A new round", to: &csv) }
    if dice.chance(0.002) { entry(account, day, "plan", text: dice.pick(DemoWords.plans), to: &csv) }
  }

  /// How long the beginning took: told when it was over, or in the first night for those who began long before.
  private mutating func begin(_ number: Int, _ account: DemoAccount, _ day: Day, to csv: inout CSVText) {
    let days = 4 + (number * 29) % 44
    let (activated, first) = (account.started + days, DemoStory.firstDay)
    if activated.orNextWorkday == day || (day == first && activated < first) {
      entry(account, activated, "activated", score: days, text: "First report of their own", to: &csv)
    }
  }

  /// What comes round for every account, each on days of its own.
  private mutating func regular(_ number: Int, _ account: DemoAccount, _ day: Day, to csv: inout CSVText) {
    let (product, mood) = (account.product.level(day), account.mood.level(day))
    if isDue(number, day, every: 120), dice.chance(0.8) {
      let reaction = sign(0.7 * mood + 0.3 * product + 0.1 * dice.bell())
      entry(account, day, "walkthrough", score: reaction, text: DemoWords.walkthroughs[reaction + 1], to: &csv)
    }
    if isDue(number + 31, day, every: 120), dice.chance(0.8) {
      let stars = max(1, min(5, Int(1.4 + 4 * (0.5 * mood + 0.3 * product + 0.2 * account.service.level(day)) + 0.5 * dice.bell())))
      entry(account, day, "decision-maker", score: 20 * stars, to: &csv)
    }
    if isDue(number + 67, day, every: 110) {
      let behaviour = sign(product + (account.fate == .growing ? 0.1 : 0) + 0.1 * dice.bell())
      entry(account, day, "behaviour", score: behaviour, text: DemoWords.behaviour[behaviour + 1], to: &csv)
    }
    if isDue(number + 83, day, every: 150) {
      let asks = dice.chance(account.fate == .growing ? 0.55 : 0.12)
      entry(account, day, "bundle", score: asks ? 1 : 0, text: asks ? "Asked for the bundle" : "Happy with the plan", to: &csv)
    }
    if isDue(number + 97, day, every: 91) {
      entry(account, day, "market", score: market(of: account.industry, day), to: &csv)
    }
  }

  /// Markets go up and down together: each industry in its own rhythm of some years, -2 to 2.
  private func market(of industry: String, _ day: Day) -> Int {
    let phase = (DemoWords.industries.firstIndex { $0.name == industry } ?? 0) * 97
    let place = Double((Int(day.number) + phase) % 970) / 970
    return Int((8 * abs(place - 0.5) - 2).rounded())
  }

  private func sign(_ level: Double) -> Int { level > 0.58 ? 1 : level < 0.36 ? -1 : 0 }

  /// Whether the account's turn is today, or was on the weekend before a Monday.
  private func isDue(_ number: Int, _ day: Day, every period: Int) -> Bool {
    (0...(day.weekday == 0 ? 2 : 0)).contains { (Int(day.number) - $0 + number * 13) % period == 0 }
  }

  private mutating func entry(
    _ account: DemoAccount, _ day: Day, _ type: String, score: Int? = nil, text: String = "", to csv: inout CSVText
  ) {
    count += 1
    csv.cell("V-\(100_000 + count)")
    csv.cell(account.key)
    csv.cell(day)
    csv.cell(type)
    csv.cell(score)
    csv.cell(text)
    csv.endRow()
  }
}
