import Foundation
import Health
import Reports
import Storage

/// A history of a few facts, written as imports write it, in a folder of its own that goes away with it.
final class SampleHistory {
  let history: History
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("reports-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    history = try History(try Migrator().create(folder.appendingPathComponent("vitals.db").path, at: 0, isSynced: false), zone: .utc)
  }

  deinit {
    history.connection.close()
    try? FileManager.default.removeItem(at: folder)
  }

  /// One fact of a file.
  enum Fact {
    case reading(String, SignalKind, on: Moment, Double)
    case label(String, on: Moment, String)
    case event(String, SignalKind, on: Moment?, Double?, id: String, text: String? = nil, author: String? = nil)
    case attribute(String, from: Day, String?)
    case alias(String)
  }

  /// Takes a file in that finished at an instant, each fact a row; gives the import's id. `event` is a signal that the feed speaks
  /// of even where the file has none.
  @discardableResult
  func take(
    _ feed: String, fileDay: Day? = nil, at instant: Int64, backfill: Bool = false, event: String? = nil,
    _ rows: [(account: String, fact: Fact)]
  ) throws -> Int {
    try history.connection.transaction(.immediate) {
      let head = ImportHead(
        feed: feed, file: "\(feed).csv", fileDay: fileDay, backfill: backfill, createsAccounts: true, started: instant)
      let session = try ImportSession(history, head)
      if let event { _ = try session.signal(event, kind: .event) }
      for (index, row) in rows.enumerated() {
        let line = Int32(index)
        let account = try Array(row.account.utf8).withUnsafeBytes { try session.account($0, row: line) }
        try add(row.fact, of: account!, row: line, to: session)
      }
      try session.flush(rows: rows.count, duplicate: { _ in }, replaced: { _ in })
      try session.finish(digest: UInt64(instant), bytes: rows.count)
      return session.importID
    }
  }

  private func add(_ fact: Fact, of account: Int, row: Int32, to session: ImportSession) throws {
    switch fact {
    case .reading(let signal, let kind, let moment, let value):
      session.addReading(account: account, signal: try session.signal(signal, kind: kind)!, moment: moment, value: value, row: row)
    case .label(let signal, let moment, let text):
      let value = Double(try history.internLabel(text))
      session.addReading(account: account, signal: try session.signal(signal, kind: .label)!, moment: moment, value: value, row: row)
    case .event(let signal, let kind, let moment, let value, let id, let text, let author):
      let line = try session.line(signal: try session.signal(signal, kind: kind)!, name: "")
      let words = EventWords(text: text, author: author, reason: nil)
      try session.addEvent(StatedEvent(line: line, ref: id, account: account, moment: moment, value: value, words: words), row: row)
    case .attribute(let name, let day, let value): try session.addAttribute(account: account, name: name, day: day, value: value, row: row)
    case .alias(let alias): try session.addAlias(alias, account: account, row: row)
    }
  }

  /// Reverts an import.
  func revert(_ id: Int, at instant: Int64) throws {
    try ImportLog.setState(id, live: false, backfill: false, at: instant, history.connection)
  }

  func viewpoint(_ catalogue: Catalogue = sampleCatalogue, _ settings: Settings = Settings(), knownBy: Int64? = nil) throws -> Viewpoint {
    try Viewpoint(history, catalogue: catalogue, settings: settings, knownBy: knownBy)
  }
}

/// The end of a day in milliseconds since 1970.
func night(after day: Day) -> Int64 { Int64(day.number + 1) * 86_400_000 + 7_200_000 }

/// Whether there are as many numbers as expected, each within rounding.
func near(_ numbers: [Double], _ expected: [Double]) -> Bool {
  numbers.count == expected.count && zip(numbers, expected).allSatisfy { abs($0 - $1) < 1e-9 }
}

/// A day of 2026.
func day(_ month: Int, _ day: Int) -> Day { Day(year: 2026, month: month, day: day)! }

let sampleCatalogue = Catalogue([
  Signal(key: "financial.arr", kind: .gauge, expire: 400),
  Signal(key: "financial.renewal_on", kind: .date, expire: 400),
  Signal(key: "product.usage", kind: .gauge, fresh: 2, expire: 20),
  Signal(key: "product.plan", kind: .label, expire: 400),
  Signal(key: "service.tickets", kind: .event, darkAfter: 2),
  Signal(key: "human.note", kind: .event),
])
