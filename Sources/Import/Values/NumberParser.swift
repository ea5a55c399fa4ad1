/// How a feed writes numbers beyond plain digits with a dot as decimal mark.
package struct NumberFormat: Hashable, Sendable {
  /// The mark between groups of three digits, which may then stand there.
  package var thousands: UInt8?
  /// Whether a percent sign may follow. It is dropped: `19.60%` is 19.6, since signals in percent are kept in percent.
  package var percent: Bool

  /// Plain numbers, unless said otherwise.
  package init(thousands: UInt8? = nil, percent: Bool = false) { (self.thousands, self.percent) = (thousands, percent) }
}

/// Why a cell is not a number.
package enum NumberFault: Error, Hashable, Sendable {
  case notANumber
  /// It would be one with a thousands mark, which the feed does not allow.
  case thousands
  /// It would be one with a percent sign, which the feed does not allow.
  case percent
  /// It is written as people write decimals with a comma.
  case decimalComma
  case nan
  case infinity
  /// It is beyond what a number can hold.
  case tooLarge

  /// What is wrong, to stand behind the cell's text.
  package var message: String {
    switch self {
    case .nan: "is no number to count with"
    case .infinity: "is infinite"
    case .tooLarge: "is too large"
    case .notANumber, .thousands, .percent, .decimalComma: "is not a number"
    }
  }

  /// What to do.
  package var hint: String? {
    switch self {
    case .notANumber, .tooLarge: nil
    case .thousands: "if the comma parts thousands, say `number: {thousands: \",\"}` in the feed"
    case .percent: "say `number: {percent: true}` in the feed to read 19.60% as 19.6"
    case .decimalComma: "the decimal mark is a dot"
    case .nan, .infinity: "leave the cell blank, or name the word under `null` in the feed"
    }
  }
}

/// Reads decimal numbers from bytes, correctly rounded.
///
/// Accepted: an optional sign, digits with an optional dot (`5`, `5.`, `.5`), an optional exponent (`1e3`), spaces and tabs around it.
/// Minus zero is zero, because a fact is compared by its bits.
package struct NumberParser: Sendable {
  /// What is allowed beyond plain numbers.
  package let format: NumberFormat

  /// A parser for a format.
  package init(_ format: NumberFormat = NumberFormat()) { self.format = format }

  /// The number that a cell states.
  package func parse(_ cell: UnsafeRawBufferPointer) throws(NumberFault) -> Double {
    if let value = NumberParser.tiny(cell) ?? NumberParser.short(cell) { return value }
    let text = Spelling(cell)
    if let value = text.number { return try finite(value) }
    if text.isWord("nan") { throw .nan }
    if text.isWord("inf") || text.isWord("infinity") { throw .infinity }
    return try grouped(text)
  }

  private func finite(_ value: Double) throws(NumberFault) -> Double {
    guard value.isFinite else { throw .tooLarge }
    return value == 0 ? 0 : value
  }

  private func grouped(_ text: Spelling) throws(NumberFault) -> Double {
    let (plain, isPercent) = text.withoutPercent()
    if let value = (format.thousands.flatMap { plain.ungrouped($0)?.number }) ?? plain.number {
      guard format.percent || !isPercent else { throw .percent }
      return try finite(value)
    }
    if format.thousands == nil, plain.ungrouped(UInt8(ascii: ","))?.number != nil { throw .thousands }
    throw plain.hasDecimalComma ? .decimalComma : .notANumber
  }

  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
  ]

  /// The commonest case, without a branch that a processor could not foresee: at most eight bytes, digits with or without a dot.
  ///
  /// The bytes lie in one word, the first lowest. The dot is cut out, the digits are moved to its high end behind zeros, and then
  /// neighbours are added up: digits to pairs, pairs to fours, fours to eight.
  @inline(__always)
  private static func tiny(_ cell: UnsafeRawBufferPointer) -> Double? {
    let count = cell.count
    guard count > 0, count <= 8 else { return nil }
    var word = word(cell)
    let differences = word ^ 0x2E2E_2E2E_2E2E_2E2E
    let dots = (differences &- 0x0101_0101_0101_0101) & ~differences & 0x8080_8080_8080_8080
    var decimals = 0
    var digits = count
    if dots != 0 {
      let dot = dots.trailingZeroBitCount >> 3
      let before: UInt64 = (1 << UInt64(dot * 8)) &- 1
      word = word & before | (word >> 8) & ~before
      digits = count - 1
      decimals = digits - dot
      if digits == 0 { return nil }
    }
    word = word << UInt64((8 - digits) * 8) | (digits == 8 ? 0 : 0x3030_3030_3030_3030 >> UInt64(digits * 8))
    let isNumber =
      word & 0xF0F0_F0F0_F0F0_F0F0 == 0x3030_3030_3030_3030
      && (word &+ 0x0606_0606_0606_0606) & 0xF0F0_F0F0_F0F0_F0F0 == 0x3030_3030_3030_3030
    guard isNumber else { return nil }
    word = ((word & 0x0F0F_0F0F_0F0F_0F0F) &* 2561) >> 8
    word = ((word & 0x00FF_00FF_00FF_00FF) &* 6_553_601) >> 16
    word = ((word & 0x0000_FFFF_0000_FFFF) &* 42_949_672_960_001) >> 32
    return Double(word) / powers[decimals]
  }

  /// One to eight bytes. Invariant of the unchecked loads: each lies within the cell; the second overlaps the first.
  @inline(__always)
  private static func word(_ cell: UnsafeRawBufferPointer) -> UInt64 {
    let count = cell.count
    if count == 8 { return cell.loadUnaligned(as: UInt64.self) }
    if count >= 4 {
      let last = UInt64(cell.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
      return UInt64(cell.loadUnaligned(as: UInt32.self)) | last << UInt64((count - 4) * 8)
    }
    let (middle, last) = (count / 2, count - 1)
    return UInt64(cell[0]) | UInt64(cell[middle]) << UInt64(middle * 8) | UInt64(cell[last]) << UInt64(last * 8)
  }

  /// The next case: at most 18 digits whose integer a Double holds exactly, so that one division by an exact power of ten
  /// rounds correctly. Nil for everything else, good or bad.
  @inline(__always)
  private static func short(_ cell: UnsafeRawBufferPointer) -> Double? {
    let count = cell.count
    guard count > 0, count <= 20 else { return nil }
    var at = 0
    let isNegative = cell[0] == UInt8(ascii: "-")
    if isNegative { at = 1 }
    var (mantissa, digits, dot): (UInt64, Int, Int) = (0, 0, -1)
    while at < count {
      let digit = cell[at] &- 48
      if digit < 10 {
        mantissa = mantissa &* 10 &+ UInt64(digit)
        digits &+= 1
      } else if cell[at] == UInt8(ascii: "."), dot < 0 {
        dot = digits
      } else {
        return nil
      }
      at &+= 1
    }
    guard digits > 0, digits <= 18, mantissa <= 1 << 53 else { return nil }
    let value = Double(mantissa) / powers[dot < 0 ? 0 : digits - dot]
    return isNegative && mantissa != 0 ? -value : value
  }
}

