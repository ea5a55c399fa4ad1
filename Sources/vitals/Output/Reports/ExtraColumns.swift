import Health
import Reports

/// The columns of `--with`, the same in every list of accounts.
extension TableColumn where Row: ListedAccount {
  static func extras(_ names: [String], of rows: [Row], _ style: Style) -> [TableColumn] {
    names.indices.map { place in
      TableColumn(names[place], kind: rows.allSatisfy { $0.with[place].text == nil } ? .number : .text, importance: 1) {
        Cell($0.with[place].words(style))
      }
    }
  }
}

extension RecordField where Row: ListedAccount {
  static func extras(_ names: [String]) -> [RecordField] {
    names.indices.map { place in RecordField(names[place]) { $0.with[place].json } }
  }
}

extension Extras.Value {
  fileprivate func words(_ style: Style) -> String { text ?? number.map(Human.measured) ?? style.absent }
  fileprivate var json: JSONValue { text.map(\.json) ?? number.json }
}
