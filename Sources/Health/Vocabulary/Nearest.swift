/// Finds what a person probably meant by a word that is not known.
package enum Nearest {
  /// The candidate with the smallest edit distance to `word`, ignoring case, if it is close enough to be worth offering
  /// (at most a third of the word's length, at least 2). Ties go to the alphabetically first.
  package static func match<S: Sequence>(to word: String, among candidates: S) -> String? where S.Element == String {
    let target = Array(word.lowercased().unicodeScalars)
    var limit = max(2, target.count / 3)
    var best: String?
    for candidate in candidates {
      let scalars = Array(candidate.lowercased().unicodeScalars)
      guard abs(scalars.count - target.count) <= limit else { continue }
      let distance = editDistance(target, scalars)
      if distance < limit || (distance == limit && candidate < (best ?? "\u{10FFFF}")) {
        (limit, best) = (distance, candidate)
      }
    }
    return best
  }

  /// Levenshtein distance with transposition of neighbours (optimal string alignment).
  static func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    var row = last
    for i in 1...a.count {
      row[0] = i
      for j in 1...b.count {
        var cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { cost = min(cost, beforeLast[j - 2] + 1) }
        row[j] = cost
      }
      (beforeLast, last, row) = (last, row, beforeLast)
    }
    return last[b.count]
  }
}
