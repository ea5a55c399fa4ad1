import Health

/// What queries see beside the database's own tables: readings and events as rows, and statistics.
package struct QueryTables {
  let history: History
  let knowledge: Knowledge
  /// What the number of a signal's reading stands for; nil for a plain number.
  let words: (_ signal: String, _ value: Double) throws -> String?
  /// The keys that accounts are shown by; of merged ones that of the account that they count as.
  let keys: [Int: String]

  /// Makes the tables known to the history's connection: what is visible under one knowledge.
  package static func register(
    on history: History, _ knowledge: Knowledge, words: @escaping (_ signal: String, _ value: Double) throws -> String?
  ) throws {
    let keys = Dictionary(uniqueKeysWithValues: try history.accounts(knowledge).map { ($0.id, $0.key) })
    let tables = QueryTables(history: history, knowledge: knowledge, words: words, keys: keys)
    try QueryTable(name: "reading", columns: Self.readingColumns) { try ReadingScan(tables, $0) }.register(on: history.connection)
    try QueryTable(name: "event", columns: Self.eventColumns) { try EventScan(tables, $0) }.register(on: history.connection)
    try Statistics.register(on: history.connection)
  }

  package static let readingColumns = ["account", "signal", "day", "at", "value", "import"]
  package static let eventColumns = ["account", "signal", "day", "at", "value", "text", "author", "reason", "import", "id"]

  /// The accounts that a filter lets through, by id, and their shards.
  func accounts(_ filter: ScanFilter) -> (ids: Set<Int>?, shards: [Int]) {
    guard let key = filter.account else {
      return (nil, Set(keys.keys.flatMap { [$0] + (knowledge.merges.members[$0] ?? []) }.map { Layout.shard(of: $0) }).sorted())
    }
    let roots = keys.filter { $0.value == key }.map(\.key)
    let ids = Set(roots.flatMap { knowledge.merges.group(of: $0) })
    return (ids, Set(ids.map { Layout.shard(of: $0) }).sorted())
  }

  /// The days of a filter, no wider than what imports spoke of.
  func days(_ filter: ScanFilter) throws -> ClosedRange<Day>? {
    let spoken = try history.connection.prepare("SELECT min(first_day), max(last_day) FROM spoke").first { row in
      row.isNull(0) ? nil : Day(row.int(0))...Day(row.int(1))
    }
    guard let spoken = spoken ?? nil, spoken.overlaps(filter.days) else { return nil }
    return spoken.clamped(to: filter.days)
  }
}
