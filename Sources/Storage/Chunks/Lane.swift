/// Numbers packed as fixed-width offsets from a base ("frame of reference"), the building block of chunks and strips.
///
/// A lane is `count` little-endian unsigned integers of `width` bytes (0, 1, 2, 4 or 8; width 0 has no bytes: every number is the base).
/// An integer is base + offset. A Double is (base + offset) ÷ 10^decimals, used only where that gives back every value bit for
/// bit; otherwise `decimals` is `Lane.raw`, the width is 8 and the offsets are the bit patterns themselves.
package struct Lane: Equatable {
  /// `decimals` of a lane of bit patterns.
  package static let raw: UInt8 = 255
  /// The most decimals tried; 10^15 keeps nine quadrillionths of a unit within the 53 bits of a Double.
  static let mostDecimals = 15
  /// 10^0 … 10^15, all exact in a Double.
  static let powers: [Double] = (0...mostDecimals).map { decimals in (0..<decimals).reduce(1.0) { power, _ in power * 10 } }

  /// Bytes per number: 0, 1, 2, 4 or 8.
  package var width: UInt8
  /// Decimals of a Double lane; 0 for integers; `raw` for bit patterns.
  package var decimals: UInt8
  /// The smallest number (scaled).
  package var base: Int64

  /// How many bytes `count` numbers take.
  package func length(_ count: Int) -> Int { Int(width) * count }

  private static func width(for range: UInt64) -> UInt8 {
    range == 0 ? 0 : range < 1 << 8 ? 1 : range < 1 << 16 ? 2 : range < 1 << 32 ? 4 : 8
  }

  /// Appends a lane of integers to `bytes` and returns its shape.
  package static func append(_ numbers: [Int64], to bytes: inout [UInt8]) -> Lane {
    numbers.withUnsafeBufferPointer { append($0, to: &bytes) }
  }

  private static func append(_ numbers: UnsafeBufferPointer<Int64>, to bytes: inout [UInt8]) -> Lane {
    var (base, highest) = (numbers.first ?? 0, numbers.first ?? 0)
    for number in numbers { (base, highest) = (min(base, number), max(highest, number)) }
    let lane = Lane(width: width(for: UInt64(bitPattern: highest &- base)), decimals: 0, base: base)
    switch lane.width {
    case 0: break
    case 1: append(numbers, to: &bytes) { UInt8(truncatingIfNeeded: $0 &- base) }
    case 2: append(numbers, to: &bytes) { UInt16(truncatingIfNeeded: $0 &- base).littleEndian }
    case 4: append(numbers, to: &bytes) { UInt32(truncatingIfNeeded: $0 &- base).littleEndian }
    default: append(numbers, to: &bytes) { UInt64(bitPattern: $0 &- base).littleEndian }
    }
    return lane
  }

  /// Appends a lane of finite Doubles to `bytes` and returns its shape. Every bit comes back, −0 and the extremes too.
  package static func append(_ values: [Double], to bytes: inout [UInt8]) -> Lane {
    values.withUnsafeBufferPointer { values in
      withUnsafeTemporaryAllocation(of: Int64.self, capacity: values.count) { integers in
        guard let decimals = scaleExactly(values, to: integers) else {
          append(values, to: &bytes) { $0.bitPattern.littleEndian }
          return Lane(width: 8, decimals: raw, base: 0)
        }
        var lane = append(UnsafeBufferPointer(integers), to: &bytes)
        lane.decimals = decimals
        return lane
      }
    }
  }

  /// Appends what `stored` makes of each number. Invariant of the unchecked stores: there is room for all of them behind `start`.
  @inline(__always)
  private static func append<N, T: FixedWidthInteger>(_ numbers: UnsafeBufferPointer<N>, to bytes: inout [UInt8], _ stored: (N) -> T) {
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: numbers.count * MemoryLayout<T>.size))
    bytes.withUnsafeMutableBytes { bytes in
      for index in 0..<numbers.count {
        bytes.storeBytes(of: stored(numbers[index]), toByteOffset: start &+ index &* MemoryLayout<T>.size, as: T.self)
      }
    }
  }

  /// Writes the values as integers of the fewest decimals that give every value back bit for bit, and tells these; nil where none do.
  ///
  /// A value exact at few decimals is exact at more, as long as it stays below 2^53, so the search never starts over.
  private static func scaleExactly(_ values: UnsafeBufferPointer<Double>, to integers: UnsafeMutableBufferPointer<Int64>) -> UInt8? {
    var decimals = 0
    var power = 1.0
    var first = 0  // those before have been scaled with fewer decimals
    for index in 0..<values.count {
      while true {
        if let integer = scaled(values[index], power) {
          integers[index] = integer
          break
        }
        decimals += 1
        if decimals > mostDecimals { return nil }
        (power, first) = (powers[decimals], index)
      }
    }
    for index in 0..<first {
      guard let integer = scaled(values[index], power) else { return nil }
      integers[index] = integer
    }
    return UInt8(decimals)
  }

  @inline(__always) private static func scaled(_ value: Double, _ power: Double) -> Int64? {
    var product = value * power
    // Rounding by hand is exact enough below 2^51 for the comparison to decide; the function call is many times slower.
    product = product.magnitude < 2_251_799_813_685_248 ? product + (product < 0 ? -0.5 : 0.5) : product.rounded()
    guard product.magnitude <= 9_007_199_254_740_992 else { return nil }
    let integer = Int64(product)  // loses the sign of −0, which the comparison then notices
    return (Double(integer) / power).bitPattern == value.bitPattern ? integer : nil
  }
}

