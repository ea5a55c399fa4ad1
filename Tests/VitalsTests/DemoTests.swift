import Health
import Testing

import vitals

/// The demo's files as read back by a small CSV reader of the tests' own, never by looking into the story.
private struct DemoData: Sendable {
  struct File: Sendable {
    var feed: String
    var day: Day
    var header: [String]
    var rows: [[String]]
  }

  var files: [File] = []
  var nights: [Day] = []

  static let shared = DemoData()

  init() {
    for night in DemoNights() {
      nights.append(night.day)
      for file in night.files {
        var lines = DemoData.rows(file.content)
        let header = lines.removeFirst()
        let feed = String(file.name.prefix { $0 != "_" })
        #expect(file.name == "\(feed)_\(night.day).csv")
        files.append(File(feed: feed, day: night.day, header: header, rows: lines))
      }
    }
  }

  func feed(_ name: String) -> [File] { files.filter { $0.feed == name } }

  /// All rows of a feed by column names, with the night of their file.
  func each(_ feed: String, _ columns: [String], _ body: (Day, [String]) -> Void) {
    for file in self.feed(feed) {
      let places = columns.map { file.header.firstIndex(of: $0) ?? -1 }
      for row in file.rows { body(file.day, places.map { row[$0] }) }
    }
  }

  /// RFC 4180 without surprises: quotes, doubled quotes, line feeds.
  private static func rows(_ bytes: [UInt8]) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var cell: [UInt8] = []
    var isQuoted = false
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\""):
        // A doubled quote closes and opens again: the second one belongs to the text.
        if !isQuoted, cell.last == 0 { cell[cell.count - 1] = byte } else if isQuoted { cell.append(0) }
        isQuoted.toggle()
      case UInt8(ascii: ",") where !isQuoted, UInt8(ascii: "\n") where !isQuoted:
        row.append(String(decoding: cell.filter { $0 != 0 }, as: UTF8.self))
        cell.removeAll(keepingCapacity: true)
        if byte == UInt8(ascii: "\n") {
          rows.append(row)
          row.removeAll(keepingCapacity: true)
        }
      default: cell.append(byte)
      }
    }
    #expect(cell.isEmpty && row.isEmpty && !isQuoted)
    return rows
  }
}

@Suite("The demo's nightly files") struct DemoTests {
  private let data = DemoData.shared

