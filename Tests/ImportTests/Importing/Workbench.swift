import Foundation
import Health
import Import
import Storage

/// A workspace of its own: a folder with a history, and feeds and files given as text. It goes away with the value.
final class Workbench {
  let history: History
  let catalogue: Catalogue
  let folder: URL
  var limits = BatchLimits()
  private(set) var feeds: [Feed] = []
  private var writes = 0
  /// The instant of the next import.
  var now = Workbench.instant("2026-03-10")

  /// `isSynced` for a history that others open as well.
  init(signals: String = Workbench.signals, zone: CalendarZone = .utc, isSynced: Bool = false) throws {
    catalogue = try CatalogueFile.read(text: signals, file: "signals.yaml")
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("importing-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    history = try History(try Migrator().create(folder.appendingPathComponent("vitals.db").path, at: 0, isSynced: isSynced), zone: zone)
  }

  deinit {
    history.connection.close()
    try? FileManager.default.removeItem(at: folder)
  }

  static let signals = """
    signals:
      product.logins: {kind: count, unit: logins, direction: up, says: How often they come.}
      product.seats: {kind: gauge, unit: seats, direction: up, says: Seats in use.}
      product.plan: {kind: label, unit: plan, direction: none, says: The plan.}
      product.feature:*: {kind: count, unit: uses, direction: up, says: Use of one feature.}
      financial.renewal_on: {kind: date, unit: day, direction: none, says: When the contract ends.}
      financial.order_value: {kind: event, unit: pounds, direction: up, says: What they ordered.}
      service.tickets: {kind: event, unit: tickets, direction: middle, says: A question.}
      service.urgent: {kind: event, unit: tickets, direction: down, says: An urgent question.}
      service.tickets_open: {kind: balance, unit: tickets, direction: down, says: Tickets that wait.}
      human.feedback: {kind: event, unit: tone, direction: up, says: What they said.}
    """

  /// The instant at which a day begins in UTC.
  static func instant(_ day: String) -> Int64 { Int64(Day(day)?.number ?? 0) * 86_400_000 }

  /// Adds a feed, or replaces the one of its name.
  @discardableResult
  func feed(_ text: String) throws -> Feed {
    let feed = try FeedFile.read(text: text, file: "feeds/feed.yaml", catalogue: catalogue)
    feeds.removeAll { $0.name == feed.name }
    feeds.append(feed)
    return feed
  }

  /// Writes a file and gives its path.
  @discardableResult
  func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = folder.appendingPathComponent(name).path
    guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
      throw Problem("unwritable", .failure, "cannot write \(path)")
    }
    // Files written in quick succession could have the same time.
    writes += 1
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000 + Double(writes))], ofItemAtPath: path)
    return path
  }

  /// Imports files in the order that the plan gives them, a second apart.
  @discardableResult
  func run(_ paths: [String], _ adjust: (inout ImportOptions) -> Void = { _ in }) throws -> [ImportResult] {
    var options = ImportOptions(now: now)
    adjust(&options)
    let importer = Importer(history, catalogue: catalogue, limits: limits)
    let plan = try FilePlan(paths: paths, feeds: feeds, options: options)
    func all() throws -> [ImportResult] {
      try plan.refused.map { try importer.refuse($0, options: options) }
        + plan.files.map { file in
          options.now = now
          now += 1000
          return try importer.run(file, options: options)
        }
    }
    return options.dryRun ? try importer.rehearse(all) : try all()
  }

  /// Writes one file and imports it.
  @discardableResult
  func take(_ name: String, _ text: String, _ adjust: (inout ImportOptions) -> Void = { _ in }) throws -> ImportResult {
    try run([try write(name, text)], adjust)[0]
  }

  func revert(_ id: Int?) throws {
    now += 1000
    guard let id else { throw Problem("no-import", .failure, "there is no import to revert") }
    try ImportLog.setState(id, live: false, backfill: try ImportLog.one(id, history).backfill, at: now, history.connection)
  }

  // MARK: What is kept

  /// Everything in force, one line a fact, sorted by account: what two histories with the same facts have in common.
  func state() throws -> [String] {
    let knowledge = try history.knowledge()
    return try history.accounts(knowledge).sorted { $0.key < $1.key }.flatMap { account in
      try aliases(account, knowledge) + facts(account.key).map { "\(account.key) \($0)" }
    }
  }

  private func aliases(_ account: Account, _ knowledge: Knowledge) throws -> [String] {
    try history.aliases(of: account.id, knowledge).map { "\(account.key) is also \($0)" }
  }

  /// The facts in force of an account by day, such as `2026-03-01 product.logins 5`. An attribute that says again what it said
  /// before is left out, and so is one that clears what was not there, since whether it is stored depends on which file came first.
  func facts(_ key: String, superseded: Bool = false) throws -> [String] {
    try facts(key, history.knowledge(), superseded: superseded)
  }

  /// The same as some knowledge has it.
  func facts(_ key: String, _ knowledge: Knowledge, superseded: Bool = false) throws -> [String] {
    guard let account = try history.account(key: key, knowledge) else { return ["no account \(key)"] }
    var last: [String: String?] = [:]
    let all = try AccountHistory(history, knowledge: knowledge, account: account.id).facts(days: Day.range, superseded: superseded)
    return try all.filter { fact in
      guard fact.form == .attribute, !superseded else { return true }
      defer { last[fact.subject] = .some(fact.text) }
      return (last[fact.subject] ?? nil) != fact.text
    }.map(line).sorted()
  }

  private func line(_ fact: AccountFact) throws -> String {
    var value = fact.value.map { $0.rounded() == $0 ? String(Int($0)) : String($0) }
    if fact.form == .reading, catalogue.signal(fact.subject)?.kind == .label { value = try history.label(Int(fact.value ?? 0)) }
    if fact.form == .reading, catalogue.signal(fact.subject)?.kind == .date { value = Day(Int(fact.value ?? 0)).description }
    let words = [fact.text.map { "\"\($0)\"" }, fact.author.map { "by \($0)" }]
    return (["\(fact.moment)", fact.subject, value] + words).compactMap { $0 }.joined(separator: " ")
  }

  /// The refused rows and warnings of an import: `code line:column`.
  func remarks(_ id: Int?) throws -> [String] {
    try ImportLog.remarks(id ?? 0, history).map { "\($0.code) \($0.line):\($0.column)" }
  }
}

extension ImportResult {
  /// The rows by outcome, those that are not zero.
  var counts: String { Self.counts(rows) }
  var factCounts: String { Self.counts(facts) }

  static func counts(_ tally: Tally) -> String {
    let names: [(Outcome, String)] = [
      (.new, "new"), (.corrected, "corrected"), (.older, "older"), (.unchanged, "unchanged"), (.rejected, "rejected"),
      (.skipped, "skipped"),
    ]
    return names.filter { tally[$0.0] > 0 }.map { "\(tally[$0.0]) \($0.1)" }.joined(separator: " ")
  }
}
