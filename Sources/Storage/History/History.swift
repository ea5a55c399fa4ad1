import Health

/// An open history: one workspace's database, with the small tables that everything needs.
///
/// Confined to its thread like its connection; parallel work opens its own.
package final class History {
  package let connection: Connection
  package let zone: CalendarZone
  private var signalIDs: [String: Int] = [:]
  private(set) var signalKeys: [String] = []
  private var labelIDs: [String: Int] = [:]
  private var labelTexts: [Int: String] = [:]
  private var current: (state: Int, knowledge: Knowledge)?

  /// The history in a database that `Migrator` opened, with days in the workspace's zone.
  ///
  /// - Throws: `zone-changed` where the facts in it were given days of another zone.
  package init(_ connection: Connection, zone: CalendarZone) throws {
    (self.connection, self.zone) = (connection, zone)
    try requireZone()
    try loadSignals()
  }

  /// The first to write to a database sets its zone; once there are imports it is fixed, since their days are those of that zone.
  private func requireZone() throws {
    let kept = try connection.prepare("SELECT zone FROM workspace").first { $0.text(0) }
    guard kept != zone.name else { return }
    if let kept, try connection.prepare("SELECT 1 FROM import LIMIT 1").first(row: { $0.int(0) }) != nil {
      throw Problem(
        "zone-changed", .badInput, "the days in \(connection.path) are those of the zone \(kept), and vitals.yaml says zone: \(zone.name)",
        hint: "write zone: \(kept) in vitals.yaml again; for another zone make a new workspace and import the files into it")
    }
    guard connection.mode != .readOnly else { return }
    try connection.prepare("INSERT INTO workspace (id, zone) VALUES (1, ?) ON CONFLICT DO UPDATE SET zone = excluded.zone").run(zone.name)
  }

  private func loadSignals() throws {
    let rows = try connection.prepare("SELECT id, key FROM signal ORDER BY id").all { ($0.int(0), $0.text(1)) }
    signalKeys = rows.map(\.1)
    signalIDs = Dictionary(uniqueKeysWithValues: rows.map { ($0.1, $0.0) })
  }

  /// Forgets what an undone transaction had made known.
  package func reload() throws {
    current = nil
    labelIDs = [:]
    labelTexts = [:]
    try loadSignals()
  }

  // MARK: Signals

  /// The id of a signal that some import has spoken of.
  package func signalID(_ key: String) -> Int? { signalIDs[key] }

  /// The key of a signal.
  package func signalKey(_ id: Int) -> String { signalKeys[id] }

  /// Signals that were ever spoken of, by id.
  package var signals: [String] { signalKeys }

  /// The id of a signal, new if need be; nil when 1,024 signals have one already.
  package func internSignal(_ key: String) throws -> Int? {
    if let id = signalIDs[key] { return id }
    guard signalKeys.count < Layout.mostSignals else { return nil }
    try connection.prepare("INSERT INTO signal (id, key) VALUES (?, ?)").run(signalKeys.count, key)
    signalIDs[key] = signalKeys.count
    signalKeys.append(key)
    return signalKeys.count - 1
  }

  // MARK: Labels

  /// The id of a recurring text, new if need be.
  package func internLabel(_ text: String) throws -> Int {
    if let id = try labelID(text) { return id }
    try connection.prepare("INSERT INTO label (text) VALUES (?)").run(text)
    let id = Int(connection.lastInsertRowID)
    labelIDs[text] = id
    labelTexts[id] = text
    return id
  }

  /// The id of a recurring text.
  package func labelID(_ text: String) throws -> Int? {
    if let id = labelIDs[text] { return id }
    let id = try connection.prepare("SELECT id FROM label WHERE text = ?").first(text) { $0.int(0) }
    if let id { labelIDs[text] = id }
    return id
  }

  /// A recurring text.
  package func label(_ id: Int) throws -> String {
    if let text = labelTexts[id] { return text }
    let text = try connection.prepare("SELECT text FROM label WHERE id = ?").first(id) { $0.text(0) } ?? ""
    labelTexts[id] = text
    return text
  }

  /// The ids of all texts that equal one without regard to case.
  package func labelIDs(like text: String) throws -> [Int] {
    let wanted = text.lowercased()
    let narrowed = try connection.prepare("SELECT id, text FROM label WHERE length(text) = length(?)").all(text) { ($0.int(0), $0.text(1)) }
    return narrowed.filter { $0.1.lowercased() == wanted }.map(\.0)
  }

  // MARK: Feeds

  /// The id of a feed, new if need be.
  package func internFeed(_ name: String) throws -> Int {
    if let id = try feedID(name) { return id }
    try connection.prepare("INSERT INTO feed (name) VALUES (?)").run(name)
    return Int(connection.lastInsertRowID)
  }

  /// The id of a feed that has imports.
  package func feedID(_ name: String) throws -> Int? {
    try connection.prepare("SELECT id FROM feed WHERE name = ?").first(name) { $0.int(0) }
  }

  // MARK: Knowledge

  /// The filter over everything that is known by an instant, or now. That of now is kept until the log grows.
  package func knowledge(by instant: Int64? = nil) throws -> Knowledge {
    if let instant { return try Knowledge(connection, zone: zone, knownBy: instant) }
    let newest = try newestState()
    if let current, current.state == newest { return current.knowledge }
    let knowledge = try Knowledge(connection, zone: zone)
    current = (newest, knowledge)
    return knowledge
  }

  /// Takes an import that has just become live into what is known now.
  func note(_ entry: Knowledge.Entry, covers: [Day], before knowledge: Knowledge) throws {
    current = try knowledge.adding(entry, covers: covers, zone: zone).map { (try newestState(), $0) }
  }

  /// Forgets what is known now, because an import has changed more than facts.
  func forgetKnowledge() { current = nil }

  private func newestState() throws -> Int {
    try connection.prepare("SELECT coalesce(max(id), 0) FROM import_state").first { $0.int(0) } ?? 0
  }
}
