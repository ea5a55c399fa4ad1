import Storage
import Testing

/// Vectors made with the reference implementation (xxHash 0.8, through its Python binding).
struct XXH64Tests {
  private static let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 * 131 + 7) }

  private static let vectors: [(length: Int, plain: UInt64, seeded: UInt64)] = [
    (0, 0xef46_db37_51d8_e999, 0xac75_fda2_929b_17ef), (1, 0xa96c_7f0c_e858_bbb7, 0x84e5_35b3_6672_440d),
    (3, 0xbed4_3740_ee63_32bb, 0x00b7_7b48_5431_ce5d), (4, 0xfa21_2ae4_4b3b_b23d, 0x6049_2c4b_fcb7_0cac),
    (7, 0x2744_460d_d675_d2c0, 0xcdf8_3b72_9545_b016), (8, 0x994b_676b_71ce_94dd, 0xf424_edeb_fea8_d23f),
    (12, 0xb92f_588c_e720_786e, 0xddd8_9bdb_f8aa_26e0), (31, 0x6711_d55e_306b_5d8f, 0xfa12_59cc_8b20_eb58),
    (32, 0x07f7_b8e3_bc5d_6e25, 0x920f_3e10_a5db_09c6), (33, 0x09f8_5eeb_4e1c_be9f, 0x3d80_5e87_12cb_4890),
    (63, 0xb7c9_968c_066c_b6a5, 0x184b_c509_7530_bb9a), (64, 0x50d4_159a_0411_632e, 0x9466_7e10_d68b_3991),
    (100, 0x9dda_da11_d3dc_2d8f, 0x5766_be67_82b9_6389), (255, 0x15a6_db05_d4e8_3df4, 0x9936_5070_f4f2_2bf9),
    (300, 0xc68e_7ef3_9b5c_a10e, 0x6ca8_e717_ab08_3d31),
  ]

  @Test func publishedVectors() {
    #expect(hash(Array("abc".utf8)) == 0x44bc_2cf5_ad77_0999)
    #expect(hash(Array("Nobody inspects the spammish repetition".utf8)) == 0xfbce_a83c_8a37_8bf1)
    for vector in Self.vectors {
      let bytes = Array(Self.bytes[..<vector.length])
      #expect(hash(bytes) == vector.plain, "\(vector.length) bytes")
      #expect(hash(bytes, seed: 2_654_435_761) == vector.seeded, "\(vector.length) bytes, seeded")
    }
  }

  @Test func everySplitGivesTheSame() {
    for (length, expected) in [(33, Self.vectors[9].plain), (100, Self.vectors[12].plain)] {
      for first in 0...length {
        for second in first...length {
          #expect(hash(of: [0..<first, first..<second, second..<length]) == expected, "split at \(first), \(second)")
        }
      }
    }
    #expect(hash(of: (0..<300).map { $0..<$0 + 1 }) == Self.vectors[14].plain)
  }

  private func hash(_ bytes: [UInt8], seed: UInt64 = 0) -> UInt64 { bytes.withUnsafeBytes { XXH64.hash($0, seed: seed) } }

  private func hash(of ranges: [Range<Int>]) -> UInt64 {
    var state = XXH64()
    for range in ranges { Array(Self.bytes[range]).withUnsafeBytes { state.update($0) } }
    return state.finish()
  }
}
