import Health

/// Data for machines: one row per value, the same fields in each, in full precision. Becomes CSV, JSON and JSON Lines.
struct Records: Hashable, Sendable {
  /// How a field that holds an object or array becomes CSV.
  enum CSVForm: Hashable, Sendable {
    /// One column; arrays and objects as JSON text.
    case column
    /// A column `PREFIX.KEY` for each key of the object. The keys that are named come first, and come even where no row has them:
    /// whoever asks for a column by name gets it on the night on which there are no rows, too.
    case columns(prefix: String, keys: [String] = [])
  }

  /// A field.
  struct Field: Hashable, Sendable {
    var name: String
    var form: CSVForm
  }

  var fields: [Field]
  /// As many values in each row as there are fields.
  var rows: [[JSONValue]]
}

/// One field of records made from rows of one type.
struct RecordField<Row> {
  let field: Records.Field
  let value: (Row) -> JSONValue

  /// A field with a value of each row.
  init(_ name: String, csv form: Records.CSVForm = .column, _ value: @escaping (Row) -> any JSONRepresentable) {
    field = Records.Field(name: name, form: form)
    self.value = { value($0).json }
  }
}

extension Records {
  /// Records with a row for each value.
  init<Row>(_ rows: some Sequence<Row>, fields: [RecordField<Row>]) {
    self.init(fields: fields.map(\.field), rows: rows.map { row in fields.map { $0.value(row) } })
  }

  /// Records with only the named fields, in that order.
  func selecting(_ names: [String]?) throws(Problem) -> Records {
    guard let names else { return self }
    let indices = try Selection.indices(of: names, among: fields.map(\.name))
    return Records(fields: indices.map { fields[$0] }, rows: rows.map { row in indices.map { row[$0] } })
  }

  /// Each row as an object.
  var objects: [JSONValue] {
    rows.map { row in .object(zip(fields, row).map { JSONValue.Member(key: $0.name, value: $1) }) }
  }

  /// Records in which every field is one column: each field with `.columns` becomes one field per key, the keys that the field
  /// names first, the others in the order in which they first come up.
  var flattened: Records {
    var keys: [[String]?] = []
    for (index, field) in fields.enumerated() {
      guard case .columns(_, let named) = field.form else {
        keys.append(nil)
        continue
      }
      var seen: Set<String> = []
      keys.append((named + rows.flatMap { $0[index].members.map(\.key) }).filter { seen.insert($0).inserted })
    }
    let names = zip(fields, keys).flatMap { field, keys in
      guard let keys, case .columns(let prefix, _) = field.form else { return [field.name] }
      return keys.map { "\(prefix).\($0)" }
    }
    let flat = rows.map { row in
      zip(row, keys).flatMap { value, keys -> [JSONValue] in
        guard let keys else { return [value] }
        let values = Dictionary(value.members.map { ($0.key, $0.value) }) { first, _ in first }
        return keys.map { values[$0] ?? .null }
      }
    }
    return Records(fields: names.map { Field(name: $0, form: .column) }, rows: flat)
  }
}

extension JSONValue {
  fileprivate var members: [Member] {
    if case .object(let members) = self { members } else { [] }
  }
}