  @Test func coverTwoYearsNightByNight() {
    #expect(data.nights.first?.description == "2024-11-01")
    #expect(data.nights.last?.description == "2026-10-31")
    #expect(data.nights.count == 730)
    #expect(zip(data.nights, data.nights.dropFirst()).allSatisfy { $1 - $0 == 1 })
    #expect(data.feed("accounts").count == 730)
    #expect(data.feed("tickets").count == 730)
    #expect(data.feed("invoices").allSatisfy { $0.day.weekday == 0 })
    #expect(data.feed("crm").allSatisfy { $0.day.weekday < 5 })
    for feed in ["marketing", "reviews"] { #expect(data.feed(feed).count == 104 && data.feed(feed).allSatisfy { $0.day.weekday == 0 }) }
  }

  @Test func areTheSameEveryTime() {
    for (a, b) in zip(DemoNights().prefix(45), DemoNights(DemoStory())) {
      #expect(a.day == b.day)
      #expect(a.files.map(\.name) == b.files.map(\.name))
      #expect(a.files.map(\.content) == b.files.map(\.content))
    }
  }

  @Test func haveAsManyCellsAsTheirHeader() {
    for file in data.files { #expect(file.rows.allSatisfy { $0.count == file.header.count }, "\(file.feed) \(file.day)") }
  }

  @Test func nameEachThingOnceInAFile() {
    let identity = [
      "accounts": ["account"], "usage": ["account", "day"], "tickets": ["ticket"], "crm": ["entry"], "invoices": ["invoice"],
      "pulses": ["pulse"], "outcomes": ["entry"], "marketing": ["account"], "reviews": ["account"], "voices": ["entry"],
    ]
    for file in data.files {
      let places = (identity[file.feed] ?? []).compactMap { file.header.firstIndex(of: $0) }
      #expect(!places.isEmpty)
      #expect(Set(file.rows.map { row in places.map { row[$0] } }).count == file.rows.count, "\(file.feed) \(file.day)")
    }
  }

  @Test func speakOfNoDayToCome() {
    for (feed, column) in [
      ("usage", "day"), ("tickets", "opened"), ("tickets", "closed"), ("crm", "day"), ("invoices", "sent_on"), ("invoices", "paid_on"),
      ("pulses", "day"), ("outcomes", "day"), ("voices", "day"), ("reviews", "renewed_on"),
    ] {
      data.each(feed, [column]) { night, cells in
        if let day = Day(String(cells[0].prefix(10))) { #expect(day <= night) } else { #expect(cells[0].isEmpty) }
      }
    }
  }

  @Test func speakOfTwoHundredAccountsBetweenTheirStartAndTheirEnd() {
    var started: [String: Day] = [:]
    var lastSeen: [String: Day] = [:]
    data.each("accounts", ["account", "started"]) { night, cells in
      #expect(started[cells[0], default: Day(cells[1]) ?? Day(0)].description == cells[1])
      started[cells[0]] = Day(cells[1])
      lastSeen[cells[0]] = night
    }
    #expect(started.count == 200)
    for (account, left) in outcomes("churn") { #expect(lastSeen[account] == left.day - 1) }
    for (feed, column) in [
      ("usage", "day"), ("tickets", "opened"), ("crm", "day"), ("invoices", "sent_on"), ("pulses", "day"), ("voices", "day"),
    ] {
      data.each(feed, ["account", column]) { _, cells in
        guard let start = started[cells[0]], let day = Day(String(cells[1].prefix(10))) else { return }
        #expect(day >= start)
      }
    }
  }

  @Test func haveTheOutcomesPromised() {
    var seen: [String: Set<String>] = [:]
    data.each("outcomes", ["outcome", "entry"]) { _, cells in seen[cells[0], default: []].insert(cells[1]) }
    #expect((40...60).contains(seen["churn"]?.count ?? 0))
    #expect((seen["renewal"]?.count ?? 0) >= 60)
    #expect((seen["upsell"]?.count ?? 0) >= 40)
    #expect(Set(outcomes("churn").keys).count == seen["churn"]?.count)
  }

  /// Seats in use in the last two weeks against those a quarter before that.
  @Test func showMostChurnsLongBeforeAndSomeNotAtAll() {
    var active: [String: [Day: Double]] = [:]
    data.each("usage", ["account", "day", "active_users"]) { _, cells in
      if let day = Day(cells[1]) { active[cells[0], default: [:]][day] = Double(cells[2]) }
    }
    func mean(_ account: String, _ days: Range<Int>, before end: Day) -> Double {
      let values = days.compactMap { active[account]?[end - $0] }
      return values.reduce(0, +) / Double(max(values.count, 1))
    }
    var (visible, silent) = (0, 0)
    for (account, left) in outcomes("churn") {
      let ratio = mean(account, 1..<15, before: left.day) / mean(account, 125..<140, before: left.day)
      if ratio < 0.75 { visible += 1 }
      if ratio > 0.85 { silent += 1 }
    }
    #expect(visible >= 32)
    #expect(silent >= 8)
  }

  @Test func loseTheUsageFeedForFourDays() {
    let sent = Set(data.feed("usage").map(\.day))
    let missing = data.nights.filter { !sent.contains($0) }
    #expect(missing.map(\.description) == ["2026-03-10", "2026-03-11", "2026-03-12", "2026-03-13"])
    data.each("usage", ["day"]) { _, cells in #expect(!missing.map(\.description).contains(cells[0])) }
  }

  @Test func bringSomeRowsLateAndCorrectSome() {
    var (rows, late, corrected) = (0, 0, 0)
    var first: [String: String] = [:]
    data.each("usage", ["account", "day", "logins"]) { night, cells in
      let key = cells[0] + " " + cells[1]
      rows += 1
      if cells[1] != night.description { late += 1 }
      if let known = first[key], known != cells[2] { corrected += 1 }
      first[key] = cells[2]
    }
    #expect((0.008...0.02).contains(Double(late) / Double(rows)))
    #expect((0.003...0.007).contains(Double(corrected) / Double(rows)))
  }

  /// Later words about a ticket: solved, opened again (a blank where a day was), rated.
  @Test func reviseTickets() {
    var closed: [String: String] = [:]
    var (solvedLater, reopened, rated) = (0, 0, 0)
    data.each("tickets", ["ticket", "closed", "csat"]) { _, cells in
      if let known = closed[cells[0]] {
        if known.isEmpty, !cells[1].isEmpty { solvedLater += 1 }
        if !known.isEmpty, cells[1].isEmpty { reopened += 1 }
      }
      if !cells[2].isEmpty { rated += 1 }
      closed[cells[0]] = cells[1]
    }
    #expect(solvedLater > 1000)
    #expect(reopened > 30)
    #expect(rated > 1000)
  }

  @Test func misspellOneAccountOnce() {
    let known = Set(data.feed("accounts").flatMap { $0.rows.map { $0[0] } })
    var unknown: [String] = []
    for feed in ["usage", "tickets", "crm", "invoices", "pulses", "outcomes", "marketing", "reviews", "voices"] {
      data.each(feed, ["account"]) { night, cells in if !known.contains(cells[0]) { unknown.append("\(feed) \(night) \(cells[0])") } }
    }
    #expect(unknown == ["crm 2026-10-12 fenrwood"])
  }

  /// A feed that is silent for longer than its signals' `dark_after` would darken its windows.
  @Test func areNeverSilentForLongerThanTheCatalogueAllows() throws {
    let text = try #require(Shipped.workspace.first { $0.path == "signals.yaml" }).text
    let catalogue = try CatalogueFile.read(text: text, file: "signals.yaml")
    let signals = [
      "invoices": "financial.days_late", "pulses": "human.csm_pulse", "outcomes": "financial.upsell_amount", "crm": "relationship.touches",
      "tickets": "service.tickets", "voices": "relationship.social", "marketing": "relationship.content", "reviews": "service.chatbot",
    ]
    for (feed, signal) in signals {
      let days = data.feed(feed).map(\.day)
      let silence = zip(days, days.dropFirst()).map { $1 - $0 - 1 }.max() ?? .max
      #expect(silence <= (catalogue.signal(signal)?.darkAfter ?? 0), "\(feed)")
    }
  }

  @Test func tellTheStoriesThatAreAdvertised() {
    let highlights = DemoStory().highlights
    #expect(highlights.first?.account == "acme")
    #expect(highlights.count == 5)
    var championLeft: Set<String> = []
    data.each("crm", ["account", "type"]) { _, cells in if cells[1] == "champion-left" { championLeft.insert(cells[0]) } }
    #expect(championLeft.contains("acme"))
    #expect(championLeft.count >= 8)
    var overdue: Set<String> = []
    data.each("accounts", ["account", "invoices_overdue"]) { _, cells in if (Int(cells[1]) ?? 0) >= 2 { overdue.insert(cells[0]) } }
    #expect(overdue.count >= 5)
  }

  private func outcomes(_ name: String) -> [String: (day: Day, night: Day)] {
    var all: [String: (day: Day, night: Day)] = [:]
    data.each("outcomes", ["account", "day", "outcome"]) { night, cells in
      if cells[2] == name, let day = Day(cells[1]) { all[cells[0]] = (day, night) }
    }
    return all
  }
}
