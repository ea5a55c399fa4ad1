import Health
import TestSupport

/// A row of a made file: its cells, and what they say.
struct RandomRow {
  var cells: [String: String]
  /// What the account's cell names; empty where that is blank.
  var account: String
  var alias: String?
  var isLeftOut = false
  /// Whether a cell cannot be read, which refuses the row.
  var isBad = false
  var facts: [RandomFact] = []
}

/// A file of a made feed.
struct RandomFile {
  let feed: RandomFeed
  let day: Day?
  private(set) var name: String
  var rows: [RandomRow] = []
  let columns: [String]
  private let lineEnd: String

  /// Accounts that the first file of every world introduces, with an alias each.
  static let accounts = ["a", "7", "007", "Zoë", "b c"]
  static func code(_ account: String) -> String { "code of \(account)" }
  static let crowd = (0..<72).map { "crowd\($0)" }

  /// A file of some rows; `day` is its file day.
  init(_ feed: RandomFeed, day: Day, serial: Int, times: RandomTimes, _ dice: inout Seeded) {
    (self.feed, self.day) = (feed, day)
    name = "\(feed.name)_\(day)_\(serial).csv"
    lineEnd = dice.pick(["\n", "\n", "\r\n"])
    var ignored = Seeded(0)
    let context = RandomFeed.Context(fileDay: day, isGone: false, ticket: "T", isUrgent: false)
    let own = feed.parts.flatMap { feed.said($0, context, &ignored).cells.map(\.column) }
    columns =
      ["who", "kind", "extra"] + (feed.isAtFile ? [] : ["at"]) + own + (own.contains("ticket") ? ["status"] : [])
      + (feed.parts.contains(.ticket) ? ["closed"] : []) + (feed.parts.contains(.alias) ? ["code"] : [])
    var aliases: Set<String> = []
    for _ in 0..<dice.below(10) { rows.append(row(times, &aliases, account: nil, &dice)) }
    let isCrowded = feed.creates && !feed.hasIntegers && dice.oneIn(16)
    if isCrowded { for account in Self.crowd { rows.append(row(times, &aliases, account: account, &dice)) } }
  }

  private func row(_ times: RandomTimes, _ aliases: inout Set<String>, account: String?, _ dice: inout Seeded) -> RandomRow {
    let (written, account) = account.map { ($0, $0) } ?? who(&dice)
    var row = RandomRow(
      cells: ["who": written, "kind": dice.oneIn(15) ? "internal" : "", "extra": dice.pick(["", "\"", "x"])], account: account)
    row.isLeftOut = row.cells["kind"] == "internal"
    if account.isEmpty || account == "1.5" { row.isBad = true }
    let isGone = columns.contains("status") && dice.oneIn(8)
    var moment: Moment? = day.map { Moment($0) }
    if !feed.isAtFile { moment = time("at", isRead: !isGone && feed.alwaysReadsTime, times, &row, &dice) }
    if columns.contains("status") { row.cells["status"] = isGone ? "deleted" : "" }
    let context = RandomFeed.Context(
      moment: moment, fileDay: day, isGone: isGone, ticket: dice.oneIn(20) ? "" : "T\(dice.below(4))", isUrgent: dice.oneIn(2))
    for part in feed.parts {
      let said = feed.said(part, context, &dice)
      for cell in said.cells { row.cells[cell.column] = cell.text }
      row.facts += said.facts
      row.isBad = row.isBad || said.isBad
    }
    if feed.parts.contains(.ticket) { close(times, context, &row, &dice) }
    if columns.contains("code") {
      let code = dice.oneIn(3) ? "" : "X-\(dice.below(4))"
      let isFirst = aliases.insert(code).inserted
      row.cells["code"] = isFirst ? code : ""
      if isFirst, !code.isEmpty { row.alias = code }
    }
    return row
  }

