import CSQLite
import Foundation
import Health

/// What one row of a table that Swift answers has in a column.
package typealias QueryValue = Row.Value

/// What a query says of the rows that it looks for; they may be more than those that it gets.
struct ScanFilter {
  var account: String?
  var signal: String?
  var days = Day.range
}

/// Walks over rows.
protocol TableScan: AnyObject {
  /// Moves to the next row, at first to the first; false where there is none.
  func next() throws -> Bool
  /// The row's value in a column.
  func value(_ column: Int) throws -> QueryValue
}

/// A table whose rows Swift makes, with `account`, `signal` and `day` as its first columns, which queries can narrow it by.
final class QueryTable {
  let name: String
  let declaration: String
  let open: (ScanFilter) throws -> any TableScan

  init(name: String, columns: [String], open: @escaping (ScanFilter) throws -> any TableScan) {
    (self.name, self.open) = (name, open)
    declaration = "CREATE TABLE x(\(columns.joined(separator: ", ")))"
  }

  /// Makes the table known to a connection, for as long as that is open.
  func register(on connection: Connection) throws {
    // Unsafe: SQLite keeps the retained table and gives it to `release` when the connection closes, or at once where this fails.
    let code = sqlite3_create_module_v2(
      connection.handle, name, VirtualTable.module, Unmanaged.passRetained(self).toOpaque(),
      { Unmanaged<QueryTable>.fromOpaque($0!).release() })
    guard code == SQLITE_OK else { throw SQLiteError.problem(code, on: connection.handle, sql: "CREATE MODULE \(name)") }
  }
}

// Unsafe throughout: SQLite hands back the pointers that were given to it, in the life cycle that its documentation lays down
// (connect … open, filter, next, column, close … disconnect), and calls nothing after close or disconnect. A structure begins with
// SQLite's own, as it demands; what follows is retained by it and released where it is freed.
private enum VirtualTable {
  private struct Table {
    var base = sqlite3_vtab()
    var table: Unmanaged<QueryTable>
  }
  private struct Cursor {
    var base = sqlite3_vtab_cursor()
    var state: Unmanaged<State>
  }
  /// Where a cursor stands.
  private final class State {
    var scan: (any TableScan)?
    var isAtEnd = true
    var row: Int64 = 0
  }

  /// What `xBestIndex` tells `xFilter`, in the order of the arguments.
  private enum Uses {
    static let account: Int32 = 1
    static let signal: Int32 = 2
    static let day: Int32 = 4
    static let from: Int32 = 8
    static let to: Int32 = 16
  }

  /// Never changed, and never freed: SQLite looks at it as long as any connection is open.
  nonisolated(unsafe) static let module: UnsafePointer<sqlite3_module> = {
    var module = sqlite3_module()
    module.iVersion = 1
    module.xConnect = { connect($0, $1, $4, $5) }
    module.xBestIndex = { bestIndex($1) }
    module.xDisconnect = { disconnect($0) }
    module.xOpen = { open($1) }
    module.xClose = { close($0) }
    module.xFilter = { filter($0, $1, $3, $4) }
    module.xNext = { advance($0) }
    module.xEof = { state($0).isAtEnd ? 1 : 0 }
    module.xColumn = { column($0, $1, $2) }
    module.xRowid = {
      $1!.pointee = state($0).row
      return SQLITE_OK
    }
    let pointer = UnsafeMutablePointer<sqlite3_module>.allocate(capacity: 1)
    pointer.initialize(to: module)
    return UnsafePointer(pointer)
  }()

