import Health

/// Digits from bytes.
@inline(__always)
private func twoDigits(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> Int? {
  let (tens, ones) = (bytes[at] &- 48, bytes[at + 1] &- 48)
  return tens < 10 && ones < 10 ? Int(tens) * 10 + Int(ones) : nil
}

/// ISO 8601, the forms that `TimeFormat.iso` names.
enum ISOTime {
  /// The second of the day that `2026-03-31T08:44:00` ends with; nil where it is written otherwise or does not exist.
  @inline(__always)
  static func second(_ cell: UnsafeRawBufferPointer) -> Int? {
    guard cell[10] == UInt8(ascii: "T") || cell[10] == UInt8(ascii: " "), cell[13] == UInt8(ascii: ":"), cell[16] == UInt8(ascii: ":"),
      let hour = twoDigits(cell, 11), let minute = twoDigits(cell, 14), let second = twoDigits(cell, 17),
      hour < 24, minute < 60, second < 60
    else { return nil }
    return (hour * 60 + minute) * 60 + second
  }

  /// Any of the forms.
  static func parse(_ text: UnsafeRawBufferPointer) throws(TimeFault) -> WallClock {
    let cell = text.count >= 10 && text[0] > 32 && text[text.count - 1] > 32 ? text : text.trimmed
    guard cell.count >= 10, cell[4] == UInt8(ascii: "-"), cell[7] == UInt8(ascii: "-"),
      let century = twoDigits(cell, 0), let year = twoDigits(cell, 2), let month = twoDigits(cell, 5), let date = twoDigits(cell, 8)
    else { throw .notATime }
    guard let day = Day(year: century * 100 + year, month: month, day: date) else { throw .noSuchTime }
    if cell.count == 10 { return WallClock(day: day) }
    // `2026-03-31T08:44` at least
    guard cell.count >= 16, cell[10] == UInt8(ascii: "T") || cell[10] == UInt8(ascii: " "), cell[13] == UInt8(ascii: ":"),
      let hour = twoDigits(cell, 11), let minute = twoDigits(cell, 14)
    else { throw .notATime }
    var (at, second, fraction) = (16, 0, 0)
    if cell.count >= 19, cell[16] == UInt8(ascii: ":") {
      guard let digits = twoDigits(cell, 17) else { throw .notATime }
      (second, at) = (digits, 19)
      if at < cell.count, cell[at] == UInt8(ascii: ".") || cell[at] == UInt8(ascii: ",") {
        at += 1
        guard let found = TimePattern.milliseconds(cell, &at) else { throw .notATime }
        fraction = found
      }
    }
    guard hour < 24, minute < 60, second < 60 else { throw .noSuchTime }
    let millisecond = Int64(((hour * 60 + minute) * 60 + second) * 1000 + fraction)
    if at == cell.count { return WallClock(day: day, millisecond: millisecond) }
    guard let offset = TimePattern.offset(cell, &at), at == cell.count else { throw .notATime }
    return WallClock(day: day, millisecond: millisecond, offset: offset)
  }
}

/// The date read last, since the rows of a file mostly come in runs of one day.
struct ISODate {
  private var head: UInt64 = 0
  private var tail: UInt16 = 0
  private var day: Day?

  /// The day of a text's first ten bytes, of which there must be so many; nil where they are no date.
  @inline(__always)
  mutating func read(_ cell: UnsafeRawBufferPointer) -> Day? {
    let (head, tail) = (cell.loadUnaligned(as: UInt64.self), cell.loadUnaligned(fromByteOffset: 8, as: UInt16.self))
    if head == self.head, tail == self.tail { return day }
    guard let clock = try? ISOTime.parse(UnsafeRawBufferPointer(rebasing: cell[..<10])), clock.millisecond == nil else { return nil }
    (self.head, self.tail, day) = (head, tail, clock.day)
    return day
  }
}

/// Counts of seconds or milliseconds.
enum EpochTime {
  /// Whole milliseconds since 1970-01-01T00:00:00Z; what is smaller is cut off.
  static func parse(_ text: UnsafeRawBufferPointer, digitsAfterSecond: Int) throws(TimeFault) -> Int64 {
    let cell = text.trimmed
    let isNegative = cell.first == UInt8(ascii: "-")
    var at = isNegative ? 1 : 0
    var (value, digits): (Int64, Int) = (0, 0)
    while at < cell.count, cell[at] &- 48 < 10 {
      // Out of range from here on in any case, and far enough from overflow for three more digits.
      if value < 1 << 46 { value = value * 10 + Int64(cell[at] &- 48) }
      (at, digits) = (at + 1, digits + 1)
    }
    var missing = digitsAfterSecond
    if at < cell.count, cell[at] == UInt8(ascii: ".") {
      at += 1
      while at < cell.count, cell[at] &- 48 < 10 {
        if missing > 0 { (value, missing) = (value * 10 + Int64(cell[at] &- 48), missing - 1) }
        at += 1
      }
    }
    guard digits > 0, at == cell.count else { throw .notATime }
    for _ in 0..<missing { value *= 10 }
    guard !isNegative || value == 0 else { throw .outOfRange }
    return value
  }
}

extension TimePattern {
  /// What a text in this pattern says.
  func parse(_ cell: UnsafeRawBufferPointer) throws(TimeFault) -> WallClock {
    var found = Parts()
    var at = 0
    for step in steps {
      guard try found.take(step, cell, &at) else { throw .notATime }
    }
    guard at == cell.count else { throw .notATime }
    return try found.clock(isTimed: steps.contains { if case .digits(.hour, _, _) = $0 { true } else { $0 == .halfDay } })
  }

  /// Digits of a fraction of a second as milliseconds, the rest cut off.
  static func milliseconds(_ cell: UnsafeRawBufferPointer, _ at: inout Int) -> Int? {
    var (value, count) = (0, 0)
    while at < cell.count, cell[at] &- 48 < 10 {
      if count < 3 { value = value * 10 + Int(cell[at] &- 48) }
      (at, count) = (at + 1, count + 1)
    }
    guard (1...9).contains(count) else { return nil }
    return count == 1 ? value * 100 : count == 2 ? value * 10 : value
  }

  /// `Z`, `+02:00`, `+0200` or `+02` in milliseconds.
  static func offset(_ cell: UnsafeRawBufferPointer, _ at: inout Int) -> Int64? {
    guard at < cell.count else { return nil }
    let sign = cell[at]
    at += 1
    if sign == UInt8(ascii: "Z") || sign == UInt8(ascii: "z") { return 0 }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), at + 2 <= cell.count, let hours = twoDigits(cell, at) else { return nil }
    at += 2
    var minutes = 0
    if at < cell.count {
      if cell[at] == UInt8(ascii: ":") { at += 1 }
      guard at + 2 <= cell.count, let found = twoDigits(cell, at) else { return nil }
      (minutes, at) = (found, at + 2)
    }
    guard hours < 24, minutes < 60 else { return nil }
    let offset = Int64(hours * 60 + minutes) * 60_000
    return sign == UInt8(ascii: "-") ? -offset : offset
  }

  /// What was found of a text so far.
  private struct Parts {
    var (year, month, day, hour, minute, second, fraction) = (0, 0, 0, 0, 0, 0, 0)
    var isAfternoon: Bool?
    var offset: Int64?

    /// Reads one step at `at` and moves behind it; false where the text has something else.
    mutating func take(_ step: Step, _ cell: UnsafeRawBufferPointer, _ at: inout Int) throws(TimeFault) -> Bool {
      switch step {
      case .literal(let bytes):
        let end = at + bytes.count
        guard end <= cell.count, UnsafeRawBufferPointer(rebasing: cell[at..<end]).equals(bytes) else { return false }
        at = end
      case .digits(let part, let least, let most):
        guard let value = Parts.digits(cell, &at, least, most) else { return false }
        set(part, value)
      case .shortYear:
        guard let value = Parts.digits(cell, &at, 2, 2) else { return false }
        year = value < 69 ? 2000 + value : 1900 + value
      case .monthName:
        guard let index = Parts.name(cell, &at, Parts.months) else { return false }
        month = index + 1
      case .weekdayName: return Parts.name(cell, &at, Parts.weekdays) != nil
      case .halfDay:
        guard let index = Parts.name(cell, &at, ["am", "pm"]) else { return false }
        isAfternoon = index == 1
      case .fraction:
        guard let value = TimePattern.milliseconds(cell, &at) else { return false }
        fraction = value
      case .offset:
        guard let value = TimePattern.offset(cell, &at) else { return false }
        offset = value
      }
      return true
    }

    func clock(isTimed: Bool) throws(TimeFault) -> WallClock {
      guard let day = Day(year: year, month: month, day: day) else { throw .noSuchTime }
      guard isTimed else { return WallClock(day: day) }
      var hour = hour
      if let isAfternoon {
        guard (1...12).contains(hour) else { throw .noSuchTime }
        hour = hour % 12 + (isAfternoon ? 12 : 0)
      }
      guard hour < 24, minute < 60, second < 60 else { throw .noSuchTime }
      return WallClock(day: day, millisecond: Int64(((hour * 60 + minute) * 60 + second) * 1000 + fraction), offset: offset)
    }

    private mutating func set(_ part: Part, _ value: Int) {
      switch part {
      case .year: year = value
      case .month: month = value
      case .day: day = value
      case .hour, .halfDayHour: hour = value
      case .minute: minute = value
      case .second: second = value
      }
    }

    private static func digits(_ cell: UnsafeRawBufferPointer, _ at: inout Int, _ least: Int, _ most: Int) -> Int? {
      var (value, count) = (0, 0)
      while count < most, at < cell.count, cell[at] &- 48 < 10 {
        value = value * 10 + Int(cell[at] &- 48)
        (at, count) = (at + 1, count + 1)
      }
      return count >= least ? value : nil
    }

    private static let months = [
      "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
    ]
    private static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    /// Which of the names stands here, in any case: all its letters, or the first three.
    private static func name(_ cell: UnsafeRawBufferPointer, _ at: inout Int, _ names: [String]) -> Int? {
      let letters = cell[at...].prefix { ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z") }
      let word = String(decoding: letters, as: UTF8.self).lowercased()
      guard let index = names.firstIndex(where: { $0 == word || ($0.count > 3 && $0.prefix(3) == word) }) else { return nil }
      at += letters.count
      return index
    }
  }
}
