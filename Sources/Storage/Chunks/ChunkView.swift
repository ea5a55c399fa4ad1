import Health

/// A chunk's bytes, checked, and read in place.
///
/// Invariant: the initialiser has verified the checksum and that every column's positions, times and values lie within the bytes,
/// that slots are below 512 and ascend; so the unchecked loads below stay inside. The bytes must outlive the view.
package struct ChunkView {
  /// One column of a chunk.
  package struct Column {
    /// The signal within its block.
    package let signal: Int
    /// Number of readings.
    package let count: Int
    /// The time of day (millisecond + 1; 0: none) that all readings share, or nil.
    package let time: UInt32?
    let positions: UInt8
    let lane: Lane
    let slotBytes: UnsafeRawPointer
    let timeBytes: UnsafeRawPointer
    let valueBytes: UnsafeRawPointer

    /// Whether each account has at most one reading, and all at one time of day.
    @inline(__always) var isPlain: Bool { positions != 2 && time != nil }
  }

  private let bytes: UnsafeRawBufferPointer
  package let columnCount: Int

  /// Checks a chunk; throws `damaged-chunk`, naming day, shard and import.
  package init(_ bytes: UnsafeRawBufferPointer, key: ChunkKey) throws {
    func damaged(_ what: String) -> Problem {
      Problem(
        "damaged-chunk", .failure,
        "the chunk of day \(key.day), shard \(key.shard), import \(key.importID), block \(key.block), part \(key.part) is damaged: \(what)",
        hint: "restore a backup, or revert import \(key.importID) and import its file again")
    }
    self.bytes = bytes
    guard bytes.count > Chunk.directoryStart else { throw damaged("too short") }
    guard bytes[0] == Chunk.version else { throw damaged("unknown version \(bytes[0])") }
    columnCount = Int(bytes[1])
    guard bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self).littleEndian == Chunk.checksum(bytes, key) else {
      throw damaged("wrong checksum")
    }
    guard Chunk.directoryStart + columnCount * Chunk.directoryEntry <= bytes.count else { throw damaged("directory beyond the end") }
    for index in 0..<columnCount where !isSound(index) { throw damaged("column \(index) does not fit") }
  }

  private func isSound(_ index: Int) -> Bool {
    let entry = Chunk.directoryStart + index * Chunk.directoryEntry
    let count = Int(load(UInt32.self, entry + 4))
    let start = Int(load(UInt32.self, entry + 20))
    let width = Int(bytes[entry + 2])
    guard bytes[entry] < Layout.blockSize, count > 0, [0, 1, 2, 4, 8].contains(width) else { return false }
    guard bytes[entry + 3] <= Lane.mostDecimals || (bytes[entry + 3] == Lane.raw && width == 8) else { return false }
    let times = load(UInt32.self, entry + 16) == Chunk.manyTimes ? count * 4 : 0
    guard let slots = slotLength(positions: bytes[entry + 1], count: count, start: start) else { return false }
    return start + slots + times + count * width <= bytes.count
  }

  /// The length of a column's positions if they are valid.
  private func slotLength(positions: UInt8, count: Int, start: Int) -> Int? {
    switch positions {
    case 0:
      guard start + 2 <= bytes.count else { return nil }
      return Int(load(UInt16.self, start)) + count <= Layout.shardSize ? 2 : nil
    case 1:
      guard start + Chunk.bitmapLength <= bytes.count else { return nil }
      var present = 0
      for word in 0..<Chunk.bitmapLength / 8 { present += load(UInt64.self, start + word * 8).nonzeroBitCount }
      return present == count ? Chunk.bitmapLength : nil
    case 2:
      guard start + count * 2 <= bytes.count else { return nil }
      var last = 0
      for i in 0..<count {
        let slot = Int(load(UInt16.self, start + i * 2))
        guard slot >= last, slot < Layout.shardSize else { return nil }
        last = slot
      }
      return count * 2
    default: return nil
    }
  }

  @inline(__always) private func load<T: FixedWidthInteger>(_: T.Type, _ offset: Int) -> T {
    T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
  }

  /// The signal within the block of a column, without the rest.
  @inline(__always) package func signal(_ index: Int) -> Int { Int(bytes[Chunk.directoryStart + index * Chunk.directoryEntry]) }

  /// A column by its place in the directory.
  package func column(_ index: Int) -> Column {
    let entry = Chunk.directoryStart + index * Chunk.directoryEntry
    let count = Int(load(UInt32.self, entry + 4))
    let time = load(UInt32.self, entry + 16)
    let positions = bytes[entry + 1]
    let slots = bytes.baseAddress! + Int(load(UInt32.self, entry + 20))  // not nil: the checked bytes are not empty
    let times = slots + (positions == 0 ? 2 : positions == 1 ? Chunk.bitmapLength : count * 2)
    return Column(
      signal: Int(bytes[entry]), count: count, time: time == Chunk.manyTimes ? nil : time, positions: positions,
      lane: Lane(width: bytes[entry + 2], decimals: bytes[entry + 3], base: load(Int64.self, entry + 8)),
      slotBytes: slots, timeBytes: times, valueBytes: times + (time == Chunk.manyTimes ? count * 4 : 0))
  }

  /// The column of a signal (within the block), if the chunk has it.
  package func column(ofSignal signal: Int) -> Column? {
    for index in 0..<columnCount where self.signal(index) == signal { return column(index) }
    return nil
  }
}

