import Health

/// What becomes of one column, and why.
struct ColumnFate {
  enum Role {
    case account, time, accountName, text
    /// Part of the event's id.
    case event
    case attribute(String)
    /// A line of a signal: its key, and what the line says.
    case signal(String, line: String)
    /// Not used; a suggestion for a line, as a comment.
    case left(suggestions: [String])
  }

  let look: ColumnLook
  let role: Role
  let why: String
}

/// A signal that the catalogue lacks.
package struct CatalogueEntry: Hashable, Sendable {
  package let key: String
  package let kind: SignalKind
  let unit: String?
  let says: String

  /// The line under `signals:`, without indentation. Which way is good cannot be told from a file.
  package var line: String {
    let unit = unit.map { " unit: \(YAMLText.scalar($0))," } ?? ""
    return "\(key): {kind: \(kind.rawValue),\(unit) direction: none, says: \(YAMLText.quoted(says))}"
  }
}

/// Decides what each column becomes.
struct DraftColumns {
  private let plan: DraftPlan
  private let catalogue: Catalogue
  private(set) var fates: [ColumnFate] = []
  /// The line that says that there was an event at all.
  private(set) var eventLine: (key: String, line: String)?
  private(set) var entries: [CatalogueEntry] = []
  private var keys: Set<String> = []
  private var attributes: Set<String> = []

  /// More columns of numbers than this are left to the person.
  private static let mostSignals = 64

  init(_ plan: DraftPlan, catalogue: Catalogue) {
    (self.plan, self.catalogue) = (plan, catalogue)
    let name = plan.looks.first { isAccountName($0) }
    let text = plan.event.isEmpty ? nil : plan.looks.first { isText($0) }
    addEventLine(text: text)
    for look in plan.looks {
      let (role, why) = fate(of: look, name: name, text: text)
      fates.append(ColumnFate(look: look, role: role, why: why))
    }
  }

  var nulls: [String] { Set(plan.looks.flatMap(\.nulls)).sorted() }
  var words: [String: Double] {
    plan.looks.reduce(into: [:]) { all, look in
      if case .truth(let words) = look.kind, canBeSignal(look) { all.merge(words) { first, _ in first } }
    }
  }
  var number: NumberFormat {
    plan.looks.reduce(into: NumberFormat()) { all, look in
      guard case .number(let format) = look.kind else { return }
      all.thousands = all.thousands ?? format.thousands
      all.percent = all.percent || format.percent
    }
  }

  /// Whether the feed says anything besides signals of columns.
  var saysSomething: Bool {
    fates.contains { fate in
      switch fate.role {
      case .attribute, .accountName: true
      case .account, .time, .text, .event, .signal, .left: false
      }
    }
  }

  // MARK: One column

  private mutating func fate(of look: ColumnLook, name: ColumnLook?, text: ColumnLook?) -> (ColumnFate.Role, String) {
    if look.index == plan.account?.index { return (.account, "by its name; \(count(look.distinct, "account"))") }
    if case .column(let time, let format) = plan.time, time.index == look.index {
      return (.time, "\(plan.timeReason); all values fit \(format.name)")
    }
    if plan.event.contains(where: { $0.index == look.index }) { return (.event, "each row has its own") }
    guard plan.canBeNamed(look) else { return (.left(suggestions: []), "the header names it twice or not at all") }
    if look.index == name?.index { return (.accountName, "by its name; one for each account") }
    if look.index == text?.index { return (.text, "by its name") }
    switch look.kind {
    case .blank: return (.left(suggestions: []), "no row states anything")
    case .time: return time(look)
    case .number, .truth:
      if look.words.isCode, !look.isTruth { return (.left(suggestions: []), "by its name it is a code, which nobody adds up") }
      return signal(look)
    case .text: return label(look)
    }
  }

  private func canBeSignal(_ look: ColumnLook) -> Bool { look.isTruth || (look.isNumber && !look.words.isCode) }

