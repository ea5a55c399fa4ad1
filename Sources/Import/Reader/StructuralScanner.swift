/// Finds the bytes that give a CSV file its structure (delimiter, quote, line ends), 64 bytes at a time.
///
/// Compares 16 bytes at once and squeezes each eight comparison bytes into eight bits by one multiplication, which any
/// processor has; so a row costs a few instructions per block and per structural byte, and none per ordinary byte.
struct StructuralScanner {
  static let blockSize = 64

  private let delimiter: SIMD16<UInt8>
  private let quote: SIMD16<UInt8>
  private let lineFeed = SIMD16<UInt8>(repeating: 10)
  private let carriageReturn = SIMD16<UInt8>(repeating: 13)

  /// Without a quote, the quote's comparison repeats the line feed's.
  init(delimiter: UInt8, quote: UInt8?) {
    self.delimiter = SIMD16(repeating: delimiter)
    self.quote = SIMD16(repeating: quote ?? 10)
  }

  /// One bit for each structural byte of the 64 bytes at `block`, the first byte lowest, and whether any of them is beyond ASCII.
  ///
  /// Invariant: the caller makes all 64 bytes readable, also past the end of the data, and cuts off the bits past it.
  @inline(__always)
  func bits(_ block: UnsafeRawPointer) -> (structural: UInt64, beyondASCII: Bool) {
    var structural: UInt64 = 0
    var all = SIMD16<UInt8>(repeating: 0)
    for quarter in 0..<4 {
      let bytes = block.loadUnaligned(fromByteOffset: quarter * 16, as: SIMD16<UInt8>.self)
      all = all | bytes
      let hits = ((bytes .== delimiter) .| (bytes .== quote)) .| ((bytes .== lineFeed) .| (bytes .== carriageReturn))
      let halves = unsafeBitCast(hits, to: SIMD2<UInt64>.self)
      let bits = StructuralScanner.squeeze(halves.x) | StructuralScanner.squeeze(halves.y) << 8
      structural |= bits << UInt64(quarter * 16)
    }
    let halves = unsafeBitCast(all, to: SIMD2<UInt64>.self)
    return (structural, (halves.x | halves.y) & 0x8080_8080_8080_8080 != 0)
  }

  /// The top bits of eight bytes as one byte, the first byte's lowest: each product term moves one top bit to its place in the highest byte.
  @inline(__always)
  private static func squeeze(_ bytes: UInt64) -> UInt64 { ((bytes & 0x8080_8080_8080_8080) &* 0x0002_0408_1020_4081) >> 56 }
}

extension StructuralScanner {
  /// Walks the structural bytes of a buffer in order.
  ///
  /// Invariant: `mask` holds those not yet given of the 64 bytes that begin at `block`; what lies past them is not scanned yet.
  struct Cursor {
    private var block: Int
    private var mask: UInt64 = 0
    private var isBlockWide = false
    /// Whether the row may hold bytes beyond ASCII: a block that it touches does.
    private(set) var isWide = false

    /// Stands before `position`.
    init(at position: Int) { block = position - StructuralScanner.blockSize }

    /// Forgets what was seen before the row that now begins.
    @inline(__always)
    mutating func beginRow() { isWide = isBlockWide }

    /// The place of the next structural byte before `filled`, or −1.
    @inline(__always)
    mutating func next(_ bytes: UnsafePointer<UInt8>, _ filled: Int, _ scanner: StructuralScanner) -> Int {
      while mask == 0 {
        guard block + StructuralScanner.blockSize < filled else { return -1 }
        block += StructuralScanner.blockSize
        let bits = scanner.bits(UnsafeRawPointer(bytes + block))
        let left = filled - block
        mask = left < StructuralScanner.blockSize ? bits.structural & ((1 << UInt64(left)) - 1) : bits.structural
        isBlockWide = bits.beyondASCII
        isWide = isWide || isBlockWide
      }
      let at = block + mask.trailingZeroBitCount
      mask &= mask &- 1
      return at
    }
  }
}
