import Health
import Testing

@testable import Import

/// A feed bound to a header.
struct FeedPlanTests {
  private func feed(_ text: String) throws -> Feed { try FeedFile.read(text: text, file: "f.yaml", catalogue: FeedFileTests.catalogue) }

  @Test func columnsBecomeIndices() throws {
    let feed = try feed(
      """
      feed: f
      account: id
      alias: sub
      at: opened
      null: [NA]
      skip: {state: [x]}
      attributes: {plan: plan}
      attributes_at: file
      signals:
        service.tickets: {event: [ticket, sub], value: {multiply: [n, 2]}, only: {state: [a, b]}, text: note}
        service.tickets_open: {event: ticket, value: 1, at: closed}
        product.feature:{plan}: {value: n}
        financial.renewal_on: {value: opened}
      """)
    let columns = ["id", "sub", "opened", "closed", "ticket", "n", "state", "note", "plan", "spare", "other"]
    let plan = try FeedPlan(feed, columns: columns, file: "x.csv")
    #expect(plan.account == 0 && plan.aliases == [1] && plan.unused == ["spare", "other"] && plan.skip.map(\.column) == [6])
    #expect(plan.times.map(\.column) == [2, 3] && plan.at == 0 && plan.attributesAt == .some(nil))
    #expect(plan.lines.map(\.time) == [0, 1, 0, 0] && plan.lines.map(\.date) == [nil, nil, nil, 0] && plan.lines[0].event == [4, 1])
    #expect(plan.attributes.map(\.column) == [8] && plan.lines[0].text == 7)
    guard case .product(let factors) = plan.lines[0].value, case .column(5) = factors[0], case .constant(2) = factors[1] else {
      Issue.record("\(plan.lines[0].value)")
      return
    }
    guard case .instance("product.feature:", 8) = plan.lines[2].signal else {
      Issue.record("\(plan.lines[2].signal)")
      return
    }
    var reader = try CSVReader(source: MemorySource("s,t\na,\nc,NA\n"), dialect: CSVDialect(), file: "x.csv")
    let condition = FeedPlan.Condition(column: 0, values: [[97], [98]])
    #expect(try reader.next() == .row)
    #expect(condition.holds(reader.row) && plan.isBlank(reader.row[1]))
    #expect(try reader.next() == .row)
    #expect(!condition.holds(reader.row) && plan.isBlank(reader.row[1]) && !plan.isBlank(reader.row[0]))
  }

  @Test func columnsThatAreNotThereOrTwice() throws {
    let feed = try feed("feed: f\naccount: account_id\nname: title\nsignals: {product.logins: {value: logins}}\n")
    do {
      _ = try FeedPlan(feed, columns: ["acount_id", "title", "x", "title", "x", "logins"], file: "x.csv")
      Issue.record("accepted")
    } catch {
      let problems = error
      #expect(problems.all.map(\.name) == ["missing-column", "duplicate-column"])
      #expect(problems.all[0].hint == "did you mean \"acount_id\"?" && problems.all[0].place == Place(file: "x.csv", line: 1))
    }
  }

  @Test func parsersFollowTheZones() throws {
    let feed = try feed(
      "feed: f\naccount: a\nat: {column: t, zone: America/New_York}\nsignals: {product.logins: {value: v}, financial.arr: {value: v, at: {column: u, zone: UTC}}}\n"
    )
    let plan = try FeedPlan(feed, columns: ["a", "t", "u", "v"], file: "x.csv")
    var parsers = try plan.timeParsers(workspaceZone: CalendarZone("Europe/Berlin"))
    let found = try Array("2026-07-15 12:00".utf8).withUnsafeBytes { cell in
      try parsers.indices.map { index in try parsers[index].parse(cell).description }
    }
    #expect(found == ["2026-07-15T18:00:00", "2026-07-15T14:00:00"])
  }
}
