import Storage

/// Why a line is refused, and at which byte.
struct JSONFault: Error {
  var code: String
  var at: Int
  var message: String
  /// The column whose value is at fault.
  var column: Int?

  init(_ message: String, at: Int, code: String = "bad-json", column: Int? = nil) {
    (self.code, self.at, self.message, self.column) = (code, at, message, column)
  }
}

/// Reads one line: an object by RFC 8259, strictly. It finds where the values of named columns lie, and makes no text of them.
///
/// A column's name is the path of keys that leads to a value, joined by dots. Keys within arrays are checked for their form only.
///
/// Invariant: `bytes` are readable up to `end`, and no byte from there on is looked at; a place that is kept lies below `end`.
struct JSONLineParser {
  /// Where the value of a column lies in the line.
  struct Value {
    /// Where it begins, its quote included; −1 where the line does not have it.
    var begins = -1
    /// Its text without quotes; empty for null.
    var start = 0
    var end = 0
    var isEscaped = false
  }

  /// How deep objects and arrays may stand in each other, how many keys a line may have, and how long a path may be: more is no row
  /// of a table, and bounds keep a hostile line from taking memory or stack.
  static let mostDepth = 64
  static let mostKeys = 65_536
  static let longestPath = 1024
  /// How many paths beside the columns are remembered.
  static let mostFurtherPaths = 1000

  /// The values of the line, by column.
  private(set) var values: [Value]
  /// Which columns any line has had; null and an object that is null count.
  private(set) var seen: [Bool]
  /// Paths that no column is named by, in the order of first sight.
  private(set) var furtherPaths: [String] = []

  private let columns: [String]
  private var numbers = TextIndex()  // of columns, and −1 for further paths
  private var unseen: Int
  private var paths = JSONPaths()
  private var path: [UInt8] = []
  var bytes: UnsafePointer<UInt8>
  var at = 0
  var end = 0

  /// For columns of different names. `bytes` only stand in until the first line comes.
  init(columns: [String], bytes: UnsafePointer<UInt8>) {
    (self.columns, self.bytes) = (columns, bytes)
    values = [Value](repeating: Value(), count: columns.count)
    seen = [Bool](repeating: false, count: columns.count)
    unseen = columns.count
    for (index, name) in columns.enumerated() {
      Array(name.utf8).withUnsafeBytes { numbers.set($0, hash: shortHash($0), number: Int32(index)) }
    }
  }

  /// Reads a line; false where it is blank.
  mutating func parse(_ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int) throws(JSONFault) -> Bool {
    (self.bytes, at, self.end) = (bytes, start, end)
    passSpaces()
    if at == end { return false }
    for index in values.indices { values[index] = Value() }
    paths.removeAll()
    path.removeAll(keepingCapacity: true)
    guard bytes[at] == UInt8(ascii: "{") else { throw JSONFault("a line holds one object, which begins with {", at: at) }
    try object(depth: 1, tracked: true)
    passSpaces()
    if at < end { throw JSONFault("text after the object", at: at) }
    return true
  }

  // MARK: Objects and arrays

  private mutating func object(depth: Int, tracked: Bool) throws(JSONFault) {
    guard depth <= Self.mostDepth else { throw JSONFault("more than \(Self.mostDepth) objects and arrays within each other", at: at) }
    let opening = at
    at += 1
    passSpaces()
    if take(UInt8(ascii: "}")) { return }
    while true {
      guard at < end else { throw JSONFault("the object that begins here is not closed", at: opening) }
      guard bytes[at] == UInt8(ascii: "\"") else { throw JSONFault("a key in quotes is missing here", at: at) }
      let length = path.count
      let column = try key(tracked: tracked)
      passSpaces()
      guard take(UInt8(ascii: ":")) else { throw JSONFault("a colon after the key is missing here", at: at) }
      passSpaces()
      try value(depth: depth, tracked: tracked, column: column)
      path.removeLast(path.count - length)
      passSpaces()
      guard at < end else { throw JSONFault("the object that begins here is not closed", at: opening) }
      if take(UInt8(ascii: "}")) { return }
      guard take(UInt8(ascii: ",")) else { throw JSONFault("a comma or } is missing here", at: at) }
      passSpaces()
    }
  }

