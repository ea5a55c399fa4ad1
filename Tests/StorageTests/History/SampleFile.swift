import Health
import Storage
import TestSupport

/// The signals, accounts and days that files of the history tests speak of.
enum SampleWorld {
  /// Enough accounts for three shards.
  static let accounts = 1100
  /// Accounts on both sides of the shards' borders, spoken of often.
  static let hot = [0, 3, 511, 512, 700, 1023, 1024, 1090]
  static let days = (20_000..<20_008).map { Day($0) }
  /// Gauges in two blocks of signals, a count in each, a pattern, an event and a balance.
  static let catalogue = Catalogue(
    (0..<40).map { Signal(key: "product.s\($0)", kind: $0 % 2 == 0 ? .gauge : .count) } + [
      Signal(key: "product.feature:*", kind: .count), Signal(key: "service.tickets", kind: .event),
      Signal(key: "service.open", kind: .balance),
    ])
  static let readings = ["product.s0", "product.s1", "product.s38", "product.s39", "product.feature:a", "product.feature:b"]
  static let events = ["service.tickets", "service.open"]
  static let first = CalendarZone.utc.start(of: Day(20_002))
}

/// One fact of a row.
enum SampleFact: Hashable {
  case reading(account: Int, signal: String, moment: Moment, value: Double)
  /// No reference: an event without an id. No moment: a withdrawal.
  case event(signal: String, line: String, ref: String?, account: Int, moment: Moment?, value: Double?, adds: Bool)
  case attribute(account: Int, name: String, day: Day, value: String?)
  case alias(String, account: Int)
}

/// A file as the tests make it up.
struct SampleFile {
  var feed: String
  var fileDay: Day?
  var backfill = false
  var isComplete = false
  var rows: [[SampleFact]]
}

extension SampleFile {
  /// A history that knows all accounts and signals and nothing of them.
  static func emptyHistory(in scratch: Scratch, _ name: String = "vitals.db") throws -> History {
    let history = try History(try Migrator().create(scratch.path(name), at: 0, isSynced: false), zone: .utc)
    try history.connection.transaction(.immediate) {
      let session = try ImportSession(history, ImportHead(feed: "accounts", file: "accounts.csv", createsAccounts: true, started: 1))
      for number in 0..<SampleWorld.accounts {
        let account = try Array("a\(number)".utf8).withUnsafeBytes { try session.account($0, row: Int32(number)) }
        precondition(account == number, "ids follow the order of arrival")
      }
      for number in 0..<40 { _ = try session.signal("product.s\(number)", kind: number % 2 == 0 ? .gauge : .count) }
      try session.flush(rows: SampleWorld.accounts, duplicate: { _ in }, replaced: { _ in })
      try session.finish(digest: 0, bytes: 0)
    }
    return history
  }

  /// Takes the file in, settling after so many rows; gives the import's id and what became of its facts and rows.
  @discardableResult
  func take(into history: History, at instant: Int64, batch: Int) throws -> (id: Int, facts: Tally, rows: Tally) {
    try history.connection.transaction(.immediate) {
      let head = ImportHead(
        feed: feed, file: "\(feed).csv", fileDay: fileDay, backfill: backfill, isComplete: isComplete, started: instant)
      let session = try ImportSession(history, head)
      var waiting = 0
      for row in rows {
        for fact in row { try add(fact, row: Int32(waiting), to: session) }
        waiting += 1
        if waiting == batch {
          try session.flush(rows: waiting, duplicate: { _ in }, replaced: { _ in })
          waiting = 0
        }
      }
      try session.flush(rows: waiting, duplicate: { _ in }, replaced: { _ in })
      try session.finish(digest: 0, bytes: 0)
      return (session.importID, session.facts, session.rows)
    }
  }

  private func add(_ fact: SampleFact, row: Int32, to session: ImportSession) throws {
    switch fact {
    case .reading(let account, let signal, let moment, let value):
      guard let kind = SampleWorld.catalogue.signal(signal)?.kind, let id = try session.signal(signal, kind: kind) else { return }
      session.addReading(account: account, signal: id, moment: moment, value: value, row: row)
    case .event(let signal, let line, let ref, let account, let moment, let value, let adds):
      guard let kind = SampleWorld.catalogue.signal(signal)?.kind, let id = try session.signal(signal, kind: kind) else { return }
      let line = try session.line(signal: id, name: line)
      try session.addEvent(StatedEvent(line: line, ref: ref, account: account, moment: moment, value: value, adds: adds), row: row)
    case .attribute(let account, let name, let day, let value):
      try session.addAttribute(account: account, name: name, day: day, value: value, row: row)
    case .alias(let text, let account): try session.addAlias(text, account: account, row: row)
    }
  }
}

