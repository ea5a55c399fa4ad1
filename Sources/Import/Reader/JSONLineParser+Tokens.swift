// Words, numbers, texts, and what stands between them.
extension JSONLineParser {
  mutating func word(_ word: StaticString) throws(JSONFault) {
    let count = word.utf8CodeUnitCount
    guard end - at >= count, (0..<count).allSatisfy({ bytes[at + $0] == word.utf8Start[$0] }) else {
      throw JSONFault("a word that is not true, false or null", at: at)
    }
    at += count
  }

  mutating func number() throws(JSONFault) {
    let begins = at
    if bytes[at] == UInt8(ascii: "-") { at += 1 }
    let whole = at
    passDigits()
    // A leading zero stands alone.
    var isSound = at > whole && (at == whole + 1 || bytes[whole] != 48)
    if at < end, bytes[at] == UInt8(ascii: ".") {
      at += 1
      let fraction = at
      passDigits()
      isSound = isSound && at > fraction
    }
    if at < end, bytes[at] | 32 == UInt8(ascii: "e") {
      at += 1
      if at < end, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at += 1 }
      let exponent = at
      passDigits()
      isSound = isSound && at > exponent
    }
    guard isSound else { throw JSONFault("not written as JSON writes numbers", at: begins) }
  }

  // MARK: Texts

  /// Passes a text and its quotes.
  mutating func string() throws(JSONFault) -> (start: Int, end: Int, isEscaped: Bool) {
    let start = at + 1
    var (place, isEscaped) = (start, false)
    while true {
      // Eight bytes at once while none of them is a quote, a backslash or a control character.
      while place + 8 <= end {
        let eight = UnsafeRawPointer(bytes + place).loadUnaligned(as: UInt64.self)
        if Self.hasSpecial(eight) { break }
        place += 8
      }
      guard place < end else { throw JSONFault("the text that begins here is not closed", at: at) }
      switch bytes[place] {
      case UInt8(ascii: "\""):
        at = place + 1
        return (start, place, isEscaped)
      case UInt8(ascii: "\\"):
        guard let escape = JSONEscapes.decode(bytes, at: place, end: end) else {
          throw JSONFault("a backslash that begins no escape, or half of a surrogate pair", at: place)
        }
        isEscaped = true
        place = escape.next
      case 0..<32: throw JSONFault("a control character within a text", at: place)
      default: place += 1
      }
    }
  }

  @inline(__always)
  private static func hasSpecial(_ eight: UInt64) -> Bool {
    let (ones, tops) = (0x0101_0101_0101_0101 as UInt64, 0x8080_8080_8080_8080 as UInt64)
    let (quotes, backslashes) = (eight ^ ones &* 0x22, eight ^ ones &* 0x5C)
    // In each byte the top bit comes up where the byte was zero, or below a space; a borrow can only add hits, and those are looked at.
    let zeros = (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | (eight &- ones &* 0x20) & ~eight
    return zeros & tops != 0
  }

  // MARK: Small steps

  @inline(__always)
  mutating func passSpaces() {
    while at < end, bytes[at] == 32 || bytes[at] == 9 || bytes[at] == 10 || bytes[at] == 13 { at += 1 }
  }

  mutating func passDigits() { while at < end, (48...57).contains(bytes[at]) { at += 1 } }

  @inline(__always)
  mutating func take(_ byte: UInt8) -> Bool {
    guard at < end, bytes[at] == byte else { return false }
    at += 1
    return true
  }
}
