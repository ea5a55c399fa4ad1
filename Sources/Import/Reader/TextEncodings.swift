extension TextEncoding {
  /// The bytes as text; what stands for nothing becomes U+FFFD.
  func text(_ bytes: UnsafeRawBufferPointer) -> String {
    guard self != .utf8, !bytes.allSatisfy({ $0 < 0x80 }) else { return String(decoding: bytes, as: UTF8.self) }
    var text = ""
    for byte in bytes { text.unicodeScalars.append(scalar(byte)) }
    return text
  }

  private func scalar(_ byte: UInt8) -> Unicode.Scalar {
    let code = self == .windows1252 ? Windows1252.scalar(byte) : UInt32(byte)
    return code == 0 && byte != 0 ? "\u{FFFD}" : Unicode.Scalar(code) ?? "\u{FFFD}"
  }

  /// A text's bytes; nil where a character has none in this encoding.
  package func bytes(_ text: String) -> [UInt8]? {
    if self == .utf8 { return Array(text.utf8) }
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      let plain = UInt8(exactly: scalar.value).flatMap { self.scalar($0) == scalar ? $0 : nil }
      guard let byte = plain ?? (0x80...0x9F).first(where: { self.scalar($0) == scalar && scalar != "\u{FFFD}" }) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }
}

/// UTF-8, checked byte by byte where a row has bytes beyond ASCII.
enum UTF8Check {
  /// The first byte that is not part of a well-formed character (Unicode 16, table 3-7), or nil.
  static func firstFault(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var at = 0
    while at < bytes.count {
      let lead = bytes[at]
      if lead < 0x80 {
        at += 1
        continue
      }
      let second: ClosedRange<UInt8>
      let length: Int
      switch lead {
      case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
      case 0xE0: (length, second) = (3, 0xA0...0xBF)
      case 0xED: (length, second) = (3, 0x80...0x9F)
      case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
      case 0xF0: (length, second) = (4, 0x90...0xBF)
      case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
      case 0xF4: (length, second) = (4, 0x80...0x8F)
      default: return at
      }
      guard at + length <= bytes.count, second.contains(bytes[at + 1]) else { return at }
      for index in at + 2..<max(at + length, at + 2) where bytes[index] & 0xC0 != 0x80 { return at }
      at += length
    }
    return nil
  }

  /// Writes a character of at most U+FFFF; returns how many bytes it took (at most 3, which must be free).
  static func encode(_ scalar: UInt32, _ to: UnsafeMutablePointer<UInt8>) -> Int {
    if scalar < 0x800 {
      to[0] = UInt8(0xC0 | scalar >> 6)
      to[1] = UInt8(0x80 | scalar & 0x3F)
      return 2
    }
    to[0] = UInt8(0xE0 | scalar >> 12)
    to[1] = UInt8(0x80 | scalar >> 6 & 0x3F)
    to[2] = UInt8(0x80 | scalar & 0x3F)
    return 3
  }
}

/// Windows-1252: Latin-1 with printable characters for the bytes 80…9F, five of which stand for nothing.
enum Windows1252 {
  /// What 80…9F stand for; 0 for nothing.
  private static let upper: [UInt32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
    0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
  ]

  static func isUndefined(_ byte: UInt8) -> Bool { (0x80...0x9F).contains(byte) && upper[Int(byte - 0x80)] == 0 }

  /// The character's number; 0 for nothing.
  static func scalar(_ byte: UInt8) -> UInt32 { (0x80...0x9F).contains(byte) ? upper[Int(byte - 0x80)] : UInt32(byte) }

  /// Writes a byte from 80 on as UTF-8; returns how many bytes it took.
  static func encode(_ byte: UInt8, _ to: UnsafeMutablePointer<UInt8>) -> Int {
    UTF8Check.encode(scalar(byte), to)
  }
}
