/// A chart of one line of text. A value that is not there is a dot, never a zero.
enum Sparkline {
  private static let blocks = Array("▁▂▃▄▅▆▇█")
  private static let asciiBlocks = Array("_-~=+*%#")

  /// One character a value, between the bounds given (0 to 100 for scores), or between the least and the greatest of the values.
  static func draw(_ values: [Double?], within bounds: ClosedRange<Double>? = nil, style: Style) -> String {
    let levels = style.isASCII ? asciiBlocks : blocks
    let known = values.compactMap { $0 }.filter(\.isFinite)
    let bounds = bounds ?? (known.min() ?? 0)...(known.max() ?? 0)
    let height = bounds.upperBound - bounds.lowerBound
    return String(
      values.map { value -> Character in
        guard let value, value.isFinite else { return style.isASCII ? "." : "·" }
        guard height > 0 else { return levels[3] }
        let share = min(max((value - bounds.lowerBound) / height, 0), 1)
        return levels[min(Int(share * 8), 7)]
      })
  }

  /// The values gathered into at most so many, each the mean of its own stretch; a stretch without any value stays without.
  static func gathered(_ values: [Double?], to count: Int) -> [Double?] {
    guard count > 0, values.count > count else { return values }
    return (0..<count).map { index in
      let known = values[index * values.count / count..<(index + 1) * values.count / count].compactMap { $0 }
      return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }
  }
}
