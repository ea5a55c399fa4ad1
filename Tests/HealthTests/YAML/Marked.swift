import Health

/// A text whose `§` marks where a problem is expected.
struct Marked {
  let text: String
  /// `line:column` of the mark.
  let place: String

  init(_ marked: String) {
    let before = marked.prefix { $0 != "§" }
    text = marked.replacing("§", with: "")
    let line = before.count { $0.isNewline } + 1
    let column = before.reversed().prefix { !$0.isNewline }.count + 1
    place = "\(line):\(column)"
  }

  /// Every problem that reading the text throws, each as `name line:column`.
  func problems<Result>(_ read: (String) throws -> Result) -> [String] {
    do {
      _ = try read(text)
      return []
    } catch let problems as Problems {
      return problems.all.map { "\($0.name) \($0.place?.line ?? -1):\($0.place?.column ?? -1)" }
    } catch {
      return ["\(error)"]
    }
  }
}
