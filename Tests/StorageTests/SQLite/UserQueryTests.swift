import Health
import Storage
import Testing

@Suite struct UserQueryTests {
  let scratch: Scratch
  let reader: Connection

  init() throws {
    scratch = try Scratch()
    try scratch.makeDatabase(rows: 5)
    reader = try Connection(scratch.path(), .readOnly)
  }

  @Test(arguments: ["SELECT count(*) FROM item", "  WITH n AS (SELECT 5) SELECT * FROM n;  -- done\n", "VALUES (5)"])
  func aQuestionIsAnswered(sql: String) throws {
    #expect(try reader.prepareQuery(sql).first { $0.int(0) } == 5)
  }

  @Test(arguments: [
    "", "  -- nothing", "SELECT 1; SELECT 2", "SELECT 1; nonsense", "DELETE FROM item", "CREATE TABLE t(a)", "SELEC 1",
    "SELECT * FROM nowhere", "BEGIN", "INSERT INTO item(id) VALUES (9) RETURNING id",
  ])
  func anythingElseIsRefused(sql: String) {
    let found = problem { _ = try reader.prepareQuery(sql) }
    #expect(found?.name == "query-refused")
    #expect(found?.category == .usage)
  }

  @Test func otherFilesCannotBeReached() throws {
    try scratch.makeDatabase("other.db")
    for sql in ["ATTACH '\(scratch.path("other.db"))' AS other", "VACUUM INTO '\(scratch.path("new.db"))'"] {
      #expect(problem { try reader.prepareQuery(sql).run() }?.name == "query-refused")
    }
    #expect(!scratch.names.contains("new.db"))
  }

  @Test func oneValueHasALimit() throws {
    #expect(problem { try reader.prepareQuery("SELECT zeroblob(100000000)").run() }?.message.contains("too big") == true)
    try reader.prepareQuery("SELECT zeroblob(60000000)").run()
  }

  @Test func theQueryEndsWhenItsTimeIsUp() throws {
    var asked = 0
    let endless = try reader.prepareQuery("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
    let found = problem {
      try reader.limited({
        asked += 1
        return asked < 3
      }) { try endless.run() }
    }
    #expect(found?.name == "time-limit")
    #expect(asked == 3)
    // The limit is gone with the call.
    #expect(try reader.prepareQuery("SELECT count(*) FROM item").first { $0.int(0) } == 5)
  }

  @Test func aWriterTakesNoQuery() throws {
    let writer = try Connection(scratch.path(), .readWrite)
    #expect(problem { _ = try writer.prepareQuery("SELECT 1") } != nil)
  }
}
