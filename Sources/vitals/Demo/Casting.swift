import Health

/// Makes one account of the cast from its number, its fate and dice of its own.
struct Casting {
  let number: Int
  let fate: DemoFate
  var dice: Dice

  mutating func account() -> DemoAccount {
    let segment = number < 2 ? DemoSegment.enterprise : dice.pick([.small, .small, .small, .middle, .middle, .enterprise])
    let industry = DemoWords.industries[number % DemoWords.industries.count]
    let (stem, csm) = (DemoWords.stem(number), csm(of: segment))
    let left = fate == .declining || fate == .sudden ? anniversary(from: 140, to: 725) : nil
    let bases = self.bases
    var account = DemoAccount(
      key: stem.lowercased(), name: "\(stem) \(industry.suffix)", segment: segment, industry: industry.name, plan: plan(of: segment),
      csm: csm, handover: csm == "felix" ? (DemoStory.handover, "mei") : nil, fate: fate, started: started(left: left), left: left,
      product: Course(base: bases.product, dice: &dice), service: Course(base: bases.service, dice: &dice),
      relationship: Course(base: bases.relationship, dice: &dice), payment: Course(base: bases.payment, dice: &dice),
      mood: Course(base: bases.mood, dice: &dice))
    live(&account)
    sign(&account)
    return account
  }

  private mutating func csm(of segment: DemoSegment) -> String {
    switch segment {
    case .small: dice.pick(["felix", "lucia", "omar"])
    case .middle: dice.pick(["lucia", "omar", "mei"])
    case .enterprise: number < 2 ? "dana" : dice.pick(["dana", "dana", "mei"])
    }
  }

  private mutating func plan(of segment: DemoSegment) -> String {
    switch segment {
    case .small: dice.pick(["starter", "starter", "team"])
    case .middle: dice.pick(["team", "business"])
    case .enterprise: "enterprise"
    }
  }

  /// Where each side begins; the struggling begin low and stay there, so that a low score alone is no proof.
  private var bases: (product: Double, service: Double, relationship: Double, payment: Double, mood: Double) {
    mutating get {
      let good =
        switch fate {
        case .struggling: dice.number(0.26, 0.4)
        case .declining, .sudden, .rescued: dice.number(0.54, 0.7)
        default: dice.number(0.42, 0.73)
        }
      return (
        good, good + dice.number(-0.08, 0.14), good + dice.number(-0.14, 0.08), 0.42 + 0.5 * good + dice.number(-0.12, 0.1),
        good + dice.number(-0.08, 0.1)
      )
    }
  }

  /// A day between so many days after the first night that has the same date in every year.
  private mutating func anniversary(from: Int, to: Int) -> Day {
    let date = (DemoStory.firstDay + dice.integer(from, to)).date
    return Day(year: date.year, month: date.month, day: min(date.day, 28)) ?? DemoStory.lastDay
  }

  /// Whoever has a renewal to come to began whole years before it.
  private mutating func started(left: Day?) -> Day {
    var end = left
    if fate == .fading || fate == .orphaned { end = anniversary(from: number < 2 ? 760 : 740, to: number < 2 ? 780 : 850) }
    guard let end else {
      return dice.chance(0.68) ? anniversary(from: -1_900, to: -30) : anniversary(from: 10, to: 660)
    }
    let date = end.date
    return Day(year: date.year - dice.integer(number < 2 ? 3 : 1, 5), month: date.month, day: date.day) ?? end - 365
  }

