import Health

/// Reads feeds: YAML to `Feed`, with every problem at its place.
package enum FeedFile {
  /// The feed that a text states. Throws all that is wrong with it.
  package static func read(text: String, file: String, catalogue: Catalogue) throws(Problems) -> Feed {
    try YAMLFile.read(text, file: file) { root in
      guard let map = root.map(allowed: keys) else { return nil }
      return FeedReader(map: map, file: file, catalogue: catalogue).feed()
    }
  }

  static let keys =
    [
      "feed", "match", "after", "format", "delimiter", "quote", "header", "encoding", "comment", "account", "alias", "name",
      "unknown_accounts", "at", "day", "null", "skip", "values", "number", "attributes", "attributes_at", "blank", "signals", "gone",
      "complete", "speech", "max_rejects",
    ] + longFormKeys
  /// What a feed in the long form says at its top.
  static let longFormKeys = ["signal", "value", "event", "text", "author", "reason", "only", "lines", "future", "no_value"]
}

/// Reads what a feed says beside its signals.
struct FeedReader {
  let map: YAMLMap
  let file: String
  let catalogue: Catalogue

  func feed() -> Feed? {
    let at = map["at"].flatMap { FeedReader.time($0, inheriting: nil) } ?? .file
    let name = name()
    let account = account()
    let dialect = dialect()
    let lines = FeedLineReader(feed: self, at: at).lines()
    guard let name, let account, let dialect else { return nil }
    let feed = Feed(
      name: name, match: texts("match").map { FilePattern(glob: $0) }, after: texts("after"),
      format: map["format"]?.choice(Feed.Format.self, "format") ?? .csv, dialect: dialect,
      account: account.column, accountIsInteger: account.isInteger, aliases: texts("alias"), accountName: map["name"]?.text("a column"),
      unknownAccounts: map["unknown_accounts"]?.choice(Feed.UnknownAccounts.self, "word") ?? .reject, at: at, day: day(),
      nulls: nulls(), skip: FeedReader.conditions(map["skip"]), words: words(), number: number(), attributes: attributes(),
      attributesAt: map["attributes_at"].flatMap { FeedReader.time($0, inheriting: at) },
      clearsBlankAttributes: FeedReader.word(map["blank"], "clear"), lines: lines, gone: FeedReader.conditions(map["gone"]),
      isComplete: FeedReader.word(map["complete"], "day"), speaksByRows: FeedReader.word(map["speech"], "rows"), maxRejects: rejectLimit(),
      hash: FeedReader.hash(map.value), file: file,
      afterPlace: map.key("after")?.place, matchPlace: map.key("match")?.place, dayPlace: map.key("day")?.place)
    check(feed)
    return feed
  }

  // MARK: What it is and which files

  private func name() -> String? {
    guard let value = map.required("feed", hint: "name the feed: feed: NAME"), let name = value.text("the feed's name") else { return nil }
    let isPlain = name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 || $0 == 45 }
    if name.isEmpty || !isPlain {
      value.fail("bad-feed-name", "\"\(name)\" is no feed name", hint: "use lower-case letters, digits, - and _")
      return nil
    }
    return name
  }

  private func texts(_ key: String) -> [String] { map[key]?.items.compactMap { $0.text() } ?? [] }

  private func day() -> FilePattern? {
    guard let value = map["day"], let text = value.text("a pattern for file names") else { return nil }
    if let pattern = FilePattern(day: text) { return pattern }
    let hint = "write it like \"accounts_%Y-%m-%d*\": %Y or %y, %m or %b, and %d, once each"
    value.fail("bad-day-pattern", "\"\(text)\" does not tell one day", hint: hint)
    return nil
  }

  private func dialect() -> CSVDialect? {
    let isCSV = map["format"]?.written != "jsonl"
    for key in ["delimiter", "quote", "encoding", "comment"] where !isCSV {
      map.key(key)?.fail("option-of-csv", "\(key) is an option of csv files", hint: "leave it out; JSON Lines are UTF-8")
    }
    let delimiter = map["delimiter"].map { byte($0, named: ["tab": 9]) } ?? UInt8(ascii: ",")
    let quote = map["quote"]?.written == "none" ? nil : map["quote"].map { byte($0, named: [:]) } ?? UInt8(ascii: "\"")
    let comment = map["comment"].flatMap { byte($0, named: [:]) }
    let encoding = map["encoding"]?.choice(TextEncoding.self, "encoding") ?? .utf8
    guard let delimiter, map["quote"] == nil || map["quote"]?.written == "none" || quote != nil else { return nil }
    do {
      return try CSVDialect(
        delimiter: delimiter, quote: quote, comment: comment, encoding: encoding, header: map["header"] == nil ? nil : texts("header"))
    } catch {
      (map.key("delimiter") ?? map.key("quote") ?? map.key("comment") ?? map.value).fail(error.name, error.message, hint: error.hint)
      return nil
    }
  }

  private func byte(_ value: YAMLValue, named: [String: UInt8]) -> UInt8? {
    guard let text = value.text("one character") else { return nil }
    if let byte = named[text] { return byte }
    if text.utf8.count == 1, let byte = text.utf8.first { return byte }
    value.fail("bad-dialect", "\"\(text)\" is not one ASCII character", hint: named.isEmpty ? nil : "a tab is written tab or \"\\t\"")
    return nil
  }

  // MARK: Whom it speaks of

  private func account() -> (column: String, isInteger: Bool)? {
    guard let value = map.required("account", hint: "name the column with the account's key: account: COLUMN") else { return nil }
    if value.isScalar { return value.text("a column").map { ($0, false) } }
    guard let account = value.map(allowed: ["column", "as"]), let column = account.required("column")?.text("a column") else { return nil }
    return (column, FeedReader.word(account["as"], "integer"))
  }

  private func attributes() -> [Feed.Attribute] {
    guard let entries = map["attributes"]?.map()?.entries else { return [] }
    return entries.compactMap { entry in
      entry.value.text("a column").map { column in
        let named = entry.name.hasPrefix("{") && entry.name.hasSuffix("}") ? String(entry.name.dropFirst().dropLast()) : nil
        return Feed.Attribute(name: entry.name, nameColumn: named, column: column)
      }
    }
  }

  // MARK: How cells are read

  private func nulls() -> [String] {
    let given = map["null"]?.items.compactMap { $0.isEmpty ? "" : $0.text() } ?? []
    return [""] + given.filter { !$0.isEmpty }
  }

  private func words() -> [String: Double] {
    guard let entries = map["values"]?.map()?.entries else { return [:] }
    let pairs = entries.compactMap { entry in entry.value.number().map { (entry.name, $0) } }
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }

  private func number() -> NumberFormat {
    guard let number = map["number"]?.map(allowed: ["thousands", "percent"]) else { return NumberFormat() }
    var format = NumberFormat()
    if let value = number["thousands"], let mark = byte(value, named: [:]) {
      if "0123456789.+-eE%".utf8.contains(mark) {
        let hint = "the decimal mark is a dot; use , or ' or a space"
        value.fail("bad-thousands", "\"\(value.written ?? "")\" cannot part thousands", hint: hint)
      }
      format.thousands = mark
    }
    format.percent = number["percent"]?.bool() ?? false
    return format
  }

  private func rejectLimit() -> Feed.RejectLimit? {
    guard let value = map["max_rejects"] else { return nil }
    if value.written?.hasSuffix("%") == true { return value.percent().map { .share($0) } }
    if let written = value.written, let count = Int(written), (0...Int(Int32.max)).contains(count) { return .rows(count) }
    let found = value.written.map { "\"\($0)\"" } ?? "something else"
    value.fail(
      "wrong-type", "expected a number of rows or a share, found \(found)", hint: "write it like max_rejects: 20 or max_rejects: 1%")
    return nil
  }
}

