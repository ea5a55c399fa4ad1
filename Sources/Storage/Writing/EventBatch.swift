import Health

/// One event as a row of a file states it.
package struct StatedEvent: Sendable {
  /// The line of the feed that states it, see `ImportSession.line`.
  package var line: Int
  /// The source's id; nil where it has none.
  package var ref: String?
  package var account: Int
  /// When; nil withdraws the line's earlier event of this id.
  package var moment: Moment?
  /// The value; nil for a text without a number.
  package var value: Double?
  package var words: EventWords?
  /// Rows of one file with one id are one event, their values added.
  package var adds: Bool

  package init(line: Int, ref: String?, account: Int, moment: Moment?, value: Double?, words: EventWords? = nil, adds: Bool = false) {
    (self.line, self.ref, self.account, self.moment) = (line, ref, account, moment)
    (self.value, self.words, self.adds) = (value, words, adds)
  }
}

/// Events waiting to be written, row by row, and what they come to once rows of one id are put together.
struct EventBatch {
  struct Pending {
    var event: StatedEvent
    var source: Int  // index into `refs`
    var row: Int32
  }
  /// What this file says of one event.
  struct Own {
    var event: StatedEvent
    var source: Int
    var row: Int32
    /// Rows whose values were added to it.
    var addedRows: [Int32] = []
    /// Rows that said the same again.
    var repeatedRows: [Int32] = []
  }
  struct Identity: Hashable {
    let source: Int
    let line: Int
  }

  private(set) var pending: [Pending] = []
  /// The references of the batch, each once.
  private(set) var refs: [String] = []
  private var indexOfRef: [String: Int] = [:]
  /// What the file says, by identity, after `combine`.
  private(set) var own: [Identity: Own] = [:]
  /// Identities in the order of their first rows.
  private(set) var order: [Identity] = []

  mutating func add(_ event: StatedEvent, ref: String, row: Int32) {
    let source: Int
    if let known = indexOfRef[ref] {
      source = known
    } else {
      source = refs.count
      indexOfRef[ref] = source
      refs.append(ref)
    }
    pending.append(Pending(event: event, source: source, row: row))
  }

  /// Puts rows of one id together. `earlier` is what earlier batches of the same file said; a row that says something else of an
  /// event without `lines: add` is given to `duplicate` and takes no part with any of its events.
  mutating func combine(earlier: (Identity) -> StatedEvent?, duplicate: (ClashingRow) -> Void) {
    var start = 0
    while start < pending.count {
      var end = start
      while end < pending.count, pending[end].row == pending[start].row { end += 1 }
      let clashing = pending[start..<end].first { item in
        guard !item.event.adds, let said = own[identity(item)]?.event ?? earlier(identity(item)) else { return false }
        return !EventBatch.sameFact(said, item.event)
      }
      if let clashing {
        duplicate(ClashingRow(row: clashing.row, subject: clashing.event.line))
      } else {
        for item in pending[start..<end] { take(item, earlier: earlier) }
      }
      start = end
    }
  }

  private func identity(_ item: Pending) -> Identity { Identity(source: item.source, line: item.event.line) }

  private mutating func take(_ item: Pending, earlier: (Identity) -> StatedEvent?) {
    let identity = identity(item)
    if var known = own[identity] {
      if item.event.adds {
        if known.event.moment == nil {
          known.event = item.event
          known.row = item.row
        } else if item.event.moment != nil {
          known.event.value = EventBatch.sum(known.event.value, item.event.value)
        }
        known.addedRows.append(item.row)
      } else {
        known.repeatedRows.append(item.row)
      }
      own[identity] = known
      return
    }
    order.append(identity)
    var first = Own(event: item.event, source: item.source, row: item.row)
    if let said = earlier(identity), said.moment != nil {
      // Without `adds` both say the same, else the row would be a duplicate.
      if item.event.adds {
        first.event = said
        first.event.ref = item.event.ref
        if item.event.moment != nil { first.event.value = EventBatch.sum(said.value, item.event.value) }
      }
    }
    own[identity] = first
  }

  private static func sum(_ a: Double?, _ b: Double?) -> Double? { a.map { $0 + (b ?? 0) } ?? b }

  static func sameFact(_ a: StatedEvent, _ b: StatedEvent) -> Bool {
    if a.moment == nil && b.moment == nil { return true }
    return a.account == b.account && a.moment == b.moment && a.value == b.value && (a.words ?? EventWords()) == (b.words ?? EventWords())
  }

  mutating func removeAll() {
    pending.removeAll(keepingCapacity: true)
    refs.removeAll(keepingCapacity: true)
    indexOfRef.removeAll(keepingCapacity: true)
    own.removeAll(keepingCapacity: true)
    order.removeAll(keepingCapacity: true)
  }
}
