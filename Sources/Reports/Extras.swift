import Health
import Storage

/// What a list says of each account beside its own columns: attributes, and the last values of signals.
package struct Extras {
  /// One value; nil where nothing is known.
  package struct Value: Codable, Hashable, Sendable {
    package var text: String?
    package var number: Double?
  }
  private enum Source {
    case attribute(String)
    case signal(Int, SignalKind)
  }

  /// As they were asked for.
  package let names: [String]
  private let sources: [Source]
  let expressions: [Expression]
  /// In lower case.
  let attributes: Set<String>
  private let viewpoint: Viewpoint

  /// Throws `unknown-extra` for a name that is neither.
  init(_ names: [String], _ viewpoint: Viewpoint) throws {
    let known = try viewpoint.history.attributeNames()
    var (sources, expressions): ([Source], [Expression]) = ([], [])
    for name in names {
      if let attribute = known.first(where: { $0.lowercased() == name.lowercased() }) {
        sources.append(.attribute(attribute.lowercased()))
      } else if let signal = viewpoint.catalogue.signal(name), !signal.isPattern {
        sources.append(.signal(expressions.count, signal.kind))
        expressions.append(Expression(signal.key, .last))
      } else {
        let near = Nearest.match(to: name, among: known + viewpoint.catalogue.signals.keys.sorted()).map { "did you mean \($0)? " } ?? ""
        throw Problem(
          "unknown-extra", .usage, "there is no attribute or signal \"\(name)\"",
          hint: "\(near)The attributes are: \(known.joined(separator: ", "))")
      }
    }
    (self.names, self.sources, self.expressions, self.viewpoint) = (names, sources, expressions, viewpoint)
    attributes = Set(sources.compactMap { if case .attribute(let name) = $0 { name } else { nil } })
  }

  /// The values of one account; `measured` gives what the expressions come to, NaN where there is nothing.
  func values(attribute: (String) -> String?, measured: (Int) -> Double) throws -> [Value] {
    try sources.map { source in
      switch source {
      case .attribute(let name): return Value(text: attribute(name))
      case .signal(let place, let kind):
        let number = measured(place)
        if number.isNaN { return Value() }
        if let words = try viewpoint.words(of: number, kind: kind) { return Value(text: words) }
        return Value(number: number)
      }
    }
  }
}
