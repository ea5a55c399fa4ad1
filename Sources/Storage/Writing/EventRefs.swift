import Health

/// The references of a batch's events as bytes, each once.
struct EventRefs {
  private var bytes: [UInt8] = []
  private var starts: [Int] = [0]
  /// XXH64 of each, seeded with the feed, as the table `source` has it.
  private(set) var hashes: [Int64] = []
  private var table = [Int32](repeating: -1, count: 1 << 10)  // open addressing: index of a reference
  private let seed: UInt64

  init(feed: Int) { seed = UInt64(feed) }

  var count: Int { hashes.count }

  /// The number of a reference, new if need be.
  mutating func intern(_ ref: UnsafeRawBufferPointer) -> Int {
    let hash = Int64(bitPattern: XXH64.hash(ref, seed: seed))
    var place = Int(truncatingIfNeeded: hash) & (table.count - 1)
    while table[place] >= 0 {
      let index = Int(table[place])
      if hashes[index] == hash, withBytes(index, { $0.elementsEqual(ref) }) { return index }
      place = (place + 1) & (table.count - 1)
    }
    table[place] = Int32(hashes.count)
    hashes.append(hash)
    bytes.append(contentsOf: ref)
    starts.append(bytes.count)
    if hashes.count * 2 > table.count { grow() }
    return hashes.count - 1
  }

  private mutating func grow() {
    table = [Int32](repeating: -1, count: table.count * 2)
    for (index, hash) in hashes.enumerated() {
      var place = Int(truncatingIfNeeded: hash) & (table.count - 1)
      while table[place] >= 0 { place = (place + 1) & (table.count - 1) }
      table[place] = Int32(index)
    }
  }

  /// The bytes of a reference, valid within `body`.
  func withBytes<T>(_ index: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
    // Invariant: starts[index] … starts[index + 1] lie within the bytes.
    try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[starts[index]..<starts[index + 1]])) }
  }

  func text(_ index: Int) -> String { withBytes(index) { String(decoding: $0, as: UTF8.self) } }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
    hashes.removeAll(keepingCapacity: true)
    for place in table.indices { table[place] = -1 }
  }
}

/// What the reference of an event without an id is made of: account, moment, value and line, and its number among the equal rows of
/// its file. Two equal rows of one file are two events; the same file again finds both.
enum IdlessRef {
  /// What its reference begins with; a file's id that does has it twice.
  static let mark: UInt8 = 1

  /// All but the number.
  static func base(_ event: StatedEvent, _ moment: Moment) -> String {
    "\u{1}\(event.account)/\(moment.packed)/\(event.value.map { String($0.bitPattern) } ?? "")/\(event.line)"
  }
}

/// Events of a file by source and line, a bit each: what earlier batches stated without having to write it.
///
/// Sources are numbered in the order of arrival, so those of a file lie close together.
struct EventSet {
  private struct Page: Hashable {
    let line: Int32
    let number: Int32
  }
  private var pages: [Page: SIMD8<UInt64>] = [:]

  var isEmpty: Bool { pages.isEmpty }

  func contains(source: Int, line: Int32) -> Bool {
    guard !pages.isEmpty, let page = pages[Page(line: line, number: Int32(source >> 9))] else { return false }
    return page[source >> 6 & 7] & (1 << UInt64(source & 63)) != 0
  }

  mutating func insert(source: Int, line: Int32) {
    pages[Page(line: line, number: Int32(source >> 9)), default: SIMD8()][source >> 6 & 7] |= 1 << UInt64(source & 63)
  }
}
