import Health

/// Adds declarations to the text of a `signals.yaml` and leaves everything else in it as it is.
package enum CatalogueAddition {
  /// The text with the entries at the end of `signals:`; nil where that is not written as a block, one entry a line.
  package static func text(_ text: String, adding entries: [CatalogueEntry], from file: String) -> String? {
    guard !entries.isEmpty else { return text }
    let end: Character = text.contains("\r\n") ? "\r\n" : "\n"
    var lines = text.split(separator: end, omittingEmptySubsequences: false).map(String.init)
    guard let start = lines.firstIndex(where: { $0.wholeMatch(of: /signals:[ \t]*(#.*)?/) != nil }) else { return nil }
    // The block goes on as long as lines are indented; blank lines and comments at its end belong to what follows.
    var last = start
    var indent = "  "
    for index in lines.indices.dropFirst(start + 1) {
      let line = lines[index]
      if line.allSatisfy(\.isWhitespace) || line.first == "#" { continue }
      guard line.first == " " else { break }
      if last == start { indent = String(line.prefix { $0 == " " }) }
      last = index
    }
    let comment = "\(indent)# Drafted from \(YAMLText.comment(file)): CHECK the kind, and say which way is good and what it means."
    lines.insert(contentsOf: [comment] + entries.map { indent + $0.line }, at: last + 1)
    let result = lines.joined(separator: String(end))
    let keys = entries.map(\.key)
    // Nothing but the reader decides whether it has worked.
    guard let read = try? CatalogueFile.read(text: result, file: file), keys.allSatisfy({ read.signals[$0] != nil }) else { return nil }
    return result
  }
}
