/// A short text as a few words: two of them are equal just when the texts are.
package struct CellKey: Equatable {
  package static let longest = 32

  private let words: SIMD4<UInt64>
  private let count: Int

  /// Nil for a text of no or too many bytes.
  ///
  /// Invariant of the unchecked loads: each lies within the text; together they see every byte, some of them twice.
  @inline(__always)
  package init?(_ text: UnsafeRawBufferPointer) {
    guard text.count > 0, text.count <= CellKey.longest else { return nil }
    count = text.count
    func word(_ offset: Int) -> UInt64 { text.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
    func half(_ offset: Int) -> UInt64 { UInt64(text.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
    if count >= 16 {
      words = SIMD4(word(0), word(8), word(count - 16), word(count - 8))
    } else if count >= 8 {
      words = SIMD4(word(0), word(count - 8), 0, 0)
    } else if count >= 4 {
      words = SIMD4(half(0) | half(count - 4) << 32, 0, 0, 0)
    } else {
      words = SIMD4(UInt64(text[0]) | UInt64(text[count / 2]) << 8 | UInt64(text[count - 1]) << 16, 0, 0, 0)
    }
  }

  /// Well spread in its highest bits.
  @inline(__always)
  var hash: UInt64 {
    let mixed = words &* SIMD4(0x9E37_79B9_7F4A_7C15, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0x85EB_CA77_C2B2_AE63)
    let folded = (mixed.x ^ mixed.y) &+ (mixed.z ^ mixed.w) &+ UInt64(truncatingIfNeeded: count)
    return (folded ^ folded >> 32) &* 0xD6E8_FEB8_6659_FD93
  }
}

/// What short cells came to when they were seen last, so that a file that says the same again and again is not asked each time.
///
/// Each text has one place; a text that finds another there drives it out. Values are plain data, without references.
package struct CellCache<Value> {
  private struct Entry {
    let key: CellKey
    let value: Value
  }
  private var entries: [Entry?]
  private let shift: UInt64

  /// A cache of 2^`bits` places.
  package init(bits: Int) {
    entries = [Entry?](repeating: nil, count: 1 << bits)
    shift = UInt64(64 - bits)
  }

  @inline(__always)
  package func find(_ key: CellKey) -> Value? {
    guard let entry = entries[place(key)], entry.key == key else { return nil }
    return entry.value
  }

  package mutating func keep(_ value: Value, for key: CellKey) { entries[place(key)] = Entry(key: key, value: value) }

  @inline(__always) private func place(_ key: CellKey) -> Int { Int(truncatingIfNeeded: key.hash >> shift) }
}
