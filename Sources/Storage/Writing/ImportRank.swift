import Health

/// Where the import being written stands among those in force.
struct ImportRank {
  let importID: Int
  private let isBackfill: Bool
  /// How many visible imports rank below it.
  private let place: UInt32

  init(importID: Int, backfill: Bool, fileDay: Day?, finished: Int64, zone: CalendarZone, knowledge: Knowledge) {
    (self.importID, isBackfill) = (importID, backfill)
    func key(_ backfill: Bool, _ day: Day, _ finished: Int64, _ id: Int) -> (Int, Int32, Int64, Int) {
      (backfill ? 0 : 1, day.number, finished, id)
    }
    let own = key(backfill, fileDay ?? zone.moment(of: finished).day, finished, importID)
    place = UInt32(
      knowledge.visible.prefix { entry in
        key(entry.backfill, entry.fileDay ?? zone.moment(of: entry.finished).day, entry.finished, entry.id) < own
      }.count)
  }

  /// Whether a visible import of this rank wins over the one being written.
  @inline(__always) func isBelow(_ rank: UInt32) -> Bool { rank > place }

  /// Whether a fact need not be written because another import states the same. A backfill counts as known from the end of its
  /// facts' own days, which is earlier than other imports do, so only another backfill can stand in for it.
  @inline(__always) func mayLean(on importID: Int, _ knowledge: Knowledge) -> Bool { !isBackfill || knowledge.isBackfill(importID) }
}
