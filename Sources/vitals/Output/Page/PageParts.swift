/// A table of the page. All of its text is clean.
struct PageTable {
  struct Cell {
    var text: String
    /// `number`, or nothing.
    var kind: String
  }
  struct Row {
    /// The heading of the row.
    var head: String
    var cells: [Cell]
  }

  var caption: String
  var head: String
  var columns: [Cell]
  var rows: [Row]

  init(_ caption: String, head: String, columns: [String], rows: [(String, [String])]) {
    (self.caption, self.head) = (PageText.clean(caption), PageText.clean(head))
    let kinds = columns.indices.map { place in rows.allSatisfy { PageTable.isNumber($0.1[place]) } ? "number" : "" }
    self.columns = zip(columns, kinds).map { Cell(text: PageText.clean($0), kind: $1) }
    self.rows = rows.map { head, cells in
      Row(head: PageText.clean(head), cells: zip(cells, kinds).map { Cell(text: PageText.clean($0), kind: $1) })
    }
  }

  private static func isNumber(_ text: String) -> Bool { text.allSatisfy { $0.isNumber || " .,+−-–%kKMB\u{202F}\u{A0}".contains($0) } }
}

/// A chart of the page, drawn in a box of `width` × `height`, with the table that says the same.
struct PageChart {
  struct Shape {
    var path: String
    /// The class of its colour.
    var color: String
    /// The number of its hatching, or of its dashes.
    var pattern: Int
    var label: String
  }
  struct Tick {
    var at: String
    var text: String
    /// Where the text stands by its point: `start`, `middle` or `end`.
    var anchor = "middle"
  }
  struct Mark {
    var at: String
    var text: String
  }

  static let (width, height) = (800.0, 300.0)
  /// The plain inside the axes.
  static let (left, right, top, bottom) = (70.0, 790.0, 28.0, 260.0)

  var id: String
  var title: String
  var description: String
  var areas: [Shape] = []
  var lines: [Shape] = []
  var across: [Tick] = []
  var up: [Tick] = []
  var marks: [Mark] = []
  var table: PageTable

  init(id: String, title: String, description: String, table: PageTable) {
    (self.id, self.table) = (id, table)
    (self.title, self.description) = (PageText.clean(title), PageText.clean(description))
  }

  /// The place of the n-th of some points from left to right.
  static func x(_ place: Int, of count: Int) -> Double { left + (right - left) * Double(place) / Double(max(1, count - 1)) }
  /// The height of a value on a scale from 0.
  static func y(_ value: Double, most: Double) -> Double { bottom - (bottom - top) * value / max(most, 1e-9) }
  /// A coordinate with one decimal.
  static func coordinate(_ value: Double) -> String { ((value * 10).rounded() / 10).shortest }
  /// A class of the style sheet for the n-th thing drawn, by its colour word where it has one.
  static func color(_ word: String?, _ place: Int) -> String {
    let known = ["red", "orange", "yellow", "green", "blue"]
    if let word = word?.lowercased(), known.contains(word) { return "c-\(word)" }
    return "c-\(place % 6)"
  }

  /// Labels for at most five of the points, evenly spread.
  mutating func label(across texts: [String]) {
    guard !texts.isEmpty else { return }
    let steps = min(4, texts.count)
    let places = steps == 1 ? [0] : (0..<steps).map { $0 * (texts.count - 1) / (steps - 1) }
    across = places.enumerated().map { order, place in
      let anchor = steps == 1 ? "start" : order == 0 ? "start" : order == steps - 1 ? "end" : "middle"
      return Tick(at: PageChart.coordinate(PageChart.x(place, of: texts.count)), text: PageText.clean(texts[place]), anchor: anchor)
    }
  }

  /// Five lines from 0 to the most.
  mutating func label(up most: Double) {
    up = (0...4).map { step in
      let value = most * Double(step) / 4
      return Tick(at: PageChart.coordinate(PageChart.y(value, most: most)), text: Human.number(value))
    }
  }
}
