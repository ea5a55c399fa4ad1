import Health
import Storage

/// Where the facts of one line go: the signal's id and kind, and for events the line's id. Plain data, since every row asks.
struct LineTarget {
  /// How a fact's value is written.
  enum Form { case number, label, date, event }

  let signal: Int
  let form: Form
  let line: Int

  init(signal: Int, kind: SignalKind, line: Int) {
    (self.signal, self.line) = (signal, line)
    switch kind {
    case .gauge, .count: form = .number
    case .label: form = .label
    case .date: form = .date
    case .event, .balance: form = .event
    }
  }
}

/// What a line of a feed does with each row, as plain data: a copy of `FeedPlan.Line` is a dozen references to count.
struct LineStep {
  enum Value {
    case absent
    case constant(Double)
    case column(Int)
    case product
  }
  /// Nil where the rows name the signal, in `signalColumn`.
  let target: LineTarget?
  let signalColumn: Int
  /// Whether a blank there says nothing, instead of being a fault.
  let mayLackSignal: Bool
  let value: Value
  /// Index into the plan's times; nil for the file's day.
  let time: Int?
  /// Whether some rows do not say it, or withdraw it.
  let isConditional: Bool
  let keepsFuture: Bool
  let keepsValueless: Bool

  init(_ line: FeedPlan.Line, target: LineTarget?, isConditional: Bool) {
    (self.target, self.isConditional) = (target, isConditional)
    (time, keepsFuture) = (line.time, line.source.keepsFuture)
    keepsValueless = line.source.keepsValueless
    switch line.signal {
    case .fixed: (signalColumn, mayLackSignal) = (0, true)
    case .instance(_, let column): (signalColumn, mayLackSignal) = (column, true)
    case .column(let column): (signalColumn, mayLackSignal) = (column, false)
    }
    switch line.value {
    case .absent: value = .absent
    case .constant(let number): value = .constant(number)
    case .column(let column): value = .column(column)
    case .product: value = .product
    }
  }
}

/// Finds signals by the bytes that name them.
struct SignalResolver {
  private let session: ImportSession
  private let catalogue: Catalogue
  /// By line: the targets of the cells seen last, where rows name the signal.
  private var recent: [CellCache<LineTarget>]
  private var targets: [LineTarget] = []
  private var known: [TextIndex]  // by line: places in `targets`

  init(session: ImportSession, catalogue: Catalogue, lines: [FeedPlan.Line]) {
    (self.session, self.catalogue) = (session, catalogue)
    known = [TextIndex](repeating: TextIndex(), count: lines.count)
    recent = lines.map { line in if case .fixed = line.signal { CellCache(bits: 0) } else { CellCache(bits: 8) } }
  }

  /// The target of a signal that a cell names in a line, which is the plan's at `place`.
  @inline(__always)
  mutating func target(_ cell: UnsafeRawBufferPointer, _ plan: FeedPlan, at place: Int, cell index: Int) throws -> LineTarget {
    let key = CellKey(cell)
    if let key, let target = recent[place].find(key) { return target }
    let target = try find(cell, plan.lines[place], at: place, index)
    if let key { recent[place].keep(target, for: key) }
    return target
  }

  private mutating func find(_ cell: UnsafeRawBufferPointer, _ line: FeedPlan.Line, at place: Int, _ index: Int) throws -> LineTarget {
    let hash = shortHash(cell)
    if let target = known[place].find(cell, hash: hash) { return targets[Int(target)] }
    let prefix = if case .instance(let prefix, _) = line.signal { prefix } else { "" }
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
