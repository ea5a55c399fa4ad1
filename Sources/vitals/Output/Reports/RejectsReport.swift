import Health
import Storage

/// The rows of an import that were refused, or accepted with a remark.
struct RejectsReport: TableReport {
  let record: ImportRecord
  let severity: Remark.Severity
  let remarks: [Remark]

  private var counted: Int { severity == .reject ? record.rows[.rejected] : record.warnings }

  var title: String {
    let what = severity == .reject ? Human.plural(counted, "row") + " refused" : Human.plural(counted, "warning")
    return "Import \(record.id) (\(record.feed), \(record.file)): \(what)"
  }

  var notes: [String] {
    if remarks.isEmpty, counted > 0 {
      let isPurged = record.isPurged || severity == .reject
      return [isPurged ? "`vitals compact --purge` erased what was kept of them." : "Of a failed import only refused rows are kept."]
    }
    if remarks.count < counted { return ["Only the first \(Human.count(remarks.count)) are kept."] }
    if remarks.isEmpty || severity == .warning { return [] }
    return [
      "Mend the rows and import the file again; what was right already is found unchanged. Or mend the rows alone:"
        + " `vitals imports rejects \(record.id) --rows -o FILE`, then `vitals import FILE --mends \(record.id)`."
    ]
  }

  func table(_ style: Style) -> Table {
    Table(
      remarks,
      columns: [
        TableColumn("line", title: "Line", kind: .number) { Cell(String($0.line)) },
        TableColumn("column", title: "Column") { remark in
          Cell(remark.columnName.isEmpty ? (remark.column > 0 ? String(remark.column) : style.absent) : remark.columnName)
        },
        TableColumn("code", title: "Reason", importance: 4, least: 12, text: \.code),
        TableColumn("message", title: "Message", importance: 2, text: \.message),
        TableColumn("text", title: "Text", importance: 1, text: \.text),
        TableColumn("hint", title: "Hint", importance: 0) { Cell($0.advice ?? "") },
      ], whenEmpty: counted > 0 ? "None is kept." : severity == .reject ? "No row was refused." : "There are no warnings.")
  }

  var records: Records {
    let file = record.file
    return Records(
      remarks,
      fields: [
        RecordField("file") { _ in file }, RecordField("line", \.line), RecordField("column", \.column),
        RecordField("column_name", \.columnName),
        RecordField("code", \.code), RecordField("message", \.message), RecordField("text", \.text), RecordField("nearest", \.nearest),
        RecordField("hint", \.hint), RecordField("severity", \.severity.rawValue),
      ])
  }
}
