import Health

// An event chunk is a strip (see Strip) with six integer lanes and the values:
//   source · line · account · day · time of day (millisecond + 1; 0: none) · flags
// sorted by source, line. Flags: 1 withdrawn, 2 no value (the value lane has 0), 4 an earlier import had stated the event,
// 8 the source gave no id, 16 has a text.

/// One revision of one event.
package struct EventRevision: Sendable, Hashable {
  package struct Flags: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The source says that there is no such event (any more).
    package static let withdrawn = Flags(rawValue: 1)
    /// A text without a number.
    package static let valueless = Flags(rawValue: 2)
    /// The event had a revision before this one was written, so readers have to compare ranks.
    package static let revises = Flags(rawValue: 4)
    /// The source gave no id; a covering import can hide it.
    package static let idless = Flags(rawValue: 8)
    /// There is a row in `event_text`.
    package static let worded = Flags(rawValue: 16)
  }

  package var source: Int
  package var line: Int
  package var account: Int
  package var moment: Moment
  package var value: Double
  package var flags: Flags

  package init(source: Int, line: Int, account: Int, moment: Moment, value: Double, flags: Flags) {
    (self.source, self.line, self.account, self.moment, self.value, self.flags) = (source, line, account, moment, value, flags)
  }

  /// What makes it the same event: source and line.
  @inline(__always) package var identity: UInt64 { EventRevision.identity(source: source, line: line) }
  @inline(__always) package static func identity(source: Int, line: Int) -> UInt64 { UInt64(source) << 24 | UInt64(line) }
}

/// Encodes and decodes event chunks.
package enum EventChunk {
  /// The most events in one.
  package static let mostEvents = 4096

  /// The bytes of an event chunk.
  package static func encode(_ events: ArraySlice<EventRevision>, importID: Int) -> [UInt8] {
    Strip.encode(
      [
        events.map { Int64($0.source) }, events.map { Int64($0.line) }, events.map { Int64($0.account) },
        events.map { Int64($0.moment.day.number) }, events.map { Int64($0.moment.millisecond + 1) },
        events.map { Int64($0.flags.rawValue) },
      ], events.map(\.value), importID: importID)
  }

  /// Calls `body` with each event of a chunk whose line is wanted.
  package static func forEach(
    _ bytes: UnsafeRawBufferPointer, importID: Int, shard: Int, wanted: (Int) -> Bool = { _ in true }, _ body: (EventRevision) -> Void
  ) throws {
    let events = try EventLanes(bytes, importID: importID, shard: shard)
    for i in 0..<events.count {
      let line = events.lines.integer(i)
      if wanted(line) { body(events.revision(i, line: line)) }
    }
  }

  /// Calls `body` with each event of a chunk whose source `sources` gives; it gives them ascending, then nil.
  package static func forEach(
    _ bytes: UnsafeRawBufferPointer, importID: Int, shard: Int, sources next: () -> Int?, _ body: (EventRevision) -> Void
  ) throws {
    let events = try EventLanes(bytes, importID: importID, shard: shard)
    var start = 0
    while let source = next() {
      var (low, high) = (start, events.count)
      while low < high {
        let middle = (low + high) / 2
        if events.sources.integer(middle) < source { low = middle + 1 } else { high = middle }
      }
      while low < events.count, events.sources.integer(low) == source {
        body(events.revision(low, line: events.lines.integer(low)))
        low += 1
      }
      start = low
    }
  }
}

/// The lanes of an event chunk, checked, and read in place; the bytes must outlive it.
struct EventLanes {
  let sources, lines, accounts, days, times, flags, values: Strip.Reader
  let count: Int

  init(_ bytes: UnsafeRawBufferPointer, importID: Int, shard: Int) throws {
    let strip = try Strip(bytes, integerLanes: 6, importID: importID, owner: "an event chunk of shard \(shard), import \(importID),")
    (sources, lines, accounts, days) = (strip.reader(0), strip.reader(1), strip.reader(2), strip.reader(3))
    (times, flags, values, count) = (strip.reader(4), strip.reader(5), strip.reader(6), strip.count)
  }

  @inline(__always) func flags(_ i: Int) -> EventRevision.Flags {
    EventRevision.Flags(rawValue: UInt8(truncatingIfNeeded: flags.integer(i)))
  }

  @inline(__always) func revision(_ i: Int, line: Int) -> EventRevision {
    EventRevision(
      source: sources.integer(i), line: line, account: accounts.integer(i),
      moment: Moment(Day(days.integer(i)), millisecond: Int32(truncatingIfNeeded: times.integer(i) - 1)), value: values.value(i),
      flags: flags(i))
  }

  /// Whether any event may be one that had a revision before.
  var mayRevise: Bool {
    flags.lane.width > 0 || EventRevision.Flags(rawValue: UInt8(truncatingIfNeeded: flags.lane.base)).contains(.revises)
  }

  /// What the values amount to at most if all are integers, whose sums are then the same in any order as long as they stay below 2⁵³;
  /// infinite where they are not.
  var mostOfIntegers: Double {
    guard values.lane.decimals == 0, values.lane.width < 8 else { return .infinity }
    let (low, high) = (Double(values.lane.base), Double(values.lane.base) + Double(UInt64(1) << (8 * UInt64(values.lane.width))))
    return max(abs(low), abs(high)) * Double(count)
  }
}
