import Storage

extension Feed {
  /// How a file of this feed is written, given the bytes of its own header.
  package func header(_ bytes: [UInt8]? = nil) -> FileHeader {
    let isCSV = format == .csv
    func text(_ byte: UInt8?) -> String { byte.map { isCSV ? String(Unicode.Scalar($0)) : "" } ?? "" }
    return FileHeader(
      format: format.rawValue, encoding: dialect.encoding.rawValue, delimiter: text(dialect.delimiter), quote: text(dialect.quote),
      bytes: bytes, names: isCSV ? dialect.header ?? [] : [])
  }
}
