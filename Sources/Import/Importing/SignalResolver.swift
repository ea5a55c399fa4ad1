import Health
import Storage

/// Where the facts of one line go: the signal's id and kind, and for events the line's id.
struct LineTarget {
  let signal: Int
  let kind: SignalKind
  let line: Int
}

/// Finds signals by the bytes that name them.
struct SignalResolver {
  private let session: ImportSession
  private let catalogue: Catalogue
  private var byBytes: [UInt64: [(bytes: [UInt8], identity: String, target: LineTarget)]] = [:]

  init(session: ImportSession, catalogue: Catalogue) { (self.session, self.catalogue) = (session, catalogue) }

  /// The target of a signal that a cell names.
  @inline(__always)
  mutating func target(_ cell: UnsafeRawBufferPointer, prefix: String, line: FeedPlan.Line, cell index: Int) throws -> LineTarget {
    let hash = CellHash.hash(cell)
    if let bucket = byBytes[hash], let found = bucket.first(where: { cell.equals($0.bytes) && $0.identity == prefix }) {
      return found.target
    }
    let target = try target(prefix + String(decoding: cell, as: UTF8.self), line: line, cell: index)
    byBytes[hash, default: []].append((Array(cell), prefix, target))
    return target
  }

  mutating func target(_ key: String, line: FeedPlan.Line, cell: Int?) throws -> LineTarget {
    guard let signal = catalogue.signal(key), !signal.isPattern else {
      throw RowFault(
        UndeclaredSignal.code, cell: cell, UndeclaredSignal(key: key).message,
        nearest: catalogue.nearest(to: key))
    }
    guard signal.kind.isReading || !key.contains(":") else {
      throw RowFault("unknown-signal", cell: cell, "\(key) is an instance of a pattern, which cannot be an event")
    }
    guard let id = try session.signal(key, kind: signal.kind) else {
      throw RowFault("too-many-signals", cell: cell, "the database has its 1,024 signals; \(key) would be one more")
    }
    let name = line.source.name ?? String(line.source.ordinal)
    return LineTarget(signal: id, kind: signal.kind, line: signal.kind.isReading ? 0 : try session.line(signal: id, name: name))
  }
}

/// A quick hash of a cell for tables in memory.
enum CellHash {
  @inline(__always) static func hash(_ cell: UnsafeRawBufferPointer) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(cell.count)
    var offset = 0
    // Invariant: each load stays below cell.count.
    while offset + 8 <= cell.count {
      hash = (hash ^ cell.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 32
      offset += 8
    }
    while offset < cell.count {
      hash = (hash ^ UInt64(cell[offset])) &* 0x0000_0100_0000_01B3
      offset += 1
    }
    return hash ^ (hash >> 29)
  }
}
