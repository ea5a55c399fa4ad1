import Health

/// Finds numbers by texts as bytes, without making a String: an open-addressing hash table.
package struct TextIndex {
  private struct Slot {
    var hash: UInt64 = 0
    var start: Int32 = 0
    var length: Int32 = -1  // −1: free
    var number: Int32 = -1
  }
  private var slots = [Slot](repeating: Slot(), count: 1024)
  private var texts: [UInt8] = []
  private var used = 0

  package init() {}

  /// The number of a text, or nil. `hash` is its `shortHash`.
  @inline(__always) package func find(_ text: UnsafeRawBufferPointer, hash: UInt64) -> Int32? {
    var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[place].length >= 0 {
      let slot = slots[place]
      if slot.hash == hash, Int(slot.length) == text.count, matches(slot, text) { return slot.number }
      place = (place + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Invariant of the unchecked loads: a slot's text lies within `texts`, and each load within both texts, which are equally long.
  @inline(__always) private func matches(_ slot: Slot, _ text: UnsafeRawBufferPointer) -> Bool {
    texts.withUnsafeBytes { all in
      let (start, count) = (Int(slot.start), text.count)
      guard count >= 8 else { return (0..<count).allSatisfy { all[start + $0] == text[$0] } }
      func differ(_ offset: Int) -> Bool {
        all.loadUnaligned(fromByteOffset: start + offset, as: UInt64.self) != text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      }
      for offset in stride(from: 0, to: count - 8, by: 8) where differ(offset) { return false }
      return !differ(count - 8)
    }
  }

  /// Remembers or replaces the number of a text.
  package mutating func set(_ text: UnsafeRawBufferPointer, hash: UInt64, number: Int32) {
    if used * 2 >= slots.count { grow() }
    var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[place].length >= 0 {
      if slots[place].hash == hash, Int(slots[place].length) == text.count, matches(slots[place], text) {
        slots[place].number = number
        return
      }
      place = (place + 1) & (slots.count - 1)
    }
    slots[place] = Slot(hash: hash, start: Int32(texts.count), length: Int32(text.count), number: number)
    texts.append(contentsOf: text)
    used += 1
  }

  private mutating func grow() {
    let old = slots
    slots = [Slot](repeating: Slot(), count: old.count * 2)
    for slot in old where slot.length >= 0 {
      var place = Int(truncatingIfNeeded: slot.hash) & (slots.count - 1)
      while slots[place].length >= 0 { place = (place + 1) & (slots.count - 1) }
      slots[place] = slot
    }
  }
}

/// A quick hash of short texts for tables in memory; it is never stored.
@inline(__always) package func shortHash(_ text: UnsafeRawBufferPointer) -> UInt64 {
  var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(text.count)
  let count = text.count
  // Invariant: each load stays below text.count; the last ones overlap what was loaded before.
  if count >= 8 {
    var offset = 0
    while offset + 8 < count {
      hash = mix(hash ^ text.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      offset += 8
    }
    return mix(hash ^ text.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
  }
  if count >= 4 {
    let head = UInt64(text.loadUnaligned(as: UInt32.self))
    return mix(hash ^ (head | UInt64(text.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)) << 32))
  }
  for byte in text { hash = hash << 8 ^ UInt64(byte) }
  return mix(hash)
}

@inline(__always) private func mix(_ x: UInt64) -> UInt64 {
  let product = x.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
  return product.high ^ product.low
}