  private func isAccountName(_ look: ColumnLook) -> Bool {
    guard look.kind == .text, look.index != plan.account?.index, plan.canBeNamed(look) else { return false }
    let isNamed =
      look.words.words == ["name"] || look.words.words == ["company"]
      || (look.words.ends(["name"])
        && look.words.has(["account", "customer", "client", "company", "tenant", "organization", "organisation"]))
    return isNamed && isOfAccount(look)
  }

  private func isText(_ look: ColumnLook) -> Bool {
    let names: Set<String> = [
      "subject", "title", "text", "note", "notes", "comment", "comments", "feedback", "description", "message", "summary", "body", "review",
    ]
    return look.kind == .text && look.words.has(names) && plan.canBeNamed(look)
  }

  /// Whether all rows of an account that state something state the same.
  private func isOfAccount(_ look: ColumnLook) -> Bool {
    guard let account = plan.account else { return false }
    var known: [String: String] = [:]
    for row in plan.sample.rows where look.states(row[look.index]) {
      let value = row[look.index]
      if known.updateValue(value, forKey: row[account.index]) ?? value != value { return false }
    }
    return true
  }

  // MARK: Signals

  private mutating func addEventLine(text: ColumnLook?) {
    guard let id = plan.event.first else { return }
    var words = id.words.words
    if id.words.isID, words.count > 1 { words.removeLast() }
    let stem = NameWords(words: words).plain ?? "event"
    let plural = stem.hasSuffix("s") ? stem : stem.hasSuffix("y") ? stem.dropLast() + "ies" : stem + "s"
    let says = "One \(words.joined(separator: " ")) of the feed \(plan.name)."
    guard let key = key(for: plural, words: NameWords(words: words), kinds: [.event], unit: plural, says: says) else { return }
    let words2 = text.map { ", text: \(YAMLText.scalar($0.name))" } ?? ""
    eventLine = (key, "{event: \(eventText), value: 1\(words2)}")
  }

  private var eventText: String {
    let names = plan.event.map { YAMLText.scalar($0.name) }
    return names.count == 1 ? names[0] : "[\(names.joined(separator: ", "))]"
  }

  private mutating func signal(_ look: ColumnLook) -> (ColumnFate.Role, String) {
    guard keys.count < Self.mostSignals else {
      return (.left(suggestions: []), "a number; \(Self.mostSignals) signals are drafted already")
    }
    if plan.event.isEmpty, plan.repeats, look.words.isState {
      return (
        .left(suggestions: []), "a number that nobody adds up, by its name; several rows speak of one account and moment: which counts?"
      )
    }
    let (kinds, why) = kinds(look)
    let says = "The column \(look.name) of the feed \(plan.name)."
    let name = look.words.plain ?? "value_\(look.index + 1)"
    guard let key = key(for: name, words: look.words, kinds: kinds, unit: look.isTruth ? "0 or 1" : look.words.unit, says: says) else {
      return (.left(suggestions: []), "a number, but the catalogue has a signal of that name and another kind")
    }
    let value = YAMLValue.number(look.name) == nil ? YAMLText.scalar(look.name) : "{column: \(YAMLText.quoted(look.name))}"
    let event = plan.event.isEmpty ? "" : "event: \(eventText), "
    return (.signal(key, line: "{\(event)value: \(value)}"), why)
  }

  /// The kinds that fit, the likeliest first, and why.
  private func kinds(_ look: ColumnLook) -> ([SignalKind], String) {
    let what = look.isTruth ? "yes or no" : "a number"
    if !plan.event.isEmpty { return ([.event], "\(what) about each \(eventText)") }
    if look.words.isCount, !look.isTruth { return ([.count, .gauge], "\(what); by its name an amount that is added up: CHECK the kind") }
    if plan.repeats {
      return ([.count, .gauge], "\(what); several rows speak of one account and moment, so they are added up: CHECK the kind")
    }
    return ([.gauge, .count], "\(what); taken for a state that holds: CHECK the kind")
  }

