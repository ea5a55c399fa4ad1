import Health

/// Checks that a line says what its signal's kind can take.
struct LineLint {
  let map: YAMLMap
  let line: FeedLine
  let kind: SignalKind
  let key: String

  func check() {
    switch kind {
    case .gauge: reading(hint: "an event needs kind: event in signals.yaml")
    case .count: reading(hint: "values of a count are added up by themselves; what has an id needs kind: event in signals.yaml")
    case .date, .label:
      reading(hint: "a \(kind.rawValue) is a state; an event needs kind: event in signals.yaml")
      columnOnly()
    case .event: event()
    case .balance:
      needsValue("what moves the balance, such as 1 and -1")
      refuse("no_value", hint: "what moves a balance has a value")
      adding()
    }
    format()
  }

  private func refuse(_ name: String, hint: String) {
    map.key(name)?.fail("unfit-line", "\(name) does not fit \(key), a \(kind.rawValue)", hint: hint)
  }

  private func needsValue(_ what: String) {
    if map["value"] == nil { map.fail("missing-key", "\(key) needs a value", hint: "value: \(what)") }
  }

  private func reading(hint: String) {
    needsValue("the column that has it")
    for name in ["event", "line", "text", "author", "reason", "lines", "gone", "no_value"] { refuse(name, hint: hint) }
  }

  private func columnOnly() {
    switch line.value {
    case .column, .absent: break
    case .constant, .product:
      let hint = "a column with such a name is written {column: NAME}"
      map["value"]?.fail("unfit-line", "the value of \(key), a \(kind.rawValue), is a column", hint: hint)
    }
  }

  private func event() {
    if map["event"] == nil, map["value"] == nil, map["text"] == nil {
      map.fail("missing-key", "\(key) needs an event, a value or a text", hint: "event: the column with its id")
    }
    adding()
  }

  private func adding() {
    if map["event"] == nil {
      for name in ["lines", "gone"] {
        map.key(name)?.fail("missing-key", "\(name) needs the id of an event", hint: "event: the column with its id")
      }
    }
    if line.adds { needsValue("the column whose values are added") }
  }

  /// A value with a time format or zone is a date.
  private func format() {
    guard kind != .date, let value = map["value"], value.isMap, let inner = value.map() else { return }
    for name in ["format", "zone"] {
      inner.key(name)?.fail("unfit-line", "\(name) does not fit the value of \(key), a \(kind.rawValue)", hint: "it is for dates")
    }
  }
}

extension FeedReader {
  /// Checks what concerns more than one key.
  func check(_ feed: Feed) {
    if feed.lines.isEmpty, feed.attributes.isEmpty, feed.aliases.isEmpty, feed.accountName == nil, map["signals"] == nil {
      map.fail("empty-feed", "the feed says nothing about its accounts", hint: "add signals, attributes, alias or name")
    }
    if map["signal"] != nil {
      for key in ["lines", "gone"] where map["event"] == nil {
        map.key(key)?.fail("missing-key", "\(key) needs the id of an event", hint: "event: the column with its id")
      }
    }
    if feed.speaksByRows, let value = map["speech"], map["signal"] == nil {
      value.fail(
        "speech-without-signal", "rows can say that a signal was spoken of only where a column names the signal",
        hint: "write the feed in the long form, signal: COLUMN, or leave speech out")
    }
    if let header = feed.dialect.header {
      let twice = header.enumerated().first { header[..<$0.offset].contains($0.element) }
      if header.isEmpty {
        map["header"]?.fail("empty-header", "the header names no column", hint: "write [account, day, …], or leave the key out")
      }
      if let twice {
        map["header"]?.fail("duplicate-column", "the header names \(twice.element) twice", hint: "give each column its own name")
      }
    }
    complete(feed)
  }

  private func complete(_ feed: Feed) {
    guard feed.isComplete, let value = map["complete"] else { return }
    if feed.lines.contains(where: { !$0.event.isEmpty }) {
      let hint = "an event is withdrawn with `gone`, or when its line no longer holds"
      value.fail("complete-with-events", "a feed with event ids cannot be complete", hint: hint)
    }
    if feed.lines.contains(where: { $0.at != feed.at }) {
      let hint = "give the feed one `at`, and the lines none"
      value.fail("complete-with-times", "a complete feed has one time for all its lines", hint: hint)
    }
  }
}
