import Storage

/// The paths of one line, to notice one that comes twice.
struct JSONPaths {
  private struct Entry {
    let hash: UInt64
    let place: Int
    let text: Range<Int>
  }
  private var entries: [Entry] = []
  private var texts: [UInt8] = []
  /// Indices into `entries`, open addressing; −1 is free.
  private var slots = [Int32](repeating: -1, count: 128)

  /// How many paths there are.
  var count: Int { entries.count }

  /// Forgets the paths of the line before.
  mutating func removeAll() {
    for entry in entries { slots[entry.place] = -1 }
    entries.removeAll(keepingCapacity: true)
    texts.removeAll(keepingCapacity: true)
  }

  /// Takes a path in; false where it is there already. `hash` is its `shortHash`.
  mutating func insert(_ path: [UInt8], hash: UInt64) -> Bool {
    if entries.count * 2 >= slots.count { grow() }
    var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[place] >= 0 {
      let entry = entries[Int(slots[place])]
      if entry.hash == hash, texts[entry.text].elementsEqual(path) { return false }
      place = (place + 1) & (slots.count - 1)
    }
    slots[place] = Int32(entries.count)
    entries.append(Entry(hash: hash, place: place, text: texts.count..<texts.count + path.count))
    texts.append(contentsOf: path)
    return true
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    entries = entries.enumerated().map { index, entry in
      var place = Int(truncatingIfNeeded: entry.hash) & (slots.count - 1)
      while slots[place] >= 0 { place = (place + 1) & (slots.count - 1) }
      slots[place] = Int32(index)
      return Entry(hash: entry.hash, place: place, text: entry.text)
    }
  }
}
