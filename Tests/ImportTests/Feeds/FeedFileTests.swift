import Health
import Testing

@testable import Import

/// The feed language: what each key means.
struct FeedFileTests {
  static let catalogue = Catalogue([
    Signal(key: "product.logins", kind: .count), Signal(key: "service.tickets", kind: .event),
    Signal(key: "service.tickets_open", kind: .balance),
    Signal(key: "service.urgent", kind: .event), Signal(key: "financial.order_value", kind: .event),
    Signal(key: "product.usage", kind: .event),
    Signal(key: "product.feature:*", kind: .count), Signal(key: "financial.arr", kind: .gauge),
    Signal(key: "financial.renewal_on", kind: .date),
    Signal(key: "product.plan", kind: .label),
  ])

  static let design = """
    feed: tickets
    match: ["support_tickets*.csv"]
    after: [accounts, subscriptions]   # aliases
    format: csv
    account: account_id
    alias: [subscription_id]
    name: account_name
    unknown_accounts: create
    at: {column: submitted_at, format: dd/MM/yyyy HH:mm, zone: Europe/Berlin}
    null: ["", "NA", "?"]
    skip: {CustomerID: [""], status: test}
    values: {"Yes": 1, "No": 0}
    attributes: {segment: company_size, csm: owner_name, started: signup_date}
    max_rejects: 5%
    gone: {status: [deleted]}
    signals:
      product.logins: {value: logins}
      service.tickets: {event: ticket_id, value: 1, text: subject, author: agent}
      service.tickets_open:
        - {line: open,  event: ticket_id, at: submitted_at, value: 1}
        - {line: close, event: ticket_id, at: {column: closed_at, format: iso}, value: -1, future: keep}
      service.urgent: {event: ticket_id, value: 1, only: {priority: [urgent, high]}}
      financial.order_value: {event: [InvoiceNo], lines: add, value: {multiply: [Quantity, UnitPrice]}}
      product.usage: {event: [usage_id, subscription_id, usage_date], value: usage_count, gone: {state: "off"}}
      product.feature:{feature_name}: {value: usage_count, at: file}
      product.feature:export: {value: {column: "1"}}
      financial.renewal_on: {value: {column: renews, format: M/d/yyyy}}
    """

  private func read(_ text: String) throws -> Feed { try FeedFile.read(text: text, file: "f.yaml", catalogue: FeedFileTests.catalogue) }

