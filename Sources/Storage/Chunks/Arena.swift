/// Copies of blobs that stay where they are until the arena is reset or goes away.
///
/// SQLite's own bytes are gone with the next step; views of chunks need bytes that stay.
final class Arena {
  private var blocks: [UnsafeMutableRawBufferPointer] = []
  private var current = 0
  private var used = 0

  deinit { for block in blocks { block.deallocate() } }

  /// A copy of `bytes`, valid until `reset` or the end of the arena. Eight-byte aligned.
  func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    while current < blocks.count, blocks[current].count - used < bytes.count {
      current += 1
      used = 0
    }
    if current == blocks.count {
      blocks.append(.allocate(byteCount: max(1 << 20, bytes.count), alignment: 8))
      used = 0
    }
    // Invariant: the block has room for the bytes behind `used`.
    let target = UnsafeMutableRawBufferPointer(rebasing: blocks[current][used..<used + bytes.count])
    target.copyMemory(from: bytes)
    used += (bytes.count + 7) & ~7
    if used > blocks[current].count { used = blocks[current].count }
    return UnsafeRawBufferPointer(target)
  }

  /// Forgets all copies and keeps the memory.
  func reset() { (current, used) = (0, 0) }
}
