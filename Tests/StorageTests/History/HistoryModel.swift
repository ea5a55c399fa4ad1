import Health
import Storage

/// What a history holds, kept in plain dictionaries and decided by the four rules alone.
struct HistoryModel {
  struct ReadingKey: Hashable {
    var account: Int
    var signal: String
    var moment: Moment
  }
  struct EventKey: Hashable {
    var feed: String
    var signal: String
    var line: String
    /// The source's id, or what an event without one is made of.
    var ref: String
    var isIdless: Bool
  }
  struct EventState: Equatable {
    var account: Int
    /// Of a withdrawal, that of what it withdrew.
    var moment: Moment
    var value: Double?
    var isWithdrawn = false
  }
  struct AttributeKey: Hashable {
    var account: Int
    var name: String
    var day: Day
  }
  struct Import {
    var feed: String
    var fileDay: Day?
    var finished: Int64
    var states: [(at: Int64, live: Bool, backfill: Bool)]
    var covers: Set<Day> = []
    var readings: [ReadingKey: Double] = [:]
    var events: [EventKey: EventState] = [:]
    var attributes: [AttributeKey: String?] = [:]
    var aliases: [String: Int] = [:]
    /// Of an import that a person typed: the account that counts as another.
    var merge: (account: Int, into: Int)?
  }

  /// By import id.
  var imports: [Int: Import] = [:]

  // MARK: The four rules

  func rank(_ id: Int) -> [Int64] {
    guard let item = imports[id] else { return [] }
    let day = Int64(item.fileDay?.number ?? Int32(item.finished / 86_400_000))
    return [item.states.last?.backfill ?? false ? 0 : 1, day, item.finished, Int64(id)]
  }

  func isHigher(_ a: Int, _ b: Int) -> Bool { rank(b).lexicographicallyPrecedes(rank(a)) }

  func isVisible(_ id: Int, day: Day, by instant: Int64?) -> Bool {
    guard let item = imports[id], let now = item.states.last else { return false }
    guard let instant else { return now.live }
    if now.backfill { return now.live && (Int64(day.number) + 1) * 86_400_000 - 1 <= instant }
    return item.states.last { $0.at <= instant }?.live ?? false
  }

  func isCovered(_ id: Int, day: Day, by instant: Int64?) -> Bool {
    imports.contains { other, item in
      item.feed == imports[id]?.feed && item.covers.contains(day) && isHigher(other, id) && isVisible(other, day: day, by: instant)
    }
  }

  /// The statement of the highest visible import, of all that `statement` finds.
  private func winner<T>(by instant: Int64?, day: (T) -> Day, hidesCovered: Bool, _ statement: (Import) -> T?) -> T? {
    var best: (id: Int, value: T)?
    for (id, item) in imports {
      guard let value = statement(item), isVisible(id, day: day(value), by: instant) else { continue }
      if hidesCovered, isCovered(id, day: day(value), by: instant) { continue }
      if best.map({ isHigher(id, $0.id) }) ?? true { best = (id, value) }
    }
    return best?.value
  }

  func reading(_ key: ReadingKey, by instant: Int64?) -> Double? {
    winner(by: instant, day: { _ in key.moment.day }, hidesCovered: true) { $0.readings[key] }
  }

  /// The event in force; a withdrawal is one too.
  func event(_ key: EventKey, by instant: Int64?) -> EventState? {
    winner(by: instant, day: { (state: EventState) in state.moment.day }, hidesCovered: key.isIdless) { $0.events[key] }
  }

  /// The value of an attribute as of a day, within an optional for whether there is one at all.
  func attribute(_ account: Int, _ name: String, on day: Day, by instant: Int64?) -> String?? {
    let stated = Set(
      imports.values.flatMap { $0.attributes.keys.filter { $0.account == account && $0.name == name && $0.day <= day }.map(\.day) })
    for some in stated.sorted(by: >) {
      let key = AttributeKey(account: account, name: name, day: some)
      if let value = winner(by: instant, day: { _ in some }, hidesCovered: false, { $0.attributes[key] }) { return .some(value) }
    }
    return nil
  }

  func alias(_ text: String, by instant: Int64?) -> Int? {
    winner(by: instant, day: { _ in Day(0) }, hidesCovered: false) { $0.aliases[text] }
  }

  // MARK: What an import adds

  /// What a file may lean on: everything, but for a backfill, which counts as known earlier, only other backfills and itself.
  private func standIns(for file: SampleFile, id: Int) -> HistoryModel {
    var model = self
    if file.backfill { model.imports = imports.filter { $0.key == id || $0.value.states.last?.backfill ?? false } }
    return model
  }