// What lines and the feed have in common.
extension FeedReader {
  /// Whether a key that knows one word says it.
  static func word(_ value: YAMLValue?, _ word: String) -> Bool {
    guard let value, value.written != word else { return value != nil }
    let found = value.written.map { "\"\($0)\"" } ?? "something else"
    value.fail("unknown-word", "expected \(word), found \(found)", hint: "write \(word), or leave the key out")
    return false
  }

  /// Columns with the text or texts looked for in them.
  static func conditions(_ value: YAMLValue?) -> [Feed.Condition] {
    guard let entries = value?.map()?.entries else { return [] }
    return entries.map { entry in
      Feed.Condition(column: entry.name, values: entry.value.items.compactMap { $0.isEmpty ? "" : $0.text() })
    }
  }

  /// `NAME`, `file`, or `{column, format, zone}`, where what is unsaid is as in `inherited`.
  static func time(_ value: YAMLValue, inheriting inherited: Feed.TimeSource?) -> Feed.TimeSource? {
    if value.written == "file" { return .file }
    var (format, zone): (TimeFormat, String?) = (.iso, nil)
    if case .column(let column) = inherited { (format, zone) = (column.format, column.zone) }
    return timeColumn(value, format, zone).map { .column($0) }
  }

  /// A column with times, where what is unsaid is as given.
  static func timeColumn(_ value: YAMLValue, _ format: TimeFormat, _ zone: String?) -> Feed.TimeColumn? {
    if value.isScalar { return value.text("a column").map { Feed.TimeColumn(name: $0, format: format, zone: zone) } }
    guard let map = value.map(allowed: ["column", "format", "zone"]), let name = map.required("column")?.text("a column")
    else { return nil }
    var found = Feed.TimeColumn(name: name, format: format, zone: zone)
    if let value = map["format"], let text = value.text("a time format") {
      do { found.format = try TimeFormat(text) } catch { value.fail(error.name, error.message, hint: error.hint) }
    }
    if let value = map["zone"], let text = value.text("a time zone") {
      found.zone = text
      do { _ = try CalendarZone(text) } catch let problem as Problem {
        value.fail(problem.name, problem.message, hint: problem.hint)
      } catch { value.fail("unknown-zone", "\(error)") }
    }
    return found
  }

  /// The hash of what is written, whatever the order of keys, the comments and the spaces.
  static func hash(_ value: YAMLValue) -> String { StableHash.hex(canonical(value)) }

  private static func canonical(_ value: YAMLValue) -> String {
    func counted(_ text: String) -> String { "\(text.utf8.count):\(text)" }
    if value.isEmpty { return "~" }
    if value.isList { return "[" + value.items.map(canonical).joined() + "]" }
    guard value.isMap, let entries = value.map()?.entries else { return counted(value.written ?? "") }
    return "{" + entries.sorted { $0.name < $1.name }.map { counted($0.name) + canonical($0.value) }.joined() + "}"
  }
}
