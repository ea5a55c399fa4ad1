/// The numbers that cells state, words among them: a feed's `values`, and `true` and `false` in any case.
package struct CellNumbers: Sendable {
  private let parser: NumberParser
  private let words: [(word: [UInt8], number: Double)]
  /// Whether a word could be taken for a number: then the feed's meaning goes first.
  private let wordsGoFirst: Bool

  /// Numbers in a format, and words that stand for numbers.
  package init(format: NumberFormat, words: [String: Double]) {
    parser = NumberParser(format)
    self.words = words.sorted { $0.key < $1.key }.map { (Array($0.key.utf8), $0.value) }
    let parser = self.parser
    wordsGoFirst = words.keys.contains { word in Array(word.utf8).withUnsafeBytes { (try? parser.parse($0)) != nil } }
  }

  /// The number that a cell states.
  @inline(__always)
  package func parse(_ cell: UnsafeRawBufferPointer) throws(NumberFault) -> Double {
    if wordsGoFirst, let number = word(cell) { return number }
    do { return try parser.parse(cell) } catch {
      if let number = word(cell) ?? CellNumbers.truth(cell) { return number }
      throw error
    }
  }

  private func word(_ cell: UnsafeRawBufferPointer) -> Double? {
    let trimmed = cell.trimmed
    return words.first { trimmed.equals($0.word) || cell.equals($0.word) }?.number
  }

  private static func truth(_ cell: UnsafeRawBufferPointer) -> Double? {
    let trimmed = cell.trimmed
    guard trimmed.count == 4 || trimmed.count == 5 else { return nil }
    switch String(decoding: trimmed, as: UTF8.self).lowercased() {
    case "true": return 1
    case "false": return 0
    default: return nil
    }
  }
}
