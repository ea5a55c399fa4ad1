import Foundation
import Health
import Storage
import Testing

/// A folder of its own for one test, removed afterwards.
final class Scratch {
  let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("vitals-storage-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func path(_ name: String = "vitals.db") -> String { folder + "/" + name }

  /// The names in the folder, sorted.
  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() }

  func bytes(_ name: String = "vitals.db") -> [UInt8] { [UInt8](FileManager.default.contents(atPath: path(name)) ?? Data()) }

  func size(_ name: String) -> Int { bytes(name).count }

  /// Whether a file holds these bytes. Not compared within an expectation, which would take minutes to describe a large difference.
  func holds(_ expected: [UInt8], _ name: String = "vitals.db") -> Bool { bytes(name) == expected }

  func write(_ bytes: [UInt8], to name: String = "vitals.db") throws { try Data(bytes).write(to: URL(fileURLWithPath: path(name))) }

  /// A closed database with a table `item(id, body)` of so many rows.
  func makeDatabase(_ name: String = "vitals.db", rows: Int = 0) throws {
    let connection = try Connection(path(name), .create)
    try connection.execute("CREATE TABLE item(id INTEGER PRIMARY KEY, body BLOB) STRICT")
    try connection.insert(1..<(rows + 1))
    try connection.finish()
    connection.close()
  }
}

extension Connection {
  /// Adds items of 1000 bytes, in one transaction.
  func insert(_ ids: Range<Int>) throws {
    try transaction(.immediate) {
      for id in ids { try prepare("INSERT INTO item(id, body) VALUES (?, ?)").run(id, [UInt8](repeating: UInt8(id & 255), count: 1000)) }
    }
  }

  /// The first column of the first row as an integer.
  func number(_ sql: String) throws -> Int? { try prepare(sql).first { $0.int(0) } }

  func word(_ sql: String) throws -> String? { try prepare(sql).first { $0.text(0) } }
}

/// The problem that `body` throws; nil if it throws none or something else.
func problem(_ body: () throws -> Void) -> Problem? {
  do {
    try body()
    return nil
  } catch {
    return error as? Problem
  }
}