  private static func connect(
    _ connection: OpaquePointer?, _ aux: UnsafeMutableRawPointer?, _ result: UnsafeMutablePointer<UnsafeMutablePointer<sqlite3_vtab>?>?,
    _ message: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
  ) -> Int32 {
    let table = Unmanaged<QueryTable>.fromOpaque(aux!)
    let code = sqlite3_declare_vtab(connection, table.takeUnretainedValue().declaration)
    guard code == SQLITE_OK else { return code }
    let pointer = UnsafeMutablePointer<Table>.allocate(capacity: 1)
    pointer.initialize(to: Table(table: table.retain()))
    result!.pointee = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sqlite3_vtab.self)
    return SQLITE_OK
  }

  private static func disconnect(_ table: UnsafeMutablePointer<sqlite3_vtab>?) -> Int32 {
    let pointer = UnsafeMutableRawPointer(table!).assumingMemoryBound(to: Table.self)
    pointer.pointee.table.release()
    pointer.deallocate()
    return SQLITE_OK
  }

  /// Chooses what narrows the scan. SQLite still checks every row, so that a filter may let more through.
  private static func bestIndex(_ info: UnsafeMutablePointer<sqlite3_index_info>?) -> Int32 {
    let info = info!
    var (uses, cost): (Int32, Double) = (0, 1e9)
    var chosen: [(use: Int32, place: Int)] = []
    for place in 0..<Int(info.pointee.nConstraint) {
      let constraint = info.pointee.aConstraint[place]
      guard constraint.usable != 0, let (use, share) = use(column: constraint.iColumn, Int32(constraint.op)), uses & use == 0 else {
        continue
      }
      uses |= use
      cost *= share
      chosen.append((use, place))
    }
    for (argument, item) in chosen.sorted(by: { $0.use < $1.use }).enumerated() {
      info.pointee.aConstraintUsage[item.place].argvIndex = Int32(argument + 1)
    }
    info.pointee.idxNum = uses
    (info.pointee.estimatedCost, info.pointee.estimatedRows) = (cost, Int64(max(1, cost / 100)))
    return SQLITE_OK
  }

  private static func use(column: Int32, _ op: Int32) -> (Int32, Double)? {
    switch (column, op) {
    case (0, SQLITE_INDEX_CONSTRAINT_EQ): (Uses.account, 1.0 / 2000)
    case (1, SQLITE_INDEX_CONSTRAINT_EQ): (Uses.signal, 1.0 / 20)
    case (2, SQLITE_INDEX_CONSTRAINT_EQ): (Uses.day, 1.0 / 500)
    case (2, SQLITE_INDEX_CONSTRAINT_GE), (2, SQLITE_INDEX_CONSTRAINT_GT): (Uses.from, 1.0 / 4)
    case (2, SQLITE_INDEX_CONSTRAINT_LE), (2, SQLITE_INDEX_CONSTRAINT_LT): (Uses.to, 1.0 / 4)
    default: nil
    }
  }

  private static func open(_ result: UnsafeMutablePointer<UnsafeMutablePointer<sqlite3_vtab_cursor>?>?) -> Int32 {
    let pointer = UnsafeMutablePointer<Cursor>.allocate(capacity: 1)
    pointer.initialize(to: Cursor(state: Unmanaged.passRetained(State())))
    result!.pointee = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sqlite3_vtab_cursor.self)
    return SQLITE_OK
  }

  private static func close(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> Int32 {
    let pointer = UnsafeMutableRawPointer(cursor!).assumingMemoryBound(to: Cursor.self)
    pointer.pointee.state.release()
    pointer.deallocate()
    return SQLITE_OK
  }

  private static func state(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> State {
    UnsafeMutableRawPointer(cursor!).assumingMemoryBound(to: Cursor.self).pointee.state.takeUnretainedValue()
  }

  private static func filter(
    _ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?, _ uses: Int32, _ count: Int32, _ values: UnsafeMutablePointer<OpaquePointer?>?
  ) -> Int32 {
    var (filter, argument) = (ScanFilter(), 0)
    func text() -> String? {
      defer { argument += 1 }
      guard argument < Int(count), let value = values![argument], sqlite3_value_type(value) == SQLITE_TEXT else { return nil }
      return sqlite3_value_text(value).map { String(cString: $0) }
    }
    if uses & Uses.account != 0 { filter.account = text() }
    if uses & Uses.signal != 0 { filter.signal = text() }
    var (from, to) = (Day.range.lowerBound, Day.range.upperBound)
    if uses & Uses.day != 0, let day = text().flatMap({ Day($0) }) { (from, to) = (day, day) }
    if uses & Uses.from != 0, let day = text().flatMap({ Day($0) }) { from = max(from, day) }
    if uses & Uses.to != 0, let day = text().flatMap({ Day($0) }) { to = min(to, day) }
    let state = state(cursor)
    (state.scan, state.row, state.isAtEnd) = (nil, 0, true)
    guard from <= to else { return SQLITE_OK }
    filter.days = from...to
    let table = UnsafeMutableRawPointer(cursor!.pointee.pVtab!).assumingMemoryBound(to: Table.self)
    return told(cursor) {
      state.scan = try table.pointee.table.takeUnretainedValue().open(filter)
      state.isAtEnd = !(try state.scan?.next() ?? false)
    }
  }

  private static func advance(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> Int32 {
    let state = state(cursor)
    return told(cursor) {
      state.row += 1
      state.isAtEnd = !(try state.scan?.next() ?? false)
    }
  }

  private static func column(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?, _ context: OpaquePointer?, _ column: Int32) -> Int32 {
    told(cursor) {
      switch try state(cursor).scan?.value(Int(column)) ?? .null {
      case .null: sqlite3_result_null(context)
      case .integer(let number): sqlite3_result_int64(context, number)
      case .number(let number): sqlite3_result_double(context, number)
      case .text(var text): text.withUTF8 { vitals_result_text_copied(context, $0.baseAddress, UInt64($0.count)) }
      case .blob(let bytes): bytes.withUnsafeBytes { vitals_result_blob_copied(context, $0.baseAddress, UInt64($0.count)) }
      }
    }
  }

  /// Does something, and tells SQLite what went wrong.
  private static func told(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?, _ body: () throws -> Void) -> Int32 {
    do {
      try body()
      return SQLITE_OK
    } catch let problem as Problem where problem.category == .interrupted {
      return SQLITE_INTERRUPT
    } catch {
      let message = (error as? Problem)?.message ?? "\(error)"
      let table = cursor!.pointee.pVtab!
      sqlite3_free(table.pointee.zErrMsg)
      // SQLite frees it, so it must come from SQLite.
      table.pointee.zErrMsg = message.withCString { text in
        let size = strlen(text) + 1
        guard let copy = sqlite3_malloc64(UInt64(size)) else { return nil }
        memcpy(copy, text, size)
        return copy.assumingMemoryBound(to: CChar.self)
      }
      return SQLITE_ERROR
    }
  }
}