  /// The account as its cell writes it, and as it is looked up.
  private func who(_ dice: inout Seeded) -> (String, String) {
    if dice.oneIn(25) { return ("", "") }
    if feed.hasIntegers { return dice.oneIn(25) ? ("1.5", "1.5") : (dice.pick(["7", "7.0", " 007 "]), "7") }
    let account = dice.pick(Self.accounts)
    let written = dice.oneIn(6) ? dice.pick(["ghost", "new one"]) : dice.oneIn(4) ? Self.code(account) : account
    return (written, written)
  }

  private func time(
    _ column: String, isRead: Bool, _ times: RandomTimes, _ row: inout RandomRow, _ dice: inout Seeded
  ) -> Moment? {
    if dice.oneIn(12) {
      row.cells[column] = dice.pick(["", "NA"])
      return nil
    }
    if dice.oneIn(40) {
      row.cells[column] = "2026-02-30"
      if isRead { row.isBad = true }
      return nil
    }
    let cell = times.cell(feed.form, &dice)
    row.cells[column] = cell.text
    return cell.moment
  }

  /// The closing of a ticket has a time of its own.
  private func close(_ times: RandomTimes, _ context: RandomFeed.Context, _ row: inout RandomRow, _ dice: inout Seeded) {
    let moment = time("closed", isRead: !context.isGone, times, &row, &dice)
    let stated = context.isGone ? nil : moment
    guard !context.ticket.isEmpty else {
      row.isBad = row.isBad || stated != nil
      return
    }
    row.facts.append(
      .event(
        signal: "service.tickets_open", line: "close", id: context.ticket, moment: stated, value: -1, text: nil, author: nil, adds: false))
  }

  /// The first file of every world.
  init(accounts feed: RandomFeed, day: Day) {
    (self.feed, self.day, name, lineEnd) = (feed, day, "\(feed.name)_\(day).csv", "\n")
    columns = ["who", "kind", "code"]
    rows = Self.accounts.map {
      RandomRow(cells: ["who": $0, "code": Self.code($0)], account: $0, alias: Self.code($0))
    }
  }

  // MARK: Bytes

  /// The file as its feed's dialect and encoding write it.
  var bytes: [UInt8] {
    let lines = [columns.map(written)] + rows.map { row in columns.map { written(row.cells[$0] ?? "") } }
    let text = lines.map { $0.joined(separator: feed.delimiter) + lineEnd }.joined()
    return feed.encoding == "utf-8" ? Array(text.utf8) : text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
  }

  private func written(_ cell: String) -> String {
    let special: Set<Character> = [Character(feed.delimiter), Character(feed.quote), "\n", "\r", "\r\n"]
    guard cell.contains(where: { special.contains($0) }) else { return cell }
    return feed.quote + cell.replacing(feed.quote, with: feed.quote + feed.quote) + feed.quote
  }
}

extension RandomFile {
  /// Some of its rows as a file of their own, of the same day.
  func part(_ rows: [RandomRow], _ suffix: String) -> RandomFile {
    var copy = self
    (copy.rows, copy.name) = (rows, name.replacing(".csv", with: "_\(suffix).csv"))
    return copy
  }

  /// Without rows that speak of what an earlier row speaks of, so that neither their order nor where the file is cut can matter.
  var withDistinctRows: RandomFile {
    var copy = self
    var seen: Set<String> = []
    copy.rows = rows.filter { row in
      let keys = row.facts.map { fact -> String in
        switch fact {
        case .reading(let signal, let moment, _, _, _): "\(row.account)/\(signal)/\(moment)"
        case .event(_, let line, let id, _, _, _, _, _): "\(line)/\(id)"
        case .idless(_, let line, let moment, _, _, _): "\(row.account)/\(line)/\(moment)"
        case .attribute(let name, _, _): "\(row.account)/\(name)"
        }
      }
      if row.alias.map({ !seen.insert("alias \($0)").inserted }) ?? false { return false }
      // An account goes by its key and its alias.
      let plain = keys.map { $0.replacing("code of ", with: "") }
      guard seen.isDisjoint(with: plain) else { return false }
      seen.formUnion(plain)
      return true
    }
    return copy
  }
}
