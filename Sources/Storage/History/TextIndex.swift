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

  private func matches(_ slot: Slot, _ text: UnsafeRawBufferPointer) -> Bool {
    texts.withUnsafeBytes { all in
      let start = Int(slot.start)
      for i in 0..<text.count where all[start + i] != text[i] { return false }
      return true
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
  var offset = 0
  // Invariant: each load stays below text.count.
  while offset + 8 <= text.count {
    hash = mix(hash ^ text.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    offset += 8
  }
  var tail: UInt64 = 0
  while offset < text.count {
    tail = tail << 8 | UInt64(text[offset])
    offset += 1
  }
  return mix(hash ^ tail)
}

@inline(__always) private func mix(_ x: UInt64) -> UInt64 {
  let product = x.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
  return product.high ^ product.low
}
