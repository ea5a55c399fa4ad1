import Storage

/// A row's original bytes as they are kept with a remark: as text, and as bytes where the text could not be turned back into them.
struct RowText {
  /// A row longer than this is cut, and can only be mended in the file itself.
  static let most = 1 << 16

  private(set) var text: String
  private(set) var raw: [UInt8]?
  private(set) var isCut: Bool

  /// `isWhole` says whether the bytes are all of the row.
  init(_ bytes: UnsafeRawBufferPointer, encoding: TextEncoding, isWhole: Bool = true) {
    isCut = !isWhole || bytes.count > Self.most
    let kept = UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.most))
    text = encoding.text(kept)
    guard !isCut else { return }
    if let bytes = encoding.bytes(text), kept.equals(bytes) { return }
    raw = Array(kept)
  }
}

extension Remark {
  /// A remark about a row whose original bytes are known.
  init(
    _ severity: Severity, line: Int, column: Int = 0, columnName: String = "", code: String, message: String, row: RowText,
    nearest: String? = nil, hint: String? = nil
  ) {
    self.init(
      severity, line: line, column: column, columnName: columnName, code: code, message: message, text: row.text, nearest: nearest,
      hint: hint)
    (raw, isCut) = (row.raw, row.isCut)
  }
}
