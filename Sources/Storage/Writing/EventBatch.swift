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

/// What an event says in words.
package struct EventWords: Sendable, Hashable {
  package var text: String?
  package var author: String?
  package var reason: String?

  package init(text: String? = nil, author: String? = nil, reason: String? = nil) {
    (self.text, self.author, self.reason) = (text, author, reason)
  }
}

/// What is said of one event, without references to count.
struct EventFact {
  var line: Int32
  var account: Int32
  /// Nil withdraws.
  var moment: Moment?
  var value: Double?
  /// Index into the batch's `words`; −1 for none.
  var words: Int32 = -1
}

/// Events waiting to be written, row by row, and what they come to once rows of one id are put together.
struct EventBatch {
  private struct Pending {
    var fact: EventFact
    /// Index into `refs`; of an event without an id −1 − index into `bases`.
    var source: Int32
    var row: Int32
    var adds: Bool
  }
  /// What this file says of one event.
  struct Own {
    /// How much of it is known already.
    enum State { case fresh, saidBefore, idleBefore }
    var fact: EventFact
    var source: Int32
    var row: Int32
    var state = State.fresh
    var isIdless = false
    /// The next of the same source; −1 for none.
    fileprivate var next: Int32 = -1
  }
  /// A row that an earlier one had stated the same event in.
  struct Companion {
    let own: Int32
    let row: Int32
  }

  private var pending: [Pending] = []
  /// The references of the batch.
  private(set) var refs: EventRefs
  private(set) var words: [EventWords] = []
  private var lastRef = ""
  private var lastSource: Int32 = -1
  /// What references of events without an id begin with, and how many the batch has of each.
  private var bases: EventRefs
  private var counts: [Int] = []
  /// What the file says, after `combine`, in the order of the first rows.
  private(set) var own: [Own] = []
  /// Rows that said again what their event's first row had said.
  private(set) var repeated: [Companion] = []
  private var firstOwn: [Int32] = []  // by source

  init(feed: Int) { (refs, bases) = (EventRefs(feed: feed), EventRefs(feed: feed)) }

  var isEmpty: Bool { pending.isEmpty }

  mutating func add(_ event: StatedEvent, row: Int32) {
    let source: Int32
    if let ref = event.ref {
      source = ref == lastRef && lastSource >= 0 ? lastSource : intern(ref)
    } else if let moment = event.moment {
      source = -1 - internBase(IdlessRef.base(event, moment))
    } else {
      return
    }
    var fact = EventFact(line: Int32(event.line), account: Int32(event.account), moment: event.moment, value: event.value)
    if let words = event.words, words != EventWords() { fact.words = keep(words) }
    pending.append(Pending(fact: fact, source: source, row: row, adds: event.adds && event.ref != nil))
  }

  private mutating func intern(_ ref: String) -> Int32 {
    var text = ref.utf8.first == IdlessRef.mark ? "\u{1}" + ref : ref
    lastSource = Int32(text.withUTF8 { refs.intern(UnsafeRawBufferPointer($0)) })
    lastRef = ref
    return lastSource
  }

  private mutating func internBase(_ base: String) -> Int32 {
    var base = base
    let index = base.withUTF8 { bases.intern(UnsafeRawBufferPointer($0)) }
    if index == counts.count { counts.append(0) }
    return Int32(index)
  }

  mutating func keep(_ some: EventWords) -> Int32 {
    words.append(some)
    return Int32(words.count - 1)
  }

  func words(_ fact: EventFact) -> EventWords { fact.words < 0 ? EventWords() : words[Int(fact.words)] }

  // MARK: Putting rows together

  /// Puts rows of one id together. `earlier` is what earlier batches of the same file said; a row that says something else of an
  /// event is given to `duplicate` and takes no part with any of its events. Rows of events that add up go to `added`, in order.
  mutating func combine(
    earlier: (inout EventBatch, _ source: Int32, _ line: Int32) throws -> (fact: EventFact, isIdle: Bool)?,
    added: (borrowing EventBatch, EventFact, _ source: Int32, _ row: Int32) throws -> Void, duplicate: (ClashingRow) -> Void
  ) rethrows {
    firstOwn.append(contentsOf: repeatElement(-1, count: refs.count))
    var start = 0
    while start < pending.count {
      var end = start
      while end < pending.count, pending[end].row == pending[start].row { end += 1 }
      var clash: Int32?
      for index in start..<end where clash == nil && pending[index].source >= 0 && !pending[index].adds {
        let (source, fact) = (pending[index].source, pending[index].fact)
        let said = try find(source, fact.line, earlier: earlier)
        if said >= 0, !isSame(own[said].fact, fact) { clash = fact.line }
      }
      if let clash {
        duplicate(ClashingRow(row: pending[start].row, subject: Int(clash)))
        for index in start..<end { pending[index].row = -1 }
      } else {
        for index in start..<end { try take(pending[index], added) }
      }
      start = end
    }
  }

