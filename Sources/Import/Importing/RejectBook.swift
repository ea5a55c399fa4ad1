import Health
import Storage

/// The refused rows of a file, and whether they are too many.
struct RejectBook {
  private(set) var remarks: [Remark] = []
  private(set) var structural = 0
  private(set) var content = 0
  private(set) var warnings = 0
  /// The first refused rows, for the message.
  private(set) var first: [Remark] = []
  /// The first that was refused for its form.
  private var firstStructural: Remark?
  private var unknown: [String: String?] = [:]

  private static let mostNearest = 25
  /// Warnings that are kept with their rows; all are counted.
  private static let mostWarningsKept = 10_000
  private static let mostBytes = 1 << 24
  private let encoding: TextEncoding
  /// Bytes of the rows that the remarks keep.
  private var bytes = 0

  /// For a file in an encoding.
  init(encoding: TextEncoding) { self.encoding = encoding }

  /// Whether so much has come up that it should be handed over.
  func isFull(_ limits: BatchLimits) -> Bool { remarks.count >= limits.remarks || bytes >= Self.mostBytes }

  mutating func reject(
    _ fault: RowFault, line: Int, column: Int, columnName: String, text: UnsafeRawBufferPointer, candidates: () throws -> [String],
    value: String?
  ) rethrows {
    var nearest = fault.nearest
    if fault.code == UnknownAccount.code, let value { nearest = try nearestAccount(value, candidates) }
    add(
      Remark(
        .reject, line: line, column: column, columnName: columnName, code: fault.code, message: fault.message,
        row: RowText(text, encoding: encoding, isWhole: fault.code != "row-too-long"), nearest: nearest, hint: fault.hint))
  }

  mutating func warn(code: String, line: Int, message: String, text: UnsafeRawBufferPointer) {
    add(Remark(.warning, line: line, code: code, message: message, row: RowText(text, encoding: encoding)))
  }

  /// Counts a remark and keeps it.
  mutating func add(_ remark: Remark) {
    guard remark.severity == .reject else {
      warnings += 1
      if warnings <= Self.mostWarningsKept { keep(remark) }
      return
    }
    keep(remark)
    if first.count < 5 { first.append(remark) }
    if RowFault.isStructural(remark.code) {
      structural += 1
      firstStructural = firstStructural ?? remark
    } else {
      content += 1
    }
  }

  private mutating func keep(_ remark: Remark) {
    remarks.append(remark)
    bytes += remark.text.utf8.count
  }

  /// Hands over what has come up since the last time.
  mutating func takeRemarks() -> [Remark] {
    defer { (remarks, bytes) = ([], 0) }
    return remarks
  }

  /// Looks for a misspelt account among all keys, for the first few different ones: later ones repeat or are another disease.
  private mutating func nearestAccount(_ text: String, _ candidates: () throws -> [String]) rethrows -> String? {
    if let known = unknown[text] { return known }
    guard unknown.count < Self.mostNearest else { return nil }
    let nearest = Nearest.match(to: text, among: try candidates())
    unknown[text] = .some(nearest)
    return nearest
  }

  /// Whether so many rows were refused that no more of them are kept, and the file will be refused whatever its other rows say: after
  /// one quote that is never closed each row of millions would be.
  func isHopeless(_ limit: Feed.RejectLimit?) -> Bool {
    let all = structural + content
    guard all >= Self.mostRejectsKept else { return false }
    return switch limit {
    case .rows(let count): all > count
    case .share: false
    case nil: structural > 0
    }
  }

  /// Refused rows that the log of a failed import keeps.
  static let mostRejectsKept = 10_000

  /// Why the file has to be refused, or nil. Faults of form are never allowed unless a limit was given; of content 1 % or ten rows.
  func problem(rows: Int, limit: Feed.RejectLimit?, file: String) -> Problem? {
    let all = structural + content
    guard all > 0 else { return nil }
    let allowed: Int
    switch limit {
    case .rows(let count): allowed = count
    case .share(let share): allowed = Int(Double(rows) * share)
    case nil:
      if structural > 0 { return tooMany(structural, "cannot be read", allowed: 0, example: firstStructural, file: file) }
      allowed = max(10, rows / 100)
    }
    return all > allowed ? tooMany(all, all == 1 ? "was refused" : "were refused", allowed: allowed, example: first.first, file: file) : nil
  }

  private func tooMany(_ count: Int, _ what: String, allowed: Int, example: Remark?, file: String) -> Problem {
    let message = "\(count) row\(count == 1 ? "" : "s") \(what), at most \(allowed) may be"
    let detail = example.map { "; the first: \($0.message) [\($0.code)]" } ?? ""
    return Problem(
      "too-many-rejects", .badInput, message + detail,
      place: Place(file: file, line: example?.line ?? 0, column: example?.column ?? 0, excerpt: example?.text),
      hint: example?.advice ?? "mend the file, or allow more with --max-rejects")
  }
}
