import Health

/// Amounts that this import has stated and not written, because what is in force said the same.
///
/// Amounts of one file add up, over batches too, so a later row has to know of them; that they equal what is in force spares
/// keeping them. One bit an account, by cell, signal and time.
struct UnwrittenAmounts {
  private struct Place: Hashable {
    let cell: UInt32
    let signal: UInt32
    let time: UInt32
  }
  private var accounts: [Place: SIMD8<UInt64>] = [:]

  private func place(_ entry: CellColumns.Entry, _ signal: Int, _ cell: CellBatch.Cell) -> Place {
    Place(cell: UInt32(cell.day.number) << 12 | UInt32(cell.shard), signal: UInt32(signal), time: entry.time)
  }

  func contains(_ entry: CellColumns.Entry, signal: Int, _ cell: CellBatch.Cell) -> Bool {
    guard !accounts.isEmpty, let known = accounts[place(entry, signal, cell)] else { return false }
    return known[Int(entry.slot >> 6)] & (1 << UInt64(entry.slot & 63)) != 0
  }

  mutating func insert(_ entry: CellColumns.Entry, signal: Int, _ cell: CellBatch.Cell) {
    accounts[place(entry, signal, cell), default: SIMD8()][Int(entry.slot >> 6)] |= 1 << UInt64(entry.slot & 63)
  }
}
