import Health
import Storage

/// What the model's facts come to once some of its accounts are one.
struct ModelGroups {
  let model: HistoryModel
  let instant: Int64?
  private var next: [Int: Int] = [:]

  init(_ model: HistoryModel, by instant: Int64?) {
    (self.model, self.instant) = (model, instant)
    let merges = model.imports.filter { $0.value.merge != nil && model.isVisible($0.key, day: Day(0), by: instant) }
    for id in merges.keys.sorted(by: { model.isHigher($1, $0) }) {
      guard let merge = model.imports[id]?.merge else { continue }
      next[merge.account] = merge.into
    }
  }

  func root(of account: Int) -> Int { next[account].map { root(of: $0) } ?? account }

  private func steps(_ account: Int) -> Int { next[account].map { steps($0) + 1 } ?? 0 }

  /// The account itself, then those nearest to it.
  private func group(_ root: Int) -> [Int] {
    ([root] + next.keys.filter { self.root(of: $0) == root }).sorted { (steps($0), $0) < (steps($1), $1) }
  }

  func rooted(_ key: HistoryModel.ReadingKey) -> HistoryModel.ReadingKey {
    HistoryModel.ReadingKey(account: root(of: key.account), signal: key.signal, moment: key.moment)
  }

  /// Nil for accounts that are another's.
  func reading(_ key: HistoryModel.ReadingKey) -> Double? {
    guard next[key.account] == nil else { return nil }
    let keys = group(key.account).map { HistoryModel.ReadingKey(account: $0, signal: key.signal, moment: key.moment) }
    let day = key.moment.day
    let telling = model.imports.filter { id, item in
      keys.contains { item.readings[$0] != nil } && model.isVisible(id, day: day, by: instant)
        && !model.isCovered(id, day: day, by: instant)
    }
    guard let top = telling.keys.max(by: { model.isHigher($1, $0) }), let highest = telling[top] else { return nil }
    let own = keys.filter { highest.readings[$0] != nil }
    guard SampleWorld.catalogue.signal(key.signal)?.kind == .count else { return highest.readings[own[0]] }
    var sum = own.compactMap { highest.readings[$0] }.reduce(0, +)
    for other in keys where !own.contains(other) {
      let isToldWith = telling.values.contains { item in item.readings[other] != nil && own.contains { item.readings[$0] != nil } }
      if isToldWith { sum += model.reading(other, by: instant) ?? 0 }
    }
    return sum
  }

  func attribute(_ account: Int, _ name: String, on day: Day) -> String? {
    guard next[account] == nil else { return nil }
    for member in group(account) {
      let isStated = model.imports.contains { id, item in
        item.attributes.keys.contains { $0.account == member && $0.name == name && model.isVisible(id, day: $0.day, by: instant) }
      }
      if isStated { return model.attribute(member, name, on: day, by: instant) ?? nil }
    }
    return nil
  }
}
