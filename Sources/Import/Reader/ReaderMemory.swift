/// The memory of a reader: the bytes of the file that it looks at, the cells of a row, and a scratch for cells that are rewritten.
///
/// Invariant: `capacity + StructuralScanner.blockSize` bytes are readable at `bytes`, so that a whole block can be looked at anywhere.
final class ReaderMemory {
  private(set) var bytes: UnsafeMutablePointer<UInt8>
  private(set) var capacity: Int
  let cells: UnsafeMutablePointer<CellRange>
  private(set) var scratch: UnsafeMutablePointer<UInt8>
  private var scratchCapacity = 64

  init(capacity: Int, cells count: Int) {
    self.capacity = capacity
    bytes = ReaderMemory.bytes(capacity)
    cells = .allocate(capacity: count)
    scratch = .allocate(capacity: scratchCapacity)
  }

  deinit {
    bytes.deallocate()
    cells.deallocate()
    scratch.deallocate()
  }

  /// Zeroed, since a block may reach past what was read.
  private static func bytes(_ capacity: Int) -> UnsafeMutablePointer<UInt8> {
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + StructuralScanner.blockSize)
    bytes.initialize(repeating: 0, count: capacity + StructuralScanner.blockSize)
    return bytes
  }

  /// Moves a range of the bytes to the front, into twice the room where it fills more than half of it.
  func keep(_ range: Range<Int>) {
    guard range.count * 2 > capacity else { return bytes.update(from: bytes + range.lowerBound, count: range.count) }
    let larger = ReaderMemory.bytes(capacity * 2)
    larger.update(from: bytes + range.lowerBound, count: range.count)
    bytes.deallocate()
    (bytes, capacity) = (larger, capacity * 2)
  }

  /// Makes room for so many bytes of scratch, whose content is lost.
  func reserveScratch(_ count: Int) {
    guard count > scratchCapacity else { return }
    scratch.deallocate()
    scratchCapacity = max(count, scratchCapacity * 2)
    scratch = .allocate(capacity: scratchCapacity)
  }
}
