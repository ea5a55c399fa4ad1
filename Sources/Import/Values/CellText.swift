// Reading of cells that are neither numbers nor times.

extension UnsafeRawBufferPointer {
  /// The bytes without the spaces and tabs around them.
  @inline(__always)
  package var trimmed: UnsafeRawBufferPointer {
    var (start, end) = (0, count)
    while start < end, self[start] == 32 || self[start] == 9 { start += 1 }
    while end > start, self[end - 1] == 32 || self[end - 1] == 9 { end -= 1 }
    return start == 0 && end == count ? self : UnsafeRawBufferPointer(rebasing: self[start..<end])
  }

  /// Whether the bytes are exactly these.
  @inline(__always)
  package func equals(_ other: [UInt8]) -> Bool {
    guard count == other.count else { return false }
    for index in 0..<count where self[index] != other[index] { return false }
    return true
  }

  /// The whole number that a cell of an account column `as: integer` states, as the part of the cell that spells it:
  /// `17850.0` is `17850`. Nil for anything that is not a whole number in plain digits.
  package var wholeNumber: UnsafeRawBufferPointer? {
    let cell = trimmed
    var end = cell.count
    if let dot = cell.firstIndex(of: UInt8(ascii: ".")) {
      guard cell[(dot + 1)...].allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
      end = dot
    }
    guard end > 0, cell[..<end].allSatisfy({ (48...57).contains($0) }) else { return nil }
    var start = 0
    while start + 1 < end, cell[start] == UInt8(ascii: "0") { start += 1 }
    return UnsafeRawBufferPointer(rebasing: cell[start..<end])
  }
}
