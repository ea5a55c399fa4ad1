import Health

/// How facts are addressed.
///
/// A shard is 512 accounts with neighbouring ids, a slot the place of an account in its shard; a block is 32 signals with
/// neighbouring ids. The key of a chunk is one 63-bit integer, day (16 bits) · shard (12) · import (22) · block (5) · part (8), so
/// that a night appends at the end of the table, a day is a range of keys, and one shard of one day is a range within it.
package enum Layout {
  /// Accounts in a shard.
  package static let shardSize = 512
  /// Signals in a block.
  package static let blockSize = 32
  /// Accounts that keys have room for.
  package static let mostAccounts = 4096 * shardSize
  /// Imports that keys have room for.
  package static let mostImports = 1 << 22
  /// Signals that keys have room for.
  package static let mostSignals = 32 * blockSize
  /// A (day, shard) cell of an import with fewer facts than this is kept in a sliver.
  package static let fewestInChunk = 64
  /// Parts a cell may have when an import ends.
  package static let mostParts = 4

  /// The shard of an account.
  @inline(__always) package static func shard(of account: Int) -> Int { account >> 9 }
  /// The place of an account in its shard.
  @inline(__always) package static func slot(of account: Int) -> Int { account & 511 }
}

/// The address of a chunk.
package struct ChunkKey: Hashable, Comparable {
  /// The last part that a cell may have.
  package static let lastPart = 255

  /// The key as the table has it.
  package let packed: Int64

  /// A key read from the table.
  package init(packed: Int64) { self.packed = packed }

  /// The key of a part of a cell.
  package init(day: Day, shard: Int, importID: Int, block: Int, part: Int) {
    packed = Int64(day.number) << 47 | Int64(shard) << 35 | Int64(importID) << 13 | Int64(block) << 8 | Int64(part)
  }

  package var day: Day { Day(Int(packed >> 47)) }
  package var shard: Int { Int(packed >> 35) & 0xFFF }
  package var importID: Int { Int(packed >> 13) & 0x3F_FFFF }
  package var block: Int { Int(packed >> 8) & 0x1F }
  package var part: Int { Int(packed) & 0xFF }

  /// All keys of one shard of one day.
  package static func range(day: Day, shard: Int) -> ClosedRange<Int64> {
    let first = ChunkKey(day: day, shard: shard, importID: 0, block: 0, part: 0).packed
    return first...(first | 0x7_FFFF_FFFF)
  }

  package static func < (a: ChunkKey, b: ChunkKey) -> Bool { a.packed < b.packed }
}
