import Health
import Storage

/// The refused rows of an import as they stood in its file, under the file's header: ready to be mended and imported again.
package struct RefusedRows {
  /// The bytes of a file with these rows; empty where there are none.
  package private(set) var bytes: [UInt8] = []
  /// How many rows these are.
  package private(set) var count = 0
  /// Which refused rows are not among them, and why.
  package private(set) var remarks: [String] = []

  /// Throws `unknown-import`, and `no-header` for an import that is older than the keeping of headers.
  package init(_ id: Int, _ history: History) throws {
    let record = try ImportLog.one(id, history)
    let refused = try ImportLog.remarks(id, history).filter { $0.severity == .reject }
    guard !refused.isEmpty else {
      let counted = record.rows[.rejected]
      let purged = "\(RefusedRows.rows(counted, "no longer kept")): `vitals compact --purge` erased what import \(id) had refused"
      remarks = [counted == 0 ? "no row of import \(id) was refused" : purged]
      return
    }
    guard let header = try ImportLog.header(id, history), let encoding = TextEncoding(rawValue: header.encoding) else {
      throw Problem(
        "no-header", .failure, "import \(id) was made by an older vitals, which did not keep how its file was written",
        hint: "mend the rows in the file itself, and import it again")
    }
    if let line = header.bytes { append(line) }
    for remark in refused {
      guard !remark.isCut, let row = remark.raw ?? encoding.bytes(remark.text) else { continue }
      append(row)
      count += 1
    }
    tell(refused: refused, counted: record.rows[.rejected])
  }

  private mutating func append(_ line: [UInt8]) {
    bytes += line
    bytes.append(10)
  }

  private mutating func tell(refused: [Remark], counted: Int) {
    let erased = refused.count(where: \.isErased)
    let long = refused.count - count - erased
    if long > 0 { remarks.append("\(RefusedRows.rows(long, "longer than \(RowText.most) bytes")), and left out: mend the file itself") }
    if erased > 0 { remarks.append("\(RefusedRows.rows(erased, "left out")): they were erased with the account that they named") }
    if refused.count < counted {
      remarks.append("\(RefusedRows.rows(counted - refused.count, "not kept")): of a failed import only the first are")
    }
  }

  private static func rows(_ number: Int, _ what: String) -> String { "\(number) row\(number == 1 ? " is" : "s are") \(what)" }
}
