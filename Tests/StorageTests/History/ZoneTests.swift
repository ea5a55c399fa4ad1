import Health
import Storage
import Testing

/// The days in a database are those of one zone.
@Suite struct ZoneTests {
  let scratch: Scratch
  let berlin: CalendarZone

  init() throws {
    (scratch, berlin) = (try Scratch(), try CalendarZone("Europe/Berlin"))
    let connection = try Migrator().create(scratch.path(), at: 0)
    _ = try History(connection, zone: .utc)
    connection.close()
  }

  private func open(_ zone: CalendarZone, isReader: Bool = false) throws {
    let connection = try isReader ? Migrator().openReader(scratch.path()) : Migrator().openWriter(scratch.path(), at: 0).connection
    defer { connection.close() }
    _ = try History(connection, zone: zone)
  }

  private func takeSomethingIn(_ zone: CalendarZone) throws {
    let history = try History(Migrator().openWriter(scratch.path(), at: 0).connection, zone: zone)
    defer { history.connection.close() }
    try history.connection.transaction(.immediate) {
      let head = ImportHead(feed: "crm", file: "crm.csv", fileDay: Day(100), createsAccounts: true, started: 0)
      let session = try ImportSession(history, head)
      try session.finish(digest: 1, bytes: 1)
    }
  }

  @Test func untilSomethingIsImportedItCanBeChanged() throws {
    for isReader in [true, false, true] { try open(berlin, isReader: isReader) }
    try open(.utc)
    try takeSomethingIn(.utc)
    try open(.utc)
  }

  @Test func afterwardsAnotherZoneIsRefused() throws {
    try takeSomethingIn(berlin)
    for isReader in [true, false] {
      let found = problem { try open(.utc, isReader: isReader) }
      #expect(found?.name == "zone-changed" && found?.category == .badInput)
      #expect(found?.message.hasSuffix("vitals.db are those of the zone Europe/Berlin, and vitals.yaml says zone: UTC") == true)
      #expect(found?.hint?.contains("zone: Europe/Berlin") == true)
      #expect(problem { try open(berlin, isReader: isReader) } == nil)
    }
  }
}
