import Health

/// A CSV file in the making: a header and rows of the same width.
struct CSVText {
  private(set) var bytes: [UInt8] = []
  private(set) var rows = 0
  private var isRowOpen = false

  init(_ header: String, capacity: Int = 0) {
    bytes.reserveCapacity(capacity)
    bytes.append(contentsOf: header.utf8)
    bytes.append(UInt8(ascii: "\n"))
  }

  private mutating func separate() {
    if isRowOpen { bytes.append(UInt8(ascii: ",")) }
    isRowOpen = true
  }

  mutating func cell(_ text: String) {
    separate()
    guard text.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n") }) else {
      bytes.append(contentsOf: text.utf8)
      return
    }
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// A whole number, or an empty cell.
  mutating func cell(_ number: Int?) {
    separate()
    if let number { digits(number) }
  }

  /// A number with one decimal, given in tenths.
  mutating func cell(tenths: Int) {
    separate()
    digits(tenths / 10)
    bytes.append(UInt8(ascii: "."))
    digits(abs(tenths % 10))
  }

  /// A date, or an empty cell.
  mutating func cell(_ day: Day?) {
    separate()
    if let day { date(day) }
  }

  /// A date with a time of day, or an empty cell.
  mutating func cell(_ time: DemoTime?) {
    separate()
    guard let time else { return }
    date(time.day)
    bytes.append(UInt8(ascii: " "))
    padded(time.minute / 60)
    bytes.append(UInt8(ascii: ":"))
    padded(time.minute % 60)
  }

  mutating func endRow() {
    bytes.append(UInt8(ascii: "\n"))
    (rows, isRowOpen) = (rows + 1, false)
  }

  private mutating func date(_ day: Day) {
    let (year, month, day) = day.date
    digits(year)
    bytes.append(UInt8(ascii: "-"))
    padded(month)
    bytes.append(UInt8(ascii: "-"))
    padded(day)
  }

  private mutating func padded(_ number: Int) {
    if number < 10 { bytes.append(UInt8(ascii: "0")) }
    digits(number)
  }

  private mutating func digits(_ number: Int) {
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = number.magnitude
    let start = bytes.count
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }
}

/// A minute of a day.
struct DemoTime {
  var day: Day
  var minute: Int

  static func - (a: DemoTime, b: DemoTime) -> Int { (a.day - b.day) * 1440 + a.minute - b.minute }
}
