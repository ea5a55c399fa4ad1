import Health

// A strip holds facts that come one by one (late readings and events) as parallel lanes. All numbers are little-endian.
//
//   byte 0      version, 1
//   byte 1      number of integer lanes, n
//   bytes 2–3   0
//   bytes 4–7   checksum: the low half of XXH64 over all other bytes, seeded with the import's id
//   bytes 8–15  number of facts, UInt64
//   then        n + 1 directory entries of 16 bytes, the last for the lane of values:
//                 +0 width, +1 decimals (see Lane), +2 … +7 zero, +8 base, Int64
//   then        the lanes in that order, without gaps.
//
// Which lanes there are is the affair of the table that keeps the strip: see Sliver and EventChunk.

/// Facts as parallel lanes of integers and one lane of finite Doubles.
package struct Strip {
  private static let version: UInt8 = 1
  private static let headerLength = 16
  private static let entryLength = 16

  private let bytes: UnsafeRawBufferPointer
  private let lanes: [(lane: Lane, offset: Int)]
  /// Number of facts.
  package let count: Int

  /// The bytes of a strip. All lanes have as many numbers as `values`.
  package static func encode(_ integers: [[Int64]], _ values: [Double], importID: Int) -> [UInt8] {
    var body: [UInt8] = []
    var lanes = integers.map { Lane.append($0, to: &body) }
    lanes.append(Lane.append(values, to: &body))
    var bytes: [UInt8] = [version, UInt8(integers.count), 0, 0, 0, 0, 0, 0]
    func append<T: FixedWidthInteger>(_ number: T) { withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) } }
    append(UInt64(values.count))
    for lane in lanes {
      append(lane.width)
      append(lane.decimals)
      bytes.append(contentsOf: [0, 0, 0, 0, 0, 0])
      append(lane.base)
    }
    bytes.append(contentsOf: body)
    let sum = bytes.withUnsafeBytes { checksum($0, importID) }
    withUnsafeBytes(of: sum.littleEndian) { bytes.replaceSubrange(4..<8, with: $0) }
    return bytes
  }

  /// Checks a strip of so many integer lanes, whose bytes must outlive it; throws `damaged-strip` with what it belongs to.
  ///
  /// Invariant: every lane lies within the bytes, so the unchecked loads of `Lane` stay inside for indices below `count`.
  package init(_ bytes: UnsafeRawBufferPointer, integerLanes: Int, importID: Int, owner: @autoclosure () -> String) throws {
    func damaged(_ what: String) -> Problem {
      Problem(
        "damaged-strip", .failure, "\(owner()) is damaged: \(what)",
        hint: "restore a backup, or revert import \(importID) and import its file again")
    }
    let start = Strip.headerLength + (integerLanes + 1) * Strip.entryLength
    guard bytes.count >= start, bytes[0] == Strip.version, Int(bytes[1]) == integerLanes else { throw damaged("wrong header") }
    guard bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self).littleEndian == Strip.checksum(bytes, importID) else {
      throw damaged("wrong checksum")
    }
    guard let count = Int(exactly: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self).littleEndian), count < 1 << 32 else {
      throw damaged("wrong count")
    }
    var lanes: [(Lane, Int)] = []
    var offset = start
    for index in 0...integerLanes {
      let entry = Strip.headerLength + index * Strip.entryLength
      let base = bytes.loadUnaligned(fromByteOffset: entry + 8, as: Int64.self).littleEndian
      let lane = Lane(width: bytes[entry], decimals: bytes[entry + 1], base: base)
      guard [0, 1, 2, 4, 8].contains(lane.width), lane.decimals <= Lane.mostDecimals || (lane.decimals == Lane.raw && lane.width == 8),
        offset + lane.length(count) <= bytes.count
      else { throw damaged("lane \(index) does not fit") }
      lanes.append((lane, offset))
      offset += lane.length(count)
    }
    (self.bytes, self.lanes, self.count) = (bytes, lanes, count)
  }

  private static func checksum(_ bytes: UnsafeRawBufferPointer, _ importID: Int) -> UInt32 {
    var state = XXH64(seed: UInt64(importID))
    state.update(UnsafeRawBufferPointer(rebasing: bytes[..<4]))
    state.update(UnsafeRawBufferPointer(rebasing: bytes[8...]))
    return UInt32(truncatingIfNeeded: state.finish())
  }

  /// A lane of integers or, as the last, the values: for loops over many facts.
  package struct Reader {
    let lane: Lane
    let start: UnsafeRawPointer

    @inline(__always) package func integer(_ index: Int) -> Int { Int(lane.integer(index, in: start)) }
    @inline(__always) package func value(_ index: Int) -> Double { lane.value(index, in: start) }
  }

  /// The reader of a lane; `integerLanes` is the lane of values.
  package func reader(_ lane: Int) -> Reader {
    Reader(lane: lanes[lane].lane, start: bytes.baseAddress! + lanes[lane].offset)  // not nil: the checked bytes are not empty
  }
}
