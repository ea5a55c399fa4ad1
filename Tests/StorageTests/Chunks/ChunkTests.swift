import Health
import Storage
import TestSupport
import Testing

struct ChunkTests {
  /// How the readings of a column are spread over the accounts of a shard.
  enum Presence: CaseIterable { case dense, bitmap, list, several, single, full }

  /// One reading as the test keeps it.
  struct Reading: Equatable {
    var slot: Int
    var time: UInt32
    var bits: UInt64
  }

  private static let key = ChunkKey(day: Day(20_000), shard: 3, importID: 77, block: 2, part: 1)

  @Test(arguments: Presence.allCases)
  func roundTripIsExact(_ presence: Presence) throws {
    for seed in 0..<60 {
      var dice = Seeded(UInt64(seed))
      let columns = Self.columns(presence, &dice)
      let bytes = Chunk.encode(columns, key: Self.key)
      try bytes.withUnsafeBytes { raw in
        let view = try ChunkView(raw, key: Self.key)
        #expect(view.columnCount == columns.count)
        for (index, column) in columns.enumerated() {
          #expect(Self.readings(view.column(index), 0..<512) == Self.readings(column), "column \(index), seed \(seed)")
          #expect(view.signal(index) == column.signal)
        }
      }
    }
  }

  @Test(arguments: Presence.allCases)
  func partsOfAColumnAreTheSameReadings(_ presence: Presence) throws {
    var dice = Seeded(99)
    for _ in 0..<30 {
      let column = Self.columns(presence, &dice)[0]
      let all = Self.readings(column)
      let low = dice.below(512)
      let range = low..<low + dice.below(513 - low)
      let bytes = Chunk.encode([column], key: Self.key)
      try bytes.withUnsafeBytes { raw in
        let view = try ChunkView(raw, key: Self.key)
        let found = try #require(view.column(ofSignal: column.signal))
        #expect(Self.readings(found, range) == all.filter { range.contains($0.slot) })
        #expect(view.column(ofSignal: (column.signal + 1) % 32) == nil)
        for slot in 0..<512 {
          let ofSlot = found.indices(ofSlot: slot).map { Reading(slot: slot, time: found.time($0), bits: found.value($0).bitPattern) }
          #expect(ofSlot == all.filter { $0.slot == slot })
        }
      }
    }
  }

  @Test func smallNumbersTakeLittleRoom() {
    let slots = (0..<512).map { UInt16($0) }
    let values = (0..<512).map { 1000 + Double($0 % 200) / 100 }
    let bytes = Chunk.encode(
      [ChunkColumn(signal: 0, slots: slots, times: [UInt32](repeating: 0, count: 512), values: values)], key: Self.key)
    #expect(bytes.count <= 512 + 40)  // a byte a reading, and the header
  }

  @Test func everyFlippedBitIsNamed() throws {
    var dice = Seeded(5)
    for presence in Presence.allCases {
      let bytes = Chunk.encode(Array(Self.columns(presence, &dice).prefix(2)), key: Self.key)
      // Every byte of the header and the directory; later ones by sampling, since one checksum guards them all.
      for index in bytes.indices where index < 64 || dice.oneIn(7) {
        var damaged = bytes
        damaged[index] ^= 1 << UInt8(dice.below(8))
        let found = Self.problem(damaged)
        #expect(found?.name == "damaged-chunk", "byte \(index) of \(bytes.count), \(presence)")
        #expect(found?.message.contains("day 2024-10-04, shard 3, import 77") == true)
      }
    }
  }