  /// Turns the courses as the fate has it.
  private mutating func live(_ account: inout DemoAccount) {
    let (first, last) = (DemoStory.firstDay, DemoStory.lastDay)
    account.service.turn(DemoStory.shortStaffed.lowerBound, days: 20, by: -0.14)
    account.service.turn(DemoStory.shortStaffed.upperBound, days: 30, by: 0.16)
    switch fate {
    case .declining:
      guard let left = account.left else { return }
      decline(&account, from: left - dice.integer(106, 124), days: dice.integer(24, 44), by: dice.number(0.36, 0.58))
    case .rescued:
      let (start, days, by) = (max(account.started + 60, first + dice.integer(90, 480)), dice.integer(50, 80), dice.number(0.3, 0.45))
      decline(&account, from: start, days: days, by: by)
      recover(&account, from: start + days + dice.integer(25, 60), days: dice.integer(40, 70), by: by)
    case .fading:
      account.product.turn(last - dice.integer(190, 260), days: 260, by: -dice.number(0.4, 0.55))
      account.mood.turn(last - dice.integer(60, 110), days: 110, by: -dice.number(0.2, 0.45))
      account.relationship.turn(last - dice.integer(60, 110), days: 110, by: -dice.number(0.05, 0.45))
    case .orphaned:
      let day = last - dice.integer(14, 40)
      account.championLeft = day
      account.relationship.turn(day, days: 20, by: -0.4)
      account.product.turn(day + 3, days: 45, by: -0.35)
    case .latePaying:
      account.payment.turn(first + dice.integer(60, 300), days: dice.integer(150, 300), by: -dice.number(0.5, 0.7))
    case .flooded:
      flood(&account, from: max(account.started + 45, first + dice.integer(60, 640)))
    case .growing:
      account.product.turn(max(account.started, first) + dice.integer(0, 120), days: dice.integer(200, 400), by: dice.number(0.08, 0.2))
      account.mood.turn(max(account.started, first) + 60, days: 300, by: 0.15)
    case .sudden, .struggling, .steady: break
    }
  }

  /// Use goes first, then people stop answering, then the CSM sees it, then the invoices wait.
  private mutating func decline(_ account: inout DemoAccount, from start: Day, days: Int, by: Double) {
    account.product.turn(start, days: days, by: -by)
    account.relationship.turn(start + dice.integer(0, 12), days: days, by: -by)
    account.mood.turn(start + dice.integer(3, 18), days: max(20, days - 20), by: -by)
    account.service.turn(start, days: days, by: -by * 0.5)
    if dice.chance(0.55) { account.payment.turn(start - 20, days: days, by: -dice.number(0.35, 0.6)) }
    if dice.chance(0.3) { account.championLeft = start + dice.integer(-5, 20) }
    if dice.chance(0.35) { flood(&account, from: start + dice.integer(0, 25)) }
  }

  private mutating func recover(_ account: inout DemoAccount, from start: Day, days: Int, by: Double) {
    account.product.turn(start, days: days, by: by)
    account.relationship.turn(start - 15, days: days, by: by)
    account.mood.turn(start + 10, days: days, by: by)
    account.service.turn(start - 15, days: days, by: by * 0.5)
    if let turn = account.payment.turns.last { account.payment.turn(start, days: days, by: -turn.by) }
  }

  private mutating func flood(_ account: inout DemoAccount, from start: Day) {
    let days = dice.integer(24, 40)
    account.flood = (start, start + days)
    account.service.turn(start, days: 10, by: -0.45)
    account.service.turn(start + days, days: 25, by: 0.4)
  }

  /// The contract: what it began with, what each renewal within the two years made of it, and what was bought between them.
  private mutating func sign(_ account: inout DemoAccount) {
    let (first, last) = (DemoStory.firstDay, DemoStory.lastDay)
    var arr = arrAtStart(account.segment)
    account.contract = [(account.started, arr)]
    var renewal = account.renewal(after: max(account.started, first - 1))
    var begin = max(account.started, first)
    while begin <= last {
      let end = min(renewal, last + 1)
      if let day = upsellDay(account, from: begin + 45, to: end - 30) {
        let amount = max(600, arr * dice.integer(10, 28) / 100 / 100 * 100)
        arr += amount
        account.upsells.append((day, amount))
        account.contract.append((day, arr))
      }
      guard renewal <= last, account.left.map({ renewal < $0 }) ?? true else { return }
      arr = arr * (account.product.level(renewal) < 0.45 ? 92 : 103) / 100 / 10 * 10
      account.contract.append((renewal, arr))
      (begin, renewal) = (renewal, account.renewal(after: renewal))
    }
  }

  private mutating func arrAtStart(_ segment: DemoSegment) -> Int {
    switch segment {
    case .small: dice.integer(60, 200) * 100
    case .middle: dice.integer(25, 90) * 1000
    case .enterprise: dice.integer(12, 44) * 10_000
    }
  }

  private mutating func upsellDay(_ account: DemoAccount, from: Day, to: Day) -> Day? {
    let chance = fate == .growing ? 0.75 : fate == .steady || fate == .sudden ? 0.12 : 0.03
    guard dice.chance(chance), to - from >= 0 else { return nil }
    let day = from + dice.integer(0, to - from)
    return account.left.map { day < $0 } ?? true ? day : nil
  }
}