extension SampleFile {
  /// A file of one of four feeds. `use` gives readings, `crm` attributes and aliases as well, `tix` events with an id, `snap` says
  /// everything about its day.
  static func random(_ dice: inout Seeded) -> SampleFile {
    let feed = dice.pick(["use", "crm", "tix", "snap"])
    var file = SampleFile(feed: feed, fileDay: dice.oneIn(4) ? nil : dice.pick(SampleWorld.days), rows: [])
    file.backfill = dice.oneIn(6)
    if feed == "snap" {
      file.isComplete = true
      file.fileDay = file.fileDay ?? SampleWorld.days[2]
    }
    for _ in 0..<dice.below(25) { file.rows.append(row(of: file, &dice)) }
    if feed != "tix", dice.oneIn(2) { file.rows += crowd(of: file, &dice) }
    return file.withNamesOnce(perDay: true)
  }

  /// The file with at most one statement of each alias, and of each account's attribute on a day, or at all.
  func withNamesOnce(perDay: Bool) -> SampleFile {
    var seen: Set<String> = []
    var copy = self
    copy.rows = rows.map { row in
      row.filter { fact in
        switch fact {
        case .alias(let text, _): seen.insert(text).inserted
        case .attribute(let account, let name, let day, _): seen.insert("\(account) \(name) \(perDay ? day.description : "")").inserted
        default: true
        }
      }
    }
    return copy
  }

  private static func row(of file: SampleFile, _ dice: inout Seeded) -> [SampleFact] {
    let account = dice.pick(SampleWorld.hot)
    switch file.feed {
    case "tix": return event(account, &dice)
    case "snap":
      let moment = dice.below(4) * 1000
      return dice.oneIn(3)
        ? [
          .event(
            signal: "service.tickets", line: "1", ref: nil, account: account,
            moment: Moment(file.fileDay ?? Day(0), millisecond: Int32(moment)),
            value: Double(moment) / 2000, adds: false)
        ] : [reading(account, file.fileDay, &dice)]
    case "crm":
      let day = dice.pick(SampleWorld.days)
      return [
        .attribute(account: account, name: dice.pick(["stage", "csm"]), day: day, value: dice.oneIn(5) ? nil : dice.pick(["x", "y", "z"]))
      ]
        + (dice.oneIn(4) ? [.alias("x\(dice.below(4))", account: account)] : [])
        + (dice.oneIn(4) ? [reading(account, nil, &dice)] : [])
    default: return [reading(account, dice.oneIn(2) ? file.fileDay : nil, &dice)]
    }
  }

  private static func reading(_ account: Int, _ day: Day?, _ dice: inout Seeded) -> SampleFact {
    let time = dice.oneIn(2) ? -1 : dice.below(3) * 3_600_000
    let moment = Moment(day ?? dice.pick(SampleWorld.days), millisecond: Int32(time))
    return .reading(account: account, signal: dice.pick(SampleWorld.readings), moment: moment, value: Double(dice.below(4)) / 2)
  }

  /// Enough readings of neighbours for a chunk.
  private static func crowd(of file: SampleFile, _ dice: inout Seeded) -> [[SampleFact]] {
    let day = file.fileDay ?? dice.pick(SampleWorld.days)
    let signal = dice.pick(SampleWorld.readings)
    let time = dice.oneIn(3) ? 3_600_000 : -1
    let first = dice.pick([0, 400, 1000])
    return (first..<first + 70 + dice.below(30)).compactMap { account in
      if dice.oneIn(20) { return nil }
      let odd = dice.oneIn(30) ? 7_200_000 : time
      return [.reading(account: account, signal: signal, moment: Moment(day, millisecond: Int32(odd)), value: Double(dice.below(3)))]
    }
  }

  /// Events of one ticket: opened, and perhaps closed; with an id, sometimes gone; or hours that add up.
  private static func event(_ account: Int, _ dice: inout Seeded) -> [SampleFact] {
    let number = dice.below(6)
    func moment(_ line: Int) -> Moment? {
      if dice.oneIn(5) { return nil }
      return Moment(dice.pick(SampleWorld.days), millisecond: Int32(1_000_000 + number * 1000 + line * 100 + dice.below(2)))
    }
    func event(_ signal: String, _ line: Int, value: Double?, adds: Bool = false) -> SampleFact {
      .event(signal: signal, line: "\(line)", ref: "t\(number)", account: account, moment: moment(line), value: value, adds: adds)
    }
    if dice.oneIn(3) { return [event("service.tickets", 3, value: Double(1 + dice.below(3)), adds: true)] }
    let tone: Double? = dice.oneIn(4) ? nil : Double(dice.below(3))
    return [event("service.open", 0, value: 1), event("service.open", 1, value: -1), event("service.tickets", 2, value: tone)]
  }
}