  private mutating func array(depth: Int) throws(JSONFault) {
    guard depth <= Self.mostDepth else { throw JSONFault("more than \(Self.mostDepth) objects and arrays within each other", at: at) }
    let opening = at
    at += 1
    passSpaces()
    if take(UInt8(ascii: "]")) { return }
    while true {
      guard at < end else { throw JSONFault("the array that begins here is not closed", at: opening) }
      try value(depth: depth, tracked: false, column: nil)
      passSpaces()
      guard at < end else { throw JSONFault("the array that begins here is not closed", at: opening) }
      if take(UInt8(ascii: "]")) { return }
      guard take(UInt8(ascii: ",")) else { throw JSONFault("a comma or ] is missing here", at: at) }
      passSpaces()
    }
  }

  /// Reads a key and adds it to the path. Gives the path's column; nil where it is none's.
  private mutating func key(tracked: Bool) throws(JSONFault) -> Int? {
    let begins = at
    let text = try string()
    guard tracked else { return nil }
    if !path.isEmpty { path.append(UInt8(ascii: ".")) }
    guard text.end - text.start + path.count <= Self.longestPath else {
      throw JSONFault("a path of keys of more than \(Self.longestPath) bytes", at: begins)
    }
    if text.isEscaped {
      var unescaped = path
      JSONEscapes.forEachByte(bytes, from: text.start, to: text.end) { unescaped.append($0) }
      path = unescaped
    } else {
      path.append(contentsOf: UnsafeBufferPointer(start: bytes + text.start, count: text.end - text.start))
    }
    let hash = path.withUnsafeBytes { shortHash($0) }
    guard paths.insert(path, hash: hash) else {
      throw JSONFault("the key \(String(decoding: path, as: UTF8.self)) comes twice", at: begins, code: "duplicate-key")
    }
    guard paths.count <= Self.mostKeys else { throw JSONFault("more than \(Self.mostKeys) keys", at: begins) }
    guard let number = path.withUnsafeBytes({ numbers.find($0, hash: hash) }) else {
      isNewPath = true
      return nil
    }
    isNewPath = false
    return number >= 0 ? Int(number) : nil
  }

  /// Whether the path of the last key was never seen before.
  private var isNewPath = false

  // MARK: Values

  private mutating func value(depth: Int, tracked: Bool, column: Int?) throws(JSONFault) {
    guard at < end else { throw JSONFault("a value is missing here", at: at) }
    let begins = at
    switch bytes[at] {
    case UInt8(ascii: "{"):
      if let column { throw nested("an object", column) }
      try object(depth: depth + 1, tracked: tracked)
      return
    case UInt8(ascii: "["):
      if let column { throw nested("an array", column) }
      noteFurtherPath(tracked)
      try array(depth: depth + 1)
      return
    case UInt8(ascii: "\""):
      noteFurtherPath(tracked)
      let text = try string()
      if let column { keep(column, Value(begins: begins, start: text.start, end: text.end, isEscaped: text.isEscaped)) }
      return
    case UInt8(ascii: "n"):
      try word("null")
      if let column { keep(column, Value(begins: begins)) } else if tracked { noteNull() }
      return
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "-"), 48...57: try number()
    default: throw JSONFault("a value is missing here", at: at)
    }
    noteFurtherPath(tracked)
    if let column { keep(column, Value(begins: begins, start: begins, end: at)) }
  }

  private func nested(_ what: String, _ column: Int) -> JSONFault {
    JSONFault("\(columns[column]) is \(what), and the feed reads it as one value", at: at, code: "nested-value", column: column)
  }

  private mutating func keep(_ column: Int, _ value: Value) {
    values[column] = value
    guard !seen[column] else { return }
    seen[column] = true
    unseen -= 1
  }

  /// An object that is null states all that could stand in it.
  private mutating func noteNull() {
    guard isNewPath || unseen > 0 else { return }
    let prefix = path + [UInt8(ascii: ".")]
    let inner = columns.indices.filter { columns[$0].utf8.starts(with: prefix) }
    if inner.isEmpty { noteFurtherPath(true) }
    for index in inner where !seen[index] {
      seen[index] = true
      unseen -= 1
    }
  }

  private mutating func noteFurtherPath(_ tracked: Bool) {
    guard tracked, isNewPath, furtherPaths.count < Self.mostFurtherPaths else { return }
    isNewPath = false
    path.withUnsafeBytes { numbers.set($0, hash: shortHash($0), number: -1) }
    furtherPaths.append(String(decoding: path, as: UTF8.self))
  }
}
