import Health

/// Every night: who is a customer, and under what contract. Who has left is no longer in it.
struct AccountsFeed: DemoFeed {
  let name = "accounts"
  private let story: DemoStory
  private let invoices: DemoInvoices

  init(_ story: DemoStory, _ invoices: DemoInvoices) { (self.story, self.invoices) = (story, invoices) }

  func file(_ day: Day) -> [UInt8]? {
    var csv = CSVText(
      "account,name,segment,industry,stage,plan,csm,started,arr,renewal_on,seats,features_licensed,adoption_level,invoices_overdue",
      capacity: 24_000)
    for (number, account) in story.accounts.enumerated() where account.isCustomer(day) {
      csv.cell(account.key)
      csv.cell(account.name)
      csv.cell(account.segment.rawValue)
      csv.cell(account.industry)
      csv.cell(account.stage(day))
      csv.cell(account.plan)
      csv.cell(account.csm(day))
      csv.cell(account.started)
      csv.cell(account.arr(day))
      csv.cell(account.renewal(after: day))
      csv.cell(account.seats(day))
      csv.cell(account.features)
      csv.cell(adoptionLevel(account, day))
      csv.cell(invoices.overdue(account: number, day))
      csv.endRow()
    }
    return csv.bytes
  }

  /// Judged once in thirty days.
  private func adoptionLevel(_ account: DemoAccount, _ day: Day) -> String {
    let level = account.product.level(Day(Int(day.number) / 30 * 30))
    return level > 0.68 ? "advanced" : level > 0.4 ? "intermediate" : "basic"
  }
}
