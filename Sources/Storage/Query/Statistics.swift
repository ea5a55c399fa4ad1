import CSQLite
import Foundation
import Health

/// Aggregates that SQLite lacks: median(x), percentile(x, p), stddev(x), slope(y, x). NULLs are left out.
enum Statistics {
  /// One of them.
  private final class Aggregate: Sendable {
    let name: String
    let arguments: Int32
    /// From the rows' arguments; nil for NULL.
    let result: @Sendable ([[Double]]) -> Double?

    init(_ name: String, _ arguments: Int32, _ result: @escaping @Sendable ([[Double]]) -> Double?) {
      (self.name, self.arguments, self.result) = (name, arguments, result)
    }
  }
  /// The rows of one group.
  private final class Rows { var all: [[Double]] = [] }

  private static let aggregates = [
    Aggregate("median", 1) { percentile($0.map { $0[0] }, 50) },
    Aggregate("percentile", 2) { rows in rows.first.flatMap { percentile(rows.map { $0[0] }, $0[1]) } },
    Aggregate("stddev", 1) { deviation($0.map { $0[0] }) },
    Aggregate("slope", 2) { slope($0.map { ($0[1], $0[0]) }) },
  ]

  /// Between the two neighbours of the place p per cent of the way, in a straight line (Hyndman and Fan's type 7, as spreadsheets do).
  static func percentile(_ values: [Double], _ p: Double) -> Double? {
    guard !values.isEmpty, p >= 0, p <= 100 else { return nil }
    let sorted = values.sorted()
    let place = p / 100 * Double(sorted.count - 1)
    let low = Int(place)
    return low + 1 < sorted.count ? sorted[low] + (sorted[low + 1] - sorted[low]) * (place - Double(low)) : sorted[low]
  }

  /// Of a sample: the sum of squares is divided by n − 1.
  static func deviation(_ values: [Double]) -> Double? {
    guard values.count > 1 else { return nil }
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
  }

  /// Of the line of least squares through (x, y).
  static func slope(_ points: [(x: Double, y: Double)]) -> Double? {
    guard points.count > 1 else { return nil }
    let n = Double(points.count)
    let (x, y) = (points.reduce(0) { $0 + $1.x } / n, points.reduce(0) { $0 + $1.y } / n)
    let spread = points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
    return spread > 0 ? points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) } / spread : nil
  }

  static func register(on connection: Connection) throws {
    for aggregate in aggregates {
      // Unsafe: SQLite keeps the retained aggregate until the connection closes. The rows are retained by the aggregate context,
      // which SQLite zeroes before the first step, and released in `xFinal`, which comes once for each group, always.
      let code = sqlite3_create_function_v2(
        connection.handle, aggregate.name, aggregate.arguments, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
        Unmanaged.passRetained(aggregate).toOpaque(), nil,
        { context, count, values in Statistics.step(context, count, values) }, { context in Statistics.finish(context) },
        { Unmanaged<Aggregate>.fromOpaque($0!).release() })
      guard code == SQLITE_OK else { throw SQLiteError.problem(code, on: connection.handle, sql: "CREATE FUNCTION \(aggregate.name)") }
    }
  }

  private static func step(_ context: OpaquePointer?, _ count: Int32, _ values: UnsafeMutablePointer<OpaquePointer?>?) {
    guard let slot = sqlite3_aggregate_context(context, Int32(MemoryLayout<UnsafeRawPointer?>.size)) else {
      return sqlite3_result_error_nomem(context)
    }
    let place = slot.assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
    if place.pointee == nil { place.pointee = Unmanaged.passRetained(Rows()).toOpaque() }
    var row: [Double] = []
    for index in 0..<Int(count) {
      guard let value = values![index], sqlite3_value_type(value) != SQLITE_NULL else { return }
      row.append(sqlite3_value_double(value))
    }
    Unmanaged<Rows>.fromOpaque(place.pointee!).takeUnretainedValue().all.append(row)
  }

  private static func finish(_ context: OpaquePointer?) {
    let aggregate = Unmanaged<Aggregate>.fromOpaque(sqlite3_user_data(context)!).takeUnretainedValue()
    var rows: [[Double]] = []
    if let slot = sqlite3_aggregate_context(context, 0), let box = slot.assumingMemoryBound(to: UnsafeMutableRawPointer?.self).pointee {
      rows = Unmanaged<Rows>.fromOpaque(box).takeRetainedValue().all
    }
    if let result = aggregate.result(rows) { sqlite3_result_double(context, result) } else { sqlite3_result_null(context) }
  }
}