extension Lane {
  // Invariant of the readers below: `bytes` holds at least `length(index + 1)` (or `length(range.upperBound)`) bytes from `offset`;
  // `ChunkView` and `Strip` check every length against their blob before they hand out a lane.

  /// The unsigned offset at an index.
  @inline(__always) func offset(_ index: Int, in bytes: UnsafeRawPointer) -> UInt64 {
    switch width {
    case 0: 0
    case 1: UInt64(bytes.load(fromByteOffset: index, as: UInt8.self))
    case 2: UInt64(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)))
    case 4: UInt64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)))
    default: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
    }
  }

  /// The integer at an index.
  @inline(__always) func integer(_ index: Int, in bytes: UnsafeRawPointer) -> Int64 {
    base &+ Int64(bitPattern: offset(index, in: bytes))
  }

  /// The Double at an index.
  @inline(__always) func value(_ index: Int, in bytes: UnsafeRawPointer) -> Double {
    if decimals == Lane.raw { return Double(bitPattern: offset(index, in: bytes)) }
    let integer = Double(integer(index, in: bytes))
    return decimals == 0 ? integer : integer / Lane.powers[Int(decimals)]
  }

  /// Decodes the Doubles of a range of indices to `output`, which has room for them.
  func decode(_ range: Range<Int>, in bytes: UnsafeRawPointer, to output: UnsafeMutablePointer<Double>) {
    let count = range.count
    let start = bytes + Int(width) * range.lowerBound
    if decimals == Lane.raw {
      for i in 0..<count {
        output[i] = Double(bitPattern: UInt64(littleEndian: start.loadUnaligned(fromByteOffset: i * 8, as: UInt64.self)))
      }
      return
    }
    // Both terms are integers below 2^53, so their sum is exact and the division gives the same bits as `value`.
    let low = Double(base)
    switch width {
    case 0: for i in 0..<count { output[i] = low }
    case 1: for i in 0..<count { output[i] = low + Double(Int32(start.load(fromByteOffset: i, as: UInt8.self))) }
    case 2:
      for i in 0..<count {
        output[i] = low + Double(Int32(UInt16(littleEndian: start.loadUnaligned(fromByteOffset: i * 2, as: UInt16.self))))
      }
    case 4:
      for i in 0..<count {
        output[i] = low + Double(Int64(UInt32(littleEndian: start.loadUnaligned(fromByteOffset: i * 4, as: UInt32.self))))
      }
    default: for i in 0..<count { output[i] = Double(integer(range.lowerBound + i, in: bytes)) }
    }
    guard decimals > 0 else { return }
    let power = Lane.powers[Int(decimals)]
    for i in 0..<count { output[i] /= power }
  }
}
