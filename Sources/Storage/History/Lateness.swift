import Health

extension History {
  /// The share of the facts in visible imports that became known more than so many days after their day, and not by a backfill. Of an
  /// import it is told by its days how many of its facts are meant.
  package func lateShare(_ knowledge: Knowledge, after days: Int) throws -> Double {
    let facts = Dictionary(
      uniqueKeysWithValues: try connection.prepare("SELECT id, facts_new + facts_corrected FROM import").all {
        ($0.int(0), Double($0.int(1)))
      })
    var spoken: [Int: (all: Int, late: Int)] = [:]
    let entries = Dictionary(uniqueKeysWithValues: knowledge.visible.map { ($0.id, $0) })
    try connection.prepare("SELECT import, first_day, last_day FROM spoke").each { row in
      guard let entry = entries[row.int(0)] else { return }
      let (first, last) = (Day(row.int(1)), Day(row.int(2)))
      let bound = zone.moment(of: entry.finished).day - days
      let late = entry.backfill || first >= bound ? 0 : min(last, bound - 1) - first + 1
      spoken[entry.id, default: (0, 0)].all += last - first + 1
      spoken[entry.id, default: (0, 0)].late += late
    }
    var (all, late) = (0.0, 0.0)
    // In one order, so that the sum has the same bits every time.
    for (id, days) in spoken.sorted(by: { $0.key < $1.key }) where days.all > 0 {
      all += facts[id] ?? 0
      late += (facts[id] ?? 0) * Double(days.late) / Double(days.all)
    }
    return all > 0 ? late / all : 0
  }
}
