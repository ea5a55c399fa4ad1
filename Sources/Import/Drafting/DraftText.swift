import Health

/// Writes a draft as a commented feed.
struct DraftText {
  let plan: DraftPlan
  let columns: DraftColumns
  /// Of how many accounts of the file the workspace knows how many.
  let known: (of: Int, are: Int)

  /// A value for a comment or a message: on one line, and not long.
  static func short(_ value: String) -> String {
    let text = YAMLText.comment(value)
    return text.count > 24 ? text.prefix(23) + "…" : text
  }

  func text() -> String {
    let parts = [head, file, reading, who, when, cells, attributes, signals, left]
    return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  // MARK: Words

  private func line(_ text: String, _ comment: String? = nil) -> String {
    guard let comment else { return text }
    return text + String(repeating: " ", count: max(2, 44 - text.count)) + "# " + YAMLText.comment(comment)
  }

  /// A comment of any length in lines that can be read.
  private func note(_ text: String) -> [String] {
    var (lines, line): ([String], String) = ([], "#")
    for word in YAMLText.comment(text).split(separator: " ") {
      if line.count + word.count > 118 {
        lines.append(line)
        line = "#  "
      }
      line += " " + word
    }
    return lines + [line]
  }

  private var rowCount: String { "\(plan.sample.rows.count) row\(plan.sample.rows.count == 1 ? "" : "s")" }

  private var head: [String] {
    let sample = plan.sample
    let extent = sample.isWhole ? "all of it" : "its beginning, no more"
    var lines = note("Drafted by `vitals feeds new` from \(sample.name): \(rowCount) were looked at, \(extent).")
    lines += note("Look at each line, mend what is marked CHECK or asked for, and try it: vitals import FILE --dry-run")
    if sample.broken > 0 { lines += note("\(sample.broken) rows could not be read; the import says which.") }
    for question in plan.questions { lines += note("QUESTION: \(question).") }
    return lines
  }

  // MARK: Which files, and how they are written

  private var file: [String] {
    var lines = ["feed: \(YAMLText.scalar(plan.name))"]
    lines.append(line("match: [\(YAMLText.quoted(plan.fileName.match))]", "the names of its files"))
    if let day = plan.fileName.day {
      if plan.openTime == nil {
        lines.append(line("day: \(YAMLText.quoted(day))", "the day in a file's name"))
      } else {
        lines.append(line("# day: \(YAMLText.quoted(day))", "the day in a file's name; once `at` is settled"))
      }
    }
    for choice in plan.fileName.choices { lines.append(line("# day: \(YAMLText.quoted(choice))", "one of these, if it is the day")) }
    return lines
  }

  private var reading: [String] {
    let (sample, dialect) = (plan.sample, plan.sample.dialect)
    if sample.format == .jsonl { return [line("format: jsonl", "one object a line; a column is a path such as a.b")] }
    var lines: [String] = []
    if dialect.delimiter != UInt8(ascii: ",") {
      let delimiter = dialect.delimiter == 9 ? "tab" : YAMLText.quoted(String(UnicodeScalar(dialect.delimiter)))
      lines.append(line("delimiter: \(delimiter)", "under which every row has \(sample.columns.count) cells"))
    }
    switch dialect.quote {
    case UInt8(ascii: "\""): break
    case let quote?: lines.append("quote: \(YAMLText.quoted(String(UnicodeScalar(quote))))")
    case nil: lines.append(line("quote: none", "a quote here is a character like any other"))
    }
    switch dialect.encoding {
    case .utf8: break
    case .windows1252: lines.append(line("encoding: windows-1252", "the bytes are not UTF-8; CHECK a name with an accent"))
    case .latin1: lines.append(line("encoding: latin-1", "the bytes are neither UTF-8 nor Windows-1252; CHECK a name with an accent"))
    }
    if sample.lacksHeader {
      let names = sample.columns.map(YAMLText.scalar).joined(separator: ", ")
      lines.append(line("header: [\(names)]", "the first line is data: name the columns, here and below"))
    }
    return lines
  }

  // MARK: Who and when

  private var who: [String] {
    guard let account = plan.account else {
      return [line("account: \"?\"", "QUESTION: the column with the account; until then no file is taken in")]
    }
    let column = YAMLText.scalar(account.name)
    let others = plan.otherAccounts.isEmpty ? "" : "; else \(plan.otherAccounts.map(\.name).joined(separator: ", "))"
    let why = "\(account.distinct) different in \(rowCount)\(others)"
    var lines = [line(account.isDottedInteger ? "account: {column: \(column), as: integer}" : "account: \(column)", why)]
    if account.isDottedInteger { lines += note("as: integer reads \(Self.short(account.values.first ?? "17850.0")) as a whole number.") }
    for id in plan.event where plan.event.count == 1 && id.words.namesAccounts {
      lines.append(line("# alias: [\(YAMLText.scalar(id.name))]", "if other files name the account by it"))
    }
    for fate in columns.fates {
      if case .accountName = fate.role { lines.append(line("name: \(YAMLText.scalar(fate.look.name))", "what people call the account")) }
    }
    lines.append(unknownAccounts)
    let blanks = account.counts.keys.filter { $0.utf8.allSatisfy { $0 == 32 || $0 == 9 } }.sorted()
    if !blanks.isEmpty {
      let count = blanks.reduce(0) { $0 + (account.counts[$1] ?? 0) }
      let texts = blanks.map(YAMLText.quoted).joined(separator: ", ")
      lines.append(line("skip: {\(column): [\(texts)]}", "\(count) rows name no account"))
    }
    return lines
  }

  private var unknownAccounts: String {
    let found = "\(known.are) of \(known.of) looked up are known"
    if known.of > 0, known.are * 2 >= known.of { return line("unknown_accounts: reject", "\(found); others are refused") }
    return line("unknown_accounts: create", "\(found); CHECK: `reject` finds typing errors, once another feed tells who is an account")
  }

  private var when: [String] {
    if let open = plan.openTime {
      return open.timeFormats.map { format in
        line("# at: {column: \(YAMLText.scalar(open.name)), format: \(YAMLText.scalar(format.name))}", "QUESTION: one of these")
      }
    }
    switch plan.time {
    case .column(let look, let format):
      let all = look.blanks == 0 ? "all values fit" : "all values fit; \(look.blanks) rows have none"
      var lines = [
        line("at: {column: \(YAMLText.scalar(look.name)), format: \(YAMLText.scalar(format.name))}", "\(plan.timeReason); \(all)")
      ]
      if look.values.contains(where: { $0.contains(":") }), !look.values.contains(where: { $0.hasSuffix("Z") || $0.contains("+") }) {
        lines += note(
          "Times without an offset are of the workspace's zone; else write zone: Europe/Berlin, or whose they are, beside the format.")
      }
      return lines
    case .file: return [line("at: file", plan.timeReason)]
    case .unknown: return [line("at: file", "QUESTION: no day is told; import with --at DAY, or name the column here")]
    }
  }

  // MARK: What

  private var cells: [String] {
    var lines: [String] = []
    if !columns.nulls.isEmpty {
      let texts = ([""] + columns.nulls).map(YAMLText.quoted).joined(separator: ", ")
      lines.append(line("null: [\(texts)]", "they stand among numbers or times; they say nothing in any column"))
    }
    if !columns.words.isEmpty {
      let pairs = columns.words.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\(YAMLText.quoted($0.key)): \(Int($0.value))" }
      lines.append("values: {\(pairs.joined(separator: ", "))}")
    }
    let number = columns.number
    var options: [String] = []
    if let mark = number.thousands { options.append("thousands: \(YAMLText.quoted(String(UnicodeScalar(mark))))") }
    if number.percent { options.append("percent: true") }
    if !options.isEmpty {
      lines.append(line("number: {\(options.joined(separator: ", "))}", "19.60% is read as 19.6; the decimal mark is a dot"))
    }
    return lines
  }

  private var attributes: [String] {
    let lines = columns.fates.compactMap { fate -> String? in
      guard case .attribute(let name) = fate.role else { return nil }
      return line("  \(name): \(YAMLText.scalar(fate.look.name))", fate.why)
    }
    return lines.isEmpty ? [] : [line("attributes:", "what describes the account and changes slowly")] + lines
  }

  private var signals: [String] {
    var lines: [String] = []
    if let event = columns.eventLine { lines.append(line("  \(event.key): \(event.line)", "each row is one, by its id")) }
    for fate in columns.fates {
      guard case .signal(let key, let text) = fate.role else { continue }
      lines.append(line("  \(key): \(text)", fate.why))
    }
    if lines.isEmpty {
      return columns.saysSomething
        ? [] : note("QUESTION: what does a row say? A log is counted by product.NAME: {value: 1}") + ["signals: {}"]
    }
    return [line("signals:", "what is measured; their kinds stand in signals.yaml")] + lines
  }

  private var left: [String] {
    let fates = columns.fates.compactMap { fate -> (ColumnFate, [String])? in
      if case .left(let suggestions) = fate.role { (fate, suggestions) } else { nil }
    }
    guard !fates.isEmpty else { return [] }
    return note("Columns that are not used:")
      + fates.flatMap { fate, suggestions in
        note("  \(Self.short(fate.look.name)): \(fate.why)") + suggestions.map { "#     \(YAMLText.comment($0))" }
      }
  }
}
