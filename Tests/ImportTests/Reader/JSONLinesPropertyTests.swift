import Foundation
import Health
import TestSupport
import Testing

@testable import Import

/// Any bytes give the same rows for every buffer size, and those that Foundation's reader finds.
struct JSONLinesPropertyTests {
  private static let columns = ["a", "b", "o.a", "o.b.c"]
  private static let words = [
    "{", "}", "[", "]", ":", ",", "\"", "\"a\"", "\"b\"", "\"o\"", "\"a\":", "\"o\":{", "1", "-0.5e3", "01", "true", "null", "\\u0041",
    "\\ud83d", "\\", "\n", "\r", "\r\n", " ", "é", "{\"a\":1}\n", "\\n", "x", "{\"o\":{\"a\":2,\"b\":{\"c\":\"d\"}}}\n",
  ]
  private static let pieces: [[UInt8]] = words.map { Array($0.utf8) } + [[0xC3], [0x80], [0], [0xEF, 0xBB, 0xBF]]

  private func noise(_ random: inout Seeded) -> [UInt8] {
    (0..<random.below(60)).flatMap { _ in random.oneIn(8) ? [UInt8(random.below(256))] : random.pick(Self.pieces) }
  }

  /// Sound lines, some of them with a byte changed, put in or taken out.
  private func mutated(_ random: inout Seeded) -> [UInt8] {
    (0..<(1 + random.below(5))).flatMap { _ in line(&random) + Array(random.pick(["\n", "\r\n", "\r"]).utf8) }
  }

  private func line(_ random: inout Seeded) -> [UInt8] {
    var line = Array(object(&random, depth: 0).utf8)
    for _ in 0..<random.below(3) where !line.isEmpty {
      let at = random.below(line.count)
      switch random.below(3) {
      case 0: line[at] = UInt8(random.below(256))
      case 1: line.insert(contentsOf: random.pick(Self.pieces), at: at)
      default: line.remove(at: at)
      }
    }
    return line
  }

  private func object(_ random: inout Seeded, depth: Int) -> String {
    let keys = ["a", "b", "o", "c", "é", "\\u0061x", "long key"].filter { _ in random.oneIn(2) }
    let members = keys.map { key in
      "\(random.oneIn(5) ? " " : "")\"\(key)\"\(random.oneIn(5) ? " " : ""):\(random.oneIn(5) ? " " : "")\(value(&random, depth: depth))"
    }
    return "{\(members.joined(separator: ","))}"
  }

  private func value(_ random: inout Seeded, depth: Int) -> String {
    switch random.below(depth < 3 ? 9 : 6) {
    case 0: return random.pick(["0", "-1", "17850.0", "1e3", "-2.5E-3", "9007199254740993"])
    case 1: return "true"
    case 2: return "null"
    case 3, 4: return "\"\(random.pick(["", "x", "eight by", "sixteen bytes ok", "\\n", "\\u20ac", "\\ud83d\\ude0e", "é😎", "\\\"q\\\""]))\""
    case 5: return "[1,{\"a\":[]},\"x\"]"
    default: return object(&random, depth: depth + 1)
    }
  }

  @Test func everyBufferSizeGivesTheSameRows() {
    var random = Seeded(20260401)
    for round in 0..<600 {
      let bytes = round % 2 == 0 ? noise(&random) : mutated(&random)
      let limit = round % 4 == 0 ? 1 + random.below(60) : CSVReader.defaultRowLimit
      let whole = outcome(bytes, 1 << 20, limit)
      for size in [1, 2, 3, 5, 8, 13, 64, 127] { #expect(outcome(bytes, size, limit) == whole, "size \(size), round \(round), \(bytes)") }
    }
  }

  private func outcome(_ bytes: [UInt8], _ size: Int, _ limit: Int) -> [String] {
    do {
      let found = try jsonTranscript(bytes, Self.columns, bufferSize: size, rowLimit: limit)
      return found.seen.map(\.description) + found.messages + ["\(found.absent)", "\(found.further)"]
    } catch { return ["\(error)"] }
  }

  /// What Foundation reads of a line is what the reader gives, and what it refuses is broken; keys that come twice it lets pass.
  @Test func theSameAsFoundation() throws {
    var random = Seeded(77)
    var (sound, broken) = (0, 0)
    for round in 0..<3000 {
      let line = (round % 5 == 0 ? noise(&random) : line(&random)).filter { $0 != 10 && $0 != 13 }
      guard !line.isEmpty, !line.starts(with: [0xFF, 0xFE]), !line.starts(with: [0xFE, 0xFF]), !line.starts(with: [0xEF, 0xBB, 0xBF]),
        let seen = try jsonTranscript(line, Self.columns).seen.first
      else { continue }
      let read = try? JSONSerialization.jsonObject(with: Data(line))
      switch seen {
      case .row(let cells, _):
        sound += 1
        guard let object = read as? [String: Any] else {
          Issue.record("Foundation refuses \(String(decoding: line, as: UTF8.self).debugDescription), round \(round)")
          continue
        }
        let expected = [object["a"], object["b"], inner(object, "o")?["a"], inner(inner(object, "o"), "b")?["c"]]
        for (cell, value) in zip(cells, expected) { #expect(isSame(cell, value), "round \(round): \(cell) is not \(value ?? "absent")") }
      case .broken("bad-json", _, _, _), .broken("encoding", _, _, _):
        broken += 1
        #expect(read as? [String: Any] == nil, "Foundation reads \(String(decoding: line, as: UTF8.self).debugDescription), round \(round)")
      case .broken: break
      }
    }
    #expect(sound > 500 && broken > 500)
  }

  private func inner(_ object: [String: Any]?, _ key: String) -> [String: Any]? { object?[key] as? [String: Any] }

  private func isSame(_ cell: String, _ value: Any?) -> Bool {
    switch value {
    case nil, is NSNull: cell.isEmpty
    case let text as String: cell == text
    case let number as NSNumber where cell == "true" || cell == "false": number.boolValue == (cell == "true")
    case let number as NSNumber: Double(cell) == number.doubleValue
    default: false
    }
  }
}