/// The bytes of a cell without the spaces around it, for the ways of writing a number that are not the shortest.
private struct Spelling {
  var bytes: [UInt8]

  init(_ cell: UnsafeRawBufferPointer) { bytes = Array(cell.trimmed) }
  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// The number in the grammar of `NumberParser`, infinite where it is too large.
  var number: Double? {
    var rest = bytes[...]
    func digits() -> Int {
      let count = rest.prefix { (48...57).contains($0) }.count
      rest = rest.dropFirst(count)
      return count
    }
    func sign() { if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") { rest = rest.dropFirst() } }
    sign()
    var count = digits()
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      count += digits()
    }
    guard count > 0 else { return nil }
    if let first = rest.first, first == UInt8(ascii: "e") || first == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      sign()
      guard digits() > 0 else { return nil }
    }
    guard rest.isEmpty else { return nil }
    // The standard library rounds correctly and knows no locale.
    return Double(String(decoding: bytes, as: UTF8.self))
  }

  /// Whether it is this word, with or without a sign, in any case.
  func isWord(_ word: String) -> Bool {
    let letters = bytes.first.map { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") } == true ? bytes.dropFirst() : bytes[...]
    return String(decoding: letters, as: UTF8.self).lowercased() == word
  }

  func withoutPercent() -> (Spelling, Bool) {
    guard bytes.last == UInt8(ascii: "%") else { return (self, false) }
    return (Spelling(bytes: bytes.dropLast().withUnsafeBytes { Array($0.trimmed) }), true)
  }

  /// The digits without the marks between groups of three, if all groups but the first have three digits and the first has one to three.
  func ungrouped(_ mark: UInt8) -> Spelling? {
    let start = bytes.first.map { (48...57).contains($0) } == false ? 1 : 0
    let end = bytes.firstIndex { $0 != mark && ".eE".utf8.contains($0) } ?? bytes.count
    guard start < end, bytes[start..<end].contains(mark) else { return nil }
    let groups = bytes[start..<end].split(separator: mark, omittingEmptySubsequences: false)
    guard let first = groups.first, (1...3).contains(first.count), groups.dropFirst().allSatisfy({ $0.count == 3 }) else { return nil }
    return Spelling(bytes: Array(bytes[..<start] + groups.joined() + bytes[end...]))
  }

  /// `1,5` or `1.234,56`.
  var hasDecimalComma: Bool {
    guard let comma = bytes.lastIndex(of: UInt8(ascii: ",")), !bytes[(comma + 1)...].contains(UInt8(ascii: ".")) else { return false }
    let whole = Spelling(bytes: Array(bytes[..<comma]))
    let plain = whole.ungrouped(UInt8(ascii: ".")) ?? whole
    return Spelling(bytes: plain.bytes + [UInt8(ascii: ".")] + bytes[(comma + 1)...]).number != nil
  }
}
