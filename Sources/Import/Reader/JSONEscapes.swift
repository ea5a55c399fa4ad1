/// What stands after a backslash in a JSON text.
enum JSONEscapes {
  /// The character that the escape at `at` (a backslash) stands for, and where the text goes on; nil where it stands for none, which
  /// half of a surrogate pair does not either. Looks at no byte from `end` on.
  static func decode(_ bytes: UnsafePointer<UInt8>, at: Int, end: Int) -> (scalar: UInt32, next: Int)? {
    guard at + 1 < end else { return nil }
    switch bytes[at + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return (UInt32(bytes[at + 1]), at + 2)
    case UInt8(ascii: "b"): return (8, at + 2)
    case UInt8(ascii: "f"): return (12, at + 2)
    case UInt8(ascii: "n"): return (10, at + 2)
    case UInt8(ascii: "r"): return (13, at + 2)
    case UInt8(ascii: "t"): return (9, at + 2)
    case UInt8(ascii: "u"): break
    default: return nil
    }
    guard let first = unit(bytes, at, end) else { return nil }
    guard first & 0xF800 == 0xD800 else { return (first, at + 6) }
    guard first < 0xDC00, let second = unit(bytes, at + 6, end), second & 0xFC00 == 0xDC00 else { return nil }
    return (0x10000 + (first - 0xD800) << 10 + (second - 0xDC00), at + 12)
  }

  /// The number of an escape `\u` with four hexadecimal digits at `at`.
  private static func unit(_ bytes: UnsafePointer<UInt8>, _ at: Int, _ end: Int) -> UInt32? {
    guard at + 6 <= end, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else { return nil }
    var value: UInt32 = 0
    for index in at + 2..<at + 6 {
      let digit: UInt8
      switch bytes[index] {
      case 48...57: digit = bytes[index] - 48
      case 65...70: digit = bytes[index] - 55
      case 97...102: digit = bytes[index] - 87
      default: return nil
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  /// Hands over the bytes of a text that was found to be sound, its escapes as UTF-8.
  @inline(__always)
  static func forEachByte(_ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int, _ body: (UInt8) -> Void) {
    var at = start
    while at < end {
      guard bytes[at] == UInt8(ascii: "\\"), let escape = decode(bytes, at: at, end: end) else {
        body(bytes[at])
        at += 1
        continue
      }
      // No text has half of a surrogate pair, so every number is a character's.
      for byte in (Unicode.Scalar(escape.scalar) ?? "\u{FFFD}").utf8 { body(byte) }
      at = escape.next
    }
  }
}
