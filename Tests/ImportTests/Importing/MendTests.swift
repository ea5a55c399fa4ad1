import Foundation
import Health
import Import
import Storage
import Testing

/// Refused rows written out, mended, and taken in again.
struct MendTests {
  private let usage = """
    feed: usage
    match: ["usage*.csv"]
    day: "usage_%Y-%m-%d*"
    account: account
    unknown_accounts: create
    at: file
    signals:
      product.logins: {value: logins}
      product.seats: {value: seats}
    """

  private func bench(_ feed: String? = nil) throws -> Workbench {
    let bench = try Workbench()
    try bench.feed(feed ?? usage)
    return bench
  }

  /// Writes the refused rows of an import, mended by `change`, and imports them.
  private func mend(
    _ id: Int?, _ bench: Workbench, _ change: (String) -> String, _ adjust: (inout ImportOptions) -> Void = { _ in }
  ) throws -> ImportResult {
    let record = try ImportLog.one(id ?? 0, bench.history)
    let rows = try RefusedRows(record.id, bench.history)
    #expect(rows.remarks.isEmpty)
    return try bench.take("mended.csv", change(String(decoding: rows.bytes, as: UTF8.self))) {
      $0.mends = record
      adjust(&$0)
    }
  }

  @Test func refusedRowsComeAsTheyStoodInTheFileUnderItsHeader() throws {
    let bench = try bench(usage.replacing("at: file", with: "at: file\ndelimiter: \";\"\nquote: \"'\"\nencoding: windows-1252"))
    let head: [UInt8] = Array("account;'logins';seats;caf".utf8) + [0xE9, 0x0A]
    let bad: [UInt8] = Array("'b\nb';x;1;".utf8) + [0x80, 0x0A] + Array("a;\"1\";1;z\n".utf8) + Array("b;1;y;''''\n".utf8)
    let undecodable: [UInt8] = Array("u;1;1;".utf8) + [0x81, 0x0A]
    let path = try bench.write(
      "usage_2026-03-01.csv", head + Array("a;1;1;\n".utf8) + bad + Array("c;2;2;\n".utf8) + undecodable)
    let result = try bench.run([path]) { $0.maxRejects = .rows(4) }[0]
    #expect(result.counts == "2 new 4 rejected")
    #expect(try ImportLog.remarks(result.importID ?? 0, bench.history).first?.text == "'b\nb';x;1;€")
    let rows = try RefusedRows(result.importID ?? 0, bench.history)
    #expect(rows.bytes == head + bad + undecodable && rows.count == 4 && rows.remarks.isEmpty)
  }

  @Test func aRowTooLongToBeKeptIsLeftOutAndSaidSo() throws {
    let bench = try bench()
    let long = String(repeating: "x", count: 70_000)
    let kept = String(repeating: "y", count: 60_000)
    let result = try bench.take("usage_2026-03-01.csv", "account,logins,seats\na,\(long),1\nb,\(kept),1\n")
    let rows = try RefusedRows(result.importID ?? 0, bench.history)
    #expect(String(decoding: rows.bytes, as: UTF8.self) == "account,logins,seats\nb,\(kept),1\n")
    #expect(rows.remarks == ["1 row is longer than 65536 bytes, and left out: mend the file itself"])
  }

