import Import
import TestSupport
import Testing

/// What a file said before is found again by its bytes, and nothing else is taken for it.
struct CellCacheTests {
  private func key(_ text: [UInt8]) -> CellKey? { text.withUnsafeBytes { CellKey($0) } }

  @Test func onlyShortTextsHaveAKey() {
    for length in 0...40 { #expect((key([UInt8](repeating: 65, count: length)) != nil) == (1...32).contains(length)) }
  }

  /// Every byte counts, and so does the length: texts that differ anywhere have different keys.
  @Test(arguments: 1...32) func keysAreEqualJustWhereTextsAre(length: Int) {
    var dice = Seeded(UInt64(length))
    let text = (0..<length).map { _ in UInt8(dice.below(256)) }
    #expect(key(text) == key(Array(text)))
    for place in 0..<length {
      var other = text
      other[place] ^= UInt8(1 << dice.below(8))
      #expect(key(other) != key(text))
    }
    if length < 32 { #expect(key(text + [text[length - 1]]) != key(text)) }
    #expect(key(text + [0]) != key(text))
  }

  @Test(arguments: [0, 2, 8]) func findsWhatWasKeptLastOrNothing(bits: Int) {
    var dice = Seeded(UInt64(bits))
    var cache = CellCache<Int>(bits: bits)
    var model: [[UInt8]: Int] = [:]
    var found = 0
    for round in 0..<3000 {
      let text = (0...dice.below(6)).map { _ in UInt8(97 + dice.below(2)) }
      guard let key = key(text) else { continue }
      if let known = cache.find(key) {
        #expect(known == model[text])
        found += 1
      }
      cache.keep(round, for: key)
      model[text] = round
      #expect(cache.find(key) == round)
    }
    #expect(found > 0)
  }
}