extension ChunkView.Column {
  @inline(__always) private func listedSlot(_ index: Int) -> Int {
    Int(UInt16(littleEndian: slotBytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)))
  }

  @inline(__always) private func bitmapWord(_ word: Int) -> UInt64 {
    UInt64(littleEndian: slotBytes.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self))
  }

  @inline(__always) private var firstSlot: Int { listedSlot(0) }

  /// The time of day of a reading: millisecond + 1, 0 for none.
  @inline(__always) package func time(_ index: Int) -> UInt32 {
    time ?? UInt32(littleEndian: timeBytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
  }

  /// The value of a reading.
  @inline(__always) package func value(_ index: Int) -> Double { lane.value(index, in: valueBytes) }

  /// The indices of a slot's readings.
  package func indices(ofSlot slot: Int) -> Range<Int> {
    switch positions {
    case 0:
      let index = slot - firstSlot
      return index >= 0 && index < count ? index..<index + 1 : 0..<0
    case 1:
      let bits = bitmapWord(slot >> 6)
      guard bits & (1 << UInt64(slot & 63)) != 0 else { return 0..<0 }
      var index = (bits & ((1 << UInt64(slot & 63)) - 1)).nonzeroBitCount
      for word in 0..<slot >> 6 { index += bitmapWord(word).nonzeroBitCount }
      return index..<index + 1
    default:
      var (low, high) = (0, count)
      while low < high {
        let middle = (low + high) / 2
        if listedSlot(middle) < slot { low = middle + 1 } else { high = middle }
      }
      var end = low
      while end < count, listedSlot(end) == slot { end += 1 }
      return low..<end
    }
  }

  /// Calls `body(slot, index)` for each reading whose slot is in `slots`, in order.
  @inline(__always) package func forEach(in slots: Range<Int>, _ body: (Int, Int) -> Void) {
    switch positions {
    case 0:
      let first = firstSlot
      let range = max(slots.lowerBound, first)..<max(max(slots.lowerBound, first), min(slots.upperBound, first + count))
      for slot in range { body(slot, slot - first) }
    case 1:
      var index = 0
      for word in 0..<Chunk.bitmapLength / 8 {
        var bits = bitmapWord(word)
        if word * 64 >= slots.upperBound { return }
        if word * 64 + 64 <= slots.lowerBound {
          index += bits.nonzeroBitCount
          continue
        }
        while bits != 0 {
          let slot = word * 64 + bits.trailingZeroBitCount
          if slots.contains(slot) { body(slot, index) }
          index += 1
          bits &= bits - 1
        }
      }
    default:
      for index in 0..<count where slots.contains(listedSlot(index)) { body(listedSlot(index), index) }
    }
  }

  /// Writes the values of a plain column to `row[slot − slots.lowerBound]`; other places stay as they are.
  /// `row` has room for `slots.count` Doubles, `scratch` for 512.
  func scatter(_ slots: Range<Int>, to row: UnsafeMutablePointer<Double>, scratch: UnsafeMutablePointer<Double>) {
    if positions == 0 {
      let first = firstSlot
      let low = max(slots.lowerBound, first)
      let high = min(slots.upperBound, first + count)
      guard low < high else { return }
      lane.decode(low - first..<high - first, in: valueBytes, to: row + (low - slots.lowerBound))
      return
    }
    lane.decode(0..<count, in: valueBytes, to: scratch)
    forEach(in: slots) { slot, index in row[slot - slots.lowerBound] = scratch[index] }
  }
}