  @Test func mendedRowsGoInAsTheImportsOwn() throws {
    let bench = try bench()
    let first = try bench.take("usage_2026-03-01.csv", "account,logins,seats\na,1,1\nb,x,2\n")
    try bench.take("usage_2026-03-02.csv", "account,logins,seats\na,1,5\nb,1,6\n")
    let mended = try mend(first.importID, bench, { $0.replacing("x", with: "7") })
    #expect(mended.counts == "1 new" && mended.fileDay == Day("2026-03-01") && mended.mends == first.importID)
    #expect(try bench.facts("b").filter { $0.contains("03-01") } == ["2026-03-01 product.logins 7", "2026-03-01 product.seats 2"])
    #expect(try ImportLog.one(mended.importID ?? 0, bench.history).mends == first.importID)
    // Once more it is known; and so is the file that had the rows, whose rejects are settled.
    #expect(
      try bench.run([bench.folder.appendingPathComponent("mended.csv").path]) { $0.mends = try? ImportLog.one(1, bench.history) }
        .map(\.state) == [.already])
    try bench.feed("feed: other\nmatch: [\"o*.csv\"]\naccount: account\nunknown_accounts: create\nname: name\nat: day")
    try bench.take("other.csv", "account,name,day\nnew,New,2026-03-01\n")
    let file = bench.folder.appendingPathComponent("usage_2026-03-01.csv").path
    #expect(try bench.run([file]).map(\.state) == [.already])
    // Without the mended rows it is read again, since an account came up that a refused row may have meant.
    try bench.revert(mended.importID)
    #expect(try bench.run([file]).map(\.state) == [.imported])
  }

  @Test func aCompleteDayStaysWhatItIs() throws {
    let bench = try bench(usage + "\ncomplete: day")
    try bench.take("usage_2026-03-01.csv", "account,logins,seats\nz,1,1\n")
    let first = try bench.take("usage_2026-03-01.csv", "account,logins,seats\na,1,1\nb,x,2\n")
    let mended = try mend(first.importID, bench, { $0.replacing("x", with: "7") })
    #expect(try ImportLog.detail(mended.importID ?? 0, bench.history).covers.isEmpty)
    #expect(
      try bench.state() == [
        "a 2026-03-01 product.logins 1", "a 2026-03-01 product.seats 1", "b 2026-03-01 product.logins 7", "b 2026-03-01 product.seats 2",
      ])
    // The whole file anew says everything about its day again, and names what it hides.
    let again = try bench.run([bench.folder.appendingPathComponent("usage_2026-03-01.csv").path]) { $0.again = true }[0]
    #expect(
      again.remarks.last
        == "it covers the rows that import 3 (mended.csv) had mended; if they are refused again, mend them again with --mends 4")
    #expect(try bench.facts("b").isEmpty)
  }

  @Test func amountsAddUpWithThoseOfTheImport() throws {
    let bench = try bench()
    let first = try bench.take("usage_2026-03-01.csv", "account,logins,seats\na,1,1\na,x,\na,2,\n")
    let mended = try mend(first.importID, bench, { $0.replacing("x", with: "4") + "a,8,\n" })
    #expect(mended.counts == "2 corrected")
    #expect(try bench.facts("a") == ["2026-03-01 product.logins 15", "2026-03-01 product.seats 1"])
    // What leans on the import is asked for again when that is taken back.
    #expect(try ImportLog.leaning(on: first.importID ?? 0, bench.history).map(\.record.id) == [mended.importID])
  }

  /// The second file says what the first one did, so nothing of it was written that the mended rows could add to.
  @Test func amountsAddUpWithThoseOfAFileThatWasSentAgain() throws {
    let text = "account,logins,seats\na,1,1\na,x,\na,2,\n"
    let bench = try bench()
    try bench.take("usage_2026-03-01.csv", text)
    let again = try bench.take("usage_2026-03-01.csv", text) { $0.again = true }
    #expect(again.counts == "2 unchanged 1 rejected")
    #expect(try mend(again.importID, bench, { $0.replacing("x", with: "4") }).counts == "1 corrected")
    #expect(try bench.facts("a") == ["2026-03-01 product.logins 7", "2026-03-01 product.seats 1"])
    // A file without refused rows said all that it had to say.
    let whole = try bench.take("usage_2026-03-02.csv", "account,logins,seats\nb,5,\n")
    let part = try bench.take("usage_2026-03-02.csv", "account,logins,seats\nb,x,\nc,1,\n")
    #expect(whole.counts == "1 new" && part.counts == "1 new 1 rejected")
    try mend(part.importID, bench, { $0.replacing("x", with: "6") })
    #expect(try bench.facts("b") == ["2026-03-02 product.logins 6"])
  }

  /// What is refused once more is mended once more, by the number of the import that refused it last.
  @Test func rowsCanBeMendedInSteps() throws {
    let bench = try bench()
    let first = try bench.take("usage_2026-03-01.csv", "account,logins,seats\na,1,1\na,x,\na,y,\n")
    let second = try mend(first.importID, bench, { $0.replacing("x", with: "4") })
    #expect(second.counts == "1 corrected 1 rejected")
    let third = try mend(second.importID, bench, { $0.replacing("y", with: "8") })
    #expect(third.counts == "1 corrected" && third.mends == second.importID)
    #expect(try bench.facts("a") == ["2026-03-01 product.logins 13", "2026-03-01 product.seats 1"])
  }

  @Test func linesOfAnInvoiceAndEqualRowsAddUpToo() throws {
    let bench = try bench(
      """
      feed: orders
      match: ["orders*.csv"]
      account: account
      unknown_accounts: create
      at: day
      signals:
        financial.order_value: {event: invoice, lines: add, value: {multiply: [count, price]}, text: note}
        service.tickets: {value: 1}
      """)
    let first = try bench.take(
      "orders.csv", "account,day,invoice,count,price,note\na,2026-03-01,I1,2,10,first\na,2026-03-01,I1,x,5,second\na,2026-03-01,I2,1,1,\n")
    #expect(try bench.facts("a").filter { $0.contains("tickets") }.count == 2)
    let mended = try mend(first.importID, bench, { $0.replacing("x", with: "3") })
    #expect(mended.counts == "1 corrected")
    #expect(
      try bench.facts("a") == [
        "2026-03-01 financial.order_value 1", "2026-03-01 financial.order_value 35 \"first\"", "2026-03-01 service.tickets 1",
        "2026-03-01 service.tickets 1", "2026-03-01 service.tickets 1",
      ])
  }

  @Test func ofAFailedOrRevertedImportOnlyTheMendedRowsAreIn() throws {
    let bench = try bench()
    let failed = try bench.take("usage_2026-03-01.csv", "account,logins,seats\na,1,1\nb,x,2\n") { $0.maxRejects = .rows(0) }
    #expect(failed.state == .failed)
    let mended = try mend(failed.importID, bench, { $0.replacing("x", with: "7") })
    #expect(
      mended.remarks == ["import 1 failed, so only the mended rows are in, not those that were right; import the whole file for these"])
    #expect(try bench.state() == ["b 2026-03-01 product.logins 7", "b 2026-03-01 product.seats 2"])
    let whole = try bench.take("usage_2026-03-01.csv", "account,logins,seats\na,1,1\nb,x,2\n")
    #expect(whole.counts == "1 new 1 rejected")
    try bench.revert(whole.importID)
    #expect(try mend(whole.importID, bench, { $0.replacing("x", with: "8") }).remarks.first?.hasPrefix("import 3 is reverted") == true)
  }

  @Test func linesOfJSONAreMendedAsLines() throws {
    let feed = usage.replacing(".csv", with: ".jsonl").replacing("at: file", with: "at: file\nformat: jsonl")
    let bench = try bench(feed)
    let first = try bench.take(
      "usage_2026-03-01.jsonl", "{\"account\":\"a\",\"logins\":1,\"seats\":2}\n{\"account\":\"b\",\"logins\":\"ü\"}\n")
    #expect(first.counts == "1 new 1 rejected")
    #expect(try RefusedRows(1, bench.history).bytes == Array("{\"account\":\"b\",\"logins\":\"ü\"}\n".utf8))
    // The few rows need not have every column.
    #expect(try mend(first.importID, bench, { $0.replacing("\"ü\"", with: "3") }).counts == "1 new")
    #expect(try bench.facts("b") == ["2026-03-01 product.logins 3"])
  }

  @Test func aFeedThatReadsOtherwiseByNowIsRefused() throws {
    let bench = try bench()
    let first = try bench.take("usage_2026-03-01.csv", "account,logins,seats\na,1,1\nb,x,2\n")
    try bench.feed(usage + "\ndelimiter: \";\"")
    let result = try mend(first.importID, bench, { $0 })
    #expect(result.state == .failed && result.problem?.name == "other-form")
    let older = try bench.take("usage_2026-03-03.csv", "account;logins;seats\na;1;1\n")
    #expect(try RefusedRows(older.importID ?? 0, bench.history).remarks == ["no row of import \(older.importID ?? 0) was refused"])
    #expect(problem { _ = try RefusedRows(99, bench.history) }?.name == "unknown-import")
  }
}
