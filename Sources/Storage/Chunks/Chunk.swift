import Health

// A chunk holds the readings of one import for one day, one shard and one block of signals. All numbers are little-endian.
//
//   byte 0      version, 1
//   byte 1      number of columns, 1 … 32
//   bytes 2–3   0
//   bytes 4–7   checksum: the low half of XXH64 over all other bytes, seeded with the chunk's key, so that a chunk under
//               another key is damage too
//   bytes 8 …   directory, 24 bytes a column, ascending by signal:
//                 +0   signal within the block, 0 … 31
//                 +1   positions: 0 = consecutive slots, 1 = bitmap, 2 = list
//                 +2   width of a value: 0, 1, 2, 4 or 8 bytes
//                 +3   decimals of the values, 255 for bit patterns (see Lane)
//                 +4   number of readings, UInt32, at least 1
//                 +8   base of the values, Int64
//                 +16  time of day of every reading as millisecond + 1 (0: none), UInt32; 0xFFFFFFFF: a lane of times follows
//                 +20  where the column's data begins, UInt32 from byte 0
//   then        for each column: positions, times where they differ (4 bytes each, in the form of +16), values.
//                 positions 0: the first slot, UInt16
//                 positions 1: 64 bytes, bit s of which says that slot s has a reading
//                 positions 2: a UInt16 a reading, ascending, a slot repeated where it has several readings, those by time
//
// Readings of a column are in the order of their slots and, within a slot, of their times. Nothing follows the last column.

/// One column of readings, before it is encoded.
package struct ChunkColumn {
  /// The signal within its block, 0 … 31.
  package var signal: Int
  /// The slot of each reading, ascending; repeated where an account has several readings.
  package var slots: [UInt16]
  /// The time of day of each reading: millisecond + 1, 0 for none.
  package var times: [UInt32]
  /// The finite values.
  package var values: [Double]

  package init(signal: Int, slots: [UInt16], times: [UInt32], values: [Double]) {
    (self.signal, self.slots, self.times, self.values) = (signal, slots, times, values)
  }
}

/// Encodes chunks.
package enum Chunk {
  static let version: UInt8 = 1
  static let directoryStart = 8
  static let directoryEntry = 24
  static let bitmapLength = Layout.shardSize / 8
  static let manyTimes: UInt32 = 0xFFFF_FFFF

  /// The bytes of a chunk with these columns, which are not empty and ascend by signal.
  package static func encode(_ columns: [ChunkColumn], key: ChunkKey) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: directoryStart + columns.count * directoryEntry)
    bytes[0] = version
    bytes[1] = UInt8(columns.count)
    for (index, column) in columns.enumerated() { append(column, entry: directoryStart + index * directoryEntry, to: &bytes) }
    store(checksum(bytes, key), at: 4, in: &bytes)
    return bytes
  }

  private static func append(_ column: ChunkColumn, entry: Int, to bytes: inout [UInt8]) {
    let start = bytes.count
    let positions = appendPositions(column.slots, to: &bytes)
    let time = commonTime(column.times) ?? manyTimes
    if time == manyTimes { for time in column.times { append(time, to: &bytes) } }
    let lane = Lane.append(column.values, to: &bytes)
    bytes[entry] = UInt8(column.signal)
    bytes[entry + 1] = positions
    bytes[entry + 2] = lane.width
    bytes[entry + 3] = lane.decimals
    store(UInt32(column.values.count), at: entry + 4, in: &bytes)
    store(lane.base, at: entry + 8, in: &bytes)
    store(time, at: entry + 16, in: &bytes)
    store(UInt32(start), at: entry + 20, in: &bytes)
  }

  private static func commonTime(_ times: [UInt32]) -> UInt32? {
    times.withUnsafeBufferPointer { times in
      var differences: UInt32 = 0
      for time in times { differences |= time ^ times[0] }
      return differences == 0 ? times[0] : nil
    }
  }

  private static func appendPositions(_ slots: [UInt16], to bytes: inout [UInt8]) -> UInt8 {
    let count = slots.count
    let distinct = isDistinct(slots)
    if distinct, Int(slots[count - 1]) - Int(slots[0]) == count - 1 {
      append(slots[0], to: &bytes)
      return 0
    }
    if distinct, count * 2 > bitmapLength {
      let start = bytes.count
      bytes.append(contentsOf: repeatElement(0, count: bitmapLength))
      for slot in slots { bytes[start + Int(slot) >> 3] |= 1 << (slot & 7) }
      return 1
    }
    for slot in slots { append(slot, to: &bytes) }
    return 2
  }

  /// Whether no slot of an ascending list comes twice.
  private static func isDistinct(_ slots: [UInt16]) -> Bool {
    slots.withUnsafeBufferPointer { slots in
      var repeats = 0
      for index in 1..<max(slots.count, 1) { repeats += slots[index] == slots[index - 1] ? 1 : 0 }
      return repeats == 0
    }
  }

  static func checksum(_ bytes: [UInt8], _ key: ChunkKey) -> UInt32 { bytes.withUnsafeBytes { checksum($0, key) } }

  static func checksum(_ bytes: UnsafeRawBufferPointer, _ key: ChunkKey) -> UInt32 {
    var state = XXH64(seed: UInt64(bitPattern: key.packed))
    state.update(UnsafeRawBufferPointer(rebasing: bytes[..<4]))
    state.update(UnsafeRawBufferPointer(rebasing: bytes[directoryStart...]))
    return UInt32(truncatingIfNeeded: state.finish())
  }

  private static func append<T: FixedWidthInteger>(_ number: T, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  private static func store<T: FixedWidthInteger>(_ number: T, at offset: Int, in bytes: inout [UInt8]) {
    withUnsafeBytes(of: number.littleEndian) { bytes.replaceSubrange(offset..<offset + MemoryLayout<T>.size, with: $0) }
  }
}
