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
  private var targets: [LineTarget] = []
  private var known: [TextIndex]  // by line: places in `targets`

  init(session: ImportSession, catalogue: Catalogue, lines: Int) {
    (self.session, self.catalogue) = (session, catalogue)
    known = [TextIndex](repeating: TextIndex(), count: lines)
  }

  /// The target of a signal that a cell names in a line, which is the plan's at `place`.
  @inline(__always)
  mutating func target(
    _ cell: UnsafeRawBufferPointer, prefix: String, line: FeedPlan.Line, at place: Int, cell index: Int
  ) throws -> LineTarget {
    let hash = shortHash(cell)
    if let target = known[place].find(cell, hash: hash) { return targets[Int(target)] }
    targets.append(try target(prefix + String(decoding: cell, as: UTF8.self), line: line, cell: index))
    known[place].set(cell, hash: hash, number: Int32(targets.count - 1))
    return targets[targets.count - 1]
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
