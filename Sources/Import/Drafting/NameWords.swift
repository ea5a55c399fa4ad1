/// The words of a column's or a file's name, and what they speak of.
struct NameWords: Hashable, Sendable {
  /// In lower case: `customerID`, `customer_id` and `Customer Id` are all `customer id`.
  let words: [String]

  init(_ name: String) {
    var (words, word): ([String], String) = ([], "")
    let characters = Array(name)
    for (index, character) in characters.enumerated() {
      guard character.isLetter || character.isNumber else {
        words.append(word)
        word = ""
        continue
      }
      let before = index > 0 ? characters[index - 1] : " "
      let after = index + 1 < characters.count ? characters[index + 1] : " "
      // A capital begins a word after a small letter, and at the end of a run of capitals: `CSMName`.
      if character.isUppercase, before.isLowercase || (before.isUppercase && after.isLowercase) {
        words.append(word)
        word = ""
      }
      word += character.lowercased()
    }
    self.words = (words + [word]).filter { !$0.isEmpty }
  }

  init(words: [String]) { self.words = words }

  /// The words as the name of a signal, an attribute or a feed; nil where no letter of them is plain.
  var plain: String? {
    let ascii = words.map { word in String(word.unicodeScalars.filter { ("a"..."z").contains($0) || ("0"..."9").contains($0) }) }
    let name = ascii.filter { !$0.isEmpty }.joined(separator: "_")
    return name.isEmpty ? nil : name
  }

  func has(_ any: Set<String>) -> Bool { words.contains { any.contains($0) } }
  func ends(_ any: Set<String>) -> Bool { words.last.map { any.contains($0) } ?? false }

  /// Whether it names an id rather than an amount.
  var isID: Bool { ends(["id", "ids", "uuid", "guid", "key", "number", "no", "nr", "ref", "reference"]) }

  /// Whether numbers under it are names, places or codes, which nobody adds up.
  var isCode: Bool {
    isID || ends(["code", "zip", "postcode", "phone", "fax", "index", "version", "year", "month", "status", "port", "line"])
  }

  /// How much it sounds like the account: 0 where not at all.
  var accountScore: Int {
    var score = 0
    if has(["account"]) { score = 10 }
    if has(["customer", "client", "company", "tenant", "organization", "organisation", "org"]) { score = max(score, 8) }
    if has(["workspace", "user", "member", "subscriber"]) { score = max(score, 5) }
    if has(["subscription", "contract", "domain", "site"]) { score = max(score, 3) }
    guard score > 0 else { return 0 }
    if isID { score += 2 }
    if words.count == 1 { score += 1 }
    if has(["parent", "type", "status", "segment", "tier", "size", "country", "region", "agent", "manager", "owner", "email"]) {
      score -= 8
    }
    if ends(["name", "code"]) { score -= 6 }
    return max(0, score)
  }

  /// How much it sounds like the time at which what the row says happened.
  var timeScore: Int {
    var score = 0
    if words.count == 1, has(["day", "date", "at", "ts", "timestamp", "time", "datetime"]) { score += 10 }
    if ends(["date", "at", "on", "day", "time", "ts", "timestamp", "datetime", "epoch"]) { score += 3 }
    if has([
      "created", "submitted", "opened", "occurred", "logged", "sent", "event", "usage", "order", "invoice", "start", "posted", "recorded",
      "reported", "received", "login", "session", "purchase", "transaction", "snapshot", "measured", "churn",
    ]) {
      score += 6
    }
    if has(["end", "close", "closed", "due", "settled", "resolved", "solved", "expiry", "expires", "expiration", "renewal", "renews"]) {
      score -= 12
    }
    if has(["updated", "modified", "paid", "until", "next", "birth", "birthday", "last", "first", "finished", "deleted"]) { score -= 9 }
    return score
  }

  /// Whether it names the day on which the account began.
  var isAccountStart: Bool {
    has(["signup", "registered", "registration", "joined", "since", "started", "onboarded"]) || Set(["sign", "up"]).isSubset(of: words)
  }

  /// Whether digits under it may count from 1970.
  var soundsLikeTime: Bool { !isID && (timeScore != 0 || isAccountStart || isEnd) }

  /// Whether values under it are about people, and have no place in a comment.
  var isPersonal: Bool { has(["name", "first", "last", "email", "mail", "phone", "address", "location", "agent", "ip", "city", "street"]) }

  /// Whether ids under it may name an account in other files.
  var namesAccounts: Bool { accountScore > 0 || has(["license", "licence", "seat", "plan"]) }

  /// Whether it names what ends something that an earlier time began.
  var isEnd: Bool { has(["end", "ended", "close", "closed", "settled", "resolved", "solved", "finished", "paid"]) }

  /// Whether numbers under it are a state, of which adding up makes no sense.
  var isState: Bool {
    has([
      "open", "active", "total", "current", "lifetime", "cumulative", "avg", "average", "mean", "median", "rate", "pct", "percent",
      "percentage", "ratio", "score", "share", "max", "min", "licensed", "limit", "price",
    ])
  }

  /// Whether numbers under it are amounts of what happened, which are added up.
  var isCount: Bool {
    !isState
      && ends([
        "count", "counts", "logins", "clicks", "visits", "sessions", "opens", "views", "pageviews", "calls", "events", "emails", "messages",
        "errors", "downloads", "uses", "usage", "requests", "actions", "orders", "hits", "plays", "searches", "bounces", "tickets",
        "minutes", "seconds", "secs", "quantity", "uploads", "exports", "transactions", "purchases", "logouts", "impressions",
      ])
  }

  /// The dimension that its words belong to; product, where the words say nothing.
  var dimension: String? {
    let kinds: [(String, Set<String>)] = [
      (
        "financial",
        [
          "arr", "mrr", "revenue", "amount", "price", "invoice", "invoices", "payment", "payments", "refund", "refunds", "cost", "costs",
          "billing", "spend", "usd", "eur", "gbp", "late", "settle", "discount", "contract", "subscription", "subscriptions", "balance",
          "paid", "unpaid", "overdue", "sales", "price", "order", "orders",
        ]
      ),
      (
        "service",
        [
          "ticket", "tickets", "support", "resolution", "response", "csat", "satisfaction", "incident", "incidents", "bug", "bugs",
          "escalation", "escalations", "sla", "case", "cases",
        ]
      ),
      (
        "relationship",
        ["nps", "survey", "surveys", "meeting", "meetings", "email", "emails", "call", "calls", "touch", "touches", "contact", "contacts"]
      ),
      ("human", ["pulse", "sentiment", "csm", "opinion"]),
      ("product", ["login", "logins", "seats", "users", "usage", "feature", "features", "session", "sessions"]),
    ]
    return kinds.first { has($0.1) }?.0
  }

  /// What one unit is, where the last word says it.
  var unit: String? {
    switch words.last {
    case "secs", "seconds", "sec": "seconds"
    case "minutes", "mins", "min": "minutes"
    case "hours", "hrs": "hours"
    case "days": "days"
    case "pct", "percent", "percentage": "percent"
    case "usd", "eur", "gbp": words.last?.uppercased()
    case "seats", "users", "people": "people"
    case let last? where last.hasSuffix("s") && isCount: last
    default: nil
    }
  }
}
