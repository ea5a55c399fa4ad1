import Health
import Storage
import TestSupport
import Testing

struct StripTests {
  @Test func lanesGiveEveryBitBack() throws {
    for seed in 0..<200 {
      var dice = Seeded(UInt64(seed))
      let count = 1 + dice.below(50)
      let integers = (0..<3).map { _ in
        let shift = Int64(dice.below(64))
        return (0..<count).map { _ in Int64(bitPattern: dice.next()) >> shift }
      }
      let kind = dice.below(4)
      let values = (0..<count).map { _ in
        kind == 0 ? dice.finite() : kind == 1 ? Double(dice.below(1 << 40)) : Double(dice.below(70_000)) / 100
      }
      let bytes = Strip.encode(integers, values, importID: seed)
      try bytes.withUnsafeBytes { raw in
        let strip = try Strip(raw, integerLanes: 3, importID: seed, owner: "x")
        #expect(strip.count == count)
        for lane in 0..<3 { #expect((0..<count).map { Int64(strip.reader(lane).integer($0)) } == integers[lane], "seed \(seed)") }
        #expect((0..<count).map { strip.reader(3).value($0).bitPattern } == values.map(\.bitPattern), "seed \(seed)")
      }
    }
  }

  @Test func aLaneOfExtremesWraps() throws {
    let integers: [Int64] = [.min, .max, 0, -1]
    let bytes = Strip.encode([integers], [1, 2, 3, 4], importID: 1)
    try bytes.withUnsafeBytes { raw in
      let strip = try Strip(raw, integerLanes: 1, importID: 1, owner: "x")
      #expect((0..<4).map { Int64(strip.reader(0).integer($0)) } == integers)
    }
  }

  @Test func sliverRoundTrip() throws {
    var dice = Seeded(1)
    for _ in 0..<50 {
      let readings = (0..<1 + dice.below(200)).map { _ in
        LateReading(
          day: Day(dice.below(65_536)), slot: dice.below(512), signal: dice.below(1024), time: UInt32(dice.below(90_000_002)),
          value: dice.finite())
      }
      var found: [LateReading] = []
      try Sliver.encode(readings, importID: 4).withUnsafeBytes { try Sliver.forEach($0, importID: 4, shard: 1) { found.append($0) } }
      #expect(found.map(Self.text) == readings.map(Self.text))
    }
  }

  @Test func eventRoundTrip() throws {
    var dice = Seeded(2)
    for _ in 0..<50 {
      let events = (0..<1 + dice.below(100)).map { _ in Self.event(&dice) }
      var found: [EventRevision] = []
      let bytes = EventChunk.encode(events[...], importID: 9)
      try bytes.withUnsafeBytes { raw in try EventChunk.forEach(raw, importID: 9, shard: 0) { found.append($0) } }
      #expect(found == events)
      #expect(found.map(\.value.bitPattern) == events.map(\.value.bitPattern))
      let line = events[0].line
      var ofLine: [EventRevision] = []
      try bytes.withUnsafeBytes { raw in try EventChunk.forEach(raw, importID: 9, shard: 0, wanted: { $0 == line }) { ofLine.append($0) } }
      #expect(ofLine == events.filter { $0.line == line })
    }
  }

  @Test func everyFlippedBitIsNamed() {
    var dice = Seeded(3)
    let readings = (0..<40).map { _ in
      LateReading(
        day: Day(20_000 + dice.below(9)), slot: dice.below(512), signal: dice.below(9), time: 0, value: Double(dice.below(99)) / 10)
    }
    let sliver = Sliver.encode(readings, importID: 4)
    let events = EventChunk.encode((0..<30).map { _ in Self.event(&dice) }[...], importID: 4)
    for (bytes, name) in [(sliver, "a sliver of shard 6, import 4"), (events, "an event chunk of shard 6, import 4")] {
      for index in bytes.indices {
        var damaged = bytes
        damaged[index] ^= 1 << UInt8(dice.below(8))
        let found = Self.problem(damaged, isSliver: bytes == sliver)
        #expect(found?.name == "damaged-strip", "byte \(index)")
        #expect(found?.message.contains(name) == true)
      }
      for length in bytes.indices { #expect(Self.problem(Array(bytes[..<length]), isSliver: bytes == sliver)?.name == "damaged-strip") }
    }
  }

  @Test func randomBytesAndAnotherImportAreRefused() {
    var dice = Seeded(4)
    for _ in 0..<2000 {
      var random = (0..<dice.below(300)).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
      if random.count > 1, dice.oneIn(2) { (random[0], random[1]) = (1, dice.pick([4, 6])) }
      #expect(Self.problem(random, isSliver: dice.oneIn(2))?.name == "damaged-strip")
    }
    let bytes = Sliver.encode([LateReading(day: Day(1), slot: 1, signal: 1, time: 0, value: 1)], importID: 5)
    #expect(Self.problem(bytes, isSliver: true)?.name == "damaged-strip")
  }

  private static func event(_ dice: inout Seeded) -> EventRevision {
    EventRevision(
      source: 1 + dice.below(1 << 32), line: dice.below(1 << 20), account: dice.below(1 << 21),
      moment: Moment(Day(dice.below(65_536)), millisecond: Int32(dice.below(90_000_001)) - 1), value: dice.finite(),
      flags: EventRevision.Flags(rawValue: UInt8(dice.below(32))))
  }

  private static func text(_ reading: LateReading) -> String {
    "\(reading.day) \(reading.slot) \(reading.signal) \(reading.time) \(reading.value.bitPattern)"
  }

  private static func problem(_ bytes: [UInt8], isSliver: Bool) -> Problem? {
    StorageTests.problem {
      try bytes.withUnsafeBytes { raw in
        if isSliver {
          try Sliver.forEach(raw, importID: 4, shard: 6) { _ in }
        } else {
          try EventChunk.forEach(raw, importID: 4, shard: 6) { _ in }
        }
      }
    }
  }
}
