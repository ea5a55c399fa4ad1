/// A chart over the full width: bars that rise with the values, with the scale at their left. A value that is not there is a gap.
enum Plot {
  private static let height = 10
  /// Where nobody says how wide the terminal is.
  private static let usualWidth = 80
  private static let eighths = Array(" ▁▂▃▄▅▆▇█")

  /// The lines of a chart of values between their least and greatest, each between its own bars' ends; `labels` stand below the first
  /// and the last.
  static func lines(_ values: [Double?], labels: (first: String, last: String), style: Style) -> [String] {
    let known = values.compactMap { $0 }.filter(\.isFinite)
    guard let least = known.min(), let greatest = known.max() else { return ["Nothing to draw."] }
    let pad = max((greatest - least) * 0.05, 0.5)
    let (low, high) = (least - pad, greatest + pad)
    let scale = [Human.number(high, decimals: 1), Human.number((low + high) / 2, decimals: 1), Human.number(low, decimals: 1)]
    let margin = scale.map(\.count).max() ?? 0
    let room = max(10, (style.width ?? usualWidth) - margin - 2)
    let columns = stretched(Sparkline.gathered(values, to: room), to: room)
    let axis = style.isASCII ? "|" : "│"
    var lines = (0..<height).map { line -> String in
      let label = line == 0 ? scale[0] : line == height / 2 ? scale[1] : line == height - 1 ? scale[2] : ""
      let bars = columns.map { value -> Character in
        guard let value, value.isFinite else { return " " }
        return bar((value - low) / (high - low) * Double(height) - Double(height - 1 - line), style)
      }
      return String(repeating: " ", count: margin - label.count) + label + " " + axis + String(bars)
    }
    let gap = max(1, columns.count - labels.first.count - labels.last.count)
    lines.append(String(repeating: " ", count: margin + 2) + labels.first + String(repeating: " ", count: gap) + labels.last)
    return lines
  }

  /// What of one line's height a bar fills.
  private static func bar(_ filled: Double, _ style: Style) -> Character {
    if style.isASCII { return filled >= 0.5 ? "#" : " " }
    return eighths[min(max(Int((filled * 8).rounded()), 0), 8)]
  }

  /// Each value as many times as fill the room evenly.
  private static func stretched(_ values: [Double?], to room: Int) -> [Double?] {
    let times = max(1, room / max(1, values.count))
    return values.flatMap { [Double?](repeating: $0, count: times) }
  }
}
