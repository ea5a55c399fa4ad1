import Health

/// All invoices of the two years, with the days on which they are due and paid.
struct DemoInvoices {
  struct Invoice {
    var number: Int
    var account: Int
    var sent: Day
    var paid: Day
    var amount: Int
    var due: Day { sent + 30 }
    var daysLate: Int { max(0, paid - due) }
    var daysToPay: Int { paid - sent }
  }

  private(set) var all: [Invoice] = []
  private var overdueChange: [[Int]] = []

  init(_ story: DemoStory) {
    var dice = Dice(2026, stream: 1_004)
    let nights = DemoStory.lastDay - DemoStory.firstDay + 1
    for (number, account) in story.accounts.enumerated() {
      var change = [Int](repeating: 0, count: nights + 1)
      for invoice in DemoInvoices.invoices(of: account, number, from: all.count, &dice) {
        all.append(invoice)
        guard invoice.daysLate > 0 else { continue }
        change[min(nights, max(0, invoice.due + 1 - DemoStory.firstDay))] += 1
        change[min(nights, max(0, invoice.paid - DemoStory.firstDay))] -= 1
      }
      var open = 0
      overdueChange.append(
        change.map {
          open += $0
          return open
        })
    }
  }

  /// How many invoices of an account are past their due day and unpaid at the end of a day.
  func overdue(account: Int, _ day: Day) -> Int { overdueChange[account][day - DemoStory.firstDay] }

  /// Small and middle customers pay monthly, enterprises quarterly, on the day of the month on which they began.
  private static func invoices(of account: DemoAccount, _ number: Int, from first: Int, _ dice: inout Dice) -> [Invoice] {
    var all: [Invoice] = []
    let months = account.segment == .enterprise ? 3 : 1
    let begin = account.started.date
    var passed = 0
    while true {
      defer { passed += months }
      let month = begin.month - 1 + passed
      let day = Day(year: begin.year + month / 12, month: month % 12 + 1, day: begin.day)
      guard let sent = day, sent <= DemoStory.lastDay, account.isCustomer(sent) else { return all }
      guard sent >= DemoStory.firstDay - 60 else { continue }
      let slack = 1 - account.payment.level(sent + 30)
      let late = Int(70 * slack * slack * dice.number(0.4, 1.3) + 40 * slack * dice.unit() - 5)
      let paid = sent + 30 + max(-12, late)
      all.append(Invoice(number: first + all.count + 1, account: number, sent: sent, paid: paid, amount: account.arr(sent) * months / 12))
    }
  }
}

/// On Mondays: invoices that were sent or paid in the seven days that end with it.
struct InvoicesFeed: DemoFeed {
  let name = "invoices"
  private let story: DemoStory
  private var later = Later<(invoice: DemoInvoices.Invoice, isPaid: Bool)>()

  init(_ story: DemoStory, _ invoices: DemoInvoices) {
    self.story = story
    for invoice in invoices.all {
      let (sent, paid) = (InvoicesFeed.file(of: invoice.sent), InvoicesFeed.file(of: invoice.paid))
      if sent < paid, sent >= DemoStory.firstDay { later.add((invoice, false), on: sent) }
      later.add((invoice, true), on: paid)
    }
  }

  /// The Monday whose file tells of a day.
  private static func file(of day: Day) -> Day { day + (7 - day.weekday) % 7 }

  mutating func file(_ day: Day) -> [UInt8]? {
    guard day.weekday == 0 else { return nil }
    var csv = CSVText("invoice,account,sent_on,paid_on,amount,days_late,days_to_pay", capacity: 4_000)
    for (invoice, isPaid) in later.take(day) {
      csv.cell("INV-\(100_000 + invoice.number)")
      csv.cell(story.accounts[invoice.account].key)
      csv.cell(invoice.sent)
      csv.cell(isPaid ? invoice.paid : nil)
      csv.cell(invoice.amount)
      csv.cell(isPaid ? invoice.daysLate : nil)
      csv.cell(isPaid ? invoice.daysToPay : nil)
      csv.endRow()
    }
    return csv.bytes
  }
}
