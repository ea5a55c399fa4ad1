import Foundation
import Health
import Testing

@testable import Import

/// What a draft reads out of a file, and what it leaves open.
struct FeedDraftTests {
  private static let catalogue = Catalogue([
    Signal(key: "product.logins", kind: .count, direction: .up), Signal(key: "service.tickets", kind: .event, direction: .middle),
    Signal(key: "financial.days_late", kind: .event, direction: .down),
  ])

  private func draft(_ name: String, _ bytes: [UInt8], known: Set<String> = [], whole: Bool = true) throws -> FeedDraft {
    let sample = try FileSample(bytes: bytes, isWhole: whole, path: "exports/" + name)
    let today = try #require(Day("2026-11-21"))
    return try FeedDraft(sample, name: nil, catalogue: Self.catalogue, today: today) { known.contains($0) }
  }

  private func draft(_ name: String, _ text: String, known: Set<String> = [], whole: Bool = true) throws -> FeedDraft {
    try draft(name, Array(text.utf8), known: known, whole: whole)
  }

  /// The draft as the import reads it; every draft must load.
  private func feed(_ draft: FeedDraft) throws -> Feed {
    try FeedFile.read(text: draft.text, file: "draft.yaml", catalogue: draft.extended(Self.catalogue))
  }

  private func time(_ feed: Feed) -> String {
    switch feed.at {
    case .file: "file"
    case .column(let column): "\(column.name) \(column.format.name)"
    }
  }

  @Test func countsOfANight() throws {
    let draft = try draft(
      "usage_2026-11-20.csv", "customer_id,date,logins,Active Users\nC1,2026-11-20,4,3\nC2,2026-11-19,5,2\nC1,2026-11-19,1,3\n")
    let feed = try feed(draft)
    #expect(draft.name == "usage" && draft.questions.isEmpty)
    #expect(feed.match.map(\.text) == ["usage_*.csv"] && feed.fileDay("usage_2026-12-01.csv") == Day("2026-12-01"))
    #expect(feed.account == "customer_id" && time(feed) == "date iso" && feed.unknownAccounts == .create)
    #expect(feed.lines.map(\.signal) == [.fixed("product.logins"), .fixed("product.active_users")])
    #expect(feed.lines.map(\.kind) == [.count, .gauge])
    #expect(draft.entries.map(\.key) == ["product.active_users"])
    #expect(draft.columns.map(\.becomes) == ["account", "at", "product.logins", "product.active_users"])
    #expect(try self.feed(self.draft("usage.csv", "customer_id,date,logins\nC1,2026-11-20,4\n", known: ["C1"])).unknownAccounts == .reject)
  }

