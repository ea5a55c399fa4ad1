import Health
import Storage
import TestSupport
import Testing

@Suite struct StatementTests {
  let scratch: Scratch
  let connection: Connection

  init() throws {
    scratch = try Scratch()
    connection = try Connection(scratch.path(), .create)
    try connection.execute("CREATE TABLE item(id INTEGER PRIMARY KEY, body ANY) STRICT")
  }

  @Test func everyValueComesBack() throws {
    var random = Seeded(7)
    let insert = try connection.prepare("INSERT INTO item(id, body) VALUES (?, ?)")
    var expected: [Row.Value] = []
    for id in 0..<500 {
      let length = Int(random.next() % 40)
      switch random.next() % 5 {
      case 0:
        let value = Int64(bitPattern: random.next())
        try insert.run(id, value)
        expected.append(.integer(value))
      case 1:
        // A float that is a whole number stays a float in a column of ANY.
        let value = Double(Int64(bitPattern: random.next()) >> 20) / 4
        try insert.run(id, value)
        expected.append(.number(value))
      case 2:
        let value = String(String.UnicodeScalarView((0..<length).map { _ in Unicode.Scalar(UInt16(random.next() % 0xD7FF) + 1) ?? "?" }))
        try insert.run(id, value)
        expected.append(.text(value))
      case 3:
        let value = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        try insert.run(id, value)
        expected.append(.blob(value))
      default:
        try insert.run(id, Int?.none)
        expected.append(.null)
      }
    }
    let found = try connection.prepare("SELECT body FROM item ORDER BY id").all { $0.value(0) }
    #expect(found == expected)
  }

  @Test func emptyIsNotNull() throws {
    let row = try connection.prepare("SELECT ?, ?, ?, ?, ?")
      .first("", [UInt8](), UnsafeRawBufferPointer(start: nil, count: 0), String?.none, Optional("x")) { row in
        (0..<row.count).map { row.value($0) }
      }
    #expect(row == [.text(""), .blob([]), .blob([]), .null, .text("x")])
  }

  @Test func nullReadsAsNothing() throws {
    try connection.prepare("SELECT NULL, 1").each { row in
      let isNull = (row.isNull(0), row.isNull(1))
      #expect(isNull == (true, false))
      let (long, short, number, text) = (row.optionalInt64(0), row.optionalInt(0), row.optionalDouble(0), row.optionalText(0))
      #expect(long == nil && short == nil && number == nil && text == nil)
      let (one, bytes, empty) = (row.optionalInt(1), row.bytes(0), row.text(0))
      #expect(one == 1 && bytes == [] && empty == "")
    }
  }

  @Test func textKeepsItsZeroBytes() throws {
    #expect(try connection.prepare("SELECT ?").first("a\0b") { $0.text(0) } == "a\0b")
  }

  @Test func uncopiedBytesAreWrittenAndLetGo() throws {
    let insert = try connection.prepare("INSERT INTO item(id, body) VALUES (?, ?)")
    for id in 0..<3 {
      try [UInt8](repeating: UInt8(id), count: 9000).withUnsafeBytes { bytes in
        try insert.bind(1, id)
        try insert.bind(2, bytes)
        while try insert.step() {}
        insert.reset()
      }
    }
    let bodies = try connection.prepare("SELECT body FROM item ORDER BY id").all { row in row.blob(0) { ($0.count, $0.first, $0.last) } }
    #expect(bodies.map(\.0) == [9000, 9000, 9000])
    #expect(bodies.map(\.1) == [0, 1, 2] && bodies.map(\.2) == [0, 1, 2])
    // The parameter does not point to memory that is gone.
    try insert.bind(1, 9)
    while try insert.step() {}
    insert.reset()
    #expect(try connection.number("SELECT body IS NULL FROM item WHERE id = 9") == 1)
  }

  @Test func theSameTextIsPreparedOnce() throws {
    let first = try connection.prepare("SELECT 1")
    #expect(try connection.prepare("SELECT 1") === first)
    #expect(connection.preparedCount == 1)
  }

  @Test func aStatementUsedWithinItsOwnRowsIsASecondOne() throws {
    let sql = "WITH n(i) AS (VALUES (1), (2), (3)) SELECT i FROM n"
    var pairs: [[Int]] = []
    for _ in 0..<2 {
      try connection.prepare(sql).each { outer in
        let left = outer.int(0)
        try connection.prepare(sql).each { inner in pairs.append([left, inner.int(0)]) }
      }
    }
    #expect(pairs.count == 18)
    #expect(Set(pairs).count == 9)
    #expect(connection.preparedCount == 2)
  }

  @Test func theSameObjectWithinItsOwnRowsIsRefusedWithoutLosingThem() throws {
    let statement = try connection.prepare("VALUES (1), (2), (3)")
    var seen: [Int] = []
    try statement.each { row in
      seen.append(row.int(0))
      #expect(problem { try statement.run() }?.name == "statement-in-use")
    }
    #expect(seen == [1, 2, 3])
  }

  @Test func argumentsAreCounted() throws {
    let statement = try connection.prepare("SELECT ?, ?")
    #expect(problem { try statement.run(1) }?.name == "wrong-argument-count")
    #expect(problem { try statement.run(1, 2, 3) } != nil)
    try statement.run(1, 2)
  }

  @Test func noStatementStaysBusy() throws {
    struct Stop: Error {}
    let rows = try connection.prepare("VALUES (1), (2)")
    #expect(throws: Stop.self) { try rows.each { _ in throw Stop() } }
    _ = try rows.first { $0.int(0) }
    _ = try rows.all { $0.int(0) }
    #expect(connection.busyStatements == [])
    #expect(try rows.step())
    #expect(connection.busyStatements == ["VALUES (1), (2)"])
    rows.reset()
    #expect(connection.busyStatements == [])
  }

  @Test func aFailedStatementCanBeUsedAgain() throws {
    let insert = try connection.prepare("INSERT INTO item(id, body) VALUES (?, ?)")
    try insert.run(1, "secret one")
    let found = problem { try insert.run(1, "secret two") }
    #expect(found?.name == "constraint-violated")
    #expect(found?.message.contains("INSERT INTO item(id, body) VALUES (?, ?)") == true)
    #expect(found?.message.contains("secret") == false)
    try insert.run(2, "three")
    #expect(connection.changes == 1 && connection.lastInsertRowID == 2)
  }

  @Test func executeNamesTheStatementThatFails() throws {
    let found = problem { try connection.execute("INSERT INTO item(id) VALUES (1); -- remark\n INSERT INTO nothing VALUES (2); SELECT 3") }
    #expect(found?.message.contains("INSERT INTO nothing VALUES (2)") == true)
    #expect(found?.message.contains("VALUES (1)") == false)
    #expect(try connection.number("SELECT count(*) FROM item") == 1)
  }

  @Test func columnsHaveNames() throws {
    #expect(try connection.prepare("SELECT 1 AS one, 2 AS two").columnNames == ["one", "two"])
    #expect(try connection.prepare("SELECT 1").isReadOnly)
    #expect(try !connection.prepare("DELETE FROM item").isReadOnly)
  }
}
