/// XXH64, the 64-bit hash of Yann Collet's xxHash specification: fast enough to run over every byte that is read or stored.
///
/// It finds damage and tells contents apart; it is no protection against somebody who forges.
package struct XXH64 {
  private static let p1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let p2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let p3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let p4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let p5: UInt64 = 0x27D4_EB2F_1656_67C5

  private var lanes: (UInt64, UInt64, UInt64, UInt64)
  private let seed: UInt64
  private var pending: [UInt8] = []
  private var total: UInt64 = 0

  /// A hash in progress.
  package init(seed: UInt64 = 0) {
    self.seed = seed
    lanes = (seed &+ Self.p1 &+ Self.p2, seed &+ Self.p2, seed, seed &- Self.p1)
    pending.reserveCapacity(32)
  }

  /// Takes more bytes in; the result does not depend on how they are split.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    total &+= UInt64(bytes.count)
    var offset = 0
    if !pending.isEmpty {
      offset = min(32 - pending.count, bytes.count)
      pending.append(contentsOf: bytes[..<offset])
      guard pending.count == 32 else { return }
      pending.withUnsafeBytes { Self.stripe(&self.lanes, $0, at: 0) }
      pending.removeAll(keepingCapacity: true)
    }
    var lanes = self.lanes  // a local stays in registers
    while offset + 32 <= bytes.count {
      Self.stripe(&lanes, bytes, at: offset)
      offset += 32
    }
    self.lanes = lanes
    if offset < bytes.count { pending.append(contentsOf: bytes[offset...]) }
  }

  /// The hash of everything taken in so far.
  package func finish() -> UInt64 {
    let hash = total >= 32 ? merged() : seed &+ Self.p5
    return pending.withUnsafeBytes { Self.close(hash &+ total, tail: $0) }
  }

  /// Mixes in the bytes that fill no stripe.
  private static func close(_ start: UInt64, tail: UnsafeRawBufferPointer) -> UInt64 {
    var (hash, i) = (start, 0)
    while i + 8 <= tail.count {
      hash = rotate(hash ^ round(0, load64(tail, i)), 27) &* p1 &+ p4
      i += 8
    }
    if i + 4 <= tail.count {
      let word = UInt64(UInt32(littleEndian: tail.loadUnaligned(fromByteOffset: i, as: UInt32.self)))
      hash = rotate(hash ^ (word &* p1), 23) &* p2 &+ p3
      i += 4
    }
    while i < tail.count {
      hash = rotate(hash ^ (UInt64(tail[i]) &* p5), 11) &* p1
      i += 1
    }
    hash = (hash ^ (hash >> 33)) &* p2
    hash = (hash ^ (hash >> 29)) &* p3
    return hash ^ (hash >> 32)
  }

  /// The hash of one run of bytes.
  package static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
    // A short text needs no state, and so no memory.
    if bytes.count < 32 { return close(seed &+ p5 &+ UInt64(bytes.count), tail: bytes) }
    var state = XXH64(seed: seed)
    state.update(bytes)
    return state.finish()
  }

  // Invariant of the unchecked loads: callers pass offsets with at least as many bytes behind them as they load.
  @inline(__always) private static func load64(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  @inline(__always) private static func rotate(_ x: UInt64, _ n: UInt64) -> UInt64 { (x << n) | (x >> (64 - n)) }

  @inline(__always) private static func round(_ lane: UInt64, _ input: UInt64) -> UInt64 {
    rotate(lane &+ input &* p2, 31) &* p1
  }

  @inline(__always)
  private static func stripe(_ lanes: inout (UInt64, UInt64, UInt64, UInt64), _ bytes: UnsafeRawBufferPointer, at offset: Int) {
    lanes.0 = round(lanes.0, load64(bytes, offset))
    lanes.1 = round(lanes.1, load64(bytes, offset + 8))
    lanes.2 = round(lanes.2, load64(bytes, offset + 16))
    lanes.3 = round(lanes.3, load64(bytes, offset + 24))
  }

  private func merged() -> UInt64 {
    var hash = Self.rotate(lanes.0, 1) &+ Self.rotate(lanes.1, 7) &+ Self.rotate(lanes.2, 12) &+ Self.rotate(lanes.3, 18)
    for lane in [lanes.0, lanes.1, lanes.2, lanes.3] { hash = (hash ^ Self.round(0, lane)) &* Self.p1 &+ Self.p4 }
    return hash
  }
}
