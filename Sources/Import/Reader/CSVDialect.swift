import Health

/// How the bytes of a text file stand for characters.
package enum TextEncoding: String, Sendable, CaseIterable {
  case utf8 = "utf-8"
  case latin1 = "latin-1"
  case windows1252 = "windows-1252"
}

/// How a CSV file is written.
package struct CSVDialect: Hashable, Sendable {
  /// The byte between cells.
  package let delimiter: UInt8
  /// The byte around cells that hold delimiters, quotes or line ends; nil where a quote is a character like any other.
  package let quote: UInt8?
  /// A line that begins with this byte is left out.
  package let comment: UInt8?
  package let encoding: TextEncoding
  /// The names of the columns where the file has no header of its own; of JSON Lines, columns that all of its lines may leave out.
  package let header: [String]?

  /// RFC 4180 unless said otherwise. Throws `bad-dialect` when two of the bytes are equal, or one is a line end or beyond ASCII.
  package init(
    delimiter: UInt8 = UInt8(ascii: ","), quote: UInt8? = UInt8(ascii: "\""), comment: UInt8? = nil,
    encoding: TextEncoding = .utf8, header: [String]? = nil
  ) throws(Problem) {
    let special = [delimiter] + [quote, comment].compactMap { $0 }
    guard special.allSatisfy({ $0 < 128 && $0 != 10 && $0 != 13 }), Set(special).count == special.count else {
      throw Problem(
        "bad-dialect", .badInput, "delimiter, quote and comment must be three different ASCII characters other than line ends",
        hint: "leave out what the file does not use")
    }
    (self.delimiter, self.quote, self.comment, self.encoding, self.header) = (delimiter, quote, comment, encoding, header)
  }
}
