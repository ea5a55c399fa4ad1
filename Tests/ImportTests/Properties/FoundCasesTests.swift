import Health
import Import
import Storage
import Testing

/// Small cases that the property tests have found, each by its name.
struct FoundCasesTests {
  /// Three feeds that speak of the same signal.
  private func bench() throws -> Workbench {
    let bench = try Workbench()
    for name in ["one", "two", "three"] {
      try bench.feed(
        """
        feed: \(name)
        match: ["\(name)_*.csv"]
        day: "\(name)_%Y-%m-%d*"
        account: account
        unknown_accounts: create
        at: day
        signals: {product.seats: {value: seats}}
        """)
    }
    return bench
  }

  private func rows(_ seats: Int) -> String { "account,day,seats\na,2026-03-01,\(seats)\n" }

  @Test func aRowThatSaysNothingOfAnEventHasNoPartInItsSum() throws {
    let bench = try Workbench()
    try bench.feed(
      """
      feed: orders
      match: ["orders*.csv"]
      account: customer
      unknown_accounts: create
      at: time
      signals: {financial.order_value: {event: invoice, lines: add, value: pounds}}
      """)
    try bench.take("orders1.csv", "invoice,customer,time,pounds\n1,a,2026-03-01,5\n")
    let result = try bench.take("orders2.csv", "invoice,customer,time,pounds\n1,a,,\n1,a,2026-03-01,2\n1,a,,\n1,a,2026-03-01,3\n")
    #expect(result.factCounts == "2 unchanged")
    #expect(result.counts == "2 unchanged 2 skipped")
    #expect(try bench.facts("a") == ["2026-03-01 financial.order_value 5"])
  }

  /// The file of the fifth leaned on another feed's of the first; what a third feed brings late, of the third, stands between them.
  @Test func aLateFileOfAnotherFeedThatStandsBetweenIsNoticed() throws {
    let bench = try bench()
    try bench.take("one_2026-03-01.csv", rows(5))
    #expect(try bench.take("two_2026-03-05.csv", rows(5)).counts == "1 unchanged")
    try bench.take("three_2026-03-03.csv", rows(7))
    #expect(try bench.facts("a") == ["2026-03-01 product.seats 7"])
    #expect(try bench.take("two_2026-03-05.csv", rows(5)).counts == "1 corrected")
    #expect(try bench.facts("a") == ["2026-03-01 product.seats 5"])
    #expect(try bench.take("two_2026-03-05.csv", rows(5)).state == .already)
    // A late file that says nothing new puts nothing in another light.
    #expect(try bench.take("three_2026-03-04.csv", rows(5)).counts == "1 unchanged")
    #expect(try bench.take("two_2026-03-05.csv", rows(5)).state == .already)
  }

  /// The ticket was first stated for one account; a file of an earlier day that comes late says another.
  @Test func aLateFileDoesNotGiveATicketToAnotherAccount() throws {
    let bench = try Workbench()
    try bench.feed(
      """
      feed: tickets
      match: ["tickets_*.csv"]
      day: "tickets_%Y-%m-%d*"
      account: account
      unknown_accounts: create
      at: file
      signals: {service.tickets: {event: ticket, value: 1}}
      """)
    try bench.take("tickets_2026-03-05.csv", "account,ticket\na,T1\n")
    #expect(try bench.take("tickets_2026-03-03.csv", "account,ticket\nb,T1\n").factCounts == "1 older")
    #expect(try bench.facts("a") == ["2026-03-05 service.tickets 1"])
    #expect(try bench.facts("b") == [])
  }

  /// Both files have a row that is refused, and each states an alias that the other moved.
  @Test func twoFilesWithRefusedRowsDoNotHaveEachOtherReadForEver() throws {
    let bench = try Workbench()
    for name in ["one", "two"] {
      try bench.feed(
        """
        feed: \(name)
        match: ["\(name)_*.csv"]
        day: "\(name)_%Y-%m-%d*"
        account: account
        alias: [code]
        at: file
        signals: {product.seats: {value: seats}}
        """)
    }
    try bench.feed("feed: crm\nmatch: [\"crm*.csv\"]\naccount: account\nunknown_accounts: create\nat: day\nattributes: {owner: owner}")
    try bench.take("crm.csv", "account,day,owner\na,2026-03-01,dana\nb,2026-03-01,dana\n")
    let paths = [
      try bench.write("one_2026-03-01.csv", "account,code,seats\na,X,1\nghost,,1\n"),
      try bench.write("two_2026-03-02.csv", "account,code,seats\nb,X,1\nghost,,1\n"),
    ]
    try bench.run(paths)
    try bench.run(paths)
    #expect(try bench.run(paths).map(\.state) == [.already, .already])
  }

  @Test func whatIsRestoredBetweenIsNoticed() throws {
    let bench = try bench()
    try bench.take("one_2026-03-01.csv", rows(5))
    let between = try bench.take("one_2026-03-03.csv", rows(7))
    try bench.revert(between.importID)
    #expect(try bench.take("one_2026-03-05.csv", rows(5)).counts == "1 unchanged")
    bench.now += 1000
    _ = try ImportChanges.apply(.restore, to: between.importID ?? 0, at: bench.now, bench.history)
    #expect(try bench.facts("a") == ["2026-03-01 product.seats 7"])
    #expect(try bench.take("one_2026-03-05.csv", rows(5)).counts == "1 corrected")
    #expect(try bench.facts("a") == ["2026-03-01 product.seats 5"])
  }

  /// A complete file takes away what its own feed said of the day, and what another feed leaned on goes with it until that is read again.
  @Test func whatIsHiddenFromUnderAnotherFeedIsNoticed() throws {
    let bench = try bench()
    try bench.feed(
      """
      feed: one
      match: ["one_*.csv"]
      day: "one_%Y-%m-%d*"
      account: account
      unknown_accounts: create
      at: day
      complete: day
      signals: {product.seats: {value: seats}}
      """)
    try bench.take("one_2026-03-01.csv", rows(5))
    #expect(try bench.take("two_2026-03-01.csv", rows(5)).counts == "1 unchanged")
    try bench.take("one_2026-03-01.csv", "account,day,seats\n")
    #expect(try bench.facts("a") == [])
    #expect(try bench.take("two_2026-03-01.csv", rows(5)).counts == "1 new")
    #expect(try bench.facts("a") == ["2026-03-01 product.seats 5"])
    #expect(try bench.take("two_2026-03-01.csv", rows(5)).state == .already)
  }
}
