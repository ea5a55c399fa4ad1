import Health

/// Which accounts a list shows, in what order, and what it says beside: the same words in every report.
package struct ListRequest: Sendable {
  package var filter = AttributeFilter()
  /// Names or colour words of bands, on the day (or the last of the days) that is spoken of; empty means all.
  package var bands: [String] = []
  /// `FIELD`, `FIELD:desc` or `FIELD:asc`; nil is the report's own order.
  package var sort: String?
  package var top: Int?
  /// Attributes and signals that are told beside.
  package var with: [String] = []

  package init(filter: AttributeFilter = AttributeFilter()) { self.filter = filter }
}

/// A row of a list of accounts.
package protocol ListedAccount {
  var account: String { get }
  /// What was asked for beside, in the order of the report's `with`.
  var with: [Extras.Value] { get }
}

/// What rows can be sorted by.
enum SortKey<Row> {
  case number((Row) -> Double?)
  case text((Row) -> String?)
  /// What is told beside, at this place.
  case beside(Int)
}

/// An order of rows: by one of a report's fields, or by what is told beside.
struct ListOrder<Row: ListedAccount> {
  private let key: SortKey<Row>
  private let isDescending: Bool

  /// Reads `score`, `score:desc`, `score:asc`. Throws `bad-sort` with the fields there are.
  init(_ text: String, among fields: KeyValuePairs<String, SortKey<Row>>, with extras: [String]) throws {
    let name: String
    (name, isDescending) = try ListRequest.ordering(text, fields.map(\.key) + extras)
    if let place = extras.firstIndex(of: name) {
      key = .beside(place)
    } else {
      key = fields.first { $0.key == name }?.value ?? .text(\.account)
    }
  }

  /// The rows in this order; what has no value comes last, and keys decide between equals.
  func sorted(_ rows: [Row]) -> [Row] {
    switch key {
    case .number(let number): return sorted(rows, by: number)
    case .text(let text): return sorted(rows, by: text)
    case .beside(let place):
      let hasWords = rows.contains { $0.with[place].text != nil }
      return hasWords ? sorted(rows) { $0.with[place].text } : sorted(rows) { $0.with[place].number }
    }
  }

  private func sorted<Value: Comparable>(_ rows: [Row], by value: (Row) -> Value?) -> [Row] {
    // Rows are large; what moves while sorting is a value and a place.
    let keyed = rows.enumerated().map { (value: value($0.element), place: $0.offset) }
    return keyed.sorted { a, b in
      guard a.value != b.value else { return rows[a.place].account < rows[b.place].account }
      guard let x = a.value, let y = b.value else { return b.value == nil }
      return isDescending ? x > y : x < y
    }.map { rows[$0.place] }
  }
}

extension ListRequest {
  /// Reads a field's name and direction. Throws `bad-sort`.
  static func ordering(_ text: String, _ names: [String]) throws -> (name: String, isDescending: Bool) {
    var name = text
    var isDescending = false
    for (ending, descends) in [(":desc", true), (":asc", false)] where text.lowercased().hasSuffix(ending) {
      (name, isDescending) = (String(text.dropLast(ending.count)), descends)
    }
    guard let known = names.first(where: { $0.lowercased() == name.lowercased() }) else {
      throw Problem(
        "bad-sort", .usage, "cannot sort by \"\(text)\"",
        hint: "write one of \(names.joined(separator: ", ")), with :desc for the greatest first")
    }
    return (known, isDescending)
  }
}
