import Health
import Storage

/// The rows of a batch, for remarks that can only be made once they are settled: their lines, and their bytes, which are read again
/// where the source can be, and else kept.
struct BatchRows {
  /// What a remark tells of a row.
  struct Place {
    var line: Int
    /// 0 where the row as a whole is meant.
    var column = 0
    var text: RowText?
  }
  /// Reads a row again, of which the source has the given bytes or which begins at an offset in the file.
  typealias Reading = (_ bytes: ArraySlice<UInt8>?, _ offset: Int, _ line: Int, _ cell: Int?) throws -> Place

  private struct Start {
    var line: Int32
    /// The offset in the file, after that of the first row; or in `texts`.
    var offset: UInt32
  }
  private var starts: [Start] = []
  private var origin = 0
  private var texts: [UInt8] = []
  private let keepsTexts: Bool
  private let mostRows: Int
  private let mostBytes: Int
  private let read: Reading
  /// Whether the batch has to be settled.
  private(set) var isFull = false

  /// - Parameters:
  ///   - keepsTexts: whether rows cannot be read again.
  ///   - mostRows: how many rows fill the batch.
  init(keepsTexts: Bool, mostRows: Int, mostBytes: Int, usualRows: Int, read: @escaping Reading) {
    (self.keepsTexts, self.mostRows, self.mostBytes, self.read) = (keepsTexts, mostRows, min(mostBytes, Int(UInt32.max)), read)
    starts.reserveCapacity(min(mostRows, usualRows))  // as much as a batch of one fact a row has; only addresses until it is used
  }

  var count: Int { starts.count }

  /// Takes a row in and numbers it.
  @inline(__always) mutating func begin(_ row: Row) -> Int32 {
    let number = starts.count
    if !keepsTexts, number == 0 { origin = row.offset }
    let offset = keepsTexts ? texts.count : row.offset - origin
    starts.append(Start(line: Int32(truncatingIfNeeded: row.line), offset: UInt32(truncatingIfNeeded: offset)))
    if keepsTexts { texts.append(contentsOf: row.raw) }
    // Offsets of 32 bits reach far enough, whatever the length of one more row.
    isFull = number + 1 >= mostRows || offset >= (keepsTexts ? mostBytes : 1 << 31)
    return Int32(truncatingIfNeeded: number)
  }

  /// Where a row and a cell of it begin, and what it says.
  func place(_ row: Int32, cell: Int?) throws -> Place {
    let (start, next) = (starts[Int(row)], Int(row) + 1)
    let end = next < starts.count ? Int(starts[next].offset) : texts.count
    let bytes = keepsTexts ? texts[Int(start.offset)..<end] : nil
    return try read(bytes, origin + Int(start.offset), Int(start.line), cell)
  }

  mutating func removeAll() {
    isFull = false
    starts.removeAll(keepingCapacity: true)
    texts.removeAll(keepingCapacity: true)
  }
}
