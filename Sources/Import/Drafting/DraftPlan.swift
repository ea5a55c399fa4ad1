import Health

/// What a draft makes of a file: who, when, and what each column becomes. Every choice rests on names and values that were seen;
/// where they do not tell, the choice is left to the person as a question.
struct DraftPlan {
  /// Where the facts get their time from.
  enum Time {
    case column(ColumnLook, TimeFormat)
    /// The file's day, which the name tells.
    case file
    /// Nothing tells it.
    case unknown
  }

  let sample: FileSample
  let name: String
  let fileName: FileNameLook
  let looks: [ColumnLook]
  let feedWords: NameWords
  private(set) var account: ColumnLook?
  /// Columns that could be the account instead.
  private(set) var otherAccounts: [ColumnLook] = []
  private(set) var event: [ColumnLook] = []
  private(set) var time = Time.unknown
  private(set) var timeReason = ""
  /// Formats of which the values do not tell which, for the column that seems to be the time.
  private(set) var openTime: ColumnLook?
  /// Whether each account has one row, as in a list of accounts.
  private(set) var isSnapshot = false
  /// Whether several rows speak of one account at one moment.
  private(set) var repeats = false
  private(set) var questions: [String] = []

  init(_ sample: FileSample, name: String?, today: Day) {
    self.sample = sample
    fileName = FileNameLook(sample.name)
    self.name = name ?? fileName.feed
    feedWords = NameWords(name ?? fileName.feed)
    let rows = sample.rows
    looks = sample.columns.enumerated().map { index, column in
      ColumnLook(name: column, index: index, cells: rows.lazy.map { $0[index] })
    }
    chooseAccount()
    chooseEvent()
    isSnapshot = event.isEmpty && (account?.isUnique ?? false)
    chooseTime(today: today)
    if case .column = time {} else { event = [] }
    isSnapshot = event.isEmpty && (account?.isUnique ?? false)
    repeats = hasRepeats()
  }

  /// Whether a column can be named: once in the header, and not blank.
  func canBeNamed(_ look: ColumnLook) -> Bool {
    !look.name.allSatisfy { $0 == " " } && sample.columns.count { $0 == look.name } == 1
  }

  // MARK: Who

  private mutating func chooseAccount() {
    let candidates = looks.filter { look in
      guard canBeNamed(look), look.words.accountScore > 0, look.filled * 2 > look.rows || look.rows == 0 else { return false }
      switch look.kind {
      case .blank: return look.rows == 0
      case .truth, .time: return false
      case .number, .text: return look.distinct > 1 || look.rows <= 10
      }
    }
    let sorted = candidates.sorted { ($1.words.accountScore, $0.index) < ($0.words.accountScore, $1.index) }
    account = sorted.first
    otherAccounts = Array(sorted.dropFirst())
    if account == nil {
      let ids = looks.filter { canBeNamed($0) && $0.words.isID }.prefix(5).map { "\"\($0.name)\"" }
      questions.append(
        "which column is the account? No name says so" + (ids.isEmpty ? "" : "; ids are \(ids.joined(separator: ", "))"))
    }
  }

  // MARK: What each row is

  private mutating func chooseEvent() {
    guard let account, sample.rows.count > 1 else { return }
    let isList = feedWords.has(["accounts", "customers", "companies", "clients", "tenants", "organizations", "organisations"])
    if account.isUnique, isList { return }
    let things: Set<String> = [
      "ticket", "invoice", "order", "entry", "pulse", "case", "call", "event", "payment", "transaction", "message", "session",
      "subscription", "contract", "response", "survey", "opportunity", "deal",
    ]
    let candidates = looks.filter { look in
      guard canBeNamed(look), look.index != account.index, look.blanks == 0, look.distinct * 20 >= look.rows * 19 else { return false }
      if look.timeFormats.isEmpty == false || look.isTruth { return false }
      return look.words.isID || (look.words.words.count == 1 && look.words.has(things))
    }
    let distinctRows = Set(sample.rows).count
    for candidate in candidates {
      var ids = [candidate]
      if isUnique(ids, among: distinctRows) {
        event = ids
      } else {
        // An id that now and then comes twice with other content may be one only together with the account and the day.
        for look in [account] + looks.filter({ !$0.timeFormats.isEmpty && $0.blanks == 0 && canBeNamed($0) }) where event.isEmpty {
          ids.append(look)
          if isUnique(ids, among: distinctRows) { event = ids }
        }
      }
      if !event.isEmpty { return }
    }
  }

  private func isUnique(_ columns: [ColumnLook], among rows: Int) -> Bool {
    Set(sample.rows.map { row in columns.map { row[$0.index] } }).count == rows
  }

  private func hasRepeats() -> Bool {
    guard let account, event.isEmpty else { return false }
    let keys = sample.rows.filter { account.states($0[account.index]) }.map { row -> [String] in
      if case .column(let look, _) = time { [row[account.index], row[look.index]] } else { [row[account.index]] }
    }
    return keys.count - Set(keys).count > keys.count / 100
  }

  // MARK: When

  private mutating func chooseTime(today: Day) {
    let named = looks.filter { canBeNamed($0) && !$0.timeFormats.isEmpty && $0.index != account?.index }
    let possible = named.filter { look in
      // A fact cannot lie in the future, so neither can the time of one.
      look.timeFormats.contains { format in TimeGuess.lastDay(format, look.values).map { $0 <= today + 1 } ?? false }
    }
    func score(_ look: ColumnLook) -> Int {
      let shared = Set(look.words.words).intersection(feedWords.words + event.flatMap(\.words.words)).subtracting(["id", "date", "time"])
      return look.words.timeScore + (shared.isEmpty ? 0 : 2) - (look.blanks > 0 ? 5 : 0) - (look.words.isAccountStart ? 12 : 0)
    }
    let best = possible.max { (score($0), $1.index) < (score($1), $0.index) }
    let hasName = fileName.day != nil
    if isSnapshot, hasName || !fileName.choices.isEmpty, best.map({ $0.distinct > 1 && $0.words.timeScore < 10 }) ?? true {
      return timeFromName("one row for each account, and a day in the name: how the accounts stood on that day")
    }
    if let best, score(best) > 0 || (possible.count == 1 && score(best) == 0) {
      return take(best, score(best) > 0 ? "by its name" : "the only time in the file")
    }
    if isSnapshot, !hasName, let start = possible.first(where: \.words.isAccountStart), start.timeFormats.count == 1 {
      questions.append("is this list sent every night? Then say `at: file`, and import with --at DAY or a day in the file's name")
      return take(start, "the only time that a row has")
    }
    timeFromName("no column is called like the time of what a row says")
  }

  private mutating func take(_ look: ColumnLook, _ reason: String) {
    guard look.timeFormats.count == 1 else {
      openTime = look
      let names = look.timeFormats.map(\.name).joined(separator: " or ")
      let example = look.values.first.map { ", such as \"\(DraftText.short($0))\"" } ?? ""
      questions.append("how does \"\(look.name)\" write days, \(names)? All \(look.distinct) values\(example) fit both; nothing is guessed")
      return
    }
    time = .column(look, look.timeFormats[0])
    timeReason = reason
  }

  private mutating func timeFromName(_ reason: String) {
    if fileName.day != nil {
      (time, timeReason) = (.file, reason)
    } else if fileName.choices.isEmpty {
      questions.append("when was it? \(reason), and the file's name has no day: import with --at DAY, or name a column in `at`")
    } else {
      questions.append(
        "which is the day in the name, \(fileName.choices.map { "\"\($0)\"" }.joined(separator: " or "))? Nothing is guessed")
    }
  }
}