  private mutating func find(
    _ source: Int32, _ line: Int32, earlier: (inout EventBatch, Int32, Int32) throws -> (fact: EventFact, isIdle: Bool)?
  ) rethrows -> Int {
    let known = find(source, line)
    if known >= 0 { return known }
    guard let said = try earlier(&self, source, line) else { return -1 }
    append(Own(fact: said.fact, source: source, row: -1, state: said.isIdle ? .idleBefore : .saidBefore))
    return own.count - 1
  }

  private func find(_ source: Int32, _ line: Int32) -> Int {
    var place = firstOwn[Int(source)]
    while place >= 0, own[Int(place)].fact.line != line { place = own[Int(place)].next }
    return Int(place)
  }

  private mutating func append(_ item: Own) {
    own.append(item)
    own[own.count - 1].next = firstOwn[Int(item.source)]
    firstOwn[Int(item.source)] = Int32(own.count - 1)
  }

  private mutating func take(
    _ item: Pending, _ added: (borrowing EventBatch, EventFact, Int32, Int32) throws -> Void
  ) rethrows {
    guard item.source >= 0 else { return }  // comes with `takeIdless`
    if item.adds { return try added(self, item.fact, item.source, item.row) }
    let known = find(item.source, item.fact.line)
    if known >= 0 {
      repeated.append(Companion(own: Int32(known), row: item.row))
    } else {
      append(Own(fact: item.fact, source: item.source, row: item.row))
    }
  }

  /// Whether two rows say the same of one event; withdrawals do, whatever else they say.
  private func isSame(_ a: EventFact, _ b: EventFact) -> Bool {
    if a.moment == nil && b.moment == nil { return true }
    return a.account == b.account && a.moment == b.moment && a.value == b.value && words(a) == words(b)
  }

  // MARK: Events without an id

  /// Makes the reference of the first of each sort of event without an id known; gives their numbers.
  mutating func internFirstIdless() -> [Int] { (0..<bases.count).map { internIdless($0, number: 1) } }

  private mutating func internIdless(_ base: Int, number: Int) -> Int {
    var text = "\(bases.text(base))/\(number)"
    return text.withUTF8 { refs.intern(UnsafeRawBufferPointer($0)) }
  }

  /// The reference of one of a sort.
  func idlessRef(_ base: Int, number: Int) -> String { "\(bases.text(base))/\(number)" }

  /// Numbers the events without an id of rows that were not refused. `before` is how many of a sort the file stated in earlier batches.
  mutating func takeIdless(before: [Int]) {
    guard bases.count > 0 else { return }
    for item in pending where item.source < 0 && item.row >= 0 {
      let base = Int(-1 - item.source)
      counts[base] += 1
      let source = internIdless(base, number: before[base] + counts[base])
      own.append(Own(fact: item.fact, source: Int32(source), row: item.row, isIdless: true))
    }
  }

  // MARK: Whole events

  /// Takes an event whose rows were put together elsewhere.
  mutating func take(whole fact: EventFact, ref: String, words some: EventWords) {
    var (fact, text) = (fact, ref)
    if some != EventWords() { fact.words = keep(some) }
    let source = text.withUTF8 { refs.intern(UnsafeRawBufferPointer($0)) }
    own.append(Own(fact: fact, source: Int32(source), row: -1))
  }

  /// Puts what is stated in all in the place of what the file says of an event.
  mutating func replace(_ index: Int, with fact: EventFact) { own[index].fact = fact }

  mutating func removeAll() {
    pending.removeAll(keepingCapacity: true)
    refs.removeAll()
    words.removeAll(keepingCapacity: true)
    (lastRef, lastSource) = ("", -1)
    if bases.count > 0 { bases.removeAll() }
    counts.removeAll(keepingCapacity: true)
    own.removeAll(keepingCapacity: true)
    repeated.removeAll(keepingCapacity: true)
    firstOwn.removeAll(keepingCapacity: true)
  }
}