  @Test func everyKeyOfTheDesign() throws {
    let feed = try read(FeedFileTests.design)
    #expect(feed.name == "tickets" && feed.after == ["accounts", "subscriptions"] && feed.format == .csv)
    #expect(
      feed.account == "account_id" && !feed.accountIsInteger && feed.aliases == ["subscription_id"] && feed.accountName == "account_name")
    #expect(feed.unknownAccounts == .create && feed.nulls == ["", "NA", "?"] && feed.words == ["Yes": 1, "No": 0])
    #expect(feed.skip == [.init(column: "CustomerID", values: [""]), .init(column: "status", values: ["test"])])
    #expect(feed.gone == [.init(column: "status", values: ["deleted"])] && feed.maxRejects == .share(0.05))
    #expect(
      feed.attributes.map(\.name) == ["segment", "csm", "started"]
        && feed.attributes.map(\.column) == ["company_size", "owner_name", "signup_date"])
    let pattern = try TimeFormat("dd/MM/yyyy HH:mm")
    let submitted = Feed.TimeColumn(name: "submitted_at", format: pattern, zone: "Europe/Berlin")
    #expect(feed.at == .column(submitted) && feed.attributesAt == nil && feed.day == nil && !feed.isComplete)

    let lines = feed.lines
    #expect(lines.map(\.kind) == [.count, .event, .balance, .balance, .event, .event, .event, .count, .count, .date])
    #expect(lines[0].value == .column("logins") && lines[0].at == feed.at)
    #expect(lines[1].event == ["ticket_id"] && lines[1].value == .constant(1) && lines[1].text == "subject" && lines[1].author == "agent")
    #expect(lines[2].name == "open" && lines[2].ordinal == 0 && lines[3].name == "close" && lines[3].ordinal == 1)
    #expect(lines[2].at == .column(submitted))
    #expect(lines[3].at == .column(.init(name: "closed_at", format: .iso, zone: "Europe/Berlin")) && lines[3].value == .constant(-1))
    #expect(lines[3].keepsFuture && !lines[2].keepsFuture)
    #expect(lines[4].only == [.init(column: "priority", values: ["urgent", "high"])])
    #expect(lines[5].adds && lines[5].value == .product([.column("Quantity"), .column("UnitPrice")]))
    #expect(lines[6].event == ["usage_id", "subscription_id", "usage_date"] && lines[6].gone == [.init(column: "state", values: ["off"])])
    #expect(lines[7].signal == .instance(prefix: "product.feature:", column: "feature_name") && lines[7].at == .file)
    #expect(lines[8].signal == .fixed("product.feature:export") && lines[8].value == .column("1"))
    #expect(try lines[9].date == .init(name: "renews", format: TimeFormat("M/d/yyyy"), zone: "Europe/Berlin"))
  }

  @Test func theLongFormAndSnapshots() throws {
    let long = try read(
      "feed: bench\nmatch: [a.csv, 'b*.csv']\naccount: {column: id, as: integer}\nsignal: signal\nat: observed_at\nvalue: value\nevent: ref\ntext: note\n"
    )
    #expect(long.accountIsInteger && long.account == "id" && long.lines.count == 1 && long.lines[0].kind == nil)
    #expect(long.lines[0].signal == .column("signal") && long.lines[0].value == .column("value") && long.lines[0].event == ["ref"])
    #expect(
      long.at == .column(.init(name: "observed_at", format: .iso, zone: nil)) && long.lines[0].at == long.at && long.lines[0].text == "note"
    )
    let snapshot = try read(
      """
      feed: accounts
      account: account
      at: file
      day: "accounts_%Y-%m-%d*"
      attributes: {segment: segment}
      attributes_at: started
      blank: clear
      complete: day
      max_rejects: 20
      number: {thousands: ",", percent: true}
      delimiter: tab
      quote: none
      encoding: windows-1252
      comment: "#"
      header: [account, segment, started]
      """)
    #expect(
      snapshot.at == .file && snapshot.attributesAt == .column(.init(name: "started", format: .iso, zone: nil))
        && snapshot.clearsBlankAttributes)
    #expect(snapshot.isComplete && snapshot.maxRejects == .rows(20) && snapshot.number == NumberFormat(thousands: 44, percent: true))
    #expect(
      try snapshot.dialect
        == CSVDialect(delimiter: 9, quote: nil, comment: 35, encoding: .windows1252, header: ["account", "segment", "started"]))
    #expect(snapshot.fileDay("accounts_2025-12-30.csv") == Day("2025-12-30"))
  }

  @Test func whatIsWrongIsNamedAtItsPlace() throws {
    let head = "feed: f\naccount: a\n"
    let vectors: [(String, String, Int, Int)] = [
      ("feed: f\naccount: a\nsignal: s\n", "missing-key", 1, 1), ("account: a\nname: n\n", "missing-key", 1, 1),
      ("feed: f\nname: n\n", "missing-key", 1, 1),
      (head, "empty-feed", 1, 1), ("feed: F 1\naccount: a\nname: n\n", "bad-feed-name", 1, 7),
      (head + "name: n\nnam: n\n", "unknown-key", 4, 1),
      (head + "signals:\n  product.login: {value: v}\n", "unknown-signal", 4, 3),
      (head + "signals:\n  product.feature:*: {value: v}\n", "pattern-without-column", 4, 3),
      (head + "signals:\n  product.thing:{x}: {value: v}\n", "unknown-signal", 4, 3),
      (head + "signals:\n  product.feature{x}: {value: v}\n", "bad-pattern-key", 4, 3),
      (head + "signals:\n  financial.arr: {value: v, event: e}\n", "unfit-line", 4, 29),
      (head + "signals:\n  financial.arr: {at: t}\n", "missing-key", 4, 18),
      (head + "signals:\n  product.logins: {value: v, lines: add}\n", "unfit-line", 4, 30),
      (head + "signals:\n  service.tickets: {at: t}\n", "missing-key", 4, 20),
      (head + "signals:\n  service.tickets_open: {event: e}\n", "missing-key", 4, 25),
      (head + "signals:\n  service.tickets: {value: 1, lines: add}\n", "missing-key", 4, 31),
      (head + "signals:\n  financial.renewal_on: {value: 3}\n", "unfit-line", 4, 33),
      (head + "signals:\n  product.plan: {value: {multiply: [a, b]}}\n", "unfit-line", 4, 25),
      (head + "signals:\n  product.plan: {value: {column: p, format: iso}}\n", "unfit-line", 4, 37),
      (head + "signals:\n  product.logins: {value: v, valu: v}\n", "unknown-key", 4, 30),
      (head + "signals:\n  service.tickets_open: [{line: x, value: 1}, {line: x, value: 2}]\n", "duplicate-line", 4, 48),
      (head + "signals:\n  service.tickets_open: {line: '1', value: 1}\n", "bad-line-name", 4, 32),
      (head + "signals:\n  product.logins: {value: {multiply: [a]}}\n", "bad-multiply", 4, 38),
      (head + "signals:\n  product.logins: {value: v, future: maybe}\n", "unknown-word", 4, 38),
      (head + "name: n\nvalue: v\n", "misplaced-key", 4, 1), (head + "signal: s\nvalue: v\nsignals: {}\n", "two-forms", 5, 1),
      (head + "name: n\nday: 'x_%Y'\n", "bad-day-pattern", 4, 6),
      (head + "name: n\nat: {column: t, format: DD/MM}\n", "bad-time-format", 4, 25),
      (head + "name: n\nat: {column: t, zone: Mars}\n", "unknown-zone", 4, 23), (head + "name: n\ndelimiter: ab\n", "bad-dialect", 4, 12),
      (head + "name: n\ndelimiter: '\"'\n", "bad-dialect", 4, 1), (head + "name: n\nencoding: utf8\n", "unknown-encoding", 4, 11),
      (head + "name: n\nformat: jsonl\nquote: none\n", "option-of-csv", 5, 1),
      (head + "name: n\nnumber: {thousands: '.'}\n", "bad-thousands", 4, 21),
      (head + "name: n\nheader: [a, b, a]\n", "duplicate-column", 4, 9), (head + "name: n\nmax_rejects: -1\n", "wrong-type", 4, 14),
      (head + "complete: day\nsignals:\n  service.tickets: {event: e}\n", "complete-with-events", 3, 11),
      (head + "complete: day\nsignals:\n  product.logins: {value: v, at: t}\n", "complete-with-times", 3, 11),
      (head + "name: n\nblank: zero\n", "unknown-word", 4, 8), (head + "signal: s\nvalue: v\nlines: add\n", "missing-key", 5, 1),
    ]
    for (text, name, line, column) in vectors {
      do {
        _ = try read(text)
        Issue.record("accepted: \(text)")
      } catch let problems as Problems {
        let found = problems.all.map { "\($0.name) \($0.place?.line ?? 0):\($0.place?.column ?? 0)" }
        #expect(found == ["\(name) \(line):\(column)"], "\(text)")
        #expect(problems.all.allSatisfy { $0.place?.file == "f.yaml" })
      }
    }
  }

  @Test func anUndeclaredSignalComesWithTheLineToAdd() throws {
    let found = problem { _ = try read("feed: f\naccount: a\nsignals: {product.login: {value: v}}\n") }
    #expect(
      found?.hint
        == "did you mean product.logins? If not, declare it in signals.yaml: product.login: {kind: gauge, unit: …, direction: up, says: …}")
  }

  @Test func theHashIsOfTheDefinition() throws {
    let feed = try read("feed: f\naccount: a\nname: n\nnull: [NA]\n")
    let same = try read("# a comment\nname:    n\nnull:\n  - \"NA\"\naccount: a\nfeed: f\n")
    #expect(feed.hash == same.hash && feed.hash.count == 16)
    for other in [
      "feed: f\naccount: a\nname: m\nnull: [NA]\n", "feed: f\naccount: a\nname: n\nnull: [N, A]\n", "feed: f\naccount: a\nname: n\n",
    ] {
      #expect(try read(other).hash != feed.hash)
    }
  }

  @Test func theOrderOfFeeds() throws {
    func feed(_ name: String, after: String) throws -> Feed { try read("feed: \(name)\nafter: [\(after)]\naccount: a\nname: n\n") }
    let line = try [feed("c", after: "b, a"), feed("b", after: "a"), feed("a", after: "")]
    #expect(FeedOrder.check(line).isEmpty && FeedOrder.ranks(line) == ["a": 0, "b": 1, "c": 2])
    let circle = try [feed("a", after: "c"), feed("b", after: "a"), feed("c", after: "b"), feed("d", after: "a")]
    let found = FeedOrder.check(circle)
    #expect(found.map(\.name) == ["cyclic-after"] && found.first?.message == "the feeds wait for each other: a after c after b after a")
    #expect(found.first?.place?.line == 2)
    // A feed that only waits for a circle is not part of it.
    let entered = try FeedOrder.check([feed("a", after: "c"), feed("b", after: "c"), feed("c", after: "b")])
    #expect(entered.map(\.message) == ["the feeds wait for each other: b after c after b"])
    #expect(FeedOrder.check(try [feed("a", after: "a")]).map(\.name) == ["cyclic-after"])
    #expect(FeedOrder.check(try [feed("tickets", after: ""), feed("b", after: "ticket")]).first?.hint == "did you mean tickets?")
    #expect(FeedOrder.check(try [feed("a", after: ""), feed("a", after: "")]).map(\.name) == ["duplicate-feed"])
  }
}
