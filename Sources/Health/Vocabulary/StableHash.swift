/// A hash that is the same on every machine and in every release, for telling texts apart (not for secrecy).
public enum StableHash {
  /// The 64-bit FNV-1a hash of a text's UTF-8 bytes.
  public static func fnv1a(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash
  }

  /// The same as 16 hexadecimal digits.
  public static func hex(_ text: String) -> String {
    let digits = String(fnv1a(text), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension Card {
  /// What tells this version of the card from every other: the hash of its text.
  public var identity: String { StableHash.hex(text) }
}

extension Catalogue {
  /// What tells this version of the catalogue from every other: the hash of its text.
  public var identity: String { StableHash.hex(text) }
}

extension Settings {
  /// What tells this version of the settings from every other: the hash of its text.
  public var identity: String { StableHash.hex(text) }
}
