import Health

/// Every night: tickets that were opened, solved, rated or opened again on that day, each with all that is known of it.
struct TicketsFeed: DemoFeed {
  let name = "tickets"
  private let story: DemoStory
  private var dice = Dice(2026, stream: 1_002)
  /// For what was asked later on, so that what was asked before stays as it was.
  private var moreDice = Dice(2026, stream: 1_010)
  private var later = Later<Ticket>()
  private var count = 0

  /// A ticket as one night's file states it.
  private struct Ticket {
    var number: Int
    var account: Int
    var opened: DemoTime
    var closed: DemoTime?
    var priority: String
    var subject: String
    var responseHours: Int?
    var csat: Int?
    /// How well it was solved, 1 to 5.
    var quality: Int?
  }

  init(_ story: DemoStory) { self.story = story }

  mutating func file(_ day: Day) -> [UInt8]? {
    var csv = CSVText("ticket,account,opened,closed,priority,subject,response_hours,resolution_days,csat,feedback,quality", capacity: 4_000)
    var today = later.take(day)
    for number in story.accounts.indices where story.accounts[number].isCustomer(day) {
      for _ in 0..<dice.occurrences(rate(story.accounts[number], day)) { today.append(contentsOf: open(number, day)) }
    }
    // A ticket that is opened, solved and rated on one day is one row: the last state.
    var written: [Int: Int] = [:]
    for (place, ticket) in today.enumerated() { written[ticket.number] = place }
    for (place, ticket) in today.enumerated() where written[ticket.number] == place { write(ticket, to: &csv) }
    return csv.bytes
  }

  /// Tickets a day: a few for every hundred people, three times as many where service is poor, a flood in a flood.
  private func rate(_ account: DemoAccount, _ day: Day) -> Double {
    let monthly = 0.25 + Double(account.seats(day)) * 0.024 * (account.isFlooded(day) ? 7 : 1.8 - account.service.level(day))
    return monthly / 30 * (day.isWeekend ? 0.25 : 1.3)
  }

  /// A new ticket; its later states are kept for their nights. Returns the states that this day's file already knows.
  private mutating func open(_ number: Int, _ day: Day) -> [Ticket] {
    let account = story.accounts[number]
    count += 1
    let priority = priority(flooded: account.isFlooded(day))
    let subject = dice.pick(DemoWords.ticketActions) + " " + dice.pick(DemoWords.ticketThings)
    let ticket = Ticket(
      number: count, account: number, opened: DemoTime(day: day, minute: dice.integer(7 * 60, 17 * 60)), priority: priority,
      subject: subject)
    var solved = ticket
    var closed = closing(ticket, service: account.service.level(day))
    if let left = account.left, closed.day > left { closed = DemoTime(day: left, minute: 9 * 60) }
    solved.closed = closed
    solved.responseHours = response(closed - ticket.opened, service: account.service.level(day))
    var states = [ticket, solved]
    if dice.chance(0.012), account.isCustomer(closed.day + 8) { states += reopened(solved, closed.day) }
    if let last = states.last, let rated = rating(of: last, account) { states.append(rated) }
    return keep(states, ratedAfter: dice.integer(0, 4), today: day)
  }

  /// It comes back after some days, and is solved at last.
  private mutating func reopened(_ solved: Ticket, _ day: Day) -> [Ticket] {
    var (open, again) = (solved, solved)
    (open.closed, open.responseHours) = (nil, nil)
    again.closed = DemoTime(day: day + dice.integer(4, 7), minute: 16 * 60)
    return [open, again]
  }

  /// Each state goes to the night of its day: opened, closed, two days later open again, rated some days after the end.
  private mutating func keep(_ states: [Ticket], ratedAfter delay: Int, today: Day) -> [Ticket] {
    var now: [Ticket] = []
    var night = today
    for (place, state) in states.enumerated() {
      if state.csat != nil {
        night = night + delay
      } else if let closed = state.closed {
        night = closed.day
      } else if place > 0 {
        night = night + 2
      }
      if night == today { now.append(state) } else { later.add(state, on: night) }
    }
    return now
  }

  private mutating func priority(flooded: Bool) -> String {
    let roll = dice.unit() * (flooded ? 0.6 : 1)
    return roll < 0.025 ? "p1" : roll < 0.2 ? "p2" : roll < 0.68 ? "p3" : "p4"
  }

  private mutating func closing(_ ticket: Ticket, service: Double) -> DemoTime {
    let pace = ticket.priority == "p1" ? 0.12 : ticket.priority == "p2" ? 0.6 : 1
    let days = Int((0.6 + 16 * (1 - service) * dice.unit()) * pace)
    let minute = days == 0 ? dice.integer(ticket.opened.minute + 20, 20 * 60) : dice.integer(8 * 60, 19 * 60)
    return DemoTime(day: ticket.opened.day + days, minute: minute)
  }

  /// Four in ten say how it was.
  private mutating func rating(of ticket: Ticket, _ account: DemoAccount) -> Ticket? {
    guard dice.chance(0.42), let closed = ticket.closed, account.isCustomer(closed.day + 5) else { return nil }
    let waited = Double(closed - ticket.opened) / 1440
    let stars = 1.6 + 3.6 * account.service.level(closed.day) - 0.05 * waited + 0.6 * dice.bell()
    var rated = ticket
    rated.csat = 20 * max(1, min(5, Int(stars + 0.5)))
    rated.quality = max(1, min(5, Int(stars + 0.4 * moreDice.bell() + 0.7)))
    return rated
  }

  /// The first answer comes within the time that the solution took.
  private mutating func response(_ minutes: Int, service: Double) -> Int {
    min(minutes / 60, Int(1 + 30 * (1 - service) * moreDice.unit()))
  }

  private func write(_ ticket: Ticket, to csv: inout CSVText) {
    csv.cell("T-\(100_000 + ticket.number)")
    csv.cell(story.accounts[ticket.account].key)
    csv.cell(ticket.opened)
    csv.cell(ticket.closed)
    csv.cell(ticket.priority)
    csv.cell(ticket.subject)
    csv.cell(ticket.responseHours)
    if let closed = ticket.closed { csv.cell(tenths: (closed - ticket.opened) * 10 / 1440) } else { csv.cell(nil as Int?) }
    csv.cell(ticket.csat)
    csv.cell(ticket.csat.map { $0 / 20 })
    csv.cell(ticket.quality)
    csv.endRow()
  }
}