  @Test func truncatedAndRandomBytesAreRefused() {
    var dice = Seeded(6)
    let bytes = Chunk.encode(Self.columns(.several, &dice), key: Self.key)
    for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 300)) {
      #expect(Self.problem(Array(bytes[..<length]))?.name == "damaged-chunk", "\(length) bytes")
    }
    #expect(Self.problem(bytes + [0])?.name == "damaged-chunk")
    for _ in 0..<2000 {
      var random = (0..<dice.below(200)).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
      if !random.isEmpty, dice.oneIn(2) { random[0] = 1 }
      #expect(Self.problem(random)?.name == "damaged-chunk")
    }
  }

  @Test func aChunkUnderAnotherKeyIsDamage() {
    var dice = Seeded(7)
    let bytes = Chunk.encode(Self.columns(.dense, &dice), key: Self.key)
    for key in [
      ChunkKey(day: Day(20_001), shard: 3, importID: 77, block: 2, part: 1),
      ChunkKey(day: Day(20_000), shard: 4, importID: 77, block: 2, part: 1),
      ChunkKey(day: Day(20_000), shard: 3, importID: 78, block: 2, part: 1),
      ChunkKey(day: Day(20_000), shard: 3, importID: 77, block: 3, part: 1),
    ] {
      #expect(StorageTests.problem { _ = try bytes.withUnsafeBytes { try ChunkView($0, key: key).columnCount } }?.name == "damaged-chunk")
    }
  }

  @Test func keysKeepTheirPartsAndSortByDayFirst() {
    var dice = Seeded(8)
    var last: (key: ChunkKey, parts: [Int])?
    for _ in 0..<2000 {
      let parts = [dice.below(65_536), dice.below(4096), dice.below(1 << 22), dice.below(32), dice.below(256)]
      let key = ChunkKey(day: Day(parts[0]), shard: parts[1], importID: parts[2], block: parts[3], part: parts[4])
      #expect([Int(key.day.number), key.shard, key.importID, key.block, key.part] == parts)
      #expect(key.packed >= 0)
      #expect(ChunkKey.range(day: key.day, shard: key.shard).contains(key.packed))
      if parts[1] > 0 { #expect(!ChunkKey.range(day: key.day, shard: parts[1] - 1).contains(key.packed)) }
      if let last { #expect((last.key < key) == last.parts.lexicographicallyPrecedes(parts)) }
      last = (key, parts)
    }
  }

  // MARK: Making and reading columns

  private static func problem(_ bytes: [UInt8]) -> Problem? {
    StorageTests.problem { _ = try bytes.withUnsafeBytes { try ChunkView($0, key: key).columnCount } }
  }

  private static func readings(_ column: ChunkColumn) -> [Reading] {
    column.slots.indices.map { Reading(slot: Int(column.slots[$0]), time: column.times[$0], bits: column.values[$0].bitPattern) }
  }

  private static func readings(_ column: ChunkView.Column, _ range: Range<Int>) -> [Reading] {
    var found: [Reading] = []
    column.forEach(in: range) { slot, index in
      found.append(Reading(slot: slot, time: column.time(index), bits: column.value(index).bitPattern))
    }
    return found
  }

  private static func columns(_ presence: Presence, _ dice: inout Seeded) -> [ChunkColumn] {
    var signals = Set<Int>()
    for _ in 0...dice.below(5) { signals.insert(dice.below(32)) }
    return signals.sorted().map { column($0, presence, &dice) }
  }

  private static func column(_ signal: Int, _ presence: Presence, _ dice: inout Seeded) -> ChunkColumn {
    var slots: [UInt16] = []
    var times: [UInt32] = []
    let oneTime: UInt32? = dice.oneIn(2) ? (dice.oneIn(2) ? 0 : UInt32(dice.below(90_000_000)) + 1) : nil
    for slot in slotSet(presence, &dice).sorted() {
      var own: Set<UInt32> = []
      for _ in 0..<(presence == .several ? 1 + dice.below(4) : 1) { own.insert(oneTime ?? UInt32(dice.below(90_000_002))) }
      for time in own.sorted() {
        slots.append(UInt16(slot))
        times.append(time)
      }
    }
    // Whole columns of one sort take the packed lanes; mixed ones raw bits.
    let scale = dice.pick([0.0, 1, 100, 1e6])
    let values = slots.map { _ in scale == 0 ? dice.finite() : Double(dice.below(5_000_000) - 2_500_000) / scale }
    return ChunkColumn(signal: signal, slots: slots, times: times, values: values)
  }

  private static func slotSet(_ presence: Presence, _ dice: inout Seeded) -> Set<Int> {
    switch presence {
    case .single: return [dice.below(512)]
    case .full: return Set(0..<512)
    case .dense:
      let first = dice.below(500)
      return Set(first..<first + 1 + dice.below(512 - first))
    case .bitmap: return Set((0..<512).filter { _ in !dice.oneIn(3) })
    case .list, .several: return Set((0..<1 + dice.below(25)).map { _ in dice.below(512) })
    }
  }
}
