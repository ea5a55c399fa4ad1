import Health
import Import
import Storage
import Testing

/// What rows with events become.
struct EventImportTests {
  private let tickets = """
    feed: tickets
    match: ["tickets*.csv"]
    account: account
    unknown_accounts: create
    at: opened
    gone: {status: [deleted]}
    signals:
      service.tickets: {event: id, value: 1, text: subject}
      service.tickets_open:
        - {line: open, event: id, value: 1}
        - {line: close, event: id, at: closed, value: -1}
      service.urgent: {event: id, value: 1, only: {priority: [urgent, high]}}
    """
  private let header = "id,account,opened,closed,subject,priority,status\n"

  private func bench() throws -> Workbench {
    let bench = try Workbench()
    try bench.feed(tickets)
    return bench
  }

  @Test func oneRowOpensAndCloses() throws {
    let bench = try bench()
    let result = try bench.take("tickets.csv", header + "T1,a,2026-03-01,2026-03-03,It broke,urgent,\nT2,a,2026-03-02,,,low,\n")
    #expect(result.counts == "2 new")
    #expect(
      try bench.facts("a") == [
        "2026-03-01 service.tickets 1 \"It broke\"", "2026-03-01 service.tickets_open 1", "2026-03-01 service.urgent 1",
        "2026-03-02 service.tickets 1", "2026-03-02 service.tickets_open 1", "2026-03-03 service.tickets_open -1",
      ])
  }

  @Test func whatARowNoLongerSaysIsWithdrawnAndComesBack() throws {
    let bench = try bench()
    let closed = header + "T1,a,2026-03-01,2026-03-03,It broke,urgent,\n"
    let reopened = header + "T1,a,2026-03-01,,It broke,low,\n"
    try bench.take("tickets.csv", closed)
    let before = try bench.state()
    let second = try bench.take("tickets.csv", reopened)
    #expect(second.counts == "1 corrected")
    #expect(second.factCounts == "2 corrected 2 unchanged")
    #expect(try bench.facts("a") == ["2026-03-01 service.tickets 1 \"It broke\"", "2026-03-01 service.tickets_open 1"])
    #expect(try bench.take("tickets.csv", closed).counts == "1 corrected")
    #expect(try bench.state() == before)
  }

  @Test func goneWithdrawsAllLinesOfTheID() throws {
    let bench = try bench()
    try bench.take("tickets.csv", header + "T1,a,2026-03-01,2026-03-03,It broke,urgent,\nT2,a,2026-03-02,,,low,\n")
    let gone = try bench.take("tickets.csv", header + "T1,a,2026-03-01,2026-03-03,It broke,urgent,deleted\nT9,a,2026-03-02,,,low,deleted\n")
    #expect(gone.counts == "1 corrected 1 skipped")
    #expect(try bench.facts("a") == ["2026-03-02 service.tickets 1", "2026-03-02 service.tickets_open 1"])
  }

  @Test func goneOfALineWithdrawsTheLinesOfItsSignalOnly() throws {
    let bench = try Workbench()
    try bench.feed(
      tickets.replacing("gone: {status: [deleted]}\n", with: "").replacing("at: closed,", with: "gone: {status: [deleted]}, at: closed,"))
    try bench.take("tickets.csv", header + "T1,a,2026-03-01,2026-03-03,It broke,low,\n")
    try bench.take("tickets.csv", header + "T1,a,2026-03-01,2026-03-03,It broke,low,deleted\n")
    #expect(try bench.facts("a") == ["2026-03-01 service.tickets 1 \"It broke\""])
  }

  @Test func aTicketThatMovesToAnotherAccountLeavesTheFirst() throws {
    let bench = try bench()
    try bench.take("tickets.csv", header + "T1,a,2026-03-01,,x,low,\n")
    #expect(try bench.take("tickets.csv", header + "T1,b,2026-03-01,,x,low,\n").counts == "1 corrected")
    #expect(try bench.facts("a") == [])
    #expect(try bench.facts("b").count == 2)
  }

  @Test func aSecondDifferentRowOfAnIDIsRefused() throws {
    let bench = try bench()
    let text = header + "T1,a,2026-03-01,,x,low,\nT1,a,2026-03-01,,x,low,\nT1,a,2026-03-01,2026-03-02,x,low,\nT2,a,2026-03-01,,x,low,\n"
    let result = try bench.take("tickets.csv", text)
    #expect(result.counts == "2 new 1 unchanged 1 rejected")
    #expect(try bench.remarks(result.importID) == ["duplicate-id 4:1"])
    #expect(try ImportLog.remarks(result.importID ?? 0, bench.history).first?.text == "T1,a,2026-03-01,2026-03-02,x,low,")
  }

  /// A batch is an accident of memory: whatever its size, the same rows are refused and the same facts kept.
  @Test(arguments: [1, 2, 3]) func batchesDoNotShow(rows: Int) throws {
    let text = header + "T1,a,2026-03-01,,x,low,\nT2,a,2026-03-01,,x,low,\nT1,a,2026-03-01,,x,low,\nT1,a,2026-03-01,2026-03-02,x,low,\n"
    let bench = try bench()
    bench.limits.rowsKept = rows
    let result = try bench.take("tickets.csv", text)
    #expect(result.counts == "2 new 1 unchanged 1 rejected")
    #expect(try bench.remarks(result.importID) == ["duplicate-id 5:1"])
    #expect(try bench.facts("a").count == 4)
  }

  private let orders = """
    feed: orders
    match: ["orders*.csv"]
    account: customer
    unknown_accounts: create
    at: time
    signals:
      financial.order_value: {event: [invoice, day], lines: add, value: {multiply: [quantity, price]}, text: note}
      product.logins: {value: 1}
    """

  @Test(arguments: [1, 2, 4, 100]) func linesOfAnInvoiceAdd(rows: Int) throws {
    let bench = try Workbench()
    bench.limits.rowsKept = rows
    bench.limits.facts = rows
    try bench.feed(orders)
    let text = """
      invoice,day,customer,time,quantity,price,note
      1,1,a,2026-03-01T10:00:00,2,1.5,first
      1,1,a,2026-03-01T11:00:00,1,4,second
      1,2,a,2026-03-01T10:00:00,1,9,other
      1,1,a,2026-03-01T10:00:00,-1,0.25,third
      """
    let result = try bench.take("orders.csv", text)
    #expect(result.counts == "4 new")
    let once = [
      "2026-03-01T10:00:00 financial.order_value 6.75 \"first\"", "2026-03-01T10:00:00 financial.order_value 9 \"other\"",
      "2026-03-01T10:00:00 product.logins 3", "2026-03-01T11:00:00 product.logins 1",
    ]
    #expect(try bench.facts("a") == once)
    try bench.run([bench.folder.appendingPathComponent("orders.csv").path]) { $0.again = true }
    #expect(try bench.facts("a") == once)
  }

  @Test func aTextAloneIsAnEventWithoutAValue() throws {
    let bench = try Workbench()
    try bench.feed(
      """
      feed: feedback
      match: ["feedback*.csv"]
      account: account
      unknown_accounts: create
      at: day
      signals: {human.feedback: {event: id, text: words, author: who}}
      """)
    let result = try bench.take(
      "feedback.csv", "id,account,day,words,who\n1,a,2026-03-01,\"Too dear, they said\",dana\n2,a,2026-03-02,,dana\n")
    #expect(result.counts == "1 new 1 skipped")
    #expect(try bench.facts("a") == ["2026-03-01 human.feedback \"Too dear, they said\" by dana"])
  }

  @Test func eventsWithoutAnIDAreAsManyAsOneFileStates() throws {
    let bench = try Workbench()
    try bench.feed(
      """
      feed: calls
      match: ["calls*.csv"]
      account: account
      unknown_accounts: create
      at: day
      signals: {service.tickets: {value: 1}}
      """)
    let header = "account,day\n"
    #expect(try bench.take("calls1.csv", header + "a,2026-03-01\na,2026-03-01\n").counts == "2 new")
    #expect(try bench.take("calls2.csv", header + "a,2026-03-01\na,2026-03-01\na,2026-03-01\n").counts == "1 new 2 unchanged")
    #expect(try bench.facts("a").count == 3)
  }

  @Test func aBlankIDIsRefusedWhereAnEventNeedsIt() throws {
    let bench = try bench()
    try bench.take("tickets.csv", header + "T1,a,2026-03-01,,x,low,\n")
    let result = try bench.take("tickets.csv", header + ",a,2026-03-01,,x,low,\n,a,,,x,low,\n")
    #expect(result.counts == "1 rejected 1 skipped")
    #expect(try bench.remarks(result.importID) == ["blank-id 2:1"])
  }
}
