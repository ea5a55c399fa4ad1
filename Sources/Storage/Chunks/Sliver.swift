import Health

// A sliver is a strip (see Strip) with four integer lanes and the values:
//   day · slot (of the table row's shard) · signal · time of day (millisecond + 1; 0: none)
// sorted by day, slot, signal, time.

/// A reading kept one by one.
package struct LateReading: Sendable {
  package var day: Day
  package var slot: Int
  package var signal: Int
  /// Millisecond + 1, 0 for none.
  package var time: UInt32
  package var value: Double

  package init(day: Day, slot: Int, signal: Int, time: UInt32, value: Double) {
    (self.day, self.slot, self.signal, self.time, self.value) = (day, slot, signal, time, value)
  }

  var sortKey: UInt64 { UInt64(day.number) << 19 | UInt64(slot) << 10 | UInt64(signal) }
}

/// Encodes and decodes slivers.
package enum Sliver {
  /// The most readings in one.
  package static let mostReadings = 4096

  /// The bytes of a sliver.
  package static func encode(_ readings: [LateReading], importID: Int) -> [UInt8] {
    Strip.encode(
      [
        readings.map { Int64($0.day.number) }, readings.map { Int64($0.slot) }, readings.map { Int64($0.signal) },
        readings.map { Int64($0.time) },
      ], readings.map(\.value), importID: importID)
  }

  /// Calls `body` with each reading of a sliver.
  package static func forEach(_ bytes: UnsafeRawBufferPointer, importID: Int, shard: Int, _ body: (LateReading) -> Void) throws {
    let strip = try Strip(bytes, integerLanes: 4, importID: importID, owner: "a sliver of shard \(shard), import \(importID),")
    let (days, slots, signals, times, values) = (strip.reader(0), strip.reader(1), strip.reader(2), strip.reader(3), strip.reader(4))
    for i in 0..<strip.count {
      let slot = slots.integer(i)
      let signal = signals.integer(i)
      guard (0..<Layout.shardSize).contains(slot), (0..<Layout.mostSignals).contains(signal) else {
        throw Problem(
          "damaged-strip", .failure, "a sliver of shard \(shard), import \(importID), is damaged: a reading lies outside its shard",
          hint: "restore a backup, or revert import \(importID) and import its file again")
      }
      body(
        LateReading(
          day: Day(days.integer(i)), slot: slot, signal: signal, time: UInt32(truncatingIfNeeded: times.integer(i)), value: values.value(i))
      )
    }
  }
}
