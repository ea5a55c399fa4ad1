import Health
import TestSupport

/// One fact that a row of a made file states.
enum RandomFact: Hashable {
  /// Amounts of counts add up within a file.
  case reading(signal: String, moment: Moment, number: Double?, text: String?, adds: Bool)
  /// No moment: a withdrawal.
  case event(
    signal: String, line: String, id: String, moment: Moment?, value: Double?, text: String?, author: String?, adds: Bool)
  case idless(signal: String, line: String, moment: Moment, value: Double?, text: String?, author: String?)
  case attribute(name: String, day: Day, value: String?)
}

/// A feed made at random: what its YAML says, and how to write a row for it while knowing what the row says.
struct RandomFeed {
  /// What a feed can say; each part has columns of its own.
  enum Part: CaseIterable {
    case logins, seats, plan, renewal, feature, rows, long, ticket, urgent, order, feedback, segment, alias
  }
  /// What the row is about apart from the part that reads it.
  struct Context {
    var moment: Moment?
    var fileDay: Day?
    var isGone: Bool
    var ticket: String
    /// The ticket's status, where the feed has one.
    var isUrgent: Bool
  }
  /// The cells of a part, and the facts that they state.
  struct Said {
    var cells: [(column: String, text: String)] = []
    var facts: [RandomFact] = []
    var isBad = false
  }

  let name: String
  let parts: [Part]
  let form: RandomTimes.Form
  /// Whether the file's day is the time of all facts.
  let isAtFile: Bool
  let isComplete: Bool
  let creates: Bool
  /// Whether accounts are written as numbers with a fraction of nothing.
  let hasIntegers: Bool
  let clearsBlanks: Bool
  let delimiter: String
  let quote: String
  let encoding: String

  init(_ name: String, _ dice: inout Seeded) {
    self.name = name
    var parts: [Part] = dice.oneIn(6) ? [.long] : Part.allCases.filter { $0 != .long && dice.oneIn(2) }
    if parts.isEmpty { parts = [.seats] }
    let hasIDs = parts.contains { [.ticket, .urgent, .order].contains($0) }
    self.parts = parts
    form = dice.pick(RandomTimes.Form.allCases)
    isAtFile = !hasIDs && dice.oneIn(3)
    isComplete = !hasIDs && dice.oneIn(3)
    creates = dice.oneIn(2)
    hasIntegers = dice.oneIn(6)
    clearsBlanks = dice.oneIn(2)
    delimiter = dice.pick([",", ",", ";", "\t", "|"])
    quote = dice.pick(["\"", "\"", "'"])
    encoding = dice.pick(["utf-8", "utf-8", "latin-1", "windows-1252"])
  }

  /// The feed of the first file of every world, which introduces accounts and their aliases.
  init(accounts name: String) {
    self.name = name
    (parts, form, isAtFile, isComplete, creates) = ([.alias], .days, true, false, true)
    (hasIntegers, clearsBlanks, delimiter, quote, encoding) = (false, false, ",", "\"", "utf-8")
  }

  /// Whether the rows name signals, of which a feed speaks only from the first file that has them on.
  var namesSignals: Bool { parts.contains(.long) || parts.contains(.feature) }

  private var hasTickets: Bool { parts.contains(.ticket) || parts.contains(.urgent) }

  var yaml: String {
    var lines = [
      "feed: \(name)", "match: [\"\(name)_*.csv\"]", "day: \"\(name)_%Y-%m-%d*\"",
      "delimiter: \(delimiter == "\t" ? "tab" : "\"\(delimiter)\"")", "quote: \(quote == "'" ? "\"'\"" : "'\"'")", "encoding: \(encoding)",
      "account: " + (hasIntegers ? "{column: who, as: integer}" : "who"), "unknown_accounts: \(creates ? "create" : "reject")",
      "at: " + (isAtFile ? "file" : RandomTimes.yaml(form, column: "at")), "null: [\"NA\", \"?\"]", "skip: {kind: [internal]}",
      "values: {\"many\": 3, \"none\": 0}", "number: {thousands: \"'\", percent: true}", "max_rejects: 100%",
    ]
    if isComplete { lines.append("complete: day") }
    if hasTickets { lines.append("gone: {status: [deleted]}") }
    if clearsBlanks { lines.append("blank: clear") }
    if parts.contains(.alias) { lines.append("alias: [code]") }
    if parts.contains(.segment) { lines.append("attributes: {segment: segment, started: since}") }
    if parts.contains(.long) { return (lines + ["signal: signal", "value: amount"]).joined(separator: "\n") }
    let signals = parts.flatMap(signals)
    return (lines + (signals.isEmpty ? [] : ["signals:"] + signals.map { "  " + $0 })).joined(separator: "\n")
  }

  private func signals(_ part: Part) -> [String] {
    switch part {
    case .logins: ["product.logins: {value: logins}"]
    case .seats: ["product.seats: {value: seats}"]
    case .plan: ["product.plan: {value: plan}"]
    case .renewal: ["financial.renewal_on: {value: {column: renewal, format: dd.MM.yyyy}}"]
    case .feature: ["product.feature:{feature}: {value: uses}"]
    case .rows: ["product.feature:rows: {value: 1}"]
    case .ticket:
      [
        "service.tickets: {event: ticket, value: 1, text: subject}", "service.tickets_open:",
        "  - {line: open, event: ticket, value: 1}", "  - {line: close, event: ticket, at: closed, value: -1}",
      ]
    case .urgent: ["service.urgent: {event: ticket, value: weight, only: {priority: [urgent, high]}}"]
    case .order: ["financial.order_value: {event: [invoice, shop], lines: add, value: {multiply: [quantity, price, 0.5]}}"]
    case .feedback: ["human.feedback: {value: tone, text: words, author: by}"]
    case .long, .segment, .alias: []
    }
  }

  /// Whether some part reads the row's time whatever the row says; else a bad one may go unseen.
  var alwaysReadsTime: Bool {
    parts.contains { [.long, .logins, .seats, .plan, .renewal, .rows, .ticket, .order, .feedback].contains($0) }
  }
}