  @Test func dayAndMonthAreNeverGuessed() throws {
    let open = try draft("calls_2026-11-20.csv", "account,day,calls\na,03/04/2026,1\nb,05/06/2026,2\n")
    #expect(open.questions.count == 1 && open.questions[0].contains("dd/MM/yyyy or MM/dd/yyyy"))
    #expect(
      open.text.contains("# at: {column: day, format: dd/MM/yyyy}") && open.text.contains("# at: {column: day, format: MM/dd/yyyy}")
    )
    // Until somebody says so, no file is taken in: not even by the day in its name.
    let feed = try feed(open)
    #expect(feed.needsFileDay && feed.fileDay("calls_2026-11-20.csv") == nil)
    #expect(try time(self.feed(draft("calls.csv", "account,day,calls\na,03/04/2026,1\nb,15/06/2026,2\n"))) == "day dd/MM/yyyy")
    #expect(try time(self.feed(draft("calls.csv", "account,day,calls\na,3/4/2026,1\nb,6/15/2026,2\n"))) == "day M/d/yyyy")
    let name = try draft("seats_03-04-2026.csv", "account,seats\na,1\nb,2\n")
    #expect(
      name.questions.count == 1 && name.text.contains("# day: \"seats_%d-%m-%Y*\"") && name.text.contains("# day: \"seats_%m-%d-%Y*\""))
    #expect(try self.feed(draft("seats_13-04-2026.csv", "account,seats\na,1\nb,2\n")).fileDay("seats_14-05-2026.csv") == Day("2026-05-14"))
  }

  @Test(arguments: [
    ("2026-11-20T08:44:00Z", "iso"), ("20.11.2026 08:44", "dd.MM.yyyy HH:mm"), ("1763628240", "epoch"), ("1763628240123", "epoch_ms"),
    ("20261120", "yyyyMMdd"), ("20 Nov 2026", "dd MMM yyyy"), ("2026/11/20", "yyyy/MM/dd"), ("11/20/2026 8:44 AM", "MM/dd/yyyy h:mm a"),
  ])
  func timesAreReadOffAllValues(value: String, format: String) throws {
    let feed = try feed(draft("log.csv", "account,timestamp,clicks\na,\(value),1\nb,\(value),2\n"))
    #expect(time(feed) == "timestamp \(format)")
  }

  @Test func aSnapshotDescribesAccounts() throws {
    let text = """
      account_id,account_name,segment,signup_date,renews_on,seats,is_trial,arr
      007,Acme Inc,smb,2024-01-31,2027-01-31,12,Yes,"1,200"
      008,Bolt Ltd,enterprise,2023-05-01,2027-02-28,N/A,No,"77,000"
      009,Cedar,smb,2025-03-01,2026-12-31,80,No,900

      """
    let draft = try draft("accounts_2026-11-20.csv", text)
    let feed = try feed(draft)
    #expect(draft.questions.isEmpty && time(feed) == "file" && feed.accountName == "account_name")
    #expect(feed.attributes == [.init(name: "segment", column: "segment"), .init(name: "started", column: "signup_date")])
    #expect(feed.words == ["Yes": 1, "No": 0] && feed.nulls == ["", "N/A"] && feed.number == NumberFormat(thousands: 44))
    #expect(feed.lines.map(\.signal) == ["product.renews_on", "product.seats", "product.is_trial", "financial.arr"].map { .fixed($0) })
    #expect(feed.lines.map(\.kind) == [.date, .gauge, .gauge, .gauge])
  }

  @Test func thingsWithAnIdAreEvents() throws {
    let text = """
      ticket_id,account_id,submitted_at,closed_at,priority,subject,response_minutes
      T1,a,2026-11-18,2026-11-19 03:00:00,high,Login fails,74
      T2,a,2026-11-18,,low,Slow,15
      T3,b,2026-11-19,,high,Slow again,9

      """
    let draft = try draft("tickets.csv", text)
    let feed = try feed(draft)
    #expect(time(feed) == "submitted_at iso" && feed.lines.allSatisfy { $0.event == ["ticket_id"] })
    #expect(feed.lines.map(\.signal) == [.fixed("service.tickets"), .fixed("service.response_minutes")])
    #expect(feed.lines[0].text == "subject" && feed.lines[0].value == .constant(1) && feed.lines[1].kind == .event)
    #expect(feed.attributes.isEmpty)  // a ticket's priority is none of its account
    #expect(draft.text.contains("- {line: close, event: ticket_id, at: {column: closed_at, format: iso}, value: -1}"))
  }

  @Test func anIdThatComesTwiceIsOneWithTheAccountAndTheDay() throws {
    let rows = (1...40).map { "U\($0 % 39),S\($0),2026-10-\(10 + $0 % 20),\($0)\n" }.joined()
    let feed = try feed(draft("usage.csv", "usage_id,subscription_id,usage_date,usage_count\n" + rows))
    #expect(feed.lines.allSatisfy { $0.event == ["usage_id", "subscription_id"] } && feed.account == "subscription_id")
  }

  @Test func howTheFileIsWrittenIsFoundOut() throws {
    let semicolons = try feed(draft("a.csv", "account;day;logins\na;2026-11-20;1\n\"b;c\";2026-11-20;2\n"))
    #expect(semicolons.dialect.delimiter == UInt8(ascii: ";"))
    let tabs = try feed(draft("a.tsv", "account\tday\tlogins\na, b\t2026-11-20\t1\n"))
    #expect(tabs.dialect.delimiter == 9 && tabs.account == "account")
    let quotes = try feed(draft("a.csv", "account|day|logins\n'a|b'|2026-11-20|1\n'c'|2026-11-20|1\n"))
    #expect(quotes.dialect.delimiter == UInt8(ascii: "|") && quotes.dialect.quote == UInt8(ascii: "'"))
    let none = try feed(draft("a.csv", "account,day,logins\n5\" pipe,2026-11-20,1\n6\" pipe,2026-11-20,2\n"))
    #expect(none.dialect.quote == nil)
    let windows = try feed(draft("a.csv", Array("account,day,logins\nCaf".utf8) + [0xE9] + Array(",2026-11-20,1\n".utf8)))
    #expect(windows.dialect.encoding == .windows1252)
    let headless = try draft("logins.csv", "a,2026-11-20,1\nb,2026-11-20,2\n")
    #expect(try feed(headless).dialect.header == ["column_1", "column_2", "column_3"] && headless.text.contains("account: \"?\""))
    let integers = try feed(draft("a.csv", "CustomerID,day,logins\n17850.0,2026-11-20,1\n,2026-11-20,2\n12583.0,2026-11-20,2\n"))
    #expect(integers.accountIsInteger && integers.skip == [.init(column: "CustomerID", values: [""])])
    #expect(throws: Problem.self) { try draft("a.csv", [0xFF, 0xFE, 0x61, 0, 0x0A, 0]) }
  }

  @Test func jsonLines() throws {
    let text = """
      {"user":{"id":"39"},"page":"Home","ts":1541105830796,"length":null,"paid":true}
      {"user":{"id":"8"},"page":"Next","ts":1541106106796,"length":288.9922,"paid":false}

      """
    let draft = try draft("2018-11-01-events.json", text)
    let feed = try feed(draft)
    #expect(feed.format == .jsonl && feed.account == "user.id" && time(feed) == "ts epoch_ms" && draft.name == "events")
    #expect(feed.match.map(\.text) == ["*-events.json"] && feed.fileDay("2018-11-30-events.json") == Day("2018-11-30"))
    #expect(feed.lines.map(\.value) == [.column("length"), .column("paid")])
  }

  @Test func whatCannotBeToldIsAsked() throws {
    let draft = try draft("x.csv", "colour,weight\nred,1\nblue,2\n")
    #expect(draft.questions.count == 2 && draft.questions[0].hasPrefix("which column is the account?"))
    #expect(try feed(draft).account == "?")
    let codes = try self.draft("x.csv", "account,day,zip,order_number,share\na,2026-11-20,01067,5001,\"1,5\"\n")
    #expect(try feed(codes).lines.isEmpty && codes.columns.suffix(3).allSatisfy { $0.becomes == nil })
    let future = try self.draft("x.csv", "account,date,seats\na,2027-11-20,1\na,2028-11-20,1\n")
    #expect(try time(feed(future)) == "file" && future.questions.count == 1)
  }

  @Test func onlyTheBeginningIsRead() throws {
    let text = "account,day,note\n" + (1...500).map { "a\($0),2026-11-20,\"two\nlines\"\n" }.joined()
    let cut = Array(text.utf8.prefix(3000))
    let draft = try draft("notes.csv", cut, whole: false)
    #expect(!draft.isWhole && draft.rows > 50 && draft.rows < 500 && !draft.text.contains("could not be read"))
  }

  /// Names and cells from everywhere must not break out of the YAML that they are written into.
  @Test func namesOfColumnsAreOnlyNames() throws {
    let names = ["account", "day", "a: b", "#c", "\"d\"", "{e}", "x\u{2028}y", "null", "1", "é\t"]
    let header = names.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ",")
    let draft = try draft(
      "x.csv", header + "\n" + (1...3).map { "a\($0),2026-11-20," + (1...8).map(String.init).joined(separator: ",") + "\n" }.joined())
    let read = try feed(draft)
    #expect(read.lines.count == 8)
    let columns = read.lines.map { line -> String in if case .column(let name) = line.value { name } else { "" } }
    #expect(columns == ["a: b", "#c", "\"d\"", "{e}", "x\u{2028}y", "null", "1", "é\t"])
  }
}