  /// Takes a file in: what says the same as what is in force is left out, unless the file covers its day, or nothing in force stands in.
  mutating func take(_ file: SampleFile, id: Int, at instant: Int64) {
    var item = Import(feed: file.feed, fileDay: file.fileDay, finished: instant, states: [(instant, true, file.backfill)])
    if file.isComplete { item.covers = file.fileDay.map { [$0] } ?? [] }
    let rows = HistoryModel.accepted(file)
    let (before, standIns) = (self, standIns(for: file, id: id))
    for (key, value) in HistoryModel.readings(rows)
    where file.isComplete || before.reading(key, by: nil) != value || standIns.reading(key, by: nil) != value {
      item.readings[key] = value
    }
    for (key, stated) in HistoryModel.events(rows, feed: file.feed) {
      if let state = before.recorded(key, stated, standIns, keepsEqual: file.isComplete && key.isIdless) { item.events[key] = state }
    }
    imports[id] = item
    for case .attribute(let account, let name, let day, let value) in HistoryModel.attributes(rows) {
      let known = [self, self.standIns(for: file, id: id)].map { $0.attribute(account, name, on: day, by: nil) ?? nil }
      if known.contains(where: { $0 != value }) {
        imports[id]?.attributes[AttributeKey(account: account, name: name, day: day)] = .some(value)
      }
    }
    for case .alias(let text, let account) in rows.joined() {
      let known = [self, self.standIns(for: file, id: id)].map { $0.alias(text, by: nil) }
      if known.contains(where: { $0 != account }) { imports[id]?.aliases[text] = account }
    }
  }

  private func recorded(_ key: EventKey, _ stated: EventState?, _ standIns: HistoryModel, keepsEqual: Bool) -> EventState? {
    let known = event(key, by: nil)
    let standIn = standIns.event(key, by: nil)
    if let stated { return keepsEqual || known != stated || standIn != stated ? stated : nil }
    guard let last = imports.filter({ $0.value.events[key] != nil }).max(by: { $0.key < $1.key })?.value.events[key] else { return nil }
    if known?.isWithdrawn ?? false, standIn?.isWithdrawn ?? false { return nil }
    return EventState(account: last.account, moment: last.moment, value: nil, isWithdrawn: true)
  }

  /// The rows without those that contradict an earlier row of the same id.
  static func accepted(_ file: SampleFile) -> [[SampleFact]] {
    var said: [EventKey: [SampleFact]] = [:]
    return file.rows.filter { row in
      var own: [EventKey: [SampleFact]] = [:]
      for fact in row {
        guard case .event(let signal, let line, let ref?, _, let moment, _, let adds) = fact, !adds else { continue }
        let key = EventKey(feed: file.feed, signal: signal, line: line, ref: ref, isIdless: false)
        let same: (SampleFact) -> Bool = { earlier in
          if case .event(_, _, _, _, nil, _, _) = earlier, moment == nil { return true }
          return earlier == fact
        }
        if let earlier = said[key], !earlier.allSatisfy(same) { return false }
        own[key, default: []].append(fact)
      }
      said.merge(own) { $0 + $1 }
      return true
    }
  }

  static func readings(_ rows: [[SampleFact]]) -> [ReadingKey: Double] {
    var found: [ReadingKey: Double] = [:]
    for case .reading(let account, let signal, let moment, let value) in rows.joined() {
      let key = ReadingKey(account: account, signal: signal, moment: moment)
      let isCount = SampleWorld.catalogue.signal(signal)?.kind == .count
      found[key] = isCount ? (found[key] ?? 0) + value : value
    }
    return found
  }

  /// What the rows come to, by event; nil for a withdrawal.
  static func events(_ rows: [[SampleFact]], feed: String) -> [EventKey: EventState?] {
    var found: [EventKey: EventState?] = [:]
    var equal: [SampleFact: Int] = [:]
    for fact in rows.joined() {
      guard case .event(let signal, let line, let ref, let account, let moment, let value, let adds) = fact else { continue }
      equal[fact, default: 0] += 1
      let text = ref ?? "\(account) \(moment?.description ?? "") \(value ?? -1) \(equal[fact] ?? 0)"
      let key = EventKey(feed: feed, signal: signal, line: line, ref: text, isIdless: ref == nil)
      let state = moment.map { EventState(account: account, moment: $0, value: value) }
      guard adds, let known = found[key] ?? nil else {
        if state != nil || found[key] == nil { found[key] = .some(state) }
        continue
      }
      if let state { found[key] = EventState(account: known.account, moment: known.moment, value: (known.value ?? 0) + (state.value ?? 0)) }
    }
    return found
  }

  /// By day; of several for one day the last.
  private static func attributes(_ rows: [[SampleFact]]) -> [SampleFact] {
    var last: [AttributeKey: SampleFact] = [:]
    for case .attribute(let account, let name, let day, let value) in rows.joined() {
      last[AttributeKey(account: account, name: name, day: day)] = .attribute(account: account, name: name, day: day, value: value)
    }
    return last.sorted { $0.key.day < $1.key.day }.map(\.value)
  }
}
