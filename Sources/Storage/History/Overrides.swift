import Health

/// An override with what the log keeps of it.
package struct KeptOverride: Sendable, Hashable {
  /// As it acts; its last day is cut where it was ended, and `until` is before `from` where that leaves nothing.
  package var override: Override
  /// The number of its import, which people know it by.
  package var id: Int
  /// The last day as it was stated.
  package var statedUntil: Day
  /// The first day on which it no longer holds because a person ended it.
  package var ended: Day?
  /// When it was stated.
  package var at: Int64
}

extension History {
  /// The overrides that visible imports state, by the order in which they came. Those of merged accounts are the others'.
  package func overrides(_ knowledge: Knowledge) throws -> [KeptOverride] {
    var ends: [Int: Day] = [:]
    try connection.prepare("SELECT import, override, day FROM override_end").each { row in
      guard knowledge.rank(of: row.int(0)) > 0 else { return }
      ends[row.int(1)] = min(ends[row.int(1)] ?? Day(row.int(2)), Day(row.int(2)))
    }
    let sql = """
      SELECT o.import, o.account, o.card, o.kind, o.value, o.from_day, o.until_day, o.note, i.author, i.finished
      FROM override AS o JOIN import AS i ON i.id = o.import ORDER BY o.import
      """
    return try connection.prepare(sql).all { row -> KeptOverride? in
      let id = row.int(0)
      guard knowledge.rank(of: id) > 0, let kind = Override.Kind(rawValue: row.text(3)) else { return nil }
      let (until, end) = (Day(row.int(6)), ends[id])
      let override = Override(
        account: knowledge.merges.root(of: row.int(1)), card: row.optionalText(2), kind: kind, value: row.double(4), from: Day(row.int(5)),
        until: end.map { min(until, $0 - 1) } ?? until, author: row.optionalText(8), note: row.text(7), order: id)
      return KeptOverride(override: override, id: id, statedUntil: until, ended: end, at: row.int64(9))
    }.compactMap { $0 }
  }
}

extension History {
  /// The imports, visible or not, that end some overrides, which are named by the numbers of theirs.
  package func imports(endingOverrides ids: Set<Int>) throws -> [Int] {
    try connection.prepare("SELECT import, override FROM override_end ORDER BY import").all { ($0.int(0), $0.int(1)) }
      .filter { ids.contains($0.1) }.map(\.0)
  }
}

extension ImportSession {
  /// A person's decision about an account's score; the import's number becomes its.
  package func addOverride(_ override: Override, row: Int32) throws {
    try history.connection.prepare(
      "INSERT INTO override (import, account, card, kind, value, from_day, until_day, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    ).run(
      importID, override.account, override.card, override.kind.rawValue, override.value, override.from.number, override.until.number,
      override.note ?? "")
    stated(row)
  }

  /// From a day on an override no longer holds.
  package func endOverride(_ id: Int, on day: Day, row: Int32) throws {
    try history.connection.prepare("INSERT INTO override_end (import, override, day) VALUES (?, ?, ?)").run(importID, id, day.number)
    stated(row)
  }
}