  /// The signal that the catalogue has under that name, or a new one; nil where the name is taken by another kind.
  private mutating func key(for name: String, words: NameWords, kinds: [SignalKind], unit: String?, says: String) -> String? {
    let dimension = words.dimension ?? plan.feedWords.dimension ?? "product"
    let known = catalogue.signals.values.filter { signal in
      !signal.isPattern && signal.key.drop { $0 != "." }.dropFirst() == name && signal.dimension != "outcome"
    }.sorted { ($0.dimension == dimension ? 0 : 1, $0.key) < ($1.dimension == dimension ? 0 : 1, $1.key) }
    if let fit = known.first(where: { kinds.contains($0.kind) && !keys.contains($0.key) }) {
      keys.insert(fit.key)
      return fit.key
    }
    for key in ["\(dimension).\(name)", "\(dimension).\(plan.name.replacing("-", with: "_"))_\(name)"] where !keys.contains(key) {
      if catalogue.signals[key] != nil { continue }
      keys.insert(key)
      entries.append(CatalogueEntry(key: key, kind: kinds[0], unit: unit, says: says))
      return key
    }
    return nil
  }

  // MARK: Times and texts

  private mutating func time(_ look: ColumnLook) -> (ColumnFate.Role, String) {
    guard look.timeFormats.count == 1, let format = look.timeFormats.first else {
      let names = look.timeFormats.map(\.name).joined(separator: " and ")
      return (.left(suggestions: []), "days, but \(names) both fit all of them: nothing is guessed")
    }
    let column = "{column: \(YAMLText.scalar(look.name)), format: \(YAMLText.scalar(format.name))}"
    if plan.isSnapshot, look.words.isAccountStart, format == .iso, attributes.insert("started").inserted {
      return (.attribute("started"), "by its name, the day the account began")
    }
    if plan.isSnapshot {
      let says = "The day in the column \(look.name) of the feed \(plan.name)."
      if let key = key(for: look.words.plain ?? "date", words: look.words, kinds: [.date], unit: "date", says: says) {
        return (.signal(key, line: "{value: \(column)}"), "days that all fit \(format.name)")
      }
    }
    guard !plan.event.isEmpty, look.words.isEnd, let eventLine else { return (.left(suggestions: []), "another time: \(format.name)") }
    let suggestions = [
      "\(eventLine.key)_open:   # what is open, if this says when it ends; declare it as kind: balance",
      "  - {line: open, event: \(eventText), value: 1}",
      "  - {line: close, event: \(eventText), at: \(column), value: -1}",
    ]
    return (.left(suggestions: suggestions), "another time: \(format.name)")
  }

  private mutating func label(_ look: ColumnLook) -> (ColumnFate.Role, String) {
    if look.hasDecimalCommas {
      return (.left(suggestions: []), "numbers with a decimal comma, which are not read: write them with a dot")
    }
    let column = YAMLText.scalar(look.name)
    if look.words.isID, look.distinct * 2 <= look.filled {
      let why = "\(count(look.distinct, "id")); if one id is one event of several rows: {event: \(column), lines: add, value: …}"
      return (.left(suggestions: []), why)
    }
    // What nearly every account has its own of tells it from others, and does not describe it.
    let most = max(3, (plan.account?.distinct ?? look.filled) / 2)
    guard let name = look.words.plain, look.distinct <= min(50, most), look.distinct * 2 <= look.filled || look.rows <= 20, name != "name",
      name != "started"
    else { return (.left(suggestions: []), count(look.distinct, "different text")) }
    let examples = look.values.prefix(4).map(DraftText.short).joined(separator: ", ") + (look.distinct > 4 ? ", …" : "")
    let few = count(look.distinct, "value") + (look.words.isPersonal ? "" : " (\(examples))")
    if isOfAccount(look), attributes.insert(name).inserted { return (.attribute(name), "\(few), one for each account") }
    let example = look.words.isPersonal ? "…" : look.values.first.map { YAMLText.scalar($0) } ?? "…"
    let why = "\(few), which differ between rows of an account; a line can take some: only: {\(column): [\(example)]}"
    return (.left(suggestions: []), why)
  }

  private func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
