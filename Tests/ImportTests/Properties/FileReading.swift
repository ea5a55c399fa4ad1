import Health
import Storage

/// The rows of one file put together.
struct FileReading {
  private let model: FactModel
  private let file: RandomFile
  private var known: Set<String>
  private(set) var statements: [FactModel.Key: FactModel.Statement] = [:]
  /// The rows that a statement is made of.
  private(set) var contributors: [FactModel.Key: [Int]] = [:]
  /// Facts of rows that repeat another row's or are replaced by one.
  private(set) var sideFacts: [(key: FactModel.Key, row: Int, outcome: Outcome)] = []
  /// What each row comes to apart from its facts.
  private(set) var outcomes: [Outcome] = []
  private(set) var introduced: Set<String> = []
  /// The first row that names each account that nobody knew.
  private(set) var introducers: [(row: Int, account: String)] = []
  private(set) var aliases: [String: (account: String, row: Int)] = [:]
  private(set) var days: Set<Day> = []
  private var ordinals: [FactModel.Key: Int] = [:]

  init(_ model: FactModel, _ file: RandomFile) {
    (self.model, self.file, known) = (model, file, model.accounts)
  }

  mutating func take(_ row: RandomRow) {
    let number = outcomes.count
    outcomes.append(.skipped)
    if row.isLeftOut { return }
    guard !row.isBad, let account = resolve(row.account), !contradicts(row, account) else {
      outcomes[number] = .rejected
      return
    }
    if file.feed.creates {
      introduced.insert(account)
      if known.insert(account).inserted { introducers.append((number, account)) }
    }
    for fact in row.facts { take(fact, account, number) }
    if let alias = row.alias { aliases[alias] = (account, number) }
  }

  private func resolve(_ text: String) -> String? {
    if text.isEmpty { return nil }
    if known.contains(text) { return text }
    return model.account(alias: text) ?? (file.feed.creates ? text : nil)
  }

  private func key(_ fact: RandomFact, _ account: String) -> FactModel.Key? {
    switch fact {
    case .reading(let signal, let moment, _, _, _): .reading(account: account, signal: signal, moment: moment)
    case .event(_, let line, let id, _, _, _, _, _): .event(feed: file.feed.name, line: line, id: id)
    case .idless: nil
    case .attribute(let name, let day, _): .attribute(account: account, name: name, day: day)
    }
  }

  /// Whether an earlier row says something else of an event that the row names.
  private func contradicts(_ row: RandomRow, _ account: String) -> Bool {
    row.facts.contains { fact in
      guard case .event(_, _, _, _, _, _, _, adds: false) = fact, let key = key(fact, account), let earlier = statements[key] else {
        return false
      }
      let own = statement(fact, account)
      return earlier != own && !(earlier.moment == nil && own.moment == nil)
    }
  }

  private func statement(_ fact: RandomFact, _ account: String) -> FactModel.Statement {
    switch fact {
    case .reading(let signal, let moment, let number, let text, _):
      .init(account: account, subject: signal, moment: moment, number: number, text: text)
    case .event(let signal, _, _, let moment, let value, let text, let author, _):
      moment == nil
        ? .init(account: account, subject: signal)
        : .init(account: account, subject: signal, moment: moment, number: value, text: text, author: author)
    case .idless(let signal, _, let moment, let value, let text, let author):
      .init(account: account, subject: signal, moment: moment, number: value, text: text, author: author)
    case .attribute(let name, let day, let value): .init(account: account, subject: name, moment: Moment(day), text: value)
    }
  }

  private mutating func take(_ fact: RandomFact, _ account: String, _ row: Int) {
    let own = statement(fact, account)
    if case .idless(_, let line, let moment, let value, _, _) = fact {
      days.insert(moment.day)
      func key(_ ordinal: Int) -> FactModel.Key {
        .idless(feed: file.feed.name, line: line, account: account, moment: moment, value: value, ordinal: ordinal)
      }
      ordinals[key(0), default: 0] += 1
      state(key(ordinals[key(0)] ?? 0), own, [row])
      return
    }
    guard let key = key(fact, account) else { return }
    switch fact {
    case .reading(_, let moment, _, _, let adds):
      days.insert(moment.day)
      guard let earlier = statements[key] else { return state(key, own, [row]) }
      if adds {
        var sum = own
        sum.number = (earlier.number ?? 0) + (own.number ?? 0)
        state(key, sum, (contributors[key] ?? []) + [row])
      } else {
        sideFacts += (contributors[key] ?? []).map { (key, $0, .skipped) }
        state(key, own, [row])
      }
    case .attribute:
      sideFacts += (contributors[key] ?? []).map { (key, $0, .skipped) }
      state(key, own, [row])
    case .event(_, _, _, _, _, _, _, let adds):
      guard let earlier = statements[key] else { return state(key, own, [row]) }
      guard adds else {
        sideFacts.append((key, row, .unchanged))
        return
      }
      // A row that says nothing of an event to which others add has no part in it.
      if own.moment == nil { return }
      if earlier.moment == nil { return state(key, own, [row]) }
      var sum = earlier
      sum.number = (earlier.number ?? 0) + (own.number ?? 0)
      state(key, sum, (contributors[key] ?? []) + [row])
    case .idless: break
    }
  }

  private mutating func state(_ key: FactModel.Key, _ statement: FactModel.Statement, _ rows: [Int]) {
    statements[key] = statement
    contributors[key] = rows
  }
}
