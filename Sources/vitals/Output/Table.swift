/// Text with its ink.
struct Cell: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
  var text: String
  var ink: Ink

  init(_ text: String, _ ink: Ink = .plain) { (self.text, self.ink) = (text, ink) }
  init(stringLiteral text: String) { self.init(text) }
}

/// A table for people, as a plain value: columns and rows of cells. Data for machines are `Records`.
struct Table: Hashable, Sendable {
  /// What a column holds. Numbers stand to the right; only text can be shortened: a day or a number of which a part is missing is wrong.
  enum Kind: Hashable, Sendable { case text, word, number, chart }

  /// A column.
  struct Column: Hashable, Sendable {
    /// The name that `--columns` knows it by.
    var name: String
    /// What stands above it.
    var title: String
    var kind: Kind
    /// Which column is shortened first, or left out, when the terminal is too narrow: the least important. Nil: never.
    var importance: Int?
    /// To how many columns of the terminal it is shortened before a column is left out instead.
    var least: Int
    /// Whether it is shown only when `--columns` asks for it.
    var isExtra: Bool

    init(_ name: String, title: String? = nil, kind: Kind = .text, importance: Int? = nil, least: Int = 8, isExtra: Bool = false) {
      (self.name, self.title, self.kind) = (name, title ?? name, kind)
      (self.importance, self.least, self.isExtra) = (importance, least, isExtra)
    }
  }

  var columns: [Column]
  /// As many cells in each row as there are columns.
  var rows: [[Cell]]
  /// Sums and means, below a rule; never in CSV or JSON.
  var totals: [[Cell]] = []
  /// What is printed instead of a table without rows.
  var whenEmpty = "Nothing to show."
  /// Whether somebody named the columns: then none is left out.
  var isChosen = false
}

/// One column of a table made from rows of one type.
struct TableColumn<Row> {
  let column: Table.Column
  let cell: (Row) -> Cell

  /// A column of cells.
  init(
    _ name: String, title: String? = nil, kind: Table.Kind = .text, importance: Int? = nil, least: Int = 8, isExtra: Bool = false,
    cell: @escaping (Row) -> Cell
  ) {
    column = Table.Column(name, title: title, kind: kind, importance: importance, least: least, isExtra: isExtra)
    self.cell = cell
  }

  /// A column of plain text.
  init(
    _ name: String, title: String? = nil, kind: Table.Kind = .text, importance: Int? = nil, least: Int = 8, isExtra: Bool = false,
    text: @escaping (Row) -> String
  ) {
    self.init(name, title: title, kind: kind, importance: importance, least: least, isExtra: isExtra) { row in Cell(text(row)) }
  }
}

extension Table {
  /// A table with a row for each value.
  init<Row>(_ rows: some Sequence<Row>, columns: [TableColumn<Row>], whenEmpty: String = "Nothing to show.") {
    self.init(columns: columns.map(\.column), rows: rows.map { row in columns.map { $0.cell(row) } }, whenEmpty: whenEmpty)
  }

  /// The table with only the named columns, in that order; without names, all but the extra ones.
  func selecting(_ names: [String]?) throws -> Table {
    let indices =
      try names.map { try Selection.indices(of: $0, among: columns.map(\.name)) } ?? columns.indices.filter { !columns[$0].isExtra }
    var table = self[indices]
    table.isChosen = names != nil
    return table
  }

  /// The table with only the columns of these indices, in that order.
  subscript(indices: [Int]) -> Table {
    func select<T>(_ items: [T]) -> [T] { indices.map { items[$0] } }
    return Table(
      columns: select(columns), rows: rows.map(select), totals: totals.map(select), whenEmpty: whenEmpty, isChosen: isChosen)
  }
}
